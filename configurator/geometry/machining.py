"""Boards with what is taken out of them: their meshes and measures, exact in volume and weight.

The library is manifold3d. It is imported when it is first needed: what is only looked at never
waits for it. Lengths are millimetres, as it wants them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import pi, sin, sqrt
from typing import Any

import numpy as np

from catalog.memory import MEGABYTE, Remembered
from configurator.geometry.cuts import CLOSE, FACES, Cut
from configurator.geometry.refusals import SceneRefused
from configurator.geometry.solids import (
    Floats,
    Indices,
    Measures,
    Mesh,
    Solid,
    Vector,
    is_mirrored,
    mesh,
)

# How many flat faces stand for the wall of a hole, by its largest diameter.
_FACETS = ((10.0, 16), (30.0, 24), (float("inf"), 48))
# How far a tool begins outside the board, so that no two faces lie in one plane.
_OUTSIDE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Machined:
    """A board with its cuts: its surface in few bytes, and what it measures."""

    positions: Any
    normals: Any
    corners: Any
    measures: Measures

    @property
    def bytes(self) -> int:
        return int(self.positions.nbytes + self.normals.nbytes + self.corners.nbytes)


# Only between measuring and writing: files keep what they hold of a board themselves.
_made: Remembered[Solid, Machined] = Remembered(2 * MEGABYTE, lambda _, made: made.bytes)


def cut_solid(solid: Solid, axes: str, cuts: Sequence[Cut]) -> Solid:
    """Return a board with `cuts`, its length, width and thickness lying along `axes`.

    What cuts are called is left out, so that equal boards are equal values.
    """
    plain = tuple(replace(cut, key="", sku="") for cut in cuts)
    return replace(solid, axes=axes, cuts=plain)


def surface(solid: Solid) -> Mesh:
    """Return the surface of any solid, with what is taken out of it; refuses as `machined` does."""
    if not solid.cuts:
        return mesh(solid)
    made = machined(solid)
    return Mesh(
        made.positions.astype(np.float64),
        made.normals.astype(np.float64),
        made.corners.astype(np.int64),
    )


@lru_cache(maxsize=1_000)
def machined_measures(solid: Solid) -> Measures:
    """Return what a board with its cuts measures; refuses as `machined` does."""
    return machined(solid).measures


def machined(solid: Solid) -> Machined:
    """Return a board with its cuts; equal ones are made once.

    A hole has the area of its circle, so that volumes are exact. Refuses with SceneRefused where
    nothing is left.
    """
    return _made.get_or_make(solid, lambda: _machined(solid))


def _machined(solid: Solid) -> Machined:
    import manifold3d

    lengths = [solid.size["xyz".index(axis)] for axis in solid.axes]
    board = manifold3d.Manifold.cube(lengths)
    tools = [tool for cut in solid.cuts for tool in _tools(cut, lengths)]
    left = manifold3d.Manifold.batch_boolean([board, *tools], manifold3d.OpType.Subtract)
    if left.status() != manifold3d.Error.NoError or left.is_empty() or left.volume() <= 0:
        raise SceneRefused("The operations leave nothing of a board; make them smaller.")
    content = left.to_mesh64()
    points = np.asarray(content.vert_properties, dtype=np.float64)[:, :3]
    corners = np.asarray(content.tri_verts, dtype=np.int64)
    order = ["xyz".index(axis) for axis in solid.axes]
    placed = np.empty_like(points)
    # The board's own bounds stay what they are, whatever was rounded on the way.
    placed[:, order] = np.clip(points, 0.0, lengths)
    if is_mirrored(solid.axes):
        corners = corners[:, ::-1]
    made = _faceted(placed, corners)
    return Machined(
        made.positions.astype(np.float32),
        made.normals.astype(np.float32),
        made.corners.astype(np.int32),
        _measures(placed, corners),
    )


def _tools(cut: Cut, lengths: Sequence[float]) -> Iterator[Any]:
    """Return what each of the cuts takes away, in the board's length, width and thickness."""
    face = FACES[cut.face]
    deep = lengths[face.deep]
    depth = deep if cut.depth is None or cut.depth > deep - CLOSE else cut.depth
    is_through = depth == deep
    size, place = [0.0] * 3, [0.0] * 3
    size[face.deep] = depth + _OUTSIDE * (2 if is_through else 1)
    place[face.deep] = deep - depth if face.is_upper and not is_through else -_OUTSIDE
    for left, low in cut.corners():
        place[face.along], place[face.up] = left, low
        size[face.along], size[face.up] = cut.size
        if cut.diameter is not None:
            yield _drill(cut.diameter, size[face.deep], face.deep).translate(place)
        else:
            yield _cutter(size, place, lengths, (face.along, face.up))


