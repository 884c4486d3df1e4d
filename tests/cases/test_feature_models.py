"""Handed feature models: what is not there counts as 0, bounds told in two parts, a text with its
values.
"""

from catalog.product_model import Kind, ProductModel, Text
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from configurator.compiled_product import compile_product
from configurator.engine.face.choices import compile_model, deduce
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.price_list import PriceList
from tests.cases.reading import CASES, needs_cases


def product(name: str) -> ProductModel:
    return product_of(read_uvl((CASES / name).read_text(encoding="utf-8")), "case")


@needs_cases
def test_a_number_that_cannot_be_absent_has_to_be_answered():
    model = product("127-level-that-cannot-be-absent.uvl")
    heat = model.option_by_key["heat"]
    assert heat.required
    assert (heat.number.first, heat.number.last) == (1, 5)
    assert not model.rules
    prices = compile_prices(model, PriceList("retail", Text("Retail"), "EUR"))
    assert evaluate(compile_product(model), prices, {"base": "tomato"}).missing == ("heat",)


@needs_cases
def test_bounds_told_as_equal_or_greater_are_read():
    model = product("128-bounds-as-equal-or-greater.uvl")
    belts = model.option_by_key["belts"].number
    assert (belts.first, belts.last, belts.step) == (1, 100, 1)
    domains = deduce(compile_model(model), {"modes": ("upper",)}).domains
    assert domains["belts"].runs == ((1, 3),)


@needs_cases
def test_a_text_with_its_values_is_a_choice_of_these():
    kind = product("129-values-of-a-text.uvl").option_by_key["kind"]
    assert (kind.kind, kind.required) == (Kind.CHOICE, False)
    assert [value.label.default for value in kind.values] == ["day", "night"]
