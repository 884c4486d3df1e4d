"""Webhooks over the API: made, changed, tested, followed attempt by attempt, and recovered."""

import pytest

from integrations.access.scopes import SCOPES
from integrations.api.v1.webhooks import EndpointBody
from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.credentials import credentials_of, headers_of
from integrations.webhooks.delivery import Outcome, disable, keep
from integrations.webhooks.models import Delivery, Endpoint, Event
from integrations.webhooks.outbox import record
from tests.api import Api, told
from tests.integrations.webhooks.hearing import hearing  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BODY = {"name": "ERP", "url": "http://127.0.0.1:9/erp"}


@pytest.fixture
def made(api):
    answer = api.post("webhook-endpoints", BODY)
    assert answer.status_code == 201
    return told(answer)


def test_a_secret_is_told_once(api, made):
    assert made["secret"].startswith("whsec_")
    read = api.get(f"webhook-endpoints/{made['id']}")
    assert "secret" not in told(read)
    assert (
        made["secret"] not in read.content.decode() + api.get("webhook-endpoints").content.decode()
    )
    again = told(api.post(f"webhook-endpoints/{made['id']}/rotate-secret", None))
    assert again["secret"] != made["secret"] and again["before_until"]


def test_a_repeated_call_makes_no_second_endpoint(api, made):
    again = api.post("webhook-endpoints", BODY)
    assert (again.status_code, told(again)["code"]) == (409, "key-taken")
    assert Endpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"url": "https://erp.example:22/"}, 422, "url-refused"),
        ({"url": "http://169.254.169.254/"}, 422, "url-refused"),
        ({"events": ["configuration.exploded"]}, 400, "malformed"),
        ({"products": ["wardrobe"]}, 400, "malformed"),
        ({"name": " "}, 400, "malformed-input"),
        ({"payload": "fat"}, 400, "malformed-input"),
        ({"headers": {"Host": "a"}}, 400, "malformed"),
        ({"headers": {"X-Key": "a\r\nX-Admin: 1"}}, 400, "malformed"),
        ({"headers": {"X-Key": None}}, 400, "malformed"),
        (
            {"oauth": {"token_url": "http://id.example/", "client_id": "a", "client_secret": "b"}},
            400,
            "malformed",
        ),
        ({"certificate": {"chain": "a", "key": "b"}}, 400, "malformed"),
        ({"condition": "total > 1"}, 400, "malformed"),
        ({"condition": "totla > 1", "events": ["configuration.created"]}, 422, "condition-refused"),
        ({"payload_version": "1999-01-01"}, 400, "malformed"),
    ],
)
def test_what_cannot_be_is_refused(api, settings, given, status, code):
    settings.EGRESS_ALLOWED = []
    answer = api.post("webhook-endpoints", {**BODY, "url": "https://erp.example/in", **given})
    assert (answer.status_code, told(answer)["code"]) == (status, code)
    assert not Endpoint.objects.exists()


def test_costs_are_for_callers_who_may_see_them(shop, api):
    other = Api(shop, [each for each in SCOPES if each != "pricing:cost"])
    assert told(other.post("webhook-endpoints", {**BODY, "costs": True}))["scope"] == "pricing:cost"
    assert api.post("webhook-endpoints", {**BODY, "costs": True}).status_code == 201
    record(shop, "price.threshold_reached", "c1", {"measured": "3"}, costs=True)
    event = Event.objects.get().public_id
    assert told(api.get(f"events/{event}"))["data"] == {"measured": "3"}
    assert told(other.get(f"events/{event}"))["data"] == {}


def test_a_change_keeps_the_secret(api, made):
    before = bytes(Endpoint.objects.get().secret)
    answer = api.call(
        "PUT",
        f"webhook-endpoints/{made['id']}",
        {**BODY, "name": "SAP", "events": ["quote.created"]},
    )
    assert (told(answer)["name"], told(answer)["events"]) == ("SAP", ["quote.created"])
    assert bytes(Endpoint.objects.get().secret) == before


