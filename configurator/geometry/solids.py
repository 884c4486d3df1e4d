"""Solids by their numbers alone: boxes, profiles and turned parts, their measures and their meshes.

Every solid lies with the lower corner of its bounding box at the origin; x points right, y back, z
up, in millimetres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import hypot, pi
from typing import Literal

import numpy as np

from catalog.product_model import ORIENTATIONS, Orientation
from configurator.geometry.cuts import Cut
from configurator.geometry.outlines import (
    CLOSE,
    Outline,
    OutlineRefused,
    Point,
    area,
    centroid,
    perimeter,
    plain_outline,
    triangles,
)

type Vector = tuple[float, float, float]
type Floats = np.ndarray[tuple[int, int], np.dtype[np.float64]]
type Indices = np.ndarray[tuple[int, int], np.dtype[np.int64]]

# How many flat faces stand for a round one; a multiple of four, so that the bounding box is exact.
FACETS = 48
_ANGLES = 2 * pi * np.arange(FACETS) / FACETS
# Opposite points of the circle are the same numbers, so that the bounding box is exact.
_CIRCLE = np.round(np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)]), 15)


@dataclass(frozen=True, slots=True)
class Solid:
    """A solid; equal ones are equal values, wherever they stand.

    `size` is that of the bounding box along x, y and z. `axes` are those of length, width and
    thickness ("xyz"). `outline` holds points across width and thickness, or of radius and height
    along the length. `cuts` are taken out of a box; what is measured and drawn here is without
    them.
    """

    form: Literal["box", "profile", "turned", "model", "letters"]
    size: Vector
    axes: str = "xyz"
    outline: Outline = ()
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported(Solid):
    """A 3D model with the content `digest`, put into the bounding box `size`.

    In its file it has the lower corner `low` and the size `own`, and `meshes` meshes of `triangles`
    triangles. Its right, back and up point along `axes`, as length, width and thickness do; then it
    is turned by `quarters` about z, against the clock from above.
    """

    digest: str = ""
    low: Vector = (0.0, 0.0, 0.0)
    own: Vector = (0.0, 0.0, 0.0)
    quarters: int = 0
    meshes: int = 0
    triangles: int = 0


@dataclass(frozen=True, slots=True)
class Lettered(Solid):
    """Letters drawn out by a thickness: `rings` are points along length and width, those around ink
    counter-clockwise, those around holes clockwise.
    """

    rings: tuple[Outline, ...] = ()


@dataclass(frozen=True, slots=True)
class Measures:
    """Volume in cubic and surface in square millimetres, and the centre of the volume from the
    lower corner.
    """

    volume: float
    surface: float
    centre: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A closed surface of triangles: positions and outward normals (n, 3), and corners (m, 3)
    counter-clockwise.

    A vertex is kept once for each direction it is seen from, so that edges stay sharp.
    """

    positions: Floats
    normals: Floats
    corners: Indices


def box(length: float, width: float, thickness: float, orientation: Orientation = "flat") -> Solid:
    """Return a box whose length, width and thickness point where `orientation` says."""
    return Solid("box", _placed((length, width, thickness), ORIENTATIONS[orientation]))


def profile(outline: Sequence[Point], length: float, orientation: Orientation = "flat") -> Solid:
    """Return `outline`, points across width and thickness, drawn out; refuses with OutlineRefused
    as it does.
    """
    axes = ORIENTATIONS[orientation]
    plain = plain_outline(tuple(outline))
    left, low = (min(point[axis] for point in plain) for axis in (0, 1))
    moved = tuple((across - left, up - low) for across, up in plain)
    wide, high = (max(point[axis] for point in moved) for axis in (0, 1))
    return Solid("profile", _placed((length, wide, high), axes), axes, moved)


def turned(outline: Sequence[Point], orientation: Orientation = "flat") -> Solid:
    """Return `outline`, points of radius and height, turned about the axis that its heights run
    along.

    Its ends are closed. Refuses with OutlineRefused a radius below zero, and what crosses itself or
    the axis.
    """
    if any(radius < 0 for radius, _ in outline):
        raise OutlineRefused("a radius is below zero")
    first, last = outline[0][1], outline[-1][1]
    if abs(first - last) <= CLOSE:
        raise OutlineRefused("it ends at the height where it begins")
    rising = list(outline) if first < last else list(reversed(outline))
    # Closed along the axis it has to be an outline as any other.
    plain_outline(((0.0, rising[0][1]), *rising, (0.0, rising[-1][1])))
    low = min(height for _, height in rising)
    moved = tuple((radius, height - low) for radius, height in rising)
    wide, high = 2 * max(radius for radius, _ in moved), max(height for _, height in moved)
    axes = ORIENTATIONS[orientation]
    return Solid("turned", _placed((high, wide, wide), axes), axes, moved)


