"""Sums of the variables of a model, which tell of numbers exactly or rounded down."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Linear:
    """A constant and a sum of variables with whole factors; it lies between `low` and `high`.

    What it tells of is at least as much, and at most `slack` more: numbers that are too fine are
    rounded down.
    """

    constant: int = 0
    factors: dict[int, int] = field(default_factory=dict)
    low: int = 0
    high: int = 0
    slack: int = 0

    def add_literal(self, literal: int, factor: int) -> None:
        """Add `factor` where a literal holds; `low` and `high` are left as they are."""
        if literal < 0:
            self.constant += factor
            literal, factor = -literal, -factor
        self.factors[literal] = self.factors.get(literal, 0) + factor

    def times(self, factor: int) -> "Linear":
        # Rounded down stays so below zero too: there the most that it may be counts.
        more = self.slack if factor < 0 else 0
        low, high = sorted(((self.low + more) * factor, (self.high + more) * factor))
        factors = {variable: own * factor for variable, own in self.factors.items()}
        return Linear((self.constant + more) * factor, factors, low, high, self.slack * abs(factor))


def total(sums: Iterable[Linear]) -> Linear:
    """Return the sum of sums."""
    found = Linear()
    for each in sums:
        found.constant += each.constant
        found.low += each.low
        found.high += each.high
        found.slack += each.slack
        for variable, factor in each.factors.items():
            found.factors[variable] = found.factors.get(variable, 0) + factor
    return found
