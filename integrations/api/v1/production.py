"""What is made of configurations: cut lists, boards and drawings, and the workshops they are for."""

import hashlib
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseNotModified
from django.urls import reverse
from pydantic import ConfigDict, Field

from catalog.entity_tags import is_named
from catalog.errors import NotFound
from configurator.making import (
    FILES,
    Making,
    cut_list_json,
    keep_workshop,
    making_of,
    nesting_json,
    workshop_called,
)
from configurator.models import Workshop as Row
from configurator.production.workshop import Workshop as Settings
from configurator.production.workshop import read_workshop, workshop_json
from configurator.stored import configuration_of, model_of
from integrations.api.discretion import discreet, hidden
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page
from integrations.api.reading import Body, Query
from integrations.api.v1 import examples
from integrations.api.v1.price_lists import NewKey
from integrations.api.v1.shapes import production as shapes
from integrations.api.written import tagged


class WorkshopBody(Body):
    """How one workshop wants its files; what is not said is as a plain workshop has it."""

    # A list is read as the tuple that settings hold; each of their values is strict by itself.
    model_config = ConfigDict(strict=False)

    name: Annotated[str, Field(max_length=200, description="For people.")] = ""
    settings: Annotated[
        Settings,
        Field(description="Boards, saw, bands, and the words for columns and layers."),
    ] = Settings()


class CreateWorkshopBody(WorkshopBody):
    """A new workshop."""

    key: NewKey


class WorkshopQuery(Query):
    workshop: Annotated[
        NewKey | None,
        Field(description="The workshop it is for, by its key; a plain one, without it."),
    ] = None


