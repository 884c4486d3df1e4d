"""Compiled forms made before anybody asks: when a version is published, and of what is on sale when
a server starts.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Max
from django.tasks import task

from catalog.models import Merchant, Version
from configurator.background import background
from configurator.offers import compiled_files, prepare

_LOG = logging.getLogger(__name__)

# A server starts with these in its memory; the others are read from the disk by whoever asks first.
MOST_AT_START = 100


def current_versions(merchant: Merchant | None = None) -> Iterator[Version]:
    """Return the newest version of each product on sale, of one merchant or of all, those published
    last first.
    """
    rows = Version.objects.all() if merchant is None else Version.objects.for_merchant(merchant)
    on_sale = rows.filter(product__retired_at=None)
    newest = on_sale.annotate(newest=Max("product__versions__number")).filter(number=F("newest"))
    return iter(
        newest.select_related("product__merchant")
        .order_by("-published_at", "-pk")
        .iterator(chunk_size=10)
    )


def prepare_published(version: Version, **_: Any) -> None:
    """Have a version compiled by a worker for all processes, or by this one where no other could
    read it.
    """
    if compiled_files() is not None:
        prepare_version.enqueue(version.pk)
    elif background.serves:
        transaction.on_commit(lambda: background.do(lambda: prepare(version)), robust=True)


@task
def prepare_version(version_id: int) -> None:
    """Keep the compiled form of a version on the disk. Safe to repeat."""
    prepare(Version.objects.get(pk=version_id))


def prepare_at_start() -> None:
    """Make this process a server, and prepare beside its requests what is on sale."""
    background.serve()
    background.do(_prepare_current)


def _prepare_current() -> None:
    try:
        for number, version in enumerate(current_versions()):
            if number == MOST_AT_START:
                return
            try:
                prepare(version)
            except Exception:
                _LOG.exception("%s cannot be prepared.", version)
    except DatabaseError as error:
        _LOG.warning("Nothing is prepared, the database does not answer: %s", error)
