"""What a viewer is told beside the file: variants instead of files, and whose mesh is whose."""

import json
import struct

from configurator.geometry.driving import drivers
from configurator.geometry.glb import glb
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.viewing import viewing
from tests.configurator.geometry.shelves import SHELF, shelf

VALUES = {"width": 800, "boards": 2, "wood": "oak"}


def viewed(model, **values):
    scene = resolve(compile_shapes(model), {**VALUES, **values})
    return viewing(scene, {**VALUES, **values})


def document(content):
    length = struct.unpack("<I", content[12:16])[0]
    return json.loads(content[20 : 20 + length])


def test_another_finish_is_a_variant_of_the_same_form():
    oak, ash = viewed(shelf()), viewed(shelf(), wood="ash")
    assert (oak.form, oak.looks, ash.looks) == (ash.form, ("wood=oak",), ("wood=ash",))


def test_another_size_is_another_form():
    assert viewed(shelf()).form != viewed(shelf(), width=900).form


def test_a_finish_that_a_size_reads_is_another_form():
    shapes = [{**SHELF["shapes"][0], "thickness": "wood.board"}]
    model = shelf(shapes=shapes)
    assert viewed(model).form != viewed(model, wood="raw").form


def test_below_a_colour_of_ones_own_no_variant_leads_to_what_is_seen():
    own = {"key": "own", "kind": "colour", "label": "Own colour"}
    materials = [{"key": "board", "label": "Board", "finishes": ["own", "wood"]}]
    model = shelf(options=[*SHELF["options"], own], materials=materials)
    red, blue = viewed(model, own="#ff0000"), viewed(model, own="#0000ff")
    assert (red.looks, red.form == blue.form, viewed(model).looks) == ((), False, ("wood=oak",))


def test_of_two_finishes_of_one_material_no_variant_is_switched():
    dye = {**SHELF["options"][2], "key": "dye"}
    materials = [{"key": "board", "label": "Board", "finishes": ["dye", "wood"]}]
    model = shelf(options=[*SHELF["options"], dye], materials=materials)
    assert viewed(model, dye="ash").looks == ()


def test_the_shapes_of_meshes_stand_in_the_order_of_the_file():
    model = shelf()
    scene = resolve(compile_shapes(model), VALUES)
    names = [each["name"] for each in document(glb(scene))["meshes"]]
    assert list(viewing(scene, VALUES).meshes) == names == ["side", "shelf"]


def test_a_count_drives_a_shape_more_directly_than_a_finish_that_others_have_too():
    assert drivers(shelf()) == {"side": ("wood",), "shelf": ("boards", "wood", "width")}


def test_what_is_read_by_way_of_a_derived_value_drives_least():
    derived = [{"key": "inside", "label": "Inside", "formula": "width - 40", "unit": "mm"}]
    shapes = [{**SHELF["shapes"][1], "length": "inside", "when": "boards > 1", "repeat": {}}]
    shapes[0] |= {"each": {}, "z": 0, "edges": {}}
    assert drivers(shelf(derived=derived, shapes=shapes)) == {"shelf": ("wood", "boards", "width")}
