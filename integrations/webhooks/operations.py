"""What people and programs do with endpoints: make, change, test, rotate, enable, redeliver,
recover.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q

from catalog.errors import KeyTaken, Malformed
from catalog.jobs import clock
from catalog.jobs.worker import wake
from catalog.models import Merchant
from configurator.sealing import sealed
from integrations.egress.client import refuse_closed
from integrations.egress.targets import read_target
from integrations.webhooks import signing
from integrations.webhooks.catalogue import KINDS, PAYLOAD_VERSIONS, chosen
from integrations.webhooks.conditions import model_at, refuse_condition
from integrations.webhooks.credentials import COLUMNS, LetIn, apply_let_in, refuse_let_in
from integrations.webhooks.delivery import disable, place_of
from integrations.webhooks.errors import EndpointDisabled
from integrations.webhooks.models import Attempt, Delivery, Endpoint, Event
from integrations.webhooks.outbox import deliver, is_for, record

OVERLAP = timedelta(hours=24)
"""So long a secret signs on beside the one that replaced it."""
MOST_CONDITION = 1_000
KEPT = timedelta(days=30)
"""So long events, deliveries and attempts are kept."""


@dataclass(frozen=True)
class Wish:
    """What an endpoint is to be: its name, its URL, and what it is told."""

    name: str
    url: str
    events: Collection[str] = ()
    products: Collection[str] = ()
    payload: str = Endpoint.Payload.THIN
    costs: bool = False
    asymmetric: bool = False
    channels: Collection[str] = ()
    condition: str = ""
    payload_version: str = PAYLOAD_VERSIONS[-1]
    let_in: LetIn = field(default_factory=LetIn)

    def columns(self) -> dict[str, Any]:
        """Return what is a column of its own, by name."""
        return {name: value for name, value in vars(self).items() if name != "let_in"}


@dataclass(frozen=True)
class Health:
    """How an endpoint does: what waits, since when, and the attempts of the last day."""

    pending: int
    oldest_at: datetime | None
    taken: int
    failed: int
    last_at: datetime | None
    last_status: int | None
    last_error: str


# -- endpoints


def endpoint_called(merchant: Merchant, public_id: str) -> Endpoint:
    """Return the merchant's endpoint of that id; refuse with NotFound."""
    row: Endpoint = Endpoint.objects.called(merchant, public_id, "There is no such endpoint.")
    return row


@transaction.atomic
def make_endpoint(merchant: Merchant, wish: Wish) -> tuple[Endpoint, str]:
    """Make an endpoint and return it with its secret, which cannot be had again.

    Refuses as `refuse_wish` does.
    """
    endpoint = Endpoint(merchant=merchant)
    _apply(endpoint, wish)
    return endpoint, _new_secret(endpoint)


@transaction.atomic
def change_endpoint(endpoint: Endpoint, wish: Wish) -> Endpoint:
    """Let an endpoint be what is wished; refuses as `make_endpoint` does. What waits is sent to the
    new URL.
    """
    _apply(endpoint, wish)
    endpoint.save(update_fields=[*wish.columns(), *_KEYS, *COLUMNS])
    return endpoint


@contextmanager
def holding(merchant: Merchant, public_id: str) -> Iterator[Endpoint]:
    """Let others who change an endpoint wait while the block looks at it and changes it; refuse
    with NotFound.
    """
    with transaction.atomic():
        pk = endpoint_called(merchant, public_id).pk
        yield Endpoint.objects.select_for_update(no_key=True).select_related("merchant").get(pk=pk)


def _apply(endpoint: Endpoint, wish: Wish) -> None:
    refuse_wish(endpoint.merchant, wish, endpoint if endpoint.pk else None)
    names = [kind.name for kind in chosen()]
    sets = {"products": sorted(wish.products), "channels": sorted(wish.channels)}
    facts = {**wish.columns(), **sets, "events": [each for each in names if each in wish.events]}
    for name, value in {**facts, "condition": wish.condition.strip()}.items():
        setattr(endpoint, name, value)
    apply_let_in(endpoint, wish.let_in)
    if not wish.asymmetric:
        endpoint.key = endpoint.key_before = None
        endpoint.public_key = ""
    elif endpoint.key is None:
        _new_key(endpoint)


_KEYS = ("key", "key_before", "public_key")


def _new_key(endpoint: Endpoint) -> None:
    key = signing.new_key()
    endpoint.key, endpoint.public_key = (
        sealed(key, place_of(endpoint)),
        signing.told_public_key(key),
    )


