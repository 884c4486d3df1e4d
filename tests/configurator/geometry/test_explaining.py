"""Every number of a part is told with its formula and with what went in."""

from decimal import Decimal

import pytest

from catalog.product_model import read
from configurator.compiled_product import compile_product
from configurator.geometry.explaining import Line, Named, explanation
from configurator.geometry.scene import compile_shapes, resolve
from configurator.sampling import numbered_choices, values_with
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.configurator.geometry.test_instances import ROW
from tests.configurator_site.test_demo_shapes import PRODUCTS, product

VALUES = {"width": 900, "boards": 2, "wood": "raw"}


def told(model, values, name):
    scene = resolve(compile_shapes(model), values)
    (part,) = [each for each in scene.parts if each.name == name]
    return {line.place: line for line in explanation(model, values, part)}


def test_a_formula_is_told_with_its_names_and_its_result():
    lines = told(shelf(), VALUES, "shelf.2")
    assert lines["length"] == Line("length", "width - 40", (Named("width", 900, "mm"),), 860, "mm")
    assert lines["repeat/i"].worth == 2
    gap = lines["each/gap"]
    assert (gap.names, gap.worth) == ((Named("boards", 2),), 660)
    (i, of_each) = lines["z"].names
    assert (i, of_each.worth, lines["z"].worth) == (Named("i", 2), 660, 1320)
    assert (lines["edges/L2"].worth, lines["edges/L1"].worth) == (False, True)
    assert "y" not in lines


def test_attributes_and_derived_values_are_told_as_they_stand_there():
    derived = [
        {"key": "board", "label": "Board", "formula": "wood.board * 1 mm", "unit": "mm"},
        {"key": "inside", "label": "Inside", "formula": "width - 2 * board", "unit": "mm"},
    ]
    (side, own) = SHELF["shapes"]
    shapes = [side, {**own, "length": "inside - 1 cm", "thickness": "wood.board"}]
    lines = told(shelf(derived=derived, shapes=shapes), VALUES, "shelf.1")
    assert lines["thickness"].names == (Named("wood.board", 25),)
    assert lines["length"].names == (Named("inside", 850, "mm", "width - 2 * board"),)
    assert (lines["length"].worth, lines["derived/inside"].worth) == (840, 850)
    assert lines["derived/board"].names == (Named("wood.board", 25),)


def test_operations_are_told_row_by_row_without_what_goes_without_saying():
    pins = {"key": "pins", "x": "width / 10", "y": 40, "diameter": 5, "nx": "boards + 1", "px": 32}
    (side, own) = SHELF["shapes"]
    lines = told(shelf(shapes=[side, {**own, "operations": [pins]}]), VALUES, "shelf.1")
    found = {
        place.rpartition("/")[2]: (line.worth, line.unit)
        for place, line in lines.items()
        if place.startswith("operations/pins/")
    }
    assert found == {
        "x": (90, "mm"),
        "y": (40, "mm"),
        "diameter": (5, "mm"),
        "px": (32, "mm"),
        "nx": (3, ""),
    }


@pytest.mark.parametrize("name", PRODUCTS)
def test_what_is_told_of_the_demo_is_what_is_built(name):
    made = product(name)
    values = values_with(made, numbered_choices(made, 5))
    for part in resolve(compile_shapes(made.model), values).parts:
        lines = {line.place: line.worth for line in explanation(made.model, values, part)}
        for place, axis in (("length", 0), ("width", 1), ("thickness", 2)):
            if place in lines:
                assert lines[place] == pytest.approx(part.lengths[axis])
        assert lines.get("when") in (None, True)
        for key, worth in part.numbers.items():
            assert lines.get(f"each/{key}", worth) == worth


def test_a_shape_of_each_instance_is_told_in_its_own_instance():
    made = compile_product(read(ROW))
    values = values_with(
        made,
        numbered_choices(made, 2) | {f"boxes.{n}.width": Decimal(300 + n) for n in range(1, 5)},
    )
    scene = resolve(compile_shapes(made.model), values)
    assert len(scene.parts) > 4
    for part in scene.parts:
        lines = {line.place: line for line in explanation(made.model, values, part)}
        assert lines["length"].worth == pytest.approx(part.lengths[0])
