"""A price by hand: its line, the totals and the tax then, and what the merchant's limits refuse."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.product_model import Text, read
from pricing.breakdown import Breakdown, Prices, compile_prices, price
from pricing.override import (
    Limits,
    Override,
    OverrideRefused,
    overridden,
    override_reason,
    refuse_beyond,
)
from pricing.price_list import PriceList

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def by_hand(kind: str, reason: str = "A loyal customer.", **parts: Any) -> Override:
    numbers = {
        name: Decimal(str(each)) for name, each in parts.items() if name in ("percent", "amount")
    }
    return Override(kind, reason, "maria", AT, **{**parts, **numbers})  # type: ignore[arg-type]


def prices(amount: str = "100", cost: str | None = "60", **terms: Any) -> Prices:
    line = {"key": "base", "label": "Shelf", "amount": amount, **({"cost": cost} if cost else {})}
    model = read(
        {
            "product": "shelf",
            "name": "Shelf",
            "currency": "EUR",
            "options": [],
            "price_lines": [line],
        }
    )
    given = {"amounts_are": "net", "tax_rate": Decimal(19), **terms}
    return compile_prices(
        model, PriceList("retail", Text("Retail"), **{"currency": "EUR", **given})
    )


def pair(override: Override, quantity: int = 1, **given: Any) -> tuple[Breakdown, Breakdown]:
    compiled = prices(**given)
    before = price(compiled, {}, quantity)
    return before, overridden(compiled, before, override)


@pytest.mark.parametrize(
    ("override", "total"),
    [
        (by_hand("discount", percent="12.5"), "262.50"),
        (by_hand("discount", amount="0.01"), "299.99"),
        (by_hand("surcharge", percent=10), "330.00"),
        (by_hand("surcharge", amount=20), "320.00"),
        (by_hand("final", amount="249.9"), "249.90"),
        (by_hand("final", amount=0), "0.00"),
    ],
)
def test_the_kind_tells_whether_it_is_taken_off_added_or_the_total(override, total):
    _, after = pair(override, quantity=3)
    assert after.total == Decimal(total)


def test_it_is_a_line_of_its_own_that_counts_once():
    before, after = pair(by_hand("discount", percent=10), quantity=3)
    (line,) = after.order_lines
    assert (line.key, line.kind, line.amount, line.label.in_locale("de")) == (
        *("override", "override", Decimal("-30.00")),
        "Rabatt",
    )
    assert (after.lines, after.unit_shown) == (before.lines, before.unit_shown)


def test_tax_and_margin_follow_from_what_remains():
    _, after = pair(by_hand("discount", percent=10), quantity=3)
    assert (after.net, after.tax, after.gross) == (
        Decimal("270.00"),
        Decimal("51.30"),
        Decimal("321.30"),
    )
    assert (after.shown, after.margin) == (Decimal("321.30"), Decimal("90.00"))


def test_where_amounts_are_gross_the_tax_is_taken_out_of_what_remains():
    _, after = pair(by_hand("final", amount=119), amounts_are="gross")
    assert (after.net, after.tax, after.gross, after.shown) == tuple(
        map(Decimal, ("100.00", "19.00", "119.00", "119"))
    )


def test_where_the_tax_is_not_known_nobody_guesses_it():
    _, after = pair(by_hand("discount", percent=10), tax_rate=None)
    assert (after.tax, after.gross, after.shown) == (None, None, Decimal("90.00"))


def test_with_tax_by_line_that_of_the_new_line_is_rounded_by_itself():
    before, after = pair(by_hand("surcharge", amount="0.03"), tax_rounding_of="line")
    assert after.tax == before.tax + Decimal("0.01")


def test_a_change_of_nothing_adds_no_line():
    _, after = pair(by_hand("final", amount=100))
    assert (after.order_lines, after.total) == ((), Decimal("100.00"))


@given(
    st.sampled_from(["discount", "surcharge"]),
    st.decimals("0.01", 100, places=2),
    st.integers(1, 50),
    st.decimals(0, 5000, places=3),
    st.sampled_from(["net", "gross"]),
    st.sampled_from(["total", "line"]),
)
def test_lines_sum_to_the_total_and_net_and_tax_to_gross(
    kind, percent, quantity, amount, terms, rounds
):
    _, after = pair(
        by_hand(kind, percent=percent),
        quantity,
        amount=str(amount),
        amounts_are=terms,
        rounding_of=rounds,
    )
    assert sum(line.amount for line in after.lines) == after.unit_total
    assert sum(line.amount for line in after.order_lines) == after.order_total
    assert after.unit_total * quantity + after.order_total == after.total
    assert after.net + after.tax == after.gross


def test_more_than_everything_cannot_be_taken_off():
    with pytest.raises(OverrideRefused, match="below zero"):
        pair(by_hand("discount", amount=101))


def test_an_amount_finer_than_the_currency_is_refused():
    with pytest.raises(OverrideRefused, match="at most 2 decimals"):
        pair(by_hand("final", amount="99.999"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "discount"},
        {"kind": "discount", "percent": 5, "amount": 5},
        {"kind": "discount", "percent": -5},
        {"kind": "discount", "percent": 101},
        {"kind": "surcharge", "amount": -5},
        {"kind": "surcharge", "amount": 0},
        {"kind": "final", "percent": 5},
        {"kind": "discount", "percent": 5, "reason": "  "},
    ],
)
def test_what_is_no_price_by_hand_is_none(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        by_hand(**wrong)


@pytest.mark.parametrize(
    ("override", "limit"),
    [
        (by_hand("discount", percent="10.01"), "greatest_discount"),
        (by_hand("discount", amount="10.01"), "greatest_discount"),
        (by_hand("final", amount="89.99"), "greatest_discount"),
        (by_hand("surcharge", amount="20.01"), "greatest_surcharge"),
        (by_hand("final", amount="120.01"), "greatest_surcharge"),
    ],
)
def test_a_limit_holds_however_the_change_is_written(override, limit):
    with pytest.raises(OverrideRefused) as refused:
        refuse_beyond(Limits(Decimal(10), Decimal(20)), *pair(override))
    assert refused.value.data["limit"] == limit


@pytest.mark.parametrize(
    "override", [by_hand("discount", percent=10), by_hand("surcharge", amount=20)]
)
def test_what_is_just_within_the_limits_is_allowed(override):
    refuse_beyond(Limits(Decimal(10), Decimal(20), Decimal(50)), *pair(override))


def test_no_net_price_is_lowered_below_the_cost_and_the_percentage():
    limits = Limits(least_over_cost=Decimal(50))
    refuse_beyond(limits, *pair(by_hand("final", amount=90)))
    with pytest.raises(OverrideRefused, match="below the cost and 50 %"):
        refuse_beyond(limits, *pair(by_hand("final", amount="89.99")))


def test_what_is_below_cost_already_may_be_raised():
    refuse_beyond(
        Limits(least_over_cost=Decimal(50)), *pair(by_hand("surcharge", amount=1), amount="70")
    )


def test_where_the_cost_is_not_known_nothing_is_lowered():
    with pytest.raises(OverrideRefused, match="not known"):
        refuse_beyond(
            Limits(least_over_cost=Decimal(0)), *pair(by_hand("discount", percent=1), cost=None)
        )


def test_the_reason_names_who_when_and_why():
    compiled = prices()
    before = price(compiled, {})
    override = by_hand("discount", percent=5, beyond_limits=True)
    found = override_reason(compiled, before, overridden(compiled, before, override), override)
    assert (found.rule, found.amount) == ("discount of 5 %, set by hand", Decimal("-5.00"))
    assert found.steps == (
        "of 100.00 EUR, the total of all pieces",
        "by maria, 2026-11-02T09:30+00:00: A loyal customer.",
        "beyond the limits of the merchant, knowingly",
    )
