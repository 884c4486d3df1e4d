"""Definitions: a draft as one product file, and its parts one by one."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from operator import attrgetter, itemgetter
from typing import Annotated, Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic import BeforeValidator, ConfigDict, Field

from catalog import auditing, drafts, operations
from catalog.errors import Malformed, NotFound
from catalog.model_checks import pictures_of
from catalog.models import Asset, Merchant, Product
from catalog.nul import SENTENCE
from catalog.product_model import KEY_PATTERN
from integrations.access.scopes import COSTS, INTERNAL
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
from integrations.api.problems import (
    BodyTooLarge,
    MalformedInput,
    MalformedJson,
    UnsupportedMediaType,
    only_read,
)
from integrations.api.reading import MEDIA_TYPE, Body, Moment, ProductKey, Query
from integrations.api.v1 import examples
from integrations.api.v1.shapes import definitions as shapes
from integrations.api.written import moment_text, tagged
from pricing import parts
from pricing.operations import bring_in, export_product
from pricing.parts import Place
from pricing.product_file import (
    ProductFile,
    document_of,
    json_schema,
    read_document,
    read_values,
    write_product_file,
)

YAML = "application/yaml"
MOST_BODY = 5 * 1024 * 1024
"""Of a definition, in bytes."""


def read_definition(request: HttpRequest, most: int | None) -> Any:
    """Return the values of a body in JSON or YAML, numbers exactly as they are written.

    Refuses what `read_json` refuses, keys that stand twice in an object, and YAML that could run or
    blow up, or has more than API_MOST_BODY: reading it takes fifty times as long as JSON.
    """
    if request.content_type not in {MEDIA_TYPE, YAML}:
        raise UnsupportedMediaType(f"Send the body as Content-Type: {MEDIA_TYPE} or {YAML}.")
    most = settings.API_MOST_BODY if most is None else most
    if request.content_type == YAML and len(request.body) > settings.API_MOST_BODY:
        raise BodyTooLarge(
            f"Send at most {settings.API_MOST_BODY} bytes of YAML at once, or up to {most} of JSON."
        )
    if len(request.body) > most:
        raise BodyTooLarge(f"Send at most {most} bytes at once.")
    try:
        text = request.body.decode()
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is no text in UTF-8 (byte {error.start}).") from None
    is_json = request.content_type == MEDIA_TYPE
    try:
        return read_values(text, "body.json" if is_json else "body.yaml")
    except Malformed as refusal:
        errors = _places(refusal)
        is_text = any(error["detail"] == SENTENCE for error in errors)
        told = MalformedJson if is_json and not is_text else MalformedInput
        raise told(f"The body cannot be read: {refusal.sentence}.", errors=errors) from None


def _of_definition(schema: dict[str, Any]) -> None:
    schema |= {"properties": _named("ProductFile"), "additionalProperties": False}


def _of_part(schema: dict[str, Any]) -> None:
    schema |= {"properties": _named(*_PARTS), "additionalProperties": False}


_PARTS = (
    *("Step", "Option", "Value", "Derived", "Rule", "TableRule", "Preference", "Preset"),
    *("PriceLine", "BomLine", "LeadTimeLine", "Layer", "Print", "SubAssembly", "Material"),
    *("Shape", "Fitting", "ShapeCheck"),
)


def _named(*kinds: str) -> dict[str, Any]:
    """Return the fields of some kinds of part, by name alone: what they take is told by the schema
    of product files.
    """
    whole = json_schema()
    found = {"ProductFile": whole, **whole["$defs"]}
    return {name: {} for kind in kinds for name in found[kind]["properties"]}


class DefinitionBody(Body):
    """A product file, as `/api/product-file.schema.json` tells it field by field. `product` may be
    left out: the address says it.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_of_definition)


