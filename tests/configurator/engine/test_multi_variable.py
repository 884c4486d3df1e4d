"""What changing several slots of a configuration at once proves: that it does so indeed, and that
it is much.
"""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from benchmarks.made_models import furniture, rack
from benchmarks.rack import rack as rack_of_instances
from catalog.product_model import Choice, ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import Computed, leaves
from configurator.engine.moves.multi_variable import MultiVariable
from configurator.engine.moves.room import Room
from configurator.engine.moves.swap import Swap
from configurator.engine.solver.compiled import Compiled, compile_model
from configurator.engine.solver.effort import counted


def clicked(
    compiled: Compiled, choices: dict[str, Choice], chance: random.Random
) -> dict[str, Choice]:
    """Return the choices with one more of what is offered, at random."""
    domains = deduce(compiled, choices).domains
    key = chance.choice(
        [key for key, domain in domains.items() if key not in choices and domain.given]
    )
    domain = domains[key]
    return {
        **choices,
        key: chance.choice(domain.values) if domain.values else chance.choice(domain.runs)[0],
    }


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (furniture, (MultiVariable, "proved")),
        (rack, (Swap, "mark")),
        (rack_of_instances, (Swap, "mark")),
    ],
)
def test_what_is_marked_is_possible(
    made: Callable[[], ProductModel], what: tuple[type, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = compile_model(made())
    marked: list[Array] = []
    plain = getattr(*what)

    def watched(self: Any, *arguments: Any) -> Any:
        before = (
            np.zeros(compiled.search.program.classes, bool)
            if what[1] == "proved"
            else arguments[-1].copy()
        )
        answer = plain(self, *arguments)
        marked.append((arguments[-1] if answer is None else answer) & ~before)
        return answer

    monkeypatch.setattr(*what, watched)
    chance = random.Random("marked")
    choices: dict[str, Choice] = {}
    total = 0
    for _ in range(5):
        marked.clear()
        deduce(compiled, choices)
        assumptions = compiled.assumptions(compiled.fixed(choices))
        flats = sorted({int(flat) for each in marked for flat in np.flatnonzero(each)})
        total += len(flats)
        with compiled.search.asking() as search:
            for flat in chance.sample(flats, min(len(flats), 25)):
                assert search.solvable([*assumptions, int(search.program.literals[flat])]), (
                    choices,
                    flat,
                )
        choices = clicked(compiled, choices, chance)
    assert total > 100


def test_comparisons_are_looked_up_as_they_are_computed() -> None:
    chance = random.Random("turns")
    seen = 0
    for demand in compile_model(furniture()).search.program.formulas:
        for leaf in leaves(demand):
            if not isinstance(leaf, Computed) or leaf.computation._turns is None:
                continue
            seen += 1
            computation = leaf.computation
            points = [
                np.array([chance.randrange(length) for _ in range(3_000)])
                for length in computation.lengths
            ]
            for axis, length in enumerate(computation.lengths):
                points[axis][: 2 * axis] = length - 1  # undefined, where anything is
            expected = computation._computed_at(points)
            assert np.array_equal(computation.at(points), expected)
            for place in range(100):
                assert computation.test([int(each[place]) for each in points]) == expected[place]
    assert seen >= 6


def test_a_number_that_needs_others_to_move_after_it_takes_few_questions() -> None:
    """Wider doors need a wider front, that one a lower one, and that one narrower shelves."""
    numbers = {"width": 400, "door": 200, "height": 400, "pitch": 400}
    model = read(
        {
            "product": "front",
            "name": "Front",
            "options": [
                {"key": key, "kind": "number", "label": key, "number": {"first": 1, "last": count}}
                for key, count in numbers.items()
            ],
            "rules": [
                {"key": "doors", "then": "2 * door <= width and 2 * door >= width - 1"},
                {"key": "area", "then": "width * height <= 40000"},
                {"key": "shelves", "then": "3 * pitch <= height"},
            ],
        }
    )
    with counted() as effort:
        domains = deduce(compile_model(model), {}).domains
    assert domains["width"].runs == ((Decimal(2), Decimal(400)),)
    assert domains["door"].runs == ((Decimal(1), Decimal(200)),)
    assert domains["height"].runs == ((Decimal(3), Decimal(400)),)
    assert domains["pitch"].runs == ((Decimal(1), Decimal(133)),)
    assert effort.solver_calls < 25


def slots_of_one_big(*rules: str) -> Compiled:
    """Return sixteen slots of which one alone has a board."""
    slots = [f"slot{place}" for place in range(16)]
    boards = [
        {"key": key, "label": key, "attributes": {"watt": watt}}
        for key, watt in (("none", 0), ("big", 9))
    ]
    power = f"sum({', '.join(f'{key}.watt' for key in slots)}) == 9"
    document = {
        "product": "rack",
        "name": "Rack",
        "options": [
            *({"key": key, "kind": "choice", "label": key, "values": boards} for key in slots),
            {"key": "lamp", "kind": "boolean", "label": "Lamp"},
        ],
        "rules": [{"key": f"r{place}", "then": then} for place, then in enumerate((power, *rules))],
    }
    return compile_model(read(document))


def test_slots_that_count_alike_take_one_question_for_all() -> None:
    with counted() as effort:
        domains = deduce(slots_of_one_big(), {}).domains
    assert all(domains[f"slot{place}"].values == ("none", "big") for place in range(16))
    assert effort.solver_calls < 6


def test_slots_that_count_alike_exchange_nothing_that_another_rule_forbids() -> None:
    compiled = slots_of_one_big("slot3 is big implies lamp", "lamp implies slot5 is big")
    domains = deduce(compiled, {}).domains
    assert domains["slot3"].values == ("none",)
    assert all(
        domains[f"slot{place}"].values == ("none", "big") for place in range(16) if place != 3
    )


def test_room_is_left_by_what_no_demand_would_rather_have_otherwise() -> None:
    numbers = {"load": 50, "span": 50, "board": 50}
    model = read(
        {
            "product": "shelf",
            "name": "Shelf",
            "options": [
                {"key": key, "kind": "number", "label": key, "number": {"first": 1, "last": count}}
                for key, count in numbers.items()
            ],
            "rules": [
                {"key": "strong", "then": "load * span <= 40 * board"},
                {"key": "wide", "then": "span >= 2 * board - 40"},
            ],
        }
    )
    compiled = compile_model(model)
    program = compiled.search.program
    most = Room(program.formulas, range(3), program.starts).most(np.zeros(program.classes, bool))
    # A low load hurts nobody; of span and board, one rule wants more and the other less.
    assert most == {0: program.starts[0]}


def test_a_swap_of_instances_keeps_what_was_chosen_in_them() -> None:
    compiled = compile_model(rack_of_instances())
    choices: dict[str, Choice] = {
        "slots": Decimal(4),
        "slots.1.board": "gpu",
        "slots.3.module": "cache",
    }
    deduction = deduce(compiled, choices)
    for place in range(1, 5):
        for board in deduction.domains[f"slots.{place}.board"].values:
            found = deduce(compiled, {**choices, f"slots.{place}.board": board})
            assert found.consistent
            assert found.domains["slots.1.board"].values == ("gpu",)
