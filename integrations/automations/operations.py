"""What people and programs do with automations: make, change, try, and help their runs on."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from catalog.errors import KeyTaken, Malformed, Refusal
from catalog.jobs import clock
from catalog.jobs.worker import wake
from catalog.models import Merchant
from integrations.automations.actions import Preview, StepFailed, action_of, read_settings
from integrations.automations.errors import AlreadyDecided, RunNotThere, StepRefused
from integrations.automations.models import MOST_STEPS, Approval, Automation, Run, Step
from integrations.automations.names import models_of, triggers
from integrations.automations.running import work_of
from integrations.webhooks.conditions import holds, model_at, refuse_condition
from integrations.webhooks.models import Event


@dataclass(frozen=True)
class Wish:
    """What an automation is to be; `steps` are mappings of `kind` and `settings`, in order."""

    name: str
    event: str
    steps: Collection[Mapping[str, Any]] = ()
    products: Collection[str] = ()
    condition: str = ""
    costs: bool = False
    is_active: bool = True


# -- automations


def automation_called(merchant: Merchant, public_id: str) -> Automation:
    """Return the merchant's automation of that id; refuse with NotFound."""
    row: Automation = Automation.objects.called(merchant, public_id, "There is no such automation.")
    return row


@transaction.atomic
def make_automation(merchant: Merchant, wish: Wish) -> Automation:
    """Make an automation and return it; refuses as `refuse_wish` does."""
    automation = Automation(merchant=merchant)
    _apply(automation, wish)
    automation.save()
    return automation


@transaction.atomic
def change_automation(automation: Automation, wish: Wish) -> Automation:
    """Let an automation be what is wished; refuses as `refuse_wish` does. Runs that were set off
    keep their steps.
    """
    _apply(automation, wish)
    automation.save(update_fields=[*vars(wish)])
    return automation


@contextmanager
def holding(merchant: Merchant, public_id: str) -> Iterator[Automation]:
    """Let others who change an automation wait while the block looks at it and changes it; refuse
    with NotFound.
    """
    with transaction.atomic():
        pk = automation_called(merchant, public_id).pk
        yield (
            Automation.objects.select_for_update(no_key=True).select_related("merchant").get(pk=pk)
        )


def wish_of(automation: Automation) -> Wish:
    """Return what an automation is, to be changed in part."""
    return Wish(**{name: getattr(automation, name) for name in Wish.__dataclass_fields__})


def _apply(automation: Automation, wish: Wish) -> None:
    refuse_wish(automation.merchant, wish, automation.pk)
    facts = {
        **vars(wish),
        "products": sorted(wish.products),
        "steps": [_plain_step(each) for each in wish.steps],
    }
    for name, value in {**facts, "condition": wish.condition.strip()}.items():
        setattr(automation, name, value)


def _plain_step(step: Mapping[str, Any]) -> dict[str, Any]:
    settings = read_settings(step["kind"], step["settings"])
    return {"kind": step["kind"], "settings": settings.model_dump(mode="json")}


def refuse_wish(merchant: Merchant, wish: Wish, pk: int | None = None) -> None:
    """Refuse what an automation of a merchant, a new one or that of the number `pk`, cannot be.

    With KeyTaken a name, with Malformed unknown events and products, with ConditionRefused a
    condition, with StepRefused or a refusal of its kind a step.
    """
    if wish.event not in triggers():
        raise Malformed(
            f"There is no event '{wish.event}'. Choose from {', '.join(triggers())}.",
            errors=[{"pointer": "/event", "detail": f"unknown event {wish.event}"}],
        )
    known = set(merchant.products.values_list("key", flat=True)) if wish.products else set()
    if strange := sorted(set(wish.products) - known):
        raise Malformed(
            f"There is no product '{strange[0]}'.",
            errors=[{"pointer": "/products", "detail": f"unknown product {strange[0]}"}],
        )
    if (
        Automation.objects.for_merchant(merchant)
        .exclude(pk=-1 if pk is None else pk)
        .filter(name=wish.name)
        .exists()
    ):
        raise KeyTaken(
            f"There is an automation '{wish.name}' already. Take another name.",
            errors=[{"pointer": "/name", "detail": "taken"}],
        )
    refuse_condition(wish.condition, wish.event, models_of(merchant, wish.products))
    if len(wish.steps) > MOST_STEPS:
        raise StepRefused(
            f"An automation has at most {MOST_STEPS} steps.", errors=[{"pointer": "/steps"}]
        )
    for place, step in enumerate(wish.steps):
        refuse_step(merchant, wish.event, step, place)