class PartBody(Body):
    """A member of one list of a definition, as a product file says it; `$defs` of
    `/api/product-file.schema.json` have its fields. `key` may be left out: the address says it.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_of_part)


class CopyProductBody(Body):
    """What the copy of a product is called."""

    key: Annotated[ProductKey, Field(description="The key of the new product.")]
    name: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00-\x1f]+$",
            description="Its name; that of the original, without it.",
        ),
    ] = None


def _flag(value: Any) -> Any:
    """Return what `true` and `false` say; refuse with ValueError all else."""
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError("expected true or false")
        return value == "true"
    return value


type Asked = Annotated[bool, BeforeValidator(_flag)]


class ReadQuery(Query):
    prices: Annotated[
        Asked,
        Field(
            description="Whether price lists, amounts in them and rates are told, too; needs `pricing:read`."
        ),
    ] = False
    findings: Annotated[
        Asked, Field(description="Whether accepted findings of the checks are told, too.")
    ] = False


class KeepQuery(Query):
    dry_run: Annotated[
        Asked, Field(description="Only tell what would change, and keep nothing.")
    ] = False
    prices: Annotated[
        Asked,
        Field(
            description="Whether what the file says of price lists, amounts in them and rates is taken, at once "
            "and for all products; needs `pricing:write`."
        ),
    ] = False


class PartQuery(Query):
    before: Annotated[
        str | None,
        Field(
            pattern=f"^{KEY_PATTERN}$",
            description="The key of the member that this one is put in front of; without it a part stays where it "
            "is, and a new one is the last.",
        ),
    ] = None


class DefinitionsQuery(PageQuery):
    updated_since: Annotated[
        Moment | None,
        Field(description="Only those whose draft was changed at this time or later."),
    ] = None


class Definitions(Endpoint):
    @operation(
        id="listDefinitions",
        scope="catalog:inspect",
        summary="List products with their drafts",
        query=DefinitionsQuery,
        answers={200: shapes.DefinitionPage},
        answer_example=examples.answer_of("listDefinitions"),
    )
    def get(self, call: Call, query: DefinitionsQuery) -> HttpResponse:
        """Return every product in order of the keys: published, never published, and retired."""
        rows = Product.objects.for_merchant(call.caller.merchant).order_by("key")
        if query.updated_since is not None:
            rows = rows.filter(edited_at__gte=query.updated_since)
        if query.after is not None:
            rows = rows.filter(key__gt=query.after)
        found = list(rows.annotate(newest=Max("versions__number"))[: query.limit + 1])
        return answer_page(call, query, found, partial(_listed, call), attrgetter("key"))


class Definition(Endpoint):
    @operation(
        id="getDefinition",
        scope="catalog:inspect",
        summary="Read the draft",
        query=ReadQuery,
        answers={200: shapes.Definition},
        tagged=True,
        also=(YAML,),
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("getDefinition"),
    )
    def get(self, call: Call, key: str, query: ReadQuery) -> HttpResponse:
        """Return the draft as a product file; with `Accept: application/yaml` as YAML.

        The ETag begins with the digest of the draft. What is merchant-wide is told when it is asked
        for. Sent back with PUT, the file changes nothing.
        """
        if query.prices:
            call.caller.needs("pricing:read")
        product = inspected(call, key)
        file = export_product(product) if query.prices or query.findings else None
        if file is None:
            file = ProductFile(drafts.read(product))
        if not query.prices:
            file = ProductFile(file.model, accepted=file.accepted)
        if not query.findings:
            file = ProductFile(
                file.model,
                file.price_lists,
                file.list_amounts,
                file.exchange_rates,
                file.tax_rates,
            )
        tag = f'"{file.model.digest}"'
        document = document_of(file)
        refuse_costs(call, document)
        body, of_all = tagged(document)
        if query.prices or query.findings:
            tag = f'"{file.model.digest}.{of_all[1:17]}"'
        is_yaml = YAML in call.request.headers.get("Accept", "")
        if is_yaml:
            body, tag = write_product_file(file).encode(), f'{tag[:-1]}.yaml"'
        answer = answer_tagged(call, body, tag)
        if answer.content:
            auditing.record(product.merchant, "product.exported", key)
        answer.headers["Vary"] = "Accept"
        if is_yaml and answer.content:
            answer.headers["Content-Type"] = YAML
        return answer

    @operation(
        id="putDefinition",
        scope="catalog:write",
        summary="Write the draft",
        body=DefinitionBody,
        read=read_definition,
        most_body=MOST_BODY,
        query=KeepQuery,
        also=(YAML,),
        answers={200: shapes.DefinitionKept, 201: shapes.DefinitionKept},
        tagged=True,
        headers=("If-Match",),
        refusals=("malformed", "changed-meanwhile"),
        request_example=examples.DEFINITION,
        answer_example=examples.answer_of("putDefinition"),
    )
    def put(self, call: Call, key: str, body: DefinitionBody, query: KeepQuery) -> HttpResponse:
        """Make a product file the draft of the product, whole, and tell what that changes.

        A product that is not there is created. The draft may be unfinished: what publishing needs is
        found by a check. Nothing is sold otherwise before it is published. `If-Match` takes the ETag
        of the draft, its digest in quotes, or `*`; a draft that is there needs it. Sent again, the
        same file changes nothing.

        What the file says of price lists, amounts and rates is told in `prices`, and taken only with
        `prices=true`, for it holds at once and for all products.
        """
        if query.prices:
            call.caller.needs("pricing:write")
        file = _read_file(key, body.model_extra or {})
        merchant = call.caller.merchant
        if Product.objects.for_merchant(merchant).filter(key=key).exists():
            inspected(call, key)
        with transaction.atomic():
            _refuse_other_draft(call, _locked(merchant, key))
            try:
                found = bring_in(
                    merchant, file, with_prices=query.prices, dry_run=query.dry_run, only_asked=True
                )
            except Malformed as refusal:
                raise refuse_malformed(refusal, body.model_extra) from None
        document: dict[str, Any] = {
            "product": key,
            "url": _address(call, key),
            "draft": found.digest,
            "is_new": found.is_new,
            "dry_run": query.dry_run,
            "changes": without_costs(call, found.draft),
            "prices": without_costs(call, found.prices),
            "prices_taken": found.prices_taken,
            "missing_assets": _missing(merchant, file),
        }
        if query.dry_run:
            return answer_json(document)
        headers = {"Location": document["url"]} if found.is_new else {}
        status = 201 if found.is_new else 200
        return answer_changed(tagged(document)[0], f'"{found.digest}"', status, **headers)

    @operation(
        id="deleteDefinition",
        scope="catalog:write",
        summary="Delete a product that was never published",
        answers={200: shapes.DefinitionDeleted},
        headers=("If-Match",),
        refusals=("not-found", "product-published", "changed-meanwhile"),
        answer_example=examples.answer_of("deleteDefinition"),
    )
    def delete(self, call: Call, key: str) -> HttpResponse:
        """Delete a product of which nothing was published, with its draft and the amounts that price
        lists keep for it.

        A published product stays, for what was made of it: retire it, or restore one of its
        versions into the draft.
        """
        with transaction.atomic():
            product = _locked(call.caller.merchant, key)
            if product is None:
                raise NotFound(f"There is no product '{key}'.")
            _refuse_other_draft(call, product)
            operations.delete_product(product)
        return answer_json({"product": key})


class ProductCopy(Endpoint):
    @operation(
        id="copyProduct",
        scope="catalog:write",
        summary="Copy a product",
        body=CopyProductBody,
        answers={201: shapes.ProductCopied},
        refusals=("not-found", "key-taken", "malformed"),
        request_example=examples.COPY_PRODUCT,
        answer_example=examples.answer_of("copyProduct"),
    )
    def post(self, call: Call, key: str, body: CopyProductBody) -> HttpResponse:
        """Make a new product that begins with the draft of this one, and with the amounts that price
        lists keep for it.
        """
        copy = operations.duplicate(product_called(call.caller.merchant, key), body.key, body.name)
        address = _address(call, copy.key)
        told = {"product": copy.key, "url": address, "draft": drafts.read(copy).digest}
        return answer_json(told, 201, {"Location": address})


class Parts(Endpoint):
    @operation(
        id="listParts",
        scope="catalog:inspect",
        summary="List parts of the draft",
        query=PageQuery,
        answers={200: shapes.DraftPartPage},
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("listParts"),
    )
    def get(self, call: Call, key: str, part: str, query: PageQuery) -> HttpResponse:
        """Return the members of one list of the draft, in their order: options, rules, tables,
        presets and all others that a product file has.
        """
        product = inspected(call, key)
        return _page(call, query, parts.members(product, part))


class Part(Endpoint):
    @operation(
        id="getPart",
        scope="catalog:inspect",
        summary="Read a part of the draft",
        answers={200: shapes.Part},
        tagged=True,
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("getPart"),
    )
    def get(self, call: Call, key: str, part: str, member: str) -> HttpResponse:
        """Return a member of one list of the draft, such as an option with its values."""
        return _read(call, key, Place(part, member))

    @operation(
        id="putPart",
        scope="catalog:write",
        summary="Write a part of the draft",
        body=PartBody,
        read=read_definition,
        query=PartQuery,
        answers={200: shapes.PartKept, 201: shapes.PartKept},
        tagged=True,
        headers=("If-Match",),
        refusals=("not-found", "malformed", "changed-meanwhile"),
        request_example=examples.PART,
        answer_example=examples.answer_of("putPart"),
    )
    def put(
        self, call: Call, key: str, part: str, member: str, body: PartBody, query: PartQuery
    ) -> HttpResponse:
        """Keep a member of one list of the draft, in place of what has its key, and tell what that
        changes.

        The whole definition is read as a product file is, and kept as one: all of it or nothing. A
        part that says what it said changes nothing.
        """
        return _keep(call, key, Place(part, member), body, query)

    @operation(
        id="deletePart",
        scope="catalog:write",
        summary="Take a part out of the draft",
        answers={200: shapes.PartKept},
        headers=("If-Match",),
        refusals=("not-found", "malformed", "changed-meanwhile"),
        answer_example=examples.answer_of("deletePart"),
    )
    def delete(self, call: Call, key: str, part: str, member: str) -> HttpResponse:
        """Take a member out of one list of the draft.

        Expressions that name it stay, and a check finds them; what refers to it otherwise, such as
        the group of an option, is refused.
        """
        return _drop(call, key, Place(part, member))


class Values(Endpoint):
    @operation(
        id="listValues",
        scope="catalog:inspect",
        summary="List values of an option of the draft",
        query=PageQuery,
        answers={200: shapes.DraftPartPage},
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("listValues"),
    )
    def get(self, call: Call, key: str, member: str, query: PageQuery) -> HttpResponse:
        """Return the values of an option of the draft, in their order."""
        product = inspected(call, key)
        return _page(call, query, parts.members(product, "options", member))


class Value(Endpoint):
    @operation(
        id="getValue",
        scope="catalog:inspect",
        summary="Read a value of the draft",
        answers={200: shapes.Part},
        tagged=True,
        refusals=("not-found", "malformed"),
        answer_example=examples.answer_of("getValue"),
    )
    def get(self, call: Call, key: str, member: str, value: str) -> HttpResponse:
        """Return a value of an option of the draft."""
        return _read(call, key, Place("options", member, value))

    @operation(
        id="putValue",
        scope="catalog:write",
        summary="Write a value of the draft",
        body=PartBody,
        read=read_definition,
        query=PartQuery,
        answers={200: shapes.PartKept, 201: shapes.PartKept},
        tagged=True,
        headers=("If-Match",),
        refusals=("not-found", "malformed", "changed-meanwhile"),
        request_example=examples.VALUE,
        answer_example=examples.answer_of("putValue"),
    )
    def put(
        self, call: Call, key: str, member: str, value: str, body: PartBody, query: PartQuery
    ) -> HttpResponse:
        """Keep a value of an option of the draft, in place of what has its key, and tell what that
        changes.
        """
        return _keep(call, key, Place("options", member, value), body, query)

    @operation(
        id="deleteValue",
        scope="catalog:write",
        summary="Take a value out of the draft",
        answers={200: shapes.PartKept},
        headers=("If-Match",),
        refusals=("not-found", "malformed", "changed-meanwhile"),
        answer_example=examples.answer_of("deleteValue"),
    )
    def delete(self, call: Call, key: str, member: str, value: str) -> HttpResponse:
        """Take a value out of an option of the draft."""
        return _drop(call, key, Place("options", member, value))


def product_called(merchant: Merchant, key: str) -> Product:
    """Return the merchant's product of that key, published or not; refuse with NotFound."""
    rows = Product.objects.for_merchant(merchant).select_related("merchant")
    product: Product | None = rows.filter(key=key).first()
    if product is None:
        raise NotFound(f"There is no product '{key}'.")
    return product


