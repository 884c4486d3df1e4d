"""A date on the page: the browser's own input, what is typed there, and what is said of days that
are no answers.
"""

import pytest
from django.test import Client

from catalog.product_model import read
from tests.api import make_shop
from tests.embed import Shopper

pytestmark = pytest.mark.database

WARDROBE = {
    "product": "wardrobe",
    "name": "Wardrobe",
    "options": [
        {"key": "tall", "kind": "boolean", "label": "Tall"},
        {
            "key": "delivery",
            "kind": "date",
            "label": "Delivery",
            "date": {
                "first": "2026-12-01",
                "last": "2026-12-31",
                "working_days": True,
                "closed": ["2026-12-25"],
            },
        },
    ],
    "rules": [
        {
            "key": "notice",
            "when": "tall",
            "then": 'delivery >= "2026-12-10"',
            "message": "Tall ones take time.",
        }
    ],
    "price_lines": [
        {"key": "base", "label": "Wardrobe", "amount": 100},
        {"key": "express", "label": "Express", "amount": 40, "when": 'delivery < "2026-12-08"'},
    ],
}


@pytest.fixture
def shopper(db: None, client: Client) -> Shopper:
    make_shop(model=read(WARDROBE))
    return Shopper(client, "/embed/joinery/wardrobe/")


def test_a_day_is_chosen_in_the_browsers_own_input_and_changes_the_price(shopper):
    page = shopper.opens()
    assert '<input type="date" name="o.delivery"' in page.text
    assert 'min="2026-12-01" max="2026-12-31"' in page.text
    page = shopper.chooses(delivery="2026-12-04")
    assert page.values("o.delivery") == ["2026-12-04"]
    assert "December 4, 2026" in page.section("o-delivery")
    assert page.data("message")["complete"] is True
    assert "140" in page.words


def test_a_day_that_is_no_answer_stays_in_the_input_with_the_reason(shopper):
    shopper.opens()
    page = shopper.chooses(delivery="2026-12-05")
    assert page.values("o.delivery") == ["2026-12-05"]
    assert "Saturday or Sunday" in page.section("o-delivery")
    assert "nobody works" in shopper.chooses(delivery="2026-12-25").section("o-delivery")


def test_a_day_that_a_rule_forbids_is_refused_with_the_rule(shopper):
    page = shopper.opens("?tall=true")
    assert "December 10, 2026 to December 31, 2026, Monday to Friday" in page.section("o-delivery")
    page = shopper.chooses(delivery="2026-12-04")
    assert page.status == 409
    assert "Tall ones take time." in page.words


def test_a_shared_address_holds_the_day(shopper):
    assert shopper.opens("?delivery=2026-12-16").values("o.delivery") == ["2026-12-16"]
