"""Admin of price lines, BOM lines and lead-time lines."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join

from catalog.admin.inputs import KeysField, PairsField, refuse_unreadable, sentence
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.expressions.errors import suggestion
from catalog.models import BomLine, LeadTimeLine, PriceLine


class LineForm(RowForm):
    """A line whose expressions may read the characters of a text."""

    lengths = True

    def read_number(self, key: str, text: str) -> str:
        """Return `text` if it is a formula of a number here; refuse it with ValidationError."""
        scope = self.scope()
        if scope is not None:
            refuse_unreadable(text, scope, "number", self.lengths)
        return text


class PriceLineForm(LineForm):
    """A price line in exactly one of its three forms."""

    amounts = PairsField(
        required=False,
        label="Amount for each value",
        rows=6,
        help_text="One line for each value of the option, such as oak = 120 or glass = 0.2 * width; 0 is included.",
    )
    of = KeysField(
        required=False,
        noun="price line",
        label="Percentage of",
        help_text="Keys of price lines before this one, or of sub-assemblies, separated by commas. Empty: all.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "amounts" in self.fields:
            amounts, of = self.fields["amounts"], self.fields["of"]
            assert isinstance(amounts, PairsField) and isinstance(of, KeysField)
            amounts.read_value = self.read_number
            model = self.draft.model
            lines = [line.key for line in model.price_lines if line.key != self.instance.key] if model else []
            of.known = (*lines, *(model.assembly_by_key if model else ()))

    def clean(self) -> Any:
        cleaned = super().clean()
        option, amounts = self.cleaned_data.get("option"), self.cleaned_data.get("amounts") or {}
        named = {
            "amount": self.cleaned_data.get("amount"),
            "option": option,
            "percent": self.cleaned_data.get("percent"),
        }
        filled = [name for name, content in named.items() if content]
        if len(filled) != 1 and not self.errors:
            told = "either an amount, or an option with an amount for each value, or a percentage"
            self.add_error(None, f"Give {told}{'' if not filled else ', not several of them'}.")
        if amounts and option is None:
            self.add_error("option", "Say which option the amounts belong to.")
        elif option is not None and not amounts and "amounts" not in self.errors:
            self.add_error("amounts", "Give each value of the option an amount.")
        if option is not None and amounts:
            keys = [value.key for value in option.values.all()]
            for key in amounts:
                if key not in keys:
                    hint = sentence(suggestion(key, keys))
                    self.add_error("amounts", f"'{option.key}' has no value '{key}'. {hint}".strip())
        return cleaned


@admin.register(PriceLine)
class PriceLineAdmin(DraftRowAdmin):
    """What a configuration costs, line by line."""

    form = PriceLineForm
    section = "price_lines"
    list_display = ("label", "key", "product", "told", "condition", "price_list", "position")
    list_editable = ("position",)
    list_select_related = ("product", "option")
    fieldsets = (
        (None, {"fields": (("label", "key", "position"), ("when", "price_list"))}),
        ("An amount", {"fields": ("amount",)}),
        ("Or an amount for each value of an option", {"fields": ("option", "amounts")}),
        ("Or a percentage", {"fields": (("percent", "of"),)}),
    )

    @admin.display(description="amount")
    def told(self, line: PriceLine) -> str:
        """Return what the line costs, at a glance."""
        return price_told(line)

    @admin.display(description="only when", ordering="when")
    def condition(self, line: PriceLine) -> str:
        """Return when the line counts."""
        return code(line.when)


def price_told(line: PriceLine) -> str:
    """Return the amount of a price line as HTML."""
    if line.percent is not None:
        of = ", ".join(line.of) or "all lines before"
        return format_html("<code>{}</code> % of {}", line.percent, of)
    if line.option is not None:
        shown = list(line.amounts.items())[:4]
        pairs = format_html_join(", ", "{} <code>{}</code>", shown)
        more = f" and {len(line.amounts) - 4} more" if len(line.amounts) > 4 else ""
        return format_html("by {}: {}{}", line.option.key, pairs, more)
    return code(line.amount)


class BomLineForm(LineForm):
    """A part, by its number or by the SKU of what was chosen."""

    measures = PairsField(
        required=False,
        rows=4,
        help_text="One measure a line, such as length = width - 2 * 18.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "measures" in self.fields:
            measures = self.fields["measures"]
            assert isinstance(measures, PairsField)
            measures.read_value = self.read_number

    def clean(self) -> Any:
        cleaned = super().clean()
        part, option = self.cleaned_data.get("part"), self.cleaned_data.get("option")
        if bool(part) == bool(option) and not self.errors:
            raise ValidationError("Give either a part number or the option whose SKU it is.")
        return cleaned


@admin.register(BomLine)
class BomLineAdmin(DraftRowAdmin):
    """The parts a configuration needs."""

    form = BomLineForm
    section = "bom_lines"
    list_display = ("label", "key", "product", "part_told", "quantity_told", "condition", "position")
    list_editable = ("position",)
    list_select_related = ("product", "option")
    fields = (("label", "key", "position"), ("part", "option"), ("quantity", "unit"), "when", "measures")

    @admin.display(description="part")
    def part_told(self, line: BomLine) -> str:
        """Return where the part number comes from."""
        return part_told(line)

    @admin.display(description="quantity")
    def quantity_told(self, line: BomLine) -> str:
        """Return how many, with the unit."""
        return format_html("<code>{}</code> {}", line.quantity, line.unit)

    @admin.display(description="only when", ordering="when")
    def condition(self, line: BomLine) -> str:
        """Return when the part is needed."""
        return code(line.when)


def part_told(line: BomLine) -> str:
    """Return the part number of a BOM line, or whose SKU it is, as HTML."""
    return format_html("SKU of {}", line.option.key) if line.option else format_html("<code>{}</code>", line.part)


class LeadTimeLineForm(LineForm):
    """Days, as a number or a formula."""


@admin.register(LeadTimeLine)
class LeadTimeLineAdmin(DraftRowAdmin):
    """What a configuration waits for."""

    form = LeadTimeLineForm
    section = "lead_time_lines"
    list_display = ("label", "key", "product", "days_told", "condition", "position")
    list_editable = ("position",)
    fields = (("label", "key", "position"), "days", "when")

    @admin.display(description="days")
    def days_told(self, line: LeadTimeLine) -> str:
        """Return how many days."""
        return code(line.days)

    @admin.display(description="only when", ordering="when")
    def condition(self, line: LeadTimeLine) -> str:
        """Return when they are added."""
        return code(line.when)
