"""Which prices a merchant is told of."""

from decimal import Decimal
from typing import Any

import pytest

from pricing.breakdown import price
from pricing.thresholds import Threshold, reached
from tests.pricing.test_override import prices


def passed(
    threshold: Threshold, quantity: int = 1, product: str = "shelf", **given: Any
) -> list[Decimal]:
    """Return what the price of a shelf for 100 (net, cost 60) passes a threshold with, as a list of
    one or none.
    """
    return [
        each.measured
        for each in reached([threshold], product, price(prices(**given), {}, quantity))
    ]


def at(measure: str, limit: str, currency: str | None = "EUR", **parts: Any) -> Threshold:
    return Threshold("told", measure, Decimal(limit), currency=currency, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("threshold", "measured"),
    [
        (at("total_over", "199.99"), ["200.00"]),
        (at("total_over", "200"), []),
        (at("total_under", "200.01"), ["200.00"]),
        (at("total_under", "200"), []),
        (at("margin_below", "80.01"), ["80.00"]),
        (at("margin_below", "80"), []),
        (at("margin_percent_below", "40.001", None), ["40.00"]),
        (at("margin_percent_below", "40", None), []),
    ],
)
def test_a_price_passes_what_it_is_beyond_and_not_what_it_equals(threshold, measured):
    assert passed(threshold, quantity=2) == [Decimal(each) for each in measured]


def test_an_amount_is_compared_in_its_currency_only():
    assert passed(at("total_over", "1"))
    assert not passed(at("total_over", "1", "USD"))


def test_a_margin_is_compared_only_where_costs_are_known():
    assert passed(at("margin_below", "1000"))
    assert not passed(at("margin_below", "1000"), cost=None)
    assert not passed(at("margin_percent_below", "100", None), cost=None)
    assert not passed(at("margin_below", "1000"), amounts_are="gross", tax_rate=None)


def test_of_nothing_there_is_no_percentage():
    assert not passed(at("margin_percent_below", "100", None), amount="0")
    assert passed(at("margin_below", "0"), amount="0") == [Decimal("-60.00")]


def test_a_threshold_for_a_product_or_list_is_for_that_alone():
    assert passed(at("total_over", "1", product="shelf", price_list="retail"))
    assert not passed(at("total_over", "1", product="desk"))
    assert not passed(at("total_over", "1", price_list="trade"))


@pytest.mark.parametrize(
    ("measure", "currency"), [("total_over", None), ("margin_percent_below", "EUR")]
)
def test_an_amount_has_a_currency_and_a_percentage_none(measure, currency):
    with pytest.raises(ValueError, match="currency"):
        at(measure, "1", currency)
