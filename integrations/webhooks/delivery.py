"""Bringing events to endpoints: claimed by lease, sent once, and written down with what came of it
(ADR 0192).

No endpoint has more than a few requests under way, and one that fails has one. So whatever a
receiver does, the threads are there for the others. Requests are made outside of any transaction.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.jobs import clock
from catalog.noting import noting
from configurator.sealing import opened
from integrations.egress.client import Answer, Unreachable, post
from integrations.egress.targets import UrlRefused
from integrations.webhooks import schedule, signing
from integrations.webhooks.credentials import certificate_of, credentials_of, headers_of
from integrations.webhooks.listening import FULL_ONLY
from integrations.webhooks.models import Attempt, Delivery, Endpoint, Event
from integrations.webhooks.outbox import record
from integrations.webhooks.tokens import forget, token_of

_LOG = logging.getLogger(__name__)

THREADS = 8
MOST_AT_ONCE = 3
"""Requests that one endpoint has under way at most; while it fails, one."""
GIVING_WAY = 0.75
"""The share of turns in which an endpoint that fails lets others go first."""
LEASE_DEADLINES = 4
MOST_BYTES = 256 * 1024
"""A full payload that would be larger is sent thin."""

type Sealed = bytes | memoryview[int]

PENDING = Delivery.State.PENDING


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the status and the beginning of the answer, or the error why there
    is none.
    """

    status: int | None
    error: str
    milliseconds: int
    answer: str = ""
    retry_after: str | None = None


# -- claiming


def claimed(most: int, worker: str) -> Sequence[Callable[[], object]]:
    """Lease up to `most` due deliveries to `worker`, and return what sends each of them.

    Endpoints that have as many under way as they may are left out of the question, so that one that
    does not answer does not fill the window with what it is owed.
    """
    # Looking takes no lock: on SQLite all writers would stand in line for it. While there is work,
    # it is left out.
    if not _found.get(worker) and not _with_work(clock.now()).exists():
        return []
    with transaction.atomic():
        now = clock.now()
        rows = list(_chosen(most, now))
        facts: dict[str, Any] = {
            "worker": worker,
            "attempts": F("attempts") + 1,
            "due_at": now + lease(),
        }
        if rows:
            Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(**facts)
    _found.clear()
    _found[worker] = bool(rows)
    if not rows:
        return []
    events = Event.objects.select_related("merchant").in_bulk([row.event_id for row in rows])
    watch = Watch(now)
    for row in rows:
        row.attempts += 1
        row.worker = worker
        row.event = events[row.event_id]
    return [partial(carry_out, row, watch) for row in rows]


# Whether the last look of a worker found anything; of one worker, for a process has one.
_found: dict[str, bool] = {}


