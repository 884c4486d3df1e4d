"""What publishing remarks about operations of shapes, and where."""

import pytest

from catalog import checks
from catalog.differences import differences
from catalog.product_model import write_whole
from catalog.renaming import Name, renamed
from tests.configurator.geometry.shelves import SHELF, shelf

HOLE = {"key": "pin", "x": 50, "y": 60, "diameter": 8, "depth": 12}


def with_operations(*operations, **fields):
    board = {"key": "a", "label": "A", "length": 400, "width": 300, "thickness": 20, **fields}
    return shelf(shapes=[{**board, "operations": list(operations)}])


def told(model):
    return [
        (each.path, each.sentence)
        for each in checks.basic_findings(model)
        if each.severity == "error"
    ]


def test_a_hole_and_a_groove_are_right():
    groove = {"key": "groove", "kind": "groove", "length": 400, "width": 8, "depth": 9}
    assert told(with_operations(HOLE, groove)) == []


@pytest.mark.parametrize(
    ("operation", "field", "sentence"),
    [
        ({"key": "pin"}, "diameter", "a hole needs one"),
        ({**HOLE, "length": 9}, "length", "a hole has none; remove it"),
        ({"key": "pin", "kind": "pocket", "length": 9, "width": 9}, "depth", "a pocket needs one"),
        (
            {"key": "pin", "kind": "cut_out", "length": 9, "width": 9, "depth": 3},
            "depth",
            "a cut-out has none; remove it",
        ),
        ({**HOLE, "nx": 0}, "nx", "write a number from 1 to 5,000"),
        ({**HOLE, "ny": 99999999}, "ny", "write a number from 1 to 5,000"),
        ({**HOLE, "x": "widht / 2"}, "x", "unknown option 'widht'"),
        ({**HOLE, "depth": "2 kg"}, "depth", "mm"),
        ({**HOLE, "when": "boards"}, "when", "condition"),
    ],
)
def test_what_is_wrong_is_told_with_shape_operation_and_field(operation, field, sentence):
    ((path, found),) = told(with_operations(operation))
    assert path == f"shapes/a/operations/pin/{field}"
    assert found.startswith(f"Shape 'a', operation 'pin', {field}: ")
    assert sentence in found


def test_a_key_that_stands_twice_and_too_many_operations_are_told():
    ((path, _),) = told(with_operations(HOLE, HOLE))
    assert path == "shapes/a/operations/pin"
    many = [{**HOLE, "key": f"pin{number}"} for number in range(101)]
    ((path, sentence),) = told(with_operations(*many))
    assert (path, "at most 100" in sentence) == ("shapes/a/operations", True)


def test_only_a_box_is_machined():
    outline = [[0, 0], [9, 0], [0, 9]]
    fields = {"form": "profile", "outline": outline, "width": None, "thickness": None}
    ((path, sentence),) = told(with_operations(HOLE, **fields))
    assert (path, "only a box" in sentence) == ("shapes/a/operations", True)


def test_counters_and_values_of_the_shape_are_names_of_its_operations():
    hole = {**HOLE, "x": "i * 20 mm", "when": "is_last"}
    assert told(with_operations(hole, repeat={"i": 3}, each={"is_last": "i == 3"})) == []
    assert "unknown option 'i'" in told(with_operations(hole, each={"is_last": True}))[0][1]


def test_a_value_called_each_is_no_operation_called_each():
    hole = {**HOLE, "key": "each", "x": "wdth"}
    assert [path for path, _ in told(with_operations(hole))] == ["shapes/a/operations/each/x"]


def test_an_option_is_renamed_in_operations():
    hole = {**HOLE, "x": "width / 2", "nx": "boards", "when": "i == boards"}
    board = {**SHELF["shapes"][0], "repeat": {"i": 2}, "x": 0, "operations": [hole]}
    found = renamed(shelf(shapes=[board]), {Name("option", "boards"): "shelves"})
    (changed,) = found.model.shapes[0].operations
    assert (changed.nx, changed.when, changed.x) == ("shelves", "i == shelves", "width / 2")
    assert [each.path for each in found.places] == [
        "shapes/side/operations/pin/nx",
        "shapes/side/operations/pin/when",
    ]


def test_versions_tell_which_operation_differs():
    before, after = with_operations(HOLE), with_operations({**HOLE, "depth": 14})
    found = differences(write_whole(before), write_whole(after))
    assert found == ("Shape 'a', operation 'pin': depth 12 → 14",)


# ---- what is counted -----------------------------------------------------------------------------


def counted(quantity, **part):
    """What checking says of pieces of which operations take six."""
    hole = {**HOLE, "nx": 3, "px": 32, "sku": "PIN"}
    board = {"key": "a", "label": "A", "length": 400, "width": 300, "thickness": 20}
    line = {"key": "pins", "label": "Pin", "part": "PIN", "quantity": quantity, **part}
    starts = {"width": 300, "boards": 2, "wood": "oak"}
    options = [{**each, "default": starts[each["key"]]} for each in SHELF["options"]]
    model = shelf(
        options=options,
        shapes=[{**board, "repeat": {"i": 2}, "z": "i * 50", "operations": [hole]}],
        bom_lines=[line],
    )
    found = checks.findings(model, ())
    return [(each.severity, each.path) for each in found if each.code == "hardware-count"]


def test_a_parts_list_that_counts_otherwise_is_told():
    assert counted(6) == []
    assert counted("2 * 3") == []
    assert counted(5) == [("warning", "bom_lines/pins")]
    assert counted(6, part="PEG") == [("warning", "shapes/a")]
