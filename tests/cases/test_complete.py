"""What has to be answered, and when a configuration is complete: the handed cases that speak of it."""

from decimal import Decimal

import pytest

from catalog.operations import publish
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from pricing.operations import import_product
from pricing.product_file import read_product_file
from tests.api import RETAIL, Api, told
from tests.cases.reading import CASES, answers, needs_cases
from tests.embed import Shopper
from tests.factories import make_merchant

pytestmark = needs_cases


def test_a_text_that_a_rule_asks_for_is_missing(monkeypatch):
    own, motto, words = answers(
        "31-text-needed-only-sometimes.yaml",
        {"kind": "own"},
        {"kind": "motto"},
        {"kind": "own", "words": "Ada"},
        monkeypatch=monkeypatch,
    )
    assert (own["complete"], own["ready"], own["missing"]) == (False, False, ["words"])
    assert (motto["complete"], motto["missing"]) == (True, [])
    assert (words["complete"], words["ready"]) == (True, True)


def test_where_one_of_two_would_do_the_rule_says_so(monkeypatch):
    neither, one, other = answers(
        "34-at-least-one-of-two.yaml",
        {},
        {"cover": "red"},
        {"case": "big"},
        monkeypatch=monkeypatch,
    )
    assert (neither["complete"], neither["ready"], neither["missing"]) == (False, False, [])
    assert neither["open_rules"] == [
        {
            "kind": "rule",
            "key": "one",
            "message": "Take a cover or a case.",
            "options": ["cover", "case"],
        }
    ]
    assert all(each["complete"] and each["open_rules"] == [] for each in (one, other))


def test_a_value_tells_that_a_multi_choice_then_asks_for_members(monkeypatch):
    nothing, ash, elm = answers("65-multi-choice-left-open.yaml", monkeypatch=monkeypatch)
    values = nothing["options"]["wood"]["values"]
    assert (values["ash"]["opens"], values["elm"]["opens"], values["oak"]["opens"]) == (
        ["extras"],
        ["finish"],
        [],
    )
    assert (ash["complete"], ash["missing"], elm["missing"]) == (False, ["extras"], ["finish"])


def test_a_colour_that_goes_with_one_box_is_offered_with_a_change_of_the_box(monkeypatch):
    nothing, anthracite, half = answers(
        "16-box-shape-for-one-colour.yaml",
        {},
        {"bar": "anthracite"},
        {"choices": {"box": "half"}, "changes": {"bar": "anthracite"}},
        monkeypatch=monkeypatch,
    )
    assert nothing["options"]["bar"]["values"]["anthracite"]["free"] is True
    assert nothing["options"]["bar"]["values"]["anthracite"]["price_difference"] == "12.00"
    boxes = anthracite["options"]["box"]["values"]
    assert {key: each["free"] for key, each in boxes.items()} == {
        "quarter": False,
        "half": False,
        "square": True,
    }
    assert anthracite["values"]["box"] == "square"
    repair = half["conflict"]["repairs"][0]
    assert repair["changes"] == {"bar": "anthracite", "box": "square"}
    assert repair["price_difference"] == "7.00"
    assert half["conflict"]["rules"][0]["message"] == "Anthracite bars need the square box."


@pytest.mark.parametrize("state", [0, 1])
def test_beside_a_conflict_ready_speaks_of_the_choices_before_it(state, monkeypatch):
    found = answers("67b-ready-beside-a-conflict.yaml", monkeypatch=monkeypatch)[state]
    assert (found["complete"], found["ready"]) == (True, True)
    assert (found["conflict"] is not None) is bool(state)


def test_fewer_instances_are_offered_as_they_are_accepted(monkeypatch):
    box, no_box, crates, one_crate = answers(
        "66-fewer-instances-look-blocked.yaml", monkeypatch=monkeypatch
    )
    fewer = box["options"]["box"]["values"]["false"]
    assert (fewer["free"], fewer["price_difference"]) == (True, "-20.00")
    assert (no_box["conflict"], no_box["retracted"]) == (None, {"box.1.size": "l"})
    assert crates["options"]["crates"]["domain"]["runs"] == [[0, 4]]
    assert (one_crate["conflict"], one_crate["choices"]) == (None, {"crates": 1})


AT_ONCE = [
    ({"box.1.size": "l"}, "copy box.1", {"box": 3, "box.1.size": "l", "box.2.size": "l"}),
    ({"box.2.size": "l"}, "remove box.1", {"box": 1, "box.1.size": "l"}),
    ({"box.2.size": "l"}, "remove box.2", {"box": 1, "box.1.size": "m"}),
    ({"box": 1}, "add box", {"box": 2, "box.1.size": "m"}),
]
START = {"box": 2, "box.1.size": "m"}


@pytest.mark.parametrize(("changes", "instance", "after"), AT_ONCE)
def test_changes_hold_first_and_then_the_instance_on_the_command_line(
    changes, instance, after, monkeypatch
):
    verb, what = instance.split()
    line = {"choices": START, "changes": changes, "instance": {verb: what}}
    (found,) = answers("66b-instance-and-change-at-once.yaml", line, monkeypatch=monkeypatch)
    assert (found["conflict"], found["choices"]) == (None, after)


@pytest.mark.database
@pytest.mark.parametrize(("changes", "instance", "after"), AT_ONCE)
def test_changes_hold_first_and_then_the_instance_on_page_and_api(
    changes, instance, after, db, client
):
    file = read_product_file((CASES / "66b-instance-and-change-at-once.yaml").read_text())
    merchant = make_merchant()
    publish(import_product(merchant, file))
    verb, what = instance.split()
    answer = Api(merchant).post(
        "products/boxes/evaluate", {"choices": START, "changes": changes, "instance": {verb: what}}
    )
    assert (answer.status_code, told(answer)["choices"]) == (200, after)
    shopper = Shopper(client, f"/embed/{merchant.slug}/boxes/")
    shopper.opens("?box=2&box.1.size=m")
    page = shopper.presses(
        "instance", instance, **{key: str(value) for key, value in changes.items()}
    )
    assert (page.status, page.data("message")["choices"]) == (200, after)


def test_an_optional_number_with_bounds_that_always_hold_has_to_be_there():
    text = (CASES / "127-level-that-cannot-be-absent.uvl").read_text()
    product = compile_product(product_of(read_uvl(text), "soup"))
    heat = next(option for option in product.model.options if option.number is not None)
    prices = compile_prices(product.model, InForce(RETAIL))
    without = evaluate(product, prices, {})
    assert (without.complete, heat.key in without.missing) == (False, True)
    whole = {option.key: option.values[0].key for option in product.model.options if option.values}
    assert evaluate(product, prices, {**whole, heat.key: Decimal(3)}).complete