def inspected(call: Call, key: str) -> Product:
    """Return the merchant's product of that key to who may see all of its definition.

    Refuses with NotFound, and with ScopeMissing where it has options that shoppers never see: left
    out, they would be lost where the definition is sent back.
    """
    product = product_called(call.caller.merchant, key)
    if INTERNAL not in call.caller.scopes and product.options.filter(internal=True).exists():
        call.caller.needs(INTERNAL)
    return product


def refuse_costs(call: Call, document: Any) -> None:
    """Refuse with ScopeMissing what tells a cost, for callers that must not see costs: left out, it
    would be lost where the definition is sent back.
    """
    if COSTS not in call.caller.scopes and _tells_costs(document):
        call.caller.needs(COSTS)


def _tells_costs(document: Any) -> bool:
    if isinstance(document, Mapping):
        return not auditing.COSTS_FIELDS.isdisjoint(document) or any(
            map(_tells_costs, document.values())
        )
    return isinstance(document, list) and any(map(_tells_costs, document))


def without_costs(call: Call, sentences: Sequence[str]) -> list[str]:
    """Return sentences about changes, without the figures where costs are among them and the caller
    must not see costs.
    """
    return list(sentences) if COSTS in call.caller.scopes else auditing.without_costs(sentences)


def refuse_malformed(refusal: Malformed, document: Any = None) -> MalformedInput:
    """Return what a product file could not say as what is wrong with a body, place by place."""
    return MalformedInput(refusal.sentence, errors=_places(refusal, document))


