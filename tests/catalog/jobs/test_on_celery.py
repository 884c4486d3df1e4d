"""Celery tells workers that there is work; what there is to do stays in rows, whatever becomes of
its messages.
"""

import threading

import pytest
from celery import signals
from django.db import transaction
from kombu.exceptions import OperationalError

from catalog.jobs import on_celery, worker
from catalog.jobs.models import Job
from tests.catalog.jobs.work import note

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def sent(monkeypatch):
    """Messages that were sent, by the source they are about."""
    found = []
    monkeypatch.setattr(
        on_celery.look, "apply_async", lambda args, queue, retry: found.append((*args, queue))
    )
    monkeypatch.setattr(on_celery, "_away_until", 0.0)
    monkeypatch.setattr(worker, "_told", [on_celery.send_all])
    return found


def test_whoever_asks_for_work_tells_celery_once_it_is_written(
    sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        note.enqueue("a")
        assert sent == []
    assert ("jobs", "configurator.jobs") in sent and (
        "deliveries",
        "configurator.deliveries",
    ) in sent


def test_a_message_leads_to_all_that_is_due_at_its_source(sent):
    for name in "abc":
        note.enqueue(name)
    assert on_celery.look("jobs") == 3
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}
    assert on_celery.look("jobs") == 0


def test_others_have_their_turn_after_many_pieces_of_work(sent, monkeypatch):
    monkeypatch.setattr(on_celery, "MOST_IN_A_ROW", 2)
    for name in "abc":
        note.enqueue(name)
    assert on_celery.look("jobs") == 2
    assert sent == [("jobs", "configurator.jobs")]


def test_a_worker_that_is_asked_to_end_begins_nothing_more(sent, monkeypatch):
    monkeypatch.setattr(on_celery, "_is_ending", threading.Event())
    note.enqueue("a")
    signals.worker_shutting_down.send(sender="worker", sig="SIGTERM", how="warm", exitcode=0)
    assert on_celery.look("jobs") == 0
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.WAITING}


def test_a_source_that_is_none_is_told(caplog):
    assert on_celery.look("nothing") == 0
    assert "no source of work" in caplog.text


def test_a_broker_that_is_away_costs_no_work_and_is_left_alone_for_a_while(
    sent, monkeypatch, caplog
):
    asked = []

    def away(args, queue, retry):
        asked.append(args)
        raise OperationalError("Connection refused")

    monkeypatch.setattr(on_celery.look, "apply_async", away)
    note.enqueue("a")
    on_celery.send_all()
    on_celery.send_all()
    assert len(asked) == 1 and "broker does not answer" in caplog.text
    assert on_celery.look("jobs") == 1
