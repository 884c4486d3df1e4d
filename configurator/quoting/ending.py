"""Quotes that ended without being accepted: told once each, and deleted long after."""

from datetime import timedelta

from django.db import transaction
from django.tasks import task

from catalog.jobs import clock
from catalog.jobs.progress import tell
from configurator.models import KeptQuote
from configurator.quoting.tokens import LEEWAY_SECONDS
from configurator.signals import quote_expired

_AT_ONCE = 200
KEPT_EXPIRED = timedelta(days=366)
"""So long a quote that nobody accepted is kept after its end; accepted ones stay."""


@task
def tell_expired_quotes() -> None:
    """Tell of all quotes that have ended unaccepted since this was done last. Safe to repeat, and
    to be killed.
    """
    told = 0
    while found := _tell_some():
        told += found
        tell("Quotes told as expired", told)
    while _sweep_some():
        pass


@transaction.atomic
def _tell_some() -> int:
    """Tell of some quotes that have ended, in the transaction that writes down that they were told
    of.
    """
    now = clock.now()
    # As long as clocks may differ, it is still accepted.
    ended = KeptQuote.objects.filter(
        accepted_at=None, expired_at=None, expires_at__lte=now - timedelta(seconds=LEEWAY_SECONDS)
    )
    found = list(
        ended.select_related("merchant")
        .order_by("expires_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:_AT_ONCE]
    )
    KeptQuote.objects.filter(pk__in=[row.pk for row in found]).update(expired_at=now)
    for row in found:
        row.expired_at = now
        quote_expired.send(KeptQuote, quote=row)
    return len(found)


def _sweep_some() -> int:
    old = KeptQuote.objects.filter(accepted_at=None, expired_at__lt=clock.now() - KEPT_EXPIRED)
    some = list(old.order_by("expired_at").values_list("pk", flat=True)[:_AT_ONCE])
    return KeptQuote.objects.filter(pk__in=some).delete()[0]
