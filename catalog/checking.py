"""Checks of a draft as people ask for them: begun once, followed while they run, with what somebody
accepted.

A run is a row. Small products are checked at once; a large one is checked by a worker, which tells
in the row how far it is. A worker that is killed is followed by another one; a run that nobody has
heard of for a while counts as stopped, and the next who asks begins anew.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from catalog import checks, drafts
from catalog.auditing import record
from catalog.errors import Malformed, NotFound, Refusal
from catalog.findings import Accepted, Finding, Progress, accepted_json, from_json, to_json
from catalog.jobs import progress as jobs_progress
from catalog.models import AcceptedFinding, CheckRun, Product
from catalog.product_model import ProductModel, canonical, read

# A product of so many options, values, rules and rows is checked while one waits.
SMALL = 600
# After so long without a word a run counts as stopped, and what was found counts as today's.
SILENT = timedelta(minutes=2)
# Until a worker takes it up, it stands in line.
WAITING = "Waiting for a worker"
LONGEST_WAIT = timedelta(hours=1)
REMEMBERED = timedelta(hours=12)
KEPT_RUNS = 5
BEAT_SECONDS = 1.0
MOST_REASON = 2_000


class FindingNotAcceptable(Refusal):
    """An error is put right, not accepted: publishing would refuse it all the same."""

    slug = "finding-not-acceptable"
    title = "This finding cannot be accepted"
    status = 409


class CheckNeeded(Refusal):
    """Checking this draft takes a while: have it checked, follow the check, then publish."""

    slug = "check-needed"
    title = "Check the draft first"
    status = 409


@dataclass(frozen=True)
class Remark:
    """A finding, and that somebody accepted it (None where nobody did)."""

    finding: Finding
    accepted: Accepted | None


class _Superseded(Exception):
    """Nobody waits for this run any more."""


# -- asking


def findings_of(
    product: Product, model: ProductModel, progress: Callable[[Progress], object] = lambda _: None
) -> tuple[Finding, ...]:
    """Return what the checks find in `model` as the draft of `product`; what a run found in it is
    not sought again.
    """
    beside = checks.beside(product)
    done = _known(product, _digest(model, beside), CheckRun.State.DONE)
    if done is not None:
        return tuple(from_json(each) for each in done.findings)
    return checks.findings(model, beside, progress)


def refuse_unchecked(product: Product, model: ProductModel) -> None:
    """Refuse with CheckNeeded a large draft that no check has looked at as it is now."""
    if _size(model) <= SMALL:
        return
    if _known(product, _digest(model, checks.beside(product)), CheckRun.State.DONE) is None:
        raise CheckNeeded(
            "Checking this draft takes a while. Check it, follow the check until it is done, then publish."
        )


def check_of(product: Product) -> CheckRun:
    """Return the check of the draft of `product` as it is now: done, or running. Begins one where
    there is none.

    Safe to repeat: as long as nothing changes, everybody gets the same run.
    """
    model = drafts.read(product)
    beside = checks.beside(product)
    digest = _digest(model, beside)
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        for state in (CheckRun.State.DONE, CheckRun.State.RUNNING):
            if (known := _known(product, digest, state)) is not None:
                return known
        product.check_runs.filter(state=CheckRun.State.RUNNING).update(state=CheckRun.State.STOPPED)
        is_small = _size(model) <= SMALL
        facts = {"digest": digest, "draft": model.digest, "document": canonical(model)}
        stage = "" if is_small else WAITING
        run = CheckRun.objects.create(product=product, **facts, stage=stage, seen_at=timezone.now())
        old = product.check_runs.values_list("pk", flat=True)[KEPT_RUNS:]
        CheckRun.objects.filter(pk__in=list(old)).delete()
        if not is_small:
            check_waiting.enqueue(run.pk)
    if is_small:
        carry_out(run, model, beside)
    return run


def run_called(product: Product, public_id: str) -> CheckRun:
    """Return the run of `product` with this id; refuse with NotFound. One that fell silent has
    stopped.
    """
    run: CheckRun | None = product.check_runs.filter(public_id=public_id).first()
    if run is None:
        raise NotFound("There is no such check of this product; begin one.")
    if run.state == CheckRun.State.RUNNING and not _heard_of().filter(pk=run.pk).exists():
        run.state = CheckRun.State.STOPPED
    return run


def remarks(findings: Sequence[Finding], accepted: Sequence[Accepted]) -> tuple[Remark, ...]:
    """Return the findings with what was accepted of them; what was accepted and is found no more is
    left out.

    An error stays one, whatever was accepted.
    """
    known = {each.identity: each for each in accepted}
    return tuple(
        Remark(finding, None if finding.severity == "error" else known.get(finding.identity))
        for finding in findings
    )


def remark_json(remark: Remark) -> dict[str, Any]:
    """Return `remark` as plain JSON values."""
    document = to_json(remark.finding)
    if remark.accepted is not None:
        told = accepted_json(remark.accepted)
        document["accepted"] = {name: told[name] for name in ("reason", "by", "at") if name in told}
    return document


def findings_in(run: CheckRun) -> tuple[Finding, ...]:
    """Return what a run has found."""
    return tuple(from_json(each) for each in run.findings)


# -- accepting


def accepted_findings(product: Product) -> tuple[Accepted, ...]:
    """Return what was accepted of the findings about `product`."""
    return tuple(
        Accepted(
            row.identity,
            row.reason,
            row.code,
            row.path,
            row.by,
            row.at.isoformat(timespec="seconds"),
        )
        for row in product.accepted_findings.all()
    )


def accept(product: Product, identity: str, reason: str, by: str = "") -> Accepted:
    """Record that the finding of this identity may stay, and why; a second time replaces the
    reason.

    Refuses with NotFound what the last check of the draft did not find, with FindingNotAcceptable
    an error, with Malformed an empty or endless reason.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= MOST_REASON:
        raise Malformed(
            f"Say in 1 to {MOST_REASON:,} characters why this finding may stay.",
            errors=[{"pointer": "/reason", "detail": f"expected 1 to {MOST_REASON:,} characters"}],
        )
    done = product.check_runs.filter(state=CheckRun.State.DONE).first()
    finding = (
        next((each for each in findings_in(done) if each.identity == identity), None)
        if done
        else None
    )
    if finding is None:
        raise NotFound("The last check of this product has no such finding; check the draft again.")
    if finding.severity == "error":
        raise FindingNotAcceptable(
            "An error cannot be accepted, since answers would be wrong: put it right."
        )
    accepted = Accepted(finding.identity, reason, finding.code, finding.path, by[:150])
    keep_accepted(product, [accepted])
    kept = {"finding": accepted.identity, "path": accepted.path, "reason": reason}
    record(product.merchant, "finding.accepted", product.key, after=kept)
    return accepted


