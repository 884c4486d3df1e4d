"""Boards of the demo are drilled and grooved so that they can be put together."""

import pytest

from catalog.product_model import Choice
from configurator.geometry.cuts import FACES, Cut
from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.production import production
from configurator.geometry.scene import Part
from configurator.production.bom import bom
from tests.configurator_site.test_demo_shapes import product, random_configurations, scenes

PRODUCTS = ("wardrobe.yaml", "base_cabinet.yaml")
every_product = pytest.mark.parametrize("name", PRODUCTS)
BUILT = 15


def mouths(part: Part, cut: Cut) -> set[tuple[float, ...]]:
    """Where the holes of a cut are open, in the room: their centres on the face."""
    face, (wide, high) = FACES[cut.face], cut.size
    found = set()
    for left, low in cut.corners():
        along = [0.0, 0.0, 0.0]
        along[face.along], along[face.up] = left + wide / 2, low + high / 2
        along[face.deep] = part.lengths[face.deep] if face.is_upper else 0.0
        by_axis = dict(zip(part.axes, along, strict=True))
        place = (start + by_axis[axis] for start, axis in zip(part.corner, "xyz", strict=True))
        found.add(tuple(round(each, 3) for each in place))
    return found


def opened(scene, keys: tuple[str, ...], depth: float) -> set[tuple[float, ...]]:
    return {
        place
        for part in scene.parts
        for cut in part.operations
        if cut.key in keys and cut.depth == depth
        for place in mouths(part, cut)
    }


@every_product
def test_what_leaves_the_workshop_is_closed_and_as_large_as_before(name):
    for scene in scenes(name)[:BUILT]:
        made = production(scene)
        seen = inspection(glb(made), "glb")
        assert made.bounds == scene.bounds
        assert made.volume < scene.volume
        assert all(solid.sound for solid in seen.solids.values())
        for part in (part for part in made.parts if part.operations):
            assert seen.solids[part.name].volume == pytest.approx(part.volume * 1e9, rel=1e-4)


@every_product
def test_operations_take_the_pieces_that_the_parts_list_tells(name):
    kinds: dict[str, set[int]] = {}
    values: dict[str, Choice]
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        listed: dict[str, int] = {}
        for item in bom(product(name).bom, values):
            listed[item.part] = listed.get(item.part, 0) + int(item.quantity)
        assert {sku: listed[sku] for sku in scene.hardware} == scene.hardware
        for sku, count in scene.hardware.items():
            kinds.setdefault(sku, set()).add(count)
    assert all(len(counts) > 1 for counts in kinds.values())


def test_every_dowel_of_the_wardrobe_has_a_hole_in_the_board_that_it_meets():
    keys = ("dowels", "top_dowels", "bottom_dowels")
    for scene in scenes("wardrobe.yaml"):
        ends, faces = opened(scene, keys, 25), opened(scene, keys, 13)
        assert ends == faces
        assert len(ends) == scene.hardware["DW-8"]


def test_every_screw_and_cam_of_the_cabinet_goes_from_a_side_into_an_end():
    keys = {"CF-750": ("top_screws", "bottom_screws"), "CM-15": ("top_cams", "bottom_cams")}
    for values, scene in zip(
        random_configurations("base_cabinet.yaml"), scenes("base_cabinet.yaml"), strict=True
    ):
        finished = {"neither": 0, "both": 2}.get(values["finished_sides"], 1)
        found = {sku: scene.hardware.get(sku, 0) for sku in keys}
        assert found == {"CF-750": 4 * (2 - finished), "CM-15": 4 * finished}
        for part in scene.parts:
            # A screw goes through the side, which nobody sees, and a cam only into it.
            depths = {cut.depth for cut in part.operations if cut.key in sum(keys.values(), ())}
            if part.shape == "side":
                assert depths == {None}
            elif part.shape == "finished_side":
                assert depths == {11}
        ends = opened(scene, keys["CM-15"], 34)
        assert ends == opened(scene, keys["CM-15"], 11)
        assert len(ends) == found["CM-15"]


def test_hinges_of_the_cabinet_are_on_the_side_that_its_handle_is_not():
    for scene in scenes("base_cabinet.yaml"):
        for part in scene.parts:
            if part.shape == "knob":
                door = next(each for each in scene.parts if each.name == f"door.{part.name[-1]}")
                (cut,) = door.operations
                middle = door.corner[0] + door.lengths[1] / 2
                handle_is_right = part.corner[0] > middle
                assert (cut.y < door.lengths[1] / 2) == handle_is_right
