"""Configurations by chance: valid, complete, and the same again for the same number."""

from random import Random

import pytest

from catalog.product_model import read
from configurator.compiled_product import compile_product
from configurator.engine.face.choices import deduce, default_completion
from configurator.sampling import numbered_choices, random_choices, values_with
from tests.configurator_site.test_demo_shapes import product
from tests.examples.desk import desk
from tests.examples.everything import everything


@pytest.mark.parametrize("name", ["cnc_router.yaml", "shelving_wall.yaml"])
def test_configurations_by_chance_are_valid_and_complete(name):
    made = product(name)
    for number in range(12):
        choices = numbered_choices(made, 3, number)
        assert deduce(made.engine, choices).consistent
        assert not default_completion(made.engine, choices).unfinished


def test_a_product_of_every_kind_of_option_is_completed():
    made = compile_product(everything())
    found = [numbered_choices(made, 1, number) for number in range(20)]
    assert not any(default_completion(made.engine, each).unfinished for each in found)
    assert len({repr(sorted(each.items())) for each in found}) > 15


def test_the_same_number_gives_the_same_choices_and_another_one_others():
    made = compile_product(desk())
    assert numbered_choices(made, 7, 2) == numbered_choices(made, 7, 2)
    assert len({repr(numbered_choices(made, 7, number)) for number in range(9)}) > 4


def test_every_value_of_a_small_product_comes_and_none_that_a_rule_forbids():
    keys = [{"key": key, "label": key} for key in "abc"]
    made = compile_product(
        read(
            {
                "product": "pair",
                "name": "Pair",
                "options": [
                    {"key": key, "kind": "choice", "label": key, "values": keys}
                    for key in ("one", "two")
                ],
                "rules": [{"key": "apart", "then": "not (one == a and two == a)"}],
            }
        )
    )
    chance = Random(1)
    found = {
        (values["one"], values["two"])
        for values in (values_with(made, random_choices(made, chance)) for _ in range(150))
    }
    assert found == {(one, two) for one in "abc" for two in "abc"} - {("a", "a")}
