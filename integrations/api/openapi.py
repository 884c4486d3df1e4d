"""The OpenAPI 3.1 document, made from what the code declares: addresses, operations, shapes and
problems.
"""

import hashlib
import inspect
import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from catalog.entity_tags import is_named
from catalog.errors import Refusal
from catalog.product_model import KEY_PATTERN
from catalog.schema_texts import schema_of, unwrapped
from configurator.geometry.camera import VIEWS
from configurator.making import FILES
from configurator.ordering import ChoicesConflict
from integrations.access.scopes import SCOPES
from integrations.access.versions import HEADER, VERSIONS
from integrations.api import problems
from integrations.api.endpoint import JSON, Operation, operation_of
from integrations.api.pagination import PART, PageQuery
from integrations.api.v1.shapes.answer import PartPage
from integrations.api.v1.shapes.problems import ConflictProblem, Problem
from integrations.api.v1.urls import urlpatterns
from pricing.parts import PARTS

ALWAYS = (
    "not-authenticated",
    "scope-missing",
    "address-refused",
    "origin-refused",
    "not-for-shoppers",
    "malformed-input",
    "version-unknown",
    "not-acceptable",
    "too-many-requests",
    "internal-error",
    "database-unavailable",
)
WITH_BODY = ("malformed-json", "body-too-large", "unsupported-media-type", "unsupported-coding")
REPEATABLE = ("idempotency-key-malformed", "idempotency-key-reused", "idempotency-in-flight")
# What is answered where no operation is found.
OUTSIDE = ("bad-request", "unknown-address", "method-not-allowed")

INTRODUCTION = """\
Evaluate choices, keep configurations, read their parts and prices. Page and API answer from the same evaluation.

Every call carries a key or a token that belongs to one merchant (`Authorization: Bearer …`) and sees the things of \
that merchant only. Bodies are JSON objects; unknown fields and wrong types are refused, nothing is coerced.

Every answer that is no success is an RFC 9457 problem: compare its `code`, show its `detail`. Within a \
version, which is a date (`Configurator-Version`), fields and problems may be added, and nothing is taken away."""

TAGS = {
    "products": "Published products, their versions, and the answer to any set of choices.",
    "definitions": "Every product with its draft, published or not.",
    "price-lists": "Terms of markets and buyers, and the amounts that stand in place of those of versions.",
    "exchange-rates": "What currencies are in one another, by day.",
    "tax-rates": "The tax by country, region and class of goods.",
    "calendar": "On which days work is done: lead times are counted on it.",
    "price-thresholds": "Prices at which a merchant is told.",
    "price-limits": "How far prices of configurations may be changed by hand.",
    "assets": "Pictures and 3D models that products name.",
    "asset-contents": "The files of assets themselves.",
    "uploads": "Pictures and drawings of shoppers, which are printed on what they choose.",
    "configurations": "Choices that are kept, with the version and the price list they were made under.",
    "erasures": "Personal data of buyers that was erased.",
    "workshops": "How workshops want cut lists, boards and drawings.",
    "quotes": "Prices that are promised for a time, signed so that anybody can check them.",
    "webhook-endpoints": "URLs that are told of events, how they do, and what can be done where something was missed.",
    "deliveries": "Events on their way to endpoints, with each attempt.",
    "events": "What happened in the last 30 days and was of interest to some endpoint.",
    "event-types": "Every kind of event, its JSON Schema and an example.",
    "automations": "What is done when something happens, step by step.",
    "automation-runs": "Automations at work on one event each, and what can be done where a step failed.",
    "approvals": "What runs ask people before they go on.",
    "storages": "Where automations put files.",
    "api-keys": "Who may call with a secret, and with a publishable key from which pages.",
    "oauth-clients": "Programs that get tokens for themselves, or that people let in.",
    "people": "Members of the merchant, and their roles.",
    "imports": "Uploads of other configurators that become drafts.",
    "settings": "What the merchant decides for all of its products.",
    "signing-keys": "The keys that sign quotes: their public part, and what can be done with them.",
    "audit": "Who changed, published, exported what, and when.",
    "automation-actions": "Every kind of step, and the JSON Schema of its settings.",
}
HEADERS: Mapping[str, dict[str, Any]] = {
    "If-Match": {
        "description": 'The ETag you read, such as "r3": refuse the change if somebody was faster.',
        "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'},
        "example": '"r3"',
    },
    "Idempotency-Key": {
        "description": "A word of your own, such as a UUID: however often the call arrives, it takes effect once.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    HEADER: {
        "description": "The dated version of the API that the call is made for; without it, that of the credential.",
        "schema": {"type": "string", "enum": list(VERSIONS)},
    },
    "If-None-Match": {
        "description": "The ETag you have: answers 304 while nothing changed.",
        "schema": {"type": "string"},
    },
}
PATH_PARTS: Mapping[str, dict[str, Any]] = {
    "key": {
        "description": "The key of the product, price list, threshold or workshop, such as desk.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"},
    },
    "id": {
        "description": "The id of the configuration, endpoint, delivery or event.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,32}$"},
    },
    "other": {
        "description": "The id of the configuration to compare with, of the same product.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,32}$"},
    },
    "name": {
        "description": "The name of the asset with its folders, such as tops/oak.png; a slash may be sent as it is.",
        "schema": {"type": "string", "maxLength": 200, "pattern": r"^\w[\w.-]*(/\w[\w.-]*)*$"},
    },
    "part": {
        "description": "A list of the definition, such as options, rules, tables or presets.",
        "schema": {"type": "string", "enum": list(PARTS)},
    },
    "member": {
        "description": "The key of a member of that list, such as top.",
        "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
    },
    "value": {
        "description": "The key of a value of the option, such as oak.",
        "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
    },
    "number": {
        "description": "The number of a version.",
        "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"},
    },
    "kid": {
        "description": "The id of the signing key, as in jwks.json.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    },
    "view": {
        "description": "From where a picture is taken.",
        "schema": {"type": "string", "enum": list(VIEWS)},
    },
    "file": {
        "description": "Which production file.",
        "schema": {"type": "string", "enum": list(FILES)},
    },
    "print": {
        "description": "The key of the print, such as engraving.",
        "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"},
    },
}