def lettered(
    rings: Sequence[Outline], thickness: float, orientation: Orientation = "flat"
) -> Lettered:
    """Return `rings` drawn out, with the lower corner of their box where they have it: at 0, 0."""
    axes = ORIENTATIONS[orientation]
    wide, high = (max(point[axis] for ring in rings for point in ring) for axis in (0, 1))
    return Lettered("letters", _placed((wide, high, thickness), axes), axes, rings=tuple(rings))


def measures(solid: Solid) -> Measures:
    """Return what `solid` measures, of round faces as if they were round."""
    # Letters are thousands of points, and hardly anybody writes the same: they are not kept.
    return _of_letters(solid) if isinstance(solid, Lettered) else _measures(solid)


def _of_letters(solid: Lettered) -> Measures:
    thickness = solid.size["xyz".index(solid.axes[2])]
    face = across = up = around = 0.0
    for ring in solid.rings:
        own, (x, y) = area(ring), centroid(ring)
        face, across, up = face + own, across + own * x, up + own * y
        around += perimeter(ring)
    centre = _placed((across / face, up / face, thickness / 2), solid.axes)
    return Measures(face * thickness, 2 * face + around * thickness, centre)


@lru_cache(maxsize=1_000)
def _measures(solid: Solid) -> Measures:
    if solid.form == "box":
        x, y, z = solid.size
        return Measures(x * y * z, 2 * (x * y + y * z + z * x), (x / 2, y / 2, z / 2))
    length, width, thickness = (solid.size["xyz".index(axis)] for axis in solid.axes)
    if solid.form == "profile":
        face, (across, up) = area(solid.outline), centroid(solid.outline)
        surface = 2 * face + perimeter(solid.outline) * length
        return Measures(face * length, surface, _placed((length / 2, across, up), solid.axes))
    volume = moment = surface = 0.0
    for (one, low), (other, high) in pairwise(solid.outline):
        rise, grow = high - low, other - one
        disc = pi * rise * (one * one + one * grow + grow * grow / 3)
        volume += disc
        moment += low * disc + pi * rise * rise * (
            one * one / 2 + 2 * one * grow / 3 + grow * grow / 4
        )
        surface += pi * (one + other) * hypot(rise, grow)
    surface += pi * (solid.outline[0][0] ** 2 + solid.outline[-1][0] ** 2)
    return Measures(
        volume, surface, _placed((moment / volume, width / 2, thickness / 2), solid.axes)
    )


def triangle_count(solid: Solid) -> int:
    """Return how many triangles the mesh of `solid` has at most, without making it."""
    if isinstance(solid, Imported):
        return solid.triangles
    if isinstance(solid, Lettered):
        return sum(4 * len(ring) + 4 for ring in solid.rings)
    points = len(solid.outline)
    return {"box": 12, "profile": 4 * points - 4, "turned": 2 * FACETS * (points + 1)}[solid.form]


def mesh(solid: Solid) -> Mesh:
    """Return the surface of `solid`; round faces become FACETS flat ones, shaded as if they were
    round.
    """
    if solid.form == "box":
        return _box_mesh(solid.size)
    if isinstance(solid, Lettered):
        made = _letters_mesh(solid)
    else:
        made = _profile_mesh(solid) if solid.form == "profile" else _turned_mesh(solid)
    order = ["xyz".index(axis) for axis in solid.axes]
    positions, normals = np.empty_like(made.positions), np.empty_like(made.normals)
    positions[:, order], normals[:, order] = made.positions, made.normals
    corners = made.corners[:, ::-1] if is_mirrored(solid.axes) else made.corners
    return Mesh(positions, normals, corners)


def is_mirrored(axes: str) -> bool:
    """Tell whether an order of the axes mirrors, so that corners go round the other way."""
    return axes in ("yxz", "zyx", "xzy")


def _placed(along: Vector, axes: str) -> Vector:
    """Return numbers of length, width and thickness as those of x, y and z."""
    by_axis = dict(zip(axes, along, strict=True))
    return by_axis["x"], by_axis["y"], by_axis["z"]


def _unit_box() -> Mesh:
    positions: list[list[float]] = []
    normals: list[list[float]] = []
    corners: list[list[int]] = []
    for axis in range(3):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        for side in (0, 1):
            first = len(positions)
            for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
                point = [0.0, 0.0, 0.0]
                point[axis], point[one], point[other] = side, a, b
                positions.append(point)
                normals.append([(2.0 * side - 1) * (each == axis) for each in range(3)])
            face = ((0, 1, 2), (0, 2, 3)) if side else ((0, 2, 1), (0, 3, 2))
            corners += [[first + corner for corner in triangle] for triangle in face]
    return Mesh(np.array(positions), np.array(normals), np.array(corners))


_UNIT_BOX = _unit_box()


def _box_mesh(size: Vector) -> Mesh:
    return Mesh(_UNIT_BOX.positions * size, _UNIT_BOX.normals, _UNIT_BOX.corners)


