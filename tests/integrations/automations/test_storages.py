"""Storages over the API and in the administration: made, changed, and their secrets shown to
nobody.
"""

import pytest
from django.urls import reverse

from catalog.models import Role
from integrations.automations.models import Storage
from tests.api import Api, told
from tests.factories import make_user
from tests.integrations.automations.asking import S3

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BODY = {"name": "Archive", **S3}
FORM = {
    "name": "Archive",
    "kind": "s3",
    **{f"s3__{name}": each for name, each in S3["settings"].items()},
}


@pytest.fixture
def api(shop):
    return Api(shop)


@pytest.fixture
def owner(client, shop):
    client.force_login(make_user("olga", shop, Role.OWNER))
    return client


@pytest.mark.parametrize(
    ("wish", "status", "code", "place"),
    [
        ({"kind": "ftp"}, 400, "malformed-input", "/kind"),
        ({"settings": {**S3["settings"], "bucket": "a/b"}}, 400, "malformed", "/settings/bucket"),
        ({"settings": {**S3["settings"], "port": 1}}, 400, "malformed", "/settings/port"),
        ({"settings": {}}, 400, "malformed", "/settings/endpoint"),
        ({"settings": {**S3["settings"], "endpoint": "http://10.0.0.1"}}, 422, "url-refused", None),
        ({"secret": ""}, 400, "malformed", "/secret"),
        ({"name": "Taken"}, 409, "key-taken", "/name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(api, settings, wish, status, code, place):
    settings.EGRESS_ALLOWED = []
    assert api.post("storages", {**BODY, "name": "Taken"}).status_code == 201
    answer = api.post("storages", {**BODY, **wish})
    assert (answer.status_code, told(answer)["code"]) == (status, code)
    assert place is None or told(answer)["errors"][0]["pointer"] == place


def test_a_secret_is_told_nowhere_and_kept_where_it_leads_as_before(api):
    made = api.post("storages", BODY)
    row = told(made)
    assert row["has_secret"] is True
    assert b'"secret"' not in made.content + api.get("storages").content
    address = f"storages/{row['id']}"
    moved = {**BODY, "secret": "", "settings": {**S3["settings"], "folder": "else"}}
    assert api.call("PUT", address, moved).status_code == 200
    led_elsewhere = {**moved, "settings": {**S3["settings"], "endpoint": "https://other.example"}}
    answer = api.call("PUT", address, led_elsewhere)
    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, "/secret")


def test_an_owner_makes_a_storage_and_sees_no_secret(owner, shop):
    add = reverse("admin:automations_storage_add")
    assert "Secret key is needed" in owner.post(add, FORM, follow=True).content.decode()
    assert owner.post(add, {**FORM, "s3__secret": "sEcReT"}).status_code == 302
    row = Storage.objects.get()
    sealed = bytes(row.secret)
    assert (row.merchant, row.settings["bucket"]) == (shop, "orders")
    change = reverse("admin:automations_storage_change", args=[row.pk])
    shown = owner.get(change).content.decode()
    assert 'value="orders"' in shown and "sEcReT" not in shown
    assert owner.post(change, {**FORM, "s3__folder": "desks"}).status_code == 302
    row.refresh_from_db()
    assert (row.settings["folder"], bytes(row.secret)) == ("desks", sealed)
    assert (
        "expected a folder" in owner.post(change, {**FORM, "s3__folder": "../x"}).content.decode()
    )


def test_others_of_the_merchant_change_no_storage(client, shop, api):
    api.post("storages", BODY)
    client.force_login(make_user("maria", shop, Role.PRODUCT_MANAGER))
    assert client.get(reverse("admin:automations_storage_add")).status_code == 403
    client.post(
        reverse("admin:automations_storage_change", args=[Storage.objects.get().pk]),
        {**FORM, "name": "Mine"},
    )
    assert Storage.objects.get().name == "Archive"
