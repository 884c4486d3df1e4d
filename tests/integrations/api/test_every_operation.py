"""What is refused alike everywhere: each operation of the document is asked wrongly, in each way."""

from typing import Any

import pytest

from integrations.api.openapi import document
from integrations.api.v1.shapes.problems import Problem
from tests.api import Api, told
from tests.integrations.api.test_isolation import OPERATIONS, WITH_BODY, example_body

pytestmark = pytest.mark.database

SCHEMAS = document()["components"]["schemas"]
PARTS = {
    "{key}": "desk",
    "{name}": "a.png",
    "{view}": "front",
    "{number}": "1",
    "{part}": "options",
    "{member}": "frame",
    "{file}": "drawings.zip",
    "{kid}": "a" * 43,
}


def address(path: str) -> str:
    for part, value in PARTS.items():
        path = path.replace(part, value)
    for part in ("{id}", "{print}", "{value}", "{reference}", "{other}"):
        path = path.replace(part, "a")
    return path.removeprefix("/api/v1/")


def asked(api: Api, case: Any, body: Any = None, query: str = "", **headers: str) -> Any:
    method, path, operation = case
    given = example_body(operation) if body is None else body
    return api.call(method, address(path) + query, given, **headers)


def wrong(answer: Any, status: int, code: str) -> list[str]:
    """Return what is wrong with a refusal; nothing where it is the problem that was expected."""
    if answer.headers["Content-Type"] != "application/problem+json":
        return [f"{answer.status_code} {answer.headers['Content-Type']}"]
    problem = told(answer)
    Problem.model_validate(
        {name: problem[name] for name in Problem.model_fields if name in problem}
    )
    found = (answer.status_code, problem["status"], problem["code"])
    ok = found == (status, status, code) and problem["request_id"] == answer.headers["Request-Id"]
    return [] if ok else [f"{found}: {problem['detail']}"]


def failures(cases: Any, ask: Any, status: int, code: str) -> list[str]:
    return [
        f"{case[2]['operationId']}: {each}"
        for case in cases
        for each in wrong(ask(case), status, code)
    ]


def test_without_a_credential(shop, settings):
    settings.WRONG_CREDENTIALS = 0
    nobody = Api(None)
    assert failures(OPERATIONS, lambda case: asked(nobody, case), 401, "not-authenticated") == []


def test_with_an_unknown_parameter(api):
    assert failures(
        OPERATIONS, lambda case: asked(api, case, query="?unheard=1"), 400, "malformed-input"
    ) == []  # fmt: skip


def test_for_what_is_not_answered(api):
    def ask(case):
        return asked(api, case, Accept="audio/ogg, text/html;q=0.9")

    assert failures(OPERATIONS, ask, 406, "not-acceptable") == []


def test_with_a_body_that_is_no_json(api):
    assert failures(WITH_BODY, lambda case: asked(api, case, b"{"), 400, "malformed-json") == []


def test_with_a_body_of_another_kind(api):
    def ask(case):
        return asked(api, case, b"a=1", **{"Content-Type": "text/plain"})

    assert failures(WITH_BODY, ask, 415, "unsupported-media-type") == []


def test_with_a_body_that_is_nested_too_deep(api):
    deep = b'{"a":' * 200 + b"1" + b"}" * 200
    assert failures(WITH_BODY, lambda case: asked(api, case, deep), 400, "malformed-json") == []


def test_with_a_field_that_there_is_not(api):
    def ask(case):
        return asked(api, case, {**example_body(case[2]), "unheard": 1})

    assert failures(WITH_BODY, ask, 400, "malformed-input") == []


def test_with_a_body_that_is_too_large(api, settings):
    settings.API_MOST_BODY = 10
    cases = [each for each in WITH_BODY if each[2]["operationId"] not in LARGE]

    def ask(case):
        return asked(api, case, b'{"a": "' + b"x" * 20 + b'"}')

    assert failures(cases, ask, 413, "body-too-large") == []


# A method that an address does not take is told before who asks is looked at.
def test_with_a_method_that_is_not_taken(api):
    for method in ("TRACE", "OPTIONS", "PROPFIND"):
        answer = api.call(method, "products")
        assert wrong(answer, 405, "method-not-allowed") == []


LARGE = {
    "uploadAsset",
    "uploadFile",
    "replaceAsset",
    "putDefinition",
    "putPart",
    "putValue",
    "beginImport",
}
COERCED = {
    "integer": [True, "1", 1.5],
    "number": [True, "1"],
    "string": [1, True],
    "boolean": [1, "true"],
    "array": [{}, "a"],
    "object": [[], "a"],
}


def _kinds(schema: Any) -> set[str]:
    if "$ref" in schema:
        return _kinds(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "enum" in schema and "type" not in schema:
        return {"string"}
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if "type" not in schema and alternatives:
        return {kind for each in alternatives for kind in _kinds(each)}
    found = schema.get("type")
    return set(found) if isinstance(found, list) else {found or "any"}


def _is_of(value: Any, kinds: set[str]) -> bool:
    names = {bool: ["boolean"], int: ["integer", "number"], float: ["number"], str: ["string"]}
    names |= {list: ["array"], dict: ["object"]}
    return "any" in kinds or not kinds.isdisjoint(names[type(value)])


def test_no_value_is_taken_for_one_of_another_type(api):
    """Every field of every body, with a value that others would coerce."""
    taken, tried = [], 0
    for case in WITH_BODY:
        operation = case[2]
        if operation["operationId"] in LARGE:
            continue  # Their fields are those of the product file, which has tests of its own.
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        schema = SCHEMAS[content["$ref"].rpartition("/")[2]]
        for name, field in schema.get("properties", {}).items():
            kinds = _kinds(field)
            for value in (
                each for kind in sorted(kinds & COERCED.keys()) for each in COERCED[kind]
            ):
                if _is_of(value, kinds):
                    continue
                tried += 1
                answer = asked(api, case, {**example_body(operation), name: value})
                places = [
                    each.get("pointer", "")
                    for each in (told(answer).get("errors") or ())
                    if answer.status_code == 400
                ]
                if not any(each.startswith(f"/{name}") for each in places):
                    taken.append(
                        f"{operation['operationId']}.{name}={value!r}: {answer.status_code}"
                    )
    assert taken == []
    assert tried > 200


def test_each_place_has_a_code(api):
    body = {"choices": [], "quantity": "1", "locale": "../", "mood": 1, "version": 0}
    problem = told(api.post("products/desk/evaluate", body))

    assert {each["pointer"]: each["code"] for each in problem["errors"]} == {
        "/choices": "wrong-type",
        "/quantity": "wrong-type",
        "/locale": "wrong-form",
        "/mood": "unknown-field",
        "/version": "out-of-bounds",
    }
    assert told(api.post("products/desk/evaluate", {}))["errors"][0]["code"] == "missing"
    unread = told(api.post("products/desk/evaluate", {"choices": {"frame": "gold"}}))
    assert unread["errors"][0]["code"] == "choices-malformed"
    assert told(api.get("products?limit=0"))["errors"][0]["code"] == "out-of-bounds"
