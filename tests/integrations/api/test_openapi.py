"""The OpenAPI document is valid, whole, and true."""

import copy
import inspect
import json
from pathlib import Path

import jsonschema
import pytest
from django.urls import URLPattern, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from catalog.errors import Refusal
from configurator import keeping, ordering, overriding, stored
from integrations.access import errors as access_errors
from integrations.access.scopes import SCOPES
from integrations.api import idempotency, openapi, problems
from integrations.api.endpoint import Endpoint, operation_of
from tests.api import told
from tests.integrations.api.test_isolation import OPERATIONS, example_body
from tests.integrations.api.write_examples import FILE, examples

FILES = {
    "getModel",
    "evaluateModel",
    "getPicture",
    "evaluatePicture",
    "getPrint",
    "evaluatePrint",
    "getAssetContent",
    "getProductionFile",
    "getFeatureModel",
}

DOCS = Path(__file__).parents[3] / "docs" / "api"


def routes():
    """Return the address of every pattern under /api/v1/ that leads to an endpoint, with its view."""
    found = []

    def walk(patterns, prefix):
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                view = getattr(pattern.callback, "cls", None)
                if view is not None and path.startswith("api/"):
                    found.append((path, view))
            else:
                walk(pattern.url_patterns, path)

    walk(get_resolver().url_patterns, "")
    return found


def schema_of(reference):
    """Return a JSON Schema that stands by itself for a schema of the document."""
    return {**reference, "components": openapi.document()["components"]}


def test_the_document_is_valid_openapi_3_1():
    document = copy.deepcopy(dict(openapi.document()))

    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_and_method_is_in_it():
    methods = ("get", "post", "put", "patch", "delete")
    declared = [
        (path, method)
        for path, view in routes()
        for method in methods
        if operation_of(view, method)
    ]

    assert all(issubclass(view, Endpoint) for _, view in routes())
    assert len(OPERATIONS) == len(declared)


def test_every_operation_says_what_it_is_for():
    for _, _, operation in OPERATIONS:
        assert operation["summary"]
        assert operation["description"]
        assert operation["operationId"]
        assert operation["tags"]


def test_every_operation_needs_a_credential_with_one_known_scope():
    for _, _, operation in OPERATIONS:
        (by_key, by_token) = operation["security"]
        assert by_key["apiKey"] == by_token["oauth2"]
        assert set(by_key["apiKey"]) < set(SCOPES)


def test_every_operation_tells_its_problems():
    for _, _, operation in OPERATIONS:
        assert {"400", "401", "403", "429", "500", "503"} <= operation["responses"].keys()
        for status, answer in operation["responses"].items():
            if not status.startswith(("2", "304")):
                assert list(answer["content"]) == ["application/problem+json"]
                assert answer["content"]["application/problem+json"]["examples"]


def test_every_operation_has_an_example_of_its_answer():
    for _, _, operation in OPERATIONS:
        success = next(
            answer for status, answer in operation["responses"].items() if status.startswith("2")
        )
        content = success["content"].get("application/json")
        if content is None:
            # A file: its media type says what it is.
            assert operation["operationId"] in FILES
            continue
        jsonschema.validate(content["example"], schema_of(content["schema"]))


def test_every_example_of_an_answer_is_the_one_of_its_own_operation():
    """What the API really answers is held against the same file by the test below."""
    answers = json.loads(FILE.read_text())
    shown = {}
    for _, _, operation in OPERATIONS:
        success = next(
            answer for status, answer in operation["responses"].items() if status.startswith("2")
        )
        if "application/json" in success["content"]:
            shown[operation["operationId"]] = success["content"]["application/json"]["example"]
    assert [name for name, example in shown.items() if example != answers.get(name)] == []
    assert answers.keys() == shown.keys()


def test_every_body_has_an_example_that_is_taken():
    for _, _, operation in OPERATIONS:
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            jsonschema.validate(example_body(operation), schema_of(content["schema"]))


@pytest.mark.database
@pytest.mark.django_db
def test_examples_are_what_the_api_answers():
    assert json.loads(FILE.read_text()) == examples(), (
        "run: python -m tests.integrations.api.write_examples"
    )


def test_the_document_is_served_to_everybody_and_made_once(client):
    first = client.get("/api/v1/openapi.json")
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert told(first) == openapi.document()
    assert again.status_code == 304
    assert client.post("/api/v1/openapi.json").status_code == 405


def test_every_refusal_the_api_may_tell_is_listed():
    modules = (keeping, ordering, overriding, stored, access_errors, problems, idempotency)
    kinds = {
        kind.slug
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Refusal) and kind is not Refusal
    }

    assert kinds <= {kind.slug for kind in openapi.problem_kinds()}


def test_the_docs_tell_every_operation_scope_and_problem():
    text = "\n".join(page.read_text() for page in DOCS.glob("*.md"))
    paths = [
        f"{method.upper()} {path}"
        for path, item in openapi.document()["paths"].items()
        for method in item
    ]
    missing = [
        word
        for word in (*paths, *SCOPES, *(kind.slug for kind in openapi.problem_kinds()))
        if word not in text
    ]

    assert missing == []
