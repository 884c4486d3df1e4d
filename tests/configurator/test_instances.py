"""Adding, copying and removing instances, each as one change."""

from decimal import Decimal

import pytest

from catalog.assemblies import expanded
from configurator.instances import InstanceRefused, added, changes_for, copied, existing, may_add, may_remove, removed
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


def applied(choices, changes):
    return {key: choice for key, choice in {**choices, **changes}.items() if choice is not None}


def test_removing_an_instance_moves_the_later_ones_up():
    assert applied(THREE, removed(MODEL, THREE, THREE, "modules.2")) == {
        "modules": 2,
        "modules.1.width": 300,
        "modules.2.width": 500,
    }


def test_removing_the_last_instance_forgets_what_was_chosen_in_it():
    assert applied(THREE, removed(MODEL, THREE, THREE, "modules.3")) == {
        key: choice for key, choice in {**THREE, "modules": Decimal(2)}.items() if not key.startswith("modules.3")
    }


def test_a_copy_has_all_that_was_chosen():
    two = {key: choice for key, choice in THREE.items() if not key.startswith("modules.3")} | {"modules": Decimal(2)}
    after = applied(two, copied(MODEL, two, two, "modules.2"))
    assert (after["modules"], after["modules.3.width"], after["modules.3.door"]) == (3, 400, "glass")


def test_a_new_instance_starts_with_the_defaults():
    assert added(MODEL, {}, {"modules": Decimal(1)}, "modules") == {"modules": 2}


def test_what_was_chosen_deeper_inside_moves_with_its_instance():
    model = expanded(nested())
    two = {"wardrobes": Decimal(2), "wardrobes.2.modules": Decimal(3), "wardrobes.2.modules.3.door": "glass"}
    assert applied(two, removed(model, two, two, "wardrobes.1")) == {
        "wardrobes": 1,
        "wardrobes.1.modules": 3,
        "wardrobes.1.modules.3.door": "glass",
    }


def test_a_single_sub_assembly_is_added_and_removed_as_yes_and_no():
    model = expanded(wardrobe(at_least=0, at_most=1))
    assert added(model, {}, {"modules": False}, "modules") == {"modules": True}
    assert removed(model, {}, {"modules": True}, "modules.1") == {"modules": False}


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: added(MODEL, THREE, THREE, "modules"), "There is no 'modules.4': at most 3 are possible."),
        (lambda: copied(MODEL, {}, {"modules": Decimal(1)}, "modules.2"), "Module 2 is not there; add it first."),
        (lambda: removed(MODEL, {}, {"modules": Decimal(1)}, "modules.1"), "Module: at least 1 of them must stay."),
        (lambda: added(MODEL, {}, {}, "module"), "There is no sub-assembly 'module'; did you mean 'modules'?"),
        (lambda: removed(MODEL, {}, {}, "shelves.1"), "There is no 'shelves.1': the product has no such sub-assembly."),
        (lambda: added(desk(), {}, {}, "modules"), "There is no sub-assembly 'modules'."),
    ],
)
def test_what_cannot_be_added_or_removed_is_refused(ask, sentence):
    with pytest.raises(InstanceRefused) as refusal:
        ask()
    assert refusal.value.sentence == sentence


def test_the_counts_say_whether_there_may_be_more_or_fewer():
    one, three = {"modules": Decimal(1)}, {"modules": Decimal(3)}
    assert [may_add(MODEL, each, "modules") for each in (one, three)] == [True, False]
    assert [may_remove(MODEL, each, "modules") for each in (one, three)] == [False, True]


def test_only_instances_that_there_are_exist():
    assert [each.place for each in existing(MODEL, {"modules": Decimal(2)})] == ["modules.1", "modules.2"]


@pytest.mark.parametrize("verb", ["melt", ""])
def test_nothing_else_is_done_with_an_instance(verb):
    with pytest.raises(InstanceRefused, match="can be added, copied or removed"):
        changes_for(MODEL, {}, {}, verb, "modules")
