"""Forms and admin pages of draft rows: each is opened from its product, and goes back there."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from catalog import drafts
from catalog.admin.inputs import refuse_unreadable
from catalog.admin.leftovers import leftovers
from catalog.admin.renaming import edited_keys, offer
from catalog.admin.scoped import MerchantScopedAdmin, merchants_for
from catalog.admin.texts import TranslatedForm
from catalog.errors import KeyTaken, Refusal
from catalog.expressions.types import Scope
from catalog.glb_files import SUFFIX
from catalog.models import Group, Option, Product
from catalog.models.fields import ExpressionField, LineField
from catalog.models.rows import DraftRow
from catalog.product_model import ProductModel

STEP = 10
# Rows within a row, such as the values of an option, that one page shows.
MOST_ROWS = 100


class Draft:
    """The draft a form is about: its product, read as one value when a form first needs it."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._model: ProductModel | None = None
        self._scope: Scope | None = None
        self.trouble = ""

    @property
    def model(self) -> ProductModel | None:
        """The draft as saved, or None where it cannot be read (`trouble` says why)."""
        if self._model is None and not self.trouble:
            try:
                self._model = drafts.read(self.product)
            except Refusal as refused:
                self.trouble = refused.sentence
        return self._model

    @property
    def scope(self) -> Scope | None:
        """The names that expressions of the draft may use."""
        if self._scope is None and self.model is not None:
            try:
                self._scope = Scope.of(self.model)
            except Refusal as refused:
                self.trouble = refused.sentence
        return self._scope

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """The names of the merchant's pictures."""
        return tuple(each for each in self._assets if not each.endswith(SUFFIX))

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The names of the merchant's 3D models."""
        return tuple(each for each in self._assets if each.endswith(SUFFIX))

    @cached_property
    def _assets(self) -> tuple[str, ...]:
        return tuple(self.product.merchant.assets.values_list("name", flat=True))

    @property
    def locales(self) -> list[str]:
        """The languages the product's texts are translated to."""
        return [locale for locale in self.product.merchant.locales if locale != self.product.locale]


class RowForm(TranslatedForm):
    """A form for a row of one draft: checks its expressions against that draft, and its key against
    its siblings.
    """

    draft: ClassVar[Draft]
    # Whether expressions here may read the characters of a text: prices and parts may, rules may
    # not.
    lengths: ClassVar[bool] = False
    pictures: ClassVar[tuple[str, ...]] = ("image",)
    models: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*self.pictures, *self.models):
            if name in self.fields:
                self.fields[name] = self._asset_field(name)

    def _asset_field(self, name: str) -> forms.Field:
        before, is_model = self.fields[name], name in self.models
        names = list(self.draft.models if is_model else self.draft.pictures)
        now = getattr(self.instance, name) or ""
        if now and now not in names:
            names.append(now)
        nothing = "no 3D model" if is_model else "no picture"
        choices = [("", nothing), *((each, each) for each in names)]
        return forms.TypedChoiceField(
            choices=choices,
            required=before.required,
            label=before.label,
            help_text=before.help_text,
            empty_value=None if self.instance._meta.get_field(name).null else "",
        )

    def clean(self) -> Any:
        cleaned = super().clean()
        key = self.cleaned_data.get("key")
        if key and isinstance(self.instance, DraftRow):
            siblings = type(self.instance)._default_manager.filter(
                product=self.draft.product, key=key
            )
            if siblings.exclude(pk=self.instance.pk).exists():
                self.add_error(
                    "key", f"There is another {self.instance._meta.verbose_name} with this key."
                )
        for name, expected in self.instance.expressions.items():
            text = self.cleaned_data.get(name)
            if text:
                self._refuse_unreadable(name, text, expected)
        return cleaned

    def _refuse_unreadable(self, name: str, text: str, expected: Any) -> None:
        scope = self.scope()
        if scope is None:
            return
        try:
            refuse_unreadable(text, scope, expected, self.lengths)
        except ValidationError as error:
            self.add_error(name, error)

    def scope(self) -> Scope | None:
        """Return the names this row's expressions may use."""
        return self.draft.scope

    def _get_validation_exclusions(self) -> Any:
        # The product is no field here and still decides whether a key is free.
        return super()._get_validation_exclusions() - {"product", "option"}  # type: ignore[misc]


