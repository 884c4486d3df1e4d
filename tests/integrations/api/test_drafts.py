"""Drafts over the API: keys renamed, and links that show a draft."""

from typing import Any

import pytest
from django.test import Client

from catalog import drafts
from catalog.models import Merchant
from catalog.renaming import Name, renamed
from tests.api import Api, told
from tests.examples.desk import desk

pytestmark = pytest.mark.database

RENAME = {"kind": "option", "key": "top", "to": "worktop"}


def test_a_key_is_renamed_and_asking_again_changes_nothing(api: Api, shop: Merchant) -> None:
    first = told(api.post("products/desk/rename", RENAME))
    assert {
        "path": "rules/glass_needs_steel/when",
        "before": "top == glass",
        "after": "worktop == glass",
    } in first["places"]
    assert (
        drafts.read(shop.products.get(key="desk"))
        == renamed(desk(), {Name("option", "top"): "worktop"}).model
    )
    assert told(api.post("products/desk/rename", RENAME)) == {
        "product": "desk",
        "places": [],
        "doubts": [],
    }


def test_an_amount_kept_for_versions_published_before_says_so(api: Api, shop: Merchant) -> None:
    api.post(
        "price-lists/retail/amounts", {"rows": [{"product": "desk", "line": "base", "amount": 300}]}
    )
    api.post("products/desk/rename", {"kind": "price_line", "key": "base", "to": "start"})
    rows = told(api.get("price-lists/retail/amounts"))["data"]
    assert [(row["line"], row["earlier"]) for row in rows] == [("base", True), ("start", False)]


def test_a_trial_keeps_nothing(api: Api, shop: Merchant) -> None:
    answer = told(api.post("products/desk/rename", {**RENAME, "dry_run": True}))
    assert len(answer["places"]) == 6
    assert drafts.read(shop.products.get(key="desk")) == desk()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"key": "tpo"}, 404, "not-found"),
        ({"to": "frame"}, 409, "key-taken"),
        ({"to": "and"}, 400, "malformed"),
        ({"to": "Top"}, 400, "malformed-input"),
        ({"kind": "thing"}, 400, "malformed-input"),
        ({"kind": "value"}, 400, "malformed-input"),
        ({"option": "top"}, 400, "malformed-input"),
    ],
)
def test_what_cannot_be_renamed_is_refused(
    api: Api, change: dict[str, Any], status: int, code: str
) -> None:
    answer = api.post("products/desk/rename", {**RENAME, **change})
    assert (answer.status_code, told(answer)["code"]) == (status, code)


def test_a_link_shows_the_draft(api: Api, client: Client) -> None:
    answer = told(api.post("products/desk/draft-links", {"days": 1}))
    page = client.get(answer["url"].removeprefix("http://testserver"))
    assert page.status_code == 200
    assert answer["draft"] in page.content.decode()


@pytest.mark.parametrize("days", [0, 15, "7", True])
def test_a_link_of_other_days_is_refused(api: Api, days: Any) -> None:
    answer = api.post("products/desk/draft-links", {"days": days})
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")


@pytest.mark.parametrize("path", ["products/none/rename", "products/none/draft-links"])
def test_a_product_of_nobody_is_not_found(api: Api, path: str) -> None:
    assert api.post(path, RENAME if path.endswith("rename") else {}).status_code == 404
