"""Products that contain products, written out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.assemblies import AssembliesRefused, ExpandedModel, as_written, expanded
from catalog.product_model import Kind, Text, read, write
from tests.catalog.modules import module, nested, wardrobe
from tests.examples.desk import desk


def test_a_product_without_sub_assemblies_is_what_it_was():
    model = desk()
    assert expanded(model) is model


def test_each_instance_brings_the_options_of_the_contained_product():
    keys = [option.key for option in expanded(wardrobe()).options]
    assert keys[:4] == ["room", "premium", "modules", "modules.1.width"]
    assert len(keys) == 3 + 3 * 3


def test_a_number_option_counts_the_instances():
    count = expanded(wardrobe(default=2)).option_by_key["modules"]
    assert count.kind is Kind.NUMBER
    assert (count.number.first, count.number.last, count.default) == (1, 3, Decimal(2))


def test_a_single_sub_assembly_that_may_be_left_out_is_a_yes_or_no():
    option = expanded(wardrobe(at_least=0, at_most=1)).option_by_key["modules"]
    assert option.kind is Kind.BOOLEAN


def test_options_of_an_instance_are_asked_where_there_is_that_instance():
    options = expanded(wardrobe()).option_by_key
    assert options["modules.1.width"].when is None
    assert options["modules.2.width"].when == "modules >= 2"
    assert options["modules.3.lock"].when == "modules >= 3 and (modules.3: door is wood)"


def test_a_sub_assembly_that_is_switched_off_has_no_instances():
    options = expanded(wardrobe(when="premium")).option_by_key
    assert options["modules"].when == "premium"
    assert options["modules.1.width"].when == "given(modules)"


def test_labels_tell_the_instance_in_every_language():
    label = expanded(wardrobe()).option_by_key["modules.2.width"].label
    assert label == Text("Module 2 – Width", (("de", "Modul 2 – Breite"),))


def test_within_its_instance_an_option_is_called_as_in_the_contained_product():
    model = expanded(wardrobe())
    assert isinstance(model, ExpandedModel)
    assert model.own_labels["modules.2.width"].default == "Width"
    assert model.instance_at["modules.2"].label.default == "Module 2"


def test_a_rule_holds_in_each_instance_by_itself():
    rule = expanded(wardrobe()).rules[2]
    assert (rule.key, rule.then) == ("modules.2.narrow_glass", "modules.2: width <= 600")
    assert rule.when == "modules >= 2 and (modules.2: door is glass)"
    assert rule.message.default == "Module 2: Glass is narrow."


def test_a_percentage_of_a_contained_product_is_one_of_its_own_lines():
    lines = {line.key: line for line in expanded(wardrobe()).price_lines}
    assert lines["modules.2.rush"].of == ("modules.2.body", "modules.2.door")


def test_a_percentage_may_name_a_sub_assembly():
    lines = {line.key: line for line in expanded(wardrobe()).price_lines}
    assert lines["discount"].of == tuple(
        f"modules.{n}.{key}" for n in (1, 2, 3) for key in ("body", "door", "rush")
    )


def test_lines_of_instances_stand_before_the_first_percentage_of_the_product():
    keys = [line.key for line in expanded(wardrobe()).price_lines]
    assert (keys[0], keys[-1]) == ("base", "discount")


def test_sub_assemblies_may_contain_sub_assemblies():
    model = expanded(nested())
    option = model.option_by_key["wardrobes.2.modules.3.lock"]
    assert (
        option.when
        == "wardrobes >= 2 and (wardrobes.2: modules >= 3 and (modules.3: door is wood))"
    )
    assert option.label.default == "Wardrobe 2 – Module 3 – Lock"
    assert model.instance_at["wardrobes.2.modules.1"].exists == "wardrobes >= 2"


def test_the_digest_is_that_of_the_product_as_it_was_written():
    model = wardrobe()
    assert expanded(model).digest == model.digest
    assert as_written(expanded(model)) is model


def test_a_product_with_sub_assemblies_survives_the_way_through_json():
    model = nested()
    assert read(write(model)) == model


def test_pictures_of_a_contained_product_are_not_mixed_up_with_others():
    definition = module()
    definition["options"][1]["values"][0]["image"] = "glass.webp"
    model = expanded(wardrobe(definition={**definition, "assets": {"glass.webp": "ab" * 32}}))
    assert model.option_by_key["modules.2.door"].value_by_key["glass"].image == "modules/glass.webp"
    assert model.assets == {"modules/glass.webp": "ab" * 32}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"at_least": 3, "at_most": 2}, "at least 3 and at most 2"),
        ({"at_least": 0, "at_most": 0}, "at least 0 and at most 0"),
        ({"at_least": 0, "at_most": 5000}, "at most 100 are possible"),
    ],
)
def test_counts_that_cannot_be_are_refused_with_their_place(counts, told):
    with pytest.raises(AssembliesRefused, match=told) as refusal:
        expanded(wardrobe(**counts))
    assert refusal.value.data["path"] == "assemblies/modules"


def test_what_would_be_too_large_is_refused_before_it_is_written_out():
    street = nested()
    inner = replace(street.assemblies[0], at_most=100)
    wide = replace(street, assemblies=(replace(inner, definition=wardrobe(at_most=100)),))
    with pytest.raises(AssembliesRefused, match="more than 50,000"):
        expanded(wide)


def test_sub_assemblies_deeper_than_three_levels_are_refused():
    deep = nested()
    for _ in range(2):
        deep = replace(deep, assemblies=(replace(deep.assemblies[0], definition=deep),))
    with pytest.raises(AssembliesRefused, match="4 levels deep"):
        expanded(deep)
