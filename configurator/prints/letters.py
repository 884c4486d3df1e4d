"""A text as letters that stand in an area, to the tenth of a millimetre.

Lengths are in millimetres, x to the right, y up, from the lower left corner of the area. The same
letters are the picture, the file for the printer and the solid on the model.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, inf, pi, sin
from typing import Literal

import uharfbuzz

from catalog.product_model import Typeface
from configurator.prints.fonts import capital_height, font, having, lacking, shaped
from configurator.prints.refusals import PrintRefused

type Align = Literal["left", "middle", "right"]
type Path = tuple[tuple[str, tuple[float, ...]], ...]
"""Commands of an SVG path with their numbers: M, L, Q, C and Z."""

LEAST_LENGTH = 0.1
"""In millimetres: what is smaller is lost where files round to the thousandth."""
MOST_LETTERS = 200
MOST_TURN = 1.9 * pi
"""So far a line may go round a circle: the whole of it would meet its own beginning."""
_STEPS = 24
"""Halvings until the height of the letters is known to a millionth."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where a text is printed: its size, and the height of capital letters, which may shrink from
    `size` to `least`.

    The line goes round a circle of the radius `curve`: over its top where that is positive, through
    its bottom where it is negative; straight at zero.
    """

    width: float
    height: float
    size: float
    least: float
    align: Align = "middle"
    curve: float = 0.0

    def __post_init__(self) -> None:
        least = f"at least {LEAST_LENGTH:g} mm"
        if not (self.width >= LEAST_LENGTH and self.height >= LEAST_LENGTH):
            raise PrintRefused(f"The area has no size; give it a width and a height of {least}.")
        if not LEAST_LENGTH <= self.least <= self.size:
            told = f"Letters may shrink from {self.size:g} to {self.least:g} mm"
            raise PrintRefused(f"{told}; give a least height of {least}, not above the size.")


@dataclass(frozen=True, slots=True)
class Letter:
    """A glyph of the typeface, and where it stands: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    glyph: int
    placed: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text set in an area; `size` is how high its capital letters are."""

    typeface: Typeface
    area: Area
    size: float
    letters: tuple[Letter, ...]


def lettering(text: str, typeface: Typeface, area: Area) -> Lettering:
    """Return `text` in one line, as large as the area lets it be, its ink in the middle of the
    height.

    Refuses with PrintRefused characters that the typeface lacks, and a text that does not fit even
    with the least letters.
    """
    if len(text) > MOST_LETTERS:
        told = f"The text has {len(text):,} characters; at most {MOST_LETTERS} are printed."
        raise PrintRefused(told, most=MOST_LETTERS, reason="long")
    if missing := lacking(typeface, text):
        raise _lacking(text, missing)
    glyphs = _shaped(text, typeface)
    unit = 1 / capital_height(typeface)
    size = _fitting(glyphs, typeface, area, unit)
    letters = _placed(glyphs, area, size * unit)
    left, bottom, right, top = _ink(letters, typeface)
    if not (right > left and top > bottom):
        raise PrintRefused("Nothing of the text can be seen; write letters.")
    space = area.width - (right - left)
    across = -left + {"left": 0.0, "middle": space / 2, "right": space}[area.align]
    up = -bottom + (area.height - (top - bottom)) / 2
    moved = tuple(
        Letter(each.glyph, (*each.placed[:4], each.placed[4] + across, each.placed[5] + up))
        for each in letters
    )
    return Lettering(typeface, area, size, moved)


def outlines(lettering: Lettering) -> Path:
    """Return the letters as paths to be filled by the nonzero rule."""
    found: list[tuple[str, tuple[float, ...]]] = []
    for letter in lettering.letters:
        a, b, c, d, e, f = letter.placed
        for name, numbers in _drawn(lettering.typeface, letter.glyph):
            points = zip(numbers[::2], numbers[1::2], strict=True)
            found.append(
                (
                    name,
                    tuple(at for x, y in points for at in (a * x + c * y + e, b * x + d * y + f)),
                )
            )
    return tuple(found)


def polygons(lettering: Lettering, off: float = 0.02) -> list[list[tuple[float, float]]]:
    """Return the letters as rings to be filled by the nonzero rule, at most `off` beside the
    curves.
    """
    return list(_rings(outlines(lettering), off))


@lru_cache(maxsize=8)
def inked(lettering: Lettering) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return what is ink as rings that meet nowhere: those around ink counter-clockwise, those
    around holes clockwise.

    Where letters overlap they become one. The last few are kept: a page builds its scene several
    times.
    """
    from manifold3d import CrossSection, FillRule

    off = max(lettering.size / 400, 0.01)
    found = CrossSection(polygons(lettering, off), FillRule.NonZero).simplify(off / 4)
    return tuple(
        tuple((float(x), float(y)) for x, y in ring)
        for ring in found.to_polygons()
        if len(ring) > 2
    )


# ---- fitting -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shaped:
    """A glyph with its way forward and where it is put beside that, in units of the typeface."""

    glyph: int
    advance: float
    x: float
    y: float


