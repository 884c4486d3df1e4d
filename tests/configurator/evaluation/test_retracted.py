"""Choices that go with a change, since it switches their options off: no conflict, but said, and
undoable.
"""

from typing import Any

import pytest
from django.test import Client

from catalog.product_model import read
from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from tests.api import RETAIL, Api, make_shop, told
from tests.embed import Shopper

CARD: dict[str, Any] = {
    "product": "card",
    "name": "Card",
    "options": [
        {"key": "gift", "kind": "boolean", "label": "Gift"},
        {
            "key": "wrap",
            "kind": "choice",
            "label": "Wrap",
            "when": "gift",
            "values": [{"key": "red", "label": "Red"}],
        },
        {
            "key": "bow",
            "kind": "choice",
            "label": "Bow",
            "required": False,
            "when": "wrap is red",
            "values": [{"key": "big", "label": "Big"}, {"key": "small", "label": "Small"}],
        },
        {
            "key": "size",
            "kind": "choice",
            "label": "Size",
            "default": "a",
            "values": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}],
        },
        {
            "key": "plain",
            "kind": "text",
            "label": "Plain words",
            "required": False,
            "when": "not gift",
        },
    ],
    "rules": [
        {"key": "small_gifts", "when": "gift", "then": "size is a", "message": "Gifts are small."}
    ],
    "price_lines": [{"key": "base", "label": "Card", "amount": 3}],
}
CHOSEN = {"gift": True, "wrap": "red", "bow": "big"}


@pytest.fixture(scope="module")
def card():
    product = compile_product(read(CARD))
    prices = compile_prices(product.model, InForce(RETAIL))
    return lambda choices, changes: evaluate(product, prices, choices, changes)


def test_what_a_tick_opened_goes_when_it_is_taken_back(card):
    evaluation = card(CHOSEN, {"gift": False})
    assert evaluation.conflict is None
    assert evaluation.choices == {"gift": False}
    assert evaluation.retracted == {"wrap": "red", "bow": "big"}


def test_what_stays_possible_stays(card):
    evaluation = card({**CHOSEN, "size": "a"}, {"gift": False})
    assert (evaluation.choices, set(evaluation.retracted)) == (
        {"gift": False, "size": "a"},
        {"wrap", "bow"},
    )


def test_a_tick_that_is_retracted_does_not_stand_because_of_what_it_opened(card):
    evaluation = card(CHOSEN, {"gift": None})
    assert (evaluation.choices, evaluation.values["gift"]) == ({}, False)
    assert evaluation.retracted == {"wrap": "red", "bow": "big"}


def test_retracting_what_others_only_allow_retracts_nothing_else(card):
    evaluation = card({"gift": True, "wrap": "red", "bow": "big"}, {"bow": None})
    assert (evaluation.choices, evaluation.retracted) == ({"gift": True, "wrap": "red"}, {})


def test_a_clash_of_two_wishes_stays_a_conflict(card):
    evaluation = card({"size": "b", "plain": "Ada"}, {"gift": True})
    assert [reason.key for reason in evaluation.conflict.rules] == ["small_gifts"]
    assert (evaluation.choices, evaluation.retracted) == ({"size": "b", "plain": "Ada"}, {})


def test_two_changes_that_clash_with_each_other_stay_a_conflict(card):
    assert card({}, {"gift": False, "wrap": "red"}).conflict is not None


def test_an_ordinary_change_takes_nothing_back(card):
    assert card(CHOSEN, {"bow": "small"}).retracted == {}


@pytest.mark.parametrize("first", ["gift", "wrap", "bow"])
def test_the_order_in_which_choices_come_changes_nothing(card, first):
    turned = {first: CHOSEN[first], **dict(reversed(CHOSEN.items()))}
    found, turned_found = card(CHOSEN, {"gift": False}), card(turned, {"gift": False})
    assert list(found.choices.items()) == list(turned_found.choices.items())
    assert list(found.retracted.items()) == list(turned_found.retracted.items())


@pytest.mark.database
def test_the_api_names_what_went_and_keeps_the_rest(db):
    api = Api(make_shop())
    row = told(
        api.post("configurations", {"product": "desk", "choices": {"top": "oak", "engraved": True}})
    )
    api.patch(f"configurations/{row['id']}/choices", {"changes": {"engraving": "Ada"}})
    answer = api.patch(f"configurations/{row['id']}/choices", {"changes": {"engraved": False}})
    assert answer.status_code == 200
    assert told(answer)["evaluation"]["retracted"] == {"engraving": "Ada"}
    kept = told(api.get(f"configurations/{row['id']}"))
    assert kept["choices"] == {"top": "oak", "engraved": False}


@pytest.mark.database
def test_the_page_says_what_went_and_undo_brings_it_back(db, client: Client):
    make_shop()
    shopper = Shopper(client, "/embed/joinery/desk/")
    shopper.opens("?top=oak&engraved=true&engraving=Ada&step=size")
    page = shopper.chooses(engraved="")
    assert page.status == 200
    assert "These choices went with it: Engraving (Ada). Undo brings them back." in page.words
    assert "engraving" not in page.data("message")["choices"]
    assert shopper.presses("undo").data("message")["choices"]["engraving"] == "Ada"
