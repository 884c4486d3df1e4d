"""Prices at which a merchant wants to be told: a total above or below an amount, a margin that is
too small.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import ConfigDict

from catalog.product_model import Key, Number
from pricing.breakdown import Breakdown
from pricing.money import in_units, whole
from pricing.price_list import Currency

type Measure = Literal["total_over", "total_under", "margin_below", "margin_percent_below"]

# What tells nothing of what a configuration costs the merchant.
OF_TOTALS: tuple[Measure, ...] = ("total_over", "total_under")
_PERCENT_PLACES = 2


@dataclass(frozen=True)
class Threshold:
    """A price to be told of: when a completed configuration's `measure` passes `limit`.

    The limit of a total or a margin is an amount in `currency`, for all pieces together, and
    compared with prices in that currency only; the total is that of the breakdown, net or gross as
    its list is, the margin the net price less the cost. The limit of `margin_percent_below` is a
    percentage of the net price, whatever the currency. With `product` or `price_list`, their keys,
    it is for these alone.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    key: Key
    measure: Measure
    limit: Number
    name: str = ""
    currency: Currency | None = None
    product: str | None = None
    price_list: str | None = None

    def __post_init__(self) -> None:
        if (self.measure == "margin_percent_below") != (self.currency is None):
            raise ValueError(
                "a limit that is an amount has a currency, one that is a percentage has none"
            )


@dataclass(frozen=True)
class Reached:
    """A threshold that a price passed, and by what: the total, the margin, or the margin in percent
    of the net price.

    A percentage is `measured` to two decimals, halves up; what decides is the exact one.
    """

    threshold: Threshold
    measured: Decimal


def reached(
    thresholds: Iterable[Threshold], product: str, breakdown: Breakdown
) -> tuple[Reached, ...]:
    """Return which of `thresholds` the price of a configuration of `product` passes, in their
    order.

    A margin is compared only where all costs and the net price are known.
    """
    return tuple(
        Reached(threshold, measured)
        for threshold in thresholds
        if threshold.product in (None, product)
        and threshold.price_list in (None, breakdown.price_list)
        and threshold.currency in (None, breakdown.currency)
        and (measured := _passed(threshold, breakdown)) is not None
    )


def _passed(threshold: Threshold, breakdown: Breakdown) -> Decimal | None:
    """Return the measure of a price that passes `threshold`, None for one that does not."""
    limit, total, margin = threshold.limit, breakdown.total, breakdown.margin
    if threshold.measure == "total_over":
        return total if total > limit else None
    if threshold.measure == "total_under":
        return total if total < limit else None
    if margin is None:
        return None
    if threshold.measure == "margin_below":
        return margin if margin < limit else None
    if not breakdown.net:
        return None  # Of nothing there is no percentage.
    percent = Fraction(margin) / Fraction(breakdown.net) * 100
    if percent >= Fraction(limit):
        return None
    return in_units(whole(percent * 10**_PERCENT_PLACES, "half_up"), _PERCENT_PLACES)
