"""Admin of options with their values, of derived values and of presets."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html

from catalog import patterns
from catalog.admin.inputs import (
    PairsField,
    read_attribute,
    read_choice_text,
    sentence,
    write_attribute,
    write_choice_text,
)
from catalog.admin.rows import WIDGETS, DraftRowAdmin, RowForm, RowFormSet, bound_form, paged
from catalog.admin.scoped import ByRole
from catalog.expressions.errors import ExpressionRefused, suggestion
from catalog.expressions.types import Scope, prepare
from catalog.kinds.register import KINDS
from catalog.model_checks import SWATCH
from catalog.models import Derived, Group, Option, Preset, Value
from catalog.models.fields import NumberField
from catalog.product_model import Derived as DerivedValue
from catalog.product_model import Kind, Text
from catalog.product_model import Option as ModelOption
from catalog.product_model import Value as ModelValue


def _kind_name(label: Any) -> str:
    """Return "Choice" of "Choice: one of its values"."""
    return str(label).partition(":")[0]


# What the columns hold that say nothing.
_EMPTY = Option()


class OptionForm(RowForm):
    """An option: what its kind does not use is cleared, the default is written as the kind wants
    it.
    """

    default = forms.CharField(
        required=False,
        help_text="The key of a value, several keys separated by commas, a number, a text, or yes or no.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "default" in self.fields:
            now = self.instance.default
            self.initial["default"] = "" if now is None else write_choice_text(now)
        if "group" in self.fields:
            group = self.fields["group"]
            group.label_from_instance = _group_label
            group.empty_label = "no group"
            group.help_text = "The heading it stands under. Groups are made on the pages of steps."

    def clean_pattern(self) -> Any:
        pattern = self.cleaned_data.get("pattern")
        if pattern:
            try:
                patterns.compiled(pattern)
            except patterns.PatternRefused as refused:
                raise ValidationError(refused.sentence) from refused
        return pattern

    def clean(self) -> Any:
        cleaned = super().clean()
        name = self.cleaned_data.get("kind")
        kind = KINDS[Kind(name)] if name else None
        for column, problem in kind.column_problems(self.cleaned_data) if kind is not None else ():
            if column not in self.errors:
                self.add_error(column, problem)
        if kind is not None and kind.is_several:
            self._clean_count()
        used = kind.columns if kind is not None else ()
        idle = {column for each in KINDS.values() for column in each.columns}.difference(used)
        self.cleaned_data |= {column: getattr(_EMPTY, column) for column in idle}
        self.instance.has_text_domain = kind is not None and kind.is_text
        self._clean_default()
        return cleaned

    def _clean_count(self) -> None:
        least, most = self.cleaned_data.get("at_least"), self.cleaned_data.get("at_most")
        if least is not None and most is not None and least > most:
            self.add_error(
                "at_most", f"Nobody can choose at least {least} and at most {most} of them."
            )

    def values_keys(self) -> list[str]:
        """Return the keys of the values as they are being saved: those of the rows below, and those
        not shown there.
        """
        there = (
            {str(pk): key for pk, key in self.instance.values.values_list("pk", "key")}
            if self.instance.pk
            else {}
        )
        keys: list[str] = []
        for row in range(_whole(self.data.get("values-TOTAL_FORMS"))):
            pk = self.data.get(f"values-{row}-id")
            if pk and there.pop(pk, None) is None:
                continue  # somebody deleted it meanwhile
            if not self.data.get(f"values-{row}-DELETE"):
                keys.append(self.data.get(f"values-{row}-key", "").strip())
        return [*(key for key in keys if key), *there.values()]

    def _clean_default(self) -> None:
        """Keep the default, read by kind."""
        text = (self.cleaned_data.get("default") or "").strip()
        self.instance.default = None
        if text and not self.errors:
            option = _as_option(self.cleaned_data, self.values_keys())
            try:
                self.instance.default = read_choice_text(option, text)
            except ValidationError as error:
                self.add_error("default", error)

    def _post_clean(self) -> None:
        # The column is set already: what is allowed there depends on the kind and on the values.
        text = self.cleaned_data.pop("default", None)
        super()._post_clean()
        if text is not None:
            self.cleaned_data["default"] = text


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 0


def _as_option(cleaned: Mapping[str, Any], values: list[str]) -> ModelOption:
    """Return what was entered as an option of the product model, as far as its domain goes."""
    kind = Kind(cleaned["kind"])
    domain = KINDS[kind].domain_of(SimpleNamespace(**cleaned))
    known = tuple(ModelValue(key, Text(key)) for key in values)
    return ModelOption(cleaned["key"], kind, Text(""), values=known, **domain)


def _group_label(group: Group) -> str:
    return f"{group.step} › {group}"


class ValueForm(RowForm):
    """A value, in a row of its option."""

    attributes = PairsField(
        required=False,
        read=read_attribute,
        write=write_attribute,
        rows=2,
        help_text="Numbers or texts that expressions may read, one a line: thickness = 18",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Said once, at the option's own fields, they need not be said again with every value.
        for name in ("key", "position"):
            if name in self.fields:
                self.fields[name].help_text = ""

    def clean_swatch(self) -> Any:
        swatch = (self.cleaned_data.get("swatch") or "").strip().lower()
        if swatch and not SWATCH.fullmatch(swatch):
            raise ValidationError(
                "Write the colour as # and six digits or letters a to f, such as #c8a06a."
            )
        return swatch or None


class ValueInline(ByRole, admin.StackedInline):  # type: ignore[type-arg]
    """The values of a choice or multi-choice."""

    model = Value
    form = ValueForm
    formset = RowFormSet
    formfield_overrides = WIDGETS
    extra = 0
    fieldsets = (
        (None, {"fields": (("label", "key", "sku", "position"),)}),
        (
            "Condition, picture, attributes",
            {
                # One a line: Django opens a section with an error in it only where its fields are
                # listed so.
                "fields": ("when", "reason", "image", "swatch", "description", "attributes"),
                "classes": ("collapse",),
            },
        ),
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = paged(super().get_formset(request, obj, **kwargs), request)
        product = getattr(request, "_form_product", None)
        if product is not None:
            owner = admin.site._registry[Option]
            formset.form = bound_form(formset.form, owner.draft_of(request, product))  # type: ignore[attr-defined]
        return formset


def _sections_of_kinds() -> Any:
    """Return a section of the form for each kind with columns of its own."""
    for kind in KINDS.values():
        if kind.form_rows:
            name = _kind_name(Option.Kind(kind.kind.value).label)
            yield name, {"fields": kind.form_rows, "classes": (f"for-kind-{kind.kind.value}",)}


@admin.register(Option)
class OptionAdmin(DraftRowAdmin):
    """What a product asks, with the values people choose from."""

    form = OptionForm
    section = "options"
    list_display = (
        "label",
        "key",
        "product",
        "kind_told",
        "domain",
        "condition",
        "group",
        "required",
        "position",
    )
    list_editable = ("position",)
    list_filter = (*DraftRowAdmin.list_filter, "kind")
    list_select_related = ("product", "group")
    inlines = (ValueInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("label", "key"),
                    ("kind", "group", "position"),
                    "help",
                    ("required", "default", "importance", "internal"),
                )
            },
        ),
        *_sections_of_kinds(),
        ("Condition", {"fields": ("when", "reason")}),
    )

    class Media:
        js = ("catalog/option_kind.js",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("values")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, NumberField):
            kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "size": 10})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        _renumber(form.instance)

    @admin.display(description="kind", ordering="kind")
    def kind_told(self, option: Option) -> str:
        """Return the kind in a word."""
        return kind_told(option)

    @admin.display(description="values or range")
    def domain(self, option: Option) -> str:
        """Return the domain at a glance."""
        return domain_told(option)

    @admin.display(description="only when", ordering="when")
    def condition(self, option: Option) -> str:
        """Return the condition, to be told from prose."""
        return code(option.when)


def _renumber(option: Option) -> None:
    moved = []
    for number, value in enumerate(option.values.only("position").order_by("position", "pk"), 1):
        if value.position != number * 10:
            value.position = number * 10
            moved.append(value)
    Value.objects.bulk_update(moved, ["position"], batch_size=500)


def code(text: str | None) -> str:
    """Return an expression as HTML, a dash where there is none."""
    return format_html("<code>{}</code>", text) if text else "–"


def kind_told(option: Option) -> str:
    """Return the kind of an option in a word or two."""
    return _kind_name(str(option.get_kind_display()))


def domain_told(option: Option) -> str:
    """Return the domain of an option in a few words; `values` should be prefetched."""
    kind = KINDS[Kind(option.kind)]
    if kind.is_listed:
        keys = [value.key for value in option.values.all()]
        return (
            ", ".join(keys[:6]) + (f" and {len(keys) - 6} more" if len(keys) > 6 else "")
        ) or "no values yet"
    return kind.columns_told(option)


class DerivedForm(RowForm):
    """A derived value: its formula is read together with all others, so that none is computed from
    itself.
    """

    lengths = True

    def scope(self) -> Scope | None:
        model = self.draft.model
        key, formula = self.cleaned_data.get("key"), self.cleaned_data.get("formula")
        if model is None or not key or not formula:
            return super().scope()
        others = tuple(
            each for each in model.derived if each.key not in (key, self.initial.get("key"))
        )
        return Scope.of(replace(model, derived=(*others, DerivedValue(key, Text(key), formula))))

    def clean(self) -> Any:
        cleaned = super().clean()
        key = self.cleaned_data.get("key")
        model = self.draft.model
        if model is not None and key in model.option_by_key:
            self.add_error(
                "key", "There is an option of this key; expressions could not tell them apart."
            )
        scope = self.scope()
        if (
            scope is not None
            and key
            and self.cleaned_data.get("formula")
            and "formula" not in self.errors
        ):
            prepare(scope, [key])
            bound = scope.bound_derived(key)
            if isinstance(bound, ExpressionRefused):
                self.add_error("formula", bound.sentence)
        return cleaned


@admin.register(Derived)
class DerivedAdmin(DraftRowAdmin):
    """Values that a formula gives."""

    form = DerivedForm
    section = "derived"
    list_display = ("label", "key", "product", "formula_told", "unit", "shown", "position")
    list_editable = ("position",)
    fields = (("label", "key", "position"), "formula", ("unit", "shown"))

    @admin.display(description="formula")
    def formula_told(self, derived: Derived) -> str:
        """Return the formula, to be told from prose."""
        return code(derived.formula)


class PresetForm(RowForm):
    """A preset; its choices are written as the kinds of their options want them."""

    choices = PairsField(
        required=False,
        rows=8,
        help_text="One choice a line, such as frame = steel, width = 1600 or extras = lamp, tray.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "choices" in self.fields:
            field = self.fields["choices"]
            assert isinstance(field, PairsField)
            field.read_value, field.write_value = self._read, write_choice_text

    def _read(self, key: str, text: str) -> Any:
        model = self.draft.model
        if model is None:
            return text
        known: Mapping[str, ModelOption] = model.option_by_key
        if key not in known:
            raise ValidationError(
                f"There is no option '{key}'. {sentence(suggestion(key, known))}".strip()
            )
        return read_choice_text(known[key], text)


@admin.register(Preset)
class PresetAdmin(DraftRowAdmin):
    """Named sets of choices to start from."""

    form = PresetForm
    section = "presets"
    list_display = ("label", "key", "product", "position")
    list_editable = ("position",)
    fields = (("label", "key", "position"), "description", "image", "choices")