class OperationSchema(AutoSchema):
    """Describes an Endpoint by what its handlers declare."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Any:
        """Return the OpenAPI operation object of `method` at `path`; None for a view that declares
        none.
        """
        declared = operation_of(self.view, method)
        if declared is None:
            return None
        handler = getattr(self.view, method.lower())
        return {
            "operationId": declared.id,
            "summary": declared.summary,
            "description": inspect.cleandoc(handler.__doc__ or ""),
            "tags": [path.removeprefix("/api/v1/").partition("/")[0]],
            "security": [{"apiKey": [declared.scope]}, {"oauth2": [declared.scope]}],
            "parameters": _parameters(declared, path, method),
            **_request(declared),
            "responses": _not_modified(declared, method) | _responses(declared),
        }


@cache
def document() -> Mapping[str, Any]:
    """Return the OpenAPI document as plain values; made once in each process."""
    drawn = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    shown = {path: item for path, item in drawn["paths"].items() if path.startswith("/api/v1/")}
    return {
        "openapi": drawn["openapi"],
        "info": {
            "title": "Open Configurator API",
            "version": "1.0.0",
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": shown,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "cfg_sk_…",
                    "description": "An API key of one merchant, made in the administration.",
                },
                "oauth2": {
                    "type": "oauth2",
                    "description": "A token for an OAuth client of one merchant, or for a person who let it in.",
                    "flows": {
                        "clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": SCOPES},
                        "authorizationCode": {
                            "authorizationUrl": "/oauth/authorize/",
                            "tokenUrl": "/oauth/token/",
                            "refreshUrl": "/oauth/token/",
                            "scopes": SCOPES,
                        },
                    },
                },
            },
        },
    }


@cache
def _served() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@problems.only_read
def openapi_json(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document; everybody may read it, from any site."""
    body, tag = _served()
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Access-Control-Allow-Origin": "*",
    }
    if is_named(tag, request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=JSON, headers=headers)


def refusals_of(declared: Operation) -> tuple[str, ...]:
    """Return the codes of all problems that an operation may answer."""
    codes = {*ALWAYS, *declared.refusals}
    if declared.body is not None:
        codes |= {*WITH_BODY}
    if declared.repeatable:
        codes |= {*REPEATABLE}
    if "changed-meanwhile" in declared.refusals:
        codes.add("precondition-required")
    if declared.needs_key:
        codes.add("idempotency-key-missing")
    if unknown := codes - Refusal.kinds.keys():
        raise ValueError(f"{declared.id}: there is no problem {', '.join(sorted(unknown))}")
    return tuple(kind.slug for kind in _in_order(codes))


def problem_kinds() -> list[type[Refusal]]:
    """Return every kind of problem that an address of the API may answer."""
    return _in_order(
        {*OUTSIDE, *(code for declared in operations() for code in refusals_of(declared))}
    )


