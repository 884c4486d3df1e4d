"""What is deleted by and by: answers that nobody is promised any more, and counts of windows that
have ended.
"""

import time

from django.tasks import task
from django.utils import timezone

from integrations.access.models import KEPT_ANSWERS, Count, KeptAnswer


@task
def sweep_answers() -> None:
    """Delete the answers kept for calls that can no longer be repeated."""
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_ANSWERS).delete()


@task
def sweep_counts() -> None:
    """Delete the counts of windows that ended an hour ago."""
    Count.objects.filter(ends__lt=int(time.time()) - 3_600).delete()
