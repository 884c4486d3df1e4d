"""Panels laid out on boards: which board each is cut from and where, what is left of it, and what
fits on none.

Lengths are millimetres, places are measured from the corner of the board, trim included.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import rectpack
from rectpack import guillotine, maxrects

from configurator.production.cut_list import CutRow
from configurator.production.panels import BoardMaterial
from configurator.production.workshop import Sheet, Workshop

MOST_PANELS = 1_000
"""So many boards are laid out at once, all materials together: about two seconds."""
MOST_TRIED = 10 * MOST_PANELS
"""Of one material: so many panels are tried on formats of boards before the next best is taken."""
MOST_OFFCUTS = 4
_UNIT = 100
"""The library counts in whole numbers: hundredths of a millimetre."""
_SORTED = (
    rectpack.SORT_AREA,
    rectpack.SORT_LSIDE,
    rectpack.SORT_SSIDE,
    rectpack.SORT_PERI,
)
# The library's own merging of free pieces makes layouts that no saw can cut.
_GUILLOTINE = tuple(
    partial(algorithm, merge=False)
    for algorithm in (
        guillotine.GuillotineBssfSas,
        guillotine.GuillotineBssfLas,
        guillotine.GuillotineBlsfSas,
        guillotine.GuillotineBafMaxas,
        guillotine.GuillotineBafMinas,
    )
)
_FREE = (maxrects.MaxRectsBssf, maxrects.MaxRectsBaf, maxrects.MaxRectsBlsf, maxrects.MaxRectsBl)
_MANY = 120
"""From so many boards of one material on, each way of laying out is tried in one order alone."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A panel on a board: its lower corner, its size there, and whether it was turned by a quarter."""

    id: str
    x: float
    y: float
    length: float
    width: float
    is_turned: bool


@dataclass(frozen=True, slots=True)
class Offcut:
    """A rest of a board that is kept."""

    x: float
    y: float
    length: float
    width: float


@dataclass(frozen=True, slots=True)
class LaidSheet:
    """A board with what is cut from it."""

    sheet: Sheet
    laid: tuple[Laid, ...]
    offcuts: tuple[Offcut, ...]

    @property
    def share(self) -> float:
        """How much of the board becomes panels, from 0 to 1."""
        used = sum(each.length * each.width for each in self.laid)
        return used / (self.sheet.length * self.sheet.width)


@dataclass(frozen=True, slots=True)
class Nesting:
    """The boards of one material and thickness; `unplaceable` names panels that fit on none, once
    for each that is needed.
    """

    material: BoardMaterial | None
    thickness: float
    sheets: tuple[LaidSheet, ...]
    unplaceable: tuple[str, ...]

    @property
    def share(self) -> float:
        """How much of all boards becomes panels, from 0 to 1; 0 without a board."""
        whole = sum(each.sheet.length * each.sheet.width for each in self.sheets)
        used = sum(each.length * each.width for one in self.sheets for each in one.laid)
        return used / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A panel to be laid out, its kerf included, along the board's length and across it."""

    id: str
    long: int
    wide: int
    is_turned: bool
    may_turn: bool

    def turned(self) -> "_Piece":
        return _Piece(self.id, self.wide, self.long, not self.is_turned, self.may_turn)


class TooMany(Exception):
    """More panels than are laid out at once."""


def nesting(rows: Sequence[CutRow], workshop: Workshop) -> tuple[Nesting, ...]:
    """Return a nesting for each material and thickness, in the order of `rows`.

    Each panel of `rows` is laid out as often as it is needed, or named as unplaceable: nothing is
    left out. Raises TooMany beyond MOST_PANELS. Equal rows give equal layouts.
    """
    if sum(row.panel.count for row in rows) > MOST_PANELS:
        raise TooMany
    groups: dict[tuple[BoardMaterial | None, float], list[CutRow]] = {}
    for row in rows:
        groups.setdefault((row.panel.material, row.panel.lengths[2]), []).append(row)
    return tuple(
        _nested(material, thickness, some, workshop)
        for (material, thickness), some in groups.items()
    )


def _nested(
    material: BoardMaterial | None, thickness: float, rows: Sequence[CutRow], workshop: Workshop
) -> Nesting:
    keys = () if material is None else material.keys
    kerf = round(workshop.saw.kerf * _UNIT)
    sheets = sorted(workshop.sheets_for(keys, thickness), key=lambda each: each.length * each.width)
    formats = _Formats(sheets, workshop)
    unplaceable: list[str] = []
    pieces: list[_Piece] = []
    for row in rows:
        piece = _piece(row, kerf)
        if formats.fits_any(piece):
            pieces += [piece] * row.panel.count
        else:
            unplaceable += [piece.id] * row.panel.count
    return Nesting(material, thickness, tuple(formats.laid_out(pieces)), tuple(unplaceable))