def _profile_mesh(solid: Solid) -> Mesh:
    """Return the mesh with x along the length, y and z along the outline."""
    length = solid.size["xyz".index(solid.axes[0])]
    outline = np.array(solid.outline)
    count = len(outline)
    positions: list[Floats] = []
    normals: list[Floats] = []
    corners: list[Indices] = []
    cap = np.array(triangles(solid.outline))
    for place, direction in ((0.0, -1.0), (length, 1.0)):
        corners.append((cap if direction > 0 else cap[:, ::-1]) + len(positions) * count)
        positions.append(np.column_stack([np.full(count, place), outline]))
        normals.append(np.tile([direction, 0.0, 0.0], (count, 1)))
    after = np.roll(outline, -1, axis=0)
    along = after - outline
    outward = np.column_stack([np.zeros(count), along[:, 1], -along[:, 0]])
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    walls = np.empty((count, 4, 3))
    walls[:, :2, 0], walls[:, 2:, 0] = 0.0, length
    walls[:, 0, 1:] = walls[:, 3, 1:] = outline
    walls[:, 1, 1:] = walls[:, 2, 1:] = after
    first = 2 * count + 4 * np.arange(count)[:, None, None]
    corners.append((first + np.array([[0, 1, 2], [0, 2, 3]])[None]).reshape(-1, 3))
    positions.append(walls.reshape(-1, 3))
    normals.append(np.repeat(outward, 4, axis=0))
    return Mesh(np.vstack(positions), np.vstack(normals), np.vstack(corners))


def _letters_mesh(solid: Lettered) -> Mesh:
    """Return the mesh with x and y along the rings, z along the thickness."""
    from manifold3d import triangulate

    thickness = solid.size["xyz".index(solid.axes[2])]
    rings = [np.array(ring) for ring in solid.rings]
    flat = np.vstack(rings)
    cap = np.asarray(triangulate([ring.tolist() for ring in rings]), np.int64)
    count = len(flat)
    positions = [np.column_stack([flat, np.full(count, place)]) for place in (0.0, thickness)]
    normals = [np.tile([0.0, 0.0, direction], (count, 1)) for direction in (-1.0, 1.0)]
    corners = [cap[:, ::-1], cap + count]
    first = 2 * count
    for ring in rings:
        after = np.roll(ring, -1, axis=0)
        along = after - ring
        outward = np.column_stack([along[:, 1], -along[:, 0], np.zeros(len(ring))])
        outward /= np.linalg.norm(outward, axis=1)[:, None]
        walls = np.empty((len(ring), 4, 3))
        walls[:, 0, :2] = walls[:, 3, :2] = ring
        walls[:, 1, :2] = walls[:, 2, :2] = after
        walls[:, :2, 2], walls[:, 2:, 2] = 0.0, thickness
        starts = first + 4 * np.arange(len(ring))[:, None, None]
        corners.append((starts + np.array([[0, 1, 2], [0, 2, 3]])[None]).reshape(-1, 3))
        positions.append(walls.reshape(-1, 3))
        normals.append(np.repeat(outward, 4, axis=0))
        first += 4 * len(ring)
    return Mesh(np.vstack(positions), np.vstack(normals), np.vstack(corners))


def _turned_mesh(solid: Solid) -> Mesh:
    """Return the mesh with x along the axis, which stands in the middle of y and z."""
    ends = [(0.0, solid.outline[0][1]), *solid.outline, (0.0, solid.outline[-1][1])]
    bands = [
        (one, low, other, high)
        for (one, low), (other, high) in pairwise(ends)
        if (one or other) and hypot(high - low, other - one) > CLOSE
    ]
    below, low, above, high = np.array(bands).T
    slope = np.hypot(high - low, above - below)
    # Each band has two rings of points, and the normals of its slope.
    radii, heights = np.column_stack([below, above]), np.column_stack([low, high])
    positions = np.empty((len(bands), 2, FACETS, 3))
    positions[..., 0] = heights[..., None]
    positions[..., 1:] = (
        max(radius for radius, _ in solid.outline) + radii[..., None, None] * _CIRCLE
    )
    normals = np.empty_like(positions)
    normals[..., 0] = ((below - above) / slope)[:, None, None]
    normals[..., 1:] = ((high - low) / slope)[:, None, None, None] * _CIRCLE
    here = np.arange(FACETS)
    after = np.roll(here, -1)
    # At the axis all points of a ring are one, and one of the two triangles is none.
    first = np.where((below > 0)[:, None, None], np.column_stack([here, after, FACETS + after]), 0)
    other = np.where(
        (above > 0)[:, None, None], np.column_stack([here, FACETS + after, FACETS + here]), 0
    )
    first[above == 0] = np.column_stack([here, after, FACETS + here])
    corners = np.concatenate([first, other], axis=1)[
        np.repeat(np.column_stack([below > 0, above > 0]), FACETS, axis=1)
    ]
    bases = np.repeat(
        2 * FACETS * np.arange(len(bands)), FACETS * ((below > 0).astype(int) + (above > 0))
    )
    return Mesh(positions.reshape(-1, 3), normals.reshape(-1, 3), corners + bases[:, None])
