"""A job is done once its transaction is through, however often workers die on the way."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.tasks import TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils import timezone

from catalog.jobs import clock, periodic, progress, running, worker
from catalog.jobs.models import Job, Schedule, Worker
from catalog.jobs.sweeping import sweep_jobs
from catalog.jobs.worker import Lanes, Loop, Source, is_any_alive, work_off
from tests.catalog.jobs import work
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Time:
    """The database's time, which tests set."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def goes_on(self, **passed: float) -> None:
        self.moment += timedelta(**passed)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    told = Time()
    monkeypatch.setattr(clock, "now", told)
    return told


@pytest.fixture(autouse=True)
def fresh_work() -> None:
    work.DONE.clear()
    work.TROUBLE.clear()


def test_a_job_is_done_once() -> None:
    work.note.enqueue("desk", times=2)
    assert work_off() == 1
    assert work_off() == 0
    assert work.DONE == ["desk", "desk"]


def test_a_transaction_that_is_rolled_back_leaves_no_job() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        work.note.enqueue("desk")
        raise ZeroDivisionError
    assert not Job.objects.exists()
    assert work_off() == 0


def test_a_job_waits_for_its_time(time: Time) -> None:
    work.note.using(run_after=time() + timedelta(minutes=5)).enqueue("later")
    assert work_off() == 0
    time.goes_on(minutes=5)
    assert work_off() == 1


def test_what_is_urgent_goes_first() -> None:
    work.note.enqueue("plain")
    work.note.using(priority=10).enqueue("urgent")
    work_off()
    assert work.DONE == ["urgent", "plain"]


def test_what_fails_is_tried_again_after_a_pause(time: Time) -> None:
    work.TROUBLE.append(ValueError("no paper"))
    job = work.stumble.enqueue("printed")
    work_off()
    row = Job.objects.get(public_id=job.id)
    assert (row.state, row.attempts, work.DONE) == (Job.State.WAITING, 1, [])
    assert "no paper" in row.error
    assert timedelta(seconds=4) <= row.due_at - time() <= timedelta(seconds=6)
    time.goes_on(seconds=6)
    work_off()
    job.refresh()
    assert (job.status, work.DONE) == (TaskResultStatus.SUCCESSFUL, ["printed"])


def test_pauses_grow_up_to_an_hour() -> None:
    told = [running.pause_after(attempts, 0.5).total_seconds() for attempts in range(1, 13)]
    assert told[:4] == [5, 10, 20, 40]
    assert told[-1] == 3600
    assert running.pause_after(1, 0) < running.pause_after(1, 1)


def test_what_fails_again_and_again_is_given_up_and_can_be_run_again(time: Time) -> None:
    work.TROUBLE.extend(ValueError("no paper") for _ in range(running.MOST_ATTEMPTS))
    job = work.stumble.enqueue("printed")
    for _ in range(running.MOST_ATTEMPTS):
        work_off()
        time.goes_on(hours=2)
    job.refresh()
    assert job.status == TaskResultStatus.FAILED
    assert work_off() == 0
    assert running.run_again(Job.objects.all()) == 1
    work_off()
    assert work.DONE == ["printed"]


def test_a_job_of_a_worker_that_died_is_taken_up_by_another(time: Time) -> None:
    work.note.enqueue("desk")
    assert len(running.claimed(8, "dies")) == 1
    assert len(running.claimed(8, "lives")) == 0
    time.goes_on(seconds=running.LEASE.total_seconds() + 1)
    assert work_off() == 1
    assert work.DONE == ["desk"]


def test_a_worker_that_lives_keeps_its_jobs(time: Time) -> None:
    work.note.enqueue("desk")
    (carry_out,) = running.claimed(8, "slow")
    for _ in range(10):
        time.goes_on(seconds=30)
        running.renew("slow")
        assert running.claimed(8, "other") == []
    carry_out()
    assert Job.objects.get().state == Job.State.DONE


def test_who_lost_its_lease_does_not_end_the_job_of_the_other(time: Time) -> None:
    work.TROUBLE.append(ValueError("no paper"))
    work.stumble.enqueue("desk")
    (late,) = running.claimed(8, "slow")
    time.goes_on(minutes=5)
    (other,) = running.claimed(8, "other")
    late()
    row = Job.objects.get()
    assert (row.worker, row.error) == ("other", "")
    other()
    row.refresh_from_db()
    assert (row.state, work.DONE) == (Job.State.DONE, ["desk"])