def refuse_wish(merchant: Merchant, wish: Wish, held: Endpoint | None = None) -> None:
    """Refuse what an endpoint of a merchant, a new one or `held`, cannot be.

    With UrlRefused a URL that nothing is sent to, with Malformed unknown events and products and
    what it cannot be let in by, with ConditionRefused a condition, with KeyTaken a name.
    """
    refuse_closed(read_target(wish.url))
    refuse_let_in(wish.let_in, wish.url, held)
    if wish.payload_version not in PAYLOAD_VERSIONS:
        told = f"There is no payload version '{wish.payload_version}'. Choose from {', '.join(PAYLOAD_VERSIONS)}."
        raise Malformed(told, errors=[{"pointer": "/payload_version", "detail": told}])
    names = [kind.name for kind in chosen()]
    if unknown := sorted(set(wish.events) - set(names)):
        raise Malformed(
            f"There is no event '{unknown[0]}' to choose. Choose from {', '.join(names)}.",
            errors=[{"pointer": "/events", "detail": f"unknown event {unknown[0]}"}],
        )
    products = set(merchant.products.values_list("key", flat=True)) if wish.products else set()
    if strange := sorted(set(wish.products) - products):
        raise Malformed(
            f"There is no product '{strange[0]}'.",
            errors=[{"pointer": "/products", "detail": f"unknown product {strange[0]}"}],
        )
    _refuse_condition(merchant, wish)
    others = Endpoint.objects.for_merchant(merchant).exclude(pk=-1 if held is None else held.pk)
    if others.filter(name=wish.name).exists():
        raise KeyTaken(
            f"There is an endpoint '{wish.name}' already. Take another name; if its secret is lost, rotate that.",
            errors=[{"pointer": "/name", "detail": "taken"}],
        )


def _refuse_condition(merchant: Merchant, wish: Wish) -> None:
    """Refuse with Malformed or ConditionRefused a condition that cannot be asked of each event that
    is chosen.
    """
    if not wish.condition.strip():
        return
    if len(wish.condition) > MOST_CONDITION:
        told = f"Give a condition of at most {MOST_CONDITION:,} characters."
        raise Malformed(told, errors=[{"pointer": "/condition", "detail": told}])
    if not wish.events:
        told = "Choose the events that the condition is asked of: it reads what they say."
        raise Malformed(told, errors=[{"pointer": "/events", "detail": told}])
    models = [
        model for key in sorted(wish.products) if (model := model_at(merchant, key)) is not None
    ]
    for kind in wish.events:
        refuse_condition(wish.condition, kind, models if KINDS[kind].tells_choices else ())


def _new_secret(endpoint: Endpoint) -> str:
    secret = signing.new_secret()
    endpoint.secret = sealed(secret, place_of(endpoint))
    endpoint.save()
    return signing.told_secret(secret)


@transaction.atomic
def rotate_secret(endpoint: Endpoint) -> str:
    """Give `endpoint` a new secret and return it; the one before signs beside it for a day. So does
    its key pair.
    """
    row = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    row.secret_before, row.before_until = row.secret, clock.now() + OVERLAP
    if row.asymmetric:
        row.key_before = row.key
        _new_key(row)
    return _new_secret(row)


@transaction.atomic
def enable(endpoint: Endpoint) -> Endpoint:
    """Let a disabled endpoint be told again, beginning with a test; one request at a time until it
    takes one.

    What it missed is not sent by itself: see `recover`. Safe to repeat.
    """
    row = (
        Endpoint.objects.select_for_update(no_key=True)
        .select_related("merchant")
        .get(pk=endpoint.pk)
    )
    if row.is_active:
        return row
    row.state, row.disabled_because, row.disabled_at = Endpoint.State.ACTIVE, "", None
    row.failing_since, row.held_until = clock.now(), None
    row.save(
        update_fields=["state", "disabled_because", "disabled_at", "failing_since", "held_until"]
    )
    send_test(row)
    return row


def disable_by_hand(endpoint: Endpoint) -> Endpoint:
    """Send nothing to `endpoint` until somebody enables it."""
    disable(endpoint, "Somebody disabled it.")
    endpoint.refresh_from_db()
    return endpoint


def send_test(endpoint: Endpoint) -> Delivery:
    """Send a test to `endpoint` and return its delivery; refuse with EndpointDisabled."""
    _refuse_disabled(endpoint)
    data = {"endpoint": endpoint.public_id, "message": "It works."}
    event = record(endpoint.merchant, "endpoint.test", endpoint.public_id, data, only=endpoint)
    assert event is not None
    delivery: Delivery = event.deliveries.get()
    return delivery


# -- deliveries


