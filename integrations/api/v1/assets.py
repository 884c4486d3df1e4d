"""Assets: the pictures and 3D models that products name."""

from collections.abc import Mapping
from functools import partial
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.http import content_disposition_header
from pydantic import Field

from catalog import glb_files, pictures
from catalog.entity_tags import is_named
from catalog.errors import KeyTaken, NotFound
from catalog.models import Asset as Row
from catalog.models import Merchant
from catalog.operations import asset_content, delete_asset, keep_asset, naming_products
from integrations.access import throttle
from integrations.api.base64_bodies import content_of
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page
from integrations.api.reading import Body
from integrations.api.v1 import examples
from integrations.api.v1.shapes import assets as shapes
from integrations.api.written import tagged

MOST_BODY = max(glb_files.MAX_BYTES, pictures.MAX_BYTES) * 4 // 3 + 4096
"""Of a call that brings a file, in bytes: base64 takes four for three."""

NAME = r"^\w[\w.-]*(/\w[\w.-]*)*$"
_MOST_DIGITS = 15


class AssetBody(Body):
    """A file, and whose work it is."""

    content: Annotated[
        str,
        Field(
            max_length=MOST_BODY,
            description="The file in base64: PNG, JPEG or WebP, or GLB where the name ends with .glb.",
        ),
    ]
    credit: Annotated[
        str,
        Field(
            max_length=500,
            pattern=r"^[^\x00]*$",
            description="Whose work it is. A model needs one, unless its file tells it.",
        ),
    ] = ""
    licence: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^[^\x00]*$",
            description="Under which terms it is used, such as CC BY 4.0. A model needs one, as above.",
        ),
    ] = ""


class NewAssetBody(AssetBody):
    """A file, whose work it is, and how products name it."""

    name: Annotated[
        str,
        Field(
            max_length=200,
            pattern=NAME,
            description="How products name it, such as tops/oak.png or chairs/lounge.glb.",
        ),
    ]


