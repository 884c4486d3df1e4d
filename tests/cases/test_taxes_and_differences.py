"""Handed cases of taxes, ended lists, defaults that give way and differences."""

import pytest
from django.core.management.base import CommandError

from tests.cases.reading import answers, findings, needs_cases

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
    asked = ({"choices": {"colour": "red"}, "at": f"2026-12-31T{hour}:00:00Z"} for hour in ("22", "23"))
    before, after = (each for each in answers(name, *asked, monkeypatch=monkeypatch))
    assert (before["price"]["gross"], before["ready"]) == ("119.00", True)
    assert (after["price"], after["ready"]) == (None, False)
    assert "'Prices of 2026' ended at 2027-01-01" in after["price_problem"]
    assert "[price-list-end]" in findings(name)
