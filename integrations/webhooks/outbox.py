"""From something that happened to the rows that tell of it, in the same transaction (ADR 0191).

An event is written where some endpoint of the merchant wants its kind, with a delivery to each that is active. The
others hear of it when they are enabled and recovered.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from catalog.jobs import clock
from catalog.jobs.worker import wake
from catalog.models import Merchant
from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.models import Delivery, Endpoint, Event, Sequence

TOGETHER = timedelta(seconds=5)
"""Changes of a price list come in crowds; those within so long are one event."""


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
) -> Event | None:
    """Write down that something happened and who is to hear of it; None where nobody wants to.

    The caller holds whatever keeps two changes of the same object apart. `only` names the one endpoint that is meant,
    `but` one that is not.
    """
    endpoints = listening(merchant, kind, product, costs) if only is None else [only]
    endpoints = [each for each in endpoints if each != but]
    if not endpoints:
        return None
    now = clock.now()
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
    deliver(event, endpoints, now)
    return event


@transaction.atomic
def record_together(merchant: Merchant, kind: str, object_id: str, data: Mapping[str, Any]) -> Event | None:
    """Write down what `record` does, or that it happened once more, as long as nobody was sent the event before."""
    newest = Event.objects.for_merchant(merchant).filter(type=kind, object_id=object_id).order_by("-pk").first()
    if newest is not None:
        waiting = list(newest.deliveries.select_for_update().values_list("state", "attempts"))
        if waiting and all(each == (Delivery.State.PENDING, 0) for each in waiting):
            newest.data = dict(data)
            newest.save(update_fields=["data"])
            return newest
    event = record(merchant, kind, object_id, data)
    if event is not None:
        event.deliveries.update(due_at=clock.now() + TOGETHER)
    return event


def deliver(event: Event, endpoints: Iterable[Endpoint], due_at: datetime) -> int:
    """Have `event` brought to those of `endpoints` that are active, and return how many these are."""
    rows = [Delivery(event=event, endpoint=each, due_at=due_at) for each in endpoints if each.is_active]
    Delivery.objects.bulk_create(rows)
    transaction.on_commit(wake)
    return len(rows)


def listening(merchant: Merchant, kind: str, product: str | None = None, costs: bool = False) -> list[Endpoint]:
    """Return the endpoints of a merchant that want events of this kind, the disabled ones included."""
    rows = Endpoint.objects.for_merchant(merchant).defer("secret", "secret_before")
    return [each for each in rows if each.wants(kind, product, costs)]


def _next_in_sequence(merchant: Merchant, object_type: str, object_id: str) -> int:
    """Count one more event of an object; who comes at the same time waits until this transaction ends."""
    table = connection.ops.quote_name(Sequence._meta.db_table)
    statement = (
        f"INSERT INTO {table} (merchant_id, object_type, object_id, last) VALUES (%s, %s, %s, 1) "  # noqa: S608
        f"ON CONFLICT (merchant_id, object_type, object_id) DO UPDATE SET last = {table}.last + 1 RETURNING last"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [merchant.pk, object_type, object_id])
        row = cursor.fetchone()
    return int(row[0])
