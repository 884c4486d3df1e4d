"""Interchangeable instances: which they are, and that knowing it changes no answer."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import alternatives, deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.explain import explain
from configurator.engine.answers.repair import repairs
from configurator.engine.constraints.symmetry import Symmetry, asked, spread
from configurator.engine.solver.compiled import Compiled, compile_model
from configurator.engine.solver.search import Search
from tests.catalog.modules import nested, wardrobe

BOARDS = {"cpu": (40, 2), "gpu": (120, 3), "net": (20, 1), "disk": (20, 1)}
MODULES = {"plain": 0, "turbo": 40}


def rack(*rules: dict[str, Any], slots: int = 20) -> ProductModel:
    """Return a rack of boards with modules, whose power is summed."""
    values = [
        {"key": f"w{watt}", "label": f"{watt} W", "attributes": {"watt": watt}}
        for watt in (300, 900, 2000)
    ]
    boards = [
        {"key": key, "label": key, "attributes": {"watt": watt, "units": units}}
        for key, (watt, units) in BOARDS.items()
    ]
    modules = [
        {"key": key, "label": key, "attributes": {"watt": watt}} for key, watt in MODULES.items()
    ]
    slot = {
        "product": "slot",
        "name": "Slot",
        "options": [
            {"key": "board", "kind": "choice", "label": "Board", "values": boards},
            {
                "key": "module",
                "kind": "choice",
                "label": "Module",
                "values": modules,
                "default": "plain",
            },
            {"key": "hot", "kind": "boolean", "label": "Hot swap", "when": "board in (disk, net)"},
        ],
        "rules": [{"key": "turbo", "when": "module is turbo", "then": "board in (cpu, gpu)"}],
    }
    return read(
        {
            "product": "rack",
            "name": "Rack",
            "options": [
                {"key": "supply", "kind": "choice", "label": "Supply", "values": values},
                {
                    "key": "height",
                    "kind": "number",
                    "label": "Height",
                    "number": {"first": 8, "last": 42},
                },
            ],
            "rules": [
                {"key": "power", "then": "sum(slots, board.watt + module.watt) <= supply.watt"},
                {"key": "space", "then": "sum(slots, board.units) <= height"},
                {"key": "one_cpu", "then": "any(slots, board is cpu)"},
                {
                    "key": "gpus",
                    "then": "count(slots, board is gpu) <= 3 * count(slots, board is cpu)",
                },
                *rules,
            ],
            "assemblies": [
                {
                    "key": "slots",
                    "label": "Slot",
                    "at_least": 1,
                    "at_most": slots,
                    "default": 4,
                    "definition": slot,
                }
            ],
        }
    )


def without_symmetry(model: ProductModel) -> Compiled:
    compiled = compile_model(model)
    compiled.search.program.symmetry = Symmetry()
    return replace(compiled, search=Search(compiled.search.program))


def interchangeable(model: ProductModel) -> int:
    return len(compile_model(model).search.program.symmetry.orbits)


def test_a_rack_of_20_answers_as_it_does_without_knowing_what_is_interchangeable():
    model = rack()
    knowing, unknowing = compile_model(model), without_symmetry(model)
    chance = random.Random(5)
    choices: dict[str, Any] = {}
    for _ in range(8):
        deduction = deduce(knowing, choices)
        assert deduction == deduce(unknowing, choices)
        assert default_completion(knowing, choices) == default_completion(unknowing, choices)
        assert alternatives(knowing, choices) == alternatives(unknowing, choices)
        free = [
            key for key, domain in deduction.domains.items() if key not in choices and domain.given
        ]
        key = chance.choice(free)
        domain = deduction.domains[key]
        choices[key] = chance.choice(domain.values) if domain.values else domain.runs[-1][1]


def test_conflicts_in_a_rack_of_20_are_explained_and_repaired_alike():
    model = rack()
    knowing, unknowing = compile_model(model), without_symmetry(model)
    deduce(knowing, {})
    clash = {
        "supply": "w300",
        "slots.3.board": "gpu",
        "slots.5.board": "gpu",
        "slots.18.board": "gpu",
    }
    assert not deduce(knowing, clash).consistent
    assert explain(knowing, clash) == explain(unknowing, clash)
    assert repairs(knowing, clash) == repairs(unknowing, clash)


def test_fewer_questions_are_asked(monkeypatch: pytest.MonkeyPatch):
    counts = []
    for compiled in (compile_model(rack()), without_symmetry(rack())):
        asked_so_far: list[int] = []
        answer = compiled.search._answer
        monkeypatch.setattr(
            compiled.search,
            "_answer",
            lambda *question, a=answer, n=asked_so_far, **more: n.append(1) or a(*question, **more),
        )
        deduce(compiled, {"supply": "w900"})
        counts.append(len(asked_so_far))
    assert counts[0] <= counts[1]


def test_instances_that_no_expression_names_are_interchangeable():
    assert interchangeable(rack(slots=3)) == 1
    assert interchangeable(wardrobe()) == 1
    assert interchangeable(nested()) == 3


@pytest.mark.parametrize(
    "then", ["slots.1.board is cpu", "slots.2: hot", "all(slots, board is net or slots.1.hot)"]
)
def test_instances_are_told_apart_where_an_expression_names_one(then: str):
    assert interchangeable(rack({"key": "first", "then": then}, slots=3)) == 0


def test_an_inner_instance_named_anywhere_tells_its_like_apart():
    from dataclasses import replace

    street = nested()
    rule = replace(street.rules[0], then="all(wardrobes, modules.1.door is wood)")
    assert interchangeable(replace(street, rules=(rule,))) == 1


def test_what_a_later_instance_can_have_each_before_it_can_have():
    seen = np.array([False, False, True, False, False, True])
    spread(seen, [np.array([[0, 1], [2, 3], [4, 5]])])
    assert seen.tolist() == [True, True, True, True, False, True]


def test_of_several_instances_the_first_is_asked():
    todo = np.array([False, True, True, True, True, False, True])
    assert asked(todo, [np.array([[0, 1], [2, 3], [4, 5]])]).tolist() == [
        False,
        True,
        True,
        False,
        False,
        False,
        True,
    ]
