"""What is deleted by and by: answers that nobody is promised any more, and counts of windows that
have ended.
"""

import time

from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from integrations.access.models import KEPT_ANSWERS, Count, KeptAnswer


@task
def sweep_answers() -> None:
    """Delete the answers kept for calls that can no longer be repeated."""
    now = timezone.now()
    ended = Q(until__lt=now) | Q(until=None, created_at__lt=now - KEPT_ANSWERS)
    KeptAnswer.objects.filter(ended).delete()


@task
def sweep_counts() -> None:
    """Delete the counts of windows that ended an hour ago."""
    Count.objects.filter(ends__lt=int(time.time()) - 3_600).delete()
