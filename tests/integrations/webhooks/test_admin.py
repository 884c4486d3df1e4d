"""Webhooks in the administration: an owner makes them and helps them up again, others look."""

import re

import pytest
from django.urls import reverse

from catalog.models import AuditEntry, Role
from integrations.webhooks.catalogue import PAYLOAD_VERSIONS
from integrations.webhooks.credentials import credentials_of, headers_of
from integrations.webhooks.delivery import Outcome, disable, keep
from integrations.webhooks.models import Delivery, Endpoint
from integrations.webhooks.operations import send_test
from integrations.webhooks.outbox import record
from tests.factories import make_merchant, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LIST = "admin:webhooks_endpoint_changelist"
DELIVERIES = "admin:webhooks_delivery_changelist"
FORM = {
    "name": "ERP",
    "url": "https://erp.example/in",
    "payload": "thin",
    "events": ["configuration.completed"],
    "payload_version": PAYLOAD_VERSIONS[-1],
}


@pytest.fixture
def merchant(db):
    return make_merchant()


@pytest.fixture
def owner(client, merchant):
    client.force_login(make_user("olga", merchant, Role.OWNER))
    return client


@pytest.fixture
def erp(merchant, endpoint_of):
    return endpoint_of(merchant)


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def do(client, action, *rows, at=LIST):
    picked = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(at), picked, follow=True).content.decode()


def test_an_owner_makes_an_endpoint_and_sees_its_secret_once(owner, merchant):
    answer = owner.post(reverse("admin:webhooks_endpoint_add"), {**FORM, "products": ""})
    secret = re.search(r'value="(whsec_[^"]+)"', answer.content.decode())[1]
    endpoint = Endpoint.objects.get()
    assert (endpoint.merchant, endpoint.name, endpoint.events) == (
        merchant,
        "ERP",
        ["configuration.completed"],
    )
    assert "no-store" in answer.headers["Cache-Control"]
    change = page(owner, "admin:webhooks_endpoint_change", endpoint.pk)
    assert secret not in change and "nothing" in change and "none yet" in change


def test_what_lets_it_in_is_kept_while_the_rest_is_changed(owner):
    form = {
        **FORM,
        "headers": "X-Api-Key: k3y\nX-Site: a",
        "condition": "total > 1000",
        "channels": "web",
    }
    oauth = {
        "token_url": "https://id.example/token",
        "client_id": "us",
        "client_secret": "s3cret",
        "scope": "orders",
    }
    owner.post(reverse("admin:webhooks_endpoint_add"), {**form, **oauth})
    endpoint = Endpoint.objects.get()
    address = reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])
    shown = owner.get(address).content.decode()
    assert "X-Api-Key: •••" in shown and "us" in shown and "total &gt; 1000" in shown
    assert "k3y" not in shown and "s3cret" not in shown
    owner.post(
        address,
        {
            **form,
            **oauth,
            "name": "SAP",
            "client_secret": "",
            "headers": "X-Api-Key: •••\nX-Site: b",
        },
    )
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.channels, endpoint.condition) == (
        "SAP",
        ["web"],
        "total > 1000",
    )
    assert headers_of(endpoint) == {"X-Api-Key": "k3y", "X-Site": "b"}
    assert credentials_of(endpoint).secret == "s3cret"
    written = [str([each.before, each.after]) for each in AuditEntry.objects.all()]
    assert "https://erp.example/in" in str(written)
    assert not any(each in str(written) for each in ("k3y", "s3cret", "'b'"))


