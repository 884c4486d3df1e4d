"""What follows from choices on a product that contains products: prices, parts and lead times of
its instances.
"""

from decimal import Decimal

import pytest

from catalog.product_model import Text
from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.price_list import PriceList
from tests.catalog.modules import module, nested, wardrobe

LIST = PriceList(key="retail", name=Text("Retail"), currency="EUR")


def evaluated(model, choices, changes=None):
    product = compile_product(model)
    return evaluate(product, compile_prices(model, LIST), choices, changes)


@pytest.fixture(scope="module")
def two():
    return evaluated(wardrobe(), {"modules": Decimal(2), "modules.1.door": "glass"})


def test_instances_start_with_the_defaults_of_the_contained_product(two):
    assert two.values["modules.2.width"] == 600
    assert two.values["modules.2.door"] == "wood"
    assert two.complete


def test_an_instance_that_is_not_there_has_no_values_and_takes_no_part(two):
    assert not two.options["modules.3.width"].active
    assert "modules.3.width" not in two.values
    assert two.derived["modules.3.weight"] is None


def test_a_derived_value_of_an_instance_that_is_not_there_has_no_value():
    definition = {**module(), "derived": [{"key": "feet", "label": "Feet", "formula": "4"}]}
    derived = evaluated(wardrobe(definition=definition), {"modules": Decimal(1)}).derived
    assert (derived["modules.1.feet"], derived["modules.2.feet"]) == (4, None)


def test_lines_of_each_instance_are_told_with_its_name(two):
    told = {line.label.default: line.amount for line in two.breakdown.lines}
    assert told == {
        "Plinth": 100,
        "Module 1 – Body": 60,
        "Module 1 – Door: Glass": 90,
        "Module 1 – Surcharge": 15,
        "Module 2 – Body": 60,
        "Module 2 – Door: Wood": 40,
        "Module 2 – Surcharge": 10,
        "Discount": Decimal("-13.75"),
    }


def test_parts_are_those_of_all_instances(two):
    assert [(item.key, item.part) for item in two.bom] == [
        ("plinth", "P-1"),
        ("modules.1.door", "D-G"),
        ("modules.2.door", "D-W"),
    ]


def test_of_instances_made_at_the_same_time_the_slowest_counts():
    glass = {"modules": Decimal(3), "modules.1.door": "glass", "modules.2.door": "glass"}
    assert evaluated(wardrobe(), glass).lead_time.days == 12
    assert evaluated(wardrobe(lead_time="added"), glass).lead_time.days == 22


def test_of_the_lines_only_those_of_the_slowest_instance_are_told():
    lines = evaluated(
        wardrobe(), {"modules": Decimal(3), "modules.2.door": "glass"}
    ).lead_time.lines
    assert [line.key for line in lines] == ["packing", "modules.2.glass"]


def test_a_rule_over_all_instances_leaves_what_fits():
    evaluation = evaluated(
        wardrobe(), {"room": Decimal(1200), "modules": Decimal(2), "modules.1.width": Decimal(500)}
    )
    assert evaluation.options["modules.2.width"].domain.runs == ((Decimal(300), Decimal(700)),)
    assert evaluation.options["modules"].domain.runs == ((Decimal(1), Decimal(3)),)


def test_a_clash_between_instances_is_told_with_ways_out():
    evaluation = evaluated(
        wardrobe(),
        {"room": Decimal(1200), "modules": Decimal(2), "modules.1.width": Decimal(800)},
        {"modules.2.width": Decimal(600)},
    )
    assert [(rule.kind, rule.key) for rule in evaluation.conflict.rules] == [("rule", "fits")]
    changes = [repair.changes for repair in evaluation.conflict.repairs]
    assert {"modules.1.width": Decimal(600), "modules.2.width": Decimal(600)} in changes


def test_instances_of_instances_are_configured_like_any_other():
    evaluation = evaluated(nested(), {"wardrobes": Decimal(2), "wardrobes.2.modules": Decimal(3)})
    assert evaluation.complete
    assert evaluation.values["wardrobes.2.modules.3.door"] == "wood"
    assert evaluation.options["wardrobes.1.modules"].domain.runs == ((Decimal(1), Decimal(2)),)


def test_a_choice_on_an_instance_that_is_not_there_brings_it():
    assert evaluated(wardrobe(), {"modules.3.width": Decimal(300)}).values["modules"] == 3


def test_saying_that_there_are_fewer_retracts_what_was_chosen_in_those_that_go():
    chosen = {"modules": Decimal(3), "modules.1.width": Decimal(300), "modules.3.door": "glass"}
    evaluation = evaluated(wardrobe(), chosen, {"modules": Decimal(2)})
    assert evaluation.conflict is None
    assert evaluation.choices == {"modules": 2, "modules.1.width": 300}


def test_a_single_sub_assembly_that_is_left_out_takes_its_choices_with_it():
    evaluation = evaluated(
        wardrobe(at_least=0, at_most=1), {"modules.1.door": "glass"}, {"modules": False}
    )
    assert evaluation.choices == {"modules": False}


def test_choosing_in_an_instance_and_doing_away_with_it_in_one_change_clashes():
    evaluation = evaluated(wardrobe(), {}, {"modules": Decimal(1), "modules.3.door": "glass"})
    assert [(rule.kind, rule.key) for rule in evaluation.conflict.rules] == [
        ("option_condition", "modules.3.door")
    ]


def test_every_form_of_price_line_and_stage_belongs_to_its_instance():
    board = {
        "key": "board",
        "label": "Board",
        "part": "B",
        "measures": {"length": "width", "width": "500"},
    }
    definition = {
        **module(),
        "bom_lines": [board],
        "price_lines": [
            {"key": "floor", "label": "Floor", "minimum": 5},
            {
                "key": "wood",
                "label": "Wood",
                "amount": 100,
                "per": "m2",
                "parts": ["board"],
                "waste": 10,
                "cost": 40,
                "subtotal": "material",
                "breaks": [{"pieces": 2, "percent": -50}],
            },
            {"key": "least", "label": "Least", "minimum": 40, "of": ["material"]},
            {"key": "setup", "label": "Set-up", "amount": 7, "once": True, "cost": 1},
        ],
        "lead_time_lines": [
            {"key": "saw", "label": "Saw", "days": 2, "stage": "shop"},
            {"key": "glue", "label": "Glue", "days": 5, "stage": "shop"},
        ],
    }
    model = wardrobe(definition=definition, lead_time="added")
    choices = {"modules": Decimal(2), "modules.2.width": Decimal(800)}
    breakdown = evaluated(model, choices).breakdown
    told = {
        line.key: (line.amount, line.cost) for line in (*breakdown.lines, *breakdown.order_lines)
    }
    assert told["modules.1.floor"] == (5, 0)
    assert told["modules.1.wood"] == (33, Decimal("13.20"))
    assert told["modules.1.least"] == (7, None)
    assert told["modules.2.wood"] == (44, Decimal("17.60"))
    assert "modules.2.least" not in told
    assert told["modules.2.setup"] == (7, 1)
    assert "modules.3.wood" not in told
    days = {line.key: line.days for line in evaluated(model, choices).lead_time.lines}
    assert [days.get(f"modules.{number}.glue") for number in (1, 2, 3)] == [5, 5, None]
    assert "modules.1.saw" not in days
