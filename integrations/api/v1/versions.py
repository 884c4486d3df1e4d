"""Versions: a draft published as it was seen, versions read, compared, and restored."""

from typing import Annotated, Any

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from pydantic import BeforeValidator, Field

from catalog import checking, drafts, operations
from catalog.differences import differences
from catalog.models import Product, Version
from catalog.numbers import whole
from catalog.product_model import write_whole
from integrations.access.scopes import INTERNAL
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_json,
    answer_tagged,
    operation,
)
from integrations.api.reading import SAYS_SOMETHING, Body, Query
from integrations.api.v1 import examples
from integrations.api.v1.definitions import (
    inspected,
    product_called,
    refuse_costs,
    refuse_other_digest,
    without_costs,
)
from integrations.api.v1.shapes import definitions as definition_shapes
from integrations.api.v1.shapes import versions as shapes
from integrations.api.written import tagged

MOST_ACCEPTED = 200
MOST_TOLD = 500
DRAFT = "draft"


class Acceptance(Body):
    """A finding of the check that was seen, and why it may stay."""

    identity: Annotated[
        str, Field(min_length=1, max_length=20, description="The identity that the finding has.")
    ]
    reason: Annotated[
        str,
        Field(
            pattern=SAYS_SOMETHING,
            max_length=checking.MOST_REASON,
            description="Why it may stay.",
        ),
    ]


class PublishBody(Body):
    """Which draft is published: the one that was checked and seen."""

    draft: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="The digest of the draft that was seen, as checks and definitions tell it; another draft is "
            "not published.",
        ),
    ]
    note: Annotated[
        str,
        Field(max_length=2000, pattern=r"^[^\x00]*$", description="What is new in this version."),
    ] = ""
    accept: Annotated[
        list[Acceptance],
        Field(
            max_length=MOST_ACCEPTED,
            description="Findings of the last check that may stay; kept only if the draft is published.",
        ),
    ] = []


class RestoreBody(Body):
    """Which version becomes the draft again."""

    version: Annotated[
        int, Field(ge=1, le=2**31 - 1, description="Its number."), BeforeValidator(whole)
    ]
    dry_run: Annotated[
        bool, Field(description="Only tell what would change, and keep nothing.")
    ] = False


type Side = Annotated[str, Field(pattern=r"^(draft|[1-9][0-9]{0,8})$")]


class DifferencesQuery(Query):
    before: Annotated[
        Side | None,
        Field(description="The number of a version, or `draft`; the newest version, without it."),
    ] = None
    after: Annotated[Side, Field(description="The number of a version, or `draft`.")] = DRAFT


class Publishing(Endpoint):
    @operation(
        id="publishProduct",
        idempotent=True,
        scope="catalog:publish",
        summary="Publish the draft",
        body=PublishBody,
        answers={200: shapes.VersionPublished, 201: shapes.VersionPublished},
        refusals=(
            "not-found",
            "malformed",
            "draft-changed",
            "check-needed",
            "publish-refused",
            "finding-not-acceptable",
        ),
        request_example=examples.PUBLISH,
        answer_example=examples.answer_of("publishProduct"),
    )
    def post(self, call: Call, key: str, body: PublishBody) -> HttpResponse:
        """Freeze the draft as the next version, if it is the one that was seen and no check finds an
        error; shoppers get it from then on.

        Where the draft is another one meanwhile, nothing is published, and `changes` tells what
        differs. A large draft is checked before: else the answer is 409 `check-needed`. A draft that
        says what the newest version says makes no new one, so a repeated call changes nothing and
        needs no Idempotency-Key.
        """
        product = product_called(call.caller.merchant, key)
        latest = product.versions.order_by("-number").first()
        draft = drafts.read(product)
        if draft.digest == body.draft:
            checking.refuse_unchecked(product, draft)
        with transaction.atomic():
            for each in body.accept:
                checking.accept(product, each.identity, each.reason, call.caller.credential)
            version = _published(call, product, body)
        is_new = latest is None or latest.pk != version.pk
        document: dict[str, Any] = {
            "product": key,
            "version": version.number,
            "digest": version.digest,
            "published_at": version.published_at.isoformat(),
            "note": version.note,
            "is_new": is_new,
            "url": _address(call, key, version.number),
        }
        headers = {"Location": document["url"]} if is_new else {}
        return answer_json(document, 201 if is_new else 200, headers)


