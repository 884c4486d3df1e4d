"""What the publish checks find in products that contain products."""

from dataclasses import replace

import pytest

from catalog import checks
from tests.catalog.modules import module, nested, wardrobe


def found(model, severity="error"):
    return {
        (each.code, each.path): each.sentence
        for each in checks.findings(model)
        if each.severity == severity
    }


def changed(**changes):
    return wardrobe(definition={**module(), **changes})


def test_a_sound_product_of_modules_has_no_errors():
    assert found(wardrobe()) == {}
    assert found(nested()) == {}


@pytest.mark.parametrize(
    ("assembly", "code", "path"),
    [
        ({"at_least": 4}, "assemblies-refused", "assemblies/modules"),
        ({"at_most": 200}, "assemblies-refused", "assemblies/modules"),
        ({"default": 9}, "default", "assemblies/modules/default"),
        ({"group": "inside"}, "unknown-group", "assemblies/modules/group"),
        ({"when": "premum"}, "expression-refused", "assemblies/modules/when"),
        ({"key": "room"}, "key-repeated", "assemblies/room"),
        ({"key": "has"}, "key-reserved", "assemblies/has"),
    ],
)
def test_a_mistaken_sub_assembly_is_found_at_its_place(assembly, code, path):
    assert (code, path) in found(wardrobe(**assembly))


def test_what_is_wrong_in_the_contained_product_is_told_once_with_its_place():
    rules = [{"key": "narrow", "then": "widht <= 600"}]
    errors = found(changed(rules=rules))
    assert list(errors) == [
        ("expression-refused", "assemblies/modules/definition/rules/narrow/then")
    ]
    (sentence,) = errors.values()
    assert sentence.startswith(
        "In sub-assembly 'modules': Rule 'narrow', then: unknown option 'widht'"
    )


def test_a_product_does_not_contain_itself():
    assert ("contains-itself", "assemblies/modules/definition") in found(
        changed(product="wardrobe")
    )
    inner = nested()
    around = replace(inner, product="module")
    assert ("contains-itself", "assemblies/wardrobes/definition") in found(around)


def test_a_contained_product_counts_in_the_same_currency():
    assert ("assembly-currency", "assemblies/modules/definition/currency") in found(
        changed(currency="CHF")
    )


def test_an_unpriced_value_of_the_contained_product_is_told_once():
    lines = [{"key": "door", "label": "Door", "option": "door", "amounts": {"wood": 40}}]
    errors = found(changed(price_lines=lines))
    assert (
        "unpriced-value",
        "assemblies/modules/definition/price_lines/door/amounts/glass",
    ) in errors


def test_a_part_without_number_is_told_once():
    definition = module()
    definition["options"][1]["values"][0].pop("sku")
    errors = found(wardrobe(definition=definition))
    place = "assemblies/modules/definition/options/door/values/glass/sku"
    assert list(errors) == [("no-sku", place)]


def test_a_value_that_no_instance_can_have_is_told_once_for_all():
    rules = [*module()["rules"], {"key": "never", "then": "door is wood"}]
    warnings = found(changed(rules=rules), "warning")
    path = ("value-dead", "assemblies/modules/definition/options/door/values/glass")
    assert path in warnings
    assert warnings[path].endswith("So it is in Module 2, Module 3.")
    assert len([code for code, _ in warnings if code == "value-dead"]) == 1


def test_presets_may_choose_in_instances():
    preset = {"key": "two", "label": "Two", "choices": {"modules": 2, "modules.2.door": "glass"}}
    from catalog.product_model import read, write

    model = read({**write(wardrobe()), "presets": [preset]})
    assert found(model) == {}
    wrong = read(
        {**write(wardrobe()), "presets": [{**preset, "choices": {"modules.2.dor": "glass"}}]}
    )
    assert (
        "did you mean 'modules.2.door'?"
        in found(wrong)["unknown-option", "presets/two/choices/modules.2.dor"]
    )
