"""A run from claim to end: step after step, each written down as soon as it is done (ADR 0184).

A worker leases a run and lengthens the lease before each step. Where it dies, another one goes on
at the step that was begun, under the same id; what is written down as done is not done again.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from catalog.errors import Refusal
from catalog.jobs import clock
from integrations.automations.actions import Ask, Done, StepFailed, Work, action_of, read_settings
from integrations.automations.models import Approval, Run, Step, Try
from integrations.webhooks.conditions import ConditionRefused, holds, model_at

_LOG = logging.getLogger(__name__)

THREADS = 4
LEASE_STEPS = 3
PAUSES = (5, 60, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 24 * 3600)
"""Seconds between attempts at a step; after the last one the run fails and waits for somebody."""
SPREAD = 0.2
MOST_ATTEMPTS = 30
"""So often a step is begun; one that ends its worker each time is given up."""
MOST_ANSWER = 1024

WAITING = Run.State.WAITING


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: what was done or is asked, or why it failed."""

    result: Done | Ask | StepFailed
    milliseconds: int


# -- claiming


def lease() -> timedelta:
    """Return how long a worker has a run before it begins the next step; whoever is dead by then
    has lost it.
    """
    return timedelta(seconds=LEASE_STEPS * settings.AUTOMATION_STEP_SECONDS)


def claimed(most: int, worker: str) -> Sequence[Callable[[], object]]:
    """Lease up to `most` due runs to `worker`, and return what carries each of them on."""
    due = Run.objects.filter(state=WAITING).order_by("due_at", "pk")
    # Looking takes no lock: on SQLite all writers would stand in line for it.
    if not due.filter(due_at__lte=clock.now()).exists():
        return []
    with transaction.atomic():
        now = clock.now()
        rows = list(due.filter(due_at__lte=now).select_for_update(skip_locked=True)[:most])
        facts: dict[str, Any] = {"due_at": now + lease(), "worker": worker, "turns": F("turns") + 1}
        Run.objects.filter(pk__in=[row.pk for row in rows]).update(**facts)
    for row in rows:
        row.turns += 1
        row.worker = worker
    return [partial(carry_on, row) for row in rows]


def carry_on(run: Run) -> None:
    """Do the steps of a leased run that are not done yet, until it ends, waits, or somebody else
    has it.
    """
    if not run.has_begun and not _begin(run):
        return
    outputs: list[dict[str, Any]] = []
    for step in run.steps.order_by("position"):
        if step.state == Step.State.PENDING:
            if not _start(run, step):
                return
            outcome = attempt(run, step, outputs)
            if not keep(run, step, outcome):
                return
        outputs.append(step.output)
    with transaction.atomic():
        _end(run, Run.State.DONE)


@transaction.atomic
def _begin(run: Run) -> bool:
    """Keep what the event says, and tell whether the condition holds; where it does not, the run is
    gone.
    """
    event = run.event
    if event is None:
        _end(run, Run.State.FAILED, "The event was deleted before this began.")
        return False
    said = event.envelope()
    model = (
        model_at(event.merchant, event.product, said["data"].get("version"))
        if event.product
        else None
    )
    try:
        is_meant = holds(run.automation.condition, event.type, event.data, model)
    except ConditionRefused as refusal:
        _mine(run).update(said=said)
        _end(run, Run.State.FAILED, f"The condition cannot be read any more: {refusal.sentence}")
        return False
    if not is_meant:
        _mine(run).delete()
        return False
    run.said = said
    return bool(_mine(run).update(said=said))


# -- one step


@transaction.atomic
def _start(run: Run, step: Step) -> bool:
    """Write down that a step is begun, and tell whether it may be: the run is still this worker's
    own.
    """
    if not _mine(run).update(due_at=clock.now() + lease()):
        return False
    step.attempts += 1
    if step.attempts > MOST_ATTEMPTS:
        told = f"Its worker ended {MOST_ATTEMPTS} times without a word. Look for what kills it, then try again."
        Step.objects.filter(pk=step.pk).update(state=Step.State.FAILED, told=told)
        _end(run, Run.State.FAILED, told)
        return False
    Step.objects.filter(pk=step.pk).update(attempts=step.attempts)
    return True