def _places(refusal: Malformed, document: Any = None) -> list[dict[str, str]]:
    return [
        {"pointer": parts.pointer_in(document, each.get("pointer", "")), "detail": each["detail"]}
        for each in refusal.data.get("errors", ())
    ]


def _read_file(key: str, document: Mapping[str, Any]) -> ProductFile:
    if document.get("product", key) != key:
        raise MalformedInput(
            f"/product: the address says '{key}'. Send the file to the address of its own product.",
            errors=[{"pointer": "/product", "detail": f"expected {key}, or nothing"}],
        )
    try:
        return read_document({"product": key, **document})
    except Malformed as refusal:
        raise refuse_malformed(refusal) from None


def _locked(merchant: Merchant, key: str) -> Product | None:
    rows = Product.objects.for_merchant(merchant).select_for_update(no_key=True, of=("self",))
    found: Product | None = rows.select_related("merchant").filter(key=key).first()
    return found


def _refuse_other_draft(call: Call, product: Product | None) -> None:
    """Refuse with ChangedMeanwhile a call whose If-Match names another draft than that of `product`.

    The digest counts: with what beside it the draft was read makes no difference. A draft that is
    there is not replaced without it.
    """
    refuse_other_digest(call, None if product is None else drafts.read(product).digest)


def refuse_other_digest(call: Call, digest: str | None) -> None:
    """Refuse with ChangedMeanwhile a call whose If-Match names another draft than that with this
    digest, which is None where there is none.
    """
    header = call.request.headers.get("If-Match", "")
    if digest is not None and f'"{digest}.' in header:
        return
    tag = None if digest is None else f'"{digest}"'
    refuse_stale(call, tag)


