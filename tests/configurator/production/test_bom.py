from decimal import Decimal

import pytest

from configurator.production.bom import BomRefused, bom, compile_bom
from tests.examples.desk import desk

DESK = {
    "frame": "steel",
    "top": "oak",
    "width": Decimal(1400),
    "depth": Decimal(700),
    "drawers": "two",
}


def parts_of(*documents, values=DESK, quantity=1, undecided=()):
    model = desk(bom_lines=[{"label": each["key"], **each} for each in documents])
    return bom(compile_bom(model), values, quantity, undecided)


def test_the_desk_is_made_of_its_parts():
    told = [
        (item.part, item.quantity, item.label.default) for item in bom(compile_bom(desk()), DESK, 3)
    ]
    assert told == [
        ("FR-S", 3, "Frame: Steel"),
        ("TP-O", 3, "Top: Oak"),
        ("DR-1", 6, "Drawer"),
        ("SC-5", 24, "Screws"),
    ]


def test_measures_are_those_of_one_part():
    (item,) = parts_of(
        {"key": "top", "option": "top", "measures": {"length": "width", "width": "depth - 10"}},
        quantity=5,
    )
    assert item.measures == {"length": 1400, "width": 690}


def test_each_value_of_a_multi_choice_is_a_part_of_its_own():
    items = parts_of(
        {"key": "extras", "option": "extras"}, values={**DESK, "extras": ("tray", "lamp")}
    )
    assert [item.part for item in items] == ["EX-T", "EX-L"]


def test_a_value_without_part_number_is_refused():
    with pytest.raises(BomRefused) as refused:
        parts_of({"key": "drawers", "option": "drawers"})
    assert refused.value.data == {"line": "drawers", "option": "drawers", "value": "two"}


def test_no_part_is_listed_of_which_none_is_needed():
    assert parts_of({"key": "a", "part": "A", "quantity": "drawers.count - 2"}) == ()


def test_no_part_comes_from_an_option_without_value():
    assert parts_of({"key": "extras", "option": "extras"}) == ()


def test_quantities_and_measures_are_exact_where_they_end_and_else_have_four_decimals():
    measures = {"l": "1 / 64", "m": "12.4 + 5 / 32 / 100", "n": 100, "o": "1 / 3"}
    (item,) = parts_of({"key": "a", "part": "A", "quantity": "2 / 3", "measures": measures})
    told = ["0.6667", "0.015625", "12.4015625", "100", "0.3333"]
    assert [str(each) for each in (item.quantity, *item.measures.values())] == told


def test_pieces_are_counted_before_rounding():
    (item,) = parts_of({"key": "a", "part": "A", "quantity": "1 / 3"}, quantity=3)
    assert item.quantity == 1


def test_a_negative_quantity_is_refused():
    with pytest.raises(BomRefused, match="would be -1"):
        parts_of({"key": "a", "part": "A", "quantity": -1})


def test_a_negative_need_of_whole_packs_is_refused_and_not_rounded_away():
    with pytest.raises(BomRefused, match=r"would be -0\.3"):
        parts_of({"key": "pack", "part": "P-10", "quantity": -0.3, "whole": True})


def test_an_undefined_quantity_is_refused_unless_the_option_is_undecided():
    line = {"key": "a", "part": "A", "quantity": "width / 100"}
    with pytest.raises(BomRefused, match="The quantity of the BOM line 'a'"):
        parts_of(line, values={})
    assert parts_of(line, values={}, undecided=["width"]) == ()


def test_a_measure_may_be_called_quantity():
    (item,) = parts_of({"key": "a", "part": "A", "quantity": 2, "measures": {"quantity": 7}})
    assert (item.quantity, item.measures) == (2, {"quantity": 7})


def test_a_part_from_an_option_without_listed_values_is_refused():
    with pytest.raises(BomRefused, match="no listed values"):
        parts_of({"key": "a", "option": "width"})


@pytest.mark.parametrize(("pieces", "packs"), [(1, 1), (7, 3), (10, 3), (11, 4)])
def test_packs_are_taken_whole_by_the_order(pieces, packs):
    (item,) = parts_of(
        {"key": "pack", "part": "P-10", "quantity": 0.3, "whole": True}, quantity=pieces
    )
    assert item.quantity == packs
