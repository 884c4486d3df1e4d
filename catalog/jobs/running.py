"""One job from claim to end: leased by the time of the database, repeated with growing pauses,
given up at last.
"""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from catalog.acting import Actor, acting
from catalog.jobs import clock
from catalog.jobs.models import Job
from catalog.jobs.progress import telling
from catalog.noting import noting

_LOG = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""A worker that was not heard of for so long has lost its jobs; one that lives renews them every
few seconds.
"""
MOST_ATTEMPTS = 10
_NOT_BEGUN: dict[str, Any] = {"stage": "", "done": None, "total": None}
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 3600
MOST_ERROR = 4_000


def pause_after(attempts: int, chance: float) -> timedelta:
    """Return how long a job that failed so often waits; `chance`, from 0 to 1, spreads it by a
    fifth either way.
    """
    seconds = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))


def claimed(most: int, worker: str) -> Sequence[Callable[[], object]]:
    """Lease up to `most` due jobs to `worker` and return what carries each of them out.

    A job that became due again that often without an end has killed its workers, and is given up.
    """
    due = Job.objects.filter(state=Job.State.WAITING).order_by("-priority", "due_at", "pk")
    # Looking takes no lock: on SQLite all writers would stand in line for it.
    if not due.filter(due_at__lte=clock.now()).exists():
        return []
    with transaction.atomic():
        now = clock.now()
        due = due.filter(due_at__lte=now)
        rows = list(due.select_for_update(skip_locked=True)[:most])
        lost = [row.pk for row in rows if row.attempts >= MOST_ATTEMPTS]
        if lost:
            told = f"Its worker ended {MOST_ATTEMPTS} times without a word. Look for what kills it, then run it again."
            Job.objects.filter(pk__in=lost).update(
                state=Job.State.FAILED, worker="", ended_at=now, error=told
            )
        leased = [row for row in rows if row.attempts < MOST_ATTEMPTS]
        facts: dict[str, Any] = {
            "due_at": now + LEASE,
            "worker": worker,
            "attempts": F("attempts") + 1,
            **_NOT_BEGUN,
        }
        Job.objects.filter(pk__in=[row.pk for row in leased]).update(**facts, started_at=now)
    for row in leased:
        row.attempts += 1
        row.worker = worker
    return [partial(carry_out, row) for row in leased]


def renew(worker: str) -> None:
    """Let the jobs that `worker` has stay its own for another lease."""
    Job.objects.filter(state=Job.State.WAITING, worker=worker).update(due_at=clock.now() + LEASE)


def carry_out(job: Job) -> None:
    """Run a leased job and write down how it ended; what failed waits for its next attempt, or is
    given up.
    """
    with noting(job_id=job.public_id), acting(lambda: Actor("job", str(job), f"job:{job.pk}")):
        _carry_out(job)


def _carry_out(job: Job) -> None:
    try:
        task = import_string(job.task)
        with telling(_mine(job)):
            task.call(*job.arguments, **job.named)
    except Exception as error:
        _LOG.exception("%s failed at attempt %d.", job, job.attempts)
        _put_off(job, "".join(format_exception(error))[-MOST_ERROR:])
    else:
        _mine(job).update(state=Job.State.DONE, worker="", ended_at=clock.now())


def _put_off(job: Job, error: str) -> None:
    now = clock.now()
    if job.attempts >= MOST_ATTEMPTS:
        _mine(job).update(state=Job.State.FAILED, worker="", ended_at=now, error=error)
    else:
        # A spread of pauses needs no secret chance.
        due_at = now + pause_after(job.attempts, random.random())  # noqa: S311
        _mine(job).update(worker="", due_at=due_at, error=error)


def run_again(jobs: Any) -> int:
    """Let jobs that were given up or called off, a query set, be run from the beginning; return how
    many these are.
    """
    facts: dict[str, Any] = {
        "state": Job.State.WAITING,
        "attempts": 0,
        "ended_at": None,
        "due_at": clock.now(),
    }
    facts |= _NOT_BEGUN
    return int(jobs.filter(state__in=(Job.State.FAILED, Job.State.CALLED_OFF)).update(**facts))


def call_off(jobs: Any) -> int:
    """Let jobs that wait, a query set, not be run; return how many these are. One that runs is not
    stopped by it.
    """
    waiting = jobs.filter(state=Job.State.WAITING, worker="")
    return int(waiting.update(state=Job.State.CALLED_OFF, ended_at=clock.now()))


def _mine(job: Job) -> Any:
    """Return the row of a job as long as it is leased to who has it here: another may have taken it
    over.
    """
    return Job.objects.filter(
        pk=job.pk, state=Job.State.WAITING, worker=job.worker, attempts=job.attempts
    )
