"""Shapes of instances: those that the product gives each of them, and those of contained products."""

from decimal import Decimal

import pytest

from catalog import checks
from catalog.product_model import read
from catalog.renaming import Name, renamed
from catalog.shape_checks import check_shapes
from catalog.shape_expressions import placed_shapes, shape_count
from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.scene import SceneRefused, compile_shapes, resolve

LENGTH = {"first": 100, "last": 1000, "unit": "mm"}
BOX = {
    "product": "box",
    "name": "Box",
    "options": [
        {"key": "width", "kind": "number", "label": "Width", "number": LENGTH},
        {
            "key": "wood",
            "kind": "choice",
            "label": "Wood",
            "values": [
                {"key": "oak", "label": "Oak", "swatch": "#b58a5a", "attributes": {"density": 700}},
                {"key": "ash", "label": "Ash", "swatch": "#e8dcc8", "attributes": {"density": 600}},
            ],
        },
    ],
    "materials": [
        {"key": "board", "label": "Board", "finishes": ["wood"], "density": "wood.density"}
    ],
    "shapes": [
        {
            "key": "lid",
            "label": "Lid",
            "length": "width",
            "width": 200,
            "thickness": 10,
            "repeat": {"i": 2},
            "z": "i * 50",
            "material": "board",
        }
    ],
    "shape_checks": [{"key": "narrow", "then": "width < 900", "message": "Too wide to carry."}],
}
ROW = {
    "product": "row",
    "name": "Row",
    "options": [
        {"key": "height", "kind": "number", "label": "Height", "number": LENGTH},
        {"key": "width", "kind": "number", "label": "Width of all", "number": LENGTH},
    ],
    "materials": [{"key": "steel", "label": "Steel", "density": 7850}],
    "shapes": [
        {
            "key": "post",
            "label": "Post",
            "of": "boxes",
            "orientation": "side",
            "length": "tall",
            "width": 20,
            "thickness": "width / 10",
            "repeat": {"j": 2},
            "each": {"tall": "height + number * 10"},
            "x": "(j - 1) * 30",
            "material": "steel",
            "operations": [
                {"key": "hole", "face": "x0", "x": 10, "y": 5, "diameter": 4, "depth": 9}
            ],
        },
        {"key": "base", "label": "Base", "length": "width", "width": 300, "thickness": 5, "z": -5},
    ],
    "assemblies": [
        {
            "key": "boxes",
            "label": "Box",
            "definition": BOX,
            "at_least": 1,
            "at_most": 4,
            "spacing": {"x": "width + height / 10", "z": "2 mm"},
        }
    ],
}
VALUES = {
    "height": Decimal(300),
    "width": Decimal(1000),
    "boxes": Decimal(2),
    "boxes.1.width": Decimal(400),
    "boxes.1.wood": "oak",
    "boxes.2.width": Decimal(250),
    "boxes.2.wood": "ash",
}


def row(**changes):
    return read({**ROW, **changes})


def scene_of(model=None, **values):
    return resolve(compile_shapes(model or row()), {**VALUES, **values})


def parts_of(scene):
    return {part.name: part for part in scene.parts}


def test_there_is_one_of_each_shape_in_each_instance_that_there_is():
    assert [part.name for part in scene_of().parts] == [
        *("boxes.1.post.1", "boxes.1.post.2", "boxes.2.post.1", "boxes.2.post.2", "base"),
        *("boxes.1.lid.1", "boxes.1.lid.2", "boxes.2.lid.1", "boxes.2.lid.2"),
    ]
    three = {**VALUES, "boxes": Decimal(3), "boxes.3.width": Decimal(300), "boxes.3.wood": "oak"}
    assert len(resolve(compile_shapes(row()), three).parts) == 13


def test_names_are_those_of_the_instance_then_those_of_the_product():
    post = parts_of(scene_of())["boxes.2.post.1"]
    assert post.lengths == (320, 20, 25)
    assert post.numbers == {"j": 1, "tall": 320}
    assert (post.material, post.operations[0].depth) == ("steel", 9)


def test_an_instance_stands_as_far_from_the_one_before_as_that_says():
    parts = parts_of(scene_of())
    assert parts["boxes.1.post.2"].corner == (30, 0, 0)
    assert parts["boxes.2.post.2"].corner == (460, 0, 2)
    assert parts["boxes.2.lid.1"].corner == (430, 0, 52)
    assert parts["boxes.2.lid.1"].centre == (430 + 125, 100, 57)


def test_a_contained_product_reads_its_own_names_and_brings_its_materials():
    scene = scene_of()
    parts = parts_of(scene)
    assert [parts[f"boxes.{number}.lid.1"].lengths[0] for number in (1, 2)] == [400, 250]
    looks = {each.key: (each.look.colour, each.density) for each in scene.materials}
    assert looks["boxes.1.board"] == ("#b58a5a", 700)
    assert looks["boxes.2.board"] == ("#e8dcc8", 600)
    assert parts["boxes.2.lid.1"].weight == pytest.approx(600 * 0.25 * 0.2 * 0.01)
    assert {each.name for each in scene.variants} >= {"boxes.1.wood=ash", "boxes.2.wood=oak"}


