"""Closed outlines in a plane: made plain, measured, and cut into triangles. Points are pairs of
millimetres.
"""

from collections.abc import Sequence, Set
from functools import lru_cache
from math import hypot

import numpy as np

from catalog.errors import Refusal

type Point = tuple[float, float]
type Outline = tuple[Point, ...]

# Below this, two points are one, and three lie on a line: far less than any saw tells apart.
CLOSE = 1e-6


class OutlineRefused(Refusal):
    """Points that bound no area, or whose line crosses itself."""

    slug = "outline-refused"
    title = "The outline is none"


@lru_cache(maxsize=500)
def plain_outline(points: Outline) -> Outline:
    """Return the outline through `points`, counter-clockwise, without points that repeat or lie on
    a line.

    Refuses with OutlineRefused what bounds no area or crosses itself.
    """
    kept = [
        point for place, point in enumerate(points) if _distance(point, points[place - 1]) > CLOSE
    ]
    place = 0
    while len(kept) >= 3 and place < len(kept):
        before, here, after = kept[place - 1], kept[place], kept[(place + 1) % len(kept)]
        if abs(_turn(before, here, after)) <= CLOSE * max(_distance(before, after), CLOSE):
            del kept[place]
            place = max(place - 1, 0)
        else:
            place += 1
    if len(kept) < 3 or abs(area(kept)) <= CLOSE:
        raise OutlineRefused("the points bound no area")
    if _crosses_itself(kept):
        raise OutlineRefused("its line crosses itself")
    return tuple(kept) if area(kept) > 0 else tuple(reversed(kept))


def area(points: Sequence[Point]) -> float:
    """Return the area in square millimetres; above zero where the points go counter-clockwise."""
    return sum(_cross(points[place - 1], point) for place, point in enumerate(points)) / 2


def perimeter(points: Sequence[Point]) -> float:
    """Return how long the closed line is."""
    return sum(_distance(points[place - 1], point) for place, point in enumerate(points))


def centroid(points: Sequence[Point]) -> Point:
    """Return the centre of the area."""
    across = up = 0.0
    for place, (x, y) in enumerate(points):
        before = points[place - 1]
        part = _cross(before, (x, y))
        across += (before[0] + x) * part
        up += (before[1] + y) * part
    whole = 6 * area(points)
    return across / whole, up / whole


def triangles(outline: Outline) -> list[tuple[int, int, int]]:
    """Return the outline as triangles of its own points, counter-clockwise, so that walls along it
    leave no gap.

    Cuts off ears one by one. Source: Meisters, "Polygons have ears", American Mathematical Monthly
    82, 1975.
    """
    left = list(range(len(outline)))
    # Only where the line turns right can a point lie within an ear.
    inward = {
        place
        for place in left
        if _turn(outline[place - 1], outline[place], outline[(place + 1) % len(outline)]) <= 0
    }
    found: list[tuple[int, int, int]] = []
    while len(left) > 3:
        place = next(
            (place for place in range(len(left)) if _is_ear(outline, left, place, inward)), None
        )
        if place is None:
            raise OutlineRefused("its line touches itself")
        found.append((left[place - 1], left[place], left[(place + 1) % len(left)]))
        del left[place]
    return [*found, (left[0], left[1], left[2])]


def _is_ear(outline: Outline, left: Sequence[int], place: int, inward: Set[int]) -> bool:
    corners = left[place - 1], left[place], left[(place + 1) % len(left)]
    a, b, c = (outline[corner] for corner in corners)
    if _turn(a, b, c) <= 0:
        return False
    return not any(
        _is_inside(outline[each], a, b, c)
        for each in left
        if each in inward and each not in corners
    )


def _is_inside(point: Point, a: Point, b: Point, c: Point) -> bool:
    return _turn(a, b, point) >= 0 and _turn(b, c, point) >= 0 and _turn(c, a, point) >= 0


def _crosses_itself(points: Sequence[Point]) -> bool:
    """Tell whether two edges have a point in common that is no corner of both."""
    corners = np.array(points)
    count = len(corners)
    begins, ends = corners, np.roll(corners, -1, axis=0)
    along, away = ends - begins, corners[None] - begins[:, None]
    # On which side of each edge (rows) each corner lies.
    side = along[:, None, 0] * away[..., 1] - along[:, None, 1] * away[..., 0]
    parted = side * np.roll(side, -1, axis=1) < 0
    low, high = np.minimum(begins, ends)[:, None], np.maximum(begins, ends)[:, None]
    touched = (side == 0) & ((low <= corners) & (corners <= high)).all(axis=2)
    here = np.arange(count)
    touched[here, here] = touched[here, (here + 1) % count] = False
    return bool((parted & parted.T).any() or touched.any())


def _turn(a: Point, b: Point, c: Point) -> float:
    """Return twice the area of a triangle, above zero where it turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point) -> float:
    return a[0] * b[1] - a[1] * b[0]


def _distance(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])