class Watch:
    """The time of the database, read once and told on by the clock of this machine that nobody
    sets.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._read = time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._read)


def lease() -> timedelta:
    """Return how long a worker has a delivery; whoever is dead by then has lost it."""
    return timedelta(seconds=LEASE_DEADLINES * settings.WEBHOOK_SECONDS)


def _with_work(now: datetime) -> Any:
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), state=PENDING, due_at__lte=now)
    open_now = Q(held_until=None) | Q(held_until__lte=now)
    return Endpoint.objects.filter(Exists(due), open_now, state=Endpoint.State.ACTIVE)


def _chosen(most: int, now: datetime) -> Iterator[Delivery]:
    # Locked, so that two workers do not count the same free places. One that is being claimed for
    # is passed over.
    endpoints = list(_with_work(now).select_for_update(skip_locked=True, no_key=True))
    pks = [each.pk for each in endpoints]
    at_work = Delivery.objects.filter(endpoint__in=pks, state=PENDING, due_at__gt=now).exclude(
        worker=""
    )
    busy = dict(at_work.values_list("endpoint").annotate(count=Count("pk")))
    # Whoever would always be last is not, and nobody could tell who is first.
    random.shuffle(endpoints)
    for endpoint in sorted(endpoints, key=lambda each: (_gives_way(each), busy.get(each.pk, 0))):
        free = min(most, (1 if endpoint.failing_since else MOST_AT_ONCE) - busy.get(endpoint.pk, 0))
        if free > 0:
            due = Delivery.objects.filter(
                endpoint=endpoint, state=PENDING, due_at__lte=now
            ).order_by("due_at", "pk")
            found = list(due.select_for_update(skip_locked=True)[:free])
            most -= len(found)
            for row in found:
                row.endpoint = endpoint
            yield from found


def _gives_way(endpoint: Endpoint) -> bool:
    """Tell whether others go first: mostly where an endpoint fails, so that they hardly wait for
    it; now and then it does not, so that it is seen to answer again.
    """
    return endpoint.failing_since is not None and random.random() < GIVING_WAY  # noqa: S311 (a share needs no secret chance)


# -- sending


def carry_out(delivery: Delivery, watch: Watch) -> None:
    """Send a leased delivery and write down what came of it."""
    with noting(event_id=delivery.event.public_id, delivery_id=delivery.public_id):
        outcome = attempt(delivery, watch.now())
        # What is put off is put off by the database itself; what is taken has only to be written
        # down.
        keep(delivery, outcome, watch.now() if schedule.is_taken(outcome.status) else None)
        _LOG.debug("Sent to %s: %s", delivery.endpoint, outcome.error or outcome.status)


def attempt(delivery: Delivery, now: datetime | None = None) -> Outcome:
    """Send a delivery, signed as of `now`, and return what came of it; writes nothing."""
    endpoint, event, deadline = delivery.endpoint, delivery.event, settings.WEBHOOK_SECONDS
    start = time.monotonic()
    try:
        body = body_of(event, endpoint)
        credentials = credentials_of(endpoint)
        headers = {
            **headers_of(endpoint),
            **(
                {}
                if credentials is None
                else {"Authorization": f"Bearer {token_of(credentials, deadline)}"}
            ),
            "Content-Type": "application/json",
            **signing.signed_headers(
                signers_of(endpoint), event.public_id, now or clock.now(), body, keys_of(endpoint)
            ),
        }
        left = max(deadline - (time.monotonic() - start), 1.0)
        answer: Answer = post(
            endpoint.url, body, headers, left, certificate=certificate_of(endpoint)
        )
    except (Unreachable, UrlRefused) as error:
        return Outcome(None, str(error), _milliseconds(start))
    if credentials is not None and answer.status == schedule.NOT_LET_IN:
        forget(credentials)
    text = answer.body.decode("utf-8", "replace").replace("\0", "�")
    told = "" if schedule.is_taken(answer.status) else f"It answered {answer.status}."
    return Outcome(
        answer.status, told, _milliseconds(start), text, answer.headers.get("retry-after")
    )


def body_of(event: Event, endpoint: Endpoint) -> bytes:
    """Return what is sent of `event` to `endpoint`: the same bytes at every attempt, as long as it
    says as much.
    """
    whole = event.envelope(endpoint.payload_version)
    if endpoint.payload == Endpoint.Payload.FULL:
        body = orjson.dumps(whole)
        if len(body) <= MOST_BYTES:
            return body
    thin = {name: each for name, each in whole["data"].items() if name not in FULL_ONLY}
    return orjson.dumps({**whole, "data": thin})


def signers_of(endpoint: Endpoint) -> list[bytes]:
    """Return the secrets that sign for `endpoint` now: the newest, and the one before as long as
    that holds.
    """
    found = _opened(endpoint, endpoint.secret, endpoint.secret_before)
    if not found:
        raise Unreachable(
            "Its secret was sealed with one of the site's that is gone. Rotate the endpoint's secret."
        )
    return found


def keys_of(endpoint: Endpoint) -> list[bytes]:
    """Return the private keys that sign for `endpoint` beside its secrets; none where it is not
    asymmetric.
    """
    return _opened(endpoint, endpoint.key, endpoint.key_before) if endpoint.asymmetric else []


def _opened(endpoint: Endpoint, newest: Sealed | None, before: Sealed | None) -> list[bytes]:
    """Return what of two sealed secrets holds now and can be opened, the newest first."""
    holds = endpoint.before_until is not None and endpoint.before_until > clock.now()
    kept = [newest, before] if holds else [newest]
    opened_ones = (opened(bytes(each), place_of(endpoint)) for each in kept if each is not None)
    return [each for each in opened_ones if each is not None]


def place_of(endpoint: Endpoint) -> str:
    """Return the name of the place that secrets of an endpoint are sealed for."""
    return f"webhooks {endpoint.public_id}"


def _milliseconds(start: float) -> int:
    return round((time.monotonic() - start) * 1000)


# -- writing down


@transaction.atomic
def keep(delivery: Delivery, outcome: Outcome, now: datetime | None = None) -> None:
    """Write down what came of an attempt, and what follows for the delivery and its endpoint.

    Where another worker took the delivery over meanwhile, only the attempt is written down.
    """
    now = now or clock.now()
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=now,
        status=outcome.status,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        answer=outcome.answer,
    )
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=PENDING, worker=delivery.worker, attempts=delivery.attempts
    )
    if schedule.is_taken(outcome.status):
        # Most endpoints do not fail, and their rows are left alone.
        is_first = delivery.endpoint.failing_since or delivery.endpoint.held_until
        if mine.update(state=Delivery.State.DELIVERED, worker="", ended_at=now) and is_first:
            Endpoint.objects.filter(pk=delivery.endpoint_id).update(
                failing_since=None, held_until=None
            )
        return
    _keep_failure(delivery, mine, outcome, now)


def _keep_failure(delivery: Delivery, mine: Any, outcome: Outcome, now: datetime) -> None:
    wished = schedule.retry_after(outcome.retry_after, now)
    # Who says when to come again is not held to have failed a step of the schedule.
    step = delivery.step if wished else delivery.step + 1
    pause = wished or schedule.pause_after(step, random.random())  # noqa: S311 (a spread needs no secret chance)
    if outcome.status == schedule.GONE or pause is None:
        was_mine = mine.update(state=Delivery.State.DEAD, worker="", step=step, ended_at=now)
    else:
        was_mine = mine.update(worker="", step=step, due_at=now + pause)
    if not was_mine:
        return
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=delivery.endpoint_id)
    if endpoint.failing_since is None:
        endpoint.failing_since = now
    if wished or outcome.status in schedule.BUSY:
        endpoint.held_until = now + (wished or schedule.BUSY_PAUSE)
    endpoint.save(update_fields=["failing_since", "held_until"])
    if outcome.status == schedule.GONE:
        disable(endpoint, "It answered 410: it is gone.")
    elif now - endpoint.failing_since >= schedule.FAILING_FOR:
        hours = schedule.FAILING_FOR // timedelta(hours=1)
        disable(endpoint, f"It took nothing for {hours} hours. Last: {outcome.error}")


@transaction.atomic
def disable(endpoint: Endpoint, reason: str) -> None:
    """Send nothing to `endpoint` any more, and tell the merchant's other ones. Safe to repeat."""
    endpoint = (
        Endpoint.objects.select_for_update(no_key=True)
        .select_related("merchant")
        .get(pk=endpoint.pk)
    )
    if not endpoint.is_active:
        return
    now = clock.now()
    endpoint.state = Endpoint.State.DISABLED
    endpoint.disabled_because, endpoint.disabled_at = reason, now
    endpoint.save(update_fields=["state", "disabled_because", "disabled_at"])
    waiting = Delivery.objects.filter(endpoint=endpoint, state=PENDING)
    waiting.update(state=Delivery.State.SKIPPED, worker="", ended_at=now)
    _LOG.warning(
        "The webhook endpoint %s of %s is disabled: %s", endpoint, endpoint.merchant, reason
    )
    data = {
        "id": endpoint.public_id,
        "name": endpoint.name,
        "reason": reason,
        "disabled_at": now.isoformat(),
    }
    record(endpoint.merchant, "endpoint.disabled", endpoint.public_id, data, but=endpoint)
