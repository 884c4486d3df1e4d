"""Whatever is refused under /api/ is told as an RFC 9457 problem."""

import pytest
from django.db import OperationalError
from django.test import Client

from catalog.errors import Refusal
from catalog.memory import forget_all
from integrations.api.v1.shapes import problems as shapes
from tests.api import Api, make_shop, told

pytestmark = pytest.mark.database

EVALUATE = "products/desk/evaluate"


def problem_of(response, status, code):
    """Return the problem of an answer, after it was found to have the documented form, status and
    code.
    """
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = told(response)
    shapes.Problem.model_validate(
        {name: problem[name] for name in shapes.Problem.model_fields if name in problem}
    )
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"/api/docs/#problem-{code}"
    assert problem["title"] == Refusal.kinds[code].title
    return problem


@pytest.mark.parametrize(
    "path", ["", "v1", "v1/", "v1/sofas", "v1/products/", "v1/products/Desk", "v2/products"]
)
def test_an_unknown_address_is_a_problem(client, path):
    problem_of(client.get(f"/api/{path}"), 404, "unknown-address")


def test_an_address_needs_no_credential_to_be_unknown(client):
    problem_of(client.post("/api/v1/nothing"), 404, "unknown-address")


def test_a_method_that_is_not_taken_names_those_that_are(api):
    response = api.call("DELETE", "products")

    problem_of(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "header", [None, "Basic abc", "Bearer", "Bearer cfg_sk_unknown", f"Bearer {'x' * 600}"]
)
def test_without_a_valid_credential_nothing_is_told(shop, header):
    response = Api(None).get("products", **({"Authorization": header} if header else {}))

    problem_of(response, 401, "not-authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_missing_scope_is_named(shop):
    response = Api(shop, ["catalog:read"]).post(EVALUATE, {"choices": {}})

    assert problem_of(response, 403, "scope-missing")["scope"] == "configurator:evaluate"


@pytest.mark.parametrize(
    "body", [b" ", b"{", b"\xff", b'{"choices": NaN}', b'{"choices": {"a": "\\ud800"}}', b"[" * 50]
)
def test_a_body_that_is_no_json_is_a_problem(api, body):
    problem_of(api.post(EVALUATE, body), 400, "malformed-json")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/choices"),
        ({"choices": {}, "colour": "red"}, "/colour"),
        ({"choices": {}, "merchant": "other"}, "/merchant"),
        ({"choices": []}, "/choices"),
        ({"choices": {}, "quantity": "2"}, "/quantity"),
        ({"choices": {}, "quantity": 2.5}, "/quantity"),
        ({"choices": {}, "quantity": True}, "/quantity"),
        ({"choices": {}, "quantity": 0}, "/quantity"),
        ({"choices": {}, "version": "1"}, "/version"),
        ({"choices": {}, "version": -1}, "/version"),
        ({"choices": {}, "price_list": 0}, "/price_list"),
        ({"choices": {}, "price_list": "a\x00b"}, "/price_list"),
        ({"choices": {}, "locale": "../etc"}, "/locale"),
        ([], ""),
        (7, ""),
    ],
)
def test_a_wrong_field_is_named_by_its_pointer(api, body, pointer):
    problem = problem_of(api.post(EVALUATE, body), 400, "malformed-input")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("choices", "pointer"),
    [
        ({"sofa": "red"}, "/choices/sofa"),
        ({"so/fa~": "red"}, "/choices/so~1fa~0"),
        ({"frame": "gold"}, "/choices/frame"),
        ({"frame": 0}, "/choices/frame"),
        ({"frame": ["steel"]}, "/choices/frame"),
        ({"width": "1600"}, "/choices/width"),
        ({"width": True}, "/choices/width"),
        ({"width": 1605}, "/choices/width"),
        ({"width": 1e300}, "/choices/width"),
        ({"engraved": "true"}, "/choices/engraved"),
        ({"engraved": 1}, "/choices/engraved"),
        ({"extras": "lamp"}, "/choices/extras"),
        ({"extras": ["lamp", 3]}, "/choices/extras"),
        ({"engraving": {"text": "A"}}, "/choices/engraving"),
        ({"engraving": "A\x07"}, "/choices/engraving"),
    ],
)
def test_choices_are_not_coerced(api, choices, pointer):
    problem = problem_of(api.post(EVALUATE, {"choices": choices}), 400, "choices-malformed")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_every_wrong_place_is_named_at_once(api):
    problem = problem_of(
        api.post(EVALUATE, {"choices": {"frame": 1, "sofa": 2}}), 400, "choices-malformed"
    )

    assert sorted(error["pointer"] for error in problem["errors"]) == [
        "/choices/frame",
        "/choices/sofa",
    ]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("sort=name", "sort"),
        ("limit=1&limit=2", "limit"),
        ("after=%00", "after"),
    ],
)
def test_a_wrong_parameter_is_named(api, query, parameter):
    problem = problem_of(api.get(f"products?{query}"), 400, "malformed-input")

    assert [error["parameter"] for error in problem["errors"]] == [parameter]


