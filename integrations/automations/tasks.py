"""What is deleted by and by: runs that ended long ago."""

from django.tasks import task

from catalog.jobs import clock
from catalog.jobs.progress import tell
from integrations.automations.models import Run
from integrations.webhooks.operations import KEPT

_AT_ONCE = 1_000
_ENDED = (Run.State.DONE, Run.State.REJECTED, Run.State.CANCELLED, Run.State.FAILED)


@task
def sweep_runs() -> None:
    """Delete runs that ended long ago, with their steps; those that wait for an approval stay."""
    old = Run.objects.filter(state__in=_ENDED, ended_at__lt=clock.now() - KEPT).order_by("pk")
    deleted = 0
    while pks := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        Run.objects.filter(pk__in=pks).delete()
        deleted += len(pks)
        tell("Runs deleted", deleted)
