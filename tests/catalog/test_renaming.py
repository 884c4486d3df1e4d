"""A key renamed everywhere: in the core with values, and in the rows of a draft."""

from dataclasses import replace
from typing import Any

import pytest

from catalog import checks, drafts, operations
from catalog.errors import KeyTaken, Malformed, NotFound
from catalog.models import Merchant, Option, Product
from catalog.product_model import ProductModel, read, write
from catalog.renaming import MeaningChanged, Name, names_of, renamed, undone
from tests.configurator.geometry.shelves import shelf
from tests.examples.desk import desk
from tests.examples.everything import everything
from tests.factories import make_merchant, make_product

TOP = Name("option", "top")
GLASS = Name("value", "glass", "top")


def product(*options: dict[str, Any], **more: Any) -> ProductModel:
    return read({"product": "p", "name": "P", "options": list(options), **more})


def choice(key: str, *values: str, **more: Any) -> dict[str, Any]:
    listed = [{"key": value, "label": value} for value in values]
    return {"key": key, "kind": "choice", "label": key, "values": listed, **more}


def number(key: str) -> dict[str, Any]:
    return {"key": key, "kind": "number", "label": key, "number": {"first": 0, "last": 9}}


def test_an_option_is_renamed_in_expressions_tables_presets_and_lines() -> None:
    found = renamed(desk(), {TOP: "worktop"})
    assert [(each.path, each.after) for each in found.places] == [
        ("options/drawers/when", "worktop != glass"),
        ("options/engraved/when", "worktop == oak"),
        ("rules/glass_needs_steel/when", "worktop == glass"),
        ("tables/depths/options", "worktop, depth"),
        ("presets/studio/choices", "worktop = glass"),
        ("lead_time_lines/glass/when", "worktop == glass"),
    ]
    assert [line.option for line in found.model.price_lines if line.key == "top"] == ["worktop"]
    assert found.doubts == ()
    assert not any(each.severity == "error" for each in checks.basic_findings(found.model))


def test_an_option_and_a_value_of_one_key_are_two() -> None:
    model = product(
        choice("top", "oak", "top"), rules=[{"key": "r", "then": 'top is top or top is "top"'}]
    )
    assert (
        renamed(model, {TOP: "worktop"}).model.rules[0].then == 'worktop is top or worktop is "top"'
    )
    value = renamed(model, {Name("value", "top", "top"): "plate"}).model
    assert value.rules[0].then == 'top is plate or top is "plate"'


def test_values_of_one_key_in_two_options_are_two() -> None:
    model = product(
        choice("a", "oak", "ash"),
        choice("b", "oak", "ash"),
        rules=[{"key": "r", "then": "a is oak or b is oak"}],
    )
    assert (
        renamed(model, {Name("value", "oak", "a"): "elm"}).model.rules[0].then
        == "a is elm or b is oak"
    )


TYPEFACE = Name("attribute", "typeface", "wood")
NAMES = sorted(names_of(everything()) - {TYPEFACE})


def test_an_attribute_that_prints_look_for_keeps_its_key() -> None:
    with pytest.raises(MeaningChanged, match="look for their typeface"):
        renamed(everything(), {TYPEFACE: "other"})


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.told)
def test_what_is_renamed_and_renamed_back_is_as_it_was(name: Name) -> None:
    found = renamed(everything(), {name: "other"})
    assert write(renamed(found.model, {replace(name, key="other"): name.key}).model) == write(
        everything()
    )


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.told)
def test_no_place_goes_on_naming_what_is_renamed(name: Name) -> None:
    before, after = everything(), renamed(everything(), {name: "other"}).model
    told = {(each.code, each.path) for each in checks.basic_findings(before)}
    assert len(checks.basic_findings(after)) == len(told)


def test_two_values_change_their_keys_with_each_other() -> None:
    model = product(
        choice("a", "oak", "ash", default="oak"),
        rules=[{"key": "r", "then": "a in (oak, ash)", "when": "a is oak"}],
    )
    names = {Name("value", "oak", "a"): "ash", Name("value", "ash", "a"): "oak"}
    found = renamed(model, names).model
    assert (found.options[0].default, found.rules[0].when, found.rules[0].then) == (
        "ash",
        "a is ash",
        "a in (ash, oak)",
    )
    assert renamed(undone(found, names), names).model != model


def test_a_sub_assembly_is_renamed_before_its_instances_and_what_counts_them() -> None:
    inner = {"product": "inner", "name": "Inner", "options": [number("width")]}
    model = product(
        number("width"),
        assemblies=[{"key": "modules", "label": "Module", "definition": inner, "at_most": 3}],
        rules=[
            {
                "key": "r",
                "then": "sum(modules, width) < 9 and (modules.2: width > 1) and modules > 0",
            }
        ],
        presets=[
            {"key": "p", "label": "P", "choices": {"modules": 2, "modules.1.width": 3, "width": 4}}
        ],
    )
    found = renamed(model, {Name("assembly", "modules"): "units"}).model
    assert found.rules[0].then == "sum(units, width) < 9 and (units.2: width > 1) and units > 0"
    assert list(found.presets[0].choices) == ["units", "units.1.width", "width"]
    outer = renamed(model, {Name("option", "width"): "breadth"}).model
    assert outer.rules[0].then == model.rules[0].then
    assert list(outer.presets[0].choices) == ["modules", "modules.1.width", "breadth"]


