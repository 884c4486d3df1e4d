"""The same question has the same answer, in whatever order it is put."""

from itertools import permutations

from catalog.product_model import read
from configurator.answering import follow, follow_to_order
from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation_json import evaluation_json
from configurator.offers import Offer
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from tests.api import RETAIL

VALUES = [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}]
FOUR = {
    "product": "four",
    "name": "Four",
    "options": [
        {"key": key, "kind": "choice", "label": key, "default": "x", "values": VALUES}
        for key in "abcd"
    ],
    "rules": [
        {"key": "ab", "then": "not (a is y and b is y)"},
        {"key": "cd", "then": "not (c is y and d is y)"},
        {"key": "bc", "then": "not (b is y and c is y and a is y)"},
    ],
    "price_lines": [{"key": "base", "label": "Base", "amount": 1}],
}


def test_explanations_and_ways_out_do_not_depend_on_the_order_of_choices_and_changes():
    product = compile_product(read(FOUR))
    prices = compile_prices(product.model, InForce(RETAIL))
    found = set()
    for chosen in permutations({"a": "y", "c": "y"}.items()):
        for changed in permutations({"b": "y", "d": "y"}.items()):
            evaluation = evaluate(
                product, prices, dict(chosen), dict(changed), explained=50, repaired=10
            )
            found.add(str(evaluation_json(evaluation)))
    assert len(found) == 1


def test_an_empty_list_chooses_nothing_where_nothing_may_be_left_empty():
    extras = {
        "key": "extras",
        "kind": "multi",
        "label": "Extras",
        "default": ["x"],
        "values": VALUES,
    }
    product = compile_product(read({**FOUR, "options": [*FOUR["options"], extras]}))
    offer = Offer("joinery", 1, 1, product, InForce(RETAIL))
    untouched = evaluation_json(follow(offer, {}))
    assert untouched["values"]["extras"] == ["x"]
    assert evaluation_json(follow(offer, {"extras": ()})) == untouched
    assert evaluation_json(follow(offer, {"extras": ("y",)}, {"extras": ()})) == untouched
    assert evaluation_json(follow_to_order(offer, {"extras": ()})) == untouched


def test_an_empty_list_is_a_choice_where_a_default_may_be_given_up():
    extras = {
        "key": "extras",
        "kind": "multi",
        "label": "Extras",
        "default": ["x"],
        "required": False,
        "values": VALUES,
    }
    product = compile_product(read({**FOUR, "options": [*FOUR["options"], extras]}))
    assert (
        follow(Offer("joinery", 1, 1, product, InForce(RETAIL)), {"extras": ()}).values["extras"]
        == ()
    )