def delivery_called(merchant: Merchant, public_id: str) -> Delivery:
    """Return the merchant's delivery of that id; refuse with NotFound."""
    rows = Delivery.objects.select_related("event__merchant", "endpoint__merchant")
    row: Delivery = rows.called(
        merchant, public_id, "There is no such delivery; they are kept for 30 days."
    )
    return row


def event_called(merchant: Merchant, public_id: str) -> Event:
    """Return the merchant's event of that id; refuse with NotFound."""
    row: Event = Event.objects.called(
        merchant, public_id, "There is no such event; they are kept for 30 days."
    )
    return row


def redeliver(delivery: Delivery) -> Delivery:
    """Send an event once more, whatever came of it before, under the same id; refuse with
    EndpointDisabled.
    """
    _refuse_disabled(delivery.endpoint)
    _send_again(Delivery.objects.filter(pk=delivery.pk))
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def recover(endpoint: Endpoint, since: datetime) -> int:
    """Send all that `endpoint` should have had since then and did not take, and return how many
    events these are.

    These are the ones given up, those of the time in which it was disabled, and those it has chosen
    since. Refuses with EndpointDisabled. Safe to repeat.
    """
    _refuse_disabled(endpoint)
    lost = Q(state__in=(Delivery.State.DEAD, Delivery.State.SKIPPED), event__created_at__gte=since)
    again = _send_again(Delivery.objects.filter(lost, endpoint=endpoint))
    had = Delivery.objects.filter(endpoint=endpoint).values("event")
    events = (
        Event.objects.for_merchant(endpoint.merchant)
        .filter(created_at__gte=since)
        .exclude(pk__in=had)
    )
    events = events.exclude(object_type="endpoint", object_id=endpoint.public_id)
    names = [kind.name for kind in chosen()]
    missed = [
        each
        for each in events.filter(type__in=names).order_by("pk").iterator(500)
        if endpoint.wants(each.type, each.product or None, each.costs)
        and is_for(endpoint, endpoint.merchant, each.type, each.product or None, each.data)
    ]
    now = clock.now()
    for each in missed:
        deliver(each, [endpoint], now)
    return again + len(missed)


def _send_again(deliveries: Any) -> int:
    facts: dict[str, Any] = {
        "state": Delivery.State.PENDING,
        "step": 0,
        "worker": "",
        "ended_at": None,
    }
    count = int(deliveries.update(**facts, due_at=clock.now()))
    transaction.on_commit(wake)
    return count


def _refuse_disabled(endpoint: Endpoint) -> None:
    if not endpoint.is_active:
        raise EndpointDisabled(
            f"{endpoint.disabled_because} Enable it first; then send again what it missed."
        )


# -- health


def health_of(endpoints: Collection[Endpoint]) -> Mapping[int, Health]:
    """Return how each endpoint does, by its number."""
    pks = [each.pk for each in endpoints]
    waiting = Delivery.objects.filter(endpoint__in=pks, state=Delivery.State.PENDING).values(
        "endpoint"
    )
    pending = {
        row["endpoint"]: row
        for row in waiting.annotate(count=Count("pk"), oldest=Min("event__created_at"))
    }
    since = clock.now() - timedelta(days=1)
    tries = Attempt.objects.filter(delivery__endpoint__in=pks, at__gte=since)
    counted = tries.values("delivery__endpoint").annotate(
        taken=Count("pk", filter=Q(error="")), failed=Count("pk", filter=~Q(error=""))
    )
    day = {row["delivery__endpoint"]: row for row in counted}
    return {
        pk: _health(
            pending.get(pk, {}),
            day.get(pk, {}),
            Attempt.objects.filter(delivery__endpoint=pk).order_by("-at", "-pk").first(),
        )
        for pk in pks
    }


def _health(pending: Mapping[str, Any], day: Mapping[str, Any], last: Attempt | None) -> Health:
    return Health(
        pending=pending.get("count", 0),
        oldest_at=pending.get("oldest"),
        taken=day.get("taken", 0),
        failed=day.get("failed", 0),
        last_at=None if last is None else last.at,
        last_status=None if last is None else last.status,
        last_error="" if last is None else last.error,
    )


def oldest_due() -> datetime | None:
    """Return since when the delivery that waits longest for a worker is due; None where none is."""
    due = Delivery.objects.filter(
        state=Delivery.State.PENDING, endpoint__state=Endpoint.State.ACTIVE
    )
    moment: datetime | None = due.filter(due_at__lte=clock.now()).aggregate(oldest=Min("due_at"))[
        "oldest"
    ]
    return moment