def _listed(call: Call, row: Any) -> dict[str, Any]:
    return {
        "product": row.key,
        "name": row.name,
        "version": row.newest,
        "retired_at": moment_text(row.retired_at),
        "edited_at": row.edited_at.isoformat(),
        "url": _address(call, row.key),
    }


def _missing(merchant: Merchant, file: ProductFile) -> list[str]:
    named = dict.fromkeys(name for _, name in pictures_of(file.model))
    kept = set(
        Asset.objects.for_merchant(merchant).filter(name__in=named).values_list("name", flat=True)
    )
    return [name for name in named if name not in kept]


def _address(call: Call, key: str) -> str:
    return call.address(reverse("api:definition", kwargs={"key": key}))


def _page(call: Call, query: PageQuery, listed: list[dict[str, Any]]) -> HttpResponse:
    start = 0
    if query.after is not None:
        keys = [each["key"] for each in listed]
        if query.after not in keys:
            raise NotFound("There is no such page; take `after` from `next`.")
        start = keys.index(query.after) + 1
    found = listed[start : start + query.limit + 1]
    refuse_costs(call, found)
    return answer_page(call, query, found, dict, itemgetter("key"))


def _read(call: Call, key: str, place: Place) -> HttpResponse:
    product = inspected(call, key)
    document = parts.member(product, place)
    refuse_costs(call, document)
    return answer_tagged(call, *tagged(document))


def _keep(call: Call, key: str, place: Place, body: PartBody, query: PartQuery) -> HttpResponse:
    product = inspected(call, key)
    try:
        found = parts.put_member(
            product, place, body.model_extra or {}, _expecting(call), query.before
        )
    except parts.PartMalformed as refusal:
        raise refuse_malformed(refusal) from None
    _, tag = tagged(parts.member(product, place))
    headers = {"Location": call.address(call.request.path)} if found.is_new else {}
    return answer_changed(
        tagged(_told(call, key, found))[0], tag, 201 if found.is_new else 200, **headers
    )


def _drop(call: Call, key: str, place: Place) -> HttpResponse:
    product = inspected(call, key)
    return answer_json(_told(call, key, parts.drop_member(product, place, _expecting(call))))


def _expecting(call: Call) -> parts.Expects:
    def expecting(there: Mapping[str, Any] | None) -> None:
        refuse_stale(call, None if there is None else tagged(there)[1])

    return expecting


def _told(call: Call, key: str, found: parts.Changed) -> dict[str, Any]:
    return {
        "product": key,
        "draft": found.digest,
        "is_new": found.is_new,
        "changes": without_costs(call, found.changes),
    }


@only_read
def product_file_schema(request: HttpRequest) -> HttpResponse:
    """Answer the JSON Schema of product files; everybody may read it, from any site."""
    return HttpResponse(
        _schema(),
        content_type="application/schema+json",
        headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"},
    )


@cache
def _schema() -> bytes:
    return orjson.dumps(json_schema())
