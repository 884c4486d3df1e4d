"""The second wall: finished values against every constraint, without the engine."""

import logging
from decimal import Decimal
from typing import Any

import pytest

from catalog.product_model import read
from configurator.answering import follow
from configurator.compiled_product import compile_product
from configurator.completing import complete_choices
from configurator.holding import Wall
from configurator.offers import published
from configurator.ordering import NotReady, fit_to_order
from tests.api import make_shop
from tests.examples.desk import desk

DOCUMENT: dict[str, Any] = {
    "product": "case",
    "name": "Case",
    "options": [
        {
            "key": "wood",
            "kind": "choice",
            "label": "Wood",
            "values": [
                {"key": "oak", "label": "Oak"},
                {"key": "ash", "label": "Ash", "when": "width > 20"},
            ],
        },
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "number": {"first": 10, "last": 40, "step": 10},
        },
        {
            "key": "extras",
            "kind": "multi",
            "label": "Extras",
            "at_least": 1,
            "at_most": 2,
            "when": "wood is oak",
            "values": [
                {"key": "lid", "label": "Lid"},
                {"key": "lock", "label": "Lock"},
                {"key": "tag", "label": "Tag"},
            ],
        },
        {"key": "lined", "kind": "boolean", "label": "Lined"},
        {
            "key": "words",
            "kind": "text",
            "label": "Words",
            "required": False,
            "text": {"max_length": 5},
        },
        {"key": "paint", "kind": "colour", "label": "Paint", "required": False},
    ],
    "rules": [{"key": "lined_words", "when": "lined", "then": "given(words)"}],
    "tables": [
        {"key": "sizes", "options": ["wood", "width"], "rows": [["oak", "10..30"], ["ash", 40]]},
        {"key": "never", "options": ["wood", "lined"], "rows": [["ash", True]], "allows": False},
    ],
}
GOOD = {"wood": "oak", "width": Decimal(20), "extras": ("lid",), "lined": False}


@pytest.fixture(scope="module")
def wall() -> Wall:
    return Wall(read(DOCUMENT))


def broken(wall: Wall, **changes: Any) -> set[tuple[str, str]]:
    values = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return {(constraint.reason.kind, constraint.reason.key) for constraint in wall.broken(values)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"wood": "elm"}, {("domain", "wood"), ("table", "sizes"), ("option_condition", "extras")}),
        ({"wood": None, "extras": None}, {("required", "wood")}),
        ({"width": Decimal(15)}, {("domain", "width")}),
        ({"width": Decimal(40)}, {("table", "sizes")}),
        ({"wood": "ash", "extras": None}, {("value_condition", "wood.ash"), ("table", "sizes")}),
        ({"wood": "ash", "width": Decimal(40), "extras": None}, set()),
        (
            {"wood": "ash", "width": Decimal(40), "extras": ("lid",)},
            {("option_condition", "extras")},
        ),
        ({"extras": ("lid", "tag", "lock")}, {("count", "extras"), ("domain", "extras")}),
        ({"extras": ()}, {("count", "extras")}),
        ({"lined": None}, {("required", "lined")}),
        ({"lined": True}, {("rule", "lined_words")}),
        ({"lined": True, "words": "Ada"}, set()),
        ({"words": "too long"}, {("domain", "words")}),
        ({"paint": "red"}, {("domain", "paint")}),
        ({"paint": "#0b6e4f"}, set()),
        (
            {"wood": "ash", "width": Decimal(40), "extras": None, "lined": True, "words": "Ada"},
            {("table", "never")},
        ),
    ],
)
def test_each_constraint_is_tested_by_itself(wall, changes, expected):
    assert broken(wall, **changes) == expected


def test_what_passed_before_does_not_hide_what_breaks_now(wall):
    assert broken(wall) == set()
    assert broken(wall, width=Decimal(40)) == {("table", "sizes")}
    assert broken(wall, width=Decimal(30)) == set()
    assert broken(wall, lined=None) == {("required", "lined")}


def test_the_wall_finds_nothing_where_the_engine_finds_nothing():
    product = compile_product(desk())
    assert product.wall.broken({"top": "glass", "frame": "oak"})


@pytest.mark.database
def test_what_breaks_a_constraint_is_refused_at_the_order_and_logged(db, monkeypatch, caplog):
    make_shop()
    offer = published("joinery", "desk")
    with monkeypatch.context() as patched:
        # The engine is right; here it is made to overlook what the wall sees.
        patched.setattr(Wall, "broken", lambda wall, values: wall._constraints[:1])
        with caplog.at_level(logging.ERROR, "configurator.answering"):
            evaluation = follow(offer, {}, quantity=7)
        assert (evaluation.complete, evaluation.ready, bool(evaluation.fault)) == (
            False,
            False,
            True,
        )
        assert "complete that breaks domain" in caplog.text
        with pytest.raises(NotReady, match="By a fault of ours"):
            fit_to_order(evaluation)
        with pytest.raises(NotReady):
            complete_choices(offer, {}, quantity=7)
