"""From something that happened to the rows that tell of it, in the same transaction (ADR 0191).

An event is written where some endpoint of the merchant wants its kind, with a delivery to each that
is active. The others hear of it when they are enabled and recovered. Rooms further left hear of
events beside the endpoints.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.jobs import clock
from catalog.jobs.worker import wake
from catalog.models import Merchant
from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.conditions import ConditionRefused, holds, model_at
from integrations.webhooks.models import Delivery, Endpoint, Event, Sequence

_LOG = logging.getLogger(__name__)

TOGETHER = timedelta(seconds=5)
"""Changes of a price list come in crowds; those within so long are one event."""


@dataclass(frozen=True)
class Hearer:
    """Somebody beside the endpoints who hears of events, in the transaction that writes them.

    `rows` are what it may hear by, each of a `merchant`: whoever has none of them and no endpoint
    is not asked further. `wants` is asked with merchant, kind, product and whether costs are told.
    `hear` is handed the event and when it is due. `has_begun` tells whether work on an event has
    begun, None where there is none; it keeps others from beginning.
    """

    rows: Callable[[], QuerySet[Any]]
    wants: Callable[[Merchant, str, str | None, bool], bool]
    hear: Callable[[Event, datetime], None]
    has_begun: Callable[[Event], bool | None]


_HEARERS: dict[str, Hearer] = {}


def register(name: str, hearer: Hearer) -> None:
    """Have `hearer` told of events, too; rooms do so when they are ready."""
    _HEARERS[name] = hearer


@transaction.atomic
def record(
    merchant: Merchant,
    kind: str,
    object_id: str,
    data: Mapping[str, Any],
    product: str | None = None,
    costs: bool = False,
    only: Endpoint | None = None,
    but: Endpoint | None = None,
    together: bool = False,
) -> Event | None:
    """Write down that something happened and who is to hear of it; None where nobody wants to.

    The caller holds whatever keeps two changes of the same object apart. `only` names the one
    endpoint that is meant, `but` one that is not. `together` leaves time for more of the same.
    """
    endpoints = listening(merchant, kind, product, costs) if only is None else [only]
    endpoints = [each for each in endpoints if each != but]
    if only is None:
        endpoints = [each for each in endpoints if is_for(each, merchant, kind, product, data)]
    hearers = _hearing(merchant, kind, product, costs) if only is None else []
    if not endpoints and not hearers:
        return None
    now = clock.now()
    due_at = now + (TOGETHER if together else timedelta(0))
    known = KINDS[kind]
    event = Event.objects.create(
        merchant=merchant,
        type=kind,
        version=known.version,
        object_type=known.object,
        object_id=object_id,
        sequence=_next_in_sequence(merchant, known.object, object_id),
        product=product or "",
        costs=costs,
        data=dict(data),
        created_at=now,
    )
    deliver(event, endpoints, due_at)
    for hearer in hearers:
        hearer.hear(event, due_at)
    return event


@transaction.atomic
def record_together(
    merchant: Merchant, kind: str, object_id: str, data: Mapping[str, Any]
) -> Event | None:
    """Write down what `record` does, or that it happened once more, as long as nobody was sent the
    event before.
    """
    newest = (
        Event.objects.for_merchant(merchant)
        .filter(type=kind, object_id=object_id)
        .order_by("-pk")
        .first()
    )
    if newest is not None:
        waiting = list(newest.deliveries.select_for_update().values_list("state", "attempts"))
        begun = [each != (Delivery.State.PENDING, 0) for each in waiting]
        begun += [
            each for hearer in _HEARERS.values() if (each := hearer.has_begun(newest)) is not None
        ]
        if begun and not any(begun):
            newest.data = dict(data)
            newest.save(update_fields=["data"])
            return newest
    return record(merchant, kind, object_id, data, together=True)


def deliver(event: Event, endpoints: Iterable[Endpoint], due_at: datetime) -> int:
    """Have `event` brought to those of `endpoints` that are active, and return how many these are."""
    rows = [
        Delivery(event=event, endpoint=each, due_at=due_at) for each in endpoints if each.is_active
    ]
    Delivery.objects.bulk_create(rows)
    transaction.on_commit(wake)
    return len(rows)


def is_for(
    endpoint: Endpoint, merchant: Merchant, kind: str, product: str | None, data: Mapping[str, Any]
) -> bool:
    """Tell whether an event of a kind that `endpoint` wants passes its channels and its condition.

    A condition that cannot be read any more, since the product has changed, keeps nothing back.
    """
    if endpoint.channels and "channel" in data and data["channel"] not in endpoint.channels:
        return False
    if not endpoint.condition:
        return True
    number = data.get("version")
    asks = product is not None and KINDS[kind].tells_choices
    model = (
        model_at(merchant, product or "", number if isinstance(number, int) else None)
        if asks
        else None
    )
    try:
        return holds(endpoint.condition, kind, data, model)
    except ConditionRefused as refused:
        _LOG.warning(
            "The condition of the webhook endpoint %s is passed over: %s",
            endpoint,
            refused.sentence,
        )
        return True


def with_hearers(slug: str) -> Merchant | None:
    """Return the merchant of that name where anybody may hear of its events at all; asks once."""
    rows = [Endpoint.objects.all(), *(hearer.rows() for hearer in _HEARERS.values())]
    heard = reduce(or_, (Q(Exists(each.filter(merchant=OuterRef("pk")))) for each in rows))
    return Merchant.objects.filter(heard, slug=slug).first()


def is_heard(
    merchant: Merchant, kind: str, product: str | None = None, costs: bool = False
) -> bool:
    """Tell whether anybody wants events of this kind, so that it is worth the work to write one."""
    return bool(
        listening(merchant, kind, product, costs) or _hearing(merchant, kind, product, costs)
    )


def _hearing(merchant: Merchant, kind: str, product: str | None, costs: bool) -> list[Hearer]:
    return [each for each in _HEARERS.values() if each.wants(merchant, kind, product, costs)]


_READ = ("merchant", "name", "state", "events", "products", "costs", "channels", "condition")
"""What is read of endpoints to know who is told; keys, secrets and certificates are not."""


def listening(
    merchant: Merchant, kind: str, product: str | None = None, costs: bool = False
) -> list[Endpoint]:
    """Return the endpoints of a merchant that want events of this kind, the disabled ones included."""
    rows = Endpoint.objects.for_merchant(merchant).only(*_READ)
    return [each for each in rows if each.wants(kind, product, costs)]


def _next_in_sequence(merchant: Merchant, object_type: str, object_id: str) -> int:
    """Count one more event of an object; who comes at the same time waits until this transaction
    ends.
    """
    table = connection.ops.quote_name(Sequence._meta.db_table)
    statement = (
        f"INSERT INTO {table} (merchant_id, object_type, object_id, last) VALUES (%s, %s, %s, 1) "  # noqa: S608
        f"ON CONFLICT (merchant_id, object_type, object_id) DO UPDATE SET last = {table}.last + 1 RETURNING last"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [merchant.pk, object_type, object_id])
        row = cursor.fetchone()
    return int(row[0])
