"""Units of measure and how they turn into one another, exactly.

A unit is a factor to the base of its dimension (metre, kilogram, degree, day) and the dimension as
powers of bases, so that millimetres times millimetres compare with square metres. A unit nobody
knows is a dimension of its own.
"""

from dataclasses import dataclass
from fractions import Fraction

type Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its name; `factor` of the dimension's base make one of it."""

    name: str
    dimension: Dimension
    factor: Fraction

    def __mul__(self, other: "Unit") -> "Unit":
        name = f"{self.name}²" if self.name == other.name else f"{self.name}·{other.name}"
        return Unit(name, _joined(self.dimension, other.dimension, 1), self.factor * other.factor)

    def __truediv__(self, other: "Unit") -> "Unit":
        return Unit(
            f"{self.name or 1}/{other.name}",
            _joined(self.dimension, other.dimension, -1),
            self.factor / other.factor,
        )


PLAIN = Unit("", (), Fraction(1))


def _joined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


_METRES = {
    "mm": "0.001",
    "cm": "0.01",
    "dm": "0.1",
    "m": "1",
    "km": "1000",
    "in": "0.0254",
    "inch": "0.0254",
    "ft": "0.3048",
}
_OTHERS = {
    ("mass", 1): {
        "mg": "0.000001",
        "g": "0.001",
        "kg": "1",
        "t": "1000",
        "oz": "0.028349523125",
        "lb": "0.45359237",
    },
    ("angle", 1): {"deg": "1", "°": "1"},
    ("length", 3): {"ml": "0.000001", "cl": "0.00001", "l": "0.001"},
    ("time", 1): {"day": "1", "days": "1", "week": "7", "weeks": "7"},
}


def _standard() -> dict[str, Unit]:
    found = {}
    for name, factor in _METRES.items():
        for power, endings in ((1, ("",)), (2, ("2", "²")), (3, ("3", "³"))):
            for ending in endings:
                found[name + ending] = Unit(
                    name + ending, (("length", power),), Fraction(factor) ** power
                )
    for dimension, factors in _OTHERS.items():
        for name, factor in factors.items():
            found[name] = Unit(name, (dimension,), Fraction(factor))
    return found


STANDARD = _standard()


def unit_named(name: str) -> Unit:
    """Return the unit of that name: a standard one, the plain one for no name, or one that equals
    only itself.
    """
    name = name.strip()
    return STANDARD.get(name) or (
        Unit(name, ((f"unit {name}", 1),), Fraction(1)) if name else PLAIN
    )
