"""Handed cases of taxes, ended lists, defaults that give way and differences."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management.base import CommandError

from catalog.product_model import Text
from pricing.breakdown import breakdown_json, compile_prices, price
from pricing.price_list import TaxPart
from pricing.product_file import read_product_file
from tests.cases.reading import CASES, answers, findings, needs_cases

pytestmark = needs_cases


def test_the_only_list_in_another_currency_is_named():
    told = findings("17-only-list-in-another-currency.yaml")
    assert "[list-currency]" in told
    assert "'shop' in USD" in told


def test_a_list_that_ends_when_it_begins_is_refused():
    with pytest.raises(CommandError, match="what holds must begin before it ends"):
        findings("25-list-that-ends-when-it-begins.yaml")


def test_after_the_only_list_there_is_no_price(monkeypatch):
    name = "78-the-only-list-ends.yaml"
    asked = (
        {"choices": {"colour": "red"}, "at": f"2026-12-31T{hour}:00:00Z"} for hour in ("22", "23")
    )
    before, after = (each for each in answers(name, *asked, monkeypatch=monkeypatch))
    assert (before["price"]["gross"], before["ready"]) == ("119.00", True)
    assert (after["price"], after["ready"]) == (None, False)
    assert "'Prices of 2026' ended at 2027-01-01" in after["price_problem"]
    assert "[price-list-end]" in findings(name)


def test_gst_and_qst_are_each_rounded_and_told():
    file = read_product_file((CASES / "84-gst-and-qst.yaml").read_text())
    taxes = (TaxPart(Text("GST"), Decimal(5)), TaxPart(Text("QST"), Decimal("9.975")))
    one = price(compile_prices(file.model, file.price_lists[0]), {"colour": "red"})
    two = price(
        compile_prices(file.model, replace(file.price_lists[0], taxes=taxes)), {"colour": "red"}
    )
    assert [str(each) for each in (one.tax, two.tax, two.gross)] == ["0.01", "0.00", "0.05"]
    assert breakdown_json(two)["taxes"] == [
        {"label": "GST", "rate": "5", "amount": "0.00", "base": "0.05"},
        {"label": "QST", "rate": "9.975", "amount": "0.00", "base": "0.05"},
    ]


def test_a_default_that_no_longer_fits_gives_way_to_the_nearest_number(monkeypatch):
    name = "14-width-of-a-mini-profile.yaml"
    asked = (
        {"choices": {"profile": "mini"}},
        {"choices": {"width": 190}, "changes": {"profile": "mini"}},
    )
    mini, typed = answers(name, *asked, monkeypatch=monkeypatch)
    width = mini["options"]["width"]
    assert (width["value"], width["source"], mini["missing"]) == (160, "adjusted", [])
    assert width["domain"]["runs"] == [[50, 160]]
    assert {"profile": "mini", "width": 160} in [
        each["changes"] for each in typed["conflict"]["repairs"]
    ]
