"""A POST with an Idempotency-Key takes effect once."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from catalog.errors import Refusal
from configurator.models import Configuration
from integrations.access.models import KeptAnswer
from integrations.access.operations import create_publishable_key
from integrations.access.scopes import SCOPES
from integrations.access.tasks import sweep_answers
from integrations.api import idempotency
from integrations.api.openapi import document
from tests.api import Api, make_shop, told

pytestmark = pytest.mark.database

BODY = {"product": "desk", "choices": {"frame": "steel"}}


def test_a_repeated_call_gets_the_first_answer_and_makes_nothing_new(api):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    again = api.post("configurations", BODY, Idempotency_Key="order-1")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert Configuration.objects.count() == 1


def test_the_order_of_fields_does_not_make_another_call(api):
    first = api.post("configurations", b'{"product": "desk", "choices": {}}', Idempotency_Key="k")
    again = api.post("configurations", b'{"choices":{},"product":"desk"}', Idempotency_Key='"k"')

    assert again.content == first.content


def test_the_same_key_for_something_else_is_refused(api):
    api.post("configurations", BODY, Idempotency_Key="order-1")
    response = api.post("configurations", {**BODY, "quantity": 2}, Idempotency_Key="order-1")

    assert (response.status_code, told(response)["code"]) == (422, "idempotency-key-reused")
    assert Configuration.objects.count() == 1


def test_the_same_key_at_another_address_is_refused(api):
    made = told(api.post("configurations", BODY, Idempotency_Key="order-1"))
    response = api.post(f"configurations/{made['id']}/complete", {}, Idempotency_Key="order-1")

    assert response.status_code == 422


def test_a_key_is_the_merchants_so_a_rotated_credential_repeats_the_call(api, shop):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    again = Api(shop).post("configurations", BODY, Idempotency_Key="order-1")

    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert Configuration.objects.count() == 1


def test_keys_of_different_merchants_do_not_meet(api):
    answers = [
        caller.post("configurations", BODY, Idempotency_Key="order-1")
        for caller in (api, Api(make_shop("other")))
    ]

    assert len({told(answer)["id"] for answer in answers}) == 2


def test_a_key_of_a_shopper_is_that_of_the_publishable_credential(api, shop):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    page = "https://joinery.example"
    others = [
        Api(None, secret=create_publishable_key(shop, name, [page])[1]).post(
            "configurations", BODY, Idempotency_Key="order-1", Origin=page
        )
        for name in ("Shop", "Other")
    ]

    assert len({told(answer)["id"] for answer in (first, *others)}) == 3
    again = Api(shop).post("configurations", BODY, Idempotency_Key="order-1")
    assert again.content == first.content


def test_an_answer_with_costs_is_not_told_to_who_may_not_see_them(api, shop):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    blind = Api(shop, [each for each in SCOPES if each != "pricing:cost"])
    refused = blind.post("configurations", BODY, Idempotency_Key="order-1")

    assert first.status_code == 201
    assert (refused.status_code, told(refused)["scope"]) == (403, "pricing:cost")
    own = blind.post("configurations", BODY, Idempotency_Key="order-2")
    assert api.post("configurations", BODY, Idempotency_Key="order-2").content == own.content


def test_a_secret_that_was_told_is_kept_encrypted_and_not_told_to_who_may_less(api, shop):
    body = {"name": "Receiver", "url": "https://erp.example/in"}
    first = api.post("webhook-endpoints", body, Idempotency_Key="hook-1")
    again = api.post("webhook-endpoints", body, Idempotency_Key="hook-1")

    assert again.content == first.content
    secret = told(first)["secret"].encode()
    assert secret not in bytes(KeptAnswer.objects.get().body)
    less = Api(shop, ["webhooks:write"])
    refused = less.post("webhook-endpoints", body, Idempotency_Key="hook-1")
    assert (refused.status_code, told(refused)["code"]) == (403, "scope-missing")


def test_the_secret_of_a_new_key_is_kept_encrypted(api):
    body = {"name": "ERP", "scopes": ["catalog:read"]}
    first = api.post("api-keys", body, Idempotency_Key="key-1")
    assert first.status_code == 201, first.content

    assert told(first)["secret"].encode() not in bytes(KeptAnswer.objects.get().body)
    assert api.post("api-keys", body, Idempotency_Key="key-1").content == first.content


POSTS = {path: item["post"] for path, item in document()["paths"].items() if "post" in item}


def test_every_post_takes_a_key_but_those_that_are_the_same_when_they_are_repeated():
    without = {
        each["operationId"]
        for each in POSTS.values()
        if "Idempotency-Key" not in [one["name"] for one in each["parameters"]]
    }
    assert without == {
        "evaluateProduct",
        "evaluateScene",
        "evaluateModel",
        "evaluatePicture",
        "evaluatePrint",
        "explainValue",
        "countConfigurations",
        "checkProduct",
        "sweepShapes",
        "verifyQuote",
        "publishProduct",
        "uploadFile",
        "rehearseAutomation",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("configurations/any/complete", {}),
        ("configurations", {**BODY, "complete": True}),
        ("quotes", {"product": "desk", "choices": {}}),
        ("quotes/accept", {"token": "a.b.c"}),
        ("assets", {"name": "a.png", "content": ""}),
    ],
)
def test_where_money_or_files_are_made_a_key_is_needed(api, path, body):
    response = api.client.post(
        f"/api/v1/{path}",
        orjson.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.secret}"},
    )

    assert (response.status_code, told(response)["code"]) == (400, "idempotency-key-missing")


def test_answers_of_orders_are_kept_for_a_month(api):
    body = {"product": "desk", "choices": {"frame": "steel"}}
    for path, key in (("quotes", "money"), ("configurations", "other")):
        api.post(path, body, Idempotency_Key=key)
    kept = [each.until - each.created_at for each in KeptAnswer.objects.all()]

    assert [round(each.total_seconds() / 86_400) for each in kept] == [30, 30]


def test_answers_of_other_calls_are_kept_for_a_day(api):
    api.post("price-lists", {"key": "x", "name": "X", "currency": "CHF"}, Idempotency_Key="list")
    kept = KeptAnswer.objects.get()

    assert timedelta(hours=23) < kept.until - kept.created_at <= timedelta(hours=24)


def test_what_was_refused_may_be_sent_again_corrected(api):
    clash = {**BODY, "choices": {"frame": "oak", "top": "glass"}}
    refused = api.post("configurations", clash, Idempotency_Key="order-1")
    corrected = api.post("configurations", BODY, Idempotency_Key="order-1")

    assert (refused.status_code, corrected.status_code) == (409, 201)


def test_a_fault_while_answering_leaves_neither_effect_nor_answer(api, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("integrations.api.v1.configurations.whole", broken)
        failed = api.post("configurations", BODY, Idempotency_Key="order-1")

    assert failed.status_code == 500
    assert not Configuration.objects.exists()
    assert api.post("configurations", BODY, Idempotency_Key="order-1").status_code == 201


def test_after_its_time_a_key_is_new_again(api):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    KeptAnswer.objects.update(until=timezone.now())
    again = api.post("configurations", BODY, Idempotency_Key="order-1")

    assert told(again)["id"] != told(first)["id"]


def test_old_answers_are_swept_away(api):
    api.post("configurations", BODY, Idempotency_Key="old")
    KeptAnswer.objects.update(until=timezone.now())
    api.post("configurations", BODY, Idempotency_Key="new")
    sweep_answers.call()

    assert [answer.key for answer in KeptAnswer.objects.all()] == ["new"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ä"])
def test_a_key_that_cannot_be_read_is_refused(api, key):
    response = api.post("configurations", BODY, Idempotency_Key=key)

    assert (response.status_code, told(response)["code"]) == (400, "idempotency-key-malformed")


def test_the_first_call_has_the_key_to_itself_on_postgresql(monkeypatch):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def execute(self, statement, parameters):
            assert statement == "SELECT pg_try_advisory_xact_lock(%s)"
            assert -(2**63) <= parameters[0] < 2**63

        def fetchone(self):
            return (False,)

    class Connection:
        vendor = "postgresql"
        cursor = Cursor

    class Asking:
        credential = "key:1"

        class merchant:
            pk = 1

    monkeypatch.setattr(idempotency, "connection", Connection())

    with pytest.raises(idempotency.StillRunning) as refusal:
        idempotency._claim(Asking(), "", "order-1")
    assert isinstance(refusal.value, Refusal)
    assert refusal.value.data["retry_after"] == 1
