"""A POST with an Idempotency-Key takes effect once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.errors import Refusal
from configurator.models import Configuration
from integrations.access.models import KeptAnswer
from integrations.access.tasks import sweep_answers
from integrations.api import idempotency
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


def test_keys_of_different_callers_do_not_meet(api, shop):
    others = [Api(shop), Api(make_shop("other"))]
    answers = [
        caller.post("configurations", BODY, Idempotency_Key="order-1") for caller in (api, *others)
    ]

    assert len({told(answer)["id"] for answer in answers}) == 3


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


def test_after_a_day_a_key_is_new_again(api):
    first = api.post("configurations", BODY, Idempotency_Key="order-1")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    again = api.post("configurations", BODY, Idempotency_Key="order-1")

    assert told(again)["id"] != told(first)["id"]


def test_old_answers_are_swept_away(api):
    api.post("configurations", BODY, Idempotency_Key="old")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
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

    class Caller:
        credential = "key:1"

        class merchant:
            pk = 1

    monkeypatch.setattr(idempotency, "connection", Connection())

    with pytest.raises(idempotency.StillRunning) as refusal:
        idempotency._claim(Caller(), "order-1")
    assert isinstance(refusal.value, Refusal)
    assert refusal.value.data["retry_after"] == 1
