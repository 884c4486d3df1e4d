"""What is asked about the rest of a configuration, and the answer: objectives to be least, likings
to be kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from catalog.expressions.nodes import Node
from catalog.product_model import Choice
from pricing.money import RoundingMode, whole


@dataclass(frozen=True)
class Term:
    """What line number `line` adds where all `conditions` hold: a number, in the unit of its
    objective.
    """

    line: int
    number: Node
    conditions: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.number, *self.conditions)


@dataclass(frozen=True)
class Share:
    """A percentage of what the lines numbered in `of` give, where all `conditions` hold."""

    line: int
    rate: Node
    of: frozenset[int]
    conditions: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.rate, *self.conditions)


@dataclass(frozen=True)
class Objective:
    """A sum over lines, in smallest units of which `scale` make one unit of its amounts.

    Each line (`by_line`) or the total is rounded to multiples of `increment`. A configuration is
    out where an amount is undefined, where the rounded total is not within 0 and `most`, and, where
    the objective `needs_a_line`, if none of its lines applies. An objective that is not exact tells
    about the total; it proves nothing, and names the `options` that the total reads, since its
    amounts may not.
    """

    terms: tuple[Term, ...]
    shares: tuple[Share, ...] = ()
    scale: int = 1
    increment: int = 1
    mode: RoundingMode = "half_up"
    by_line: bool = False
    most: int = 10**15 - 1
    needs_a_line: bool = False
    is_exact: bool = True
    options: frozenset[str] = frozenset()

    @property
    def parts(self) -> tuple[Term | Share, ...]:
        return (*self.terms, *self.shares)

    def rounded(self, amount: Fraction) -> int:
        """Return an amount in smallest units, rounded."""
        return whole(amount / self.increment, self.mode) * self.increment


@dataclass(frozen=True)
class Question:
    """What is to be chosen: the rest of `choices`, for the least of each of `goals`, the first
    counting most.

    A goal is the name of an objective, or of a mapping in `likings`: from slots to cells that are
    liked, each slot with another cell counting as one change. `totals` returns the exact total of
    each objective for a configuration with these values and these options still without their text,
    None where one is refused.
    """

    choices: Mapping[str, Choice]
    goals: tuple[str, ...]
    objectives: Mapping[str, Objective]
    likings: Mapping[str, Mapping[int, int]]
    totals: Callable[[Mapping[str, Choice], tuple[str, ...]], Mapping[str, int] | None]


@dataclass(frozen=True)
class Rest:
    """A complete configuration: the `values` of all options that have one.

    `texts` are options that need a text or colour, which nobody can invent. `reached` tells for
    each goal what it came to; `bound` what the first goal cannot be less than (None where nothing
    is known), `proven` that it is reached.
    """

    values: Mapping[str, Choice]
    texts: tuple[str, ...]
    reached: Mapping[str, int]
    proven: bool
    bound: int | None