def test_parameters_are_refused_where_none_is_known(api):
    problem_of(api.post(f"{EVALUATE}?merchant=other", {"choices": {}}), 400, "malformed-input")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_only_json_is_read(api, media_type):
    response = api.call("POST", EVALUATE, b"{}", **{"Content-Type": media_type})

    problem_of(response, 415, "unsupported-media-type")


def test_json_may_say_its_character_set(api):
    response = api.call(
        "POST", EVALUATE, b'{"choices": {}}', **{"Content-Type": "application/json; charset=utf-8"}
    )

    assert response.status_code == 200


def test_a_body_that_is_too_large_is_not_read(api, settings):
    settings.API_MOST_BODY = 100

    problem_of(api.post(EVALUATE, {"choices": {"frame": "x" * 100}}), 413, "body-too-large")


def test_what_is_used_up_says_when_to_go_on(api, settings):
    settings.API_REQUESTS = 2
    answers = [api.get("products") for _ in range(3)]

    problem_of(answers[2], 429, "too-many-requests")
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=2;w=60, "address";q=3000;w=60'


def test_a_database_that_does_not_answer_is_a_problem_of_now(api, monkeypatch):
    def unreachable(*args, **kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr("integrations.api.v1.products.published", unreachable)
    response = api.get("products/desk")

    problem_of(response, 503, "database-unavailable")
    assert response.headers["Retry-After"] == "5"


def test_a_database_that_does_not_answer_is_told_even_before_the_caller_is_known(api, monkeypatch):
    def unreachable(*args, **kwargs):
        raise OperationalError("no connection")

    forget_all()
    monkeypatch.setattr("integrations.access.authentication._key", unreachable)

    problem_of(api.get("products"), 503, "database-unavailable")


def test_a_fault_of_ours_tells_nothing_but_an_id_that_is_in_the_log(api, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("a secret of the house")

    monkeypatch.setattr("integrations.api.v1.products.published", broken)
    response = api.get("products/desk")
    problem = problem_of(response, 500, "internal-error")

    assert "secret" not in response.content.decode()
    assert problem["request_id"] in caplog.text


def test_a_host_that_is_not_ours_is_a_problem_too():
    response = Client(raise_request_exception=False).get(
        "/api/v1/products", headers={"Host": "evil.example"}
    )

    problem_of(response, 400, "bad-request")


def test_other_pages_keep_their_own_errors(client):
    response = client.get("/nothing-here")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_every_answer_has_an_id(api):
    assert api.get("products").headers["Request-Id"].startswith("req_")


def test_a_key_for_one_merchant_learns_nothing_of_anothers_products(shop):
    other = Api(make_shop("other"))

    details = [
        told(other.get(f"products/{key}"))["detail"].replace(key, "…") for key in ("sofa", "none")
    ]

    assert details[0] == details[1]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/products/Sofa/evaluate"])
def test_an_unknown_address_is_told_to_posts_from_anywhere(path):
    client = Client(enforce_csrf_checks=True)

    problem_of(client.post(path, b"{}", content_type="application/json"), 404, "unknown-address")


@pytest.mark.parametrize("path", ["/api/docs/", "/api/v1/openapi.json"])
def test_pages_that_are_only_read_say_so(path):
    client = Client(enforce_csrf_checks=True)

    problem_of(client.post(path, b"{}", content_type="application/json"), 405, "method-not-allowed")


def test_a_whole_number_may_be_written_with_a_point(api):
    assert (
        told(api.post(EVALUATE, b'{"choices": {}, "quantity": 2.0, "version": 1.0}'))["quantity"]
        == 2
    )
