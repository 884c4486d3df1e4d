"""The same question has the same answer, in whatever order it is put."""

from itertools import permutations

from catalog.product_model import read
from configurator.evaluation import compile_product, evaluate
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from tests.api import RETAIL

VALUES = [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}]
FOUR = {
    "product": "four",
    "name": "Four",
    "options": [{"key": key, "kind": "choice", "label": key, "default": "x", "values": VALUES} for key in "abcd"],
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
            evaluation = evaluate(product, prices, dict(chosen), dict(changed), explained=50, repaired=10)
            found.add(str(evaluation_json(evaluation)))
    assert len(found) == 1