def _piece(row: CutRow, kerf: int) -> _Piece:
    """Return the panel with its grain along the board's."""
    is_turned = row.panel.grain == "width"
    length, width = (round(each * _UNIT) + kerf for each in (row.cut_length, row.cut_width))
    long, wide = (width, length) if is_turned else (length, width)
    return _Piece(row.panel.id, long, wide, is_turned, row.panel.grain is None)


def _room(sheet: Sheet, workshop: Workshop) -> tuple[int, int]:
    """Return what a board has inside its trim. The last cut may run out of it: a kerf is added."""
    kerf, trim = (round(each * _UNIT) for each in (workshop.saw.kerf, workshop.saw.trim))
    length, width = (round(each * _UNIT) - 2 * trim + kerf for each in (sheet.length, sheet.width))
    return length, width


def _fits(piece: _Piece, room: tuple[int, int], kerf: int) -> bool:
    # Of a panel that is narrower than its bands nothing is left to be cut.
    if min(piece.long, piece.wide) <= kerf:
        return False
    long, wide = room
    is_in = piece.long <= long and piece.wide <= wide
    return is_in or (piece.may_turn and piece.wide <= long and piece.long <= wide)


class _Formats:
    """The formats that boards of one material have, and what was found of them: equal rests are
    laid out once, or else each format more would double the work.
    """

    def __init__(self, sheets: Sequence[Sheet], workshop: Workshop) -> None:
        self._sheets, self._workshop = sheets, workshop
        self._kerf = round(workshop.saw.kerf * _UNIT)
        self._known: dict[frozenset[str], list[LaidSheet]] = {frozenset(): []}
        self._tried = 0

    def fits_any(self, piece: _Piece) -> bool:
        """Tell whether there is a format that a panel fits on."""
        return any(self._fits(piece, sheet) for sheet in self._sheets)

    def laid_out(self, pieces: Sequence[_Piece]) -> list[LaidSheet]:
        """Return the boards of the best layout. Of several formats, one that all that is left fits
        on is taken, the smallest such where a single board is enough.

        Each panel of `pieces` fits on some format, and is there as often as it is needed.
        """
        ids = frozenset(piece.id for piece in pieces)
        if ids not in self._known:
            self._known[ids] = self._best_of(pieces)
        return self._known[ids]

    def _best_of(self, pieces: Sequence[_Piece]) -> list[LaidSheet]:
        best: tuple[Any, list[LaidSheet]] | None = None
        for sheet in self._sheets:
            if best is not None and self._tried > MOST_TRIED:
                break
            fitting = [piece for piece in pieces if self._fits(piece, sheet)]
            others = [piece for piece in pieces if not self._fits(piece, sheet)]
            if not fitting:
                continue
            self._tried += len(fitting)
            room = _room(sheet, self._workshop)
            boards = _best(fitting, room, self._workshop)
            found = [_told(sheet, laid, self._workshop) for laid in boards]
            found += self.laid_out(others)
            area = sum(each.sheet.length * each.sheet.width for each in found)
            rest = max(
                (each.length * each.width for one in found for each in one.offcuts), default=0
            )
            worth = (area, len(found), -rest)
            if best is None or worth < best[0]:
                best = worth, found
        assert best is not None  # each piece fits on some board
        return best[1]

    def _fits(self, piece: _Piece, sheet: Sheet) -> bool:
        return _fits(piece, _room(sheet, self._workshop), self._kerf)


def _best(pieces: Sequence[_Piece], room: tuple[int, int], workshop: Workshop) -> list[list[Laid]]:
    """Return the layout with the fewest boards, of these the one whose last board has most left."""
    ways: Iterable[Callable[..., Any]] = _GUILLOTINE if workshop.saw.cuts == "guillotine" else _FREE
    orders = _SORTED if len(pieces) < _MANY else _SORTED[:1]
    may_turn = all(piece.may_turn for piece in pieces)
    tries = []
    for way, order, lengthwise in product(ways, orders, (True, False)):
        if may_turn and not lengthwise:
            continue
        some = pieces if may_turn else [_lying(piece, room, lengthwise) for piece in pieces]
        tries.append(_packed(some, room, way, order, may_turn, workshop))
    return min(tries, key=_waste)


def _lying(piece: _Piece, room: tuple[int, int], lengthwise: bool) -> _Piece:
    """Return a piece that may be turned along the board or across it, where it fits so."""
    if not piece.may_turn or (piece.long >= piece.wide) == lengthwise:
        return piece
    turned = piece.turned()
    return turned if turned.long <= room[0] and turned.wide <= room[1] else piece


def _waste(sheets: Sequence[Sequence[Laid]]) -> tuple[int, float]:
    least = min(sum(each.length * each.width for each in laid) for laid in sheets)
    return len(sheets), least


