"""What is deleted by and by: jobs that ended, workers that are gone, logins that are over."""

from datetime import timedelta

from django.core.management import call_command
from django.tasks import task

from catalog.jobs import clock
from catalog.jobs.models import Job, Worker

KEPT_DONE = timedelta(days=1)
KEPT_FAILED = timedelta(days=30)
KEPT_WORKERS = timedelta(days=1)


@task
def sweep_jobs() -> None:
    """Delete jobs that ended long ago, and workers that nobody has heard of for a day."""
    now = clock.now()
    Job.objects.filter(state=Job.State.DONE, ended_at__lt=now - KEPT_DONE).delete()
    ended = (Job.State.FAILED, Job.State.CALLED_OFF)
    Job.objects.filter(state__in=ended, ended_at__lt=now - KEPT_FAILED).delete()
    Worker.objects.filter(seen_at__lt=now - KEPT_WORKERS).delete()


@task
def sweep_sessions() -> None:
    """Delete logins that are over."""
    call_command("clearsessions")
