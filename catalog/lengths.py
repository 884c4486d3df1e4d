"""Lengths in another unit than their own: exact where that can be written, else the nearest of a
fine grid, and marked.

Nothing here changes a number; it is kept in its own unit. A shown one is read back as the number it
was shown for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalog.units import unit_named

ABOUT = "≈"
# What does not come out even is told in 32nds of an inch or tenths of a millimetre; rulers have no
# finer marks.
_INCH = Fraction(1, 32)
_TENTH = {"mm": Fraction(1, 10), "cm": Fraction(1, 100), "m": Fraction(1, 10_000)}
_FINEST = 64
_OF_INCHES = frozenset({"in", "inch", "ft"})
_LENGTH = unit_named("m").dimension


@dataclass(frozen=True)
class Shown:
    """A number in the unit it is shown in; not exact where it stands for one beside it."""

    number: Fraction
    is_exact: bool


def is_length(unit: str) -> bool:
    """Tell whether numbers that count in `unit` are lengths."""
    return unit_named(unit).dimension == _LENGTH


def shown_unit(own: str, wanted: str) -> str:
    """Return the unit in which a number that counts in `own` is shown to who wants lengths in
    `wanted`, if in any.
    """
    return wanted if wanted and is_length(own) else own


def is_told_anew(own: str, wanted: str) -> bool:
    """Tell whether a number that counts in `own` is written otherwise where `wanted` is than by
    itself.
    """
    unit = shown_unit(own, wanted)
    return unit != own or (bool(wanted) and has_fractions(unit))


def has_fractions(unit: str) -> bool:
    """Tell whether people write fractions in `unit`, for which they need more keys than digits."""
    return unit in _OF_INCHES


def unit_wanted(offered: Sequence[str], asked: str) -> str:
    """Return the unit that lengths are shown in: the one asked for, or the first offered; empty for
    their own.
    """
    return asked if asked in offered else next(iter(offered), "")


def converted(number: Fraction, own: str, unit: str) -> Shown:
    """Return `number`, which counts in `own`, in `unit`.

    It is exact between metres of any size and between inches and feet, and where the grid of `unit`
    has it.
    """
    if unit == own:
        return Shown(number, True)
    exact = number * unit_named(own).factor / unit_named(unit).factor
    is_related = (own in _OF_INCHES) == (unit in _OF_INCHES)
    grid = _INCH if unit in _OF_INCHES else _TENTH[unit]
    is_on_grid = _has_marks(exact) if unit in _OF_INCHES else (exact / grid).denominator == 1
    if is_related or is_on_grid:
        return Shown(exact, True)
    return Shown(round(exact / grid) * grid, False)


def written_fraction(number: Fraction) -> str | None:
    """Return `number` as people write inches, such as 23 5/32; None where that needs other parts
    than rulers have.
    """
    if not _has_marks(number):
        return None
    whole, part = divmod(abs(number), 1)
    written = " ".join(
        filter(None, (str(whole) if whole or not part else "", str(part) if part else ""))
    )
    return f"-{written}" if number < 0 else written


def _has_marks(number: Fraction) -> bool:
    """Tell whether a ruler in inches has a mark there."""
    return _FINEST % number.denominator == 0
