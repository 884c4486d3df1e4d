"""Automations: what is done when something happens, how each run went, and what waits for a person."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from catalog.schema_texts import schema_of
from integrations.access.scopes import COSTS
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import SAYS_SOMETHING, Body, ProductKey
from integrations.api.v1 import examples
from integrations.api.v1.shapes import automations as shapes
from integrations.api.written import moment_text, tagged
from integrations.automations import actions, operations
from integrations.automations.models import MOST_STEPS
from integrations.automations.models import Approval as ApprovalRow
from integrations.automations.models import Automation as Row
from integrations.automations.models import Run as RunRow
from integrations.automations.models import Step as StepRow
from integrations.automations.names import triggers
from integrations.automations.operations import Wish
from integrations.webhooks.operations import event_called

type Trigger = Annotated[str, Field(json_schema_extra={"enum": triggers()}, max_length=40)]


type StepKind = Annotated[
    str, Field(json_schema_extra={"enum": list(actions.actions())}, max_length=40)
]


class StepBody(Body):
    """One step: its kind, and the settings of that kind."""

    kind: Annotated[
        StepKind, Field(description="A kind of step, as `/automation-actions` lists them.")
    ]
    settings: Annotated[
        dict[str, Any],
        Field(description="What the kind needs to know; its schema is in `/automation-actions`."),
    ] = {}


class AutomationBody(Body):
    """When something happens, and if a condition holds, then these steps, one after the other."""

    name: Annotated[
        str,
        Field(pattern=SAYS_SOMETHING, max_length=100, description="What it does; each name once."),
    ]
    event: Annotated[Trigger, Field(description="The kind of event that sets it off.")]
    products: Annotated[
        list[ProductKey],
        Field(max_length=500, description="Only events about these products; about any, without."),
    ] = []
    condition: Annotated[
        str,
        Field(
            max_length=4_000,
            pattern=r"^[^\x00]*$",
            description="An expression over the event's fields and, with `products`, their options; empty: always.",
        ),
    ] = ""
    steps: Annotated[
        list[StepBody], Field(max_length=MOST_STEPS, description="What is done, in this order.")
    ] = []
    costs: Annotated[
        bool,
        Field(
            description="Whether it is told of thresholds on margins; needs the scope `pricing:cost`."
        ),
    ] = False
    active: Annotated[bool, Field(description="Whether events set it off.")] = True


class RehearsalBody(Body):
    """The past event that an automation is tried with."""

    event: Annotated[
        str, Field(pattern=r"^[\w-]{1,32}$", description="The id of an event, as in `/events`.")
    ]


class RunQuery(PageQuery):
    """Which runs are asked for."""

    state: Annotated[
        Literal["waiting", "paused", "done", "failed", "rejected", "cancelled"] | None,
        Field(description="Only those in this state."),
    ] = None


class ApprovalQuery(PageQuery):
    """Which approvals are asked for."""

    state: Annotated[
        Literal["open", "approved", "rejected", "withdrawn"] | None,
        Field(description="Only those in this state."),
    ] = None


class DecisionBody(Body):
    """Who decides, and why."""

    by: Annotated[str, Field(pattern=SAYS_SOMETHING, max_length=150, description="Who decides.")]
    note: Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$", description="Why.")] = ""


class Automations(Endpoint):
    @operation(
        id="listAutomations",
        scope="automations:read",
        summary="List automations",
        query=PageQuery,
        answers={200: shapes.AutomationPage},
        refusals=("not-found",),
        answer_example=examples.AUTOMATION_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return what is done when something happens, the oldest first."""
        rows = Row.objects.for_merchant(call.caller.merchant).order_by("pk")
        if place := position(call, query):
            rows = rows.filter(pk__gt=place[0])
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_told, call),
            lambda row: marked(call, row.pk),
        )

    @operation(
        id="createAutomation",
        scope="automations:write",
        summary="Create an automation",
        body=AutomationBody,
        answers={201: shapes.Automation},
        tagged=True,
        refusals=("malformed", "key-taken", "taken-meanwhile", "condition-refused", "step-refused"),
        request_example=examples.CREATE_AUTOMATION,
        answer_example=examples.AUTOMATION,
    )
    def post(self, call: Call, body: AutomationBody) -> HttpResponse:
        """Have something done whenever an event happens from now on.

        A name is taken once: a repeated call is refused with 409 `key-taken` and makes no second
        one.
        """
        row = operations.make_automation(call.caller.merchant, _wish(call, body))
        address = call.address(reverse("api:automation", kwargs={"id": row.public_id}))
        return answer_changed(*tagged(_told(call, row)), 201, Location=address)


