"""A price that somebody sets by hand on top of what the price lines come to, within what the
merchant allows.

It becomes a line of its own that counts once for the whole order, so that lines still sum to the
total.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import ConfigDict

from catalog.errors import Refusal
from catalog.formats import percentage
from catalog.product_model import Number, Text
from pricing.breakdown import Breakdown, BreakdownLine, paid, tax_in, taxed_with, told_rate
from pricing.lines import MAX_UNITS, Prices
from pricing.money import decimals, formatted, in_units, plain, whole
from pricing.price_list import Moment
from pricing.taxes import tax_amounts
from pricing.why import LineReason

type Kind = Literal["discount", "surcharge", "final"]

KEY = "override"
MOST_REASON = 500
_STRICT = ConfigDict(extra="forbid")
_LABELS: dict[Kind, Text] = {
    "discount": Text("Discount", (("de", "Rabatt"), ("fr", "Remise"))),
    "surcharge": Text("Surcharge", (("de", "Zuschlag"), ("fr", "Supplément"))),
    "final": Text(
        "To the agreed price", (("de", "Zum vereinbarten Preis"), ("fr", "Au prix convenu"))
    ),
}


class OverrideRefused(Refusal):
    """A price by hand that the merchant's limits do not allow, or that is no price; `data["limit"]`
    names the limit.
    """

    slug = "override-refused"
    title = "This price cannot be set"


@dataclass(frozen=True)
class Override:
    """What somebody sets by hand, with the reason, who and when.

    A `discount` is taken off and a `surcharge` is added, both written without sign: `percent` of
    the total, or an `amount`. `final` is the total that comes out, as `amount`. Amounts are for all
    pieces together, net or gross as the amounts of the price list are. `beyond_limits` says that
    who set it might leave the merchant's limits, and did so knowingly.
    """

    __pydantic_config__ = _STRICT

    kind: Kind
    reason: str
    by: str
    at: Moment
    percent: Number | None = None
    amount: Number | None = None
    beyond_limits: bool = False

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("give either a percentage or an amount")
        if self.kind == "final" and self.percent is not None:
            raise ValueError("a final price is an amount")
        if self.percent is not None and not 0 < self.percent <= (
            100 if self.kind == "discount" else 1_000
        ):
            raise ValueError(
                "a percentage is above 0, a discount at most 100 and a surcharge at most 1000"
            )
        if self.amount is not None and not (
            self.amount > 0 or (self.kind == "final" and self.amount == 0)
        ):
            raise ValueError(
                "an amount is above 0; whether it is taken off or added is told by the kind"
            )
        if not self.reason.strip() or len(self.reason) > MOST_REASON:
            raise ValueError(f"a price by hand has a reason of at most {MOST_REASON} characters")

    def told(self, currency: str) -> str:
        """Return what is set in words, such as "discount of 5 %" or "final price of EUR 450.00"."""
        noun = "final price" if self.kind == "final" else self.kind
        if self.percent is not None:
            return f"{noun} of {self.percent:f} %"
        return f"{noun} of {formatted(self.amount or Decimal(0), currency)}"

    def is_same(self, other: "Override") -> bool:
        """Return whether both set the same for the same reason, whoever set it and when."""
        return replace(self, by=other.by, at=other.at) == other


@dataclass(frozen=True)
class Limits:
    """How far prices may be changed by hand, in percent; None sets no limit.

    A discount is at most `greatest_discount` and a surcharge at most `greatest_surcharge` of the
    total, however they are written. A lowered net price stays at or above the cost and
    `least_over_cost` percent; where the cost is not known, nobody can tell, and a price cannot be
    lowered.
    """

    greatest_discount: Decimal | None = None
    greatest_surcharge: Decimal | None = None
    least_over_cost: Decimal | None = None


def overridden(prices: Prices, breakdown: Breakdown, override: Override) -> Breakdown:
    """Return `breakdown`, which was made with `prices`, with the line that `override` adds, and the
    totals then.

    A percentage is of the total of all pieces, rounded to the smallest unit of the currency, halves
    up. Refuses with OverrideRefused an amount finer than the currency, a total below zero, and one
    that is too large to be right.
    """
    price_list, places = prices.price_list, prices.places
    before = int(breakdown.total.scaleb(places))
    after = _total(override, before, places, price_list.currency)
    if after < 0:
        told = formatted(breakdown.total, price_list.currency)
        raise OverrideRefused(
            f"The price would be below zero: the discount is larger than the {told} it is taken off."
        )
    if after >= MAX_UNITS:
        raise OverrideRefused("The price would be too large to be right.")
    added = after - before
    taxed = taxed_with(prices, breakdown, added, after)
    tax = None if taxed is None else int(tax_in(taxed))
    rate, label = (breakdown.tax_rate, breakdown.tax_label) if taxed is None else told_rate(taxed)
    net = after if price_list.amounts_are == "net" else None if tax is None else after - tax
    exact_gross = (
        after if price_list.amounts_are == "gross" else None if tax is None else after + tax
    )
    gross = None if exact_gross is None else int(paid(price_list, exact_gross))
    shown = net if breakdown.shows == "net" else gross

    def told_or_none(units: int | None) -> Decimal | None:
        return None if units is None else in_units(units, places)

    net_amount = told_or_none(net)
    line = BreakdownLine(KEY, _LABELS[override.kind], in_units(added, places), "override")
    return replace(
        breakdown,
        order_lines=(*breakdown.order_lines, line) if added else breakdown.order_lines,
        order_total=breakdown.order_total + in_units(added, places),
        total=in_units(after, places),
        net=net_amount,
        tax=told_or_none(tax),
        tax_rate=rate,
        tax_label=label,
        taxes=() if taxed is None else tax_amounts(taxed, places),
        gross=told_or_none(gross),
        paid_rounding=in_units(
            0 if gross is None or exact_gross is None else gross - exact_gross, places
        ),
        shown=in_units(after if shown is None else shown, places),
        margin=None
        if breakdown.cost is None or net_amount is None
        else net_amount - breakdown.cost,
    )


def _total(override: Override, before: int, places: int, currency: str) -> int:
    """Return the total in smallest units that `override` makes of `before`."""
    sign = -1 if override.kind == "discount" else 1
    if override.percent is not None:
        return before + sign * whole(before * Fraction(override.percent) / 100, "half_up")
    units = Fraction(override.amount or 0) * 10**places
    if units.denominator != 1:
        raise OverrideRefused(f"Amounts in {currency} have at most {decimals(currency)} decimals.")
    return int(units) if override.kind == "final" else before + sign * int(units)


def refuse_beyond(limits: Limits, before: Breakdown, after: Breakdown) -> None:
    """Refuse with OverrideRefused a change from `before` to `after` that is larger than `limits`
    allow.
    """
    change = after.total - before.total
    what, greatest = (
        ("discount", limits.greatest_discount)
        if change < 0
        else ("surcharge", limits.greatest_surcharge)
    )
    if greatest is not None and abs(Fraction(change)) * 100 > Fraction(greatest) * Fraction(
        before.total
    ):
        share = round(abs(change) / before.total * 100, 2) if before.total else None
        told = percentage(share, None) if share is not None else "more than any percentage"
        raise OverrideRefused(
            f"A {what} is at most {percentage(greatest, None)}, and this would be {told}. Set less, or have "
            "somebody set it who may go beyond the limits.",
            limit=f"greatest_{what}",
        )
    if limits.least_over_cost is None or change >= 0:
        return
    currency = after.currency
    if after.cost is None or after.net is None:
        raise OverrideRefused(
            "Prices are not to be lowered below the cost and a percentage, and the cost or the net price of this is "
            "not known. Give its price lines their costs, or have somebody set it who may go beyond the limits.",
            limit="least_over_cost",
        )
    least = Fraction(after.cost) * (100 + Fraction(limits.least_over_cost)) / 100
    if Fraction(after.net) < least:
        raise OverrideRefused(
            f"The net price would be {formatted(after.net, currency)}, below the cost and "
            f"{limits.least_over_cost:f} %. Set a higher price, or have somebody set it who may go beyond the limits.",
            limit="least_over_cost",
        )


def override_reason(
    prices: Prices, before: Breakdown, after: Breakdown, override: Override
) -> LineReason:
    """Return why the line that `override` adds has its amount: who set it, when and why."""
    currency = after.currency
    allowed = ("beyond the limits of the merchant, knowingly",) if override.beyond_limits else ()
    return LineReason(
        key=KEY,
        value=None,
        label=_LABELS[override.kind],
        amount=after.total - before.total,
        price_list=prices.price_list.key,
        revision=prices.terms.revision,
        rule=f"{override.told(currency)}, set by hand",
        when=None,
        inputs={},
        steps=(
            f"of {plain(before.total, currency)} {currency}, the total of all pieces",
            f"by {override.by}, {override.at.isoformat(timespec='minutes')}: {override.reason}",
            *allowed,
        ),
    )


def override_json(override: Override, currency: str) -> dict[str, Any]:
    """Return `override` as plain JSON values; numbers as exact texts."""
    return {
        "kind": override.kind,
        "percent": None if override.percent is None else f"{override.percent:f}",
        "amount": None if override.amount is None else plain(override.amount, currency),
        "reason": override.reason,
        "by": override.by,
        "at": override.at.isoformat(),
        "beyond_limits": override.beyond_limits,
    }
