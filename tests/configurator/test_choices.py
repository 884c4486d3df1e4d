"""Choices as they arrive from forms and callers, read against a product model."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.product_model import ProductModel, read
from configurator.choices import (
    MOST_UNKNOWN,
    ChoicesMalformed,
    kept_choices,
    plain_choices,
    read_choices,
    sort_choices,
)


def box() -> ProductModel:
    return read(
        {
            "product": "box",
            "name": "Box",
            "options": [
                {
                    "key": "wood",
                    "kind": "choice",
                    "label": "Wood",
                    "values": [{"key": "oak", "label": "Oak"}, {"key": "ash", "label": "Ash"}],
                },
                {
                    "key": "extras",
                    "kind": "multi",
                    "label": "Extras",
                    "values": [{"key": "lid", "label": "Lid"}, {"key": "lock", "label": "Lock"}],
                },
                {"key": "lined", "kind": "boolean", "label": "Lined"},
                {
                    "key": "width",
                    "kind": "number",
                    "label": "Width",
                    "number": {"first": 100, "last": 200, "step": 2.5, "unit": "mm"},
                },
                {
                    "key": "name",
                    "kind": "text",
                    "label": "Name",
                    "required": False,
                    "text": {
                        "max_length": 5,
                        "pattern": "[A-Z]+",
                        "pattern_hint": "capital letters only",
                    },
                },
                {"key": "paint", "kind": "colour", "label": "Paint", "required": False},
            ],
        }
    )


@pytest.mark.parametrize(
    ("option", "raw", "choice"),
    [
        ("wood", "oak", "oak"),
        ("extras", ["lock", "lid", "lock"], ("lid", "lock")),
        ("extras", "lock", ("lock",)),
        ("extras", [], None),
        ("name", "", None),
        ("name", " \u200b ", None),
        ("name", " ANNA\u00a0", "ANNA"),
        ("width", " 15 cm", Decimal("150")),
        ("width", 102.50000000000001, Decimal("102.5")),
        ("lined", "true", True),
        ("lined", False, False),
        ("width", "102.5", Decimal("102.5")),
        ("width", "102,50", Decimal("102.5")),
        ("width", 102.5, Decimal("102.5")),
        ("name", "ANNA", "ANNA"),
        ("paint", "#0B6E4F", "#0b6e4f"),
        ("wood", None, None),
    ],
)
def test_a_form_and_a_caller_say_the_same_thing(option: str, raw: Any, choice: Any) -> None:
    assert read_choices(box(), {option: raw}) == {option: choice}


@pytest.mark.parametrize(
    ("option", "raw", "told"),
    [
        ("wod", "oak", "There is no option 'wod'; did you mean 'wood'?"),
        ("wood", "aok", "Wood: there is no value 'aok'; did you mean 'oak'?"),
        ("wood", 3, "Wood: there is no value '3'"),
        ("extras", ["lid", "lidd"], "Extras: there is no value 'lidd'; did you mean 'lid'?"),
        ("extras", {"lid": True}, "Extras: expected a list of values"),
        ("lined", 1, "Lined: expected true or false"),
        ("width", "wide", "Width: 'wide' is no number"),
        ("width", True, "Width: expected a number"),
        ("wood", "x" * 70, f"Wood: there is no value '{'x' * 63}…'"),
        ("width", 1e300, "Width: 1E+300 is outside 100 to 200 mm; the nearest is 200 mm"),
        ("width", "1e999", "Width: '1e999' is no number"),
        ("width", "1_20", "Width: '1_20' is no number"),
        ("width", "NaN", "Width: 'NaN' is no number"),
        (
            "width",
            101,
            "Width: 101 is no step of 100 to 200 mm, in steps of 2.5; the nearest are 100 and 102.5 mm",
        ),
        ("name", "TOOLONG", "Name: 7 characters are too many; at most 5 fit"),
        ("name", "A\nB", "Name: this is one line, and the text has a line break; take it out"),
        ("name", "A\ud800", "Name: the text holds something that is no character; type it anew"),
        ("name", "anna", "Name: capital letters only"),
        ("paint", "red", "Paint: expected a colour such as #0b6e4f"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_place_and_a_way_on(
    option: str, raw: Any, told: str
) -> None:
    with pytest.raises(ChoicesMalformed) as refusal:
        read_choices(box(), {option: raw})
    assert refusal.value.data["errors"] == [{"pointer": f"/{option}", "detail": told}]


def test_a_page_keeps_what_can_be_read_and_names_the_rest() -> None:
    choices, misread = sort_choices(box(), {"wood": "oak", "gone": "x", "width": "7"})
    assert (choices, [each.option for each in misread]) == ({"wood": "oak"}, ["gone", "width"])


def test_of_very_many_unknown_options_the_first_are_named() -> None:
    _, misread = sort_choices(box(), {f"no_{number}": 1 for number in range(10_000)})
    assert len(misread) == MOST_UNKNOWN


def test_choices_survive_plain_json() -> None:
    choices = {"wood": "oak", "extras": ("lid",), "lined": True, "width": Decimal("102.5")}
    assert read_choices(box(), plain_choices(choices)) == choices


def test_to_leave_empty_what_would_be_there_all_the_same_is_a_choice() -> None:
    wood = {
        "kind": "choice",
        "label": "Wood",
        "required": False,
        "values": [{"key": "oak", "label": "Oak"}],
    }
    model = read(
        {
            "product": "p",
            "name": "P",
            "options": [
                {"key": "by_default", **wood, "default": "oak"},
                {"key": "preferred", **wood},
                {
                    "key": "counted",
                    "kind": "number",
                    "label": "N",
                    "required": False,
                    "number": {"first": 1, "last": 3},
                },
                {"key": "plain", **wood},
                {"key": "needed", **wood, "required": True, "default": "oak"},
            ],
            "derived": [{"key": "twice", "label": "Twice", "formula": "2 * counted"}],
            "preferences": [{"key": "oak", "then": "preferred is oak and twice > 2"}],
        }
    )
    given = dict.fromkeys(("by_default", "preferred", "counted", "plain", "needed"), "")
    assert read_choices(model, given) == {**given, "plain": None, "needed": None}


def test_what_was_kept_stays_as_it_was() -> None:
    stored = {"name": "two\nlines ", "wood": "oak", "width": 100, "extras": [], "gone": 1}
    assert kept_choices(box(), stored) == {
        "name": "two\nlines ",
        "wood": "oak",
        "width": Decimal(100),
    }