class OneAutomation(Endpoint):
    @operation(
        id="getAutomation",
        scope="automations:read",
        summary="Read an automation",
        answers={200: shapes.Automation},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.AUTOMATION,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return an automation with its steps."""
        return answer_tagged(call, *tagged(_told(call, _row(call, id))))

    @operation(
        id="replaceAutomation",
        scope="automations:write",
        summary="Replace an automation",
        body=AutomationBody,
        answers={200: shapes.Automation},
        tagged=True,
        refusals=(
            "not-found",
            "malformed",
            "key-taken",
            "taken-meanwhile",
            "condition-refused",
            "step-refused",
            "changed-meanwhile",
        ),
        headers=("If-Match",),
        request_example=examples.CREATE_AUTOMATION,
        answer_example=examples.AUTOMATION,
    )
    def put(self, call: Call, id: str, body: AutomationBody) -> HttpResponse:
        """Set all of an automation at once. Runs that were set off before keep the steps they have."""
        with operations.holding(call.caller.merchant, id) as row:
            refuse_stale(call, tagged(_told(call, row))[1])
            row = operations.change_automation(row, _wish(call, body))
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deleteAutomation",
        scope="automations:write",
        summary="Delete an automation",
        answers={200: shapes.Automation},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.AUTOMATION,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """Take an automation away with its runs, also those under way, and return it as it was."""
        with operations.holding(call.caller.merchant, id) as row:
            told = _told(call, row)
            refuse_stale(call, tagged(told)[1])
            row.delete()
        return answer_json(told)


class AutomationRehearsal(Endpoint):
    @operation(
        id="rehearseAutomation",
        idempotent=True,
        scope="automations:read",
        summary="Try with a past event",
        body=RehearsalBody,
        answers={200: shapes.AutomationRehearsal},
        refusals=("not-found", "condition-refused"),
        request_example=examples.REHEARSE,
        answer_example=examples.REHEARSAL,
    )
    def post(self, call: Call, id: str, body: RehearsalBody) -> HttpResponse:
        """Return what every step would do after a past event, or why nothing would be done. Does
        none of it.
        """
        row = _row(call, id)
        if row.costs:
            call.caller.needs(COSTS)
        rehearsal = operations.rehearsed(row, event_called(call.caller.merchant, body.event))
        steps = [{"kind": kind, **asdict(preview)} for kind, preview in rehearsal.steps]
        return answer_json({"why_not": rehearsal.why_not, "steps": steps})


class AutomationRuns(Endpoint):
    @operation(
        id="listAutomationRuns",
        scope="automations:read",
        summary="List runs",
        query=RunQuery,
        answers={200: shapes.AutomationRunPage},
        refusals=("not-found",),
        answer_example=examples.RUN_PAGE,
    )
    def get(self, call: Call, id: str, query: RunQuery) -> HttpResponse:
        """Return the runs of an automation, the newest first; those that ended are kept for 30
        days.
        """
        rows = RunRow.objects.filter(automation=_row(call, id)).select_related(
            "automation", "event"
        )
        if query.state:
            rows = rows.filter(state=query.state)
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows.order_by("-pk")[: query.limit + 1]),
            partial(_run, call),
            lambda row: marked(call, row.pk),
        )


class OneRun(Endpoint):
    @operation(
        id="getAutomationRun",
        scope="automations:read",
        summary="Read a run",
        answers={200: shapes.AutomationRunWhole},
        refusals=("not-found",),
        answer_example=examples.RUN,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a run with its steps, and each attempt at them."""
        return answer_json(_whole_run(call, _run_row(call, id)))


class RunRetry(Endpoint):
    @operation(
        id="retryAutomationRun",
        scope="automations:write",
        summary="Try a run again",
        answers={202: shapes.AutomationRunWhole},
        refusals=("not-found", "run-not-there"),
        answer_example=examples.RUN_RETRIED,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Let a run go on at the step that failed, at once. What was done is not done again."""
        return answer_json(_whole_run(call, operations.retry(_run_row(call, id))), 202)


class RunSkip(Endpoint):
    @operation(
        id="skipAutomationStep",
        scope="automations:write",
        summary="Pass over a step",
        answers={202: shapes.AutomationRunWhole},
        refusals=("not-found", "run-not-there"),
        answer_example=examples.RUN_SKIPPED,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Pass over the step that failed or waits, and let the run go on with the next."""
        return answer_json(_whole_run(call, operations.skip(_run_row(call, id))), 202)


class RunCancel(Endpoint):
    @operation(
        id="cancelAutomationRun",
        scope="automations:write",
        summary="Cancel a run",
        answers={200: shapes.AutomationRunWhole},
        refusals=("not-found", "run-not-there"),
        answer_example=examples.RUN_CANCELLED,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """End a run. What was done stays done; a step that is under way may still come to its end."""
        return answer_json(_whole_run(call, operations.cancel(_run_row(call, id))))


class Approvals(Endpoint):
    @operation(
        id="listApprovals",
        scope="automations:read",
        summary="List approvals",
        query=ApprovalQuery,
        answers={200: shapes.ApprovalPage},
        refusals=("not-found",),
        answer_example=examples.APPROVAL_PAGE,
    )
    def get(self, call: Call, query: ApprovalQuery) -> HttpResponse:
        """Return what runs ask people, the newest first."""
        rows = ApprovalRow.objects.for_merchant(call.caller.merchant).select_related(
            "step__run__automation"
        )
        if query.state:
            rows = rows.filter(state=query.state)
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows.order_by("-pk")[: query.limit + 1]),
            partial(_approval, call),
            lambda row: marked(call, row.pk),
        )


class OneApproval(Endpoint):
    @operation(
        id="getApproval",
        scope="automations:read",
        summary="Read an approval",
        answers={200: shapes.Approval},
        refusals=("not-found",),
        answer_example=examples.APPROVAL,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return what a run asks, and what was decided."""
        return answer_json(_approval(call, _approval_row(call, id)))


class ApprovalApproved(Endpoint):
    @operation(
        id="approve",
        scope="automations:write",
        summary="Approve",
        body=DecisionBody,
        answers={200: shapes.Approval},
        refusals=("not-found", "already-decided"),
        request_example=examples.DECIDE,
        answer_example=examples.APPROVED,
    )
    def post(self, call: Call, id: str, body: DecisionBody) -> HttpResponse:
        """Approve, and let the run go on."""
        return answer_json(
            _approval(call, operations.decide(_approval_row(call, id), True, body.by, body.note))
        )


class ApprovalRejected(Endpoint):
    @operation(
        id="reject",
        scope="automations:write",
        summary="Reject",
        body=DecisionBody,
        answers={200: shapes.Approval},
        refusals=("not-found", "already-decided"),
        request_example=examples.DECIDE,
        answer_example=examples.REJECTED,
    )
    def post(self, call: Call, id: str, body: DecisionBody) -> HttpResponse:
        """Reject, and end the run; the steps behind it are not done."""
        return answer_json(
            _approval(call, operations.decide(_approval_row(call, id), False, body.by, body.note))
        )


class AutomationActions(Endpoint):
    @operation(
        id="listAutomationActions",
        scope="automations:read",
        summary="List kinds of steps",
        answers={200: shapes.AutomationActions},
        answer_example=examples.ACTIONS,
    )
    def get(self, call: Call) -> HttpResponse:
        """Return every kind of step, with the JSON Schema of its settings."""
        told = [
            {
                "kind": action.kind,
                "title": action.title,
                "told": action.told,
                "schema": schema_of(action.settings),
            }
            for action in actions.actions().values()
        ]
        return answer_json({"data": told})


def _row(call: Call, public_id: str) -> Row:
    return operations.automation_called(call.caller.merchant, public_id)


def _run_row(call: Call, public_id: str) -> RunRow:
    return operations.run_called(call.caller.merchant, public_id)


def _approval_row(call: Call, public_id: str) -> ApprovalRow:
    return operations.approval_called(call.caller.merchant, public_id)


def _wish(call: Call, body: AutomationBody) -> Wish:
    if body.costs:
        call.caller.needs(COSTS)
    given = body.model_dump()
    return Wish(is_active=given.pop("active"), **given)


def _told(call: Call, row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "event": row.event,
        "products": row.products,
        "condition": row.condition,
        "steps": row.steps,
        "costs": row.costs,
        "active": row.is_active,
        "created_at": row.created_at.isoformat(),
        "url": call.address(reverse("api:automation", kwargs={"id": row.public_id})),
    }


def _run(call: Call, row: RunRow) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "automation": row.automation.public_id,
        "event": row.said.get("id") or (row.event.public_id if row.event else None),
        "state": row.state,
        "told": row.told,
        "next_at": moment_text(row.due_at) if row.state == RunRow.State.WAITING else None,
        "created_at": row.created_at.isoformat(),
        "ended_at": moment_text(row.ended_at),
        "url": call.address(reverse("api:automation-run", kwargs={"id": row.public_id})),
    }


def _whole_run(call: Call, row: RunRow) -> dict[str, Any]:
    steps = row.steps.prefetch_related("tries").order_by("position")
    return {**_run(call, row), "steps": [_step(each) for each in steps]}


def _step(row: StepRow) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "state": row.state,
        "told": row.told,
        "ended_at": moment_text(row.ended_at),
        "attempts": [
            {
                "number": each.number,
                "at": each.at.isoformat(),
                "milliseconds": each.milliseconds,
                "told": each.told,
                "error": each.error,
                "answer": each.answer,
            }
            for each in row.tries.all()
        ],
    }


def _approval(call: Call, row: ApprovalRow) -> dict[str, Any]:
    run = row.step.run
    return {
        "id": row.public_id,
        "automation": run.automation.public_id,
        "run": run.public_id,
        "title": row.title,
        "instructions": row.instructions,
        "state": row.state,
        "by": row.by,
        "note": row.note,
        "created_at": row.created_at.isoformat(),
        "decided_at": moment_text(row.decided_at),
        "url": call.address(reverse("api:approval", kwargs={"id": row.public_id})),
    }
