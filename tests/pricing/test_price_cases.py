"""The price cases of `tests/corpus/prices`, which a product manager can read and add to."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog import checks
from pricing.breakdown import Breakdown, PriceRefused, compile_prices, price
from pricing.in_force import Buyer, in_force
from pricing.price_list import read_moment
from pricing.product_file import ProductFile, read_document, read_values

CORPUS = Path(__file__).parents[1] / "corpus" / "prices"


def cases() -> list[Any]:
    found = []
    for path in sorted(CORPUS.glob("*.yaml")):
        document = read_values(path.read_text(), path.name)
        file = read_document(document["product"])
        found += [
            pytest.param(file, case, id=f"{path.stem}: {case['title']}")
            for case in document["cases"]
        ]
    return found


def choices(case: dict[str, Any]) -> dict[str, Any]:
    told = case["choices"].items()
    return {
        key: tuple(choice)
        if isinstance(choice, list)
        else Decimal(choice)
        if type(choice) is int
        else choice
        for key, choice in told
    }


def breakdown(file: ProductFile, case: dict[str, Any]) -> Breakdown:
    """Return the price of a case: at its list or for its buyer, at its time or in June 2026."""
    key = case.get("price_list", None if "buyer" in case else file.price_lists[0].key)
    at = read_moment(case.get("at", "2026-06-01T00:00:00-04:00"))
    terms = in_force(file.tariff, file.model.currency, at, key, Buyer(**case.get("buyer", {})))
    prices = compile_prices(file.model, terms)
    return price(prices, choices(case), case.get("quantity", 1), case.get("undecided", ()))


@pytest.mark.parametrize(
    ("file", "case"), [case for case in cases() if "refused" not in case.values[1]]
)
def test_the_breakdown_is_the_one_of_the_corpus(file, case):
    answer = breakdown(file, case)
    told = {
        "lines": {line.label.default: line.amount for line in answer.lines},
        "order": {line.label.default: line.amount for line in answer.order_lines},
        "unit": answer.unit_total,
        "total": answer.total,
        "net": answer.net,
        "tax": answer.tax,
        "gross": answer.gross,
        "shown": answer.shown,
        "open": list(answer.open),
    }
    assert {name: told[name] for name in told if name in case} == {
        name: case[name] for name in told if name in case
    }


@pytest.mark.parametrize(
    ("file", "case"), [case for case in cases() if "refused" in case.values[1]]
)
def test_there_is_no_price_where_the_corpus_says_so(file, case):
    with pytest.raises(PriceRefused) as refused:
        breakdown(file, case)
    assert case["refused"] in refused.value.sentence


def test_the_corpus_is_there():
    assert len(cases()) >= 15


def test_the_products_of_the_corpus_have_no_faults_but_those_they_show():
    errors = {
        (path.stem, finding.code)
        for path in CORPUS.glob("*.yaml")
        for finding in checks.findings(
            read_document(read_values(path.read_text())["product"]).model
        )
        if finding.severity == "error"
    }
    assert errors == {("markets", "unpriced-value"), ("rounding", "price-negative")}