def test_a_public_key_is_shown_at_any_time(owner):
    answer = owner.post(reverse("admin:webhooks_endpoint_add"), {**FORM, "asymmetric": "on"})
    endpoint = Endpoint.objects.get()
    assert endpoint.public_key in answer.content.decode()
    assert endpoint.public_key in page(owner, "admin:webhooks_endpoint_change", endpoint.pk)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "https://erp.example:22/in"}, "Port 22 is not open here"),
        ({"url": "http://10.0.0.1/in"}, "leads into a private network"),
        ({"url": "erp"}, "begins with https"),
        ({"products": "wardrobe"}, "There is no product &#x27;wardrobe&#x27;"),
        ({"name": "erp"}, "There is an endpoint"),
        ({"headers": "Host: a"}, "is not for you to set"),
        ({"headers": "X-Api-Key"}, "Write a header as"),
        (
            {"token_url": "http://id.example/token", "client_id": "a", "client_secret": "b"},
            "over https:// alone",
        ),
        ({"chain": "nothing"}, "no certificate in PEM"),
        ({"condition": "totla > 1"}, "did you mean"),
    ],
)
def test_what_cannot_be_is_told_at_its_input(owner, erp, settings, given, told):
    settings.EGRESS_ALLOWED = []
    answer = owner.post(reverse("admin:webhooks_endpoint_add"), {**FORM, **given}).content.decode()
    assert told in answer
    assert Endpoint.objects.count() == 1


def test_an_owner_changes_what_an_endpoint_is_told(owner, erp):
    owner.post(
        reverse("admin:webhooks_endpoint_change", args=[erp.pk]),
        {**FORM, "name": "SAP", "payload": "full"},
    )
    secret = bytes(erp.secret)
    erp.refresh_from_db()
    assert (erp.name, erp.payload, erp.events, bytes(erp.secret)) == (
        "SAP",
        "full",
        FORM["events"],
        secret,
    )


def test_a_failing_endpoint_says_so_with_what_it_answered(owner, merchant, erp):
    keep(send_test(erp), Outcome(503, "It answered 503.", 41, "Back in a minute."))
    shown = page(owner, LIST)
    assert "Fails for" in shown and "It answered 503." in shown
    delivery = Delivery.objects.get()
    whole = page(owner, "admin:webhooks_delivery_change", delivery.pk)
    assert "Back in a minute." in whole and "It works." in whole and "41" in whole
    assert "endpoint.test" in page(owner, "admin:webhooks_event_change", delivery.event_id)


def test_an_owner_helps_an_endpoint_up_again(owner, merchant, erp, hearing):
    record(merchant, "configuration.created", "c1", {"id": "c1"})
    disable(erp, "It took nothing for 120 hours.")
    assert "Enable it first" in do(owner, "recover_day", erp)
    assert "is enabled" in do(owner, "enable", erp)
    hearing.goes_on()
    assert "1 event is on its way to erp" in do(owner, "recover_all", erp)
    hearing.goes_on()
    assert hearing.types("erp") == ["endpoint.test", "configuration.created"]
    assert "A test is on its way" in do(owner, "test", erp)
    assert "is sent nothing" in do(owner, "disable", erp)


def test_a_secret_is_rotated_one_at_a_time(owner, merchant, erp, endpoint_of):
    other = endpoint_of(merchant, "other")
    assert "Select one endpoint" in do(owner, "rotate", erp, other)
    assert re.search(r'value="whsec_[^"]+"', do(owner, "rotate", erp))
    erp.refresh_from_db()
    assert erp.secret_before is not None


def test_deliveries_are_sent_again(owner, erp, hearing):
    send_test(erp)
    hearing.goes_on()
    assert "1 on their way again" in do(owner, "again", Delivery.objects.get(), at=DELIVERIES)
    hearing.goes_on()
    assert len(hearing.sent["erp"]) == 2


def test_others_of_the_merchant_look_and_change_nothing(client, merchant, erp):
    client.force_login(make_user("maria", merchant, Role.PRODUCT_MANAGER))
    assert "erp" in page(client, LIST)
    assert client.get(reverse("admin:webhooks_endpoint_add")).status_code == 403
    do(client, "disable", erp)
    erp.refresh_from_db()
    assert erp.is_active


def test_another_merchants_endpoints_are_not_seen(owner, endpoint_of):
    theirs = endpoint_of(make_merchant("other"), "theirs")
    send_test(theirs)
    assert "theirs" not in page(owner, LIST) + page(owner, DELIVERIES) + page(
        owner, "admin:webhooks_event_changelist"
    )
    assert owner.get(reverse("admin:webhooks_endpoint_change", args=[theirs.pk])).status_code == 302
    do(owner, "disable", theirs)
    theirs.refresh_from_db()
    assert theirs.is_active
