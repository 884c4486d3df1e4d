"""Numbers with a unit, where a unit is wanted: converted exactly, or refused when the product is
published.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import function_of
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.model_checks import check_expressions
from catalog.product_model import ProductModel, read
from catalog.units import STANDARD


def product(units: dict[str, str], **more: Any) -> ProductModel:
    options = [
        {
            "key": key,
            "kind": "number",
            "label": key,
            "number": {"first": 0, "last": 9000, "unit": unit},
        }
        for key, unit in units.items()
    ]
    return read({"product": "p", "name": "P", "options": options, **more})


SIZES = {
    "width": "cm",
    "height": "mm",
    "load": "g",
    "wait": "weeks",
    "panels": "panels",
    "count": "",
}


def number(text: str, unit: str, is_strict: bool = True, **values: int) -> Fraction | None:
    scope = Scope.of(product(SIZES))
    node = bind(text, scope, "number", unit=unit) if is_strict else bind_in_unit(text, scope, unit)
    found = function_of(node)({key: Decimal(value) for key, value in values.items()})
    assert found is None or isinstance(found, Fraction)
    return found


@pytest.mark.parametrize(
    ("text", "unit", "told"),
    [
        ("width * height", "m2", 1),
        ("2 * width * height", "m2", 2),
        ("width", "mm", 2000),
        ("load", "kg", Fraction(3, 2)),
        ("2 weeks", "days", 14),
        ("wait", "days", 21),
        ("wait + 3", "days", 42),
        ("8 + count", "m2", 12),
        ("panels", "m2", 5),
        ("width * height / 100000", "m2", 1),
        ("max(width * height / 100000, 0.5)", "m2", 1),
        ("0.5 * (wait / 1 week)", "days", Fraction(3, 2)),
    ],
)
def test_a_number_is_counted_in_the_unit_that_is_wanted(text, unit, told):
    assert number(text, unit, width=200, height=500, load=1500, wait=3, panels=5, count=4) == told


@pytest.mark.parametrize(
    ("text", "unit", "sentence"),
    [
        ("width", "m2", "expected m2, found cm"),
        ("load", "days", "expected days, found g"),
        ("width", "", "expected a number without unit, found cm"),
        ("0.5 * wait", "days", "leave the conversion out"),
        ("width * height / 1000", "m2", "leave the conversion out"),
    ],
)
def test_what_does_not_fit_is_refused_at_publish_and_taken_as_it_was_by_what_is_published(
    text, unit, sentence
):
    with pytest.raises(ExpressionRefused, match=sentence):
        number(text, unit)
    assert number(text, unit, is_strict=False, width=1, height=1, load=1, wait=1) in {
        1,
        Fraction(1, 2),
        Fraction(1, 1000),
    }


same = st.sampled_from(
    [(a, b) for a in STANDARD.values() for b in STANDARD.values() if a.dimension == b.dimension]
)


@given(pair=same, value=st.integers(0, 9000))
def test_every_unit_is_converted_into_every_other_of_its_dimension_exactly(pair, value):
    own, wanted = pair
    scope = Scope.of(product({"size": own.name}))
    found = function_of(bind_in_unit("size", scope, wanted.name))({"size": Decimal(value)})
    assert found == value * own.factor / wanted.factor


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("price_lines", {"amount": 1, "per": "m2", "quantity": "width"}),
        ("price_lines", {"amount": 1, "per": "kg", "quantity": "width * height"}),
        ("price_lines", {"amount": 1, "per": "m2", "quantity": "count", "at_least": "3 kg"}),
        ("price_lines", {"amount": 1, "per": "piece", "quantity": "width"}),
        ("price_lines", {"percent": "width"}),
        ("bom_lines", {"part": "P", "measures": {"length": "load"}}),
        ("bom_lines", {"part": "P", "measures": {"weight": "width"}}),
        ("bom_lines", {"part": "P", "unit": "m", "quantity": "load"}),
        ("lead_time_lines", {"days": "width"}),
    ],
)
def test_the_checks_refuse_a_number_in_another_dimension(field, row):
    model = product(SIZES, **{field: [{"key": "odd", "label": "Odd", **row}]})
    assert [finding.severity for finding in check_expressions(model)] == ["error"]
