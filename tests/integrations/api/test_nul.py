"""The character NUL, which PostgreSQL keeps in no text, is refused wherever a text can stand."""

import base64
import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Role
from catalog.nul import places_of_nul
from tests.api import Api, told
from tests.embed import post_form
from tests.factories import make_user
from tests.forms import Forms
from tests.integrations.api.test_isolation import (
    OPERATIONS,
    WITH_BODY,
    WITHIN,
    example_body,
    named,
)

pytestmark = pytest.mark.database

NUL = "a\0b"


def with_nul(value: Any) -> Iterator[Any]:
    """Each way to put the character into one text of a JSON value, or into a key."""
    if isinstance(value, str):
        yield NUL
    elif isinstance(value, dict):
        yield {**value, NUL: 1}
        for key, each in value.items():
            for changed in with_nul(each):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for place, each in enumerate(value):
            for changed in with_nul(each):
                yield [*value[:place], changed, *value[place + 1 :]]


def in_every_field(operation: Any, schemas: Any) -> Iterator[Any]:
    """The example of an operation with the character in every field that may hold a text, those
    left out included.
    """
    example = example_body(operation)
    yield from with_nul(example)
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition(
        "/"
    )[2]
    for name in schemas[body].get("properties", {}):
        yield {**copy.deepcopy(example), name: NUL}


@pytest.fixture
def made(api: Api) -> dict[str, str]:
    """What stands in paths: a product (also the key of a list), and a configuration."""
    row = told(api.post("configurations", {"product": "desk", "choices": {}}))
    return {"{key}": "desk", "{id}": row["id"], "{name}": "a.png", **WITHIN}


def filled(path: str, parts: dict[str, str]) -> str:
    for part, value in parts.items():
        path = path.replace(part, value)
    return path


@pytest.mark.parametrize("case", WITH_BODY, ids=named)
def test_no_text_of_a_body_holds_it(api, made, case):
    from integrations.api.openapi import document

    method, path, operation = case
    for body in in_every_field(operation, document()["components"]["schemas"]):
        answer = api.call(method, filled(path, made), body)
        problem = told(answer)
        assert (answer.status_code, problem["code"]) == (400, "malformed-input"), body
        assert [each["pointer"] for each in problem["errors"]] == list(places_of_nul(body))


@pytest.mark.parametrize("case", OPERATIONS, ids=named)
def test_no_parameter_path_or_header_holds_it(api, made, case):
    method, path, operation = case
    address, body = filled(path, made), example_body(operation)
    names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
    for name in [*names, "unknown", "a%00b"]:
        answer = api.call(method, f"{address}?{name}=a%00b", body)
        assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input"), name
    for part in made:
        if part in path:
            wrong = filled(path.replace(part, "a%00b"), made)
            assert api.call(method, wrong, body).status_code in {400, 404}
    for header in (
        "If-Match",
        "Idempotency-Key",
        "If-None-Match",
        "Authorization",
        "Accept-Language",
    ):
        answer = api.call(method, address, body, **{header: NUL})
        assert answer.status_code < 500, header


@pytest.mark.parametrize("is_debugged", [True, False])
def test_an_address_that_is_none_answers_with_a_problem(api, settings, is_debugged):
    settings.DEBUG = is_debugged
    for address in ("nowhere?a=a%00b", "nowhere/a%00b"):
        answer = api.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            400,
            "application/problem+json",
        )


