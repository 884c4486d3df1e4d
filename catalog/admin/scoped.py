"""The admin as a member of a merchant sees it: only that merchant's rows, and only what the role
allows.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from catalog.admin.older_pages import Gone, Merges, marks_of, read_seen, seen_text, without_gone
from catalog.auditing import facts_of, record
from catalog.models import Merchant, Role
from catalog.models.ownership import path_to_merchant
from catalog.races import lost_race
from catalog.roles import COSTS, roles_with

EDITORS = roles_with("catalog:write")
OWNERS = frozenset((Role.OWNER,))
"""Who else may, and what is of the merchant as a whole, is for them alone."""


def roles_of(request: HttpRequest) -> Mapping[int, str]:
    """Return the user's role for each merchant they are a member of, by the merchant's id."""
    roles: Mapping[int, str] | None = getattr(request, "_roles", None)
    if roles is None:
        memberships = request.user.memberships.all() if request.user.is_active else ()
        roles = {membership.merchant_id: membership.role for membership in memberships}
        request._roles = roles  # type: ignore[attr-defined]
    return roles


def merchants_for(
    request: HttpRequest, roles: Collection[str] = tuple(Role)
) -> models.QuerySet[Merchant]:
    """Return the merchants for which the user has one of `roles`; all of them for a superuser."""
    if _is_superuser(request):
        return Merchant.objects.all()
    return Merchant.objects.filter(pk__in=merchant_ids(request, roles))


def merchant_ids(request: HttpRequest, roles: Collection[str]) -> list[int]:
    """Return the numbers of the merchants for which the user has one of `roles` by a membership."""
    return [pk for pk, role in roles_of(request).items() if role in roles]


def knows_costs(request: HttpRequest, merchant: Merchant | None = None) -> bool:
    """Tell whether the user may see what products cost `merchant`; without one, all of theirs."""
    if _is_superuser(request):
        return True
    known = roles_of(request)
    roles = known.values() if merchant is None else [known.get(merchant.pk, "")]
    return all(role in roles_with(COSTS) for role in roles)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


class ByRole:
    """Permissions by the role for a row's merchant, in place of Django's permissions by model.

    `edited_by` lists the roles that may add, change and delete, `seen_by` those that may look; both
    come from the scopes of roles (catalog/roles.py).
    """

    edited_by: ClassVar[Collection[str]] = EDITORS
    seen_by: ClassVar[Collection[str]] = roles_with("catalog:read")
    model: Any

    def _may(self, request: HttpRequest, obj: Any, roles: Collection[str]) -> bool:
        if _is_superuser(request):
            return True
        known = roles_of(request)
        merchant = None if obj is None else merchant_of(obj)
        if merchant is None:
            return any(role in roles for role in known.values())
        return known.get(merchant.pk) in roles

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, None, self.seen_by)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, self.seen_by)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, self.edited_by)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, self.edited_by)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, self.edited_by)


class WithoutPopUps:
    """Leaves out the small windows for neighbouring rows, which would open without what these
    belong to.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        for link in (
            "can_add_related",
            "can_change_related",
            "can_delete_related",
            "can_view_related",
        ):
            if field is not None and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        return field


class TellsAll(Merges):
    """A model form that tells what is wrong with columns it has no input for above all inputs,
    instead of failing.
    """

    instance: Any

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            told: dict[str, list[Any]] = {}
            for name, found in errors.error_dict.items():
                if name in self.fields or name == NON_FIELD_ERRORS:
                    told.setdefault(name, []).extend(found)
                else:
                    told.setdefault(NON_FIELD_ERRORS, []).extend(self._without_input(name, found))
            errors = ValidationError(told)
        super()._update_errors(errors)  # type: ignore[misc]

    def _without_input(self, name: str, found: list[Any]) -> list[Any]:
        """Return the errors of a column that has no input, with its name, which nothing else tells
        here.
        """
        column = self.instance._meta.get_field(name)
        if column.one_to_one and any(error.code == "unique" for error in found):
            noun = self.instance._meta.verbose_name
            return [
                ValidationError(
                    f"There are {noun} of {getattr(self.instance, name)} already. Change those."
                )
            ]
        label = capfirst(column.verbose_name)
        return [ValidationError(f"{label}: {text}") for error in found for text in error.messages]