class Assets(Endpoint):
    @operation(
        id="listAssets",
        scope="catalog:read",
        summary="List assets",
        query=PageQuery,
        answers={200: shapes.AssetPage},
        refusals=("not-found",),
        answer_example=examples.ASSET_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return pictures and 3D models, the oldest first."""
        rows = Row.objects.for_merchant(call.caller.merchant).order_by("pk")
        if query.after:
            if not query.after.isdecimal() or len(query.after) > _MOST_DIGITS:
                raise NotFound("There is no such page; take `after` from `next`.")
            rows = rows.filter(pk__gt=int(query.after))
        found = list(rows[: query.limit + 1])
        used = naming_products(call.caller.merchant, [each.name for each in found])
        return answer_page(call, query, found, partial(_entry, call, used), attrgetter("pk"))

    @operation(
        id="uploadAsset",
        key_required=True,
        scope="catalog:write",
        summary="Upload an asset",
        body=NewAssetBody,
        most_body=MOST_BODY,
        answers={201: shapes.Asset},
        tagged=True,
        refusals=("malformed", "key-taken", "picture-refused", "model-refused"),
        request_example=examples.UPLOAD_ASSET,
        answer_example=examples.ASSET,
    )
    def post(self, call: Call, body: NewAssetBody) -> HttpResponse:
        """Keep a picture or a 3D model under a name of its own.

        All of the file is checked before it is kept.
        """
        merchant = call.caller.merchant
        with transaction.atomic():
            if Row.objects.for_merchant(merchant).filter(name=body.name).exists():
                raise KeyTaken(
                    f"There is an asset '{body.name}'; replace it, or choose another name."
                )
            row = _kept(call, body.name, body)
        return answer_changed(*tagged(_told(call, row)), 201, Location=_address(call, row))


class OneAsset(Endpoint):
    @operation(
        id="getAsset",
        scope="catalog:read",
        summary="Read an asset",
        answers={200: shapes.Asset},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.ASSET,
    )
    def get(self, call: Call, name: str) -> HttpResponse:
        """Return what is known of a picture or a 3D model, and which drafts name it."""
        return answer_tagged(call, *tagged(_told(call, _called(call.caller.merchant, name))))

    @operation(
        id="replaceAsset",
        scope="catalog:write",
        summary="Replace an asset",
        body=AssetBody,
        most_body=MOST_BODY,
        answers={200: shapes.Asset},
        tagged=True,
        refusals=(
            "not-found",
            "malformed",
            "picture-refused",
            "model-refused",
            "changed-meanwhile",
        ),
        headers=("If-Match",),
        request_example=examples.REPLACE_ASSET,
        answer_example=examples.ASSET,
    )
    def put(self, call: Call, name: str, body: AssetBody) -> HttpResponse:
        """Keep another file under a name; sent again, it has the same content.

        Drafts that name it show the new content, and published versions the one that they were
        published with. All of the file is checked before it is kept.
        """
        with transaction.atomic():
            before = _called(call.caller.merchant, name, locked=True)
            refuse_stale(call, tagged(_told(call, before))[1])
            row = _kept(call, name, body)
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deleteAsset",
        scope="catalog:write",
        summary="Delete an asset",
        answers={200: shapes.Asset},
        refusals=("not-found", "asset-in-use", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.ASSET,
    )
    def delete(self, call: Call, name: str) -> HttpResponse:
        """Take a name away and return what it stood for.

        Refused with `asset-in-use`, naming the products, while drafts name it. Published versions
        keep its content.
        """
        with transaction.atomic():
            row = _called(call.caller.merchant, name, locked=True)
            told = _told(call, row)
            refuse_stale(call, tagged(told)[1])
            delete_asset(row)
        return answer_changed(*tagged(told))


class AssetContent(Endpoint):
    @operation(
        id="getAssetContent",
        scope="catalog:read",
        summary="Download an asset",
        answers={200: shapes.AssetFile},
        files=(*pictures.MEDIA_TYPES.values(), glb_files.MEDIA_TYPE),
        tagged=True,
        refusals=("not-found",),
    )
    def get(self, call: Call, name: str) -> HttpResponse:
        """Return the file itself, as it is kept; its ETag is the digest of its content."""
        row = _called(call.caller.merchant, name)
        tag = f'"{row.digest}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if is_named(tag, call.request.headers.get("If-None-Match")):
            return HttpResponseNotModified(headers=headers)
        named = content_disposition_header(True, PurePosixPath(row.name).name)
        return HttpResponse(
            asset_content(row),
            content_type=row.media_type,
            headers={
                **headers,
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Content-Disposition": named or "attachment",
            },
        )


def _kept(call: Call, name: str, body: AssetBody) -> Row:
    """Return the row of a file that is kept; it counts as work, since all of it is read."""
    content = content_of(body.content)
    with throttle.working(call.caller.credential, {}):
        return keep_asset(
            call.caller.merchant, name, content, credit=body.credit, licence=body.licence
        )


def _called(merchant: Merchant, name: str, locked: bool = False) -> Row:
    rows = Row.objects.for_merchant(merchant).filter(name=name)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise NotFound("There is no asset of that name; list them to see which there are.")
    return row


def _address(call: Call, row: Row) -> str:
    return call.address(reverse("api:asset", kwargs={"name": row.name}))


def _told(call: Call, row: Row) -> dict[str, Any]:
    return _entry(call, naming_products(call.caller.merchant, [row.name]), row)


def _entry(call: Call, used: Mapping[str, tuple[str, ...]], row: Row) -> dict[str, Any]:
    """Return a row as the API tells it; `used` has the products of each name."""
    is_model, facts = row.is_model, row.facts
    return {
        "name": row.name,
        "kind": "model" if is_model else "picture",
        "media_type": row.media_type,
        "digest": row.digest,
        "size": row.size,
        "width": None if is_model else row.width,
        "height": None if is_model else row.height,
        "credit": row.credit,
        "licence": row.licence,
        "uploaded_at": row.kept_at.isoformat(timespec="seconds"),
        "picture": None if is_model else call.address(f"/assets/{row.digest}"),
        "model": {
            **{name: facts[name] for name in ("lower", "upper", "size", "triangles")},
            **{name: facts[name] for name in ("variants", "materials", "warnings")},
            "parts": facts["nodes"],
        }
        if is_model
        else None,
        "used_by": list(used[row.name]),
        "content": call.address(reverse("api:asset-content", kwargs={"name": row.name})),
        "url": _address(call, row),
    }
