"""Adding, copying and removing instances, each as one change."""

from decimal import Decimal

import pytest

from catalog.assemblies import expanded
from configurator.instances import (
    InstanceAsk,
    InstanceRefused,
    existing,
    may_add,
    may_remove,
    rows_after,
    with_instance,
)
from tests.catalog.modules import nested, wardrobe
from tests.examples.desk import desk

MODEL = expanded(wardrobe())
THREE = {
    "modules": Decimal(3),
    "modules.1.width": Decimal(300),
    "modules.2.width": Decimal(400),
    "modules.2.door": "glass",
    "modules.3.width": Decimal(500),
}


TWO = {key: choice for key, choice in THREE.items() if not key.startswith("modules.3")} | {
    "modules": Decimal(2)
}


def after(choices, verb, what, to=None, model=MODEL, changes=None):
    found, _rows = with_instance(
        model, choices, choices, changes or {}, InstanceAsk(verb, what, to)
    )
    return {key: choice for key, choice in {**choices, **found}.items() if choice is not None}


def widths(choices):
    return [
        choices.get(f"modules.{number}.width") for number in range(1, int(choices["modules"]) + 1)
    ]


def test_removing_an_instance_moves_the_later_ones_up():
    assert after(THREE, "remove", "modules.2") == {
        "modules": 2,
        "modules.1.width": 300,
        "modules.2.width": 500,
    }


def test_removing_the_last_instance_forgets_what_was_chosen_in_it():
    assert after(THREE, "remove", "modules.3") == TWO


def test_a_copy_has_all_that_was_chosen_and_comes_after_its_original():
    found = after(TWO, "copy", "modules.1")
    assert widths(found) == [300, 300, 400]
    assert "modules.2.door" not in found
    assert found["modules.3.door"] == "glass"


def test_a_copy_may_be_put_elsewhere():
    assert widths(after(TWO, "copy", "modules.2", 1)) == [400, 300, 400]


def test_a_new_instance_starts_with_the_defaults():
    one = {"modules": Decimal(1)}
    assert after(one, "add", "modules") == {"modules": 2}


def test_an_instance_is_put_between_others():
    found = after(TWO, "add", "modules", 1)
    assert widths(found) == [None, 300, 400]
    assert "modules.1.door" not in found


@pytest.mark.parametrize(
    ("to", "expected"), [(1, [500, 300, 400]), (2, [300, 500, 400]), (3, [300, 400, 500])]
)
def test_an_instance_moves_with_all_that_was_chosen(to, expected):
    found = after(THREE, "move", "modules.3", to)
    assert widths(found) == expected
    assert [key for key in found if key.endswith("door")] == [
        f"modules.{expected.index(400) + 1}.door"
    ]


def test_a_change_in_an_instance_that_was_not_there_is_one_of_the_new_one():
    changes = {"modules.3.width": Decimal(800), "modules.1.width": Decimal(700)}
    assert widths(after(TWO, "copy", "modules.1", changes=changes)) == [700, 800, 400]


def test_what_was_chosen_deeper_inside_moves_with_its_instance():
    model = expanded(nested())
    two = {
        "wardrobes": Decimal(2),
        "wardrobes.2.modules": Decimal(3),
        "wardrobes.2.modules.3.door": "glass",
    }
    assert after(two, "remove", "wardrobes.1", model=model) == {
        "wardrobes": 1,
        "wardrobes.1.modules": 3,
        "wardrobes.1.modules.3.door": "glass",
    }


def test_a_single_sub_assembly_is_added_and_removed_as_yes_and_no():
    model = expanded(wardrobe(at_least=0, at_most=1))
    assert after({}, "add", "modules", model=model) == {"modules": True}
    assert after({"modules": True}, "remove", "modules.1", model=model) == {"modules": False}


def test_rows_tell_where_what_was_said_of_an_instance_now_belongs():
    rows = rows_after(MODEL, TWO, InstanceAsk("copy", "modules.1"))
    assert rows.places_of("modules.1.width") == ("modules.1.width", "modules.2.width")
    assert rows.places_of("modules.2.width") == ("modules.3.width",)
    assert rows.places_of("modules.2") == ("modules.3",)
    assert rows.places_of("room") == ("room",)
    assert rows.place == "modules.2"
    assert (
        rows_after(MODEL, TWO, InstanceAsk("remove", "modules.1")).places_of("modules.1.width")
        == ()
    )


@pytest.mark.parametrize(
    ("choices", "ask", "sentence"),
    [
        (THREE, ("add", "modules"), "There is no 'modules.4': at most 3 are possible."),
        ({"modules": Decimal(1)}, ("copy", "modules.2"), "Module 2 is not there; add it first."),
        ({"modules": Decimal(1)}, ("remove", "modules.1"), "Module: at least 1 of them must stay."),
        ({}, ("add", "module"), "There is no sub-assembly 'module'; did you mean 'modules'?"),
        (
            {},
            ("remove", "shelves.1"),
            "There is no 'shelves.1': the product has no such sub-assembly.",
        ),
        (THREE, ("move", "modules.1"), "Say with 'to' which number 'modules.1' is to have."),
        (
            THREE,
            ("move", "modules.1", 4),
            "There is no place 4 for it; give 'to' a number from 1 to 3.",
        ),
        (TWO, ("add", "modules", 0), "There is no place 0 for it; give 'to' a number from 1 to 3."),
    ],
)
def test_what_cannot_be_done_is_refused(choices, ask, sentence):
    with pytest.raises(InstanceRefused) as refusal:
        rows_after(MODEL, choices, InstanceAsk(*ask))
    assert refusal.value.sentence == sentence


def test_a_product_without_sub_assemblies_has_no_instances():
    with pytest.raises(InstanceRefused, match="There is no sub-assembly 'modules'"):
        rows_after(desk(), {}, InstanceAsk("add", "modules"))


def test_the_counts_say_whether_there_may_be_more_or_fewer():
    one, three = {"modules": Decimal(1)}, {"modules": Decimal(3)}
    assert [may_add(MODEL, each, "modules") for each in (one, three)] == [True, False]
    assert [may_remove(MODEL, each, "modules") for each in (one, three)] == [False, True]


def test_only_instances_that_there_are_exist():
    assert [each.place for each in existing(MODEL, {"modules": Decimal(2)})] == [
        "modules.1",
        "modules.2",
    ]


@pytest.mark.parametrize("verb", ["melt", ""])
def test_nothing_else_is_done_with_an_instance(verb):
    with pytest.raises(InstanceRefused, match="can be added, copied, moved or removed"):
        rows_after(MODEL, {}, InstanceAsk(verb, "modules"))
