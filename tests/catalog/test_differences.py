"""Differences between versions, in words."""

from typing import Any

import pytest

from catalog.differences import differences
from catalog.product_model import write_whole
from tests.examples.desk import desk

OAK = {"key": "oak", "label": "Oak"}
TOP = {"key": "top", "kind": "choice", "label": "Top", "values": [OAK]}
DESK = {"product": "desk", "name": "Desk", "options": [TOP]}


def test_equal_models_differ_in_nothing() -> None:
    assert differences(DESK, DESK) == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"days": 10}, {"days": 12}, "days 10 → 12"),
        ({"days": 10}, {"days": "2 * drawers"}, "days 10 → “2 * drawers”"),
        ({}, {"when": "top == oak"}, "condition nothing → “top == oak”"),
        ({"required": False}, {"required": True}, "required no → yes"),
        ({"amount": 1}, {"amount": True}, "amount 1 → yes"),
        (
            {"label": "Oak"},
            {"label": {"default": "Oak", "de": "Eiche"}},
            "label de nothing → “Eiche”",
        ),
        (
            {"label": "Oak"},
            {"label": {"default": "Oaks", "de": "Eiche"}},
            "label “Oak” → “Oaks”, label de nothing → “Eiche”",
        ),
        ({"amounts": {"oak": 1, "ash": 2}}, {"amounts": {"oak": 3, "ash": 2}}, "amounts oak 1 → 3"),
        ({"number": {"last": 2000}}, {"number": {"last": 1900}}, "number last 2000 → 1900"),
        ({"default": ["a"]}, {"default": ["a", "b"]}, "default “a” → “a, b”"),
        (
            {"rows": [["a", 1], ["b", 2]]},
            {"rows": [["a", 1], ["c", 2], ["d", 2]]},
            "rows 2 added, 1 removed",
        ),
        ({"rows": [["a"], ["b"]]}, {"rows": [["b"], ["a"]]}, "rows in another order"),
    ],
)
def test_a_changed_part_is_told_with_what_changed(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    old, new = ({"lead_time_lines": [{"key": "making", **fields}]} for fields in (before, after))
    assert differences(old, new) == (f"Lead time line 'making': {told}",)


def test_parts_that_came_and_went_are_told() -> None:
    before, after = {"rules": [{"key": "a"}]}, {"rules": [{"key": "b"}]}
    assert differences(before, after) == ("Rule 'a': removed", "Rule 'b': added")


def test_a_value_is_told_with_its_option() -> None:
    ash = {**TOP, "values": [OAK, {"key": "ash", "label": "Ash"}]}
    assert differences(DESK, {**DESK, "options": [ash]}) == ("Option 'top', value 'ash': added",)


def test_another_order_is_told_once() -> None:
    frame = {**TOP, "key": "frame"}
    told = differences({"options": [TOP, frame]}, {"options": [frame, TOP]})
    assert told == ("Options: in another order (frame, top)",)


def test_the_products_own_fields_come_first() -> None:
    assert (
        differences(DESK, {**DESK, "currency": "CHF", "options": []})[0]
        == "The product: currency nothing → “CHF”"
    )


def test_the_options_of_a_table_rule_are_a_field_of_it() -> None:
    before, after = (
        {"tables": [{"key": "t", "options": keys}]} for keys in (["top"], ["top", "frame"])
    )
    assert differences(before, after) == ("Table rule 't': options “top” → “top, frame”",)


def test_a_default_that_is_given_up_is_told_by_its_value() -> None:
    before, after = write_whole(desk()), write_whole(desk(currency="CHF"))
    assert differences(before, after) == ("The product: currency “EUR” → “CHF”",)


def test_pictures_are_told_by_name() -> None:
    before, after = (
        {"assets": {"a.png": "1", "b.png": "1"}},
        {"assets": {"a.png": "2", "c.png": "1"}},
    )
    told = ("Picture 'a.png': replaced", "Picture 'b.png': removed", "Picture 'c.png': added")
    assert differences(before, after) == told


def test_long_texts_are_cut() -> None:
    (told,) = differences({}, {"description": "x" * 500})
    assert len(told) < 150
