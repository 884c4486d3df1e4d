"""Open configurations of which the prices have held for as long as they do: told once each."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from catalog.jobs.progress import tell
from configurator.models import OPEN_DAYS, Configuration, QuoteTerms
from configurator.signals import prices_expired

_AT_ONCE = 200


@task
def tell_expired() -> None:
    """Tell of all configurations that are open and have expired since this was done last. Safe to
    repeat.
    """
    now = timezone.now()
    days = dict(QuoteTerms.objects.values_list("merchant", "open_days"))
    told = 0
    waiting = Configuration.objects.filter(
        state=Configuration.State.OPEN, expired_at=None
    ).order_by()
    for merchant in waiting.values_list("merchant", flat=True).distinct():
        since = now - timedelta(days=days.get(merchant, OPEN_DAYS))
        while found := _tell_some(merchant, since, now):
            told += found
            tell("Configurations told as expired", told)


@transaction.atomic
def _tell_some(merchant: int, since: datetime, now: datetime) -> int:
    rows = Configuration.objects.filter(
        Q(priced_at__lte=since) | Q(priced_at=None, created_at__lte=since),
        merchant=merchant,
        state=Configuration.State.OPEN,
        expired_at=None,
    )
    found = list(
        rows.select_related("merchant", "product", "version")
        .order_by("priced_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:_AT_ONCE]
    )
    # Their own day of change stays: nobody changed them.
    Configuration.objects.filter(pk__in=[row.pk for row in found]).update(expired_at=now)
    for row in found:
        prices_expired.send(Configuration, configuration=row)
    return len(found)