def test_a_job_that_kills_its_workers_is_given_up(time: Time) -> None:
    job = work.note.enqueue("heavy")
    for number in range(running.MOST_ATTEMPTS):
        assert len(running.claimed(1, f"dies {number}")) == 1
        time.goes_on(minutes=5)
    assert running.claimed(1, "careful") == []
    job.refresh()
    assert job.status == TaskResultStatus.FAILED
    assert "Its worker ended 10 times" in Job.objects.get().error


def test_a_job_tells_how_far_it_is() -> None:
    job = work.note.enqueue("desk")
    assert work.note.get_result(job.id).status == TaskResultStatus.READY
    running.claimed(1, "one")
    job.refresh()
    assert (job.status, job.worker_ids) == (TaskResultStatus.RUNNING, ["one"])
    with pytest.raises(TaskResultDoesNotExist):
        work.note.get_result("none")


def test_what_is_no_json_is_refused_where_it_is_asked_for() -> None:
    with pytest.raises(TypeError):
        work.note.enqueue(object())
    assert not Job.objects.exists()


# -- again and again


@pytest.fixture
def hourly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "_EVERY", {})
    periodic.every(timedelta(hours=1), work.again)


def test_a_periodic_task_is_asked_for_once_each_time(hourly: None, time: Time) -> None:
    assert [periodic.ask_for_due(time()) for _ in range(3)] == [1, 0, 0]
    work_off()
    time.goes_on(minutes=59)
    assert periodic.ask_for_due(time()) == 0
    time.goes_on(minutes=1)
    assert periodic.ask_for_due(time()) == 1
    work_off()
    assert work.DONE == ["again", "again"]


def test_a_periodic_task_that_still_waits_is_not_asked_for_twice(hourly: None, time: Time) -> None:
    for _ in range(4):
        periodic.ask_for_due(time())
        time.goes_on(hours=3)
    assert Job.objects.count() == 1
    assert Schedule.objects.get().next_at > time() - timedelta(hours=3)


def test_jobs_that_ended_are_swept_away_by_and_by(time: Time) -> None:
    work.note.enqueue("desk")
    work_off()
    work.TROUBLE.append(ValueError())
    work.stumble.enqueue("kept")
    Job.objects.filter(state=Job.State.WAITING).update(state=Job.State.FAILED, ended_at=time())
    Worker.objects.create(name="gone", started_at=time(), seen_at=time())
    time.goes_on(days=2)
    sweep_jobs.call()
    assert [row.state for row in Job.objects.all()] == [Job.State.FAILED]
    assert not Worker.objects.exists()
    time.goes_on(days=30)
    sweep_jobs.call()
    assert not Job.objects.exists()