def keep_accepted(product: Product, accepted: Sequence[Accepted]) -> None:
    """Record what was accepted, in place of what was said of the same findings before."""
    for each in accepted:
        at = _time(each.at)
        facts = {
            "code": each.code,
            "path": each.path[:400],
            "reason": each.reason,
            "by": each.by,
            "at": at,
        }
        AcceptedFinding.objects.update_or_create(
            product=product, identity=each.identity, defaults=facts
        )


def withdraw(product: Product, identity: str) -> None:
    """Forget that a finding was accepted; nothing happens where it was not."""
    taken, _ = product.accepted_findings.filter(identity=identity).delete()
    if taken:
        before = {"finding": identity}
        record(product.merchant, "finding.withdrawn", product.key, before=before)


def _time(text: str) -> Any:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return timezone.now()
    return at if timezone.is_aware(at) else timezone.make_aware(at)


# -- running


def carry_out(run: CheckRun, model: ProductModel, beside: Sequence[object]) -> None:
    """Check `model`, keep in `run` how far it is and what is found; a run that was superseded ends."""
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        jobs_progress.tell(progress.stage, progress.done, progress.total)
        now = time.monotonic()
        if now - last < BEAT_SECONDS:
            return
        last = now
        facts = {"stage": progress.stage[:200], "done": progress.done, "total": progress.total}
        if not _running(run).update(**facts, seen_at=timezone.now()):
            raise _Superseded

    try:
        found = [_whole_json(each) for each in checks.findings(model, beside, tell)]
    except _Superseded:
        return
    except Exception:
        _running(run).update(state=CheckRun.State.STOPPED)
        raise
    _running(run).update(state=CheckRun.State.DONE, findings=found, seen_at=timezone.now())
    run.refresh_from_db()


@task
def check_waiting(run_id: int) -> None:
    """Carry out a run that stands in line; one that nobody waits for any more is left alone. Safe
    to repeat.
    """
    run = (
        CheckRun.objects.select_related("product__merchant")
        .filter(pk=run_id, state=CheckRun.State.RUNNING)
        .first()
    )
    if run is None or not _running(run).update(stage="", seen_at=timezone.now()):
        return
    model = read(json.loads(run.document))
    beside = checks.beside(run.product)
    if _digest(model, beside) != run.digest:
        # What stands beside the product has changed meanwhile; whoever asks again gets a run of its
        # own.
        _running(run).update(state=CheckRun.State.STOPPED)
        return
    carry_out(run, model, beside)


def _heard_of() -> Any:
    """Return the runs that somebody is at, or that still stand in line for a worker."""
    now = timezone.now()
    return CheckRun.objects.filter(
        Q(seen_at__gte=now - SILENT) | Q(stage=WAITING, seen_at__gte=now - LONGEST_WAIT),
        state=CheckRun.State.RUNNING,
    )


def _running(run: CheckRun) -> Any:
    return CheckRun.objects.filter(pk=run.pk, state=CheckRun.State.RUNNING)


def _known(product: Product, digest: str, state: str) -> CheckRun | None:
    if state == CheckRun.State.RUNNING:
        runs = _heard_of().filter(product=product, digest=digest)
    else:
        runs = product.check_runs.filter(
            digest=digest, state=state, seen_at__gte=timezone.now() - REMEMBERED
        )
    # A run of an earlier release does not tell which draft it looked at.
    found: CheckRun | None = runs.exclude(draft="").first()
    return found


def _digest(model: ProductModel, beside: Sequence[object]) -> str:
    """Return what tells one state of a draft, and of what stands beside it, from another."""
    return sha256("\n".join([model.digest, *map(repr, beside)]).encode()).hexdigest()


def _size(model: ProductModel) -> int:
    rows = sum(len(table.rows) for table in model.tables)
    return (
        len(model.options)
        + sum(len(option.values) for option in model.options)
        + len(model.rules)
        + rows
    )


def _whole_json(finding: Finding) -> dict[str, Any]:
    document = to_json(finding)
    return {**document, "about": list(finding.about)} if finding.about else document
