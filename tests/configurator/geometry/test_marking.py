"""Shapes that can be told from each other in a file, and one that stands out."""

import pytest

from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.marking import MARK, told_apart
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.viewing import viewing
from tests.configurator.geometry.shelves import shelf

TWINS = {"key": "twin", "label": "Twin", "length": 300, "width": 300, "thickness": 20}


@pytest.fixture
def scene():
    both = [{**TWINS, "key": key, "y": y} for key, y in (("front", 0), ("behind", 400))]
    values = {"width": 900, "boards": 2, "wood": "oak"}
    return resolve(compile_shapes(shelf(shapes=both)), values)


def test_equal_solids_of_two_shapes_are_two_meshes_that_lie_where_they_lay(scene):
    apart = told_apart(scene)
    assert (viewing(scene, {}).meshes, viewing(apart, {}).meshes) == (
        ("front",),
        ("front", "behind"),
    )
    seen, before = inspection(glb(apart), "glb"), inspection(glb(scene), "glb")
    assert (seen.lower, seen.upper) == (before.lower, before.upper)


def test_the_shape_that_is_marked_stands_out_and_nothing_stands_before_it(scene):
    marked = told_apart(scene, "behind")
    assert [part.shape for part in marked.parts] == ["behind"]
    assert told_apart(scene, "front").materials[0].look == MARK
    assert len(told_apart(scene, "front").parts) == 2