# -- the loop


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Workers without any work of their own, which leave the connection of the tests open."""
    monkeypatch.setattr(worker, "_SOURCES", {})
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    yield worker.register


def test_a_worker_claims_no_more_than_it_has_threads_for(sources: Callable[..., None]) -> None:
    asked: list[int] = []
    may_end = threading.Event()

    def claim(most: int, name: str) -> list[Callable[[], object]]:
        asked.append(most)
        return [may_end.wait] * min(most, 2)

    lanes = Lanes(Source("slow", 3, claim))
    assert [lanes.fill("w"), lanes.fill("w"), lanes.fill("w")] == [2, 1, 0]
    assert asked == [3, 1]
    may_end.set()
    assert lanes.close(until=float("inf"))


def test_work_that_fails_frees_its_thread(
    sources: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    lanes = Lanes(Source("bad", 1, lambda most, name: [lambda: 1 / 0]))
    assert lanes.fill("w") == 1
    assert lanes.close(until=float("inf"))
    assert lanes.free == 1
    assert "Work beside the requests failed" in caplog.text


def test_a_worker_beats_and_signs_off(sources: Callable[..., None]) -> None:
    loop = Loop()
    assert not is_any_alive()
    loop.turn()
    assert is_any_alive()
    loop.stop()
    loop.run()
    assert not Worker.objects.exists()


def test_a_worker_waits_for_a_database_that_is_away(
    sources: Callable[..., None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Loop()

    def away() -> int:
        loop.stop()
        raise DatabaseError("gone")

    monkeypatch.setattr(loop, "turn", away)
    loop.run()
    assert "the database does not answer" in caplog.text


# -- how far it is


def test_a_job_tells_how_far_it_is_and_keeps_what_was_told_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0)
    work.count.enqueue(3)
    work_off()
    assert work.DONE == ["Desks counted: 1 of 3", "Desks counted: 2 of 3", "Desks counted: 3 of 3"]
    row = Job.objects.get()
    assert (row.state, row.stage, row.done, row.total) == (Job.State.DONE, "Desks counted", 3, 3)


def test_what_is_told_often_is_written_now_and_then(django_assert_num_queries) -> None:
    work.count.enqueue(50)
    work_off()
    assert set(work.DONE) == {"Desks counted: 1 of 50"}
    assert Job.objects.get().done == 50
    with django_assert_num_queries(0):
        progress.tell("Nothing runs here", 1)


def test_a_job_that_fails_says_how_far_it_came_and_begins_anew(time: Time) -> None:
    work.TROUBLE.append(ValueError("no paper"))
    work.count.enqueue(2)
    work_off()
    row = Job.objects.get()
    assert (row.state, row.progress) == (Job.State.WAITING, "Desks counted: 2 of 2")
    time.goes_on(seconds=10)
    assert len(running.claimed(1, "next")) == 1
    row.refresh_from_db()
    assert (row.progress, row.done, row.total) == ("", None, None)


def test_who_lost_its_lease_tells_nothing_of_the_job_of_the_other(time: Time) -> None:
    work.count.enqueue(2)
    (late,) = running.claimed(8, "slow")
    time.goes_on(minutes=5)
    assert len(running.claimed(8, "other")) == 1
    late()
    assert Job.objects.get().progress == ""


def test_what_is_at_work_is_told_without_numbers_too() -> None:
    assert Job(stage="Reading").progress == "Reading"
    assert Job(stage="Rows read", done=7).progress == "Rows read: 7"
    assert Job().progress == ""


# -- seen by the operator


def test_superusers_alone_see_jobs_and_run_them_again(client, django_user_model) -> None:
    job = work.note.enqueue("desk")
    Job.objects.update(
        state=Job.State.FAILED, error="ValueError: no paper", stage="Pages printed", done=3, total=8
    )
    client.force_login(make_user("maria"))
    assert client.get("/admin/jobs/job/").status_code == 403
    client.force_login(
        django_user_model.objects.create_superuser("root", "root@site.example", "correct horse")
    )
    page = client.get("/admin/jobs/job/").content.decode()
    assert "note desk" in page
    assert "Pages printed: 3 of 8" in page
    row = Job.objects.get(public_id=job.id)
    assert "no paper" in client.get(f"/admin/jobs/job/{row.pk}/change/").content.decode()
    for model in ("worker", "schedule"):
        assert client.get(f"/admin/jobs/{model}/").status_code == 200
    client.post("/admin/jobs/job/", {"action": "again", "_selected_action": [row.pk]})
    assert Job.objects.get().state == Job.State.WAITING
    answer = client.post(
        "/admin/jobs/job/", {"action": "call_off", "_selected_action": [row.pk]}, follow=True
    )
    assert "1 will not be run" in answer.content.decode()
    assert Job.objects.get().state == Job.State.CALLED_OFF


def test_what_waits_can_be_called_off_and_what_runs_comes_to_its_end() -> None:
    work.note.enqueue("waits")
    Job.objects.update(worker="", due_at=timezone.now())
    waiting = Job.objects.get()
    running_one = Job.objects.create(
        task=waiting.task, arguments=["runs"], worker="w", due_at=timezone.now()
    )
    assert running.call_off(Job.objects.all()) == 1
    waiting.refresh_from_db()
    running_one.refresh_from_db()
    assert (waiting.state, running_one.state) == (Job.State.CALLED_OFF, Job.State.WAITING)
    Job.objects.filter(pk=running_one.pk).delete()
    assert work_off() == 0
    assert running.run_again(Job.objects.all()) == 1
    assert work_off() == 1
    assert work.DONE == ["waits"]
