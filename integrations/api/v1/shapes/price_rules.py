"""What thresholds and limits of prices look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer, Money


class PriceThreshold(Answer):
    """A price at which the merchant is told."""

    key: str
    name: str
    measure: Literal["total_over", "total_under", "margin_below", "margin_percent_below"]
    limit: Money
    """An amount for all pieces together, or a percentage of the net price."""
    currency: str | None
    """Only prices in this currency are compared; null where the limit is a percentage."""
    product: str | None
    """For this product alone; null: for all."""
    price_list: str | None
    """For this price list alone; null: for all."""
    url: str


class PriceThresholdPage(Answer):
    """Some of the price thresholds, in order of their keys."""

    data: list[PriceThreshold]
    next: str | None


class PriceLimits(Answer):
    """How far prices may be changed by hand, in percent; null sets no limit."""

    greatest_discount: Money | None
    greatest_surcharge: Money | None
    least_over_cost: Money | None
    """A lowered net price is at least the cost and so many percent."""