def refuse_step(merchant: Merchant, event: str, step: Mapping[str, Any], place: int = 0) -> None:
    """Refuse a step that its kind cannot do for events of a kind; the places told are those within
    all steps.
    """
    try:
        action = action_of(step["kind"])
        action.check(merchant, event, read_settings(step["kind"], step["settings"]))
    except Refusal as refusal:
        within = f"/steps/{place}/settings" if step["kind"] else f"/steps/{place}"
        told = [
            {**each, "pointer": within + each.get("pointer", "")}
            for each in refusal.data.get("errors", [{}])
        ] or [{"pointer": within}]
        errors = [{"detail": refusal.sentence, **each} for each in told]
        raise StepRefused(f"Step {place + 1}: {refusal.sentence}", errors=errors) from None


# -- trying


@dataclass(frozen=True)
class Rehearsal:
    """What an automation would do after an event: `why_not` says why nothing; else a preview of
    each step.
    """

    why_not: str
    steps: tuple[tuple[str, Preview], ...] = field(default_factory=tuple)


def rehearsed(automation: Automation, event: Event) -> Rehearsal:
    """Return what `automation` would do after a past event; does none of it, and writes nothing.

    Refuses with ConditionRefused a condition that cannot be asked of it.
    """
    if automation.event != event.type:
        return Rehearsal(f"It is set off by {automation.event}, and this is {event.type}.")
    if automation.products and event.product not in automation.products:
        return Rehearsal(f"It is for {', '.join(automation.products)} alone.")
    if event.costs and not automation.costs:
        return Rehearsal("It is not told what margins are.")
    model = (
        model_at(event.merchant, event.product, event.data.get("version"))
        if event.product
        else None
    )
    if not holds(automation.condition, event.type, event.data, model):
        return Rehearsal("The condition does not hold.")
    run = Run(automation=automation, event=event, said=event.envelope(), public_id="run_dry")
    steps = [
        Step(run=run, position=number, public_id=f"stp_dry_{number}", **step)
        for number, step in enumerate(automation.steps, 1)
    ]
    return Rehearsal("", tuple((step.kind, _previewed(run, step)) for step in steps))


def _previewed(run: Run, step: Step) -> Preview:
    try:
        return action_of(step.kind).preview(work_of(run, step, ()))
    except Refusal as refusal:
        return Preview(f"It would fail: {refusal.sentence}")
    except StepFailed as failed:
        return Preview(f"It would fail: {failed.told}")


# -- runs


def oldest_due() -> datetime | None:
    """Return since when the run that waits longest for a worker is due; None where none is."""
    due = Run.objects.filter(state=Run.State.WAITING, due_at__lte=clock.now())
    moment: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return moment


def run_called(merchant: Merchant, public_id: str) -> Run:
    """Return the merchant's run of that id; refuse with NotFound."""
    rows = Run.objects.select_related("automation__merchant", "event")
    row: Run = rows.called(
        merchant, public_id, "There is no such run; they are kept for 30 days after their end."
    )
    return row


@transaction.atomic
def retry(run: Run) -> Run:
    """Let a failed run go on at the step that failed, or try at once what it would try later;
    refuse with RunNotThere.

    What was done is not done again.
    """
    row = _locked(run)
    if row.state not in (Run.State.FAILED, Run.State.WAITING) or row.worker:
        raise RunNotThere(f"This run cannot be tried again: {row.get_state_display()}.")
    row.steps.filter(state__in=(Step.State.PENDING, Step.State.FAILED)).update(
        state=Step.State.PENDING, failures=0, attempts=0
    )
    return _goes_on(row)


