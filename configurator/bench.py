"""The price test bench in the administration: choose a version or the draft, choices, a buyer and a
day, and see why.

Nothing is kept; the address of the page is the whole question, so that it can be sent to somebody
else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from catalog.errors import Refusal
from catalog.kinds.register import kind_of
from catalog.models import Product, Version
from catalog.product_model import Choice, Option, ProductModel
from configurator.answering import follow
from configurator.choices import sort_choices
from configurator.compiled_product import CompiledProduct
from configurator.evaluation.evaluation import Evaluation
from configurator.offers import Offer, compiled, draft_of, offered
from configurator.ordering import MOST_QUANTITY, consistent
from pricing.breakdown import Breakdown, BreakdownLine
from pricing.in_force import TAX_STATUSES, Buyer
from pricing.models import PriceList, WorkCalendar
from pricing.why import LineReason, reasons

DRAFT = "draft"
INPUT = "o."
MOST_LISTED = 300
BECAUSE = {
    "named": "it was named",
    "customer": "it is that of the customer",
    "customer_group": "it is that of the customer group",
    "channel": "it is that of the channel",
    "default": "it is the default",
    "only": "it is the only one",
    "none": "the merchant keeps none in this currency",
}
TAX_FROM = {
    "price_list": "from the price list",
    "country": "from the country",
    "buyer": "none",
    "unknown": "not known",
}


class BenchForm(forms.Form):
    """What is asked of the bench, beside the choices."""

    version = forms.ChoiceField(label="Version")
    quantity = forms.IntegerField(
        label="Pieces", min_value=1, max_value=MOST_QUANTITY, initial=1, required=False
    )
    at = forms.DateField(
        label="On the day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="As its first moment begins, with what is known today. Empty: now.",
    )
    price_list = forms.ChoiceField(label="Price list", required=False)
    channel = forms.CharField(label="Channel", required=False)
    customer_group = forms.CharField(label="Customer group", required=False)
    customer = forms.CharField(label="Customer", required=False)
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label="Country",
        required=False,
        help_text="Two capitals, such as CA: decides on the tax.",
    )
    region = forms.CharField(label="Region", required=False, help_text="Such as ON.")
    tax_status = forms.ChoiceField(
        label="Tax",
        required=False,
        choices=[("", "Pays it"), *((key, name.default) for key, name in TAX_STATUSES.items())],
    )

    def __init__(
        self, data: Any, product: Product, model: ProductModel | None, numbers: Sequence[int]
    ) -> None:
        super().__init__(data)
        lists = PriceList.objects.filter(merchant_id=product.merchant_id).order_by("key")
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            *((str(number), f"Version {number}") for number in numbers),
            (DRAFT, "The draft"),
        ]
        self.fields["price_list"].choices = [  # type: ignore[attr-defined]
            ("", "That which the buyer gets"),
            *((each.key, f"{each.name} ({each.currency})") for each in lists),
        ]
        self.asked = tuple(self.fields)
        self.options = tuple(option.key for option in model.options[:MOST_LISTED]) if model else ()
        for option in model.options[:MOST_LISTED] if model else ():
            self.fields[f"{INPUT}{option.key}"] = choice_field(option)

    def settings_fields(self) -> Iterator[Any]:
        """Return the inputs for version, buyer and day."""
        return (self[name] for name in self.asked)

    def option_fields(self) -> Iterator[Any]:
        """Return the inputs for choices."""
        return (self[f"{INPUT}{key}"] for key in self.options)

    @property
    def buyer(self) -> Buyer:
        """Who buys, as far as it is told."""
        names = ("channel", "customer_group", "customer", "country", "region", "tax_status")
        return Buyer(**{name: self.cleaned_data.get(name) or None for name in names})

    def given(self) -> dict[str, Any]:
        """Return the choices by option key, those left open not among them."""
        named = ((key, self.cleaned_data.get(f"{INPUT}{key}")) for key in self.options)
        return {key: choice for key, choice in named if choice not in (None, "", [])}


def choice_field(option: Option) -> forms.Field:
    """Return an input for a choice, which may stay empty."""
    label = option.label.default
    kind = kind_of(option)
    if kind.is_single:
        values = [("", "–"), *((value.key, value.label.default) for value in option.values)]
        return forms.ChoiceField(label=label, choices=values, required=False)
    if kind.is_truth:
        values = [("", "–"), ("true", "Yes"), ("false", "No")]
        return forms.ChoiceField(label=label, choices=values, required=False)
    if kind.is_several:
        return forms.MultipleChoiceField(
            label=label,
            choices=[(value.key, value.label.default) for value in option.values],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    hint = ""
    if option.number is not None:
        hint = f"{option.number.first:f} to {option.number.last:f} {option.number.unit}".strip()
    return forms.CharField(label=label, required=False, help_text=hint)


@dataclass(frozen=True)
class LineShown:
    """A printed line with its reason."""

    line: BreakdownLine
    reason: LineReason
    is_whole: bool


@dataclass(frozen=True)
class BenchAnswer:
    """What the bench tells: the evaluation and every price line with its reason.

    `today` is the total at the terms that hold now, where another day was asked for, and `percent`
    the change from it.
    """

    offer: Offer
    evaluation: Evaluation
    lines: tuple[LineShown, ...]
    because: str
    tax_from: str
    today: Breakdown | None = None

    @property
    def percent(self) -> Decimal | None:
        """By how much the total of the day is above today's, in percent; None where there is
        nothing to compare.
        """
        then = self.evaluation.breakdown
        if (
            then is None
            or self.today is None
            or not self.today.total
            or then.currency != self.today.currency
        ):
            return None
        return ((then.total - self.today.total) / self.today.total * 100).quantize(Decimal("0.1"))

    @property
    def defaults(self) -> list[str]:
        """The options that have a value which nobody chose, as people read them."""
        states = self.evaluation.options
        return [
            option.label.default
            for option in self.evaluation.model.options
            if states[option.key].value is not None and states[option.key].source != "chosen"
        ]


def compiled_for(product: Product, version: Version | None) -> CompiledProduct:
    """Return a version of a product, or without one its draft, compiled; refuses what a draft
    cannot be.
    """
    return draft_of(product) if version is None else compiled(version.digest, version.document)


def version_asked(product: Product, data: QueryDict) -> tuple[Version | None, tuple[int, ...]]:
    """Return the version that is asked for, by default the newest, None for the draft; and the
    numbers there are.
    """
    numbers = tuple(product.versions.order_by("-number").values_list("number", flat=True))
    asked = data.get("version", "")
    if asked == DRAFT or not numbers:
        return None, numbers
    number = int(asked) if asked.isdecimal() and int(asked) in numbers else numbers[0]
    return product.versions.get(number=number), numbers


def answer_of(product: Product, version: Version | None, form: BenchForm) -> BenchAnswer:
    """Return what a valid `form` asks; refuses as reading choices, evaluating them and finding a
    list do.
    """
    model = compiled_for(product, version).model
    choices, misread = sort_choices(model, form.given())
    for each in misread:
        form.add_error(f"{INPUT}{each.option}", each.detail)
    kept: dict[str, Choice] = {key: choice for key, choice in choices.items() if choice is not None}
    quantity = form.cleaned_data["quantity"] or 1
    key, buyer, at = (
        form.cleaned_data["price_list"] or None,
        form.buyer,
        _moment(product, form.cleaned_data["at"]),
    )

    offer = offered(product, version, key, buyer, at)
    evaluation = consistent(follow(offer, {}, kept, quantity), None, offer.version)
    shown: tuple[LineShown, ...] = ()
    breakdown = evaluation.breakdown
    if breakdown is not None:
        found = reasons(offer.prices, breakdown, evaluation.values)
        order_lines = ((line, line.kind != "not_charged") for line in breakdown.order_lines)
        printed = [*((line, False) for line in breakdown.lines), *order_lines]
        shown = tuple(
            LineShown(line, reason, is_whole)
            for (line, is_whole), reason in zip(printed, found, strict=True)
        )
    return BenchAnswer(
        offer=offer,
        evaluation=evaluation,
        lines=shown,
        because=BECAUSE[offer.terms.because],
        tax_from=TAX_FROM[offer.terms.tax_from],
        today=None if at is None else _today(product, version, key, buyer, kept, quantity),
    )


def _today(
    product: Product,
    version: Version | None,
    key: str | None,
    buyer: Buyer,
    kept: Mapping[str, Choice],
    quantity: int,
) -> Breakdown | None:
    try:
        return follow(offered(product, version, key, buyer), {}, kept, quantity).breakdown
    except Refusal:
        return None  # The list does not hold yet.


def _moment(product: Product, day: date | None) -> datetime | None:
    """Return when `day` begins where the merchant is; in UTC where no calendar tells."""
    if day is None:
        return None
    zone = (
        WorkCalendar.objects.filter(merchant_id=product.merchant_id)
        .values_list("time_zone", flat=True)
        .first()
    )
    return datetime.combine(day, time(), ZoneInfo(zone or "UTC"))
