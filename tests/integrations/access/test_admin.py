"""Keys and clients in the administration."""

import re

import pytest
from django.urls import reverse

from catalog.models import Role
from integrations.access.authentication import caller_of
from integrations.access.errors import NotAuthenticated
from integrations.access.models import ApiClient, ApiKey
from integrations.access.operations import ClientWish, create_api_key, register_client
from tests.factories import make_merchant, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ADD = "admin:access_apikey_add"
LIST = "admin:access_apikey_changelist"


@pytest.fixture
def owner(client):
    merchant = make_merchant()
    client.force_login(make_user("olga", merchant, Role.OWNER))
    return merchant


def test_an_owner_makes_a_key_and_sees_it_once(client, owner):
    response = client.post(
        reverse(ADD),
        {
            "name": "ERP",
            "kind": "secret",
            "scopes": ["catalog:read"],
            "networks": "203.0.113.0/24\n",
            "expires_at_0": "",
        },
    )
    key = ApiKey.objects.get()
    secret = re.search(r'value="(cfg_sk_[\w-]+)"', response.content.decode())[1]

    assert caller_of(f"Bearer {secret}", "203.0.113.4").merchant == owner
    assert (key.merchant, key.scopes, key.networks) == (owner, ["catalog:read"], ["203.0.113.0/24"])
    assert "no-store" in response.headers["Cache-Control"]
    assert (
        secret
        not in client.get(reverse("admin:access_apikey_change", args=[key.pk])).content.decode()
    )
    assert secret not in client.get(reverse(LIST)).content.decode()


def test_wrong_addresses_and_past_ends_are_told_in_the_form(client, owner):
    response = client.post(
        reverse(ADD),
        {
            "name": "ERP",
            "kind": "secret",
            "scopes": ["catalog:read"],
            "networks": "home",
            "expires_at_0": "2020-01-01",
            "expires_at_1": "1:00",
        },
    )

    assert "no address" in response.content.decode()
    assert "Choose a later time" in response.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_by_an_action(client, owner):
    key, _ = create_api_key(owner, "ERP", ["catalog:read"])
    client.post(reverse(LIST), {"action": "revoke", "_selected_action": [key.pk]})

    assert ApiKey.objects.get().revoked_at is not None


def test_a_key_of_another_merchant_is_not_seen(client, owner):
    key, _ = create_api_key(make_merchant("other"), "Theirs", ["catalog:read"])

    assert "Theirs" not in client.get(reverse(LIST)).content.decode()
    assert client.get(reverse("admin:access_apikey_change", args=[key.pk])).status_code == 302
    client.post(reverse(LIST), {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.PRODUCT_MANAGER, Role.SALES, Role.VIEWER])
def test_keys_are_for_owners(client, role):
    client.force_login(make_user("maria", make_merchant(), role))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse(ADD), {"name": "ERP", "scopes": ["catalog:read"]}).status_code == 403


def test_keys_are_neither_changed_nor_deleted(client, owner):
    key, _ = create_api_key(owner, "ERP", ["catalog:read"])
    client.post(
        reverse("admin:access_apikey_change", args=[key.pk]),
        {"name": "New", "scopes": ["configurator:write"]},
    )
    client.post(reverse("admin:access_apikey_delete", args=[key.pk]), {"post": "yes"})
    row = ApiKey.objects.get()

    assert (row.name, row.scopes) == ("ERP", ["catalog:read"])


def test_an_owner_registers_a_client_and_sees_its_secret_once(client, owner):
    response = client.post(
        reverse("admin:access_apiclient_add"), {"name": "Back office", "scopes": ["catalog:read"]}
    )
    row = ApiClient.objects.get()
    shown = re.findall(r'value="([^"]+)" size', response.content.decode())

    assert row.merchant == owner
    assert shown[0] == row.client_id
    assert len(shown[1]) == 128
    assert (
        shown[1]
        not in client.get(reverse("admin:access_apiclient_change", args=[row.pk])).content.decode()
    )


