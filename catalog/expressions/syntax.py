"""An expression as it was written: what the parser returns, before names and types are settled.

Spans are character offsets into the text and take no part in equality, so that two texts that say
the same compare equal. Operators that may be chained (`a + b - c`, `a and b and c`) are kept flat.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

type Span = tuple[int, int]

type Comparator = Literal["<", "<=", "==", "!=", ">=", ">"]
type Additive = Literal["+", "-"]
type Multiplicative = Literal["*", "/"]

_NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of at most 15 digits, perhaps with a unit: `1200`, `1.2 m`."""

    value: Fraction
    unit: str = ""
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """One of the words true, false, yes, no."""

    word: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The key of an option, a derived value or, beside a choice, one of its values.

    `modules.2.width` is one key: that of an option in the second instance of a sub-assembly.
    """

    key: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`thickness.mm`: an attribute of what is chosen for an option."""

    owner: Name
    name: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-a`."""

    operand: "Syntax"
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Denial:
    """`not a`."""

    operand: "Syntax"
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """`a + b - c`: a first term and what follows with its signs."""

    first: "Syntax"
    rest: tuple[tuple[Additive, "Syntax"], ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Product:
    """`a * b / c`, read from the left."""

    first: "Syntax"
    rest: tuple[tuple[Multiplicative, "Syntax"], ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a < b`, or a chain such as `600 <= width <= 900`."""

    first: "Syntax"
    rest: tuple[tuple[Comparator, "Syntax"], ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`600..900`, both ends included; only as a member."""

    first: "Syntax"
    last: "Syntax"
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """`a in (b, c)`, `width not in 600..900`, `usb in extras`."""

    operand: "Syntax"
    members: tuple["Syntax | Range", ...]
    negated: bool = False
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Has:
    """`extras has usb`, `extras has any of (usb, lamp)`."""

    owner: "Syntax"
    quantifier: Literal["all", "any", "none"]
    members: tuple["Syntax", ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """`a and b and c`."""

    parts: tuple["Syntax", ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Disjunction:
    """`a or b or c`."""

    parts: tuple["Syntax", ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """`a implies b`, `a requires b` (the same), `a excludes b`."""

    operator: Literal["implies", "requires", "excludes"]
    left: "Syntax"
    right: "Syntax"
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if a then b else c`; without `no` it is a rule: b must hold where a does."""

    condition: "Syntax"
    yes: "Syntax"
    no: "Syntax | None" = None
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Function:
    """`max(a, b)`."""

    name: str
    arguments: tuple["Syntax", ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Placed:
    """`modules.2: width > height`: an expression that reads the names of one instance of a
    sub-assembly.
    """

    place: str
    inner: "Syntax"
    span: Span = field(default=_NOWHERE, compare=False)


type Syntax = (
    Number
    | Text
    | Truth
    | Name
    | Attribute
    | Negative
    | Denial
    | Sum
    | Product
    | Comparison
    | Membership
    | Has
    | Conjunction
    | Disjunction
    | Relation
    | Conditional
    | Function
    | Placed
)


def parts(syntax: "Syntax | Range") -> Iterator["Syntax | Range"]:
    """Return what stands directly below `syntax`."""
    match syntax:
        case Negative() | Denial():
            yield syntax.operand
        case Sum() | Product() | Comparison():
            yield syntax.first
            yield from (operand for _, operand in syntax.rest)
        case Range():
            yield syntax.first
            yield syntax.last
        case Membership():
            yield syntax.operand
            yield from syntax.members
        case Has():
            yield syntax.owner
            yield from syntax.members
        case Conjunction() | Disjunction():
            yield from syntax.parts
        case Relation():
            yield syntax.left
            yield syntax.right
        case Conditional():
            yield syntax.condition
            yield syntax.yes
            if syntax.no is not None:
                yield syntax.no
        case Function():
            yield from syntax.arguments
        case Attribute():
            yield syntax.owner
        case Placed():
            yield syntax.inner
        case _:
            return


def names(syntax: "Syntax") -> set[str]:
    """Return every key that stands in `syntax`, whether of an option, a derived value or a value."""
    found: set[str] = set()
    waiting: list[Syntax | Range] = [syntax]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Name):
            found.add(each.key)
        waiting.extend(parts(each))
    return found