def test_a_check_of_a_contained_product_is_one_of_each_instance_that_there_is():
    with pytest.raises(SceneRefused, match="Too wide to carry"):
        scene_of(**{"boxes.2.width": Decimal(950)})
    assert scene_of(**{"boxes": Decimal(1), "boxes.2.width": Decimal(950)})


def test_a_shape_of_an_instance_is_refused_by_the_name_that_it_has_there():
    shapes = [{**ROW["shapes"][0], "thickness": "width - 250"}]
    with pytest.raises(SceneRefused, match="Shape 'post', thickness: 0 mm is no size"):
        scene_of(row(shapes=shapes))
    lid = {**BOX["shapes"][0], "width": "width - 250"}
    assembly = {**ROW["assemblies"][0], "definition": {**BOX, "shapes": [lid]}}
    with pytest.raises(SceneRefused) as refused:
        scene_of(row(assemblies=[assembly]))
    assert refused.value.data["shape"] == "boxes.2.lid"


def test_a_spacing_that_is_no_length_is_refused_by_its_sub_assembly():
    assembly = {**ROW["assemblies"][0], "spacing": {"x": "1 / (width - 400)"}}
    with pytest.raises(SceneRefused, match="Sub-assembly 'boxes', spacing x: there is no such"):
        scene_of(row(assemblies=[assembly]))


def test_instances_within_instances_move_with_them():
    shelf = {
        **ROW["assemblies"][0],
        "key": "rows",
        "definition": {**ROW, "shapes": [{**ROW["shapes"][0], "x": 1}]},
        "spacing": {"y": "height"},
    }
    house = read({"product": "house", "name": "House", "options": [], "assemblies": [shelf]})
    inner = {f"rows.{number}.{key}": value for number in (1, 2) for key, value in VALUES.items()}
    scene = resolve(compile_shapes(house), {"rows": Decimal(2), **inner})
    parts = parts_of(scene)
    assert parts["rows.2.boxes.2.post.1"].corner == (431, 300, 2)
    assert parts["rows.2.boxes.2.lid.2"].corner == (430, 300, 102)
    seen = inspection(glb(scene), "glb")
    assert seen.solids.keys() == parts.keys()
    assert seen.upper == pytest.approx(scene.bounds[1], abs=1e-3)


def errors(model):
    found = checks.basic_findings(model)
    return [(each.code, each.path) for each in found if each.severity == "error"]


def test_a_row_of_boxes_is_right():
    assert errors(row()) == []


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"of": "boxs"}, "unknown-assembly", "shapes/post/of"),
        ({"of": None}, "expression-refused", "shapes/post/each/tall"),
        ({"width": "wdth"}, "expression-refused", "shapes/post/width"),
        ({"repeat": {"wood": 2}, "x": 0}, "shape-name", "shapes/post/repeat/wood"),
        ({"repeat": {"number": 2}, "x": 0}, "shape-name", "shapes/post/repeat/number"),
        ({"repeat": {"j": "j"}}, "shape-repeat", "shapes/post/repeat/j"),
        ({"key": "lid"}, "shape-name", "shapes/lid"),
    ],
)
def test_what_is_wrong_with_a_shape_of_instances_is_told(fields, code, path):
    assert (code, path) in errors(row(shapes=[{**ROW["shapes"][0], **fields}]))


def test_a_spacing_that_cannot_be_read_and_one_that_is_missing_are_told():
    assembly = ROW["assemblies"][0]
    wrong = row(assemblies=[{**assembly, "spacing": {"x": "wdth"}}])
    assert errors(wrong) == [("expression-refused", "assemblies/boxes/spacing/x")]
    kilograms = row(assemblies=[{**assembly, "spacing": {"y": "2 kg"}}])
    assert errors(kilograms) == [("expression-refused", "assemblies/boxes/spacing/y")]
    missing = row(assemblies=[{**assembly, "spacing": {}}])
    notes = [each.path for each in checks.basic_findings(missing) if each.code == "no-spacing"]
    assert notes == ["assemblies/boxes/spacing"]


def test_shapes_of_all_instances_are_counted_before_any_is_compiled():
    inner = {**ROW["assemblies"][0], "at_most": 100}
    outer = {**inner, "key": "rows", "definition": {**ROW, "assemblies": [inner]}}
    house = read({"product": "house", "name": "House", "options": [], "assemblies": [outer]})
    assert shape_count(house) == 100 * (1 + 100 + 100)
    assert shape_count(row()) == len(list(placed_shapes(row()))) == 1 + 4 + 4
    with pytest.raises(SceneRefused, match="has 20,100 shapes, more than 1,000"):
        compile_shapes(house)
    found = [(each.code, each.path) for each in check_shapes(house) if each.severity == "error"]
    assert ("too-many-shapes", "shapes") in found


def test_an_option_and_a_sub_assembly_are_renamed_where_both_names_are_read():
    names = {Name("option", "height"): "high", Name("assembly", "boxes"): "crates"}
    found = renamed(row(), names)
    post = found.model.shapes[0]
    assert (post.of, post.each["tall"]) == ("crates", "high + number * 10")
    assert found.model.assemblies[0].spacing["x"] == "width + high / 10"
    assert errors(found.model) == []


def test_an_option_of_the_product_that_the_instance_has_too_stays_where_the_instance_is_read():
    found = renamed(row(), {Name("option", "width"): "total"})
    assert found.model.shapes[0].thickness == "width / 10"
    assert found.model.shapes[1].length == "total"
