"""The number of configurations equals that of plain enumeration, or lies between the bounds told."""

import os
import random

import pytest

from catalog.product_model import Kind, read
from configurator.engine.answers.count import Count, count
from configurator.engine.answers.deduce import deduce
from configurator.engine.solver.compiled import compile_model
from tests.configurator.engine.oracle import Maker, Oracle
from tests.configurator.engine.test_against_oracle import engine_choices

MODELS = int(os.environ.get("ENGINE_MODELS", "250"))
SEED = int(os.environ["ENGINE_SEED"])
BATCHES = 5


@pytest.mark.parametrize("batch", range(BATCHES))
def test_all_configurations_are_counted(batch: int) -> None:
    for number in range(batch, MODELS, BATCHES):
        case = f"ENGINE_SEED={SEED}, model {number}"
        maker = Maker(random.Random(f"count {SEED}/{number}"), 400)
        sketch = maker.sketch()
        oracle = Oracle(sketch)
        compiled = compile_model(read(sketch.document()))
        for choices in ({}, maker.choices(sketch, oracle, True)):
            expected = oracle.configurations(choices).bit_count()
            given = engine_choices(choices)
            assert count(compiled, given) == Count(expected, expected), f"{case}, {choices}"
            bounds = count(compiled, given, most_steps=1)
            assert bounds.least <= expected <= bounds.most, f"{case}, {choices}: {bounds}"


def test_numbers_that_no_rule_tells_apart_are_counted_one_by_one() -> None:
    model = read(
        {
            "product": "board",
            "name": "Board",
            "options": [
                {
                    "key": "width",
                    "kind": "number",
                    "label": "Width",
                    "number": {"first": 1, "last": 2000},
                },
                {"key": "thick", "kind": "boolean", "label": "Thick"},
            ],
            "rules": [{"key": "wide", "when": "width > 1500", "then": "thick"}],
        }
    )
    assert count(compile_model(model)) == Count(3500, 3500)


def test_bounds_do_not_depend_on_what_was_asked_before() -> None:
    told = 0
    for number in range(40):
        model = read(Maker(random.Random(f"bounds {SEED}/{number}"), 10**7).sketch().document())
        used, fresh = compile_model(model), compile_model(model)
        deduction = deduce(used, {})
        for option in model.options if deduction.consistent else ():
            for value in deduction.domains[option.key].values:
                deduce(used, {option.key: (str(value),) if option.kind is Kind.MULTI else value})
        assert count(used, most_steps=1) == count(fresh, most_steps=1), (
            f"ENGINE_SEED={SEED}, model {number}"
        )
        told += count(fresh, most_steps=1).least > 1
    assert told