class MerchantScopedAdmin(WithoutPopUps, ByRole, admin.ModelAdmin):  # type: ignore[type-arg]
    """Admin of rows that belong to a merchant, by a `merchant` column or along the model's
    `merchant_path`.

    The merchant of a new row is the user's own where there is one; a row never changes its
    merchant. Choices of foreign keys to other rows of merchants are scoped alike.
    """

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if _is_superuser(request):
            return rows
        # By their numbers: with a query in its place, databases pass over the indexes that hold the
        # order of a list.
        return rows.filter(
            **{f"{path_to_merchant(self.model)}__in": merchant_ids(request, self.seen_by)}
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form or keep what it says; where somebody kept the same at the same time, the
        form says so.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            if lost_race(error) is None:
                raise
        # Asked again, the form finds the other's row and tells at which field it stands in the way.
        request.__dict__.pop("_drafts", None)
        for file in request.FILES.values():
            file.seek(0)  # type: ignore[union-attr]
        return super().changeform_view(request, *args, **kwargs)

    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> HttpResponse:
        if request.method == "POST" and object_id and str(object_id).isdecimal():
            # What the page is merged with stands still until the result is kept.
            list(
                self.model._default_manager.select_for_update(no_key=True)
                .filter(pk=object_id)
                .values_list("pk")
            )
        return super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc,no-any-return]

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        if change:
            seen = {"": marks_of(context["adminform"].form)}
            for formset in (each.formset for each in context["inline_admin_formsets"]):
                seen |= {
                    f"{formset.prefix}:{form.instance.pk}": marks_of(form)
                    for form in formset.initial_forms
                }
            context["seen"] = seen_text(seen)
        return super().render_change_form(request, context, add, change, *args, **kwargs)

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            yield type(formset.__name__, (Gone, formset), {}), inline

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "POST" and obj.pk:
            parent = inline.get_formset(request, obj).fk.name
            there = inline.model._default_manager.filter(**{parent: obj}).values_list(
                "pk", flat=True
            )
            key = inline.model._meta.pk.name
            kwargs["data"], alone, changed = without_gone(
                kwargs["data"], prefix, key, there, read_seen(request.POST)
            )
            gone = request.__dict__.setdefault("_gone", {})
            gone[prefix] = (capfirst(inline.opts.verbose_name), alone, changed)
        return kwargs

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        if request.method == "POST" and change:
            seen = read_seen(request.POST)
            for formset in formsets:
                noun, _, changed = request.__dict__["_gone"][formset.prefix]
                formset.gone = tuple(
                    f"{noun} “{name}” was deleted by somebody else meanwhile; what you changed about it is not kept. "
                    "Save again to keep the rest, or add it anew."
                    for name in changed
                )
                for form in formset.initial_forms:
                    form.seen = seen.get(f"{formset.prefix}:{form.instance.pk}", {})
        return formsets, inlines

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Return Django's own message, and write down what was changed, in the transaction that
        keeps it.
        """
        _record_form(form, formsets or (), add)
        return super().construct_change_message(request, form, formsets, add)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write down each row that is about to be deleted."""
        for row in queryset:
            if (merchant := merchant_of(row)) is not None and not isinstance(row, Merchant):
                record(merchant, f"{_thing(row)}.deleted", _key(row), before=facts_of(row))
        return super().log_deletions(request, queryset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Keep the rows of a page, and tell what of it somebody else had kept meanwhile."""
        super().save_related(request, form, formsets, change)
        for noun, alone, _ in request.__dict__.get("_gone", {}).values():
            for name in alone:
                messages.warning(
                    request, f"{noun} “{name}” was deleted by somebody else meanwhile."
                )
        for each in (form, *(row for formset in formsets for row in formset.forms)):
            if kept := getattr(each, "kept_meanwhile", ()):
                told = f"Somebody else changed {each.instance} meanwhile, and that is kept: {', '.join(kept)}."
                messages.info(request, told)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the form of a new row; of what a merchant has only one of, the one that is there."""
        there = self._only_one(request)
        if there is not None and request.method == "GET":
            messages.info(
                request, f"A merchant has {self.opts.verbose_name} once; these are there already."
            )
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[there.pk]))
        return super().add_view(request, form_url, extra_context)

    def _only_one(self, request: HttpRequest) -> Any:
        """Return the row that a further one would stand beside although a merchant has only one;
        None without.
        """
        mine = merchants_for(request, self.edited_by)
        owner = next((field for field in self.opts.fields if field.name == "merchant"), None)
        if owner is None or not owner.one_to_one or self._chooses_merchant(request, None):
            return None
        return self.model._default_manager.filter(merchant__in=mine).first()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        excluded = list(super().get_exclude(request, obj) or ())
        if not self._chooses_merchant(request, obj):
            excluded.append("merchant")
        return excluded

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self._chooses_merchant(request, obj):
            return fieldsets
        return [
            (
                name,
                {
                    **options,
                    "fields": [field for field in options["fields"] if field != "merchant"],
                },
            )
            for name, options in fieldsets
        ]

    def _chooses_merchant(self, request: HttpRequest, obj: Any) -> bool:
        if obj is not None:
            return False
        count = (
            Merchant.objects.count()
            if _is_superuser(request)
            else len(merchant_ids(request, self.edited_by))
        )
        return count != 1

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and _has_merchant(self.model) and not self._chooses_merchant(request, obj):
            return _with_merchant(form, merchants_for(request, self.edited_by).get())
        form = _telling_all(form)
        if obj is not None and request.method == "POST":
            form = type(form.__name__, (form,), {"seen": read_seen(request.POST).get("", {})})
        return form

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return _telling_all(super().get_changelist_form(request, **kwargs))

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the inputs of a list, which are merged with what somebody else kept like those of
        a page.
        """
        formset = super().get_changelist_formset(request, **kwargs)
        seen = read_seen(request.POST)

        class OlderList(formset):  # type: ignore[misc,valid-type]
            def _construct_form(self, i: int, **kwargs: Any) -> Any:
                form = super()._construct_form(i, **kwargs)
                form.seen = seen.get(str(form.instance.pk), {})
                # A list has no labels beside its inputs, only heads of columns.
                for field in form.fields.values():
                    if not field.widget.is_hidden:
                        field.widget.attrs["aria-label"] = (
                            f"{capfirst(field.label)} of {form.instance}"
                        )
                return form

            def marks(self) -> str:
                return seen_text(
                    {str(form.instance.pk): marks_of(form) for form in self.initial_forms}
                )

        return OlderList

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = db_field.remote_field.model
        if related is Merchant:
            kwargs["queryset"] = merchants_for(request, self.edited_by)
        elif not _is_superuser(request) and _is_owned(related):
            allowed = merchants_for(request, self.seen_by)
            kwargs["queryset"] = related._default_manager.filter(
                **{f"{path_to_merchant(related)}__in": allowed}
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class MayTellCosts:
    """Rows with a column `costs`: those that are told of margins are set up only by members who may
    see costs.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        told = obj is not None and getattr(obj, "costs", False)
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and (not told or knows_costs(request, merchant_of(obj)))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        if "costs" in form.base_fields:
            merchant = None if obj is None else merchant_of(obj)
            form.base_fields["costs"].disabled = not knows_costs(request, merchant)
        return form


