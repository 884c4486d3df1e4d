"""What fittings drill into the two boards that they join, as data.

All lengths are millimetres. Makers differ by tenths; these are what most of them have in common.

Sources. System 32, rows of 5 mm holes 32 mm apart whose first row is 37 mm from the front edge, and
hinge plates with two of them: dalrun.com, "What all modular 32mm systems have in common". Cups of
35 mm and 13 mm deep whose centre is the boring distance of 3 to 7 mm and half a cup, 17.5 mm, from
the edge of the door, so 22.5 mm at 5 mm: Blum, "Product literature", quick reference; Grass, "Hinge
systems", drilling patterns (35 + 0.1 mm, at least 12.6 mm deep). Confirmat screws of 7 × 50 mm, whose
core is 5 mm thick, in stepped holes: Wikipedia, "Confirmat screw". Runners are 12.7 mm thick, half
an inch, and their holes are in the rows of System 32.

Without a source, as such fittings are mostly drilled: depths of dowels of 8 × 35 mm and of
confirmats, cams of 15 mm with their distance of 34 mm and their depth past the middle, and the
bores of runners. A workshop holds them against the drawings of the fittings that it buys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

type Board = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Bore:
    """A hole in one of the boards, at each place of the fitting along the joint.

    Where it `is_turned`, it is in a large face of the board and `inset` from where both meet; else
    it is where they meet, in the middle of the joint, or `inset` from the edge that is nearest to
    it. `along` is how far it is from the place of the fitting. One without `depth` goes through, and
    one with `past_middle` so far beyond the middle of the board.
    """

    board: Board
    diameter: float
    depth: float | None = None
    inset: float | None = None
    along: float = 0.0
    is_turned: bool = False
    past_middle: float | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a fitting joins: by which faces (`edge` or `face`) of the first and of the second board,
    how far apart these may be, and what it drills.
    """

    meets: tuple[Literal["edge", "face"], Literal["edge", "face"]]
    bores: tuple[Bore, ...]
    gap: tuple[float, float] = (0.0, 0.0)


_CUP = Bore("first", 35, 13, inset=22.5)
_ROW, _STEP = 37.0, 32.0

LIBRARY: Mapping[str, Pattern] = {
    "dowel": Pattern(("edge", "face"), (Bore("first", 8, 25), Bore("second", 8, 13))),
    "confirmat": Pattern(("edge", "face"), (Bore("first", 5, 40), Bore("second", 7))),
    "cam": Pattern(
        ("edge", "face"),
        (
            Bore("first", 8, 34),
            Bore("first", 15, inset=34, is_turned=True, past_middle=4.5),
            Bore("second", 5, 11),
        ),
    ),
    "hinge": Pattern(
        ("face", "edge"),
        (
            _CUP,
            Bore("second", 5, 12, inset=_ROW, along=-_STEP / 2, is_turned=True),
            Bore("second", 5, 12, inset=_ROW, along=_STEP / 2, is_turned=True),
        ),
    ),
    "hinge_cup": Pattern(("face", "edge"), (_CUP,)),
    "runner": Pattern(("face", "face"), (Bore("first", 3, 6), Bore("second", 5, 12)), (12.2, 13.5)),
}