def basic(pair: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@pytest.mark.parametrize("address", ["/oauth/token/", "/oauth/revoke_token/"])
def test_the_pages_of_tokens_refuse_it(db, address):
    client = Client(raise_request_exception=False)
    names = (
        "grant_type",
        "client_id",
        "client_secret",
        "scope",
        "code",
        "device_code",
        "token",
        "token_type_hint",
    )
    for name in names:
        answer = client.post(
            address, {"grant_type": "client_credentials", "client_id": "x", "token": "y", name: NUL}
        )
        assert (answer.status_code, told(answer)["error"]) == (400, "invalid_request"), name
        assert post_form(client, address, {name: NUL}).status_code == 400
        assert client.post(f"{address}?{name}=%00").status_code == 400
    for pair in (f"{NUL}:secret", f"client:{NUL}", "%00:x", "x:%00"):
        answer = client.post(address, {"grant_type": "client_credentials"}, headers=basic(pair))
        assert (answer.status_code, told(answer)["error"]) == (401, "invalid_client"), pair


@pytest.mark.parametrize(
    "authorization", ["Basic é", "Basic %", "Basic /w==", "Basic", "Basic YQ=="]
)
def test_credentials_of_a_client_that_cannot_be_read_are_refused(db, authorization):
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/oauth/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": authorization},
    )
    assert (answer.status_code, told(answer)["error"]) == (401, "invalid_client")


def test_a_grant_for_devices_is_unknown_here(db):
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/oauth/token/", {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    )
    assert (answer.status_code, told(answer)["error"]) == (400, "unsupported_grant_type")


WIDGET = "/embed/joinery/desk/"
FIELDS = (
    "token state past at lang shown-in show-in quantity total o.frame step goto apply more preset rest instance why "
    "about set check"
)


@pytest.mark.parametrize(
    "address",
    [
        WIDGET,
        f"{WIDGET}c/a%00b/",
        "/embed/joinery/a%00b",
        "/embed/joinery/a%00b/",
        "/embed/a%00b/desk/",
        "/m/a%00b/jwks.json",
        "/assets/%00",
    ],
)
def test_no_page_for_shoppers_fails_by_its_address(shop, client, address):
    client.raise_request_exception = False
    assert client.get(address).status_code in {200, 400, 404}
    for name in (
        "lang",
        "country",
        "region",
        "quantity",
        "step",
        "prices-of",
        "shown-in",
        "color-scheme",
        "frame",
        "o.frame",
    ):
        assert client.get(f"{address}?country=DE&{name}=a%00b").status_code in {400, 404}


def test_no_field_of_the_widget_holds_it(shop, client):
    client.raise_request_exception = False
    sent = Forms(client.get(WIDGET).content.decode()).sent
    for name in (*FIELDS.split(), "\0"):
        answer = post_form(client, WIDGET, {**sent, name: NUL})
        assert answer.status_code == 400, name
        assert (
            "frame-ancestors https://joinery.example" in answer.headers["Content-Security-Policy"]
        )


def test_a_cookie_of_other_software_turns_nobody_away(shop, client):
    client.raise_request_exception = False
    for name in ("sessionid", "csrftoken", "django_language", "messages", "other"):
        headers = {"Cookie": f'{name}="\\000abcdefghijklmnop"'}
        assert client.get(WIDGET, headers=headers).status_code == 200
        assert client.get("/admin/login/", headers=headers).status_code == 200
        assert client.get("/admin/", headers=headers).status_code == 302


def test_no_login_with_it(db, client):
    client.raise_request_exception = False
    assert client.post("/admin/login/", {"username": NUL, "password": "x"}).status_code == 400
    assert client.get("/admin/login/?next=%00").status_code == 400


@pytest.mark.parametrize(
    "address",
    ["catalog_product", "pricing_pricelist", "access_apikey", "configurator_configuration"],
)
def test_no_page_of_the_administration_takes_it(shop, client, address):
    client.force_login(make_user("olga", shop, Role.OWNER))
    client.raise_request_exception = False
    changes = reverse(f"admin:{address}_changelist")
    for name in (
        "q",
        "o",
        "p",
        "all",
        "e",
        "merchant__id__exact",
        "merchant__slug",
        "_changelist_filters",
        "\0",
    ):
        assert client.get(changes, {name: NUL}).status_code == 400
    assert client.get(f"{changes}a_00b/change/").status_code < 500
    assert client.get(f"{changes}a%00b/change/").status_code < 500
    add = f"{changes}add/"
    opened = client.get(add)
    if opened.status_code == 200:
        sent = Forms(opened.content.decode()).sent
        for name in sent:
            assert client.post(add, {**sent, name: NUL}).status_code == 400
            assert post_form(client, add, {**sent, name: NUL}).status_code == 400
