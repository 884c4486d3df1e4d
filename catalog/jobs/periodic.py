"""Tasks that are asked for again and again, each at most once at a time, however many workers there
are.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.tasks import Task

from catalog.jobs.models import Job, Schedule

type PlainTask = Task[[], Any]

_EVERY: dict[str, tuple[PlainTask, timedelta]] = {}


def every(pause: timedelta, task: PlainTask) -> None:
    """Have `task`, which takes no arguments, asked for every `pause`; rooms say so when they are
    ready.
    """
    _EVERY[task.module_path] = (task, pause)


def ask_for_due(now: datetime) -> int:
    """Ask for the tasks that are due again, and return how many; one that still waits is not asked
    for twice.
    """
    known = set(Schedule.objects.filter(task__in=_EVERY).values_list("task", flat=True))
    fresh = [Schedule(task=name, next_at=now) for name in _EVERY if name not in known]
    Schedule.objects.bulk_create(fresh, ignore_conflicts=True)
    asked = 0
    for row in Schedule.objects.filter(task__in=_EVERY, next_at__lte=now):
        task, pause = _EVERY[row.task]
        with transaction.atomic():
            # Of several workers that see it, the first moves it on.
            if not Schedule.objects.filter(pk=row.pk, next_at=row.next_at).update(
                next_at=now + pause
            ):
                continue
            if not Job.objects.filter(task=row.task, state=Job.State.WAITING).exists():
                task.enqueue()
                asked += 1
    return asked
