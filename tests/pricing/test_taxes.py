"""Taxes as they are: several on one price, each rounded by itself, or cut off where the law says
so.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.errors import Malformed
from pricing.breakdown import compile_prices, price
from pricing.in_force import Buyer, Tariff, TaxRate, in_force
from pricing.price_list import TaxPart, read_price_list, write_price_list
from pricing.product_file import read_document
from pricing.tax_texts import read_taxes, taxes_text

QUEBEC = [{"label": {"default": "GST", "fr": "TPS"}, "rate": 5}, {"label": "QST", "rate": 9.975}]


def terms(**changes: Any):
    document = {
        "key": "qc",
        "name": "Quebec",
        "currency": "CAD",
        "amounts_are": "net",
        "tax_rate": 14.975,
    }
    return read_price_list({**document, "taxes": QUEBEC, **changes})


def taxed(amount: str, quantity: int = 1, **changes: Any) -> list[str]:
    """Return net, each tax, and gross of a product that costs `amount`."""
    lines = [{"key": "base", "label": "Hook", "amount": Decimal(amount)}]
    file = read_document(
        {"product": "hook", "name": "Hook", "currency": "CAD", "options": [], "price_lines": lines}
    )
    found = price(compile_prices(file.model, terms(**changes)), {}, quantity)
    return [str(each) for each in (found.net, *(tax.amount for tax in found.taxes), found.gross)]


def test_each_of_several_taxes_is_rounded_by_itself():
    assert taxed("0.05") == ["0.05", "0.00", "0.00", "0.05"]
    assert taxed("100") == ["100.00", "5.00", "9.98", "114.98"]
    assert taxed("0.05", taxes=[]) == ["0.05", "0.01", "0.06"]


def test_several_taxes_are_taken_out_of_gross_amounts():
    assert taxed("114.98", amounts_are="gross") == ["100.00", "5.00", "9.98", "114.98"]


def test_line_by_line_each_tax_of_each_line_is_rounded():
    assert taxed("0.05", quantity=3) == ["0.15", "0.01", "0.01", "0.17"]
    assert taxed("0.05", quantity=3, tax_rounding_of="line") == ["0.15", "0.01", "0.01", "0.17"]


def test_tax_is_cut_off_where_the_law_says_so():
    assert taxed("0.19", tax_rate=10, taxes=[], tax_rounding_mode="down") == [
        "0.19",
        "0.01",
        "0.20",
    ]
    assert taxed("0.19", tax_rate=10, taxes=[]) == ["0.19", "0.02", "0.21"]


def test_taxes_that_do_not_come_to_the_rate_are_refused():
    with pytest.raises(Malformed, match=r"the taxes 5 \+ 9.975 are parts of one rate"):
        terms(tax_rate=15)


def test_a_list_with_several_taxes_is_written_and_read_again():
    assert read_price_list(write_price_list(terms())) == terms()


def test_the_taxes_of_a_region_stand_in_place_of_those_of_the_list():
    parts = tuple(TaxPart(each.label, each.rate) for each in terms().taxes)
    rate = TaxRate("CA", Decimal("14.975"), "QC", taxes=parts)
    tariff = Tariff(
        (terms(taxes=[], tax_rate=13, is_default=True),),
        tax_rates=(rate, TaxRate("CA", Decimal(13), "ON")),
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert (
        in_force(tariff, "CAD", at, buyer=Buyer(country="CA", region="QC")).price_list.taxes
        == parts
    )
    assert (
        in_force(tariff, "CAD", at, buyer=Buyer(country="CA", region="ON")).price_list.taxes == ()
    )


def test_taxes_are_typed_a_line_each_and_come_back_as_they_were_typed():
    text = "5 GST; fr: TPS\n9.975 QST"
    assert read_taxes(text) == QUEBEC
    assert taxes_text(QUEBEC) == text


@pytest.mark.parametrize("text", ["GST", "5", "five GST", "5 GST; fr", "NaN GST"])
def test_a_line_that_is_no_tax_is_refused_with_an_example(text):
    with pytest.raises(ValidationError, match="write rate and name"):
        read_taxes(text)


AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "label"), [("exempt", "Tax exempt"), ("reverse_charge", "Reverse charge")]
)
def test_a_buyer_who_pays_no_tax_pays_the_net_amounts_wherever_they_are(status, label):
    tariff = Tariff((terms(is_default=True),), tax_rates=(TaxRate("CA", Decimal(13), "ON"),))
    found = in_force(tariff, "CAD", AT, buyer=Buyer(country="CA", region="ON", tax_status=status))
    lines = [{"key": "base", "label": "Hook", "amount": 100}]
    file = read_document(
        {"product": "hook", "name": "Hook", "currency": "CAD", "options": [], "price_lines": lines}
    )
    told = price(compile_prices(file.model, found), {})
    assert (str(told.net), str(told.tax), str(told.gross), told.tax_from) == (
        "100.00",
        "0.00",
        "100.00",
        "buyer",
    )
    assert told.tax_label.default == label


def test_amounts_with_a_tax_that_is_not_known_have_no_price_for_who_pays_none():
    tariff = Tariff((terms(is_default=True, amounts_are="gross", tax_rate=None, taxes=[]),))
    assert "are with tax" in in_force(tariff, "CAD", AT, buyer=Buyer(tax_status="exempt")).problem
    assert in_force(tariff, "CAD", AT).problem is None


def test_another_tax_status_is_refused_with_what_is_expected():
    with pytest.raises(Malformed, match="expected exempt or reverse_charge"):
        Buyer(tax_status="none")
