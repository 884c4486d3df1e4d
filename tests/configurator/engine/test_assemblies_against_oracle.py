"""Every answer about a product that contains products equals that of plain enumeration over all its
instances.

`ENGINE_MODELS` and `ENGINE_SEED` as in test_against_oracle.py.
"""

import os
import random

import pytest

from catalog.product_model import read
from configurator.engine.solver.compiled import compile_model
from tests.configurator.engine.oracle import Maker, Oracle
from tests.configurator.engine.oracle_assemblies import NestedMaker
from tests.configurator.engine.test_against_oracle import (
    check_freshness,
    check_state,
    engine_choices,
)

MODELS = int(os.environ.get("ENGINE_MODELS", "250")) // 8
SEED = int(os.environ["ENGINE_SEED"])
BATCHES = 5


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_answers_about_instances_as_enumeration_does(batch: int) -> None:
    for number in range(batch, MODELS, BATCHES):
        check_nested(f"ENGINE_SEED={SEED}, nested model {number}", f"nested {SEED}/{number}")


def test_a_sum_over_instances_of_many_totals_is_read_by_what_it_adds() -> None:
    """Twenty values an instance brings have more totals together than are held, and few
    combinations.
    """
    check_nested("many totals", "nested 102/10")


def check_nested(case: str, seed: str) -> None:
    chance = random.Random(seed)
    nested = NestedMaker(chance).nested()
    model = read(nested.document)
    oracle = Oracle(nested.flat)
    compiled = compile_model(model)
    assert [option.key for option in compiled.model.options] == [
        each.key for each in nested.flat.asked
    ], case
    check_state(case, compiled, nested.flat, oracle, {})
    maker = Maker(chance)
    for consistent in (True, True, False):
        choices = maker.choices(nested.flat, oracle, consistent)
        check_state(f"{case}, {choices}", compiled, nested.flat, oracle, choices)
        if chance.random() < 0.3:
            check_freshness(f"{case}, {choices}", compiled, model, engine_choices(choices))
