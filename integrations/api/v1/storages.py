"""Storages: where automations put files."""

from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field, WithJsonSchema

from catalog.schema_texts import schema_of
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
from integrations.api.reading import SAYS_SOMETHING, Body
from integrations.api.v1 import examples
from integrations.api.v1.shapes import storages as shapes
from integrations.api.written import tagged
from integrations.automations.models import Storage as Row
from integrations.automations.storages import KINDS
from integrations.automations.storing import (
    MOST_SECRET,
    StorageWish,
    holding_storage,
    keep_storage,
    storage_called,
)


class StorageBody(Body):
    """Where files are put, and what opens the door there."""

    name: Annotated[
        str,
        Field(pattern=SAYS_SOMETHING, max_length=100, description="What it is; each name once."),
    ]
    kind: Annotated[
        Literal["local", "s3", "sftp"], Field(description="A folder of the site, S3 or SFTP.")
    ]
    settings: Annotated[
        dict[str, Any],
        WithJsonSchema({"anyOf": [schema_of(each.settings) for each in KINDS.values()]}),
        Field(
            description=(
                "For `local`: `folder`. For `s3`: `endpoint`, `region`, `bucket`, `access_key`, `folder`. "
                "For `sftp`: `host`, `host_key` (the fingerprint, `SHA256:…`), `user`, `port`, `folder`."
            )
        ),
    ]
    secret: Annotated[
        str,
        Field(
            max_length=MOST_SECRET,
            pattern=r"^[^\x00]*$",
            description="The secret key, password or private key; empty: the one it has, where it leads as before.",
        ),
    ] = ""


class Storages(Endpoint):
    @operation(
        id="listStorages",
        scope="automations:read",
        summary="List storages",
        query=PageQuery,
        answers={200: shapes.StoragePage},
        refusals=("not-found",),
        answer_example=examples.STORAGE_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the places for files, the oldest first."""
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
        id="createStorage",
        scope="automations:write",
        summary="Create a storage",
        body=StorageBody,
        answers={201: shapes.Storage},
        tagged=True,
        refusals=("malformed", "url-refused", "key-taken", "taken-meanwhile"),
        request_example=examples.CREATE_STORAGE,
        answer_example=examples.STORAGE,
    )
    def post(self, call: Call, body: StorageBody) -> HttpResponse:
        """Name a place for files. Its secret is sealed, and told nowhere.

        A name is taken once: a repeated call is refused with 409 `key-taken` and makes no second
        one.
        """
        row = keep_storage(Row(merchant=call.caller.merchant), StorageWish(**body.model_dump()))
        address = call.address(reverse("api:storage", kwargs={"id": row.public_id}))
        return answer_changed(*tagged(_told(call, row)), 201, Location=address)


class OneStorage(Endpoint):
    @operation(
        id="getStorage",
        scope="automations:read",
        summary="Read a storage",
        answers={200: shapes.Storage},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.STORAGE,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a place for files."""
        return answer_tagged(call, *tagged(_told(call, storage_called(call.caller.merchant, id))))

    @operation(
        id="replaceStorage",
        scope="automations:write",
        summary="Replace a storage",
        body=StorageBody,
        answers={200: shapes.Storage},
        tagged=True,
        refusals=(
            "not-found",
            "malformed",
            "url-refused",
            "key-taken",
            "taken-meanwhile",
            "changed-meanwhile",
        ),
        headers=("If-Match",),
        request_example=examples.CREATE_STORAGE,
        answer_example=examples.STORAGE,
    )
    def put(self, call: Call, id: str, body: StorageBody) -> HttpResponse:
        """Set all of a storage at once. The secret has to be given again where it would lead
        elsewhere.
        """
        with holding_storage(call.caller.merchant, id) as row:
            refuse_stale(call, tagged(_told(call, row))[1])
            row = keep_storage(row, StorageWish(**body.model_dump()))
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deleteStorage",
        scope="automations:write",
        summary="Delete a storage",
        answers={200: shapes.Storage},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.STORAGE,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """Take a storage away and return it as it was. Files that are there stay; steps that name
        it fail.
        """
        with holding_storage(call.caller.merchant, id) as row:
            told = _told(call, row)
            refuse_stale(call, tagged(told)[1])
            row.delete()
        return answer_json(told)


def _told(call: Call, row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "settings": row.settings,
        "has_secret": row.secret is not None,
        "created_at": row.created_at.isoformat(),
        "url": call.address(reverse("api:storage", kwargs={"id": row.public_id})),
    }
