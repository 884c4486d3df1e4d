"""Calls whose work nobody can tell beforehand have a limit of their own, and end within a budget."""

import time

import pytest

from catalog.product_model import Kind, Option, ProductModel, Rule, Text, Value
from configurator.engine.face.choices import compile_model, count
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import shelf

pytestmark = pytest.mark.database

HARD = [
    ("products/desk/count", {}),
    ("products/desk/evaluate", {"choices": {}, "complete": "cheapest"}),
    ("products/desk/evaluate", {"choices": {}, "explanations": "all"}),
    ("products/desk/evaluate", {"choices": {}, "repairs": "all"}),
    (
        "products/desk/why",
        {"choices": {"frame": "oak"}, "option": "top", "value": "glass", "explanations": "all"},
    ),
]


@pytest.mark.parametrize(("path", "body"), HARD)
def test_a_hard_call_tells_what_is_left_and_is_refused_beyond_it(api, settings, path, body):
    first = api.post(path, body)
    assert first.status_code == 200
    assert '"work";q=30;qu="seconds";w=60' in first.headers["RateLimit-Policy"]

    settings.API_WORK_SECONDS = 0
    late = api.post(path, body)
    assert (late.status_code, told(late)["code"]) == (429, "too-many-requests")
    assert int(late.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("file", ["scene", "model.glb"])
def test_production_detail_is_work_and_what_is_looked_at_is_none(db, settings, file):
    settings.API_WORK_SECONDS = 0
    api = Api(make_shop(model=shelf()))
    body = {"choices": {"width": 900, "boards": 2, "wood": "ash"}}
    made = told(api.post("configurations", {"product": "shelf", **body}))["id"]
    for seen in (
        api.get(f"configurations/{made}/{file}"),
        api.post(f"products/shelf/{file}", body),
    ):
        assert seen.status_code == 200
    for late in (
        api.get(f"configurations/{made}/{file}?detail=production"),
        api.post(f"products/shelf/{file}", {**body, "detail": "production"}),
    ):
        assert (late.status_code, told(late)["code"]) == (429, "too-many-requests")


def test_other_calls_go_on(api, settings):
    settings.API_WORK_SECONDS = 0
    answer = api.post("products/desk/evaluate", {"choices": {"frame": "oak"}})

    assert answer.status_code == 200
    assert "work" not in answer.headers["RateLimit-Policy"]


def test_a_count_of_long_rules_ends_within_its_budget():
    values = tuple(Value(f"v{number}", Text(f"V{number}")) for number in range(60))
    options = tuple(
        Option(f"o{number}", Kind.CHOICE, Text("O"), values=values, required=True)
        for number in range(40)
    )
    rules = tuple(
        Rule(
            f"r{number}",
            when=" or ".join(f"o{number} == v{value}" for value in range(0, 60, 2)),
            then=" or ".join(f"o{(number * 7 + 3) % 40} == v{value}" for value in range(1, 60, 3)),
        )
        for number in range(40)
    )
    compiled = compile_model(ProductModel("long", Text("Long"), options=options, rules=rules))
    began = time.process_time()
    found = count(compiled)

    assert time.process_time() - began < 5
    assert found.least <= found.most
