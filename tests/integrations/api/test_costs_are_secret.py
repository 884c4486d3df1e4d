"""No answer of the API tells a cost, or what is made of one, to a key without the scope for it."""

import re
from decimal import Decimal

import pytest

from catalog.operations import publish
from integrations.access.scopes import COSTS, SCOPES
from pricing.operations import import_product
from pricing.product_file import read_document
from tests.api import Api, told
from tests.factories import make_merchant
from tests.integrations.api.test_isolation import OPERATIONS

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PRODUCT = {
    "product": "desk",
    "name": "Desk",
    "price_lists": [
        {
            "key": "retail",
            "name": "Retail",
            "currency": "EUR",
            "tax_rate": 19,
            "amounts_are": "net",
            "is_default": True,
        },
        {
            "key": "staff",
            "name": "Staff",
            "currency": "EUR",
            "tax_rate": 19,
            "amounts_are": "net",
            "derived": {"of": "retail", "take": "costs", "factor": Decimal("1.37")},
        },
        {
            "key": "floor",
            "name": "Floor",
            "currency": "EUR",
            "tax_rate": 19,
            "amounts_are": "net",
            "derived": {"of": "retail", "percent": -90},
            "least_over_cost": 7,
        },
    ],
    "options": [
        {
            "key": "top",
            "label": "Top",
            "kind": "choice",
            "default": "oak",
            "values": [{"key": "oak", "label": "Oak"}, {"key": "glass", "label": "Glass"}],
        }
    ],
    "price_lines": [
        {"key": "base", "label": "Desk", "amount": 500, "cost": Decimal("171.37")},
        {
            "key": "top",
            "label": "Top",
            "option": "top",
            "amounts": {"oak": 100, "glass": 150},
            "costs": {"oak": Decimal("41.13"), "glass": Decimal("52.29")},
        },
    ],
}
# Costs, sums of them, margins, and margins in percent of the net price: what a key with the scope
# is told.
SECRETS = ("171.37", "41.13", "52.29", "212.50", "387.50", "64.58", "223.66", "426.34", "65.59")
MARGINS = [
    {"key": "thin", "measure": "margin_below", "limit": 9999, "currency": "EUR"},
    {"key": "thin_percent", "measure": "margin_percent_below", "limit": 99},
]
BELOW = {"rows": [{"product": "desk", "line": "base", "amount": "3"}], "dry_run": True}


@pytest.fixture
def merchant():
    merchant = make_merchant("joinery")
    publish(import_product(merchant, read_document(PRODUCT), with_prices=True))
    return merchant


@pytest.fixture
def knowing(merchant):
    api = Api(merchant)
    for each in MARGINS:
        assert api.post("price-thresholds", each).status_code == 201
    return api


def walked(api, made):
    """Return the answer of every operation, by its id, as text; further ones where costs could
    show.
    """
    place = {"{key}": "desk", "{id}": made["id"]}
    keys = {"price-lists": "staff", "price-thresholds": "thin"}
    found = {}
    for method, path, operation in OPERATIONS:
        address = path
        for part, value in {**place, "{key}": keys.get(path.partition("/")[0], "desk")}.items():
            address = address.replace(part, value)
        content = operation.get("requestBody", {}).get("content", {})
        body = content["application/json"]["example"] if content else None
        if method in ("GET", "POST"):
            found[operation["operationId"]] = api.call(method, address, body).content.decode()
    for price_list in ("retail", "staff", "floor"):
        asked = {
            "choices": {},
            "price_list": price_list,
            "why": True,
            "trace": True,
            "complete": "cheapest",
        }
        found[f"why in {price_list}"] = api.post("products/desk/evaluate", asked).content.decode()
        found[f"quote in {price_list}"] = api.post(
            "quotes", {"product": "desk", "choices": {}, "price_list": price_list}
        ).content.decode()
    found["passed"] = api.get("configurations?threshold=thin").content.decode()
    found["below"] = api.post("price-lists/retail/amounts", BELOW).content.decode()
    return found


def numbers(text):
    return set(re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", text))


def test_no_answer_tells_a_cost_or_a_margin_without_the_scope(merchant, knowing):
    made = told(
        knowing.post(
            "configurations", {"product": "desk", "choices": {"top": "oak"}, "complete": True}
        )
    )
    narrow = walked(Api(merchant, [each for each in SCOPES if each != COSTS]), made)
    for name, text in narrow.items():
        assert numbers(text).isdisjoint(SECRETS), name
        assert '"margin' not in text.replace('"measure":"margin', ""), name
    assert told_thresholds(narrow["getConfiguration"]) == []
    assert made["id"] not in narrow["passed"]
    assert '"below_cost":null' in narrow["below"]
    assert "lower than cost" not in narrow["below"]


def told_thresholds(text):
    return (
        re.findall(r'"reached_thresholds":\[(.*?)\]', text)
        if '"reached_thresholds":[]' not in text
        else []
    )


def test_with_the_scope_they_are_told(knowing):
    made = told(
        knowing.post(
            "configurations", {"product": "desk", "choices": {"top": "oak"}, "complete": True}
        )
    )
    wide = walked(knowing, made)
    assert {
        each["measured"]
        for each in told(knowing.get(f"configurations/{made['id']}"))["reached_thresholds"]
    } == {
        "387.50",
        "64.58",
    }
    assert made["id"] in wide["passed"]
    assert '"below_cost":1' in wide["below"]
    assert (
        "212.50"
        in knowing.post("products/desk/evaluate", {"choices": {}, "costs": True}).content.decode()
    )
