"""The cheapest rest is the cheapest of all configurations, whatever forms price lines and lists
have.

`PRICE_MODELS` tells how many models are made up, `PRICE_SEED` from which seed; a failure prints the
seed of its model.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest

from catalog.product_model import ProductModel, read
from configurator.compiled_product import compile_product
from configurator.completion.completion import NoCompletion, Wish, completion
from configurator.completion.objectives import price_objective
from configurator.engine.face.choices import EngineExhausted
from pricing.breakdown import compile_prices
from pricing.in_force import Buyer, Tariff, in_force
from pricing.lead_time import lead_time
from pricing.price_list import read_price_list
from tests.pricing import oracle
from tests.pricing.measured_tales import MOST, measured
from tests.pricing.oracle import COLOURS, Tale
from tests.pricing.test_against_oracle import compiled

MODELS = int(os.environ.get("PRICE_MODELS", "80"))
SEED = int(os.environ["PRICE_SEED"])
GROUPS = 4
AT = datetime(2026, 6, 1, tzinfo=UTC)
EXTRAS = [chosen for size in range(4) for chosen in combinations(COLOURS, size)]


def configurations() -> Iterator[dict[str, Any]]:
    for colour, extras, number, lacquered in product(
        COLOURS, EXTRAS, [None, *range(10)], [False, True]
    ):
        values: dict[str, Any] = {"colour": colour, "lacquered": lacquered}
        if extras:
            values["extras"] = extras
        if number is not None:
            values["number"] = number
        yield values


def measured_configurations(held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return what there is of a product whose options with units have the values 0 and 9, or none."""
    sizes = [None, 0, MOST]
    for colour, extras, *numbers in product(COLOURS, EXTRAS, sizes, sizes, sizes):
        values: dict[str, Any] = {**held, "colour": colour}
        if extras:
            values["extras"] = extras
        named = zip(("width", "depth", "mass"), numbers, strict=True)
        yield values | {key: number for key, number in named if number is not None}


def least_total(tale: Tale, every: Iterator[dict[str, Any]]) -> Fraction | None:
    told = [oracle.told(replace(tale, values=values, quantity=1)) for values in every]
    return min((each.total for each in told if each is not None), default=None)


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_configuration_is_cheaper_than_the_cheapest(group: int) -> None:
    for number in range(group, MODELS, GROUPS):
        cheapest_of(f"{SEED}-{number}")