class Restoring(Endpoint):
    @operation(
        id="restoreVersion",
        scope="catalog:publish",
        summary="Restore a version into the draft",
        body=RestoreBody,
        answers={200: shapes.VersionRestored},
        headers=("If-Match",),
        refusals=("not-found", "malformed", "changed-meanwhile"),
        request_example=examples.RESTORE,
        answer_example=examples.answer_of("restoreVersion"),
    )
    def post(self, call: Call, key: str, body: RestoreBody) -> HttpResponse:
        """Make an older version the draft again, in place of what the draft says, and tell what that
        changes.

        Nothing is sold otherwise before the draft is published. Pictures and 3D models are shown as
        they are now. `If-Match` takes the ETag of the draft. Safe to repeat.
        """
        product = inspected(call, key)
        with transaction.atomic():
            # Nobody changes the draft between looking at it and replacing it.
            Product.objects.select_for_update(no_key=True).get(pk=product.pk)
            if "If-Match" in call.request.headers:
                refuse_other_digest(call, drafts.read(product).digest)
            found = operations.restore(product, body.version)
            if body.dry_run:
                transaction.set_rollback(True)
        return answer_json(
            {
                "product": key,
                "version": found.version.number,
                "draft": found.digest,
                "dry_run": body.dry_run,
                "changes": without_costs(call, found.changes),
                "remains": without_costs(call, found.remains),
            }
        )


class Differences(Endpoint):
    @operation(
        id="compareDefinitions",
        scope="catalog:inspect",
        summary="Compare two versions, or a version and the draft",
        query=DifferencesQuery,
        answers={200: shapes.DefinitionDifferences},
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("compareDefinitions"),
    )
    def get(self, call: Call, key: str, query: DifferencesQuery) -> HttpResponse:
        """Return in words what differs, part by part, as the administration tells it before
        publishing.
        """
        product = inspected(call, key)
        before = query.before
        if before is None:
            latest = product.versions.order_by("-number").values_list("number", flat=True).first()
            before = DRAFT if latest is None else str(latest)
        found = differences(_whole(product, before), _whole(product, query.after))
        told = without_costs(call, found[:MOST_TOLD])
        return answer_json(
            {
                "product": key,
                "before": before,
                "after": query.after,
                "differences": told,
                "count": len(found),
                "same": not found,
            }
        )


class OneVersion(Endpoint):
    @operation(
        id="getVersion",
        scope="catalog:read",
        summary="Read a version",
        answers={200: shapes.VersionRead},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.answer_of("getVersion"),
    )
    def get(self, call: Call, key: str, number: str) -> HttpResponse:
        """Return when a version was published, by whom, and the digest of its definition."""
        product = product_called(call.caller.merchant, key)
        version = operations.version_called(product, int(number))
        newest = product.versions.order_by("-number").values_list("number", flat=True).first()
        by = version.published_by
        document = {
            "product": key,
            "number": version.number,
            "digest": version.digest,
            "published_at": version.published_at.isoformat(),
            "published_by": None if by is None else by.get_username(),
            "note": version.note,
            "is_newest": version.number == newest,
            "url": call.address(
                reverse("api:version-definition", kwargs={"key": key, "number": number})
            ),
        }
        return answer_tagged(call, *tagged(document))


class VersionDefinition(Endpoint):
    @operation(
        id="getVersionDefinition",
        scope="catalog:inspect",
        summary="Read the definition of a version",
        answers={200: definition_shapes.Definition},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.answer_of("getVersionDefinition"),
    )
    def get(self, call: Call, key: str, number: str) -> HttpResponse:
        """Return a published version as a product file; its ETag is its digest.

        `assets` tells the content of each picture and 3D model as it was published.
        """
        product = inspected(call, key)
        version = operations.version_called(product, int(number))
        document = {"product": key, **orjson.loads(version.document)}
        refuse_costs(call, document)
        if version.model.internal_options:
            call.caller.needs(INTERNAL)
        return answer_tagged(call, orjson.dumps(document), f'"{version.digest}"')


def _published(call: Call, product: Product, body: PublishBody) -> Version:
    try:
        return operations.publish(product, note=body.note.strip(), seen=body.draft)
    except operations.DraftChanged as refusal:
        changes = without_costs(call, refusal.changes)
        raise operations.DraftChanged(tuple(changes), refusal.data["draft"]) from None


def _whole(product: Product, side: str) -> dict[str, Any]:
    if side == DRAFT:
        return write_whole(drafts.read(product))
    version: Version = operations.version_called(product, int(side))
    return write_whole(version.model)


def _address(call: Call, key: str, number: int) -> str:
    return call.address(reverse("api:version", kwargs={"key": key, "number": str(number)}))
