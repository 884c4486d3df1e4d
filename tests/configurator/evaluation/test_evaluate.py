"""One evaluation of the desk: domains, prices, conflict and repairs, all of one piece."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from catalog.product_model import Choice, read
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.evaluation.decision import ProductVoid
from configurator.evaluation.evaluate import evaluate, evaluate_settled
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.why import why
from configurator.evaluation_json import evaluation_json
from configurator.reasons import explanation_text, reason_text
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from pricing.price_list import PriceList, read_price_list
from tests.examples.desk import DESK, desk

EXTRAS: dict[str, Any] = next(option for option in DESK["options"] if option["key"] == "extras")
RETAIL: PriceList = read_price_list(
    {
        "key": "retail",
        "name": "Retail",
        "currency": "EUR",
        "amounts_are": "gross",
        "tax_rate": 19,
        "tax_label": "VAT",
    }
)


@pytest.fixture(scope="module")
def product() -> CompiledProduct:
    return compile_product(desk())


def asked(
    product: CompiledProduct,
    choices: Mapping[str, Choice] | None = None,
    changes: Mapping[str, Choice | None] | None = None,
    **terms: Any,
) -> Evaluation:
    return evaluate(product, compile_prices(product.model, RETAIL), choices or {}, changes, **terms)


def test_the_untouched_desk_is_complete_by_its_defaults(product: CompiledProduct) -> None:
    evaluation = asked(product)
    assert evaluation.ready
    assert {state.source for state in evaluation.options.values() if state.value is not None} == {
        "default"
    }


def test_glass_is_gone_once_the_frame_is_oak(product: CompiledProduct) -> None:
    assert asked(product, {"frame": "oak"}).options["top"].domain.values == ("oak", "laminate")


def test_a_chosen_option_can_be_changed_to_what_the_other_choices_allow(
    product: CompiledProduct,
) -> None:
    states = asked(product, {"frame": "oak", "top": "oak"}).options["top"].values
    assert {key: state.free for key, state in states.items()} == {
        "glass": False,
        "oak": True,
        "laminate": True,
    }


def test_a_wanted_extra_can_be_left_out_again(product: CompiledProduct) -> None:
    states = asked(product, {"extras": ("lamp",)}).options["extras"].values
    assert {key: state.free for key, state in states.items()} == {"lamp": True, "tray": True}


def test_a_blocked_value_is_answered_with_the_choices_and_the_rule_that_block_it(
    product: CompiledProduct,
) -> None:
    conflict = asked(product, {"frame": "oak"}, {"top": "glass"}).conflict
    assert conflict is not None
    assert set(conflict.choices) == {"frame", "top"}
    assert [reason_text(product.model, reason, "de") for reason in conflict.rules] == [
        "Eine Glasplatte braucht das Stahlgestell."
    ]


def test_a_conflict_leaves_the_choices_as_they_were(product: CompiledProduct) -> None:
    refused = asked(product, {"frame": "oak"}, {"top": "glass"})
    before = asked(product, {"frame": "oak"})
    assert (refused.choices, refused.values, refused.breakdown) == (
        before.choices,
        before.values,
        before.breakdown,
    )


def test_a_repair_repairs_and_tells_its_price_and_days(product: CompiledProduct) -> None:
    before = asked(product, {"frame": "oak"})
    conflict = asked(product, {"frame": "oak"}, {"top": "glass"}).conflict
    assert conflict is not None
    repair = conflict.repairs[0]
    after = asked(product, {"frame": "oak"}, repair.changes)
    assert after.conflict is None
    assert repair.changes == {"frame": "steel", "top": "glass"}
    assert before.breakdown and after.breakdown and before.lead_time and after.lead_time
    assert repair.price_difference == after.breakdown.unit_total - before.breakdown.unit_total
    assert repair.days_difference == after.lead_time.days - before.lead_time.days == 7


def test_an_option_that_must_change_is_offered_with_each_of_its_closest_values(
    product: CompiledProduct,
) -> None:
    conflict = asked(product, {"top": "glass"}, {"frame": "oak"}).conflict
    assert conflict is not None
    assert [repair.changes["top"] for repair in conflict.repairs] == ["laminate", "oak"]


def test_a_number_is_repaired_to_the_nearest_one(product: CompiledProduct) -> None:
    conflict = asked(product, {"width": Decimal(2000)}, {"frame": "oak"}).conflict
    assert conflict is not None
    assert conflict.repairs[0].changes == {"frame": "oak", "width": Decimal(1800)}


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"frame": "oak", "width": Decimal(1700)},
        {"top": "glass", "extras": ("lamp",)},
        {"top": "oak", "engraved": True},
        {"drawers": "two", "width": Decimal(1700)},
    ],
)
def test_the_difference_on_a_free_value_is_what_choosing_it_changes(
    product: CompiledProduct, choices: Mapping[str, Choice]
) -> None:
    before = asked(product, choices)
    assert before.breakdown and before.lead_time
    for option in product.model.options:
        if option.kind != "choice":
            continue
        for key, state in before.options[option.key].values.items():
            if not state.free:
                continue
            after = asked(product, choices, {option.key: key})
            assert after.conflict is None
            assert after.breakdown and after.lead_time
            assert (
                state.price_difference == after.breakdown.unit_total - before.breakdown.unit_total
            )
            assert state.days_difference == after.lead_time.days - before.lead_time.days


def test_a_text_still_to_write_is_missing_and_its_price_is_open(product: CompiledProduct) -> None:
    evaluation = asked(product, {"top": "oak", "engraved": True})
    assert evaluation.missing == ("engraving",)
    assert not evaluation.ready


def test_a_multi_choice_that_needs_two_is_missing_until_it_has_them_and_nothing_is_added_unasked() -> (
    None
):
    extras = {
        **EXTRAS,
        "at_least": 2,
        "values": [*EXTRAS["values"], {"key": "hook", "label": "Hook"}],
    }
    product = compile_product(
        desk(options=[extras if each is EXTRAS else each for each in DESK["options"]])
    )
    for choice, is_missing in (((), True), (("lamp",), True), (("lamp", "hook"), False)):
        evaluation = asked(product, {"extras": choice} if choice else {})
        assert evaluation.values["extras"] == choice
        assert evaluation.missing == (("extras",) if is_missing else ())


def test_a_repair_that_leaves_a_multi_choice_short_is_not_complete() -> None:
    rules = [
        {"key": "dressed", "when": "frame == oak", "then": "count(extras) >= 1"},
        *DESK["rules"],
    ]
    product = compile_product(desk(rules=rules))
    conflict = asked(product, {"frame": "steel", "top": "glass"}, {"frame": "oak"}).conflict
    assert conflict is not None
    assert not any(repair.complete for repair in conflict.repairs)


def test_the_values_left_out_of_a_domain_say_why(product: CompiledProduct) -> None:
    (explanation,) = why(asked(product, {"frame": "oak"}), "top", "glass").explanations.found
    assert explanation.choices == ("frame",)
    assert [reason.key for reason in explanation.rules] == ["glass_needs_steel"]


def test_a_free_value_needs_no_reason(product: CompiledProduct) -> None:
    assert why(asked(product, {"frame": "steel"}), "top", "glass").explanations.found == ()


def test_an_inferred_value_says_why_it_is_set(product: CompiledProduct) -> None:
    answer = why(asked(product, {"top": "glass"}), "frame")
    (explanation,) = answer.explanations.found
    assert (answer.value, answer.source) == ("steel", "inferred")
    assert explanation_text(product.model, explanation, {"top": "glass"}, "en") == (
        "A glass top needs the steel frame. Because of Top: Glass."
    )


def test_as_many_ways_out_as_wanted_are_offered_and_it_is_told_whether_there_are_more(
    product: CompiledProduct,
) -> None:
    clash = {"top": "glass"}, {"frame": "oak"}
    everything = asked(product, *clash, repaired=100).conflict
    few = asked(product, *clash, repaired=1).conflict
    assert everything and few
    assert not everything.more
    assert len(everything.repairs) > 1
    assert few.more
    assert few.repairs == everything.repairs[:1]


def test_every_explanation_of_a_clash_is_told_on_request(product: CompiledProduct) -> None:
    conflict = asked(
        product, {"top": "glass", "width": Decimal(2000)}, {"frame": "oak"}, explained=50
    ).conflict
    assert conflict is not None
    assert [reason.key for each in conflict.explanations for reason in each.rules] == [
        "glass_needs_steel",
        "wide_oak_frame",
    ]
    assert conflict.explained


def test_what_changes_on_a_less_important_option_is_offered_first() -> None:
    def first_change(**importance: int) -> set[str]:
        options = [
            {**each, "importance": importance.get(each["key"], 5)} for each in DESK["options"]
        ]
        product = compile_product(desk(options=options))
        conflict = asked(product, {"frame": "oak", "drawers": "one"}, {"top": "glass"}).conflict
        assert conflict is not None
        return set(conflict.repairs[0].changes) - {"top"}

    assert first_change() == {"frame", "drawers"}


def test_preferences_that_hold_and_that_gave_way_are_told() -> None:
    oak = {
        "key": "wooden",
        "then": "frame == oak",
        "message": {"default": "Oak is in stock", "de": "Eiche ist da"},
    }
    product = compile_product(desk(preferences=[oak]))
    for choices, holds in (({}, True), ({"frame": "steel"}, False)):
        document = evaluation_json(asked(product, choices), "de")
        assert document["preferences"] == {"wooden": {"holds": holds, "message": "Eiche ist da"}}


def test_choices_that_clash_by_themselves_are_reduced_to_what_stands(
    product: CompiledProduct,
) -> None:
    evaluation = asked(product, {"frame": "oak", "top": "glass"})
    assert evaluation.conflict is not None
    assert len(evaluation.choices) == 1
    assert evaluation.complete


def test_equal_values_have_equal_fingerprints_whoever_chose_them(product: CompiledProduct) -> None:
    assert asked(product).fingerprint == asked(product, {"frame": "steel"}).fingerprint
    assert asked(product).fingerprint != asked(product, {"frame": "oak"}).fingerprint


def test_parts_count_for_the_whole_order(product: CompiledProduct) -> None:
    one = {item.key: item.quantity for item in asked(product).bom}
    three = {item.key: item.quantity for item in asked(product, quantity=3).bom}
    assert three == {key: quantity * 3 for key, quantity in one.items()}


def test_the_json_of_an_evaluation_is_plain_and_tells_texts_in_the_locale(
    product: CompiledProduct,
) -> None:
    import json

    document = json.loads(json.dumps(evaluation_json(asked(product, {"frame": "oak"}), "de", 3)))
    assert document["options"]["frame"]["told"] == "Eiche"
    assert document["options"]["width"]["domain"]["runs"] == [[1000, 1800]]
    assert document["version"] == 3


def cabinet(**changes: Any) -> CompiledProduct:
    """A small product in which one choice opens and closes others."""
    return compile_product(
        read(
            {
                "product": "cabinet",
                "name": "Cabinet",
                "options": [
                    {
                        "key": "supply",
                        "kind": "choice",
                        "label": "Supply",
                        "default": "wall",
                        "values": [
                            {"key": "wall", "label": "Wall"},
                            {"key": "strong", "label": "Strong"},
                        ],
                    },
                    {
                        "key": "spindle",
                        "kind": "choice",
                        "label": "Spindle",
                        "default": "small",
                        "values": [
                            {
                                "key": "small",
                                "label": "Small",
                                "attributes": {"kg": 2},
                                "when": "supply is wall",
                            },
                            {
                                "key": "big",
                                "label": "Big",
                                "attributes": {"kg": 9},
                                "when": "supply is strong",
                            },
                            {
                                "key": "huge",
                                "label": "Huge",
                                "attributes": {"kg": 20},
                                "when": "supply is strong",
                            },
                        ],
                    },
                    {
                        "key": "table",
                        "kind": "choice",
                        "label": "Table",
                        "values": [
                            {"key": "plain", "label": "Plain"},
                            {"key": "vacuum", "label": "Vacuum"},
                        ],
                    },
                    {
                        "key": "pump",
                        "kind": "choice",
                        "label": "Pump",
                        "when": "table is vacuum",
                        "values": [{"key": "one", "label": "One"}, {"key": "two", "label": "Two"}],
                    },
                    {
                        "key": "extras",
                        "kind": "multi",
                        "label": "Extras",
                        "at_most": 2,
                        "required": False,
                        "values": [
                            {"key": key, "label": key.title()} for key in ("lamp", "hose", "stop")
                        ],
                    },
                ],
                "price_lines": [
                    {"key": "base", "label": "Base", "amount": 100},
                    {
                        "key": "spindle",
                        "label": "Spindle",
                        "option": "spindle",
                        "amounts": {"small": 40, "big": 90, "huge": 200},
                    },
                    {
                        "key": "pump",
                        "label": "Pump",
                        "option": "pump",
                        "amounts": {"one": 10, "two": 20},
                    },
                    {"key": "freight", "label": "Freight", "amount": "spindle.kg * 3"},
                ],
                **changes,
            }
        )
    )


def test_a_value_whose_default_elsewhere_gives_way_tells_the_difference_with_what_stands_in() -> (
    None
):
    product = cabinet()
    assert asked(product, {"supply": "strong"}).options["spindle"].source == "adjusted"
    state = asked(product).options["supply"].values["strong"]
    before, after = asked(product).breakdown, asked(product, {"supply": "strong"}).breakdown
    assert before and after
    assert (state.price_difference, state.opens) == (after.unit_total - before.unit_total, ())


def test_a_chosen_option_takes_part_before_what_its_condition_reads_is_chosen() -> None:
    evaluation = asked(cabinet(), {"pump": "two"})
    assert evaluation.options["pump"].active
    assert evaluation.values["table"] == "vacuum"


def test_an_extra_too_many_is_offered_in_place_of_each_of_the_others() -> None:
    conflict = asked(
        cabinet(), {"extras": ("lamp", "hose")}, {"extras": ("lamp", "hose", "stop")}
    ).conflict
    assert conflict is not None
    assert [repair.changes for repair in conflict.repairs] == [
        {"extras": ("hose", "stop")},
        {"extras": ("lamp", "stop")},
    ]


def test_a_value_that_is_one_too_many_beside_the_default_is_not_free() -> None:
    extras = {
        **EXTRAS,
        "at_most": 2,
        "default": ["lamp", "tray"],
        "values": [*EXTRAS["values"], {"key": "hook", "label": "Hook"}],
    }
    product = compile_product(
        desk(options=[extras if each is EXTRAS else each for each in DESK["options"]])
    )
    states = asked(product).options["extras"].values
    assert {key: state.free for key, state in states.items()} == {
        "lamp": True,
        "tray": True,
        "hook": False,
    }


def test_a_product_that_cannot_exist_says_which_rules_contradict_each_other() -> None:
    product = cabinet(
        rules=[
            {"key": "yes", "then": "supply is wall"},
            {"key": "no", "then": "not supply is wall"},
        ],
        price_lines=[],
    )
    with pytest.raises(ProductVoid) as refusal:
        asked(product)
    assert refusal.value.data["rules"] == [
        {"kind": "rule", "key": "yes"},
        {"kind": "rule", "key": "no"},
    ]


@pytest.mark.parametrize(
    "changes",
    [{}, {"frame": "oak"}, {"top": "glass"}, {"extras": ("lamp",), "width": Decimal(1700)}],
)
def test_settled_choices_are_evaluated_the_same_without_asking_what_else_could_be_had(
    product: CompiledProduct, changes: dict[str, Choice]
) -> None:
    prices = compile_prices(product.model, RETAIL)
    values = evaluate(product, prices, {}, changes, 3).values
    whole, found = (
        evaluate(product, prices, values, None, 3),
        evaluate_settled(product, prices, values, 3),
    )
    assert found is not None
    assert found.ready
    for each in fields(Evaluation):
        if each.name != "options":
            assert getattr(found, each.name) == getattr(whole, each.name), each.name
    assert evaluation_json(found, "de", 1) == evaluation_json(whole, "de", 1)


def test_what_is_not_settled_or_clashes_is_not_evaluated_as_settled(
    product: CompiledProduct,
) -> None:
    prices = compile_prices(product.model, RETAIL)
    values = evaluate(product, prices, {}).values
    assert evaluate_settled(product, prices, {**values, "frame": "oak", "top": "glass"}) is None
    assert (
        evaluate_settled(
            product, prices, {key: choice for key, choice in values.items() if key != "frame"}
        )
        is None
    )


def test_a_value_tells_its_difference_in_a_list_made_from_another(product: CompiledProduct) -> None:
    """Also of a product that tells no lead time, where nothing but the list below reads the option."""
    model = desk(lead_time_lines=[])
    half = read_price_list(
        {"key": "half", "name": "H", "currency": "EUR", "derived": {"of": "retail", "percent": -50}}
    )
    prices = compile_prices(model, InForce(half, base=InForce(RETAIL)))
    states = (
        evaluate(compile_product(model), prices, {"frame": "steel", "top": "laminate"})
        .options["top"]
        .values
    )
    full = asked(product, {"frame": "steel", "top": "laminate"}).options["top"].values
    assert full["oak"].price_difference
    assert states["oak"].price_difference == full["oak"].price_difference / 2


def test_a_value_tells_the_days_it_would_take_as_the_whole_lead_time_does(
    product: CompiledProduct,
) -> None:
    before = asked(product)
    assert before.lead_time is not None
    told = set()
    for key, state in before.options.items():
        for value, each in state.values.items():
            choice: Any = value if state.domain.kind == "choice" else value == "true"
            if each.free and state.domain.kind in ("choice", "boolean"):
                after = asked(product, {key: choice}).lead_time
                assert each.days_difference == (
                    None if after is None else after.days - before.lead_time.days
                )
                told.add(each.days_difference)
    assert len(told) > 1
