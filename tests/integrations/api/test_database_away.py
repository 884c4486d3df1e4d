"""A database that is away: every face says so, loses nothing, and says when to come back."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from configurator.embed import framing
from tests.api import told
from tests.embed import post_form
from tests.forms import Forms
from tests.integrations.api.test_every_operation import address
from tests.integrations.api.test_isolation import OPERATIONS, example_body, named

pytestmark = pytest.mark.database

WIDGET = "/embed/joinery/desk/"


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request, shop):
    with pytest.MonkeyPatch.context() as patch:

        def unreachable(*args, **kwargs):
            raise request.param("no connection")

        yield lambda: patch.setattr(connection, "cursor", unreachable)


@pytest.mark.parametrize("case", OPERATIONS, ids=named)
def test_every_operation_says_to_ask_again(api, away, case):
    method, path, operation = case
    away()

    answer = api.call(
        method,
        address(path),
        example_body(operation),
    )

    assert (answer.status_code, told(answer)["code"]) == (503, "database-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("is_known", [True, False])
def test_the_widget_shows_a_page_that_tries_again(shop, away, client, is_known):
    client.raise_request_exception = False
    if is_known:
        client.get(WIDGET)
    away()

    answer = client.get(WIDGET, headers={"Accept-Language": "de"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in answer.content.decode()
    assert "Der Konfigurator ist gerade nicht zu erreichen." in answer.content.decode()
    allowed = "https://joinery.example" if is_known else "*"
    assert f"frame-ancestors {allowed}" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_shop_that_is_known_is_so_however_long_the_database_is_away(
    shop, away, client, monkeypatch
):
    client.raise_request_exception = False
    client.get(WIDGET)
    monkeypatch.setattr(framing, "FRAME_SECONDS", 0)
    away()

    assert (
        "frame-ancestors https://joinery.example"
        in client.get(WIDGET).headers["Content-Security-Policy"]
    )


def test_a_form_is_not_sent_again_by_itself(shop, away, client):
    client.raise_request_exception = False
    sent = Forms(client.get(WIDGET).content.decode()).sent
    away()

    answer = post_form(client, WIDGET, sent)

    assert answer.status_code == 503
    assert "http-equiv" not in answer.content.decode()
    assert "go back and try again" in answer.content.decode()


def test_the_page_of_tokens_says_to_ask_again(shop, away):
    client = Client(raise_request_exception=False)
    away()
    answer = client.post(
        "/oauth/token/",
        {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
    )

    assert (answer.status_code, told(answer)["error"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


ADDRESSES = [
    "/.well-known/jwks.json",
    "/m/joinery/jwks.json",
    f"/assets/{'0' * 64}",
    "/admin/login/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_other_page_calls_it_a_fault(shop, away, client, address):
    client.raise_request_exception = False
    away()

    assert client.get(address).status_code in {200, 404, 503}