class Workshops(Endpoint):
    @operation(
        id="listWorkshops",
        scope="production:read",
        summary="List workshops",
        query=PageQuery,
        answers={200: shapes.WorkshopPage},
        answer_example=examples.WORKSHOP_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the workshops that files are made for, in order of their keys."""
        rows = Row.objects.for_merchant(call.caller.merchant)
        found = list(rows.filter(key__gt=query.after or "").order_by("key")[: query.limit + 1])
        return answer_page(call, query, found, partial(_told, call), attrgetter("key"))

    @operation(
        id="createWorkshop",
        scope="production:write",
        summary="Create a workshop",
        body=CreateWorkshopBody,
        answers={201: shapes.KeptWorkshop},
        tagged=True,
        refusals=("key-taken",),
        request_example=examples.CREATE_WORKSHOP,
        answer_example=examples.WORKSHOP,
    )
    def post(self, call: Call, body: CreateWorkshopBody) -> HttpResponse:
        """Keep how a workshop wants its files."""
        merchant = call.caller.merchant
        row = keep_workshop(merchant, body.key, body.name, body.settings, is_new=True)
        address = call.address(reverse("api:workshop", kwargs={"key": row.key}))
        return answer_changed(*tagged(_told(call, row)), 201, Location=address)


class Workshop(Endpoint):
    @operation(
        id="getWorkshop",
        scope="production:read",
        summary="Read a workshop",
        answers={200: shapes.KeptWorkshop},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.WORKSHOP_READ,
    )
    def get(self, call: Call, key: str) -> HttpResponse:
        """Return how a workshop wants its files."""
        row = workshop_called(call.caller.merchant, key)
        return answer_tagged(call, *tagged(_told(call, row)))

    @operation(
        id="replaceWorkshop",
        scope="production:write",
        summary="Replace a workshop",
        body=WorkshopBody,
        answers={200: shapes.KeptWorkshop},
        tagged=True,
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        request_example={
            name: each for name, each in examples.CREATE_WORKSHOP.items() if name != "key"
        },
        answer_example=examples.WORKSHOP_REPLACED,
    )
    def put(self, call: Call, key: str, body: WorkshopBody) -> HttpResponse:
        """Set all of a workshop at once; files that are made from then on follow it."""
        with transaction.atomic():
            _held(call, key)
            row = keep_workshop(call.caller.merchant, key, body.name, body.settings)
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deleteWorkshop",
        scope="production:write",
        summary="Delete a workshop",
        answers={200: shapes.KeptWorkshop},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.WORKSHOP_DELETED,
    )
    def delete(self, call: Call, key: str) -> HttpResponse:
        """Take a workshop away and return it as it was."""
        with transaction.atomic():
            row = _held(call, key)
            told = _told(call, row)
            row.delete()
        return answer_json(told)


class CutList(Endpoint):
    @operation(
        id="getCutList",
        scope="production:read",
        summary="Read the cut list of a configuration",
        query=WorkshopQuery,
        answers={200: shapes.CutList},
        tagged=True,
        refusals=("not-found", "scene-refused"),
        answer_example=examples.CUT_LIST,
    )
    def get(self, call: Call, id: str, query: WorkshopQuery) -> HttpResponse:
        """Return the panels of a configuration: the finished size of each, the size it is cut to,
        and the bands of its edges.

        Boards that are made alike are one row. Refused with `not-found` where the product has no
        shapes, with `scene-refused` where they cannot be built with these values.
        """
        making = _making(call, id, query)
        asked = f"?workshop={query.workshop}" if query.workshop else ""
        files = {
            name: call.address(
                reverse("api:production-file", kwargs={"id": id, "file": name}) + asked
            )
            for name in FILES
        }
        document = {**_about(making, query), "files": files, "rows": cut_list_json(making)}
        return answer_tagged(call, *tagged(document))


class ConfigurationNesting(Endpoint):
    @operation(
        id="getNesting",
        scope="production:read",
        summary="Read which boards a configuration is cut from",
        query=WorkshopQuery,
        is_hard=lambda asked: True,
        answers={200: shapes.Nesting},
        tagged=True,
        refusals=("not-found", "scene-refused", "too-many-panels"),
        answer_example=examples.NESTING,
    )
    def get(self, call: Call, id: str, query: WorkshopQuery) -> HttpResponse:
        """Return the panels laid out on the workshop's boards, by material and thickness.

        Each panel lies on a board as often as it is needed, or is named in `unplaceable`: nothing is
        left out.
        """
        making = _making(call, id, query)
        document = {**_about(making, query), "materials": nesting_json(making)}
        return answer_tagged(call, *tagged(document))


class ProductionFile(Endpoint):
    @operation(
        id="getProductionFile",
        scope="production:read",
        summary="Read a production file of a configuration",
        query=WorkshopQuery,
        is_hard=lambda asked: True,
        answers={200: shapes.ProductionFile},
        files=tuple(dict.fromkeys(kind.media_type for kind in FILES.values())),
        tagged=True,
        refusals=("not-found", "scene-refused", "too-many-panels"),
    )
    def get(self, call: Call, id: str, file: str, query: WorkshopQuery) -> HttpResponse:
        """Return the cut list as CSV or spreadsheet, the drawing of each panel as DXF in a ZIP, or
        that of each board as SVG in a ZIP.

        The same configuration and the same workshop give the same bytes.
        """
        if file not in FILES:
            raise NotFound(f"There is no such file; there are {', '.join(FILES)}.")
        content = FILES[file].make(_making(call, id, query))
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if is_named(tag, call.request.headers.get("If-None-Match")):
            return HttpResponseNotModified(headers=headers)
        return HttpResponse(
            content,
            content_type=FILES[file].media_type,
            headers={
                **headers,
                "X-Content-Type-Options": "nosniff",
                "Content-Disposition": f'attachment; filename="{file}"',
            },
        )


def _making(call: Call, id: str, query: WorkshopQuery) -> Making:
    row = configuration_of(call.caller.merchant, id)
    model = model_of(row)
    with discreet(call, model, row.locale or None):
        return making_of(row, query.workshop, hidden(call, model))


def _about(making: Making, query: WorkshopQuery) -> dict[str, Any]:
    row = making.configuration
    return {
        "configuration": row.public_id,
        "product": row.product.key,
        "version": row.version.number,
        "fingerprint": row.fingerprint,
        "quantity": row.quantity,
        "workshop": query.workshop,
    }


def _held(call: Call, key: str) -> Row:
    """Return a workshop that nobody else changes before this call ends; refuses a stale call."""
    row = workshop_called(call.caller.merchant, key)
    row = (
        Row.objects.for_merchant(call.caller.merchant).select_for_update(no_key=True).get(pk=row.pk)
    )
    refuse_stale(call, tagged(_told(call, row))[1])
    return row


def _told(call: Call, row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "settings": workshop_json(read_workshop(row.settings)),
        "url": call.address(reverse("api:workshop", kwargs={"key": row.key})),
    }
