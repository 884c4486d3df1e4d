"""What must all differ is counted: no search, the same answers, and nothing where the solver is
quick anyway.
"""

import random
from typing import Any

import pytest
from pysat.solvers import Minisat22

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.explain import explain
from configurator.engine.constraints.reading import Reason
from configurator.engine.sat.all_different import Grid, grids_of
from configurator.engine.solver.compiled import compile_model
from configurator.engine.solver.effort import counted


def seats(people: int, places: int, when: str | None = None, numbers: bool = False) -> ProductModel:
    """Return a product of people on different places, choices or numbers; with `when` only where
    that is yes.
    """
    keys = [f"p{number}" for number in range(people)]
    kind: dict[str, Any] = {
        "kind": "choice",
        "values": [{"key": f"s{each}", "label": "s"} for each in range(places)],
    }
    if numbers:
        kind = {
            "kind": "number",
            "number": {"first": 1, "last": places, "step": 1},
            "required": True,
        }
    rules = [
        {
            "key": f"{one}_{other}",
            "then": f"not {one} == {other}",
            **({"when": when} if when else {}),
        }
        for place, one in enumerate(keys)
        for other in keys[place + 1 :]
    ]
    asked = [{"key": when, "kind": "boolean", "label": when}] if when else []
    options = [*asked, *({"key": key, "label": key, **kind} for key in keys)]
    return read({"product": "seats", "name": "Seats", "options": options, "rules": rules})


@pytest.mark.parametrize("numbers", [False, True])
def test_that_thirteen_do_not_fit_into_twelve_takes_no_search(numbers: bool) -> None:
    compiled = compile_model(seats(13, 12, numbers=numbers))
    with counted() as work:
        assert not deduce(compiled, {}).consistent
    assert work.conflicts < 100
    assert deduce(compile_model(seats(12, 12, numbers=numbers)), {}).consistent


def test_what_holds_only_in_some_case_is_counted_only_there() -> None:
    compiled = compile_model(seats(12, 11, when="apart"))
    with counted() as work:
        assert deduce(compiled, {}).inferred["apart"] is False
    assert work.conflicts < 100
    assert deduce(compiled, {"p0": "s0", "p1": "s0"}).consistent


def test_everybody_who_shares_is_in_the_explanation_and_nobody_else() -> None:
    compiled = compile_model(seats(7, 6, when="apart"))
    found = explain(compiled, {"apart": True})
    assert found.choices == ("apart",)
    pairs = [Reason("rule", f"p{one}_p{other}") for one in range(7) for other in range(one + 1, 7)]
    assert set(pairs) <= set(found.rules)
    assert {each.kind for each in found.rules} == {"rule", "required"}


def test_a_product_whose_slots_share_values_freely_has_no_grid() -> None:
    assert compile_model(seats(4, 4)).search.program.grids == ()


@pytest.mark.parametrize("seed", range(8))
def test_counting_allows_exactly_what_was_allowed_before(seed: int) -> None:
    chance = random.Random(seed)
    slots = [list(range(4 * slot + 1, 4 * slot + 5)) for slot in range(5)]
    clauses = [list(slot) for slot in slots]
    clauses += [[-one, -other] for slot in slots for one in slot for other in slot if one < other]
    guard = 21
    clauses.append([guard, -slots[0][0], -slots[4][3]])
    for value in range(3):
        members = chance.sample(range(5), 5)
        pairs = [
            (slots[one][value], slots[other][value])
            for one in members
            for other in members
            if one < other
        ]
        clauses += [[-one, -other, *([guard] if seed % 2 else [])] for one, other in pairs]
    grids = grids_of(clauses, list(range(len(clauses))), slots)
    assert grids
    assert models(clauses, guard) == models(clauses, guard, grids)


def models(
    clauses: list[list[int]], last: int, grids: tuple[Grid, ...] = ()
) -> set[tuple[int, ...]]:
    """Return all models of clauses as far as the variables up to `last` go."""
    following, all_clauses = last + 1, list(clauses)
    for grid in grids:
        counted_clauses, following = grid.clauses(following)
        all_clauses += counted_clauses
    found: set[tuple[int, ...]] = set()
    with Minisat22(bootstrap_with=all_clauses) as solver:
        while solver.solve():
            model = tuple(solver.get_model()[:last])
            found.add(model)
            solver.add_clause([-literal for literal in model])
    return found
