"""Whoever names the id of an answer finds it in the log, with what became of the call."""

import logging

import pytest

from catalog.errors import Refusal
from configurator_site.bodies import PlainBodies
from integrations.api import problems
from tests.api import Api, told

pytestmark = pytest.mark.database


def lines_of(caplog, request_id):
    return [
        each.getMessage() for each in caplog.records if each.getMessage().startswith(request_id)
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "credential"),
    [
        ("GET", "products", None, 200, "key:"),
        ("GET", "products/nowhere", None, 404, "key:"),
        ("POST", "products/desk/evaluate", {"choices": {"frame": "gold"}}, 400, "key:"),
        ("POST", "products", None, 405, "-"),
        ("GET", "nowhere/at%0Aall", None, 404, "-"),
        ("GET", "nowhere/%00", None, 400, "-"),
        ("POST", "openapi.json", None, 405, "-"),
    ],
)
def test_every_answer_is_in_the_log(api, caplog, method, path, body, status, credential):
    caplog.set_level(logging.INFO)
    answer = api.call(method, path, body)

    (line,) = lines_of(caplog, answer.headers["Request-Id"])
    _, who, verb, address, code = line.split(" ")
    assert (verb, code, answer.status_code) == (method, str(status), status)
    assert who.startswith(credential)
    assert address == f"/api/v1/{path}"
    if status >= 400:
        assert told(answer)["request_id"] == answer.headers["Request-Id"]


def test_a_fault_of_ours_is_in_the_log_with_its_reason(api, caplog, monkeypatch):
    monkeypatch.setattr(problems, "new_request_id", lambda: "req_known")
    monkeypatch.setattr("integrations.api.v1.products.products_from", lambda *given: 1 / 0)
    answer = api.get("products")

    assert (answer.status_code, told(answer)["request_id"]) == (500, "req_known")
    assert any(each.exc_info and "req_known" in each.getMessage() for each in caplog.records)


def test_a_call_without_a_credential_is_in_the_log(shop, caplog):
    caplog.set_level(logging.INFO)
    answer = Api(None).get("products")

    assert [each.split(" ")[1:] for each in lines_of(caplog, answer.headers["Request-Id"])] == [
        ["-", "GET", "/api/v1/products", "401"]
    ]


def test_a_body_that_cannot_be_unpacked_is_in_the_log(caplog):
    caplog.set_level(logging.INFO)
    told_headers = {}

    def inner(environ, start_response):
        raise Refusal("never asked")

    environ = {
        "HTTP_CONTENT_ENCODING": "br",
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/quotes",
    }
    PlainBodies(inner, 10)(environ, lambda status, headers: told_headers.update(headers))

    (line,) = lines_of(caplog, told_headers["Request-Id"])
    assert line.split(" ")[1:] == ["-", "POST", "/api/v1/quotes", "415"]
