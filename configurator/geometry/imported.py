"""3D models within scenes: how they are turned and scaled into their place, and what they wear.

Nothing of a file is read here but its facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from catalog.glb_facts import GlbFacts
from catalog.product_model import ORIENTATIONS, Orientation
from configurator.geometry.numbers import size_of
from configurator.geometry.solids import Floats, Imported, Vector

# A quarter turn about z: what points to the right points to the back.
_QUARTER = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
FLAT = 0.001
"""In millimetres: what is thinner has no thickness that could be scaled."""


@dataclass(frozen=True, slots=True)
class Worn:
    """What a model wears: the `variant` of its file, None for what the file shows first, and which
    materials of the product some materials of its file look as, by their names. It `is_mixed` where
    something in it follows both.
    """

    variant: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    is_mixed: bool = False

    @property
    def key(self) -> tuple[str | None, tuple[tuple[str, str], ...]]:
        """What tells it from others."""
        return self.variant, tuple(self.slots.items())


def imported(
    facts: GlbFacts,
    digest: str,
    lengths: Mapping[str, float],
    orientation: Orientation,
    quarters: int = 0,
) -> Imported:
    """Return a model in its size: its own without `lengths`, scaled as a whole with one of length,
    width and thickness, along each with all three.

    Refuses with NumberRefused, as `size_of` does, a side that is no size, or is scaled and flat.
    """
    names = ("length", "width", "thickness")
    own = facts.size
    given = [place for place, name in enumerate(names) if name in lengths]
    scales = [1.0, 1.0, 1.0]
    for place in given:
        size_of(own[place] if own[place] < FLAT else lengths[names[place]])
        scales[place] = lengths[names[place]] / own[place]
    if len(given) == 1:
        scales = [scales[given[0]]] * 3
    sides = [side * scale for side, scale in zip(own, scales, strict=True)]
    for side in sides:
        if side >= FLAT:
            size_of(side)
    axes = ORIENTATIONS[orientation]
    if quarters % 2:
        axes = axes.translate(str.maketrans("xy", "yx"))
    by_axis = dict(zip(axes, sides, strict=True))
    size = tuple(round(by_axis[axis], 7) for axis in "xyz")
    return Imported(
        "model",
        (size[0], size[1], size[2]),
        axes,
        digest=digest,
        low=facts.lower,
        own=own,
        quarters=quarters % 4,
        meshes=facts.meshes,
        triangles=facts.triangles,
    )


def placing(solid: Imported) -> tuple[Floats, Vector]:
    """Return the matrix (3, 3) that turns and scales a model, and where its own origin comes to lie
    then, the lower corner of its bounding box being at the origin.

    No model is mirrored: where the order of the axes does that, it is turned about one more.
    """
    # `axes` are those after it was turned.
    before = solid.axes.translate(str.maketrans("xy", "yx")) if solid.quarters % 2 else solid.axes
    turned = np.zeros((3, 3))
    for own, axis in enumerate(before):
        turned["xyz".index(axis), own] = 1.0
    if np.linalg.det(turned) < 0:
        turned[:, 1 if before[2] == "z" else 2] *= -1
    turned = np.round(np.linalg.matrix_power(_QUARTER, solid.quarters) @ turned) + 0.0
    scales = [
        solid.size["xyz".index(axis)] / side if side >= FLAT else 0.0
        for axis, side in zip(solid.axes, solid.own, strict=True)
    ]
    # A flat model is scaled across as it is along.
    scales = [scale or max(scales) for scale in scales]
    matrix = turned * np.array(scales)
    low = np.array(solid.low)
    corners = np.array([matrix @ low, matrix @ (low + np.array(solid.own))])
    x, y, z = (float(each) for each in -corners.min(axis=0))
    return matrix, (x, y, z)
