"""Every event arrives at least once, in a rhythm that receivers can bear, and none waits for a bad
neighbour.
"""

from datetime import timedelta

import pytest
import standardwebhooks

from catalog.jobs import clock
from catalog.jobs.worker import work_off
from catalog.models import Merchant
from configurator.keeping import save
from configurator.offers import published
from integrations.webhooks import delivery, operations
from integrations.webhooks.errors import EndpointDisabled
from integrations.webhooks.models import Attempt, Delivery, Endpoint, Event
from integrations.webhooks.operations import (
    enable,
    endpoint_called,
    health_of,
    recover,
    redeliver,
    rotate_secret,
    send_test,
)
from integrations.webhooks.outbox import record
from integrations.webhooks.schedule import PAUSES
from integrations.webhooks.tasks import sweep_events
from tests.factories import make_merchant
from tests.integrations.webhooks.hearing import NOBODY, TAKEN, answering

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def merchant(db) -> Merchant:
    return make_merchant()


@pytest.fixture
def erp(merchant, endpoint_of) -> Endpoint:
    return endpoint_of(merchant)


def happens(merchant, count=1, number=0):
    """Let so many configurations be stored, as far as anybody hears of it."""
    for each in range(number, number + count):
        record(merchant, "configuration.created", f"c{each}", {"id": f"c{each}"})


def state(row):
    row.refresh_from_db()
    return row.state


def test_what_is_taken_is_sent_once_and_signed(merchant, hearing, endpoint_of):
    endpoint, secret = operations.make_endpoint(
        merchant, operations.Wish("ERP", "http://127.0.0.1:9/erp")
    )
    happens(merchant)
    hearing.goes_on()
    hearing.goes_on(days=1)
    assert hearing.types("erp") == ["configuration.created"]
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.tries.get().status) == (Delivery.State.DELIVERED, 1, 204)
    (headers,) = hearing.headers
    assert headers["webhook-id"] == Event.objects.get().public_id == hearing.sent["erp"][0]["id"]
    body = delivery.body_of(Event.objects.get(), endpoint)
    with pytest.raises(standardwebhooks.WebhookVerificationError, match="too old"):
        standardwebhooks.Webhook(secret).verify(body, dict(headers))


def test_what_fails_is_sent_again_by_the_schedule_until_it_is_given_up(merchant, hearing, erp):
    hearing.answers["erp"] = answering(500)
    happens(merchant)
    hearing.goes_on()
    for number, pause in enumerate(PAUSES, 2):
        hearing.goes_on(seconds=pause - 1)
        assert len(hearing.sent["erp"]) == number - 1
        hearing.goes_on(seconds=1)
        assert len(hearing.sent["erp"]) == number
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (Delivery.State.DEAD, 10)
    assert len({each["webhook-id"] for each in hearing.headers}) == 1
    assert len({each["webhook-timestamp"] for each in hearing.headers}) == 10
    assert [each.number for each in row.tries.all()] == list(range(1, 11))
    assert row.tries.first().answer == "told"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_nothing_but_success_is_success(merchant, hearing, erp, status):
    hearing.answers["erp"] = answering(status)
    happens(merchant)
    hearing.goes_on()
    assert Delivery.objects.get().state == Delivery.State.PENDING
    assert Attempt.objects.get().error == f"It answered {status}."


def test_who_says_when_to_come_again_is_asked_then_and_for_nothing_else_before(
    merchant, hearing, erp
):
    hearing.answers["erp"] = answering(429, retry_after="900")
    happens(merchant)
    hearing.goes_on()
    hearing.answers["erp"] = TAKEN
    happens(merchant, number=1)
    hearing.goes_on(seconds=899)
    assert len(hearing.sent["erp"]) == 1
    hearing.goes_on(seconds=1)
    assert len(hearing.sent["erp"]) == 3
    assert Delivery.objects.filter(state=Delivery.State.DELIVERED).count() == 2
    erp.refresh_from_db()
    assert (erp.failing_since, erp.held_until) == (None, None)


def test_waiting_as_asked_uses_up_no_step_of_the_schedule(merchant, hearing, erp):
    hearing.answers["erp"] = answering(503, retry_after="60")
    happens(merchant)
    for _ in range(50):
        hearing.goes_on(seconds=60)
    row = Delivery.objects.get()
    assert (row.state, row.step, row.attempts) == (Delivery.State.PENDING, 0, 50)


