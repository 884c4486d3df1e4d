"""What is deleted by and by: events, deliveries and attempts that were kept long enough."""

from django.db.models import Exists, OuterRef
from django.tasks import task

from catalog.jobs import clock
from catalog.jobs.progress import tell
from integrations.webhooks.models import Delivery, Event
from integrations.webhooks.operations import KEPT

_AT_ONCE = 1_000


@task
def sweep_events() -> None:
    """Delete old events with their deliveries and attempts, but for those that still wait to be
    delivered.
    """
    waiting = Delivery.objects.filter(event=OuterRef("pk"), state=Delivery.State.PENDING)
    old = Event.objects.filter(~Exists(waiting), created_at__lt=clock.now() - KEPT).order_by("pk")
    deleted = 0
    while pks := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        Event.objects.filter(pk__in=pks).delete()
        deleted += len(pks)
        tell("Events deleted", deleted)
