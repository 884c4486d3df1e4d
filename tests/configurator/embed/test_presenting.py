"""Printing an evaluation asks the engine for nothing but what says that it is lazy."""

from dataclasses import replace
from typing import Any

import pytest

from configurator.compiled_product import CompiledProduct, compile_product
from configurator.embed.conflicts import conflict_shown, why_shown
from configurator.embed.options import Reader, option_shown
from configurator.embed.summaries import price_shown, stage_shown, summary_line
from configurator.evaluation.evaluate import evaluate, evaluate_settled
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.lazy import Lazy
from configurator.evaluation.why import explanations_of
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import Prices, compile_prices
from pricing.price_list import PriceList, read_price_list
from tests.examples.desk import desk

RETAIL: PriceList = read_price_list({"key": "retail", "name": "Retail", "currency": "EUR"})
READER = Reader("en", "EUR")


@pytest.fixture(scope="module")
def product() -> CompiledProduct:
    return compile_product(desk())


@pytest.fixture(scope="module")
def prices(product: CompiledProduct) -> Prices:
    return compile_prices(product.model, RETAIL)


def printed(evaluation: Evaluation) -> list[Any]:
    """Return all that faces print of `evaluation`, which holds a conflict."""
    assert evaluation.conflict is not None
    return [
        evaluation_json(evaluation),
        conflict_shown(evaluation, evaluation.conflict, READER),
        price_shown(evaluation, READER),
        stage_shown(evaluation, READER, ""),
        *(option_shown(evaluation, option, READER) for option in evaluation.model.options),
        *(summary_line(evaluation, option, READER) for option in evaluation.model.options),
    ]


def without_engine(evaluation: Evaluation) -> Evaluation:
    return replace(evaluation, product=replace(evaluation.product, engine=None))  # type: ignore[arg-type]


def test_once_the_values_are_found_out_printing_needs_no_engine(
    product: CompiledProduct, prices: Prices
) -> None:
    evaluation = evaluate(product, prices, {"frame": "oak", "top": "oak"}, {"top": "glass"})
    whole = printed(evaluation)
    assert any(repair.also for repair in evaluation.conflict.repairs)  # type: ignore[union-attr]
    assert printed(without_engine(evaluation)) == whole


def test_why_an_option_has_its_value_is_printed_without_the_engine(
    product: CompiledProduct, prices: Prices
) -> None:
    evaluation = evaluate(product, prices, {"top": "glass"})
    frame = product.model.option_by_key["frame"]
    explanations = explanations_of(evaluation, frame)
    assert why_shown(without_engine(evaluation), frame, explanations, READER).reasons


def test_what_each_value_would_change_is_found_out_when_somebody_looks(
    product: CompiledProduct, prices: Prices
) -> None:
    values = evaluate(product, prices, {}).options["top"].values
    assert isinstance(values, Lazy)
    assert not values.is_made
    assert values["glass"].free is True
    assert values.is_made


def test_what_else_settled_choices_could_be_is_found_out_when_somebody_looks(
    product: CompiledProduct, prices: Prices
) -> None:
    values = evaluate(product, prices, {"top": "laminate", "frame": "steel"}).values
    settled = evaluate_settled(product, prices, values)
    assert settled is not None
    assert isinstance(settled.options, Lazy)
    assert not settled.options.is_made
