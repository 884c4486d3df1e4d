"""What is too much is refused at once, with a short answer, and never carried out."""

import time

import pytest

from integrations.api.v1.assets import MOST_BODY
from tests.api import told

pytestmark = pytest.mark.database

EVALUATE = "products/desk/evaluate"
MOST_SECONDS, MOST_ANSWER = 1.0, 64 * 1024


def refused(ask):
    """Return the status of an answer that was given in less than a second of computing."""
    began = time.process_time()
    answer = ask()
    assert time.process_time() - began < MOST_SECONDS
    assert len(answer.content) < MOST_ANSWER
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, told(answer)["code"]


def test_a_body_above_a_mebibyte(api):
    body = b'{"choices": {"frame": "' + b"x" * 2**20 + b'"}}'
    assert refused(lambda: api.post(EVALUATE, body)) == (413, "body-too-large")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("definition", "application/yaml"),
        ("definition/options/top", "application/yaml"),
        ("definition/options/top", "application/json"),
    ],
)
def test_a_definition_in_yaml_and_a_part_above_a_mebibyte(api, path, kind):
    body = b'{"name": "' + b"x" * 2**20 + b'"}'
    answer = lambda: api.call("PUT", f"products/desk/{path}", body, Content_Type=kind)  # noqa: E731
    assert refused(answer) == (413, "body-too-large")


def test_an_asset_above_its_own_limit(api):
    body = b'{"name": "a.png", "content": "' + b"A" * MOST_BODY + b'"}'
    assert refused(lambda: api.post("assets", body)) == (413, "body-too-large")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("levels", [65, 1_000, 100_000])
def test_json_that_is_nested_deep(api, opening, levels):
    body = b'{"choices": ' + opening * levels
    closing = b"]" if opening == b"[" else b"}"
    whole = body + b"1" + closing * levels + b"}"
    assert refused(lambda: api.post(EVALUATE, whole)) == (400, "malformed-json")


def test_many_choices_that_there_are_not(api):
    for number, code in ((9_000, "choices-malformed"), (40_000, "malformed-input")):
        choices = {f"option{each}": "steel" for each in range(number)}
        assert refused(lambda: api.post(EVALUATE, {"choices": choices})) == (400, code)  # noqa: B023


def test_many_fields_that_there_are_not(api):
    body = {f"field{number}": 1 for number in range(50_000)}
    assert refused(lambda: api.post(EVALUATE, body)) == (400, "malformed-input")


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 5_000, b"0." + b"1" * 5_000])
def test_numbers_without_end(api, number):
    body = b'{"choices": {"width": ' + number + b"}}"
    status, code = refused(lambda: api.post(EVALUATE, body))
    assert status == 400 and code in {"malformed-json", "choices-malformed"}


def test_a_text_without_end(api):
    body = {"choices": {"engraving": "A" * 500_000}}
    assert refused(lambda: api.post(EVALUATE, body)) == (400, "choices-malformed")


@pytest.mark.parametrize(
    "query", ["limit=101", "limit=99999999999999999999", "after=" + "a" * 5_000]
)
def test_a_page_that_is_too_long(api, query):
    assert refused(lambda: api.get(f"configurations?{query}")) == (400, "malformed-input")


def test_a_condition_without_end(api):
    """Expressions are what callers may write that is computed: their length and depth are bounded."""
    for condition in ("not " * 100_000 + "true", "(" * 50_000 + "1 == 1" + ")" * 50_000):
        body = {"name": "Mine", "event": "quote.created", "condition": condition}
        status, code = refused(lambda: api.post("automations", body))  # noqa: B023
        assert status in {400, 422} and code in {"malformed-input", "condition-refused"}