def _shaped(text: str, typeface: Typeface) -> tuple[_Shaped, ...]:
    buffer = shaped(typeface, text)
    return tuple(
        _Shaped(info.codepoint, at.x_advance, at.x_offset, at.y_offset)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


def _fitting(shaped: Sequence[_Shaped], typeface: Typeface, area: Area, unit: float) -> float:
    def fits(size: float) -> bool:
        wide, high = _extent(shaped, typeface, area, size * unit)
        return wide <= area.width + 1e-9 and high <= area.height + 1e-9

    if fits(area.size):
        return area.size
    if not fits(area.least):
        wide, high = _extent(shaped, typeface, area, area.least * unit)
        raise _too_large(area, wide, high)
    low, above = area.least, area.size
    for _ in range(_STEPS):
        middle = (low + above) / 2
        low, above = (middle, above) if fits(middle) else (low, middle)
    return low


def _extent(
    shaped: Sequence[_Shaped], typeface: Typeface, area: Area, unit: float
) -> tuple[float, float]:
    if area.curve and sum(each.advance for each in shaped) * unit > MOST_TURN * abs(area.curve):
        return inf, inf
    left, bottom, right, top = _ink(_placed(shaped, area, unit), typeface)
    return right - left, top - bottom


def _placed(shaped: Sequence[_Shaped], area: Area, unit: float) -> tuple[Letter, ...]:
    """Return the letters about the middle of their line, one millimetre `unit` times as many."""
    found = []
    pen = -sum(each.advance for each in shaped) / 2
    for each in shaped:
        turn, across, up = 0.0, pen * unit, 0.0
        if area.curve:
            turn = (pen + each.advance / 2) * unit / area.curve
            half = each.advance / 2 * unit
            across = area.curve * sin(turn) - half * cos(turn)
            up = area.curve * (cos(turn) - 1) + half * sin(turn)
        a, b = unit * cos(turn), -unit * sin(turn)
        e = across + a * each.x - b * each.y
        f = up + b * each.x + a * each.y
        found.append(Letter(each.glyph, (a, b, -b, a, e, f)))
        pen += each.advance
    return tuple(found)


def _ink(letters: Iterable[Letter], typeface: Typeface) -> tuple[float, float, float, float]:
    """Return the box around the boxes of all letters; of no ink at all an empty one."""
    found = font(typeface)
    points = []
    for letter in letters:
        box = found.get_glyph_extents(letter.glyph)
        if box is None or not (box.width and box.height):
            continue
        a, b, c, d, e, f = letter.placed
        for x in (box.x_bearing, box.x_bearing + box.width):
            for y in (box.y_bearing, box.y_bearing + box.height):
                points.append((a * x + c * y + e, b * x + d * y + f))
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


# ---- outlines ------------------------------------------------------------------------------------


def _drawn(typeface: Typeface, glyph: int) -> Path:
    drawn: list[tuple[str, tuple[float, ...]]] = []
    pen = uharfbuzz.DrawFuncs()
    pen.set_move_to_func(lambda x, y, _: drawn.append(("M", (x, y))))
    pen.set_line_to_func(lambda x, y, _: drawn.append(("L", (x, y))))
    pen.set_quadratic_to_func(lambda *at: drawn.append(("Q", at[:4])))
    pen.set_cubic_to_func(lambda *at: drawn.append(("C", at[:6])))
    pen.set_close_path_func(lambda _: drawn.append(("Z", ())))
    font(typeface).draw_glyph(glyph, pen)
    return tuple(drawn)


def _rings(path: Path, off: float) -> Iterator[list[tuple[float, float]]]:
    ring: list[tuple[float, float]] = []
    for name, numbers in path:
        at = list(zip(numbers[::2], numbers[1::2], strict=True))
        if name == "M":
            ring = at
        elif name == "L":
            ring += at
        elif name == "Z":
            if len(ring) > 1 and ring[0] == ring[-1]:
                ring.pop()
            if len(ring) > 2:
                yield ring
        else:
            ring += _along([ring[-1], *at], off)


def _along(controls: list[tuple[float, float]], off: float) -> list[tuple[float, float]]:
    """Return points of a Bézier curve after its first, so many that none is farther off than `off`.

    The bound is that of the second differences: Wang, 1984, as told by Sederberg, "Computer Aided
    Geometric Design", section 10.6.
    """
    degree = len(controls) - 1
    bend = max(
        abs(complex(a[0] - 2 * b[0] + c[0], a[1] - 2 * b[1] + c[1]))
        for a, b, c in zip(controls, controls[1:], controls[2:], strict=False)
    )
    count = max(1, int((degree * (degree - 1) * bend / (8 * off)) ** 0.5) + 1)
    return [_at(controls, step / count) for step in range(1, count + 1)]


def _at(controls: list[tuple[float, float]], share: float) -> tuple[float, float]:
    while len(controls) > 1:
        controls = [
            (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            for a, b in pairwise(controls)
        ]
    return controls[0]


# ---- refusing ------------------------------------------------------------------------------------


def _lacking(text: str, missing: tuple[str, ...]) -> PrintRefused:
    characters = [_readable(each) for each in missing[:5]]
    listed = ", ".join(f"'{each}'" for each in characters)
    others = having(text)
    way_out = f"choose {' or '.join(others)}" if others else "write it otherwise"
    told = f"The typeface has no {listed}; leave that out, or {way_out}."
    return PrintRefused(told, reason="lacking", characters=characters, typefaces=list(others))


def _readable(character: str) -> str:
    """Return a character, or its number where nobody would see it."""
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _too_large(area: Area, wide: float, high: float) -> PrintRefused:
    if wide == inf:
        told = f"even letters {area.least:g} mm high go round more than the whole circle"
    elif wide > area.width:
        told = f"with letters {area.least:g} mm high it is {wide:.0f} mm wide, and there are {area.width:g}"
    else:
        told = f"with letters {area.least:g} mm high it is {high:.0f} mm high, and there are {area.height:g}"
    return PrintRefused(f"The text does not fit: {told}. Write less.", reason="large")
