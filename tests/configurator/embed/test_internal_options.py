"""Options that shoppers never see: no answer of the widget or of a narrow key names them, and
everything reads them.
"""

import base64
import re
from urllib.parse import unquote

import pytest

from catalog.errors import Refusal
from catalog.operations import publish
from catalog.product_model import write
from configurator.models import Configuration
from integrations.access.scopes import INTERNAL, SCOPES
from pricing.operations import import_product
from pricing.product_file import read_document
from tests.api import Api, told
from tests.embed import Shopper
from tests.factories import make_merchant
from tests.integrations.api.test_isolation import OPERATIONS

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PRODUCT = {
    "product": "desk",
    "name": "Desk",
    "price_lists": [
        {"key": "retail", "name": "Retail", "currency": "EUR", "tax_rate": 0, "is_default": True}
    ],
    "options": [
        {
            "key": "top",
            "label": "Top",
            "kind": "choice",
            "default": "oak",
            "values": [
                {"key": "oak", "label": "Oak"},
                {"key": "glass", "label": "Glass"},
                {"key": "stone", "label": "Stone"},
            ],
        },
        {
            "key": "clientele",
            "label": "Buyer sort",
            "kind": "choice",
            "default": "walkin",
            "internal": True,
            "values": [
                {"key": "walkin", "label": "Passant"},
                {"key": "reseller", "label": "Wiederverkauf"},
                {"key": "banned", "label": "Gesperrt"},
            ],
        },
        {
            "key": "rebate",
            "label": "Hausrabatt",
            "kind": "number",
            "default": 0,
            "internal": True,
            "number": {"first": 0, "last": 50, "step": 5},
        },
        {
            "key": "drawers",
            "label": "Drawers",
            "kind": "number",
            "number": {"first": 0, "last": 4},
            "default": 1,
        },
    ],
    "derived": [
        {"key": "inside", "label": "Inside", "formula": "1 - rebate / 100"},
        {
            "key": "told_factor",
            "label": "Factor",
            "formula": "if clientele = reseller then 2 else 1",
            "shown": True,
        },
    ],
    "rules": [
        {"key": "stone_for_resellers", "when": "top = stone", "then": "clientele = reseller"},
        {"key": "few", "when": "clientele = reseller", "then": "drawers <= 2"},
    ],
    "price_lines": [
        {"key": "base", "label": "Desk", "amount": "100 * inside"},
        {"key": "trade", "label": "Trade", "amount": -20, "when": "clientele = reseller"},
    ],
    "bom_lines": [{"key": "top", "label": "Top", "part": "TOP-{top}"}],
}
SECRET = (
    "clientele",
    "Buyer sort",
    "walkin",
    "Passant",
    "reseller",
    "Wiederverkauf",
    "banned",
    "rebate",
    "Hausrabatt",
    "inside",
)


@pytest.fixture
def merchant():
    merchant = make_merchant("joinery")
    publish(import_product(merchant, read_document(PRODUCT), with_prices=True))
    return merchant


@pytest.fixture
def erp(merchant):
    return Api(merchant)


@pytest.fixture
def shop(merchant):
    return Api(merchant, [each for each in SCOPES if each not in (INTERNAL, "catalog:check")])


@pytest.fixture
def dealer(erp):
    """Return the id of a configuration that another system made for a reseller."""
    choices = {"top": "glass", "clientele": "reseller", "rebate": 10}
    return told(erp.post("configurations", {"product": "desk", "choices": choices}))["id"]