@pytest.mark.parametrize(
    ("names", "refusal", "told"),
    [
        ({TOP: "frame"}, KeyTaken, "There is an option 'frame' already"),
        ({GLASS: "oak"}, KeyTaken, "There is a value 'oak' already"),
        ({TOP: "Top"}, Malformed, "cannot be a key"),
        ({TOP: "and"}, Malformed, "a word of the notation"),
        ({Name("option", "tpo"): "x"}, NotFound, "did you mean 'top'"),
    ],
)
def test_what_cannot_be_is_refused(
    names: dict[Name, str], refusal: type[Exception], told: str
) -> None:
    with pytest.raises(refusal, match=told):
        renamed(desk(), names)


def test_a_key_that_would_be_understood_as_another_is_refused() -> None:
    model = product(
        choice("a", "oak", "b"), choice("c", "oak"), rules=[{"key": "r", "then": "a is c"}]
    )
    with pytest.raises(MeaningChanged, match="would say something else"):
        renamed(model, {Name("option", "c"): "oak"})


def test_a_value_may_be_called_as_a_word_of_the_notation_and_stands_in_quotes_then() -> None:
    found = renamed(desk(), {GLASS: "in"}).model
    assert found.rules[0].when == 'top == "in"'


def test_what_cannot_be_read_or_reads_keys_as_texts_is_told_and_left() -> None:
    model = product(
        choice("a", "oak", "ash"),
        choice("b", "oak", "ash"),
        rules=[
            {"key": "r", "then": "a is is oak"},
            {"key": "s", "then": "a is b"},
            {"key": "t", "then": "b is is oak2"},
        ],
    )
    found = renamed(model, {Name("value", "oak", "a"): "elm"})
    assert [each.path for each in found.doubts] == ["rules/r/then", "rules/s/then"]
    assert found.model.rules == model.rules


@pytest.mark.database
def test_rows_stay_the_rows_they_are(merchant: Merchant) -> None:
    draft = make_product(merchant, everything())
    rows = set(draft.options.values_list("pk", flat=True))
    operations.rename(
        draft, {Name("option", "size"): "breadth", Name("value", "oak", "wood"): "eiche"}
    )
    assert set(draft.options.values_list("pk", flat=True)) == rows
    names = {Name("option", "size"): "breadth", Name("value", "oak", "wood"): "eiche"}
    assert drafts.read(Product.objects.get()) == replace(
        renamed(everything(), names).model, assets={}
    )


@pytest.mark.database
def test_every_kind_is_kept_in_rows_as_in_the_core(merchant: Merchant) -> None:
    draft, expected = make_product(merchant, everything()), replace(everything(), assets={})
    for name in sorted(names_of(expected)):
        if name.kind not in ("value", "attribute"):
            expected = renamed(expected, {name: f"{name.key}_2"}).model
            operations.rename(draft, {name: f"{name.key}_2"})
    assert drafts.read(Product.objects.get()) == expected


@pytest.mark.database
def test_a_key_edited_alone_is_followed_by_the_rest_later_and_asking_again_changes_nothing(
    merchant: Merchant,
) -> None:
    draft = make_product(merchant)
    Option.objects.filter(key="top").update(key="worktop")
    found = operations.rename(draft, {TOP: "worktop"})
    assert (found.done, len(found.places)) == (True, 6)
    assert drafts.read(draft) == renamed(desk(), {TOP: "worktop"}).model
    assert operations.rename(draft, {TOP: "worktop"}).places == ()


@pytest.mark.database
def test_nothing_of_a_refused_renaming_and_of_other_merchants_changes(merchant: Merchant) -> None:
    draft, other = make_product(merchant), make_product(make_merchant("other"))
    with pytest.raises(KeyTaken):
        operations.rename(draft, {TOP: "worktop", Name("option", "depth"): "frame"})
    assert drafts.read(draft) == desk()
    operations.rename(draft, {TOP: "worktop"})
    assert drafts.read(other) == desk()


def test_an_option_is_renamed_in_shapes_and_their_counters_stay_theirs() -> None:
    names = {
        Name("option", "boards"): "shelves",
        Name("option", "wood"): "i_wood",
        Name("material", "board"): "panel",
    }
    found = renamed(shelf(), names)
    assert [(each.path, each.after) for each in found.places] == [
        ("materials/board/density", "i_wood.density"),
        ("materials/board/finishes", "i_wood"),
        ("shapes/side/material", "panel"),
        ("shapes/shelf/material", "panel"),
        ("shapes/shelf/repeat/i", "shelves"),
        ("shapes/shelf/each/gap", "(2000 mm - 20 mm) / (shelves + 1)"),
    ]
    assert not any(each.severity == "error" for each in checks.basic_findings(found.model))


def test_an_option_cannot_take_the_name_of_a_counter() -> None:
    with pytest.raises(KeyTaken, match="'i'"):
        renamed(shelf(), {Name("option", "boards"): "i"})


@pytest.mark.django_db
def test_the_rows_of_shapes_follow_a_renamed_option() -> None:
    draft = drafts.write(make_merchant(), shelf())
    operations.rename(draft, {Name("option", "wood"): "finish", Name("material", "board"): "panel"})
    draft.refresh_from_db()
    assert draft.materials.get().finishes == ["finish"]
    assert {row.material for row in draft.shapes.all()} == {"panel"}
    assert not any(each.severity == "error" for each in checks.basic_findings(drafts.read(draft)))
