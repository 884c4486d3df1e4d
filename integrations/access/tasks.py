"""What is deleted by and by: answers that nobody is promised any more, counts of windows that have
ended, and tokens that open nothing.
"""

import time
from datetime import timedelta

from django.db.models import Max, Q
from django.tasks import task
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from integrations.access.models import KEPT_ANSWERS, Count, KeptAnswer
from integrations.access.oauth import LONGEST_CHAIN


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


@task
def sweep_tokens() -> None:
    """Delete codes and tokens that open nothing any more.

    A family of refresh tokens goes as a whole, when its last one can no longer be exchanged: its
    first tells how old it is.
    """
    day_ago = timezone.now() - timedelta(days=1)
    get_grant_model().objects.filter(expires__lt=day_ago).delete()
    refreshing = get_refresh_token_model().objects
    families = (
        refreshing.values("token_family")
        .annotate(latest=Max("created"))
        .filter(latest__lt=day_ago - LONGEST_CHAIN)
        .values("token_family")
    )
    refreshing.filter(token_family__in=[each["token_family"] for each in families]).delete()
    get_access_token_model().objects.filter(expires__lt=day_ago, refresh_token=None).delete()
