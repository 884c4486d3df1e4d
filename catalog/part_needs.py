"""What a BOM line says of its part, read once: when it is needed, how many of it, its measures.

Prices, completion, publish checks and production derive what they need from these expressions.
"""

from functools import cached_property
from math import ceil
from typing import Any

from catalog.expressions.arithmetic import ONE, ZERO, Conditions, constant
from catalog.expressions.nodes import Arithmetic, Call, Compare, CountOf, CountTrue, Given, If, Node
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import unit_of_measure, unit_of_parts
from catalog.kinds.register import kind_of
from catalog.product_model import BomLine, Option


class PartNeed:
    """The expressions of one BOM line, each read when it is first asked for.

    `quantity` is for one piece; measures with a unit are in millimetres or kilograms.
    Whatever cannot be read is refused with ExpressionRefused.
    """

    def __init__(self, line: BomLine, scope: Scope) -> None:
        self.line = line
        self.option: Option | None = scope.options.get(line.option or "")
        self._scope = scope
        self._measures: dict[str, Node] = {}

    @cached_property
    def when(self) -> Node | None:
        """The condition without which the part is not needed; None where it always is."""
        if self.line.when is None:
            return None
        return bind(self.line.when, self._scope, "condition", lengths=True)

    @cached_property
    def quantity(self) -> Node:
        """How many of the part one piece needs, in the part's unit, before any is rounded up."""
        return bind_in_unit(self.line.quantity, self._scope, unit_of_parts(self.line))

    def measure(self, name: str) -> Node:
        """Return a measure of one such part; KeyError where the line has none that is called so."""
        if name not in self._measures:
            text, unit = self.line.measures[name], unit_of_measure(name)
            self._measures[name] = bind_in_unit(text, self._scope, unit)
        return self._measures[name]

    def needed(
        self,
        names: tuple[str, ...] = (),
        divisor: int = 1,
        is_whole: bool = False,
        pieces: Node = ONE,
    ) -> Node:
        """Return what so many `pieces` need: the quantity times the measures `names`, over
        `divisor`.

        Nothing where the part is not needed. With `is_whole` the quantity for all pieces is rounded
        up first.
        """
        count = self.quantity if pieces == ONE else Arithmetic("*", self.quantity, pieces)
        if is_whole:
            count = If(Compare(">", count, ZERO), Call("ceil", (count, ONE)), count)
        for name in names:
            count = Arithmetic("*", count, self.measure(name))
        if divisor != 1:
            count = Arithmetic("/", count, constant(divisor))
        if self.option is not None:
            several = kind_of(self.option).is_several
            key = self.option.key
            values: Node = CountOf(key) if several else CountTrue((Given(key),))
            count = If(Compare(">", values, ZERO), Arithmetic("*", count, values), ZERO)
        return count if self.when is None or count == ZERO else If(self.when, count, ZERO)

    @property
    def conditions(self) -> Conditions:
        """Without which there is none of the part: its own condition, and a value of the option
        that it is from.
        """
        given = () if self.option is None else (Given(self.option.key),)
        return given if self.when is None else (self.when, *given)


def for_pieces(quantity: Any, pieces: int, is_whole: bool) -> Any:
    """Return how many parts so many pieces need of which each needs `quantity`.

    With `is_whole` that is rounded up once, for all pieces together.
    """
    needed = quantity * pieces
    return ceil(needed) if is_whole and needed > 0 else needed