class HoldsCosts:
    """Rows whose `costs_path` says that they tell margins: these are for members who may see
    costs.
    """

    costs_path: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        if _is_superuser(request):
            return rows
        without = set(roles_of(request)) - {*merchant_ids(request, roles_with(COSTS))}
        path = path_to_merchant(self.model)  # type: ignore[attr-defined]
        if not without:
            return rows
        return rows.exclude(**{self.costs_path: True, f"{path}__in": without})


def merchant_of(obj: Any) -> Merchant | None:
    """Return the merchant a row belongs to, a merchant itself included."""
    if isinstance(obj, Merchant):
        return obj
    row = obj
    for step in path_to_merchant(type(obj)).split("__"):
        row = getattr(row, step, None)
    return row if isinstance(row, Merchant) else None


def _thing(row: models.Model) -> str:
    return str(row._meta.verbose_name).lower().replace(" ", "-")


def _key(row: Any) -> str:
    """Return how a row is called in the log: that of a product by the product's key as well."""
    product = getattr(row, "product", None)
    own = getattr(row, "key", None) or getattr(row, "name", None) or str(row)
    return f"{product.key}/{own}" if product is not None and hasattr(product, "key") else str(own)


def _record_form(form: Any, formsets: Any, add: bool) -> None:
    """Write down what a page changed: the fields of its row, and in words what it lists below."""
    row = form.instance
    merchant = merchant_of(row)
    if merchant is None:
        return
    changes = []
    for formset in formsets:
        noun = formset.model._meta.verbose_name
        changes += [f"{noun} '{each}': added" for each in formset.new_objects]
        changes += [
            f"{noun} '{each}': {', '.join(names)} changed"
            for each, names in formset.changed_objects
        ]
        changes += [f"{noun} '{each}': removed" for each in formset.deleted_objects]
    after = {name: form.cleaned_data.get(name) for name in form.changed_data}
    before = {name: form.initial.get(name) for name in form.changed_data}
    if add:
        record(merchant, f"{_thing(row)}.created", _key(row), after=after, changes=changes)
    elif after or changes:
        record(
            merchant,
            f"{_thing(row)}.changed",
            _key(row),
            before=before,
            after=after,
            changes=changes,
        )


def _is_owned(model: type[models.Model]) -> bool:
    return hasattr(model, "merchant_path") or _has_merchant(model)


def _has_merchant(model: type[models.Model]) -> bool:
    return any(field.name == "merchant" for field in model._meta.get_fields())


def _telling_all(form: Any) -> Any:
    return form if issubclass(form, TellsAll) else type(form.__name__, (TellsAll, form), {})


def _with_merchant(form: Any, merchant: Merchant) -> Any:
    """Return a form class whose new rows belong to `merchant`, before uniqueness is checked."""

    class OwnForm(_telling_all(form)):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.instance.merchant = merchant

        def _get_validation_exclusions(self) -> Any:
            return super()._get_validation_exclusions() - {"merchant"}

    return OwnForm