def attempt(run: Run, step: Step, outputs: Sequence[dict[str, Any]]) -> Outcome:
    """Do a step and return what came of it; writes nothing down."""
    start = time.monotonic()
    result: Done | Ask | StepFailed
    try:
        result = action_of(step.kind).do(work_of(run, step, outputs))
    except StepFailed as failed:
        result = failed
    except Refusal as refusal:
        result = StepFailed(refusal.sentence)
    except Exception as error:
        _LOG.exception("Step %s of run %s failed.", step, run.public_id)
        result = StepFailed(f"{type(error).__name__}: {error}")
    return Outcome(result, round((time.monotonic() - start) * 1000))


def work_of(run: Run, step: Step, outputs: Sequence[dict[str, Any]]) -> Work[Any]:
    """Return what an action is told of a step; refuse with StepRefused settings that no release
    knows any more.
    """
    automation = run.automation
    return Work(
        merchant=automation.merchant,
        automation=automation.public_id,
        name=automation.name,
        run=run.public_id,
        step=step.public_id,
        position=step.position,
        event=run.said,
        settings=read_settings(step.kind, step.settings),
        outputs=tuple(outputs),
        seconds=settings.AUTOMATION_STEP_SECONDS,
    )


# -- writing down


@transaction.atomic
def keep(run: Run, step: Step, outcome: Outcome) -> bool:
    """Write down what came of an attempt, and tell whether the run goes on at once.

    Where another worker took the run over meanwhile, only the attempt is written down.
    """
    now, result = clock.now(), outcome.result
    failed = result if isinstance(result, StepFailed) else None
    Try.objects.create(
        step=step,
        number=step.attempts,
        at=now,
        milliseconds=outcome.milliseconds,
        told=_plain(result.told if isinstance(result, Done) else ""),
        error=_plain(failed.told if failed else ""),
        answer=_plain("" if isinstance(result, Ask) else result.answer)[:MOST_ANSWER],
    )
    if not _locked(run):
        return False
    if isinstance(result, StepFailed):
        _keep_failure(run, step, result, now)
        return False
    if isinstance(result, Ask):
        title = _plain(result.title)
        Approval.objects.create(step=step, title=title, instructions=_plain(result.instructions))
        Step.objects.filter(pk=step.pk).update(state=Step.State.PAUSED, told=title)
        _mine(run).update(state=Run.State.PAUSED, worker="", told=title)
        return False
    step.state, step.told, step.output = Step.State.DONE, _plain(result.told), dict(result.output)
    step.ended_at = now
    step.save(update_fields=["state", "told", "output", "ended_at"])
    return True


def _keep_failure(run: Run, step: Step, failed: StepFailed, now: datetime) -> None:
    # Who says when to come again is not held to have failed once more.
    step.failures += 0 if failed.pause else 1
    pause = failed.pause or pause_after(step.failures, random.random())  # noqa: S311 (a spread needs no secret chance)
    told = _plain(failed.told)
    if failed.is_final or pause is None:
        Step.objects.filter(pk=step.pk).update(
            state=Step.State.FAILED, failures=step.failures, told=told
        )
        _end(run, Run.State.FAILED, told)
    else:
        Step.objects.filter(pk=step.pk).update(failures=step.failures, told=told)
        _mine(run).update(worker="", due_at=now + pause, told=told)


def pause_after(failures: int, chance: float) -> timedelta | None:
    """Return the pause after that many failures, None after the last; `chance` spreads it by a
    fifth either way.
    """
    if not 1 <= failures <= len(PAUSES):
        return None
    return timedelta(seconds=PAUSES[failures - 1] * (1 - SPREAD + 2 * SPREAD * chance))


def _end(run: Run, state: str, told: str = "") -> None:
    if state == Run.State.FAILED:
        _LOG.warning(
            "Run %s of the automation %s failed: %s", run.public_id, run.automation_id, told
        )
    _mine(run).update(state=state, worker="", told=told, ended_at=clock.now())


def _locked(run: Run) -> bool:
    return bool(_mine(run).select_for_update().exists())


def _mine(run: Run) -> Any:
    """Return the row of a run as long as it is leased to who has it here: another may have taken it
    over.
    """
    return Run.objects.filter(pk=run.pk, state=WAITING, worker=run.worker, turns=run.turns)


def _plain(text: str) -> str:
    return text.replace("\0", "�")
