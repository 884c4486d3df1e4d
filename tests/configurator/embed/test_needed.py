"""What the rules ask for, as the page tells it: "needed" in place of "optional", and rules in their
own words.
"""

from typing import Any

import pytest
from django.test import Client

from catalog.product_model import read
from tests.api import make_shop
from tests.embed import Shopper

pytestmark = pytest.mark.database

RED_AND_BLUE = [{"key": "red", "label": "Red"}, {"key": "blue", "label": "Blue"}]
CARD: dict[str, Any] = {
    "product": "card",
    "name": "Card",
    "options": [
        {"key": "own", "kind": "boolean", "label": "Own text"},
        {"key": "words", "kind": "text", "label": "Words", "required": False},
        {
            "key": "cover",
            "kind": "choice",
            "label": "Cover",
            "required": False,
            "values": RED_AND_BLUE,
        },
        {"key": "lined", "kind": "boolean", "label": "Lined"},
    ],
    "rules": [
        {
            "key": "own_words",
            "when": "own",
            "then": "given(words)",
            "message": "Tell us the words.",
        },
        {
            "key": "some",
            "then": "given(cover) or lined",
            "message": "Take a cover, or have it lined.",
        },
    ],
    "price_lines": [{"key": "base", "label": "Card", "amount": 3}],
}


@pytest.fixture
def shopper(db: None, client: Client) -> Shopper:
    make_shop(model=read(CARD))
    return Shopper(client, "/embed/joinery/card/")


def test_an_option_that_a_rule_asks_for_is_needed_and_no_longer_optional(shopper):
    assert "optional" in shopper.opens("?lined=true").section("o-words")
    section = shopper.chooses(own="true").section("o-words")
    assert "needed" in section
    assert "optional" not in section


def test_where_several_would_do_each_says_the_rule(shopper):
    page = shopper.opens()
    assert "Take a cover, or have it lined." in page.section("o-cover")
    assert "Take a cover, or have it lined." in page.section("o-lined")
    assert "optional" not in page.section("o-cover")
    assert page.data("message")["complete"] is False


def test_what_was_said_goes_once_it_is_answered(shopper):
    shopper.opens()
    page = shopper.chooses(lined="true")
    assert "Take a cover" not in page.words
    assert page.data("message")["complete"] is True


def test_the_order_is_stopped_with_the_rule_in_its_own_words(shopper):
    shopper.opens()
    page = shopper.presses("complete")
    assert page.status == 422
    assert "Take a cover, or have it lined." in page.words
    page = shopper.presses("complete", lined="true", own="true")
    assert page.status == 422
    assert ("goto", "words") in page.buttons