@pytest.mark.parametrize("group", range(GROUPS))
def test_where_numbers_have_units_no_configuration_is_cheaper_than_the_cheapest(group: int) -> None:
    for number in range(group, MODELS // 4, GROUPS):
        seed = f"{SEED}-units-{number}"
        luck = random.Random(seed)
        tale = oracle.random_tale(luck)
        measured(luck, tale, MOST)
        held = {"number": luck.randint(0, 9), "lacquered": luck.random() < 0.5}
        checked(seed, tale, held, measured_configurations(held))


def test_the_cheapest_is_proven_where_its_price_is_told_exactly() -> None:
    # Always the same models: of others one may take more than the solver is given.
    seeds = [f"most-{number}" for number in range(48)]
    exact = [
        seed
        for seed in seeds
        if price_objective(compiled(oracle.random_tale(random.Random(seed), False))).is_exact
    ]
    told = [cheapest_of(seed, False) for seed in exact]
    # A few sums pass what the solver can hold.
    assert told.count(True) >= 10
    assert told.count(False) * 10 <= len(told)


def test_sums_beyond_what_32_bits_hold_hide_no_configuration() -> None:
    """Percentages with many decimals of amounts with many: the solver lost the cheapest for their
    size.
    """
    assert cheapest_of("third-766", False)
    assert cheapest_of("hunt-873", False) is not None


@pytest.mark.parametrize("rounding_of", ["total", "line"])
def test_who_pays_no_tax_is_told_the_least_that_they_pay(rounding_of: str) -> None:
    shop = {
        "key": "shop",
        "name": "Shop",
        "currency": "EUR",
        "tax_rate": 19,
        "tax_rounding_of": rounding_of,
    }
    lines = [
        {
            "key": "base",
            "label": "Base",
            "option": "top",
            "amounts": {"glass": 238, "oak": 119, "ply": 357},
        }
    ]
    model = read({"product": "shelf", "name": "Shelf", "options": OPTIONS, "price_lines": lines})
    terms = in_force(Tariff((read_price_list(shop),)), "EUR", AT, buyer=Buyer(tax_status="exempt"))
    found = completion(compile_product(model), compile_prices(model, terms), {}, Wish("cheapest"))
    assert found.breakdown is not None
    assert (found.values["top"], found.breakdown.total) == ("oak", 100)
    # Where the tax of each line is rounded, the least total need not be the least that is paid.
    assert (found.proven, found.bound) == ((True, 100) if rounding_of == "total" else (False, None))


def test_a_list_of_costs_is_completed_where_the_list_below_has_a_price():
    sizes = [
        {"key": key, "kind": "number", "label": key, "number": {"first": 0, "last": 9}}
        for key in ("width", "depth")
    ]
    lines = [
        {"key": "base", "label": "Base", "amount": "10 + width + depth", "cost": 61},
        {"key": "more", "label": "More", "percent": "100 * width / depth"},
    ]
    costs = {
        "key": "costs",
        "name": "Costs",
        "currency": "EUR",
        "derived": {"of": "shop", "take": "costs"},
    }
    shop = {"key": "shop", "name": "Shop", "currency": "EUR"}
    for last in (costs, {**costs, "rounding_increment": 5, "rounding_ending": 4.9}):
        model = read({"product": "shelf", "name": "Shelf", "options": sizes, "price_lines": lines})
        tariff = Tariff((read_price_list(shop), read_price_list(last)))
        prices = compile_prices(model, in_force(tariff, "EUR", AT, "costs"))
        found = completion(compile_product(model), prices, {"width": Decimal(0)}, Wish("cheapest"))
        assert found.breakdown is not None and found.values["depth"]
        assert found.proven


def test_a_price_of_a_minimum_alone_is_found_also_where_it_is_told_roughly() -> None:
    shop = {"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19, "least_over_cost": 5}
    lines = [
        {
            "key": "base",
            "label": "Base",
            "amount": 500,
            "cost": 10,
            "when": "top == glass or top == oak",
        },
        {"key": "least", "label": "Least", "minimum": 100},
    ]
    model = read({"product": "shelf", "name": "Shelf", "options": OPTIONS, "price_lines": lines})
    found = completion(
        compile_product(model), compile_prices(model, read_price_list(shop)), {}, Wish("cheapest")
    )
    assert found.breakdown is not None
    assert (found.values["top"], found.breakdown.total) == ("ply", 100)


def cheapest_of(seed: str, has_tables: bool = True) -> bool | None:
    """Tell whether the cheapest of a random model is proven, having checked it; None where there is
    none.
    """
    return checked(seed, oracle.random_tale(random.Random(seed), has_tables), {}, configurations())


def checked(
    seed: str, tale: Tale, held: dict[str, Any], every: Iterator[dict[str, Any]]
) -> bool | None:
    """Tell whether the cheapest of `every` configuration with what is `held` is proven, having
    checked it.
    """
    prices = compiled(tale)
    model = compile_product(prices.model)
    least = least_total(tale, every)
    choices = {key: Decimal(value) if type(value) is int else value for key, value in held.items()}
    if least is None:
        # What is told only roughly is tried out, and not to the end.
        refusals = (
            (NoCompletion,) if price_objective(prices).is_exact else (NoCompletion, EngineExhausted)
        )
        with pytest.raises(refusals):
            completion(model, prices, choices, Wish("cheapest"))
        return None
    try:
        found = completion(model, prices, choices, Wish("cheapest"))
    except EngineExhausted:
        # Few have a price, and which ones is told only roughly.
        assert not price_objective(prices).is_exact, seed
        return False
    assert found.breakdown is not None, seed
    total = Fraction(found.breakdown.total)
    assert total >= least, seed
    if found.proven:
        assert total == least, seed
    if found.bound is not None:
        assert Fraction(found.bound) <= least, seed
    return found.proven


# ---- lead time -----------------------------------------------------------------------------------

LINES = [
    {"key": "wood", "label": "Wood", "days": 4, "stage": "parts"},
    {"key": "glass", "label": "Glass", "days": 9, "stage": "parts", "when": "top == glass"},
    {"key": "paint", "label": "Paint", "days": 3, "when": "top == oak"},
]
OPTIONS = [
    {
        "key": "top",
        "kind": "choice",
        "label": "Top",
        "values": [
            {"key": "glass", "label": "Glass"},
            {"key": "oak", "label": "Oak"},
            {"key": "ply", "label": "Ply"},
        ],
    }
]


def shelf(**more: Any) -> ProductModel:
    lines = [{"key": "base", "label": "Base", "amount": 1}]
    return read(
        {"product": "shelf", "name": "Shelf", "options": OPTIONS, "price_lines": lines, **more}
    )


def fastest(model: ProductModel) -> tuple[int, int, bool]:
    """Return the days of the fastest rest, those the lead time tells for it, and whether they are
    proven.
    """
    prices = compile_prices(
        model, read_price_list({"key": "retail", "name": "Retail", "currency": "EUR"})
    )
    made = compile_product(model)
    found = completion(made, prices, {}, Wish("fastest"))
    return found.lead_time.days, lead_time(made.lead_time, found.values).days, found.proven


def test_of_lines_of_one_stage_the_slowest_counts_for_the_fastest() -> None:
    assert fastest(shelf(lead_time_lines=LINES)) == (4, 4, True)


def test_of_instances_made_at_the_same_time_the_slowest_counts_for_the_fastest() -> None:
    inner = {
        "product": "box",
        "name": "Box",
        "options": OPTIONS,
        "lead_time_lines": [*LINES[:2], {**LINES[2], "when": "top != glass"}],
    }
    assembly = {"key": "boxes", "label": "Box", "definition": inner, "at_least": 2, "at_most": 3}
    assert fastest(shelf(assemblies=[assembly])) == (7, 7, True)
    assert fastest(shelf(assemblies=[{**assembly, "lead_time": "added"}])) == (14, 14, True)
