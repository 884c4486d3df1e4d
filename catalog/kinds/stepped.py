"""What kinds have in common whose values lie on a scale of numbers."""

from abc import abstractmethod
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.expressions.nodes import Compare, Constant, Node
from catalog.kinds.kind import OptionKind, Run, Variable
from catalog.product_model import Choice, NumberDomain, Option


class SteppedKind(OptionKind):
    """Values in steps: each stands for a number, and they follow each other as these do."""

    is_stepped = True

    @abstractmethod
    def number_of(self, choice: Choice | None) -> Decimal | None: ...

    @abstractmethod
    def read_ends(self, cell: str) -> tuple[Decimal, Decimal] | None: ...

    def declares(self, option: Option, value: Choice) -> bool:
        return self.cell(option, value) is not None

    def says(self, option: Option, choice: Choice) -> Node | None:
        number = self.number_of(choice)
        if number is None or self.cell(option, choice) is None:
            return None
        return Compare("==", self.as_number(option), Constant(Fraction(number)))

    def variables(self, option: Option) -> tuple[Variable, ...]:
        scale = self.scale(option)
        count = 0 if scale is None else len(scale)
        return (Variable(count + 1, count, ordered=True),)

    def cell(self, option: Option, choice: Choice) -> int | None:
        scale, number = self.scale(option), self.number_of(choice)
        return None if scale is None or number is None else scale.index(number)

    def value_at(self, option: Option, cell: int) -> Choice | None:
        scale = self.scale(option)
        return None if scale is None else self.at_number(scale.at(cell))

    def marked(self, option: Option, cell: Any) -> Run | None:
        scale = self.scale(option)
        assert scale is not None
        number = self.number_of(cell)
        if number is not None:
            place = scale.index(number)
            return (0, 0) if place is None else (place, place + 1)
        ends = self.read_ends(cell) if isinstance(cell, str) else None
        return None if ends is None else _between(scale, *ends)


def _between(scale: NumberDomain, low: Decimal, high: Decimal) -> Run:
    first = max(0, _steps_up_to(low - scale.first, scale.step))
    last = min(len(scale) - 1, _steps_down_to(high - scale.first, scale.step))
    return first, max(first, last + 1)


def _steps_up_to(distance: Decimal, step: Decimal) -> int:
    return 0 if distance <= 0 else int(distance // step) + (distance % step != 0)


def _steps_down_to(distance: Decimal, step: Decimal) -> int:
    return int(distance // step) if distance >= 0 else -1
