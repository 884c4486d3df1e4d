"""Random price models against the oracle of plain fractions, and the laws every price keeps.

`PRICE_MODELS` tells how many models are made up for the oracle, 4,000 if it is not set, and a tenth
of that for each other law; `PRICE_SEED` from which seed. The end of a run tells the seed, and a
failure that of its model.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import orjson
import pytest

from catalog.errors import NotFound
from pricing.breakdown import (
    Breakdown,
    Differences,
    PriceRefused,
    breakdown_json,
    compile_prices,
    difference,
    line_classes,
    price,
)
from pricing.in_force import Buyer, in_force
from pricing.lines import Prices
from pricing.product_file import read_document
from tests.pricing import oracle
from tests.pricing.measured_tales import measured, measures
from tests.pricing.oracle import Tale, Values
from tests.pricing.tariff_tales import in_time

MODELS = int(os.environ.get("PRICE_MODELS", "4000"))
SEED = int(os.environ["PRICE_SEED"])
GROUPS = 8


def tales(group: int, count: int = MODELS // 10) -> Iterator[tuple[str, Tale]]:
    for number in range(group, count, GROUPS):
        seed = f"{SEED}-{number}"
        luck = random.Random(seed)
        tale = oracle.random_tale(luck)
        if luck.random() < 0.6:
            measured(luck, tale)
            tale.values |= measures(luck)
        if luck.random() < 0.6:
            in_time(luck, tale)
        if luck.random() < 0.25:
            tale.order = tale.quantity + luck.randint(1, 9)
        yield seed, tale


def other_values(seed: str) -> Values:
    luck = random.Random(seed)
    return {**oracle.random_values(luck), **measures(luck)}


def compiled(tale: Tale) -> Prices:
    """Return the prices of the list that is asked for; refuses with NotFound where there is none."""
    document = {
        **tale.product,
        "price_lists": tale.price_lists,
        "list_amounts": tale.list_amounts,
        "exchange_rates": tale.exchange_rates,
        "tax_rates": tale.tax_rates,
    }
    file = read_document(document)
    model, at = file.model, datetime.fromisoformat(tale.at)
    buyer = Buyer(tax_status="exempt" if tale.pays_no_tax else None, **tale.buyer)
    known = in_force(file.tariff, "EUR", at, tale.key, buyer, model.tax_class, line_classes(model))
    return compile_prices(model, known)


def values_of(tale: Tale) -> dict[str, object]:
    return {
        key: Decimal(value) if type(value) is int else value for key, value in tale.values.items()
    }


def priced(tale: Tale, prices: Prices | None = None) -> Breakdown | None:
    try:
        prices = prices or compiled(tale)
        return price(prices, values_of(tale), tale.quantity, order_quantity=tale.order_quantity)
    except (PriceRefused, NotFound):
        return None


def is_huge(told: oracle.Told) -> bool:
    """Tell whether an amount is near what no price may be above."""
    return any(abs(amount) > 10**9 for _, _, amount in (*told.lines, *told.order_lines))


def printed(lines) -> list[tuple[str, str, Fraction]]:
    return [(line.key, line.value or "", Fraction(line.amount)) for line in lines]


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_price_is_the_one_of_the_oracle(group):
    for seed, tale in tales(group, MODELS):
        answer, told = priced(tale), oracle.told(tale)
        if told is not None and is_huge(told):
            continue
        assert (answer is None) == (told is None), seed
        if answer is None or told is None:
            continue
        assert printed(answer.lines) == told.lines, seed
        assert printed(answer.order_lines) == told.order_lines, seed
        if answer.tax_known:
            assert [
                (Fraction(each.base), Fraction(each.amount)) for each in answer.taxes
            ] == told.taxes, seed
        for name in ("unit_total", "order_total", "total", "tax", "shown", "cost"):
            amount = getattr(answer, name)
            expected = getattr(told, name.removesuffix("_total") if name != "total" else name)
            assert (None if amount is None else Fraction(amount)) == expected, (seed, name)


@pytest.mark.parametrize("group", range(GROUPS))
def test_lines_sum_to_the_total_and_net_and_tax_to_gross(group):
    for seed, tale in tales(group):
        answer = priced(tale)
        if answer is None:
            continue
        assert sum(line.amount for line in answer.lines) == answer.unit_total, seed
        assert sum(line.amount for line in answer.order_lines) == answer.order_total, seed
        assert answer.unit_total * answer.quantity + answer.order_total == answer.total, seed
        told = oracle.told(tale)
        assert answer.tax_known == (told is not None and told.tax is not None), seed
        if answer.tax_known:
            assert answer.net + answer.tax + answer.paid_rounding == answer.gross, seed
            assert sum(each.amount for each in answer.taxes) == answer.tax, seed
        if answer.margin is not None:
            assert answer.cost + answer.margin == answer.net, seed


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_derived_list_equals_its_formula_on_every_line(group):
    for seed, tale in tales(group):
        tale = replace(
            tale, quantity=1
        )  # Of several pieces, what is finer than a cent may be kept.
        terms = tale.asked
        if terms is None or tale.pays_no_tax:
            continue
        base = terms.base
        if (
            base is None
            or terms.kept
            or terms.takes_costs
            or terms.least is not None
            or tale.lines[-1].own == terms.key
        ):
            continue
        by_line = terms.by_line and base.by_line
        answer, below = priced(tale), priced(replace(tale, key=base.key))
        if answer is None or below is None or not by_line:
            continue
        expected = [
            (key, value, oracle.rounded(amount * terms.rate * terms.factor, terms))
            for key, value, amount in printed(below.lines)
        ]
        assert printed(answer.lines) == [line for line in expected if line[2]], seed


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_difference_is_that_of_two_full_prices(group):
    for seed, tale in tales(group):
        other = replace(tale, values=other_values(f"other {seed}"))
        before, after = priced(tale), priced(other)
        if before is None:
            continue
        prices = compiled(tale)
        old, new = values_of(tale), values_of(other)
        changed = [key for key in {*old, *new} if old.get(key) != new.get(key)]
        told = difference(prices, before, new, changed)
        assert told == (None if after is None else after.shown - before.shown), seed
        differences = Differences(prices, before)
        for key in changed:
            alone = {
                each: value
                for each, value in {**old, key: new.get(key)}.items()
                if value is not None
            }
            assert differences.of(alone, [key], (), ()) == difference(
                prices, before, alone, [key], (), ()
            ), seed


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_same_inputs_give_the_same_bytes(group):
    for seed, tale in tales(group):
        answer = priced(tale)
        if answer is None:
            continue
        second = compiled(tale)
        priced(replace(tale, values=other_values(seed), quantity=5, order=0), second)
        again = priced(tale, second)
        assert again is not None
        assert orjson.dumps(breakdown_json(answer, costs=True)) == orjson.dumps(
            breakdown_json(again, costs=True)
        ), seed


@pytest.mark.parametrize("tiered", [False, True])
def test_where_breaks_fall_more_pieces_never_cost_more_each_and_tiers_never_less_in_all(tiered):
    for number in range(40):
        luck = random.Random(f"{SEED}-breaks-{number}")
        percents = sorted((luck.randint(-60, -1) for _ in range(3)), reverse=True)
        breaks = zip(sorted(luck.sample(range(2, 30), 3)), percents, strict=True)
        line = {
            "key": "base",
            "label": "Base",
            "amount": luck.randint(1, 500),
            "breaks": [{"pieces": pieces, "percent": percent} for pieces, percent in breaks],
            "tiered": tiered,
        }
        document = {"product": "p", "name": "P", "options": [], "price_lines": [line]}
        file = read_document(
            {**document, "price_lists": [{"key": "l", "name": "L", "currency": "EUR"}]}
        )
        prices = compile_prices(file.model, file.price_lists[0])
        totals = [Fraction(price(prices, {}, pieces).total) for pieces in range(1, 40)]
        each = [total / pieces for pieces, total in enumerate(totals, 1)]
        assert all(later <= earlier for earlier, later in pairwise(each)), line
        if tiered:
            assert totals == sorted(totals), line
