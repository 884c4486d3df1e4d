"""The published JSON Schema of an Evaluation is current, and what is evaluated follows it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from catalog.product_model import Kind, Option, ProductModel
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.engine.face.conflicts import MOST_EXPLANATIONS, MOST_REPAIRS
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.why import out_of_reach
from configurator.evaluation_json import evaluation_json
from configurator.tracing import trace_json, traced
from integrations.api.v1.shapes.evaluations import evaluation_schema
from pricing.breakdown import Prices, compile_prices
from pricing.in_force import Tariff, in_force
from pricing.product_file import read_product_file
from tests.examples.desk import desk
from tests.examples.everything import everything
from tests.integrations.api.write_evaluation_schema import FILE as SCHEMA

NOW = datetime(2026, 11, 25, tzinfo=UTC)

ROOT = Path(__file__).parents[3]
DEMOS = sorted((ROOT / "configurator_site" / "demo").glob("*.yaml"))
PREFERRED = [{"key": "wooden", "then": "frame == oak", "message": "Oak is in stock"}]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def products() -> Iterator[tuple[str, ProductModel]]:
    yield "desk", desk()
    yield "desk that prefers oak", desk(preferences=PREFERRED)
    yield "everything", everything()
    for path in DEMOS:
        yield path.stem, read_product_file(path.read_text(encoding="utf-8"), path.name).model


def evaluations(product: CompiledProduct, prices: Prices) -> Iterator[Evaluation]:
    """Return the start, what each listed value leads to, and a conflict for each option that can
    have one.
    """
    start = evaluate(product, prices, {})
    yield start
    for option in product.model.options:
        for value in values_of(option)[:4]:
            yield evaluate(product, prices, {}, {option.key: value})
        for blocked in out_of_reach(start, option)[:1]:
            yield evaluate(
                product, prices, {}, {option.key: blocked}, 2, MOST_EXPLANATIONS, MOST_REPAIRS
            )


def values_of(option: Option) -> list[Any]:
    if option.kind is Kind.BOOLEAN:
        return [True]
    if option.number is not None:
        return [option.number.first, option.number.last]
    if option.kind is Kind.MULTI:
        return [(value.key,) for value in option.values]
    return [value.key for value in option.values]


def test_the_published_schema_is_current():
    told = "run: python -m tests.integrations.api.write_evaluation_schema"
    assert json.loads(SCHEMA.read_text()) == evaluation_schema(), told


@pytest.mark.parametrize("name,model", [pytest.param(*each, id=each[0]) for each in products()])
def test_every_evaluation_follows_the_published_schema(
    name: str, model: ProductModel, validator: Draft202012Validator
) -> None:
    product = compile_product(model)
    prices = compile_prices(model, in_force(Tariff(), model.currency, NOW))
    seen = list(evaluations(product, prices))
    assert len(seen) > len(model.options)
    for evaluation in seen:
        validator.validate(json.loads(json.dumps(evaluation_json(evaluation, "de", 1))))


def test_an_evaluation_with_its_trace_follows_it_too(validator):
    product = compile_product(desk())
    with traced() as trace:
        evaluation = evaluate(
            product, compile_prices(product.model, in_force(Tariff(), "EUR", NOW)), {"frame": "oak"}
        )
    document = {**evaluation_json(evaluation), "trace": trace_json(evaluation, trace)}
    validator.validate(json.loads(json.dumps(document)))


def test_a_number_of_very_many_steps_costs_a_line(validator):
    wide = {
        "key": "width",
        "kind": "number",
        "label": "Width",
        "number": {"first": 0, "last": 99999},
    }
    product = compile_product(desk(options=[wide], rules=[], tables=[], **NOTHING_ELSE))
    evaluation = evaluate(
        product, compile_prices(product.model, in_force(Tariff(), "EUR", NOW)), {}
    )
    document = evaluation_json(evaluation)
    assert document["options"]["width"]["domain"]["runs"] == [[0, 99999]]
    validator.validate(document)


def test_the_schema_refuses_what_is_no_evaluation(validator):
    assert not validator.is_valid({"product": "desk"})


NOTHING_ELSE: dict[str, Any] = dict.fromkeys(
    ("derived", "presets", "price_lines", "bom_lines", "lead_time_lines", "layers", "steps"), ()
)
