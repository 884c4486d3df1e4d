"""Who tries many passwords, keys or client secrets is told to wait."""

import pytest
from django.contrib.auth import get_user_model

from integrations.access.operations import ClientWish, register_client
from tests.api import Api, told

pytestmark = pytest.mark.database

LOGIN, TOKEN = "/admin/login/", "/oauth/token/"


@pytest.fixture
def ada(db, settings):
    settings.LOGIN_ATTEMPTS, settings.LOGIN_ADDRESS_ATTEMPTS = 3, 5
    return get_user_model().objects.create_superuser("ada", password="right")


def log_in(client, name="ada", password="wrong", **extra):
    return client.post(LOGIN, {"username": name, "password": password}, **extra)


def test_of_many_wrong_passwords_the_last_is_not_even_looked_at(ada, client):
    assert [log_in(client).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = log_in(client, " ADA", "right", REMOTE_ADDR="203.0.113.9")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "Too many attempts to log in" in answer.content.decode()
    assert log_in(client, "eve").status_code == 200


def test_an_address_that_tries_many_names_is_told_to_wait(ada, client):
    answers = [log_in(client, f"name{number}").status_code for number in range(6)]

    assert answers == [200] * 5 + [429]
    assert log_in(client, "other", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_who_knows_the_password_is_never_locked_out_by_it(ada, client):
    assert [log_in(client, password="right").status_code for _ in range(7)] == [302] * 7


def test_who_is_logged_in_already_tries_no_more_passwords_of_others(ada, client):
    get_user_model().objects.create_user("eve", password="own", is_staff=True)
    assert log_in(client, "eve", "own").status_code == 302

    assert [log_in(client).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_token_endpoint_has_a_limit(merchant, client, settings):
    settings.TOKEN_REQUESTS = 2
    registered, secret = register_client(merchant, ClientWish("ERP", ["catalog:read"]))
    body = {
        "grant_type": "client_credentials",
        "client_id": registered.client_id,
        "client_secret": secret,
        "scope": "catalog:read",
    }
    answers = [client.post(TOKEN, body) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert told(answers[2])["error"] == "temporarily_unavailable"
    assert answers[2].headers["RateLimit-Policy"] == '"oauth";q=2;w=60'
    assert int(answers[2].headers["Retry-After"]) >= 1
    assert client.post(TOKEN, body, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_wrong_keys_are_refused_beyond_a_limit_and_right_ones_never(merchant, settings):
    settings.WRONG_CREDENTIALS = 2
    right = Api(merchant)
    answers = [Api(None, secret=f"cfg_sk_{number}").get("products") for number in range(3)]

    assert [each.status_code for each in answers] == [401, 401, 429]
    assert told(answers[2])["code"] == "too-many-requests"
    assert Api(None).get("products").status_code == 429
    assert right.get("products").status_code == 200
