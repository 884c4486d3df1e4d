"""Who calls: keys and tokens, how long they are remembered, and what they never tell."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from catalog.memory import ENTRY_BYTES, forget_all
from integrations.access import authentication
from integrations.access.authentication import CALLER_BYTES, CREDENTIAL_SECONDS, caller_of
from integrations.access.errors import AddressRefused, NotAuthenticated
from integrations.access.models import ApiKey
from integrations.access.operations import (
    ClientWish,
    create_api_key,
    register_client,
    revoke_api_key,
)
from integrations.access.secrets import digest
from tests.api import Api, make_shop, told
from tests.factories import make_merchant

BACK_OFFICE = ClientWish("Back office", ["catalog:read", "configurator:evaluate"])
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def bearer(secret):
    return caller_of(f"Bearer {secret}", "203.0.113.7")


def token_for(client, secret, scope="catalog:read", **more):
    """Return the answer of the token endpoint to a client."""
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    return Client().post(
        "/oauth/token/",
        {"grant_type": "client_credentials", "scope": scope, **more},
        headers={"Authorization": f"Basic {basic}"},
    )


def test_a_key_tells_its_merchant_and_scopes():
    merchant = make_merchant()
    key, secret = create_api_key(merchant, "ERP", ["catalog:read"])
    caller = bearer(secret)

    assert (caller.merchant, caller.credential, caller.scopes) == (
        merchant,
        f"key:{key.pk}",
        {"catalog:read"},
    )


def test_the_secret_itself_is_nowhere_in_the_row():
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    row = ApiKey.objects.filter(pk=key.pk).values().get()

    assert secret.startswith("cfg_sk_")
    assert not any(secret in str(value) for value in row.values())
    assert row["prefix"] == secret[:13]


def test_a_scope_that_no_longer_exists_opens_nothing():
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    ApiKey.objects.filter(pk=key.pk).update(scopes=["catalog:read", "catalog:erase"])

    assert bearer(secret).scopes == {"catalog:read"}


def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(django_capture_on_commit_callbacks):
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    bearer(secret)
    with django_capture_on_commit_callbacks(execute=True):
        revoke_api_key(key)

    with pytest.raises(NotAuthenticated):
        bearer(secret)


def test_a_key_revoked_elsewhere_is_answered_for_fifteen_seconds_at_most(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(authentication.time, "monotonic", lambda: now[0])
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    bearer(secret)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())

    assert CREDENTIAL_SECONDS <= 15
    assert bearer(secret)
    now[0] += CREDENTIAL_SECONDS
    with pytest.raises(NotAuthenticated):
        bearer(secret)


def test_a_key_is_not_remembered_beyond_its_end(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(authentication.time, "monotonic", lambda: now[0])
    _, secret = create_api_key(
        make_merchant(), "ERP", ["catalog:read"], timezone.now() + timedelta(seconds=3)
    )
    bearer(secret)
    now[0] += 4

    until, _ = authentication._known.get(digest(secret))
    assert until < now[0]


def test_an_expired_key_is_refused():
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())

    with pytest.raises(NotAuthenticated):
        bearer(secret)


def test_a_remembered_key_costs_no_query(django_assert_num_queries):
    _, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    bearer(secret)

    with django_assert_num_queries(0):
        bearer(secret)


def test_its_use_is_written_down_once_in_ten_minutes():
    key, secret = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    seen = []
    for minutes in (0, 5, 11):
        forget_all()
        if minutes:
            ApiKey.objects.filter(pk=key.pk).update(
                last_used_at=timezone.now() - timedelta(minutes=minutes)
            )
        before = ApiKey.objects.get(pk=key.pk).last_used_at
        bearer(secret)
        seen.append(ApiKey.objects.get(pk=key.pk).last_used_at != before)

    assert seen == [True, False, True]


def test_a_key_with_an_address_list_works_only_from_there():
    _, secret = create_api_key(
        make_merchant(), "ERP", ["catalog:read"], networks=["203.0.113.0/24"]
    )

    assert caller_of(f"Bearer {secret}", "203.0.113.9")
    with pytest.raises(AddressRefused):
        caller_of(f"Bearer {secret}", "198.51.100.1")


def test_memory_of_credentials_is_bounded(monkeypatch):
    monkeypatch.setattr(authentication._known, "most", 3 * (CALLER_BYTES + ENTRY_BYTES))
    merchant = make_merchant()
    for number in range(5):
        bearer(create_api_key(merchant, str(number), ["catalog:read"])[1])

    assert len(authentication._known) <= 3


def test_a_client_gets_a_token_that_opens_what_it_asked_for():
    shop = make_shop()
    client, secret = register_client(shop, BACK_OFFICE)
    answer = told(token_for(client, secret))
    api = Api(None, secret=answer["access_token"])

    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert "refresh_token" not in answer
    assert [product["key"] for product in told(api.get("products"))["data"]] == ["desk"]
    assert api.post("products/desk/evaluate", {"choices": {}}).status_code == 403


def test_a_token_sees_its_own_merchant_only():
    make_shop("other")
    client, secret = register_client(make_merchant(), BACK_OFFICE)
    api = Api(None, secret=told(token_for(client, secret))["access_token"])

    assert told(api.get("products"))["data"] == []


def test_no_scope_is_given_unasked():
    client, secret = register_client(make_merchant(), BACK_OFFICE)
    answer = told(token_for(client, secret, scope=""))

    assert answer.get("scope", "") == ""
    assert "access_token" not in answer or bearer(answer["access_token"]).scopes == frozenset()


def test_an_unknown_scope_is_refused():
    client, secret = register_client(make_merchant(), BACK_OFFICE)

    assert told(token_for(client, secret, scope="catalog:erase"))["error"] == "invalid_scope"


def test_a_wrong_secret_gets_nothing():
    client, _ = register_client(make_merchant(), BACK_OFFICE)

    assert token_for(client, "x" * 128).status_code == 401


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "implicit"])
def test_no_other_grant_is_open(grant):
    client, secret = register_client(make_merchant(), BACK_OFFICE)

    assert token_for(client, secret, grant_type=grant).status_code in {400, 401}


def test_tokens_are_kept_as_checksums():
    client, secret = register_client(make_merchant(), BACK_OFFICE)
    token = told(token_for(client, secret))["access_token"]
    row = get_access_token_model().objects.values().get()

    assert not any(token in str(value) for value in row.values())
    assert secret not in client.client_secret


def test_a_revoked_token_is_refused():
    shop = make_shop()
    client, secret = register_client(shop, BACK_OFFICE)
    token = told(token_for(client, secret))["access_token"]
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    Client().post(
        "/oauth/revoke_token/", {"token": token}, headers={"Authorization": f"Basic {basic}"}
    )

    assert Api(None, secret=token).get("products").status_code == 401


def test_an_expired_token_is_refused():
    client, secret = register_client(make_shop(), BACK_OFFICE)
    token = told(token_for(client, secret))["access_token"]
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))

    assert Api(None, secret=token).get("products").status_code == 401


def test_a_remembered_token_costs_no_query(django_assert_num_queries):
    client, secret = register_client(make_merchant(), BACK_OFFICE)
    token = told(token_for(client, secret))["access_token"]
    bearer(token)

    with django_assert_num_queries(0):
        bearer(token)


def test_the_token_endpoint_runs_no_password_hash(monkeypatch):
    """A generated secret needs one digest; a hash for people's passwords costs half a second a
    call.
    """
    client, secret = register_client(make_merchant(), BACK_OFFICE)

    def slow(*arguments, **named):
        raise AssertionError("a secret was hashed as a password")

    monkeypatch.setattr("hashlib.pbkdf2_hmac", slow)
    monkeypatch.setattr("django.utils.crypto.hashlib.pbkdf2_hmac", slow)

    assert token_for(client, secret).status_code == 200