def bound_form(form: Any, draft: Draft) -> Any:
    """Return a form class that belongs to one draft."""
    own = {"draft": draft, "own_locale": draft.product.locale, "locales": draft.locales}
    return type(form.__name__, (form,), own)


class ProductAutocomplete(AutocompleteSelect):
    """An autocomplete that offers only rows of one product."""

    def __init__(self, field: Any, product: Product) -> None:
        super().__init__(field, admin.site)
        self.product = product

    @property
    def media(self) -> Any:
        """The input's own scripts, and after them ours, which names what they draw."""
        own: Any = super().media
        return forms.Media(css=own._css, js=(*own._js, "catalog/drawn_inputs.js"))

    def get_url(self) -> str:
        return f"{super().get_url()}?{urlencode({'product': self.product.pk})}"


class RowFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Inline rows, a page of them where there are many; new ones come after all that are there.

    What is sent off is read by the rows it names, so that a page stays the same while somebody adds
    or deletes rows.
    """

    fk: Any
    model: Any
    page: ClassVar[str] = "1"
    search: ClassVar[str] = ""

    @cached_property
    def shown_page(self) -> Any:
        """The rows to show at once, of those that are searched for."""
        rows = super().get_queryset()
        if self.search:
            found = models.Q(key__icontains=self.search) | models.Q(label__icontains=self.search)
            rows = rows.filter(found)
        return Paginator(rows, MOST_ROWS).get_page(self.page)

    @property
    def is_part(self) -> bool:
        """Tell whether there are more rows than are shown."""
        return bool(self.search) or self.shown_page.paginator.num_pages > 1

    def get_queryset(self) -> Any:
        if "_rows" not in self.__dict__:
            self._rows = list(self._sent_rows() if self.is_bound else self.shown_page.object_list)
        return self._rows

    def _sent_rows(self) -> Any:
        sent = [
            self.data.get(f"{self.prefix}-{row}-{self.model._meta.pk.name}")
            for row in range(self._count())
        ]
        return super().get_queryset().filter(pk__in=[pk for pk in sent if pk and pk.isdecimal()])

    def _count(self) -> int:
        return min(int(self.management_form.cleaned_data["INITIAL_FORMS"] or 0), self.absolute_max)

    @cached_property
    def _last(self) -> int:
        rows = (
            self.model._default_manager.filter(**{self.fk.name: self.instance})
            if self.instance.pk
            else None
        )
        last = rows.aggregate(last=models.Max("position"))["last"] if rows is not None else None
        return last or 0

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        if index is None or index >= self.initial_form_count():
            # The same number for all of them: rows of one number stay in the order in which they
            # were added.
            kwargs["initial"] = {"position": self._last + STEP}
        return kwargs


def paged(formset: Any, request: HttpRequest) -> Any:
    """Return a formset class that shows the rows that the address asks for."""
    asked = {
        "page": request.GET.get("rows", "1"),
        "search": request.GET.get("find", "").strip()[:200],
    }
    return type(formset.__name__, (formset,), asked)


WIDGETS: Mapping[Any, Mapping[str, Any]] = {
    ExpressionField: {
        "widget": forms.TextInput(attrs={"class": "vTextField vExpression", "spellcheck": "false"})
    },
    LineField: {"widget": forms.TextInput(attrs={"class": "vTextField"})},
}


class ProductFilter(admin.RelatedOnlyFieldListFilter):
    """The rows of one product; counts even where only one product has rows, unlike its parent."""

    def has_output(self) -> bool:
        return True


class DraftRowAdmin(MerchantScopedAdmin):
    """Admin of one table of drafts. A new row is added from its product's page, and the product
    never changes.
    """

    form = RowForm
    change_form_template = "admin/catalog/row.html"
    change_list_template = "admin/catalog/rows.html"
    delete_confirmation_template = "admin/catalog/delete_row.html"
    formfield_overrides = WIDGETS
    list_filter: ClassVar[Any] = (("product", ProductFilter),)
    list_per_page = 200
    search_fields: ClassVar[Any] = ("key", "label")
    ordering = ("product", "position", "pk")
    exclude = ("product",)
    section: ClassVar[str] = ""
    """Where the rows stand on the product's page."""

    class Media:
        js = ("catalog/keys.js",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        # Rows are reached through their product; the start page does not list them.
        return {}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_add_permission(request, obj) and self.product_of(request, None) is not None
        )

    def product_of(self, request: HttpRequest, obj: Any) -> Product | None:
        """Return the product of `obj`, or the one a new row is being added to."""
        if obj is not None:
            return obj.product  # type: ignore[no-any-return]
        asked = request.GET.get("product") or request.GET.get("product__id__exact") or ""
        if not asked.isdecimal():
            return None
        allowed = merchants_for(request, self.edited_by)
        return (
            Product.objects.filter(merchant__in=allowed, pk=int(asked))
            .select_related("merchant")
            .first()
        )

    def draft_of(self, request: HttpRequest, product: Product) -> Draft:
        """Return the draft of `product`, read once a request."""
        known: dict[int, Draft] = request.__dict__.setdefault("_drafts", {})
        return known.setdefault(product.pk, Draft(product))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.product_of(request, None) is None:
            messages.info(request, "Open the product you want to add to.")
            return HttpResponseRedirect(reverse("admin:catalog_product_changelist"))
        return super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        product = self.product_of(request, obj)
        if product is None:
            return form
        form = bound_form(form, self.draft_of(request, product))
        if obj is not None:
            return form

        class NewForm(form):  # type: ignore[misc,valid-type]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.instance.product = product

        return NewForm

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        product = self.product_of(request, None)
        last = self.model._default_manager.filter(product=product).aggregate(
            last=models.Max("position")
        )["last"]
        return {"position": (last or 0) + STEP}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        related: Any = self.list_select_related or ()
        return super().get_queryset(request).select_related("product__merchant", *related)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        product = getattr(request, "_form_product", None)
        if product is not None and issubclass(db_field.remote_field.model, DraftRow):
            rows = db_field.remote_field.model._default_manager.filter(product=product)
            # A group is named with its step.
            kwargs["queryset"] = (
                rows.select_related("step") if db_field.remote_field.model is Group else rows
            )
            if db_field.remote_field.model is Option:
                kwargs["widget"] = ProductAutocomplete(db_field, product)
            return db_field.formfield(**kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        if "app_label" in request.GET and (asked := request.GET.get("product", "")).isdecimal():
            queryset = queryset.filter(product_id=int(asked))
        return super().get_search_results(request, queryset, search_term)

    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> HttpResponse:
        obj = self.get_object(request, object_id) if object_id else None
        product = self.product_of(request, obj)
        if request.method == "POST" and obj is not None:
            # The lock of publishing and of replacing whole drafts, before that of the row.
            list(
                Product.objects.select_for_update(no_key=True)
                .filter(pk=obj.product.pk)
                .values_list("pk")
            )
        request._form_product = product  # type: ignore[attr-defined]
        self._remember(request, product)
        context: dict[str, Any] = {
            "product": product,
            "names": self.names(request, product),
            "subtitle": None,
        }
        if obj is not None:
            context["title"] = f"{capfirst(self.opts.verbose_name)} “{obj}”"
        context |= extra_context or {}
        return super()._changeform_view(request, object_id, form_url, context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # Members who may only look have no product to add to, and still see whose rows these are.
        product = self.product_of(request, None)
        context = {"product": product, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[no-any-return]

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        # On one product's list its name would only repeat itself.
        return (
            [each for each in columns if each != "product"]
            if "product__id__exact" in request.GET
            else columns
        )

    def names(self, request: HttpRequest, product: Product | None) -> list[tuple[str, str]]:
        """Return the names that expressions of this draft may use, each with what it stands for."""
        model = (
            self.draft_of(request, product).model if product and self.model.expressions else None
        )
        if model is None:
            return []
        told = [(option.key, _told(option)) for option in model.options]
        told += [
            (
                assembly.key,
                f"how many; sum({assembly.key}, …), count, min, max, all and any read each of them",
            )
            for assembly in model.assemblies
        ]
        return told + [(derived.key, f"= {derived.formula}") for derived in model.derived]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        _touch(obj.product)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            request._edited_keys = edited_keys(form, formsets)  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        _touch(obj.product)
        super().delete_model(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return self._to_product(obj.product)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return self._to_product(obj.product)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self._tell_leftovers(request, obj.product)
        return self._another(request, obj) if "_addanother" in request.POST else response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        if "_continue" in request.POST and request.GET.keys() & {"rows", "find"}:
            response = HttpResponseRedirect(request.get_full_path())
        elif "_addanother" in request.POST:
            response = self._another(request, obj)
        then = response.url if isinstance(response, HttpResponseRedirect) else ""
        try:
            if offered := offer(obj.product, request.__dict__.get("_edited_keys", {}), then):
                return HttpResponseRedirect(offered)
        except KeyTaken as refused:
            told = (
                "The key is changed here alone: what names the old one cannot be renamed with it."
            )
            messages.warning(request, f"{told} {refused.sentence}")
        self._tell_leftovers(request, obj.product)
        return response

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        product = getattr(request, "_form_product", None)
        if product is None:
            return response
        self._tell_leftovers(request, product)
        return self._to_product(product)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        request._form_product = obj.product if obj is not None else None  # type: ignore[attr-defined]
        self._remember(request, request._form_product)  # type: ignore[attr-defined]
        context = {"product": request._form_product, **(extra_context or {})}  # type: ignore[attr-defined]
        return super().delete_view(request, object_id, context)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        products = list(
            Product.objects.filter(pk__in=queryset.values("product")).select_related("merchant")
        )
        for product in products:
            self._remember(request, product)
            _touch(product)
        super().delete_queryset(request, queryset)
        for product in products:
            self._tell_leftovers(request, product)

    def _remember(self, request: HttpRequest, product: Product | None) -> None:
        """Read the draft before a change, so that afterwards can be told what the change left
        behind.
        """
        if request.method == "POST" and product is not None:
            _ = self.draft_of(request, product).model

    def _tell_leftovers(self, request: HttpRequest, product: Product) -> None:
        before, after = self.draft_of(request, product).model, Draft(product).model
        if before is not None and after is not None and (told := leftovers(before, after)):
            messages.warning(request, told)

    def _another(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        return HttpResponseRedirect(f"{url}?{urlencode({'product': obj.product.pk})}")

    def _to_product(self, product: Product) -> HttpResponseRedirect:
        return HttpResponseRedirect(
            f"{reverse('admin:catalog_product_change', args=[product.pk])}#{self.section}"
        )


def _touch(product: Product) -> None:
    """Take the lock that publishing takes, and note when the draft was last edited."""
    Product.objects.select_for_update(no_key=True).get(pk=product.pk).save(
        update_fields=["edited_at"]
    )


def _told(option: Any) -> str:
    if option.number is not None:
        return f"{option.number.first:f} to {option.number.last:f} {option.number.unit}".strip()
    if option.values:
        shown = ", ".join(value.key for value in option.values[:8])
        named = sorted({name for value in option.values for name in value.attributes})
        attributes = "; " + ", ".join(f"{option.key}.{name}" for name in named) if named else ""
        return shown + (", …" if len(option.values) > 8 else "") + attributes
    return str(option.kind.value)
