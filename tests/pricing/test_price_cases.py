"""The price cases of `tests/corpus/prices`, which a product manager can read and add to."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog import checks
from pricing.breakdown import Breakdown, PriceRefused, compile_prices, price
from pricing.product_file import ProductFile, read_document, read_values

CORPUS = Path(__file__).parents[1] / "corpus" / "prices"


def cases() -> list[Any]:
    found = []
    for path in sorted(CORPUS.glob("*.yaml")):
        document = read_values(path.read_text(), path.name)
        file = read_document(document["product"])
        found += [pytest.param(file, case, id=f"{path.stem}: {case['title']}") for case in document["cases"]]
    return found


def choices(case: dict[str, Any]) -> dict[str, Any]:
    told = case["choices"].items()
    return {
        key: tuple(choice) if isinstance(choice, list) else Decimal(choice) if type(choice) is int else choice
        for key, choice in told
    }


def breakdown(file: ProductFile, case: dict[str, Any]) -> Breakdown:
    key = case.get("price_list", file.price_lists[0].key)
    terms = next(each for each in file.price_lists if each.key == key)
    prices = compile_prices(file.model, terms)
    return price(prices, choices(case), case.get("quantity", 1), case.get("undecided", ()))


@pytest.mark.parametrize(("file", "case"), [case for case in cases() if "refused" not in case.values[1]])
def test_the_breakdown_is_the_one_of_the_corpus(file, case):
    answer = breakdown(file, case)
    told = {
        "lines": {line.label.default: line.amount for line in answer.lines},
        "unit": answer.unit_total,
        "total": answer.total,
        "net": answer.net,
        "tax": answer.tax,
        "gross": answer.gross,
        "shown": answer.shown,
        "open": list(answer.open),
    }
    assert {name: told[name] for name in told if name in case} == {name: case[name] for name in told if name in case}


@pytest.mark.parametrize(("file", "case"), [case for case in cases() if "refused" in case.values[1]])
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
        for finding in checks.findings(read_document(read_values(path.read_text())["product"]).model)
        if finding.severity == "error"
    }
    assert errors == {("markets", "unpriced-value")}