def _cutter(
    size: Sequence[float], place: Sequence[float], lengths: Sequence[float], sides: tuple[int, int]
) -> Any:
    """Return a cuboid that begins and ends outside the board where it runs out at an edge."""
    import manifold3d

    lower, upper = list(place), [at + long for at, long in zip(place, size, strict=True)]
    for axis in sides:
        if lower[axis] < CLOSE:
            lower[axis] -= _OUTSIDE
        if upper[axis] > lengths[axis] - CLOSE:
            upper[axis] += _OUTSIDE
    wide = [high - low for low, high in zip(lower, upper, strict=True)]
    return manifold3d.Manifold.cube(wide).translate(lower)


@cache
def _area_share(facets: int) -> float:
    """Return by how much a polygon is wider than the circle of the same area."""
    return sqrt(2 * pi / facets / sin(2 * pi / facets))


def _drill(diameter: float, height: float, axis: int) -> Any:
    """Return a cylinder along an axis, the lower corner of its circle's square at the origin."""
    import manifold3d

    facets = next(facets for most, facets in _FACETS if diameter <= most)
    radius = diameter / 2
    made = manifold3d.Manifold.cylinder(
        height, radius * _area_share(facets), circular_segments=facets
    )
    # Turned so that z becomes the axis: cyclic, so that nothing is mirrored.
    turned = np.roll(np.eye(3), (axis + 1) % 3, axis=0)
    middle = [0.0 if each == axis else radius for each in range(3)]
    return made.transform(np.column_stack([turned, np.zeros(3)])).translate(middle)


def _faceted(points: Floats, corners: Indices) -> Mesh:
    """Return a mesh whose vertices are kept once for each direction they are seen from."""
    a, b, c = (points[corners[:, each]] for each in range(3))
    across = np.cross(b - a, c - a)
    long = np.linalg.norm(across, axis=1)
    # A triangle without area is seen from nowhere; it keeps the surface closed.
    across[long == 0] = (0.0, 0.0, 1.0)
    long[long == 0] = 1.0
    directions = np.round(across / long[:, None], 6) + 0.0
    _, kind = np.unique(directions, axis=0, return_inverse=True)
    sides = corners * (int(kind.max()) + 1) + kind.reshape(-1, 1)
    _, first, own = np.unique(sides.reshape(-1), return_index=True, return_inverse=True)
    normals = (across / long[:, None])[first // 3]
    return Mesh(points[corners.reshape(-1)[first]], normals, own.reshape(-1, 3))


def _measures(points: Floats, corners: Indices) -> Measures:
    """Return volume, surface and centre of what a closed surface bounds."""
    a, b, c = (points[corners[:, each]] for each in range(3))
    across = np.cross(b - a, c - a)
    parts = np.einsum("ij,ij->i", a, across) / 6
    volume = float(parts.sum())
    centre = ((a + b + c) * parts[:, None]).sum(axis=0) / (4 * volume)
    surface = float(np.linalg.norm(across, axis=1).sum() / 2)
    place: Vector = (float(centre[0]), float(centre[1]), float(centre[2]))
    return Measures(volume, surface, place)
