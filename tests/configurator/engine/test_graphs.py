"""Derived values that others share are read, compiled and tested once: formulas are graphs and cost
as graphs do.
"""

import itertools
from typing import Any

import numpy as np
import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.constraints.formulas import (
    All,
    Some,
    Within,
    across,
    along,
    denied,
    renumbered,
    truth,
)
from configurator.engine.solver.compiled import Compiled, compile_model


def ladder(rungs: int) -> ProductModel:
    """Return a product whose derived values each read the one before twice; written out they double
    each time.
    """
    options = [
        {"key": f"{side}{place}", "kind": "boolean", "label": "l"}
        for place in range(rungs + 1)
        for side in "xy"
    ]
    derived = [{"key": "d0", "label": "d", "formula": "x0 or y0"}]
    derived += [
        {
            "key": f"d{place}",
            "label": "d",
            "formula": f"d{place - 1} and x{place} or not d{place - 1} and y{place}",
        }
        for place in range(1, rungs + 1)
    ]
    rules = [{"key": "top", "then": f"d{rungs}"}]
    return read(
        {"product": "l", "name": "L", "options": options, "derived": derived, "rules": rules}
    )


def clauses(compiled: Compiled) -> int:
    return len(compiled.search.program.clauses)


def test_what_is_shared_takes_as_many_clauses_for_each_rung() -> None:
    four, seven, ten = (clauses(compile_model(ladder(rungs))) for rungs in (4, 7, 10))
    assert ten - seven == seven - four


def test_a_ladder_has_the_domains_that_enumeration_finds() -> None:
    model = ladder(3)
    keys = [option.key for option in model.options]
    left: list[dict[str, bool]] = []
    for values in itertools.product((False, True), repeat=len(keys)):
        state = dict(zip(keys, values, strict=True))
        top = state["x0"] or state["y0"]
        for place in range(1, 4):
            top = state[f"x{place}"] if top else state[f"y{place}"]
        if top:
            left.append(state)
    compiled = compile_model(model)
    for choices in (
        {},
        {"x3": False},
        {"x3": False, "x2": True},
        {"y3": False, "x0": True, "x1": False},
    ):
        found = deduce(compiled, choices)
        rest = [state for state in left if choices.items() <= state.items()]
        assert found.consistent
        for key in keys:
            assert set(found.domains[key].values) == {state[key] for state in rest}


@pytest.mark.parametrize("rungs", [3, 40])
def test_a_formula_of_shared_parts_is_tested_in_every_way_alike(rungs: int) -> None:
    slots = 2 * rungs + 2
    below: Any = Some((yes(0), yes(1)))
    for place in range(1, rungs + 1):
        x, y = yes(2 * place), yes(2 * place + 1)
        below = Some((All((below, x)), All((denied(below), y))))
    test = truth(below)
    moved = renumbered(below, {slot: slots - 1 - slot for slot in range(slots)})
    chance = np.random.default_rng(rungs)
    for _ in range(20):
        cells = chance.integers(0, 2, slots).tolist()
        expected = bool(cells[0] or cells[1])
        for place in range(1, rungs + 1):
            expected = bool(cells[2 * place] if expected else cells[2 * place + 1])
        assert test(cells) is expected
        assert truth(denied(below))(cells) is not expected
        assert truth(moved)(cells[::-1]) is expected
        slot = int(chance.integers(slots))
        both = [test([*cells[:slot], cell, *cells[slot + 1 :]]) for cell in (0, 1)]
        assert np.broadcast_to(along(below, slot, cells, 2), (2,)).tolist() == both
        assert np.broadcast_to(across(below, {slot: np.arange(2)}, cells), (2,)).tolist() == both


def yes(slot: int) -> Within:
    return Within(slot, np.array([False, True]))