def test_tokens_are_not_in_the_administration(client):
    client.force_login(make_user("root"))

    assert "oauth2_provider" not in client.get(reverse("admin:index")).content.decode()


def test_a_publishable_key_is_made_for_its_sites(client, owner):
    wrong = client.post(reverse(ADD), {"name": "Shop", "kind": "publishable", "origins": "shop"})
    made = client.post(
        reverse(ADD), {"name": "Shop", "kind": "publishable", "origins": "https://shop.example\n"}
    )
    secret = re.search(r'value="(cfg_pk_[\w-]+)"', made.content.decode())[1]

    assert "is no site" in wrong.content.decode()
    assert caller_of(f"Bearer {secret}", "", "https://shop.example").origins


def test_a_key_without_scopes_is_told_in_the_form(client, owner):
    page = client.post(reverse(ADD), {"name": "ERP", "kind": "secret"}).content.decode()

    assert "may do nothing" in page


def test_an_integrator_gives_no_more_than_their_role_has(client):
    merchant = make_merchant()
    client.force_login(make_user("ivan", merchant, Role.INTEGRATOR))
    page = client.get(reverse(ADD)).content.decode()
    wish = {"name": "ERP", "kind": "secret"}

    assert "webhooks:write" in page
    assert "pricing:cost" not in page
    client.post(reverse(ADD), {**wish, "scopes": ["catalog:read", "pricing:cost"]})
    assert not ApiKey.objects.exists()
    client.post(reverse(ADD), {**wish, "scopes": ["catalog:read"]})
    assert ApiKey.objects.get().scopes == ["catalog:read"]


def test_an_integrator_does_not_get_the_secret_of_a_key_that_may_more(client):
    merchant = make_merchant()
    client.force_login(make_user("ivan", merchant, Role.INTEGRATOR))
    key, secret = create_api_key(merchant, "Costs", ["pricing:cost"])
    page = client.post(
        reverse(LIST), {"action": "rotate", "_selected_action": [key.pk]}, follow=True
    )

    assert "You lack pricing:cost yourself" in page.content.decode()
    assert caller_of(f"Bearer {secret}", "").credential == f"key:{key.pk}"


@pytest.mark.parametrize(("action", "holds"), [("rotate", True), ("rotate_at_once", False)])
def test_a_key_is_rotated_by_an_action(client, owner, action, holds):
    key, old = create_api_key(owner, "ERP", ["catalog:read"])
    page = client.post(reverse(LIST), {"action": action, "_selected_action": [key.pk]})
    new = re.search(r'value="(cfg_sk_[\w-]+)"', page.content.decode())[1]

    assert caller_of(f"Bearer {new}", "").credential == f"key:{key.pk}"
    if holds:
        assert caller_of(f"Bearer {old}", "").credential == f"key:{key.pk}"
    else:
        with pytest.raises(NotAuthenticated):
            caller_of(f"Bearer {old}", "")


def test_a_client_for_people_is_registered_and_changed(client, owner):
    add = reverse("admin:access_apiclient_add")
    wish = {"name": "ERP", "scopes": ["catalog:read"], "redirects": "https://erp.example/back"}
    assert "nowhere to send" in client.post(add, {**wish, "redirects": "ftp://x"}).content.decode()
    client.post(add, wish)
    row = ApiClient.objects.get()
    address = reverse("admin:access_apiclient_change", args=[row.pk])
    client.post(address, {**wish, "scopes": ["pricing:read"], "networks": "203.0.113.0/24"})

    assert row.is_for_people
    row.refresh_from_db()
    assert (row.scopes, row.networks) == (["pricing:read"], ["203.0.113.0/24"])
    assert row.redirect_uris == "https://erp.example/back"


def test_a_client_is_rotated_by_an_action(client, owner):
    row, _ = register_client(owner, ClientWish("Job", ["catalog:read"]))
    page = client.post(
        reverse("admin:access_apiclient_changelist"),
        {"action": "rotate", "_selected_action": [row.pk]},
    )

    assert re.search(r'value="\w{128}"', page.content.decode())