def _in_order(codes: Iterable[str]) -> list[type[Refusal]]:
    return sorted(
        (Refusal.kinds[code] for code in codes), key=lambda kind: (kind.status, kind.slug)
    )


def _parameters(declared: Operation, path: str, method: str) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **told}
        for name, told in PATH_PARTS.items()
        if f"{{{name}}}" in path
    ]
    if declared.query is not None:
        schema = _inlined(schema_of(declared.query))
        for name, each in schema.get("properties", {}).items():
            each.pop("title", None)
            told = each.pop("description", "")
            each = _not_null(each)
            parameters.append(
                {
                    "name": name,
                    "in": "query",
                    "required": False,
                    "description": told or QUERY[name],
                    "schema": each,
                }
            )
    names = [*declared.headers, HEADER]
    if declared.repeatable:
        names.append("Idempotency-Key")
    if declared.tagged and method.upper() == "GET":
        names.append("If-None-Match")
    required = {"Idempotency-Key"} if declared.key_required else set()
    parameters += [
        {"name": name, "in": "header", "required": name in required, **HEADERS[name]}
        for name in names
    ]
    return parameters


QUERY = {
    "locale": "The language of texts, such as de or fr-CA; without it that of the product.",
    "version": "The number of a version; the newest, without it.",
    "product": "Only those of the product with this key.",
    "state": "Only those in this state.",
    "fingerprint": "Only those with this fingerprint: the same version and values.",
    "threshold": "Only those whose price passed the threshold with this key when they were completed.",
}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out, not of one that may be null."""
    kinds = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if len(kinds) == 1:
        rest = {name: each for name, each in schema.items() if name not in {"anyOf", "default"}}
        return {**kinds[0], **rest}
    return schema


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` with its small named parts put in place."""
    parts = schema.pop("$defs", {})

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return put(
                    {
                        **parts[value["$ref"].rpartition("/")[2]],
                        **{k: v for k, v in value.items() if k != "$ref"},
                    }
                )
            return {name: put(each) for name, each in value.items()}
        return [put(each) for each in value] if isinstance(value, list) else value

    filled: dict[str, Any] = put(schema)
    return filled


def _request(declared: Operation) -> dict[str, Any]:
    if declared.body is None:
        return {}
    content: dict[str, Any] = {"schema": _reference(declared.body)}
    if declared.request_example is not None:
        content["example"] = declared.request_example
    written = {JSON: content} | {each: {"schema": content["schema"]} for each in declared.also}
    return {"requestBody": {"required": not declared.body_optional, "content": written}}


def _not_modified(declared: Operation, method: str) -> dict[str, Any]:
    if not declared.tagged or method.upper() != "GET":
        return {}
    headers = {"ETag": {"description": "That of what you have.", "schema": {"type": "string"}}}
    return {
        "304": {
            "description": "Nothing changed since the ETag in `If-None-Match`.",
            "headers": headers,
        }
    }


def _responses(declared: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, shape in declared.answers.items():
        content: dict[str, Any] = {
            each: {"schema": {"type": "string", "contentMediaType": each}}
            for each in declared.files
        } or {each: {"schema": _reference(shape)} for each in (JSON, *_also(declared))}
        if declared.answer_example is not None:
            content[JSON]["example"] = declared.answer_example
        if declared.query is not None and issubclass(declared.query, PageQuery):
            content[PART] = {"schema": _reference(PartPage)}
        for media_type, other in declared.variants.items():
            content[media_type] = {"schema": _reference(other)}
        responses[str(status)] = {
            "description": " ".join((shape.__doc__ or "").split()),
            "headers": _told_headers(declared),
            "content": content,
        }
    by_status: dict[int, list[type[Refusal]]] = {}
    for code in refusals_of(declared):
        by_status.setdefault(Refusal.kinds[code].status, []).append(Refusal.kinds[code])
    for status, kinds in sorted(by_status.items()):
        shape = ConflictProblem if ChoicesConflict in kinds else Problem
        schemas = (
            [_reference(shape)] if shape is Problem else [_reference(shape), _reference(Problem)]
        )
        responses[str(status)] = {
            "description": "; ".join(f"{kind.title} (`{kind.slug}`)" for kind in kinds),
            "headers": _problem_headers(status),
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
                    "examples": {
                        kind.slug: {"summary": kind.title, "value": _example(kind)}
                        for kind in kinds
                    },
                }
            },
        }
    return responses


def _also(declared: Operation) -> tuple[str, ...]:
    # Of a call with a body it is the body that may be written otherwise.
    return declared.also if declared.body is None else ()


