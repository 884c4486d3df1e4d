"""What a template becomes."""

import pytest

from catalog.errors import Malformed
from catalog.product_model import Kind, read, write
from integrations.connectors.oca.mapping import products_of
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, desk, records


def test_attribute_lines_become_options_in_their_order():
    model = desk().file.model
    assert [(option.key, option.kind, option.required) for option in model.options] == [
        ("frame", Kind.CHOICE, True),
        ("top", Kind.CHOICE, False),
    ]
    assert [value.key for value in model.options[0].values] == ["steel", "oak"]


def test_the_draft_is_a_product_model_like_any_other():
    model = desk().file.model
    assert read(write(model)) == model


def test_several_values_at_once_make_a_multi_choice():
    change = '<record id="line_top" model="product.template.attribute.line"><field name="multi" eval="True"/></record>'
    top = desk(change).file.model.option_by_key["top"]
    assert (top.kind, top.at_least) == (Kind.MULTI, None)


def test_a_required_multi_choice_needs_at_least_one():
    change = """<record id="line_top" model="product.template.attribute.line"><field name="multi" eval="True"/>
      <field name="required" eval="True"/></record>"""
    assert desk(change).file.model.option_by_key["top"].at_least == 1


def test_numbers_of_a_value_become_attributes():
    change = """<record id="value_glass" model="product.attribute.value"><field name="value_mm">228</field>
      <field name="value_inches">9</field></record>"""
    assert dict(desk(change).file.model.option_by_key["top"].value_by_key["glass"].attributes) == {
        "mm": 228,
        "inches": 9,
    }


def test_extra_days_of_a_value_become_a_lead_time_line_and_a_note_asks_for_the_rest():
    change = (
        '<record id="value_glass" model="product.attribute.value"><field '
        'name="lead_time_extra">14.0</field></record>'
    )
    imported = desk(change)
    assert [(line.days, line.when) for line in imported.file.model.lead_time_lines] == [
        ("14", "top == glass")
    ]
    assert any("time to make the product" in note for note in imported.notes)


def test_steps_become_steps_and_what_none_asks_comes_last():
    steps = """<record id="s1" model="product.config.step"><field name="name">Surface</field></record>
    <record id="sl1" model="product.config.step.line"><field name="product_tmpl_id" ref="desk"/>
      <field name="config_step_id" ref="s1"/>
      <field name="attribute_line_ids" eval="[(6, 0, [ref('line_top')])]"/></record>"""
    model = desk(steps).file.model
    assert [str(step.label) for step in model.steps] == ["Surface", "Further options"]
    assert [option.group for option in model.options] == ["further", "step_1"]


def test_the_default_of_a_line_is_kept():
    change = """<record id="line_top" model="product.template.attribute.line">
      <field name="default_val" ref="value_board"/></record>"""
    assert desk(change).file.model.option_by_key["top"].default == "board"


def test_a_part_that_bears_another_values_name_is_found_with_the_one_that_fits():
    parts = """<record id="p_glass" model="product.product"><field name="name">Glass plate</field>
      <field name="lst_price" eval="120"/></record>
    <record id="p_board" model="product.product"><field name="name">Board plate</field>
      <field name="lst_price" eval="60"/></record>
    <record id="value_glass" model="product.attribute.value"><field name="product_id" ref="p_glass"/></record>
    <record id="value_board" model="product.attribute.value"><field name="product_id" ref="p_glass"/></record>"""
    (finding,) = [each for each in desk(parts).findings if each.code == "part-of-another-value"]
    assert (finding.path, finding.example) == ("options/top/values/board/sku", {"top": "board"})
    assert "'Board plate' (p_board, 60 EUR) is used by no value" in finding.sentence


def test_what_is_left_behind_is_told():
    further = """<record id="c" model="product.category"><field name="name">Desks</field></record>
    <record id="desk" model="product.template"><field name="default_code">D-1</field>
      <field name="weight">30</field></record>"""
    found = products_of(records(ATTRIBUTES, TEMPLATE, further))
    notes = " ".join((*found.notes, *found.products[0].notes))
    assert "1 × product.category" in notes
    assert "weight (1)" in notes
    assert "D-1" in notes


def test_a_reference_that_leads_nowhere_is_found():
    broken = TEMPLATE.replace("ref('value_board')", "ref('value_lost')")
    found = products_of(records(ATTRIBUTES, broken)).products[0].findings
    assert [finding.code for finding in found] == ["unknown-reference"]


def test_keys_that_begin_with_a_digit_or_are_words_of_the_notation_get_a_letter():
    odd = ATTRIBUTES.replace("value_oak", "value_220d").replace("value_steel", "value_in")
    template = TEMPLATE.replace("value_oak", "value_220d").replace("value_steel", "value_in")
    model = products_of(records(odd, template)).products[0].file.model
    assert [value.key for value in model.options[0].values] == ["v_in", "v_220d"]


def test_a_folder_without_a_configurable_template_is_refused():
    with pytest.raises(Malformed, match="config_ok"):
        products_of(records(ATTRIBUTES))
