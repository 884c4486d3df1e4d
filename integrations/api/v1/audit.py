"""The audit log: who changed, published, exported what, and when."""

from functools import partial
from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from catalog.auditing import hidden_costs
from catalog.models import AuditEntry
from integrations.access.scopes import COSTS
from integrations.api.endpoint import Call, Endpoint, operation
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import Moment
from integrations.api.v1 import examples
from integrations.api.v1.shapes import audit as shapes


class AuditQuery(PageQuery):
    since: Annotated[
        Moment | None, Field(description="Only what was done at this time or later.")
    ] = None
    until: Annotated[Moment | None, Field(description="Only what was done before this time.")] = (
        None
    )
    actor: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z]{1,10}(:[0-9]{1,18})?$",
            description="Only what this one did: `key:7`, `client:2`, `user:3`, or all of a kind: `person`, `key`, "
            "`client`, `command`, `job`.",
        ),
    ] = None
    object: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z-]{1,40}(/[^\x00-\x1f]{1,200})?$",
            description="Only what was done to this thing: `product/desk`, or all of a kind: `product`, `price-list`.",
        ),
    ] = None


class Audit(Endpoint):
    @operation(
        id="listAudit",
        scope="audit:read",
        summary="Read the audit log",
        query=AuditQuery,
        answers={200: shapes.AuditPage},
        refusals=("not-found",),
        answer_example=examples.answer_of("listAudit"),
    )
    def get(self, call: Call, query: AuditQuery) -> HttpResponse:
        """Return who did what and when, the newest first, with what was there before and after.

        Entries are written in the transaction of the change, whether it came by API, in the
        administration or on the command line, and are never changed. Without the scope
        `pricing:cost` costs are left out.
        """
        rows = AuditEntry.objects.for_merchant(call.caller.merchant).order_by("-pk")
        if query.since is not None:
            rows = rows.filter(at__gte=query.since)
        if query.until is not None:
            rows = rows.filter(at__lt=query.until)
        if query.actor is not None:
            column = "actor_reference" if ":" in query.actor else "actor_kind"
            rows = rows.filter(**{column: query.actor})
        if query.object is not None:
            thing, slash, key = query.object.partition("/")
            rows = rows.filter(thing=thing, **({"key": key} if slash else {}))
        for before in position(call, query):
            rows = rows.filter(pk__lt=before)
        found = list(rows[: query.limit + 1])
        return answer_page(
            call, query, found, partial(_told, call), lambda row: marked(call, row.pk)
        )


def _told(call: Call, row: AuditEntry) -> dict[str, Any]:
    if COSTS not in call.caller.scopes:
        row = hidden_costs(row)
    return {
        "id": row.pk,
        "at": row.at.isoformat(),
        "actor": {"kind": row.actor_kind, "name": row.actor, "id": row.actor_reference},
        "action": row.action,
        "object": {"kind": row.thing, "key": row.key},
        "changes": row.changes,
        "before": row.before,
        "after": row.after,
        "request_id": row.request_id,
    }
