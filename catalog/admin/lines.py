"""Admin of price lines, BOM lines and lead-time lines."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from catalog.admin.inputs import KeysField, PairsField, refuse_unreadable, sentence
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.admin.scoped import knows_costs, merchant_of
from catalog.errors import Malformed
from catalog.expressions.errors import suggestion
from catalog.models import BomLine, LeadTimeLine, PriceLine
from catalog.price_grid_text import read_price_grid, write_price_grid
from catalog.product_model import read_price_table, write_number, write_price_table

_MOST_LEFT_OUT = 6


class LineForm(RowForm):
    """A line whose expressions may read the characters of a text."""

    lengths = True

    def read_number(self, key: str, text: str) -> str:
        """Return `text` if it is a formula of a number here; refuse it with ValidationError."""
        scope = self.scope()
        if scope is not None:
            refuse_unreadable(text, scope, "number", self.lengths)
        return text


class BreaksField(forms.CharField):
    """Quantity breaks, one a line: `10 = 90` is another amount from ten pieces on, `50 = -20 %` so
    much less.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.read: Callable[[str, str], str] = lambda key, text: text
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField vExpression"})
        )
        super().__init__(strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(
                f"{each['pieces']} = {each['amount']}"
                if each.get("amount") is not None
                else f"{each['pieces']} = {each['percent']} %"
                for each in value
            )
        return value

    def clean(self, value: Any) -> Any:
        breaks: list[dict[str, Any]] = []
        problems: list[Any] = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            pieces, _, text = (part.strip() for part in line.partition("="))
            is_percent = text.endswith("%")
            text = text.removesuffix("%").strip()
            if not re.fullmatch(r"[0-9]{1,7}", pieces) or int(pieces) < 2 or not text:
                problems.append(
                    f"Line {number}: write from how many pieces on, =, and what it gives: 10 = -5 %."
                )
            elif any(each["pieces"] == int(pieces) for each in breaks):
                problems.append(f"Line {number}: {pieces} stands twice.")
            else:
                try:
                    text = self.read(pieces, text)
                except ValidationError as error:
                    problems += [
                        format_html("Line {}: {}", number, message) for message in error.messages
                    ]
                amount, percent = (None, text) if is_percent else (text, None)
                breaks.append({"pieces": int(pieces), "amount": amount, "percent": percent})
        if problems:
            raise ValidationError(problems)
        return sorted(breaks, key=lambda each: each["pieces"])

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.prepare_value(initial) or ""
        return [line.strip() for line in before.splitlines()] != [
            line.strip() for line in (data or "").splitlines()
        ]


class PriceLineForm(LineForm):
    """A price line in exactly one of its six forms."""

    table_columns = forms.CharField(
        required=False,
        label="Across",
        help_text="Which number the sizes across are for, such as width.",
    )
    table_rows = forms.CharField(
        required=False,
        label="Down",
        help_text="Which number the sizes down are for, such as height or depth + 20.",
    )
    table_exact = forms.BooleanField(
        required=False,
        label="Only these sizes",
        help_text="Otherwise a size between two costs the next larger one.",
    )
    table_amounts = forms.CharField(
        required=False,
        label="Amounts",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField vTable", "wrap": "off"}),
        help_text=(
            "Paste it from a spreadsheet: the sizes across in one line, then lines that begin with their size. "
            "1234.50 and 1.234,50 € are both read; an empty cell, - or n/a is a size without a price."
        ),
    )

    amounts = PairsField(
        required=False,
        label="Amount for each value",
        rows=6,
        help_text="One line for each value of the option, such as oak = 120 or glass = 0.2 * width; 0 is included.",
    )
    of = KeysField(
        required=False,
        noun="price line, subtotal or sub-assembly",
        label="Of",
        help_text="Keys of price lines before this one, subtotals or sub-assemblies, separated by commas. Empty: all.",
    )
    parts = KeysField(
        required=False,
        noun="BOM line",
        label="For the parts",
        help_text="Keys of BOM lines whose measures tell how much is needed, in place of a quantity.",
    )
    breaks = BreaksField(
        required=False,
        label="Quantity breaks",
        help_text="One a line: 10 = 90 is another amount from 10 pieces on, 50 = -20 % so much less from 50 on.",
    )
    costs = PairsField(
        required=False,
        label="Cost of each value",
        rows=4,
        help_text="One line for each value, such as oak = 70. Shoppers never see it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_out: tuple[str, ...] = ()
        if table := self.instance.table:
            self.initial["table_columns"], self.initial["table_rows"] = (
                str(table["columns"]),
                str(table["rows"]),
            )
            self.initial["table_exact"] = table.get("exact", False)
            self.initial["table_amounts"] = write_price_grid(table)
        if "amounts" in self.fields:
            amounts, costs, breaks = (
                self.fields["amounts"],
                self.fields["costs"],
                self.fields["breaks"],
            )
            of, parts = self.fields["of"], self.fields["parts"]
            assert (
                isinstance(amounts, PairsField)
                and isinstance(costs, PairsField)
                and isinstance(breaks, BreaksField)
            )
            assert isinstance(of, KeysField) and isinstance(parts, KeysField)
            amounts.read_value = costs.read_value = breaks.read = self.read_number
            model = self.draft.model
            lines = model.price_lines if model else ()
            others = [line.key for line in lines if line.key != self.instance.key]
            subtotals = [line.subtotal for line in lines if line.subtotal]
            of.known = (*others, *subtotals, *(model.assembly_by_key if model else ()))
            parts.known = tuple(line.key for line in model.bom_lines) if model else ()

    def clean(self) -> Any:
        cleaned = super().clean()
        option, amounts = self.cleaned_data.get("option"), self.cleaned_data.get("amounts") or {}
        named = {
            "amount": self.cleaned_data.get("amount"),
            "option": option,
            "table": (self.cleaned_data.get("table_amounts") or "").strip(),
            "percent": self.cleaned_data.get("percent"),
            "minimum": self.cleaned_data.get("minimum"),
            "maximum": self.cleaned_data.get("maximum"),
        }
        filled = [name for name, content in named.items() if content]
        if len(filled) != 1 and not self.errors:
            told = "either an amount, or an option with an amount for each value, or a table, a percentage, a limit"
            self.add_error(None, f"Give {told}{'' if not filled else ', not several of them'}.")
        if amounts and option is None:
            self.add_error("option", "Say which option the amounts belong to.")
        elif option is not None and not amounts and "amounts" not in self.errors:
            self.add_error("amounts", "Give each value of the option an amount.")
        if option is not None:
            keys = (
                ["true", "false"]
                if option.kind == "boolean"
                else [value.key for value in option.values.all()]
            )
            for name in ("amounts", "costs"):
                for key in self.cleaned_data.get(name) or {}:
                    if key not in keys:
                        hint = sentence(suggestion(key, keys))
                        self.add_error(name, f"'{option.key}' has no value '{key}'. {hint}".strip())
        self._refuse_half_a_material()
        self._read_table()
        return cleaned

    def _read_table(self) -> None:
        """Put the table that was pasted into the line."""
        text = (self.cleaned_data.get("table_amounts") or "").strip()
        formulas = {
            name: (self.cleaned_data.get(f"table_{name}") or "").strip()
            for name in ("columns", "rows")
        }
        self.instance.table = None
        if not text:
            if any(formulas.values()):
                self.add_error(
                    "table_amounts", "Paste the amounts, or leave out what they are for."
                )
            return
        for name, formula in formulas.items():
            if not formula:
                self.add_error(f"table_{name}", "Say which number these sizes are for.")
                continue
            try:
                self.read_number(name, formula)
            except ValidationError as error:
                self.add_error(f"table_{name}", error)
        grid = read_price_grid(self.cleaned_data["table_amounts"])
        for problem in grid.problems:
            self.add_error("table_amounts", problem)
        if self.errors:
            return
        table = {
            **formulas,
            "column_sizes": list(map(write_number, grid.column_sizes)),
            "row_sizes": list(map(write_number, grid.row_sizes)),
            "amounts": [
                [None if each is None else write_number(each) for each in row]
                for row in grid.amounts
            ],
            **({"exact": True} if self.cleaned_data.get("table_exact") else {}),
        }
        try:
            self.instance.table = write_price_table(read_price_table(table))
        except Malformed as refused:
            self.add_error("table_amounts", refused.sentence)
        self.left_out = grid.left_out

    def _refuse_half_a_material(self) -> None:
        given = {
            name: bool(self.cleaned_data.get(name))
            for name in ("quantity", "parts", "waste", "at_least")
        }
        if self.cleaned_data.get("per"):
            if given["quantity"] == given["parts"] and not self.errors:
                self.add_error(
                    "quantity", "Give either a quantity of the material, or the parts it is for."
                )
            if not self.cleaned_data.get("amount") and not (
                self.cleaned_data.get("option") or self.cleaned_data.get("table_amounts")
            ):
                self.add_error(
                    "amount", "Give the price of one unit of the material, or one for each value."
                )
        elif any(given.values()):
            self.add_error("per", "Say what the amount is the price of.")


@admin.register(PriceLine)
class PriceLineAdmin(DraftRowAdmin):
    """What a configuration costs, line by line."""

    form = PriceLineForm
    section = "price_lines"
    list_display = ("label", "key", "product", "told", "condition", "price_list", "position")
    list_editable = ("position",)
    list_select_related = ("product", "option")
    fieldsets = (
        (None, {"fields": (("label", "key", "position"), ("when", "price_list", "tax_class"))}),
        ("An amount", {"fields": ("amount",)}),
        ("Or an amount for each value of an option", {"fields": ("option", "amounts")}),
        (
            "Or amounts by two numbers",
            {
                "fields": (("table_columns", "table_rows", "table_exact"), "table_amounts"),
                "classes": ["collapse"],
            },
        ),
        (
            "Or a percentage, a minimum or a maximum",
            {"fields": (("percent", "minimum", "maximum"), "of")},
        ),
        (
            "Of a material",
            {
                "fields": (("per", "quantity", "parts"), ("waste", "at_least")),
                "classes": ["collapse"],
            },
        ),
        (
            "For several pieces",
            {"fields": ("breaks", ("tiered", "once", "whole")), "classes": ["collapse"]},
        ),
        ("Sums and costs", {"fields": ("subtotal", "cost", "costs"), "classes": ["collapse"]}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if knows_costs(request, None if obj is None else merchant_of(obj)):
            return found
        hidden = {"cost", "costs"}
        return [
            (title, {**told, "fields": [each for each in told["fields"] if each not in hidden]})
            for title, told in found
        ]

    def save_model(self, request: HttpRequest, obj: PriceLine, form: Any, change: bool) -> None:
        """Save the line, and tell which sizes of its table have no amount."""
        super().save_model(request, obj, form, change)
        if left_out := getattr(form, "left_out", ()):
            more = (
                f" and {len(left_out) - _MOST_LEFT_OUT} more"
                if len(left_out) > _MOST_LEFT_OUT
                else ""
            )
            told = "; ".join(left_out[:_MOST_LEFT_OUT])
            self.message_user(request, f"Sizes without a price: {told}{more}.", messages.WARNING)

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
    of = ", ".join(line.of) or "all lines before"
    if line.percent is not None:
        return format_html("<code>{}</code> % of {}", line.percent, of)
    if line.minimum is not None:
        return format_html("at least <code>{}</code> with {}", line.minimum, of)
    if line.maximum is not None:
        return format_html("at most <code>{}</code> with {}", line.maximum, of)
    if line.option is not None:
        shown = list(line.amounts.items())[:4]
        pairs = format_html_join(", ", "{} <code>{}</code>", shown)
        more = f" and {len(line.amounts) - 4} more" if len(line.amounts) > 4 else ""
        per = f" per {line.get_per_display()}" if line.per is not None else ""
        return format_html("by {}: {}{}{}", line.option.key, pairs, more, per)
    if line.table:
        size = f"{len(line.table['column_sizes'])} × {len(line.table['row_sizes'])}"
        per = f" per {line.get_per_display()}" if line.per is not None else ""
        columns, rows = code(line.table["columns"]), code(line.table["rows"])
        return format_html("by {} and {}: {} sizes{}", columns, rows, size, per)
    if line.per is not None:
        return format_html("{} per {}", code(line.amount), line.get_per_display())
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
    list_display = (
        "label",
        "key",
        "product",
        "part_told",
        "quantity_told",
        "condition",
        "position",
    )
    list_editable = ("position",)
    list_select_related = ("product", "option")
    fields = (
        ("label", "key", "position"),
        ("part", "option"),
        ("quantity", "unit", "whole"),
        "when",
        "measures",
    )

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
    return (
        format_html("SKU of {}", line.option.key)
        if line.option
        else format_html("<code>{}</code>", line.part)
    )


class LeadTimeLineForm(LineForm):
    """Days, as a number or a formula."""


@admin.register(LeadTimeLine)
class LeadTimeLineAdmin(DraftRowAdmin):
    """What a configuration waits for."""

    form = LeadTimeLineForm
    section = "lead_time_lines"
    list_display = ("label", "key", "product", "days_told", "stage", "condition", "position")
    list_editable = ("position",)
    fields = (("label", "key", "position"), ("days", "stage"), "when")

    @admin.display(description="days")
    def days_told(self, line: LeadTimeLine) -> str:
        """Return how many days."""
        return code(line.days)

    @admin.display(description="only when", ordering="when")
    def condition(self, line: LeadTimeLine) -> str:
        """Return when they are added."""
        return code(line.when)