def _example(kind: type[Refusal]) -> dict[str, Any]:
    told = (
        inspect.cleandoc(kind.__doc__ or "")
        .partition("\n\n")[0]
        .replace("\n", " ")
        .replace("`", "")
    )
    example: dict[str, Any] = {
        "type": problems.TYPE.format(code=kind.slug),
        "title": kind.title,
        "status": kind.status,
        "detail": told,
        "code": kind.slug,
        "request_id": "req_5f0c2ab19d3e7746",
    }
    return example


def _told_headers(declared: Operation) -> dict[str, Any]:
    headers = {
        "Request-Id": "Names this call in logs.",
        HEADER: "The version of the API that answered.",
        "RateLimit": "What is left of the present window, and when the next begins.",
        "RateLimit-Policy": "How many calls of this class a credential and an address have in how many seconds.",
    }
    if declared.repeatable:
        headers["Idempotent-Replayed"] = (
            "Present, and true, when this answers a call that was answered before."
        )
    if declared.tagged:
        headers["ETag"] = "Changes when any of this does."
    if {201, 202} & declared.answers.keys():
        headers["Location"] = "The address of what was made."
    return {
        name: {"description": told, "schema": {"type": "string"}} for name, told in headers.items()
    }


def _problem_headers(status: int) -> dict[str, Any]:
    headers = {"Request-Id": "Names this call in logs."}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = "Seconds to wait before the next call."
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer."
    return {
        name: {"description": told, "schema": {"type": "string"}} for name, told in headers.items()
    }


def _reference(shape: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _schemas() -> dict[str, Any]:
    """Return the schemas of all shapes that operations name, and of those that these name."""
    found: dict[str, tuple[type[BaseModel], Any]] = {}
    for declared in operations():
        answers: list[type[BaseModel]] = [Problem, ConflictProblem, PartPage]
        answers += declared.answers.values() if not declared.files else ()
        answers += declared.variants.values()
        for shape in answers:
            _refuse_namesake(found, shape)
            found[shape.__name__] = (shape, "serialization")
        if declared.body is not None:
            _refuse_namesake(found, declared.body)
            found[declared.body.__name__] = (declared.body, "validation")
    _, top = models_json_schema(list(found.values()), ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = unwrapped(top["$defs"])
    for schema in schemas.values():
        schema.pop("title", None)
        for each in schema.get("properties", {}).values():
            each.pop("title", None)
    asked = {declared.body.__name__ for declared in operations() if declared.body is not None}
    for name in _reached(schemas, asked):
        schemas[name] = _of_requests(schemas[name])
    return dict(sorted(schemas.items()))


def _refuse_namesake(
    found: Mapping[str, tuple[type[BaseModel], Any]], shape: type[BaseModel]
) -> None:
    """Refuse two shapes of one name: the document would tell the later one for both."""
    if found.get(shape.__name__, (shape, ""))[0] is not shape:
        raise ValueError(f"there are two shapes {shape.__name__}; name one of them otherwise")


# What no text holds (see catalog.nul), said where a text has no form of its own.
_NO_NUL = r"^[^\x00]*$"


def _reached(schemas: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """Return the names of schemas that are part of others, these included."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(
                r"#/components/schemas/([\w-]+)", orjson.dumps(schemas[name]).decode()
            )
    return found


def _of_requests(schema: Any) -> Any:
    """Return the schema of a body: no text of it holds NUL, and defaults are told in words.

    Generators take a field with a default for one that is always there, which is true of answers
    and not of bodies.
    """
    if isinstance(schema, list):
        return [_of_requests(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {
        name: {key: _of_requests(each) for key, each in value.items()}
        if name == "properties"
        else _of_requests(value)
        for name, value in schema.items()
        if name != "default" and not (name == "title" and isinstance(value, str))
    }
    if schema.get("default") is not None:
        default = orjson.dumps(schema["default"]).decode()
        told["description"] = f"{told.get('description', '')} By default {default}.".strip()
    if told.get("type") == "string" and not told.keys() & {"pattern", "format", "enum", "const"}:
        told["pattern"] = _NO_NUL
    if isinstance(told.get("additionalProperties"), dict):
        told.setdefault("propertyNames", {"pattern": _NO_NUL})
    return told


def operations() -> list[Operation]:
    """Return what all handlers of version 1 declare."""
    views = [getattr(pattern.callback, "cls", None) for pattern in urlpatterns]
    methods = ("get", "post", "put", "patch", "delete")
    return [
        found
        for view in views
        if view
        for method in methods
        if (found := operation_of(view, method))
    ]
