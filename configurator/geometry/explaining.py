"""How the numbers of a part come about: each formula with the values that went in and its result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.scope import Scope
from catalog.expressions.types import Expected, bind_derived, bind_in_unit, namings
from catalog.expressions.wanted_units import COUNT, LENGTH, WEIGHT
from catalog.product_model import (
    OPERATION_COUNTS,
    OPERATION_LENGTHS,
    SHAPE_LENGTHS,
    Choice,
    Operation,
    Option,
    ProductModel,
    Shape,
)
from catalog.shape_expressions import (
    PlacedShape,
    expressions_of_shape,
    placed_key,
    placed_shapes,
    scope_of_placed,
)
from configurator.geometry.compiling import Values
from configurator.geometry.numbers import plain_worth
from configurator.geometry.scene import Part

_BY_ITSELF = {
    **dict.fromkeys(SHAPE_LENGTHS, "0"),
    **{each.name: str(each.default) for each in fields(Operation)},
}


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a formula, and what it has; `formula` is that of a derived value."""

    name: str
    worth: Any
    unit: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A formula at its `place` (`length`, `repeat/i`, `operations/pins/x`), what went in, and what
    came of it: a number in `unit`, a text, or yes and no. None where there is no such value.
    """

    place: str
    formula: str
    names: tuple[Named, ...]
    worth: Any
    unit: str = ""


def explanation(model: ProductModel, values: Values, part: Part) -> tuple[Line, ...]:
    """Return how each number of `part`, one of the scene of `values`, comes about: counters, values
    of its own, sizes, place, outline, condition, edges, look, weight, operations, and at last the derived values
    that these read.

    What a shape does not say is left out. Refuses with ExpressionRefused what cannot be read.
    """
    placed = _placed(model, part)
    scope = scope_of_placed(model, placed)
    own = dict(values)
    for key in placed.shape.repeat:
        own[placed_key(placed.place, key)] = Decimal(part.numbers[key])
    reading = _Reading(scope, own)
    lines = [
        reading.line(place, text, expected, _unit(place))
        for place, text, expected in _said(placed.shape)
    ]
    return (*lines, *reading.derived_lines())


def _placed(model: ProductModel, part: Part) -> PlacedShape:
    """Return the shape that a part is of, for the instance that it stands in."""
    return next(
        placed
        for placed in placed_shapes(model)
        if placed.key == part.shape
        and f"{part.name}.".startswith(f"{placed_key(placed.place, placed.shape.key)}.")
    )


def _said(shape: Shape) -> Iterator[tuple[str, str, Expected]]:
    """Return the formulas that a shape has of its own: place, text and what it must give."""
    for path, text, expected in expressions_of_shape(shape):
        place = path.split("/", 2)[2]
        if text != _BY_ITSELF.get(place.rpartition("/")[2]):
            yield place, text, expected


def _unit(place: str) -> str | None:
    """Return the unit that a formula is wanted in; None for what is no number."""
    if place == "weight":
        return WEIGHT
    kind, _, rest = place.partition("/")
    name = rest.rpartition("/")[2]
    if kind in SHAPE_LENGTHS or kind == "outline":
        return LENGTH
    if kind == "operations" and name in OPERATION_LENGTHS:
        return LENGTH
    return COUNT if kind in ("repeat", "turn") or name in OPERATION_COUNTS else None


class _Reading:
    """Works out formulas in the scope of one shape, and notes the derived values that they read."""

    def __init__(self, scope: Scope, own: Mapping[str, Choice]) -> None:
        self.scope, self.own = scope, own
        self.read: dict[str, None] = {}

    def line(self, place: str, text: str, expected: Expected, unit: str | None) -> Line:
        names = tuple(self._names(text, self.scope, expected))
        if place.startswith("each/"):
            key = placed_key(self.scope.places[0], place.partition("/")[2])
            return Line(place, text, names, self._derived(key))
        scope = self.scope
        node = (
            namings(text, scope, expected)[1] if unit is None else bind_in_unit(text, scope, unit)
        )
        return Line(place, text, names, plain_worth(plain_function_of(node)(self.own)), unit or "")

    def derived_lines(self) -> Iterator[Line]:
        """Return the derived values of the product that were read, also by one another."""
        done: set[str] = set()
        while waiting := [key for key in self.read if key not in done]:
            for key in waiting:
                done.add(key)
                derived = self.scope.derived[key]
                about = Scope(self.scope.model, self.scope.places_of(key))
                names = tuple(self._names(derived.formula, about, "any"))
                yield Line(
                    f"derived/{key}", derived.formula, names, self._derived(key), derived.unit
                )

    def _names(self, text: str, scope: Scope, expected: Expected) -> Iterator[Named]:
        """Return what stands in a formula by name, each once."""
        noted, _ = namings(text, scope, expected)
        ends = {start: end for (start, end), (role, _, _) in noted.items() if role == "attribute"}
        seen: set[str] = set()
        for (start, end), (role, _, key) in sorted(noted.items()):
            attribute = ends.get(end + 1)
            name = text[start : attribute or end]
            if role != "option" or name in seen:
                continue
            seen.add(name)
            if attribute is not None:
                node = namings(name, scope, "any")[1]
                yield Named(name, plain_worth(plain_function_of(node)(self.own)))
            else:
                yield self._named(name, key)

    def _named(self, name: str, key: str) -> Named:
        if key in self.scope.derived:
            derived = self.scope.derived[key]
            if key not in self.scope.own:
                self.read[key] = None
            return Named(name, self._derived(key), derived.unit, derived.formula)
        option: Option | None = self.scope.options.get(key)
        unit = option.number.unit if option is not None and option.number is not None else ""
        return Named(name, _plain(self.own.get(key)), unit)

    def _derived(self, key: str) -> Any:
        return plain_worth(plain_function_of(bind_derived(key, self.scope))(self.own))


def _plain(choice: Choice | None) -> Any:
    return list(choice) if isinstance(choice, tuple) else plain_worth(choice)