def test_who_is_gone_is_asked_no_more_and_the_others_hear_of_it(
    merchant, hearing, erp, endpoint_of
):
    endpoint_of(merchant, "other")
    hearing.answers["erp"] = answering(410)
    happens(merchant, 5)
    hearing.goes_on()
    assert state(erp) == Endpoint.State.DISABLED
    assert "410" in erp.disabled_because
    assert len(hearing.sent["erp"]) <= delivery.MOST_AT_ONCE
    assert hearing.types("other").count("endpoint.disabled") == 1
    mine = Delivery.objects.filter(endpoint=erp)
    assert not mine.filter(state=Delivery.State.PENDING).exists()
    hearing.goes_on(days=9)
    assert len(hearing.sent["erp"]) <= delivery.MOST_AT_ONCE


def test_who_takes_nothing_for_five_days_is_disabled(merchant, hearing, erp):
    hearing.answers["erp"] = NOBODY
    happens(merchant)
    hearing.goes_on()
    for number in range(1, 10):
        happens(merchant, number=number)
        hearing.goes_on(hours=12)
        assert state(erp) == Endpoint.State.ACTIVE
    hearing.goes_on(hours=11, minutes=59)
    assert state(erp) == Endpoint.State.ACTIVE
    happens(merchant, number=10)
    hearing.goes_on(minutes=1)
    assert state(erp) == Endpoint.State.DISABLED
    assert "120 hours" in erp.disabled_because and "refused" in erp.disabled_because


def test_who_takes_something_now_and_then_is_not_disabled(merchant, hearing, erp):
    for hour in range(0, 240, 8):
        hearing.answers["erp"] = TAKEN if hour % 96 == 0 else NOBODY
        happens(merchant, number=hour)
        hearing.goes_on(hours=8)
    assert state(erp) == Endpoint.State.ACTIVE


def test_who_fails_is_asked_one_thing_at_a_time(merchant, hearing, erp):
    hearing.answers["erp"] = NOBODY
    happens(merchant)
    hearing.goes_on()
    happens(merchant, 9, number=1)
    assert len(delivery.claimed(8, "w")) == 1
    assert delivery.claimed(8, "w") == []


def test_no_endpoint_has_more_than_its_share_under_way(merchant, hearing, erp, endpoint_of):
    endpoint_of(merchant, "other")
    happens(merchant, 20)
    assert len(delivery.claimed(8, "one")) == 6
    assert delivery.claimed(8, "two") == []
    counted = {
        name: Delivery.objects.filter(endpoint__name=name).exclude(worker="").count()
        for name in ("erp", "other")
    }
    assert counted == {"erp": 3, "other": 3}


@pytest.mark.parametrize(("chance", "first"), [(0.5, "crm"), (0.9, "erp")])
def test_who_fails_lets_others_go_first_but_for_a_share_of_the_turns(
    merchant, erp, endpoint_of, monkeypatch, chance, first
):
    crm = endpoint_of(merchant, "crm")
    happens(merchant)
    now = clock.now()
    Endpoint.objects.filter(pk=erp.pk).update(failing_since=now)
    # Who fails has nothing under way, and the other has.
    busy = Delivery.objects.filter(endpoint=crm).first()
    happens(merchant, number=1)
    Delivery.objects.filter(pk=busy.pk).update(worker="w", due_at=now + timedelta(hours=1))
    monkeypatch.setattr(delivery.random, "random", lambda: chance)
    delivery.claimed(1, "me")
    assert Delivery.objects.get(worker="me").endpoint == {"crm": crm, "erp": erp}[first]


def test_what_a_dead_worker_had_is_sent_by_another(merchant, hearing, erp):
    happens(merchant)
    (lost,) = delivery.claimed(8, "dies")
    hearing.goes_on()
    assert hearing.sent == {}
    hearing.goes_on(seconds=delivery.lease().total_seconds())
    assert hearing.types("erp") == ["configuration.created"]
    lost()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.tries.count()) == (Delivery.State.DELIVERED, 2, 2)


def test_a_late_failure_does_not_undo_what_another_worker_delivered(merchant, hearing, erp):
    happens(merchant)
    (late,) = delivery.claimed(8, "slow")
    hearing.goes_on(seconds=delivery.lease().total_seconds() + 1)
    hearing.answers["erp"] = NOBODY
    late()
    assert Delivery.objects.get().state == Delivery.State.DELIVERED
    erp.refresh_from_db()
    assert erp.failing_since is None


# -- what people do


def test_both_secrets_sign_for_a_day(merchant, hearing, erp):
    rotate_secret(erp)
    happens(merchant)
    hearing.goes_on()
    hearing.goes_on(hours=25)
    happens(merchant, number=1)
    hearing.goes_on()
    assert [each["webhook-signature"].count("v1,") for each in hearing.headers] == [2, 1]


