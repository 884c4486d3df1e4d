from math import pi, sin

import numpy as np
import pytest
import trimesh

from catalog.product_model import ORIENTATIONS
from configurator.geometry.outlines import OutlineRefused
from configurator.geometry.solids import FACETS, box, measures, mesh, profile, turned

ANGLE = [(0, 0), (30, 0), (30, 5), (5, 5), (5, 30), (0, 30)]
KNOB = [(10, 0), (10, 5), (4, 8), (12, 20), (0, 25)]
SOLIDS = {
    "box": lambda orientation: box(700, 320, 18, orientation),
    "angle": lambda orientation: profile(ANGLE, 1200, orientation),
    "knob": lambda orientation: turned(KNOB, orientation),
    "cone from its tip": lambda orientation: turned([(0, 0), (5, 9)], orientation),
    "foot from above": lambda orientation: turned([(9, 9), (5, 0)], orientation),
}
# Of a circle, what a polygon of so many corners covers.
COVERED = FACETS * sin(2 * pi / FACETS) / (2 * pi)

every_solid = pytest.mark.parametrize("made", SOLIDS.values(), ids=SOLIDS)
every_orientation = pytest.mark.parametrize("orientation", ORIENTATIONS)


def read(solid):
    """The mesh as another reader has it, where points at one place are one."""
    made = mesh(solid)
    return trimesh.Trimesh(made.positions, made.corners)


@every_solid
@every_orientation
def test_every_solid_is_closed_and_stands_at_its_lower_corner(made, orientation):
    solid = made(orientation)
    seen = read(solid)
    assert seen.is_watertight
    assert seen.is_winding_consistent
    assert np.abs(seen.bounds - [(0, 0, 0), solid.size]).max() < 1e-9


@every_solid
@every_orientation
def test_the_measures_are_those_of_the_mesh(made, orientation):
    solid = made(orientation)
    seen, told = read(solid), measures(solid)
    share = COVERED if solid.form == "turned" else 1
    assert seen.volume == pytest.approx(share * told.volume, rel=1e-9)
    assert seen.area == pytest.approx(told.surface, rel=3e-3 if solid.form == "turned" else 1e-9)
    assert seen.center_mass == pytest.approx(told.centre)


@every_solid
@every_orientation
def test_normals_point_outwards(made, orientation):
    shape = mesh(made(orientation))
    a, b, c = (shape.positions[shape.corners[:, corner]] for corner in range(3))
    facing = np.cross(b - a, c - a)
    assert ((facing * shape.normals[shape.corners].mean(axis=1)).sum(axis=1) > 0).all()
    assert np.linalg.norm(shape.normals, axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("orientation", "size"),
    [
        ("flat", (700, 320, 18)),
        ("flat_across", (320, 700, 18)),
        ("side", (18, 320, 700)),
        ("side_across", (18, 700, 320)),
        ("front", (320, 18, 700)),
        ("front_across", (700, 18, 320)),
    ],
)
def test_a_board_stands_as_its_orientation_says(orientation, size):
    assert box(700, 320, 18, orientation).size == size


def test_a_cylinder_has_the_volume_that_everybody_knows():
    assert measures(turned([(30, 0), (30, 100)])).volume == pytest.approx(pi * 900 * 100)


def test_a_profile_is_the_same_wherever_its_points_were_measured_from():
    moved = [(across + 7, up - 3) for across, up in ANGLE]
    assert profile(moved, 100) == profile(ANGLE, 100)


@pytest.mark.parametrize(
    ("outline", "told"),
    [
        ([(-1, 0), (5, 9)], "below zero"),
        ([(5, 3), (9, 3)], "ends at the height"),
        ([(5, 0), (9, 20), (9, -5), (5, 30)], "crosses itself"),
    ],
)
def test_what_cannot_be_turned_is_refused(outline, told):
    with pytest.raises(OutlineRefused, match=told):
        turned(outline)
