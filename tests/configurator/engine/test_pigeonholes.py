"""Multi-choices and yes/no options that need more than counts allow are refuted by two numbers, and
nothing else is.
"""

import random
from itertools import combinations, product
from typing import Any

import pytest
from pysat.solvers import Minisat22

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.explain import explain
from configurator.engine.sat.clauses import STRUCTURE
from configurator.engine.sat.pigeonholes import Groups, groups_of
from configurator.engine.solver.compiled import compile_model
from configurator.engine.solver.effort import counted

type Document = dict[str, Any]


def seats(
    people: int, places: int, each: int = 1, kind: str = "boolean", when: str | None = None
) -> ProductModel:
    """Return people who need one of `places`, each for `each` people; with `when` only where that
    is yes.
    """
    keys = [f"p{number}" for number in range(people)]

    def has(key: str, place: int) -> str:
        return f"{key}_{place}" if kind == "boolean" else f"{key} has s{place}"

    if kind == "boolean":
        options = [
            {"key": has(key, place), "kind": kind, "label": "S"}
            for key in keys
            for place in range(places)
        ]
    else:
        values = [{"key": f"s{place}", "label": "S"} for place in range(places)]
        options = [
            {"key": key, "kind": kind, "label": key, "values": values, "at_least": 1}
            for key in keys
        ]
    rules = [
        {"key": f"needs_{key}", "then": " or ".join(has(key, place) for place in range(places))}
        for key in keys
        if kind == "boolean"
    ]
    guard = {"when": when} if when else {}
    for place in range(places):
        taking = [has(key, place) for key in keys]
        if each == 1 and kind != "boolean":
            rules += [
                {"key": f"not_{place}_{number}", "then": f"not ({one} and {other})", **guard}
                for number, (one, other) in enumerate(combinations(taking, 2))
            ]
        else:
            rules.append({"key": f"room_{place}", "then": f"count({', '.join(taking)}) <= {each}"})
    asked: list[Document] = [{"key": when, "kind": "boolean", "label": when}] if when else []
    return read(
        {"product": "seats", "name": "Seats", "options": [*asked, *options], "rules": rules}
    )


@pytest.mark.parametrize(
    ("people", "places", "each", "kind"),
    [(12, 11, 1, "multi"), (12, 11, 1, "boolean"), (25, 8, 3, "boolean"), (19, 9, 2, "multi")],
)
def test_that_there_are_too_many_takes_no_search(
    people: int, places: int, each: int, kind: str
) -> None:
    compiled = compile_model(seats(people, places, each, kind))
    with counted() as work:
        assert not deduce(compiled, {}).consistent
    assert work.conflicts < 100
    assert deduce(compile_model(seats(6, 3, 2, kind)), {}).consistent


def test_what_holds_only_in_some_case_is_counted_only_there() -> None:
    compiled = compile_model(seats(12, 11, 1, "multi", when="apart"))
    with counted() as work:
        assert deduce(compiled, {}).inferred["apart"] is False
    assert work.conflicts < 200
    assert deduce(compiled, {"p0": ("s0",), "p1": ("s0",)}).consistent


def test_everybody_who_needs_a_place_and_every_place_is_in_the_explanation() -> None:
    compiled = compile_model(seats(7, 3, 2))
    found = explain(compiled, {})
    needs = {f"needs_p{number}" for number in range(7)}
    assert {reason.key for reason in found.rules} == needs | {f"room_{place}" for place in range(3)}


def test_a_product_that_counts_nothing_has_no_groups() -> None:
    assert not any(
        isinstance(each, Groups) for each in compile_model(seats(4, 2, 2)).search.program.grids
    )