def said(response):
    """Return all that an answer says, in headers, page and the payload of tokens within."""
    text = f"{response.content.decode()} {response.headers}"
    for part in re.findall(r"[A-Za-z0-9_-]{20,}", text):
        whole = part[: len(part) // 4 * 4]
        text += " " + base64.urlsafe_b64decode(whole).decode(errors="ignore")
    return unquote(text)


def assert_silent(response, where=""):
    text = said(response)
    assert response.status_code < 500, where
    found = [name for name in SECRET if re.search(rf"(?<![a-z_]){name}(?![a-z_])", text)]
    assert found == [], where


MOVES = ({"top": "stone"}, {"drawers": "4"}, {"drawers": "99"}, {"top": "glass", "drawers": "2"})


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("made_by", ["shopper", "system"])
def test_a_crawl_of_the_widget_finds_no_trace_of_them(client, merchant, dealer, htmx, made_by):
    query = f"?prices-of={dealer}" if made_by == "system" else "?drawers=3"
    shopper = Shopper(client, "/embed/joinery/desk/", htmx)

    def look(page, what):
        assert page.status in (200, 409, 422), what
        assert_silent(page.response, what)

    look(shopper.opens(query), "opened")
    for button in shopper.page.buttons:
        if button[0] != "complete":
            shopper.opens(query)
            look(shopper.presses(*button), button)
    for inputs in MOVES:
        shopper.opens(query)
        look(shopper.chooses(**inputs), inputs)
        changed = shopper.page
        for button in changed.buttons:
            if button[0] in ("why", "apply", "more", "rest", "step"):
                shopper.page = changed
                look(shopper.presses(*button), (inputs, button))
        for why in ("top", "drawers", "clientele"):
            shopper.page = changed
            look(
                shopper.presses("why", why), (inputs, why)
            ) if why != "clientele" else shopper.presses("why", why)


def test_completing_tells_the_shop_nothing_of_them(client, merchant, dealer):
    shopper = Shopper(client, "/embed/joinery/desk/", htmx=True)
    page = shopper.opens(f"?prices-of={dealer}&top=glass")
    assert "70.00" in page.words
    done = shopper.presses("complete")
    row = Configuration.objects.latest("pk")
    assert (row.choices["clientele"], row.choices["rebate"], row.total) == ("reseller", 10, 70)
    assert_silent(done.response)
    assert done.data("completed")["choices"] == {"top": "glass"}
    assert_silent(client.get(f"/embed/joinery/desk/c/{row.public_id}/"))
    again = client.get(f"/embed/joinery/desk/c/{row.public_id}/").content.decode()
    assert f"prices-of={row.public_id}" in again


def test_a_configuration_of_another_system_opens_with_what_that_chose(client, merchant, dealer):
    response = client.get(f"/embed/joinery/desk/c/{dealer}/")
    assert "clientele" not in response["Location"]
    shopper = Shopper(client, "/embed/joinery/desk/")
    page = shopper.opens(response["Location"].removeprefix("/embed/joinery/desk/"))
    assert "70.00" in page.words
    assert "70.00" in shopper.chooses(drawers="2").words
    refused = shopper.chooses(drawers="4")
    assert "The product is not offered in this way." in refused.words
    assert "70.00" in shopper.presses("undo").words


@pytest.mark.parametrize("given", ["clientele=reseller", "o.clientele=reseller", "rebate=50"])
def test_no_address_sets_them(client, merchant, given):
    page = Shopper(client, "/embed/joinery/desk/").opens(f"?{given}")
    assert "100.00" in page.words
    assert page.values("state") == [""]


def test_no_form_sets_them(client, merchant):
    shopper = Shopper(client, "/embed/joinery/desk/")
    shopper.opens()
    assert "100.00" in shopper.chooses(clientele="reseller").words
    assert "100.00" in shopper.presses("apply", "rebate=50").words
    refused = shopper.presses("set", "rebate=50")
    assert refused.status == 400
    assert "100.00" in refused.words


def test_no_answer_of_the_api_tells_them_without_the_scope(merchant, erp, shop, dealer):
    for method, path, operation in OPERATIONS:
        address = path.replace("{id}", dealer).replace(
            "{key}", "desk" if path.startswith("products") else "retail"
        )
        content = operation.get("requestBody", {}).get("content", {})
        body = content["application/json"]["example"] if content else None
        if method in ("GET", "POST") and "complete" not in path:
            assert_silent(shop.call(method, address, body), address)
    asked = {"choices": {"drawers": 4}, "trace": True, "complete": "cheapest"}
    assert_silent(shop.post("products/desk/evaluate", asked))
    assert_silent(
        shop.post(
            "products/desk/evaluate", {"choices": {"top": "glass"}, "changes": {"drawers": 3}}
        )
    )
    assert_silent(
        shop.call("PATCH", f"configurations/{dealer}/choices", {"changes": {"drawers": 4}})
    )
    for value in ("stone", "glass"):
        assert_silent(
            shop.post("products/desk/explain", {"choices": {}, "option": "top", "value": value})
        )
    assert_silent(shop.post("quotes", {"configuration": dealer}))


def test_without_the_scope_there_is_no_such_option(shop):
    for choices in ({"clientele": "reseller"}, {"clientel": "x"}):
        response = shop.post("products/desk/evaluate", {"choices": choices})
        assert response.status_code == 400
        assert "did you mean" not in told(response)["detail"]
    assert shop.post("products/desk/evaluate", {"choices": {}, "why": True}).status_code == 403


def test_with_the_scope_another_system_sets_and_reads_them(erp, shop, dealer):
    found = told(erp.post("products/desk/evaluate", {"choices": {"clientele": "reseller"}}))
    assert (found["price"]["total"], found["values"]["clientele"]) == ("80.00", "reseller")
    assert {"clientele", "rebate"} <= {
        each["key"] for each in told(erp.get("products/desk"))["options"] if each["internal"]
    }
    changed = told(
        shop.call("PATCH", f"configurations/{dealer}/choices", {"changes": {"drawers": 2}})
    )
    assert changed["choices"] == {"top": "glass", "drawers": 2}
    assert changed["evaluation"]["price"]["total"] == "70.00"
    assert told(erp.get(f"configurations/{dealer}"))["choices"]["clientele"] == "reseller"


def test_a_quote_holds_for_what_its_token_has_encrypted(erp):
    made = told(
        erp.post("quotes", {"product": "desk", "choices": {"clientele": "reseller", "rebate": 50}})
    )
    assert made["claims"]["choices"] == {}
    found = told(erp.post("quotes/verify", {"token": made["token"]}))
    assert (found["valid"], found["changed"]) == (True, [])


def test_the_rest_is_chosen_beside_internal_values_as_they_are(shop):
    found = told(shop.post("products/desk/evaluate", {"choices": {}, "complete": "cheapest"}))[
        "completion"
    ]
    assert (found["price"]["total"], found["changes"]) == ("100.00", {})


def test_repairs_leave_internal_choices_alone(erp):
    response = erp.post(
        "products/desk/evaluate", {"choices": {"clientele": "reseller"}, "changes": {"drawers": 4}}
    )
    assert all("clientele" not in repair for repair in told(response)["repairs"])


@pytest.mark.parametrize(
    "change",
    [
        {
            "options": [{**PRODUCT["options"][1], "default": None}],
            "rules": [],
            "price_lines": [],
            "derived": [],
            "bom_lines": [],
        },
        {"presets": [{"key": "trade", "label": "Trade", "choices": {"clientele": "reseller"}}]},
    ],
)
def test_what_nobody_could_answer_is_not_published(merchant, change):
    document = {**PRODUCT, **change, "product": "other", "price_lists": []}
    document["options"] = [
        {k: v for k, v in each.items() if v is not None} for each in document["options"]
    ]
    with pytest.raises(Refusal, match=r"[Ss]hoppers never see"):
        publish(import_product(merchant, read_document(document)))


def test_what_is_not_internal_is_written_as_before():
    document = {
        **PRODUCT,
        "options": PRODUCT["options"][:1],
        "derived": [],
        "rules": [],
        "price_lines": [],
    }
    assert "internal" not in write(read_document(document).model)["options"][0]
