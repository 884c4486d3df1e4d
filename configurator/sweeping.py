"""Sweeps of a draft's shapes as people ask for them: begun once, carried out by a worker, followed
while they run.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from secrets import randbelow
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from catalog import drafts
from catalog.checking import LONGEST_WAIT, SILENT
from catalog.errors import Malformed, NotFound
from catalog.jobs import progress
from catalog.models import Product
from catalog.product_model import ProductModel, canonical, read
from catalog.shape_expressions import has_shapes
from configurator.compiled_product import compile_product
from configurator.models import ShapeSweep
from configurator.offers import draft_of
from configurator.shape_sweep import MOST_CONFIGURATIONS, MOST_SEED, SweepReport, sweep

USUAL_COUNT = 50
KEPT_SWEEPS = 10
BEAT = timedelta(seconds=1)


class _Superseded(Exception):
    """Nobody waits for this sweep any more."""


def begin_sweep(product: Product, count: int = USUAL_COUNT, seed: int | None = None) -> ShapeSweep:
    """Return the sweep of `count` configurations of the draft, of the row that begins with `seed`
    or, without one, with a number by chance; a worker carries it out.

    Safe to repeat: the same draft, count and seed are swept once. Refuses with Malformed counts and
    seeds there are not, with NotFound a draft without shapes, and as `compile_product` does what
    cannot be tried.
    """
    errors = []
    if not 1 <= count <= MOST_CONFIGURATIONS:
        errors.append(("count", f"expected 1 to {MOST_CONFIGURATIONS}"))
    if seed is not None and not 0 <= seed <= MOST_SEED:
        errors.append(("seed", f"expected 0 to {MOST_SEED:,}"))
    if errors:
        name, detail = errors[0]
        raise Malformed(
            f"The {name} of a sweep is wrong: {detail}.",
            errors=[{"pointer": f"/{name}", "detail": detail} for name, detail in errors],
        )
    model = swept_model(product)
    if seed is None:
        seed = randbelow(1_000_000)
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        same = product.shape_sweeps.filter(draft=model.digest, count=count, seed=seed)
        known = same.filter(Q(state=ShapeSweep.State.DONE) | _heard_of()).first()
        if known is not None:
            return known
        running = product.shape_sweeps.filter(state=ShapeSweep.State.RUNNING)
        running.update(state=ShapeSweep.State.STOPPED)
        row: ShapeSweep = ShapeSweep.objects.create(
            product=product,
            draft=model.digest,
            document=canonical(model),
            count=count,
            seed=seed,
            seen_at=timezone.now(),
        )
        old = product.shape_sweeps.values_list("pk", flat=True)[KEPT_SWEEPS:]
        ShapeSweep.objects.filter(pk__in=list(old)).delete()
        sweep_waiting.enqueue(row.pk)
    return row


def swept_model(product: Product) -> ProductModel:
    """Return the draft of `product`, which can be tried; refuses as `begin_sweep` does."""
    model = drafts.read(product)
    if not has_shapes(model):
        raise NotFound("This product has no shapes, so there is nothing to build.")
    draft_of(product)
    return model


def sweep_called(product: Product, public_id: str) -> ShapeSweep:
    """Return the sweep of `product` with this id; refuse with NotFound. One that fell silent has
    stopped.
    """
    row: ShapeSweep | None = product.shape_sweeps.filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such sweep of this product; begin one.")
    if row.state == ShapeSweep.State.RUNNING and not _is_heard_of(row):
        row.state = ShapeSweep.State.STOPPED
    return row


@task
def sweep_waiting(pk: int) -> None:
    """Carry out a sweep that stands in line; one that nobody waits for is left alone. Safe to
    repeat.
    """
    row = ShapeSweep.objects.filter(pk=pk, state=ShapeSweep.State.RUNNING).first()
    if row is None or not _running(row).update(is_begun=True, seen_at=timezone.now()):
        return
    last = timezone.now()

    def tell(done: int) -> None:
        nonlocal last
        progress.tell("Building configurations", done, row.count)
        if timezone.now() - last < BEAT:
            return
        last = timezone.now()
        if not _running(row).update(done=done, seen_at=last):
            raise _Superseded

    try:
        product = compile_product(read(json.loads(row.document)))
        report = sweep(product, row.seed, row.count, time.monotonic, tell)
    except _Superseded:
        return
    except Exception:
        _running(row).update(state=ShapeSweep.State.STOPPED)
        raise
    _running(row).update(
        state=ShapeSweep.State.DONE,
        done=row.count,
        report=report_json(report),
        seen_at=timezone.now(),
    )


def report_json(report: SweepReport) -> dict[str, Any]:
    """Return a report as plain JSON values."""
    document: Mapping[str, Any] = asdict(report)
    return {name: document[name] for name in ("built", "failures", "extremes")}


def _heard_of() -> Q:
    now = timezone.now()
    return Q(state=ShapeSweep.State.RUNNING) & (
        Q(is_begun=True, seen_at__gte=now - SILENT)
        | Q(is_begun=False, seen_at__gte=now - LONGEST_WAIT)
    )


def _is_heard_of(row: ShapeSweep) -> bool:
    return ShapeSweep.objects.filter(_heard_of(), pk=row.pk).exists()


def _running(row: ShapeSweep) -> Any:
    return ShapeSweep.objects.filter(pk=row.pk, state=ShapeSweep.State.RUNNING)