@pytest.mark.parametrize("seed", range(8))
def test_counting_allows_exactly_what_was_allowed_before(seed: int) -> None:
    chance = random.Random(seed)
    rows = [[3 * row + place for place in (1, 2, 3)] for row in range(5)]
    guard = 16
    clauses = [[*row, *([guard] if chance.random() < 0.3 else [])] for row in rows]
    for place in range(3):
        column = [row[place] for row in rows]
        clauses += [
            [-one, -other, *([guard] if seed % 2 else [])] for one, other in combinations(column, 2)
        ]
    slots = [[-literal, literal] for row in rows for literal in row]
    owners = list(range(len(clauses)))
    groups = groups_of(clauses, owners, slots, [])
    assert groups
    assert models(clauses, guard) == models(clauses, guard, groups)
    switches = range(guard + 1, guard + 1 + len(clauses))
    switched = [[*clause, -switch] for clause, switch in zip(clauses, switches, strict=True)]
    off = chance.sample(list(switches), 2)
    assert models(switched, guard, groups, switches, off) == models(
        switched, guard, (), switches, off
    )
    assert STRUCTURE not in groups[0].owners


@pytest.mark.parametrize("seed", range(30))
def test_small_products_of_needs_and_counts_are_answered_as_enumeration_does(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, value in {
        "sat.all_different.LEAST_ROWS": 2,
        "sat.pigeonholes.LEAST_ROWS": 2,
        "constraints.tabulate.MAX_SMALL": 0,
    }.items():
        monkeypatch.setattr(f"configurator.engine.{limit}", value)
    chance = random.Random(seed)
    keys = [f"o{number}" for number in range(8)]
    chance.shuffle(keys)
    needs = [keys[:3], keys[3:6], keys[6:], *([chance.sample(keys, 2)] if seed % 3 == 0 else [])]
    counts = [(chance.sample(keys, chance.randint(3, 6)), chance.randint(1, 2)) for _ in range(2)]
    pairs = [chance.sample(keys, 2) for _ in range(3)]
    rules = [
        *({"key": f"n{place}", "then": " or ".join(need)} for place, need in enumerate(needs)),
        *(
            {"key": f"c{place}", "then": f"count({', '.join(own)}) <= {most}"}
            for place, (own, most) in enumerate(counts)
        ),
        *(
            {"key": f"p{place}", "then": f"not ({one} and {other})"}
            for place, (one, other) in enumerate(pairs)
        ),
    ]
    options = [{"key": key, "kind": "boolean", "label": key} for key in sorted(keys)]
    compiled = compile_model(
        read({"product": "small", "name": "Small", "options": options, "rules": rules})
    )
    every = [
        dict(zip(keys, bits, strict=True)) for bits in product((False, True), repeat=len(keys))
    ]
    kept = [
        values
        for values in every
        if all(any(values[key] for key in need) for need in needs)
        and all(sum(values[key] for key in own) <= most for own, most in counts)
        and not any(values[one] and values[other] for one, other in pairs)
    ]
    for _ in range(6):
        choices = {key: chance.random() < 0.7 for key in chance.sample(keys, 3)}
        left = [values for values in kept if choices.items() <= values.items()]
        deduction = deduce(compiled, choices)
        assert deduction.consistent == bool(left), choices
        for key in keys if left else ():
            assert set(deduction.domains[key].values) == {values[key] for values in left}, (
                choices,
                key,
            )
        if not left:
            fewer = explain(compiled, choices).choices
            assert not [
                values for values in kept if all(values[key] == choices[key] for key in fewer)
            ]


def models(
    clauses: list[list[int]],
    last: int,
    groups: tuple[Groups, ...] = (),
    switches: range = range(0),
    off: list[int] | None = None,
) -> set[tuple[int, ...]]:
    """Return all models of clauses as far as the variables up to `last` go, the constraints `off`
    switched off.
    """
    following, all_clauses = max(last, *switches, 0) + 1, list(clauses)
    for each in groups:
        counting, following = each.clauses(
            following, [switches[owner] for owner in each.owners] if switches else []
        )
        all_clauses += counting
    set_to = [-switch if off and switch in off else switch for switch in switches]
    found: set[tuple[int, ...]] = set()
    with Minisat22(bootstrap_with=all_clauses) as solver:
        while solver.solve(assumptions=set_to):
            model = tuple(solver.get_model()[:last])
            found.add(model)
            solver.add_clause([-literal for literal in model])
    return found
