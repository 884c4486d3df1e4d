"""Publishable keys: what they open, from which pages, and what they never tell."""

import pytest

from integrations.access.errors import KeyRefused
from integrations.access.models import ApiKey
from integrations.access.operations import (
    create_api_key,
    create_publishable_key,
    revoke_api_key,
)
from integrations.access.publishable import SHOPPER_OPERATIONS, WITHHELD
from tests.api import Api, make_shop, told
from tests.integrations.api.test_isolation import OPERATIONS, example_body, within

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PAGE = "https://shop.example"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def page(shop):
    """A caller with a publishable key; it still has to say from which page it calls."""
    return Api(
        None, secret=create_publishable_key(shop, "Shop", [PAGE, "http://localhost:3000"])[1]
    )


def preflight(api, path, origin):
    return api.call(
        "OPTIONS",
        path,
        Origin=origin,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,content-type",
    )


def test_a_page_evaluates_and_reads_the_answer(page):
    answer = page.post("products/desk/evaluate", {"choices": {"top": "oak"}}, Origin=PAGE)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert page.secret.startswith("cfg_pk_")


@pytest.mark.parametrize(
    "origin", [None, "https://other.example", "null", "https://shop.example.evil.example"]
)
def test_it_opens_nothing_from_elsewhere(page, origin):
    headers = {} if origin is None else {"Origin": origin}
    answer = page.post("products/desk/evaluate", {"choices": {}}, **headers)

    assert (answer.status_code, told(answer)["code"]) == (403, "origin-refused")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_that_asks_first_is_answered_for_sites_of_a_key_only(page):
    listed = preflight(page, "products/desk/evaluate", PAGE)
    other = preflight(page, "products/desk/evaluate", "https://other.example")

    assert listed.status_code == other.status_code == 204
    assert listed.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Authorization" in listed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in listed.headers
    assert "Access-Control-Allow-Origin" not in other.headers


def test_the_site_of_a_revoked_key_is_no_longer_let_in(page):
    revoke_api_key(ApiKey.objects.get())

    assert "Access-Control-Allow-Origin" not in preflight(page, "products", PAGE).headers


def test_a_secret_key_is_never_shared_with_pages(shop):
    answer = Api(shop).get("products", Origin=PAGE)

    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_it_opens_what_a_shopper_may_do_and_nothing_else(shop, page):
    made = told(Api(shop).post("configurations", {"product": "desk", "choices": {}}))
    opened = set()
    for method, path, operation in OPERATIONS:
        address = within(path).replace("{key}", "desk").replace("{id}", made["id"])
        address = address.replace("{name}", "a.png")
        answer = page.call(method, address, example_body(operation), Origin=PAGE)
        if answer.status_code != 403 or told(answer)["code"] != "not-for-shoppers":
            opened.add(operation["operationId"])

    # The example of one asks for a price list.
    assert opened | {"evaluateProduct", "createConfiguration"} == SHOPPER_OPERATIONS


@pytest.mark.parametrize("name", WITHHELD)
def test_no_shopper_decides_on_the_price(page, name):
    given = {"at": "2026-01-01T00:00:00Z", "tax_status": "exempt"}
    value = True if name in {"why", "costs", "trace"} else given.get(name, "trade")
    answer = page.post("products/desk/evaluate", {"choices": {}, name: value}, Origin=PAGE)

    assert (answer.status_code, told(answer)["code"]) == (403, "not-for-shoppers")


def test_no_reference_leads_a_shopper_to_the_configuration_of_somebody_else(shop, page):
    body = {"product": "desk", "choices": {}, "reference": "SO-1001"}
    made = told(Api(shop).post("configurations", body))
    answer = page.post("configurations", body, Origin=PAGE)

    assert (answer.status_code, told(answer)["code"]) == (403, "not-for-shoppers")
    assert made["id"] not in answer.content.decode()


def test_it_is_told_of_no_other_price_list(shop, page):
    for_servers = told(Api(shop).get("products/desk"))["price_lists"]
    for_pages = told(page.get("products/desk", Origin=PAGE))["price_lists"]

    assert {each["key"] for each in for_servers} == {"retail", "trade"}
    assert {each["key"] for each in for_pages} == {"retail"}


def test_it_keeps_a_configuration_and_reads_none(page):
    made = page.post(
        "configurations",
        {"product": "desk", "choices": {"top": "oak"}, "complete": True},
        Origin=PAGE,
    )

    assert made.status_code == 201
    assert page.get(f"configurations/{told(made)['id']}", Origin=PAGE).status_code == 403
    assert page.get("configurations", Origin=PAGE).status_code == 403


@pytest.mark.parametrize(
    "origins",
    [
        [],
        ["http://shop.example"],
        ["https://shop.example/path"],
        ["https://*.shop.example"],
        ["null"],
        ["javascript:alert(1)"],
        ["https://maria@shop.example"],
    ],
)
def test_a_site_that_is_none_is_refused(shop, origins):
    with pytest.raises(KeyRefused):
        create_publishable_key(shop, "Shop", origins)


def test_keys_of_before_are_secret_ones(shop):
    key, _ = create_api_key(shop, "ERP", ["catalog:read"])

    assert key.kind == "secret"
