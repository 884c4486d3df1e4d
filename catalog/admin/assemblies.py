"""Admin of sub-assemblies: which published product is contained, and how often; its definition is
edited elsewhere.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from catalog import operations
from catalog.admin.inputs import PairsField, refuse_unreadable
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.assemblies import MAX_INSTANCES
from catalog.models import Product, SubAssembly
from catalog.shape_expressions import instances_of, scope_of_instance


class SubAssemblyForm(RowForm):
    """A contained product: a new row takes the newest version of it, and keeps that until another
    is taken.
    """

    pictures = ()

    contained = forms.ModelChoiceField(
        Product.objects.none(),
        label="Contained product",
        help_text="One of your published products, as it is published now.",
    )
    take_newest = forms.BooleanField(required=False)
    spacing = PairsField(
        required=False,
        rows=3,
        pattern="x|y|z",
        label="Next one stands",
        help_text=(
            "How far the shapes of the next one stand from those of each, along x, y and z, such as x = width: "
            "names are those of the one, then those of this product."
        ),
    )

    class Meta:
        model = SubAssembly
        exclude = ("product",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "contained" not in self.fields:
            return
        product = self.draft.product
        published = (
            Product.objects.for_merchant(product.merchant).filter(versions__isnull=False).distinct()
        )
        contained = self.fields["contained"]
        contained.queryset = published.exclude(pk=product.pk)
        newest = operations.newest_version(self.instance) if self.instance.pk else None
        if self.instance.pk:
            self.initial["contained"] = published.filter(
                key=self.instance.document.get("product")
            ).first()
            contained.disabled = True
            contained.required = False
            told = contained_told(self.instance)
            contained.empty_label = told
            where = (
                "It is edited in its own product"
                if self.instance.version
                else "Import the file again to change it"
            )
            contained.help_text = f"{told}. {where}."
        if newest is None or newest.number == self.instance.version:
            del self.fields["take_newest"]
        else:
            self.fields[
                "take_newest"
            ].label = f"Take version {newest.number}, published {newest.published_at:%d %B %Y}"

    def clean(self) -> Any:
        cleaned = super().clean()
        self._read_spacing()
        least, most, first = (
            self.cleaned_data.get(name) for name in ("at_least", "at_most", "default")
        )
        if least is not None and most is not None:
            if not 0 <= least <= most or not 1 <= most <= MAX_INSTANCES:
                self.add_error(
                    "at_most", f"Give 0 or more as the least, and as the most 1 to {MAX_INSTANCES}."
                )
            elif first is not None and not least <= first <= most:
                self.add_error("default", f"Give {least} to {most}.")
        contained = self.cleaned_data.get("contained")
        if contained is not None and not self.instance.pk:
            newest = contained.versions.order_by("-number").first()
            if newest is None:
                raise ValidationError("The contained product is not published yet.")
            operations.hold(self.instance, newest)
        elif self.cleaned_data.get("take_newest"):
            newest = operations.newest_version(self.instance)
            if newest is None:
                raise ValidationError("The contained product is not published any more.")
            operations.hold(self.instance, newest)
        return cleaned

    def _read_spacing(self) -> None:
        """Refuse a spacing that cannot be read; that of a new row is read when it is checked."""
        model, key = self.draft.model, self.instance.key
        spacing = self.cleaned_data.get("spacing") or {}
        if model is None or key not in model.assembly_by_key or not spacing:
            return
        scope = scope_of_instance(model, next(instances_of(model.assembly_by_key[key])))
        for text in spacing.values():
            try:
                refuse_unreadable(text, scope, "number", lengths=True)
            except ValidationError as error:
                self.add_error("spacing", error)


@admin.register(SubAssembly)
class SubAssemblyAdmin(DraftRowAdmin):
    """The products that a product contains."""

    form = SubAssemblyForm
    section = "assemblies"
    list_display = ("label", "key", "product", "contained", "counts", "condition", "position")
    list_editable = ("position",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        is_editor = self.has_change_permission(request, obj)
        product = ("contained",) if is_editor else ()
        newest = ("take_newest",) if is_editor and obj is not None and _has_newer(obj) else ()
        return (
            (None, {"fields": (("label", "key", "position"), *product, *newest)}),
            (
                "How many",
                {"fields": (("at_least", "at_most", "default"), "count_label", "lead_time")},
            ),
            ("Where it is shown, and when", {"fields": ("group", "help", "when", "reason")}),
            ("In space", {"fields": ("spacing",)}),
        )

    @admin.display(description="contained product")
    def contained(self, assembly: SubAssembly) -> str:
        """Return which product is contained, in which version."""
        return contained_told(assembly)

    @admin.display(description="how many")
    def counts(self, assembly: SubAssembly) -> str:
        """Return how often it is contained."""
        return counts_told(assembly)

    @admin.display(description="only when", ordering="when")
    def condition(self, assembly: SubAssembly) -> str:
        """Return when it is contained."""
        return code(assembly.when)


def _has_newer(assembly: SubAssembly) -> bool:
    newest = operations.newest_version(assembly)
    return newest is not None and newest.number != assembly.version


def contained_told(assembly: SubAssembly) -> str:
    """Return the contained product with its version, such as "module, version 3"."""
    key = assembly.document.get("product", "–")
    return f"{key}, version {assembly.version}" if assembly.version else f"{key}, from a file"


def counts_told(assembly: SubAssembly) -> str:
    """Return how often the product is contained, such as "1 to 5"."""
    least, most = assembly.at_least, assembly.at_most
    return f"{least}" if least == most else f"{least} to {most}"