def _packed(
    pieces: Sequence[_Piece],
    room: tuple[int, int],
    way: Callable[..., Any],
    order: Callable[..., Any],
    may_turn: bool,
    workshop: Workshop,
) -> list[list[Laid]]:
    packer = rectpack.newPacker(pack_algo=way, sort_algo=order, rotation=may_turn)
    for number, piece in enumerate(pieces):
        packer.add_rect(piece.long, piece.wide, number)
    packer.add_bin(*room, count=len(pieces))
    packer.pack()
    placed = [[_laid(pieces[each.rid], each, workshop) for each in board] for board in packer]
    if sum(map(len, placed)) != len(pieces):
        raise AssertionError("a panel that fits on a board was left out")
    return placed


def _laid(piece: _Piece, place: Any, workshop: Workshop) -> Laid:
    kerf = round(workshop.saw.kerf * _UNIT)
    was_turned = place.width != piece.long
    return Laid(
        piece.id,
        round(place.x / _UNIT + workshop.saw.trim, 2),
        round(place.y / _UNIT + workshop.saw.trim, 2),
        (place.width - kerf) / _UNIT,
        (place.height - kerf) / _UNIT,
        piece.is_turned != was_turned,
    )


def _told(sheet: Sheet, laid: Sequence[Laid], workshop: Workshop) -> LaidSheet:
    ordered = tuple(sorted(laid, key=lambda each: (each.x, each.y)))
    return LaidSheet(sheet, ordered, tuple(_offcuts(sheet, ordered, workshop)))


def _offcuts(sheet: Sheet, laid: Sequence[Laid], workshop: Workshop) -> Iterator[Offcut]:
    """Return the largest rests of a board that are worth keeping, none on another."""
    saw = workshop.saw
    low, high = saw.trim, (sheet.length - saw.trim, sheet.width - saw.trim)
    taken = [
        (
            each.x,
            each.y,
            min(each.x + each.length + saw.kerf, high[0]),
            min(each.y + each.width + saw.kerf, high[1]),
        )
        for each in laid
    ]
    for _ in range(MOST_OFFCUTS):
        free = _largest_free(taken, (low, low, *high))
        if free is None:
            return
        left, bottom, right, top = free
        sides = sorted((right - left, top - bottom))
        if sides[1] < saw.offcut_length or sides[0] < saw.offcut_width:
            return
        yield Offcut(left, bottom, round(right - left, 2), round(top - bottom, 2))
        taken.append((left, bottom, right + saw.kerf, top + saw.kerf))


type _Box = tuple[float, float, float, float]


def _largest_free(taken: Sequence[_Box], room: _Box) -> _Box | None:
    """Return the largest rectangle (left, bottom, right, top) of `room` that no box of `taken`
    reaches into; None where there is none.

    The edges of all boxes part the room into cells. Row by row, a cell is as high as what is free
    below it, and the largest rectangle under these heights is found with a stack, as in a histogram.
    """
    across = _edges((room[0], room[2]), ((box[0], box[2]) for box in taken))
    upwards = _edges((room[1], room[3]), ((box[1], box[3]) for box in taken))
    free = np.ones((len(upwards) - 1, len(across) - 1), dtype=bool)
    for left, low, right, high in taken:
        rows = slice(*np.searchsorted(upwards, (low, high)))
        free[rows, slice(*np.searchsorted(across, (left, right)))] = False
    best, most = None, 0.0
    beginnings = np.zeros(len(across) - 1, dtype=int)
    for row, cells in enumerate(free):
        beginnings[~cells] = row + 1
        heights = (upwards[row + 1] - upwards[beginnings]).tolist()
        for left, right, high in _under(heights, across):
            if (area := (right - left) * high) > most + 1e-6:
                top = float(upwards[row + 1])
                best, most = (left, top - high, right, top), area
    return best


def _edges(ends: tuple[float, float], spans: Iterable[tuple[float, float]]) -> np.ndarray[Any, Any]:
    """Return where spans begin and end, between the two `ends`, in order."""
    places = np.array([*ends, *(end for span in spans for end in span)])
    found: np.ndarray[Any, Any] = np.unique(places.clip(*ends))
    return found


def _under(
    heights: Sequence[float], across: np.ndarray[Any, Any]
) -> Iterator[tuple[float, float, float]]:
    """Return the rectangles (left, right, height) under columns of these heights that can grow to
    no side.
    """
    stack: list[tuple[float, float]] = []
    for place, height in zip(across.tolist(), [*heights, 0.0], strict=True):
        left = place
        while stack and stack[-1][1] >= height:
            left, high = stack.pop()
            yield left, place, high
        if height > 0:
            stack.append((left, height))
