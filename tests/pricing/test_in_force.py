"""Which list holds for whom and when, and what it is made from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import NotFound
from pricing.breakdown import PriceRefused, compile_prices, price
from pricing.in_force import (
    Buyer,
    ExchangeRate,
    InForce,
    ListAmount,
    Tariff,
    TaxRate,
    cycles,
    gaps,
    in_force,
    overlaps,
    read_in_force,
    write_in_force,
)
from pricing.price_list import read_price_list
from tests.examples.desk import desk

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
TODAY = NEW_YEAR - timedelta(days=30)
STEEL = {"frame": "steel", "top": "oak", "width": Decimal(1400), "depth": Decimal(700)}


def terms(key: str, **changes: Any):
    return read_price_list({"key": key, "name": key.title(), "currency": "EUR", **changes})


RETAIL = terms("retail", is_default=True)


def chosen(
    *lists: Any, at: datetime = TODAY, key: str | None = None, **buyer: Any
) -> tuple[str, str]:
    found = in_force(Tariff((RETAIL, *lists)), "EUR", at, key, Buyer(**buyer))
    return found.price_list.key, found.because


def total(found: InForce, lines: Any = None) -> Decimal:
    model = desk() if lines is None else desk(price_lines=lines)
    return price(compile_prices(model, found), STEEL).unit_total


def test_a_list_that_is_named_goes_before_all_others():
    assert chosen(terms("web", channel="web"), key="retail", channel="web") == ("retail", "named")


def test_the_customer_goes_before_the_group_and_the_group_before_the_channel():
    lists = (
        terms("web", channel="web"),
        terms("joiners", customer_group="joiners"),
        terms("anna", customer="7"),
    )
    assert chosen(*lists, channel="web") == ("web", "channel")
    assert chosen(*lists, channel="web", customer_group="joiners") == ("joiners", "customer_group")
    assert chosen(*lists, channel="web", customer_group="joiners", customer="7") == (
        "anna",
        "customer",
    )
    assert chosen(*lists, customer="8", channel="shop") == ("retail", "default")


def test_a_list_for_a_group_in_a_channel_needs_both():
    lists = (
        terms("joiners", customer_group="joiners"),
        terms("both", customer_group="joiners", channel="web"),
    )
    assert chosen(*lists, customer_group="joiners") == ("joiners", "customer_group")
    assert chosen(*lists, customer_group="joiners", channel="web") == ("both", "customer_group")


def test_a_customers_list_may_be_in_another_currency():
    assert chosen(terms("us", currency="USD", customer="7"), customer="7") == ("us", "customer")


def test_two_lists_for_the_same_buyers_are_not_chosen_from():
    with pytest.raises(NotFound, match="same channel"):
        chosen(terms("a", channel="web"), terms("b", channel="web"), channel="web")


def test_the_end_of_a_list_is_the_beginning_of_the_next():
    lists = (
        terms("old", channel="x", valid_until=NEW_YEAR),
        terms("new", channel="x", valid_from=NEW_YEAR),
    )
    assert chosen(*lists, channel="x", at=NEW_YEAR - timedelta(microseconds=1))[0] == "old"
    assert chosen(*lists, channel="x", at=NEW_YEAR)[0] == "new"


def test_a_list_that_does_not_hold_yet_cannot_be_named():
    with pytest.raises(NotFound, match=r"does not hold at .*; it holds from 2027-01-01"):
        chosen(terms("next", valid_from=NEW_YEAR), key="next")


def test_a_time_without_its_offset_is_refused():
    with pytest.raises(Exception, match="offset from UTC"):
        terms("a", valid_from="2027-01-01T00:00:00")


def test_lists_that_meet_overlap_and_lists_that_follow_do_not():
    first = terms("a", channel="x", valid_until=NEW_YEAR)
    assert overlaps([first, terms("b", channel="x")])
    assert overlaps([first, terms("b", channel="x", valid_from=NEW_YEAR)]) == []
    assert overlaps([first, terms("b", channel="y")]) == []


def test_a_time_when_no_list_holds_is_a_gap():
    first, last = (
        terms("a", channel="x", valid_until=TODAY),
        terms("b", channel="x", valid_from=NEW_YEAR),
    )
    assert gaps([last, first]) == [(first, last)]
    assert (
        gaps([first, last, terms("c", channel="x", valid_from=TODAY, valid_until=NEW_YEAR)]) == []
    )


def test_a_ring_of_lists_is_told_once():
    ring = [
        terms(key, derived={"of": of})
        for key, of in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    ]
    assert cycles(ring) == [("a", "b", "c")]
    found = in_force(Tariff(tuple(ring)), "EUR", TODAY, "d")
    with pytest.raises(PriceRefused, match="made from itself"):
        total(found)


def test_a_list_may_be_made_from_a_list_that_is_made_from_another():
    lists = (
        RETAIL,
        terms("trade", derived={"of": "retail", "percent": -50}),
        terms("best", derived={"of": "trade", "factor": 0.9}),
    )
    retail, trade, best = (
        price(compile_prices(desk(), in_force(Tariff(lists), "EUR", TODAY, each.key)), STEEL)
        for each in lists
    )
    assert [line.amount / 2 for line in retail.lines] == [line.amount for line in trade.lines]
    assert (trade.unit_total, best.unit_total) == (Decimal("213.60"), Decimal("192.24"))


def test_a_list_in_another_currency_is_converted_by_the_rate_of_the_day():
    yen = terms("yen", currency="JPY", derived={"of": "retail"})
    rates = (
        ExchangeRate("EUR", "JPY", Decimal("160.5"), TODAY),
        ExchangeRate("EUR", "JPY", Decimal(170), NEW_YEAR),
    )
    tariff = Tariff((RETAIL, yen), (), rates)
    assert (
        total(
            in_force(Tariff((RETAIL, yen), (), rates), "EUR", TODAY, "yen"),
            [{"key": "a", "label": "A", "amount": 10.01}],
        )
        == 1607
    )
    assert (
        total(
            in_force(tariff, "EUR", NEW_YEAR, "yen"), [{"key": "a", "label": "A", "amount": 10.01}]
        )
        == 1702
    )
    with pytest.raises(PriceRefused, match="no exchange rate from EUR to JPY"):
        total(in_force(tariff, "EUR", TODAY - timedelta(days=1), "yen"))


def test_a_list_made_from_costs_leaves_out_what_has_none_and_refuses_what_should():
    lines = [
        {"key": "body", "label": "Body", "amount": 100, "cost": 40},
        {"key": "rebate", "label": "Rebate", "percent": -10},
    ]
    trade = terms("trade", derived={"of": "retail", "take": "costs", "percent": 5})
    found = in_force(Tariff((RETAIL, trade)), "EUR", TODAY, "trade")
    assert total(found, lines) == Decimal("42.00")
    with pytest.raises(PriceRefused, match="'body' has no cost"):
        total(found, [{"key": "body", "label": "Body", "amount": 100}])


def test_a_price_is_raised_to_the_least_over_its_cost():
    lines = [{"key": "body", "label": "Body", "amount": 100, "cost": 96}]
    found = InForce(terms("a", least_over_cost=5))
    breakdown = price(compile_prices(desk(price_lines=lines), found), STEEL)
    assert [(line.kind, str(line.amount)) for line in breakdown.lines] == [
        ("amount", "100.00"),
        ("least", "0.80"),
    ]


def test_an_amount_kept_in_a_list_stands_in_place_of_that_of_the_line():
    amounts = (
        ListAmount("retail", "base", "300"),
        ListAmount("retail", "base", "320", valid_from=NEW_YEAR),
        ListAmount("retail", "top", "99.5", "oak"),
    )
    tariff = Tariff((RETAIL,), amounts)
    plain = total(InForce(RETAIL))
    oak = Decimal("137.20")
    assert total(in_force(tariff, "EUR", TODAY)) == plain + 10 + Decimal("99.50") - oak
    assert total(in_force(tariff, "EUR", NEW_YEAR)) == plain + 30 + Decimal("99.50") - oak


def test_an_amount_kept_in_a_derived_list_stands_in_place_of_the_derived_one():
    trade = terms("trade", derived={"of": "retail", "percent": -50})
    tariff = Tariff((RETAIL, trade), (ListAmount("trade", "base", "111"),))
    breakdown = price(compile_prices(desk(), in_force(tariff, "EUR", TODAY, "trade")), STEEL)
    assert [str(line.amount) for line in breakdown.lines] == ["111.00", "68.60"]


def test_amounts_alone_make_a_list_in_another_currency():
    dollars = terms("us", currency="USD")
    tariff = Tariff((RETAIL, dollars), (ListAmount("us", "base", "310"),))
    assert total(in_force(tariff, "EUR", TODAY, "us")) == 310


RATES = (
    TaxRate("CA", Decimal(5)),
    TaxRate("CA", Decimal(13), "ON"),
    TaxRate("DE", Decimal(19)),
    TaxRate("DE", Decimal(7), tax_class="reduced"),
    TaxRate("AT", Decimal(20), valid_until=NEW_YEAR),
)


@pytest.mark.parametrize(
    ("place", "rate", "told"),
    [
        ({}, Decimal(8), "price_list"),
        ({"country": "DE"}, Decimal(19), "country"),
        ({"country": "DE", "region": "BY"}, Decimal(19), "country"),
        ({"country": "CA", "region": "ON"}, Decimal(13), "country"),
        ({"country": "CA", "region": "AB"}, Decimal(5), "country"),
        ({"country": "CA"}, None, "unknown"),
        ({"country": "FR"}, None, "unknown"),
        ({"country": "AT"}, Decimal(20), "country"),
    ],
)
def test_the_tax_is_that_of_the_place_and_never_guessed(place, rate, told):
    tariff = Tariff((terms("retail", is_default=True, tax_rate=8),), tax_rates=RATES)
    found = in_force(tariff, "EUR", TODAY, buyer=Buyer(**place))
    assert (found.price_list.tax_rate, found.tax_from) == (rate, told)


def test_a_tax_class_has_its_own_rate_and_a_rate_ends():
    tariff = Tariff((RETAIL,), tax_rates=RATES)
    reduced = in_force(tariff, "EUR", TODAY, buyer=Buyer(country="DE"), tax_class="reduced")
    assert reduced.price_list.tax_rate == 7
    assert in_force(tariff, "EUR", NEW_YEAR, buyer=Buyer(country="AT")).price_list.tax_rate is None


def test_after_the_end_of_the_last_list_there_is_no_price():
    ending = terms("y26", is_default=True, tax_rate=19, valid_until=NEW_YEAR)
    group = terms("dealers", customer_group="dealers")
    before = in_force(Tariff((ending, group)), "EUR", NEW_YEAR - timedelta(microseconds=1))
    after = in_force(Tariff((ending, group)), "EUR", NEW_YEAR)
    assert (before.problem, after.because) == (None, "none")
    with pytest.raises(PriceRefused, match="'Y26' ended at"):
        total(after)
    assert (
        in_force(
            Tariff((ending, group)), "EUR", NEW_YEAR, buyer=Buyer(customer_group="dealers")
        ).problem
        is None
    )


def test_a_list_that_is_yet_to_begin_takes_no_price_away():
    assert in_force(Tariff((terms("y27", valid_from=NEW_YEAR),)), "EUR", TODAY).problem is None


def test_what_holds_is_written_and_read_again():
    lists = (RETAIL, terms("us", currency="USD", derived={"of": "retail"}, valid_from=TODAY))
    tariff = Tariff(
        lists,
        (ListAmount("us", "top", "width / 3", "oak"),),
        (ExchangeRate("EUR", "USD", Decimal("1.1"), TODAY),),
    )
    found = in_force(tariff, "EUR", TODAY, "us")
    assert read_in_force(write_in_force(found)) == found
    assert read_in_force(write_in_force(found)).digest == found.digest


def test_terms_that_were_kept_before_lists_were_made_from_others_can_still_be_read():
    kept = {"key": "retail", "name": "Retail", "currency": "EUR", "is_default": True}
    assert read_in_force(kept) == InForce(RETAIL)


def test_a_line_called_like_what_a_list_adds_is_a_line_like_any_other():
    lines = [
        {"key": "least", "label": "Least", "amount": 100, "cost": 10},
        {"key": "rounding", "label": "Rounding", "amount": 50, "cost": 5},
        {"key": "more", "label": "More", "percent": 10, "of": ["least"], "price_list": "trade"},
    ]
    retail = terms("retail", is_default=True, least_over_cost=1000, rounding_of="total")
    trade = terms("trade", derived={"of": "retail", "percent": -50})
    tariff = Tariff((retail, trade), (ListAmount("trade", "least", "40"),))
    breakdown = price(
        compile_prices(desk(price_lines=lines), in_force(tariff, "EUR", TODAY, "trade")), STEEL
    )
    assert [(line.key, line.kind, str(line.amount)) for line in breakdown.lines] == [
        ("least", "amount", "40.00"),
        ("rounding", "amount", "25.00"),
        ("least", "least", "7.50"),
        ("more", "percent", "4.00"),
    ]
