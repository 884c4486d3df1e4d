import json
import struct
from decimal import Decimal

import numpy as np
import pytest

from configurator.geometry.glb import glb
from configurator.geometry.inspection import MeshRefused, inspection
from configurator.geometry.scene import compile_shapes, resolve
from tests.configurator.geometry.shelves import SHELF, shelf

VALUES = {"width": Decimal(900), "boards": Decimal(3), "wood": "oak"}
KNOB = {
    "key": "knob",
    "label": "Knob",
    "form": "turned",
    "orientation": "side",
    "outline": [[5, 0], [5, 10], [12, 20], [0, 25]],
    "x": "width / 3",
    "z": 2000,
}


def scene_of(model=None, **values):
    return resolve(compile_shapes(model or shelf()), {**VALUES, **values})


def chunks(content):
    """The document and the binary part of a GLB, with its header held against its length."""
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert (kind, size % 4) == (b"JSON", 0)
    binary = 20 + size
    rest, kind = struct.unpack_from("<I4s", content, binary)
    assert (kind, rest, rest % 4) == (b"BIN\0", len(content) - binary - 8, 0)
    return json.loads(content[20:binary]), content[binary + 8 :]


def test_another_reader_finds_the_parts_closed_and_as_large():
    scene = scene_of(shelf(shapes=[*SHELF["shapes"], KNOB]))
    seen = inspection(glb(scene), "glb")
    assert seen.solids.keys() == {part.name for part in scene.parts}
    assert all(solid.sound for solid in seen.solids.values())
    assert (seen.lower, seen.upper) == (
        pytest.approx(scene.bounds[0]),
        pytest.approx(scene.bounds[1]),
    )
    assert seen.solids["side.1"].volume == pytest.approx(2000 * 300 * 20)


def test_equal_solids_of_one_material_share_a_mesh():
    document, _ = chunks(glb(scene_of()))
    assert [len(document[name]) for name in ("nodes", "meshes", "accessors")] == [6, 2, 4]


def test_nodes_say_what_they_are():
    document, _ = chunks(glb(scene_of()))
    assert document["nodes"][4] == {
        "name": "shelf.2",
        "mesh": 1,
        "translation": [0.02, 0.99, 0],
        "extras": {
            "shape": "shelf",
            "label": "Shelf",
            "size_mm": [860, 300, 20],
            "material": "board",
            "sku": "SH-1",
        },
    }


def test_a_colour_is_told_as_linear_light_and_is_no_metal():
    document, _ = chunks(glb(scene_of()))
    first = document["materials"][0]["pbrMetallicRoughness"]
    assert first == {
        "baseColorFactor": [
            pytest.approx(0.258183),
            pytest.approx(0.102242),
            pytest.approx(0.024158),
            1,
        ],
        "metallicFactor": 0,
        "roughnessFactor": 0.7,
    }


def test_each_finish_is_a_variant_that_every_board_has():
    document, _ = chunks(glb(scene_of()))
    names = [each["name"] for each in document["extensions"]["KHR_materials_variants"]["variants"]]
    assert names == ["wood=oak", "wood=ash", "wood=raw"]
    assert document["extensionsUsed"] == ["KHR_materials_variants"]
    for mesh in document["meshes"]:
        (primitive,) = mesh["primitives"]
        mappings = primitive["extensions"]["KHR_materials_variants"]["mappings"]
        assert sorted(place for each in mappings for place in each["variants"]) == [0, 1, 2]
        by_variant = {place: each["material"] for each in mappings for place in each["variants"]}
        assert by_variant[0] == primitive["material"]
        assert len(set(by_variant.values())) == 3


def test_a_file_without_finishes_uses_no_extension():
    document, _ = chunks(glb(scene_of(shelf(materials=[{"key": "board", "label": "Board"}]))))
    assert "extensionsUsed" not in document
    assert "extensions" not in document


def test_every_view_lies_in_the_file_and_bounds_are_those_of_the_numbers_kept():
    document, binary = chunks(glb(scene_of(shelf(shapes=[*SHELF["shapes"], KNOB]))))
    assert document["buffers"] == [{"byteLength": len(binary)}]
    for accessor in document["accessors"]:
        view = document["bufferViews"][accessor["bufferView"]]
        content = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        assert view["byteOffset"] % 4 == 0
        numbers = np.frombuffer(
            content, {5126: np.float32, 5123: np.uint16}[accessor["componentType"]]
        )
        assert len(numbers) == accessor["count"] * {"VEC3": 3, "SCALAR": 1}[accessor["type"]]
        if "min" in accessor:
            rows = numbers.reshape(-1, 3)
            assert (np.float32(accessor["min"]) == rows.min(axis=0)).all()
            assert (np.float32(accessor["max"]) == rows.max(axis=0)).all()


def test_equal_scenes_give_equal_bytes():
    assert glb(scene_of()) == glb(scene_of())
    assert glb(scene_of()) != glb(scene_of(wood="ash"))


def test_other_formats_are_read_in_millimetres():
    triangles = "facet normal 0 0 0\nouter loop\n{}\nendloop\nendfacet\n"
    corners = [(0, 0, 0), (0, 9, 0), (9, 0, 0), (0, 0, 9)]
    faces = [(0, 1, 2), (0, 3, 1), (0, 2, 3), (1, 3, 2)]
    loops = [
        "\n".join("vertex {} {} {}".format(*corners[place]) for place in face) for face in faces
    ]
    stl = f"solid a\n{''.join(triangles.format(loop) for loop in loops)}endsolid a\n"
    seen = inspection(stl.encode(), "stl")
    assert (seen.lower, seen.upper) == ((0, 0, 0), (9, 9, 9))
    assert [(solid.closed, solid.volume) for solid in seen.solids.values()] == [
        (True, pytest.approx(9**3 / 6))
    ]
    open_stl = f"solid a\n{''.join(triangles.format(loop) for loop in loops[:3])}endsolid a\n"
    assert [solid.sound for solid in inspection(open_stl.encode(), "stl").solids.values()] == [
        False
    ]


@pytest.mark.parametrize(
    ("content", "file_type"),
    [
        (b"", "glb"),
        (b"glTF\2\0\0\0", "glb"),
        (b"no mesh", "stl"),
        (b"solid", "step"),
        (b"\0" * 200, "ply"),
    ],
)
def test_what_holds_no_mesh_is_refused_in_a_sentence(content, file_type):
    with pytest.raises(MeshRefused, match=r"\.$"):
        inspection(content, file_type)


def test_a_file_that_was_cut_off_is_refused():
    with pytest.raises(MeshRefused):
        inspection(glb(scene_of())[:-2000], "glb")