def test_what_was_read_is_sent_back_and_keeps_its_secrets(api):
    oauth = {
        "token_url": "https://id.example/token",
        "client_id": "us",
        "client_secret": "s3cret",
        "scope": "",
    }
    given = {**BODY, "headers": {"X-Api-Key": "k3y"}, "oauth": oauth, "channels": ["web"]}
    made = told(api.post("webhook-endpoints", given))
    address = f"webhook-endpoints/{made['id']}"
    read = api.get(address)
    assert "k3y" not in read.content.decode() and "s3cret" not in read.content.decode()
    back = {name: each for name, each in told(read).items() if name in EndpointBody.model_fields}
    answer = api.call("PUT", address, {**back, "url": BODY["url"]}, If_Match=read.headers["ETag"])
    assert told(answer) == told(read)
    row = Endpoint.objects.get()
    assert headers_of(row) == {"X-Api-Key": "k3y"}
    assert credentials_of(row).secret == "s3cret"


def test_a_test_is_followed_attempt_by_attempt(api, made):
    sent = api.post(f"webhook-endpoints/{made['id']}/test", None)
    assert sent.status_code == 202
    keep(Delivery.objects.get(), Outcome(500, "It answered 500.", 12, "Oh no."))
    delivery = told(api.get(f"deliveries/{told(sent)['id']}"))
    assert sent.headers["Location"].endswith(delivery["id"])
    assert delivery["attempts"][0]["answer"] == "Oh no."
    assert (delivery["state"], delivery["next_at"] is None) == ("pending", False)
    health = told(api.get(f"webhook-endpoints/{made['id']}/health"))
    assert (health["pending"], health["failed"], health["last_status"]) == (1, 1, 500)
    assert health["failing_since"] is not None


def test_a_test_that_is_asked_for_twice_by_one_key_is_sent_once(api, made):
    for _ in range(2):
        api.post(f"webhook-endpoints/{made['id']}/test", None, Idempotency_Key="once")
    assert Delivery.objects.count() == 1


def test_a_disabled_endpoint_is_enabled_and_recovered(api, shop, made, hearing):  # noqa: F811
    record(shop, "configuration.created", "c1", {"id": "c1"})
    disable(Endpoint.objects.get(), "It is gone.")
    address = f"webhook-endpoints/{made['id']}"
    assert told(api.get(address))["disabled_because"] == "It is gone."
    since = {"since": "2026-11-02T08:00:00+00:00"}
    for refused in (api.post(f"{address}/recover", since), api.post(f"{address}/test", None)):
        assert (refused.status_code, told(refused)["code"]) == (409, "endpoint-disabled")
    assert told(api.post(f"{address}/enable", None))["state"] == "active"
    assert told(api.post(f"{address}/recover", since)) == {"events": 1}
    hearing.goes_on()
    hearing.goes_on()
    assert set(hearing.types("erp")) == {"endpoint.test", "configuration.created"}
    assert told(api.post(f"{address}/disable", None))["state"] == "disabled"


def test_lists_are_read_page_by_page_and_filtered(api, shop, made, hearing):  # noqa: F811
    for number in range(5):
        record(shop, "configuration.created", f"c{number}", {"id": f"c{number}"})
    hearing.goes_on()
    record(shop, "configuration.updated", "c0", {"id": "c0"})
    address = f"webhook-endpoints/{made['id']}/deliveries"
    first = told(api.get(f"{address}?limit=4"))
    rest = told(api.get(first["next"].split("/api/v1/")[1]))
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (4, 2, None)
    assert len(told(api.get(f"{address}?state=pending"))["data"]) == 1
    assert [each["data"]["id"] for each in told(api.get("events?limit=2"))["data"]] == ["c0", "c4"]
    assert len(told(api.get("events?delivered=false"))["data"]) == 1
    assert len(told(api.get("events?delivered=true"))["data"]) == 5
    assert len(told(api.get("events?type=configuration.updated"))["data"]) == 1


def test_a_delivery_is_sent_again(api, made, hearing):  # noqa: F811
    sent = told(api.post(f"webhook-endpoints/{made['id']}/test", None))
    hearing.goes_on()
    assert api.post(f"deliveries/{sent['id']}/redeliver", None).status_code == 202
    hearing.goes_on()
    assert len(hearing.sent["erp"]) == 2


def test_every_kind_of_event_is_told_with_schema_and_example(api):
    found = told(api.get("event-types"))["data"]
    assert [each["name"] for each in found] == list(KINDS)
    assert all(each["schema"]["title"] == each["name"] == each["example"]["type"] for each in found)
