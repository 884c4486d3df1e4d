"""Binding: what the place expects, what derived values bring in, and the bounds on both."""

from fractions import Fraction

import pytest
from hypothesis import given

from catalog.expressions import nodes
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import evaluate
from catalog.expressions.nodes import children, reads
from catalog.expressions.parser import parse
from catalog.expressions.render import render
from catalog.expressions.types import Scope, bind, bind_derived
from catalog.product_model import ProductModel, read
from tests.catalog.expressions.strategies import look_alikes, sayings
from tests.catalog.expressions.wardrobe import WARDROBE
from tests.examples.desk import desk

SCOPE = Scope.of(WARDROBE)


def with_derived(formulas: dict[str, str]) -> ProductModel:
    number = {
        "key": "width",
        "kind": "number",
        "label": "Width",
        "number": {"first": 0, "last": 10},
    }
    derived = [{"key": key, "label": key, "formula": formula} for key, formula in formulas.items()]
    return read({"product": "box", "name": "Box", "options": [number], "derived": derived})


def size(node: nodes.Node) -> int:
    return 1 + sum(size(child) for child in children(node))


def test_glass_needs_steel_is_an_implication_between_values():
    node = bind("top is glass implies frame is steel", Scope.of(desk()), "condition")
    assert node == nodes.Implies(
        nodes.IsOneOf("top", ("glass",)), nodes.IsOneOf("frame", ("steel",))
    )


def test_is_not_is_one_of_the_others():
    assert bind("body is not oak", SCOPE) == nodes.IsOneOf("body", ("beech", "white"))


def test_a_literal_is_converted_to_the_unit_of_the_option():
    assert bind("depth > 600 mm", SCOPE) == nodes.Compare(
        ">", nodes.NumberOf("depth"), nodes.Constant(Fraction(60))
    )


def test_a_derived_value_is_replaced_by_its_formula():
    assert reads(bind("area > 1", SCOPE)) == {"width", "height"}


def test_a_number_is_converted_to_the_unit_the_place_wants():
    assert evaluate(bind("1.2 m + width", SCOPE, "number", unit="cm"), {"width": 300}) == 150


def test_a_number_of_another_dimension_is_refused_where_a_unit_is_wanted():
    with pytest.raises(ExpressionRefused, match="expected mm, found kg at 0–4"):
        bind("load", SCOPE, "number", unit="mm")


@pytest.mark.parametrize(
    ("text", "expected", "problem"),
    [
        ("width", "condition", "expected a condition"),
        ("anchor", "number", "expected a number, found a condition"),
        ("width", "text", "expected a text, found a number"),
        ("extras", "text", "expected a text; 'extras' is a multi-choice"),
        ('"oak"', "number", "expected a number, found a text"),
        ("", "condition", "the expression is empty"),
    ],
)
def test_what_the_place_expects_is_checked(text, expected, problem):
    with pytest.raises(ExpressionRefused, match=problem):
        bind(text, SCOPE, expected)


def test_the_key_of_a_choice_is_a_text():
    assert bind("body", SCOPE, "text") == nodes.TextOf("body")


def test_a_refusal_tells_the_place_and_the_hint():
    with pytest.raises(ExpressionRefused) as refusal:
        bind("tpo is glass", Scope.of(desk()))
    refused = refusal.value
    assert refused.sentence == "unknown option 'tpo' at 0–3; did you mean 'top'?"
    assert (refused.data["start"], refused.data["end"]) == (0, 3)


def test_a_derived_value_is_bound_with_its_unit():
    assert evaluate(bind_derived("area", SCOPE), {"width": 1000, "height": 1500}) == Fraction(3, 2)


def test_the_formula_of_a_derived_value_is_refused_at_its_own_place():
    with pytest.raises(ExpressionRefused, match="unknown option 'widht' at 0–5"):
        bind_derived("broken", SCOPE)


def test_a_derived_value_in_a_unit_of_another_dimension_is_refused():
    model = with_derived({"a": "1 kg"})
    derived = [{"key": "a", "label": "A", "formula": "1 kg", "unit": "mm"}]
    with pytest.raises(ExpressionRefused, match="expected mm, found kg"):
        bind_derived(
            "a",
            Scope.of(read({"product": "box", "name": "Box", "options": [], "derived": derived})),
        )
    assert bind_derived("a", Scope.of(model)) == nodes.Constant(Fraction(1))


def test_derived_values_that_read_each_other_are_refused():
    scope = Scope.of(with_derived({"a": "b + 1", "b": "c + 1", "c": "a + 1"}))
    for key in "abc":
        with pytest.raises(ExpressionRefused, match="is computed from itself"):
            bind_derived(key, scope)
            bind(key, scope, "number")


def test_a_chain_of_derived_values_that_doubles_is_refused():
    formulas = {"d0": "width"} | {f"d{n}": f"d{n - 1} + d{n - 1}" for n in range(1, 40)}
    with pytest.raises(ExpressionRefused, match="grows too large"):
        bind("d39", Scope.of(with_derived(formulas)), "number")


def test_a_long_chain_of_derived_values_is_refused_and_not_a_recursion_error():
    formulas = {"d0": "width"} | {f"d{n}": f"d{n - 1} + 1" for n in range(1, 3000)}
    with pytest.raises(ExpressionRefused, match="grows too large"):
        bind("d2999", Scope.of(with_derived(formulas)), "number")


def test_a_derived_value_counts_as_one_part_of_what_reads_it():
    long = " or ".join(f"width == {number}" for number in range(250))
    parts = {f"part{number}": long for number in range(20)}
    whole = bind(" or ".join(parts), Scope.of(with_derived(parts)), "condition")
    assert evaluate(whole, {"width": 3}) is True
    assert evaluate(whole, {"width": 300}) is False


def test_derived_values_may_build_upon_each_other():
    formulas = {"d0": "width"} | {f"d{n}": f"d{n - 1} + 1" for n in range(1, 100)}
    assert evaluate(bind("d99", Scope.of(with_derived(formulas)), "number"), {"width": 1}) == 100


def test_a_number_that_could_grow_without_bound_is_refused():
    formulas = {"d0": "999999999999999 * width"} | {
        f"d{n}": f"d{n - 1} * d{n - 1}" for n in range(1, 9)
    }
    with pytest.raises(ExpressionRefused, match="can grow too long"):
        bind("d8", Scope.of(with_derived(formulas)), "number")


@given(look_alikes | sayings)
def test_binding_gives_nodes_over_known_options_or_a_refusal_inside_the_text(text):
    try:
        node = bind(text, SCOPE, "any", lengths=True)
    except ExpressionRefused as refused:
        assert 0 <= refused.start <= refused.end <= len(text)
        assert f" at {refused.start}" in refused.sentence
        return
    assert reads(node) <= WARDROBE.option_by_key.keys()
    assert size(node) <= 5000
    assert bind(render(parse(text)), SCOPE, "any", lengths=True) == node


@given(look_alikes | sayings)
def test_rules_read_no_characters(text):
    try:
        node = bind(text, SCOPE, "any")
    except ExpressionRefused:
        return
    waiting = [node]
    while waiting:
        each = waiting.pop()
        waiting.extend(children(each))
        assert not isinstance(each, nodes.LengthOf)
        assert not (isinstance(each, nodes.TextOf) and each.option in ("engraving", "tint"))
