"""What is taken out of a board: operations with numbers, held against the board that they are in.

Lengths are millimetres. A place on a face is measured from the lower corner of the board, whichever
face it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from catalog.errors import Refusal
from catalog.product_model import Face

type Kind = Literal["hole", "pocket", "groove", "cut_out"]

type Boxes = np.ndarray[tuple[int, int, int], np.dtype[np.float64]]

_AT_ONCE = 256
# Far less than any tool tells apart: what runs out at an edge may end there exactly.
CLOSE = 1e-6
_LENGTH, _WIDTH, _THICKNESS = range(3)


@dataclass(frozen=True, slots=True)
class FaceAxes:
    """Along which of length, width and thickness (0, 1, 2) a face lies and how deep it goes; the
    tool comes from their ends where it `is_upper`.
    """

    along: int
    up: int
    deep: int
    is_upper: bool


FACES: Mapping[Face, FaceAxes] = {
    "A": FaceAxes(_LENGTH, _WIDTH, _THICKNESS, True),
    "B": FaceAxes(_LENGTH, _WIDTH, _THICKNESS, False),
    "x0": FaceAxes(_WIDTH, _THICKNESS, _LENGTH, False),
    "x1": FaceAxes(_WIDTH, _THICKNESS, _LENGTH, True),
    "y0": FaceAxes(_LENGTH, _THICKNESS, _WIDTH, False),
    "y1": FaceAxes(_LENGTH, _THICKNESS, _WIDTH, True),
}


class CutRefused(Refusal):
    """A cut that its board cannot have; `data` names `operation` and `field`."""

    slug = "cut-refused"
    title = "The operation cannot be made"


@dataclass(frozen=True, slots=True)
class Cut:
    """An operation with numbers: `nx` × `ny` equal cuts, `px` and `py` apart.

    `x` and `y` are the centre of the first hole, or the lower corner of the first rectangle. One
    without `depth` goes through.
    """

    key: str
    kind: Kind
    face: Face
    x: float
    y: float
    diameter: float | None = None
    length: float | None = None
    width: float | None = None
    depth: float | None = None
    nx: int = 1
    px: float = 0.0
    ny: int = 1
    py: float = 0.0
    sku: str = ""

    @property
    def count(self) -> int:
        """How many cuts it comes to."""
        return self.nx * self.ny

    @property
    def size(self) -> tuple[float, float]:
        """How long and wide one of them is on its face."""
        if self.diameter is not None:
            return self.diameter, self.diameter
        return self.length or 0.0, self.width or 0.0

    def corners(self) -> Iterator[tuple[float, float]]:
        """Return the lower corner of each of them on its face."""
        long, wide = self.size if self.diameter is not None else (0.0, 0.0)
        left, low = self.x - long / 2, self.y - wide / 2
        for row in range(self.ny):
            for column in range(self.nx):
                yield left + column * self.px, low + row * self.py


def refuse_outside(cut: Cut, lengths: Sequence[float]) -> None:
    """Refuse with CutRefused, naming the field, a cut that reaches beyond the board of these
    `lengths`: length, width and thickness.
    """
    axes = FACES[cut.face]
    sides = ("x", axes.along, cut.size[0]), ("y", axes.up, cut.size[1])
    for name, axis, size in sides:
        first, step, often = getattr(cut, name), getattr(cut, f"p{name}"), getattr(cut, f"n{name}")
        if often > 1 and abs(step) < CLOSE:
            told = f"all {often} of them lie on each other; tell how far apart they are"
            raise _refused(cut, f"p{name}", told)
        before = size / 2 if cut.diameter is not None else 0.0
        ends = sorted((first - before, first - before + (often - 1) * step))
        low, high = ends[0], ends[1] + size
        if low < -CLOSE or high > lengths[axis] + CLOSE:
            told = f"it reaches from {low:.6g} to {high:.6g} mm"
            raise _refused(cut, name, f"{told}, and face {cut.face} ends at {lengths[axis]:.6g} mm")
    deep = lengths[axes.deep]
    if cut.depth is not None and cut.depth > deep + CLOSE:
        raise _refused(cut, "depth", f"{cut.depth:.6g} mm is deeper than the board, {deep:.6g} mm")
    is_whole = all(size >= lengths[axis] - CLOSE for _, axis, size in sides)
    if is_whole and cut.diameter is None and (cut.depth is None or cut.depth > deep - CLOSE):
        raise _refused(cut, "length", "it leaves nothing of the board")


@lru_cache(maxsize=500)
def overlaps(cuts: tuple[Cut, ...], lengths: tuple[float, ...]) -> int:
    """Return how many pairs of cuts have boxes that overlap in a board of these `lengths`: what
    they have in common is what machining takes its time for.
    """
    boxes = np.vstack([_boxes(cut, lengths) for cut in cuts])
    pairs = 0
    for begin in range(0, len(boxes), _AT_ONCE):
        some = boxes[begin : begin + _AT_ONCE, None]
        meet = (some[..., 0] < boxes[None, :, :, 1]) & (boxes[None, :, :, 0] < some[..., 1])
        pairs += int(meet.all(axis=2).sum())
    # Each was held against itself, and each pair was met from both sides.
    return (pairs - len(boxes)) // 2


def _boxes(cut: Cut, lengths: Sequence[float]) -> Boxes:
    """Return the box of each of its cuts: (cuts, axes, 2), from where to where."""
    axes, corners = FACES[cut.face], np.array(list(cut.corners()))
    deep = lengths[axes.deep]
    depth = deep if cut.depth is None else cut.depth
    found = np.empty((len(corners), 3, 2))
    for axis, column, size in ((axes.along, 0, cut.size[0]), (axes.up, 1, cut.size[1])):
        found[:, axis] = corners[:, column, None] + (0.0, size)
    found[:, axes.deep] = (deep - depth, deep) if axes.is_upper else (0.0, depth)
    return found


def _refused(cut: Cut, name: str, told: str) -> CutRefused:
    return CutRefused(told, operation=cut.key, field=name)