@transaction.atomic
def skip(run: Run) -> Run:
    """Pass over the step that failed or waits, and go on with the next; refuse with RunNotThere."""
    row = _locked(run)
    if (
        row.state not in (Run.State.FAILED, Run.State.PAUSED, Run.State.WAITING)
        or row.worker
        or not row.has_begun
    ):
        raise RunNotThere(f"No step of this run can be passed over: {row.get_state_display()}.")
    step = (
        row.steps.exclude(state__in=(Step.State.DONE, Step.State.SKIPPED))
        .order_by("position")
        .first()
    )
    if step is not None:
        Step.objects.filter(pk=step.pk).update(state=Step.State.SKIPPED, ended_at=clock.now())
        _withdraw(row)
    return _goes_on(row)


@transaction.atomic
def cancel(run: Run) -> Run:
    """End a run; what was done stays done. Refuses with RunNotThere one that has ended. A step
    under way is ended.
    """
    row = _locked(run)
    if row.state not in (Run.State.FAILED, Run.State.PAUSED, Run.State.WAITING):
        raise RunNotThere(f"This run has ended: {row.get_state_display()}.")
    _withdraw(row)
    row.state, row.worker, row.ended_at, row.told = (
        Run.State.CANCELLED,
        "",
        clock.now(),
        "Somebody cancelled it.",
    )
    row.save(update_fields=["state", "worker", "ended_at", "told"])
    return row


def _goes_on(row: Run) -> Run:
    row.state, row.worker, row.due_at, row.ended_at, row.told = (
        Run.State.WAITING,
        "",
        clock.now(),
        None,
        "",
    )
    row.save(update_fields=["state", "worker", "due_at", "ended_at", "told"])
    transaction.on_commit(wake)
    return row


def _locked(run: Run) -> Run:
    row: Run = (
        Run.objects.select_for_update(of=("self",))
        .select_related("automation__merchant", "event")
        .get(pk=run.pk)
    )
    return row


def _withdraw(run: Run) -> None:
    facts: dict[str, Any] = {"state": Approval.State.WITHDRAWN, "decided_at": clock.now()}
    Approval.objects.filter(step__run=run, state=Approval.State.OPEN).update(**facts)


# -- approvals


def approval_called(merchant: Merchant, public_id: str) -> Approval:
    """Return the merchant's approval of that id; refuse with NotFound."""
    rows = Approval.objects.select_related("step__run__automation__merchant")
    row: Approval = rows.called(merchant, public_id, "There is no such approval.")
    return row


@transaction.atomic
def decide(approval: Approval, is_approved: bool, by: str, note: str = "") -> Approval:
    """Approve, and let the run go on, or reject, and end it; refuse with AlreadyDecided."""
    run = _locked(approval.step.run)
    row = (
        Approval.objects.select_for_update(of=("self",)).select_related("step").get(pk=approval.pk)
    )
    if row.state != Approval.State.OPEN:
        raise AlreadyDecided(f"{row.get_state_display()}{f' by {row.by}' if row.by else ''}.")
    now: datetime = clock.now()
    row.state = Approval.State.APPROVED if is_approved else Approval.State.REJECTED
    row.by, row.note, row.decided_at = by, note, now
    row.save(update_fields=["state", "by", "note", "decided_at"])
    told = f"{row.get_state_display()} by {by}."
    state = Step.State.DONE if is_approved else Step.State.FAILED
    output = {"approved_by": by, "note": note} if is_approved else {}
    Step.objects.filter(pk=row.step_id).update(state=state, told=told, ended_at=now, output=output)
    if is_approved:
        _goes_on(run)
    else:
        run.state, run.ended_at, run.told = Run.State.REJECTED, now, told
        run.save(update_fields=["state", "ended_at", "told"])
    return row
