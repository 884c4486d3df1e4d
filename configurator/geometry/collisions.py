"""Boxes that stand in one another, deeper than a joint explains."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from configurator.geometry.scene import Part, Scene

DEEP = 12.0
"""So many millimetres, which are more than a groove or a tenon takes of a board."""
MOST_SHARE = 0.5
"""So much of the smaller one within the other: one stands in the place of the other."""


@dataclass(frozen=True, slots=True)
class Collision:
    """Two parts of which one stands in the other: `depth` is the least way out in millimetres."""

    part: Part
    other: Part
    depth: float


def collisions(scene: Scene) -> Iterator[Collision]:
    """Return the pairs of boxes that overlap by DEEP along every axis, or by more than MOST_SHARE of
    the smaller one's volume; what is no box, and what has a thickness below a thousandth of a
    millimetre in common, is left out.

    Takes a comparison of all pairs: 2,000 boxes are two million of them.
    """
    boxes = [part for part in scene.parts if part.solid.form == "box"]
    if len(boxes) < 2:
        return
    lower = np.array([part.corner for part in boxes])
    upper = np.array([part.upper for part in boxes])
    sizes = np.prod(upper - lower, axis=1)
    for place in range(len(boxes) - 1):
        others = slice(place + 1, None)
        common = np.minimum(upper[others], upper[place]) - np.maximum(lower[others], lower[place])
        depth = common.min(axis=1)
        share = np.prod(common, axis=1) / np.minimum(sizes[others], sizes[place])
        for found in np.flatnonzero((depth > 1e-3) & ((depth > DEEP) | (share > MOST_SHARE))):
            yield Collision(boxes[place], boxes[place + 1 + int(found)], float(depth[found]))