def test_who_wants_a_key_pair_is_signed_for_by_it_too_and_by_both_while_it_is_replaced(
    merchant, hearing, endpoint_of
):
    erp = endpoint_of(merchant, asymmetric=True)
    first = erp.public_key
    happens(merchant)
    hearing.goes_on()
    rotate_secret(erp)
    happens(merchant, number=1)
    hearing.goes_on()
    erp.refresh_from_db()
    assert [
        [each.split(",")[0] for each in told["webhook-signature"].split()]
        for told in hearing.headers
    ] == [
        ["v1", "v1a"],
        ["v1", "v1", "v1a", "v1a"],
    ]
    assert first != erp.public_key and erp.public_key.startswith("whpk_")
    operations.change_endpoint(erp, operations.Wish(erp.name, erp.url))
    erp.refresh_from_db()
    assert (erp.public_key, erp.key) == ("", None)


def test_a_secret_that_cannot_be_opened_is_told_and_costs_no_event(merchant, hearing, erp):
    Endpoint.objects.update(secret=b"another site's")
    happens(merchant)
    hearing.goes_on()
    assert "Rotate the endpoint's secret" in Attempt.objects.get().error
    erp.refresh_from_db()
    rotate_secret(erp)
    hearing.goes_on(minutes=10)
    assert Delivery.objects.get().state == Delivery.State.DELIVERED


def test_a_test_goes_to_one_endpoint_only(merchant, hearing, erp, endpoint_of):
    endpoint_of(merchant, "other")
    row = send_test(erp)
    hearing.goes_on()
    assert state(row) == Delivery.State.DELIVERED
    assert (hearing.types("erp"), hearing.types("other")) == (["endpoint.test"], [])


def test_what_was_delivered_is_delivered_again_under_the_same_id(merchant, hearing, erp):
    happens(merchant)
    hearing.goes_on()
    redeliver(Delivery.objects.get())
    hearing.goes_on()
    assert len({each["webhook-id"] for each in hearing.headers}) == 1
    assert len(hearing.sent["erp"]) == 2


def test_after_an_outage_all_that_was_missed_is_sent_once(merchant, hearing, erp):
    happens(merchant)
    hearing.goes_on()
    began = hearing.moment
    hearing.goes_on(seconds=1)
    delivery.disable(erp, "Closed for the weekend.")
    happens(merchant, 500, number=1)
    erp.refresh_from_db()
    with pytest.raises(EndpointDisabled):
        recover(erp, began)
    erp = enable(erp)
    hearing.goes_on()
    assert recover(erp, began + timedelta(seconds=1)) == 500
    assert recover(erp, began + timedelta(seconds=1)) == 0
    hearing.goes_on()
    ids = [
        each["object"]["id"]
        for each in hearing.sent["erp"]
        if each["type"] == "configuration.created"
    ]
    assert (len(ids), len(set(ids))) == (501, 501)


def test_an_endpoint_that_is_enabled_is_tried_before_it_is_trusted(merchant, hearing, erp):
    delivery.disable(erp, "Closed.")
    hearing.answers["erp"] = NOBODY
    erp = enable(endpoint_called(merchant, erp.public_id))
    hearing.goes_on()
    assert hearing.types("erp") == ["endpoint.test"]
    happens(merchant, 9)
    assert len(delivery.claimed(8, "w")) == 1
    hearing.answers["erp"] = TAKEN
    hearing.goes_on(minutes=10)
    erp.refresh_from_db()
    assert erp.failing_since is None
    assert enable(erp).failing_since is None


def test_how_an_endpoint_does_is_told(merchant, hearing, erp):
    hearing.answers["erp"] = answering(500)
    happens(merchant, 2)
    hearing.goes_on()
    health = health_of([erp])[erp.pk]
    assert (health.pending, health.taken, health.last_status, health.last_error) == (
        2,
        0,
        500,
        "It answered 500.",
    )
    assert health.failed >= 1
    assert health_of([]) == {}


def test_events_are_kept_for_a_month_unless_somebody_still_waits(merchant, hearing, erp):
    happens(merchant)
    hearing.goes_on()
    hearing.answers["erp"] = NOBODY
    happens(merchant, number=1)
    hearing.moment += timedelta(days=31)
    sweep_events.call()
    assert [each.object_id for each in Event.objects.all()] == ["c1"]


def test_a_shop_that_sells_is_heard(merchant, hearing):
    """From the operation to the receiver, without anything in between that tests put there."""
    from tests.api import make_shop

    shop = make_shop("sells")
    operations.make_endpoint(shop, operations.Wish("ERP", "http://127.0.0.1:9/erp"))
    save(published(shop.slug, "desk"), {"frame": "oak"})
    assert work_off() == 1
    assert hearing.sent["erp"][0]["data"]["choices"] == {"frame": "oak"}
