"""The readable page of the API: the OpenAPI document as plain HTML, made on the server, without any
script.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from integrations.access.scopes import SCOPES
from integrations.api.openapi import document, problem_kinds
from integrations.api.problems import MEDIA_TYPE, only_read

JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
# Of words that a value may be: more are only counted.
MOST_LISTED = 30


@dataclass(frozen=True)
class Field:
    """A field of a shape, or a parameter: its type as HTML with links to other shapes."""

    name: str
    type: SafeString
    required: bool
    told: SafeString
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """What an operation answers with one status."""

    status: str
    told: SafeString
    shape: SafeString
    is_problem: bool


@dataclass(frozen=True)
class Shown:
    """One operation, ready to print."""

    id: str
    method: str
    path: str
    summary: str
    told: list[SafeString]
    scope: str
    parameters: list[Field]
    body: SafeString | None
    fields: list[Field]
    answers: list[Answer]
    curl: str
    example: str


@only_read
def docs(request: HttpRequest) -> HttpResponse:
    """Show the page; it is the same for everybody but for the site's own address in the examples."""
    return render(
        request, "integrations/docs.html", _context(f"{request.scheme}://{request.get_host()}")
    )


@lru_cache(maxsize=8)
def _context(origin: str) -> dict[str, Any]:
    spec = document()
    return {
        "origin": origin,
        "title": spec["info"]["title"],
        "version": spec["info"]["version"],
        "introduction": [_text(part) for part in spec["info"]["description"].split("\n\n")],
        "tags": [
            {
                **tag,
                "told": tag["description"],
                "operations": list(_operations(spec, tag["name"], origin)),
            }
            for tag in spec["tags"]
        ],
        "scopes": SCOPES,
        "shapes": [
            {
                "name": name,
                "told": _text(schema.get("description", "")),
                "fields": _fields(spec, schema),
            }
            for name, schema in spec["components"]["schemas"].items()
            if _whole(schema).get("properties")
        ],
        "problems": [
            {
                "code": kind.slug,
                "status": kind.status,
                "title": kind.title,
                "told": _text(" ".join((kind.__doc__ or "").split())),
            }
            for kind in problem_kinds()
        ],
    }


def _operations(spec: Mapping[str, Any], tag: str, origin: str) -> Iterator[Shown]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            told = item.get(method)
            if told is not None and tag in told["tags"]:
                yield _shown(spec, path, method, told, origin)


def _shown(
    spec: Mapping[str, Any], path: str, method: str, told: Mapping[str, Any], origin: str
) -> Shown:
    body = told.get("requestBody", {}).get("content", {}).get(JSON)
    success = next(answer for status, answer in told["responses"].items() if status.startswith("2"))
    example = success["content"].get(JSON, {}).get("example")
    return Shown(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        told=[_text(part) for part in told["description"].split("\n\n")],
        scope=told["security"][0]["apiKey"][0],
        parameters=[
            Field(
                each["name"],
                _type(each["schema"]),
                each["required"],
                _text(each["description"]),
                each["in"],
            )
            for each in told["parameters"]
        ],
        body=_type(body["schema"]) if body else None,
        fields=_fields(
            spec, spec["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
        )
        if body
        else [],
        answers=[_answer(status, answer) for status, answer in told["responses"].items()],
        curl=_curl(origin + path, method, told, body),
        example=json.dumps(example, indent=2, ensure_ascii=False) if example is not None else "",
    )


def _answer(status: str, answer: Mapping[str, Any]) -> Answer:
    if "content" not in answer:
        return Answer(status, _text(answer["description"]), mark_safe(""), False)
    content = answer["content"]
    is_problem = MEDIA_TYPE in content
    if is_problem:
        codes = content[MEDIA_TYPE]["examples"]
        links = ", ".join(
            f'<a href="#problem-{escape(code)}"><code>{escape(code)}</code></a>' for code in codes
        )
        return Answer(status, mark_safe(links), mark_safe(""), True)  # noqa: S308  (every part is escaped)
    shape = (
        _type(content[JSON]["schema"])
        if JSON in content
        else format_html_join(", ", "<code>{}</code>", ((each,) for each in content))
    )
    return Answer(status, _text(answer["description"]), shape, False)


def _whole(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object that has one of several forms as one with all their fields; any other schema
    as it is.
    """
    forms = [each for each in schema.get("oneOf", ()) if each.get("properties")]
    if not forms or len(forms) < len(schema["oneOf"]):
        return schema
    fields: dict[str, Any] = {}
    for form in forms:
        fields = {**form["properties"], **fields}
    required = [name for name in fields if all(name in form["required"] for form in forms)]
    return {**schema, "properties": fields, "required": required}


def _fields(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Field]:
    schema = _whole(schema)
    required = set(schema.get("required", ()))
    return [
        Field(name, _type(each), name in required, _text(_told(spec, each)))
        for name, each in schema.get("properties", {}).items()
    ]


def _told(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return what a schema says of itself, or what the one says that it refers to."""
    if "description" in schema:
        return str(schema["description"])
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            target = spec["components"]["schemas"][each["$ref"].rpartition("/")[2]]
            if not _whole(target).get("properties"):
                return str(target.get("description", ""))
    return ""


def _type(schema: Mapping[str, Any]) -> SafeString:
    """Return a schema's type as HTML: words, and links to named shapes."""
    return mark_safe(_type_html(schema))  # noqa: S308  (every part is escaped)


def _type_html(schema: Mapping[str, Any]) -> str:
    if "x-word" in schema:
        return f'<a href="#choices">{escape(schema["x-word"])}</a>'
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = document()["components"]["schemas"][name]
        if _whole(target).get("properties"):
            return f'<a href="#shape-{escape(name)}">{escape(name)}</a>'
        return _type_html(target)
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type_html(each) for each in kinds))
    if "enum" in schema and len(schema["enum"]) > MOST_LISTED:
        return f"one of {len(schema['enum'])} words"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(json.dumps(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    kind = schema.get("type", "any value")
    if kind == "array":
        return f"list of {_type_html(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type_html(schema['additionalProperties'])}"
    return escape(
        {"integer": "whole number", "string": "text", "boolean": "true or false"}.get(kind, kind)
    )


def _text(told: str) -> SafeString:
    """Return plain words as HTML, with what stands in backticks as code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(told.split()))))  # noqa: S308


def _curl(
    address: str, method: str, told: Mapping[str, Any], body: Mapping[str, Any] | None
) -> str:
    """Return the call as a command."""
    address = (
        address.replace("{key}", "desk")
        .replace("{view}", "corner")
        .replace("{part}", "rules")
        .replace("{member}", "top" if "options/{member}" in address else "glass_needs_steel")
        .replace("{value}", "oak")
        .replace("{number}", "1")
        .replace("{kid}", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        .replace("{print}", "engraving")
        .replace("{file}", "drawings.zip")
        .replace("{id}", "Vb3kq0Zt9mRr2XyLw1sPdA")
        .replace("{other}", "9mRr2XyLw1sPdAVb3kq0Zt")
    )
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{address}"]
    lines.append('-H "Authorization: Bearer $API_KEY"')
    if any(each["name"] == "Idempotency-Key" for each in told["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(body.get('example', {}))}'")
    return " \\\n  ".join(lines)
