"""What an expression says once its names and types are settled: small frozen nodes, the same for
every reader.

The engine turns conditions into clauses, pricing and production compute numbers; both read these
nodes. Derived values have been replaced by their formulas, units by factors, a value's key by the
option it belongs to.

Meaning where something is missing (an option without value, a division by zero): a number or text
is *undefined*, what is computed from it is undefined, and a comparison with it is false. So every
condition is true or false.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, true or false."""

    value: Fraction | str | bool


@dataclass(frozen=True, slots=True)
class Day(Constant):
    """A certain day, as the number that stands for it: days since year 1."""


@dataclass(frozen=True, slots=True)
class NumberOf:
    """The number of a number option, in the option's unit; undefined without one."""

    option: str


@dataclass(frozen=True, slots=True)
class DayOf(NumberOf):
    """The day of a date option, as the number that stands for it; undefined without one."""


@dataclass(frozen=True, slots=True)
class TextOf:
    """The text or colour of such an option, or the key of a choice; undefined without one."""

    option: str


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A boolean option is yes."""

    option: str


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """A choice has one of these values. `frame != steel` is IsOneOf over the other values: false
    without a value.
    """

    option: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A multi-choice contains the value."""

    option: str
    value: str


@dataclass(frozen=True, slots=True)
class Given:
    """The option has a value (a multi-choice: at least one)."""

    option: str


@dataclass(frozen=True, slots=True)
class AttributeOf:
    """An attribute of the chosen value: of a choice its number or text, of a multi-choice the sum
    of the numbers.

    `by_value` holds the attribute for every value that has it; undefined where the chosen one has
    none (in the sum of a multi-choice such a value counts as 0, and no value at all sums to 0).
    """

    option: str
    name: str
    by_value: tuple[tuple[str, Fraction | str], ...]
    summed: bool = False


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many values a multi-choice contains; 0 without any."""

    option: str


@dataclass(frozen=True, slots=True)
class LengthOf:
    """How many characters a text option has; 0 without a text. Only outside rules and conditions of
    options.
    """

    option: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers or two texts (texts by == and != only); false where either is
    undefined.
    """

    operator: Literal["<", "<=", "==", "!=", ">=", ">"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Exact arithmetic; a division by zero is undefined."""

    operator: Literal["+", "-", "*", "/"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A numeric function of one or more numbers.

    `min`, `max`, `sum`: two or more; `abs`, `ceil`, `floor`: one (to a whole number), or two (to a
    multiple of the second); `round` likewise, halves away from zero. A multiple of 0 is undefined.
    """

    function: Literal["min", "max", "sum", "abs", "ceil", "floor", "round"]
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class CountTrue:
    """How many of the conditions hold."""

    conditions: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """The sum, least or greatest of those parts that are defined; of none the sum is 0, the others
    are undefined.
    """

    function: Literal["sum", "min", "max"]
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class If:
    """`yes` where the condition holds, else `no`; both numbers, both texts, or both conditions."""

    condition: "Node"
    yes: "Node"
    no: "Node"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Implies:
    premise: "Node"
    conclusion: "Node"


type Node = (
    Constant
    | NumberOf
    | TextOf
    | IsTrue
    | IsOneOf
    | Has
    | Given
    | AttributeOf
    | CountOf
    | LengthOf
    | Compare
    | Arithmetic
    | Call
    | CountTrue
    | Fold
    | If
    | And
    | Or
    | Not
    | Implies
)


# Of each class of nodes, the names of its fields.
_NAMES: dict[type[Any], tuple[str, ...]] = {}


def children(node: Node) -> Iterator[Node]:
    """Return the nodes directly below `node`."""
    names = _NAMES.get(type(node))
    if names is None:
        names = _NAMES[type(node)] = tuple(each.name for each in fields(node))
    for name in names:
        below = getattr(node, name)
        if isinstance(below, tuple):
            yield from (part for part in below if hasattr(part, "__dataclass_fields__"))
        elif hasattr(below, "__dataclass_fields__"):
            yield below


@lru_cache(maxsize=20_000)
def reads(node: Node) -> frozenset[str]:
    """Return the keys of the options that `node` reads."""
    own = getattr(node, "option", None)
    return frozenset([own] if own else []).union(*(reads(child) for child in children(node)))
