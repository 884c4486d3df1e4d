"""What the shop's page is told once a configuration is completed: all that a line of its cart
shows.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import ProductModel
from configurator.models import Configuration
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import make_shop
from tests.catalog.modules import wardrobe
from tests.embed import Shopper
from tests.examples.desk import DESK, desk

pytestmark = pytest.mark.database

DOCS = Path(__file__).parents[3] / "docs" / "api"
SCHEMA = json.loads((DOCS / "completed-event.schema.json").read_text())


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


def completed(client: Client, query: str = "", product: str = "desk") -> dict[str, Any]:
    shopper = Shopper(client, f"/embed/joinery/{product}/", htmx=True)
    shopper.opens(query)
    told: dict[str, Any] = shopper.presses("complete").data("completed")
    return told


def test_a_line_of_a_cart_finds_all_it_shows_in_the_buyers_language(
    shop: Merchant, client: Client
) -> None:
    told = completed(client, "?lang=de&top=glass&width=1500&quantity=2")
    row = Configuration.objects.get()
    assert (told["name"], told["language"], told["quantity"]) == ("Schreibtisch", "de", 2)
    assert told["lines"][:3] == [
        {"option": "frame", "label": "Gestell", "value": "Stahl"},
        {"option": "top", "label": "Platte", "value": "Glas"},
        {"option": "width", "label": "Breite", "value": "1500 mm"},
    ]
    assert told["url"] == f"http://testserver/embed/joinery/desk/c/{row.public_id}/?lang=de"
    assert told["lead_time_days"] == row.stored["lead_time"]["days"]
    assert told["price"]["shown_text"].endswith("€")


def test_the_parts_of_the_price_add_up_to_it(shop: Merchant, client: Client) -> None:
    told = completed(client, "?top=glass&quantity=3")
    parts = told["price"]
    assert [each["label"] for each in parts["lines"]] == ["Desk", "Top: Glass"]
    assert sum(Decimal(each["amount"]) for each in parts["lines"]) == Decimal(parts["unit_total"])
    assert Decimal(parts["unit_total"]) * 3 == Decimal(told["total"])


def test_the_picture_of_what_was_configured_is_there_or_null(
    shop: Merchant, client: Client
) -> None:
    assert completed(client)["picture"] is None


@pytest.mark.parametrize("model", [desk(product="other"), wardrobe()])
def test_what_is_told_follows_its_schema(
    shop: Merchant, client: Client, model: ProductModel
) -> None:
    publish(import_product(shop, ProductFile(model, ())))
    told = completed(client, product=model.product)
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(told)
    assert told["lines"]


def test_the_schema_and_the_page_about_events_name_each_member(
    shop: Merchant, client: Client
) -> None:
    told: Mapping[str, Any] = completed(client)
    assert set(told) == set(SCHEMA["properties"])
    page = (DOCS / "embed-events.md").read_text()
    section = page[page.index("What was kept, in `completed`") : page.index("It is sent once")]
    assert [name for name in told if f"`{name}`" not in section] == []


def test_internal_options_are_told_in_no_line(db: None, client: Client) -> None:
    options = [
        {**each, "internal": True} if each["key"] == "depth" else each
        for each in json.loads(json.dumps(DESK["options"]))
    ]
    make_shop(model=desk(options=options, presets=[], tables=[]))
    told = completed(client)
    assert "depth" not in [each["option"] for each in told["lines"]]
