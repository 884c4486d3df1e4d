"""Choices that leave nothing open have the values of their default completion, on random small
models and the desk.

`ENGINE_SEED` sets where the models start; a failure tells the seed and the number of the model.
"""

import os
import random
from decimal import Decimal

import pytest

from catalog.product_model import NOTHING, Choice, Kind, ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.whole import whole_values
from configurator.engine.constraints.refusals import ChoiceUnknown
from configurator.engine.solver.compiled import compile_model
from tests.configurator.engine.oracle import Maker
from tests.examples.desk import desk

SEED = int(os.environ["ENGINE_SEED"])
MODELS = 300


def random_choices(model: ProductModel, luck: random.Random) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}
    for option in model.options:
        if luck.random() < 0.2:
            continue
        if luck.random() < 0.1 and option.kind not in (Kind.BOOLEAN, Kind.MULTI):
            choices[option.key] = NOTHING
        elif option.kind is Kind.CHOICE:
            choices[option.key] = luck.choice(option.values).key
        elif option.kind is Kind.BOOLEAN:
            choices[option.key] = luck.random() < 0.5
        elif option.kind is Kind.NUMBER:
            choices[option.key] = option.number.at(luck.randrange(len(option.number)))
        elif option.kind is Kind.MULTI:
            choices[option.key] = tuple(
                each.key for each in reversed(option.values) if luck.random() < 0.4
            )
        else:
            choices[option.key] = "#aabbcc"
    return choices


@pytest.mark.parametrize("batch", range(4))
def test_settled_choices_have_the_values_they_settle_to_and_others_none(batch):
    told = complete = 0
    for number in range(batch, MODELS, 4):
        case = f"ENGINE_SEED={SEED}, model {number}"
        luck = random.Random(f"{SEED}/whole/{number}")
        model = read(Maker(luck).sketch().document())
        compiled = compile_model(model)
        for _ in range(8):
            choices = random_choices(model, luck)
            values = whole_values(compiled, choices)
            if not deduce(compiled, choices).consistent:
                assert values is None, case
                continue
            settled = default_completion(compiled, choices)
            if values is not None:
                told += 1
                assert values == settled.values, case
                assert list(values) == list(settled.values), case
                assert not settled.unsettled and settled.preferred == tuple(compiled.preferences), (
                    case
                )
            # A configuration that has all there is to have is told, whatever its conditions say.
            if len(settled.values) == len(model.options) and not settled.unsettled:
                held = default_completion(compiled, settled.values)
                if held.preferred == tuple(compiled.preferences) and held.values == settled.values:
                    complete += 1
                    assert whole_values(compiled, settled.values) == settled.values, case
    assert told > 10 and complete > 10, f"ENGINE_SEED={SEED}"


def test_choices_that_no_option_declares_are_refused():
    compiled = compile_model(desk())
    for choices in (
        {"colour_of_sky": "blue"},
        {"top": "gold"},
        {"extras": ("jacuzzi",)},
        {"width": Decimal("1.5")},
    ):
        with pytest.raises(ChoiceUnknown):
            whole_values(compiled, {**default_completion(compiled, {}).values, **choices})


def test_what_a_default_would_fill_in_is_not_settled():
    compiled = compile_model(desk())
    values = default_completion(compiled, {}).values
    assert whole_values(compiled, values) == values
    assert (
        whole_values(compiled, {key: value for key, value in values.items() if key != "top"})
        is None
    )
