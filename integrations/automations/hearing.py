"""From an event to the runs that it sets off, in the same transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.jobs.worker import wake
from catalog.models import Merchant
from integrations.automations.models import Automation, Run, Step
from integrations.webhooks.models import Event
from integrations.webhooks.outbox import Hearer


def set_off_by(merchant: Merchant, kind: str, product: str | None, costs: bool) -> list[Automation]:
    """Return the active automations of a merchant that an event of this kind sets off, whatever
    their conditions.
    """
    rows = Automation.objects.for_merchant(merchant).filter(event=kind, is_active=True)
    return [
        each
        for each in rows
        if (not each.products or product in each.products)
        and (each.costs or not costs)
        and each.steps
    ]


def _wants(merchant: Merchant, kind: str, product: str | None, costs: bool) -> bool:
    return bool(set_off_by(merchant, kind, product, costs))


def _hear(event: Event, due_at: datetime) -> None:
    for automation in set_off_by(event.merchant, event.type, event.product or None, event.costs):
        run = Run.objects.create(automation=automation, event=event, due_at=due_at)
        steps = (
            Step(run=run, position=number, kind=step["kind"], settings=step["settings"])
            for number, step in enumerate(automation.steps, 1)
        )
        Step.objects.bulk_create(steps)
    transaction.on_commit(wake)


def _has_begun(event: Event) -> bool | None:
    rows: Any = Run.objects.filter(event=event).select_for_update().values_list("turns", flat=True)
    turns = list(rows)
    return any(turns) if turns else None


HEARER = Hearer(
    rows=lambda: Automation.objects.filter(is_active=True),
    wants=_wants,
    hear=_hear,
    has_begun=_has_begun,
)
