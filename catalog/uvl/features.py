"""A feature model as the Universal Variability Language tells it: a tree of features, and formulas
over them.

A configuration is a set of features that has the root, with each feature its parent, of each group
of a feature it has between `least` and `most` members, and satisfies all constraints. A feature
with a type also has a value. One with `copies` is there with so many instances of itself and all
that is below it, each configured by itself; a constraint that reads its value, or names something
below it, holds in every instance.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from catalog.errors import Refusal

type Attribute = bool | Decimal | str


class UvlRefused(Refusal):
    """A text that is no UVL, or something in it that no product can hold; `data["line"]` tells
    where, if known.
    """

    slug = "uvl-refused"
    title = "This feature model cannot be read"


class Line(int):
    """The number of a line, and the file it stands in, where that is not the file that was asked
    for.
    """

    file: str = ""

    @classmethod
    def of(cls, number: int, file: str) -> "Line":
        line = cls(number)
        line.file = file
        return line


def refused(line: int, problem: str) -> UvlRefused:
    """Return a refusal that names the line, where it is known (not 0)."""
    if not line:
        return UvlRefused(f"{problem[:1].upper()}{problem[1:]}.", line=None)
    file = getattr(line, "file", "")
    return UvlRefused(f"{f'{file}, line' if file else 'Line'} {line}: {problem}.", line=int(line))


class Type(StrEnum):
    """What a feature is beside being there: nothing more, a number, or a text."""

    BOOLEAN = "Boolean"
    INTEGER = "Integer"
    REAL = "Real"
    STRING = "String"


@dataclass(frozen=True)
class Group:
    """Features of which a parent has between `least` and `most`; no `most` is all of them."""

    least: int
    most: int | None
    features: tuple["Feature", ...]

    @property
    def is_alternative(self) -> bool:
        return (self.least, self.most) == (1, 1)


@dataclass(frozen=True)
class Feature:
    """A feature with the features below it: those it always has, those it may have, and groups of
    them.

    `copies` is the least and the most instances of a feature that is there several times. `line` is
    where it stands, `label` what people read where that is not the name: a feature of another file
    has a longer name.
    """

    name: str
    mandatory: tuple["Feature", ...] = ()
    optional: tuple["Feature", ...] = ()
    groups: tuple[Group, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    type: Type = Type.BOOLEAN
    copies: tuple[int, int] | None = None
    line: int = field(default=0, compare=False)
    label: str = field(default="", compare=False)

    def below(self) -> Iterator["Feature"]:
        """Return the children, group by group."""
        yield from self.mandatory
        yield from self.optional
        for group in self.groups:
            yield from group.features

    def all(self) -> Iterator["Feature"]:
        """Return the feature and all below it, from top to bottom."""
        waiting = [self]
        while waiting:
            feature = waiting.pop()
            yield feature
            waiting.extend(reversed([*feature.below()]))


# -- terms: numbers and texts. What belongs to a feature that is not there is 0, or an empty text.


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Words:
    """A text as it stands."""

    value: str


@dataclass(frozen=True)
class ValueOf:
    """The number or text of a feature with a type."""

    name: str


@dataclass(frozen=True)
class AttributeOf:
    """What a feature has as its attribute."""

    name: str
    attribute: str


@dataclass(frozen=True)
class LengthOf:
    """How many characters the text of a feature has."""

    name: str


@dataclass(frozen=True)
class Whole:
    """The largest whole number that is not above the part ("floor"), or the least that is not below
    it ("ceil").
    """

    function: str
    part: "Term"


@dataclass(frozen=True)
class Aggregate:
    """The sum or the average ("avg"; 0 of nothing) of an attribute over the features that are there
    and have it.

    With `name`, only over that feature and those below it.
    """

    function: str
    attribute: str
    name: str | None = None


@dataclass(frozen=True)
class Gathered:
    """The sum or the average ("avg"; 0 of nothing) of these numbers of features, of those that are
    there.
    """

    function: str
    parts: tuple["ValueOf | AttributeOf", ...]


@dataclass(frozen=True)
class Arithmetic:
    """`+`, `-`, `*` or `/` of two numbers."""

    operator: str
    left: "Term"
    right: "Term"


type Term = (
    Number | Words | ValueOf | AttributeOf | LengthOf | Whole | Aggregate | Gathered | Arithmetic
)


# -- formulas


@dataclass(frozen=True)
class Has:
    """The configuration has this feature."""

    name: str


@dataclass(frozen=True)
class Constant:
    value: bool


@dataclass(frozen=True)
class Compare:
    """Two numbers or two texts compare so (texts by == and != only); false where something is
    divided by 0.
    """

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Not:
    part: "Formula"


@dataclass(frozen=True)
class And:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Implies:
    premise: "Formula"
    conclusion: "Formula"


@dataclass(frozen=True)
class Same:
    """Both hold, or neither."""

    left: "Formula"
    right: "Formula"


type Formula = Has | Constant | Compare | Not | And | Or | Implies | Same


@dataclass(frozen=True)
class FeatureModel:
    """`lines` tells where each constraint stands, as far as that is known; `notes` what was read
    and left out.
    """

    root: Feature
    constraints: tuple[Formula, ...] = ()
    lines: tuple[int, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def told(self) -> Iterator[tuple[Formula, int]]:
        """Return each constraint with its line, 0 where that is not known."""
        lines = self.lines or (0,) * len(self.constraints)
        return zip(self.constraints, lines, strict=True)


def parts_of(node: Formula | Term) -> Iterator[Formula | Term]:
    """Return the formulas and terms directly below one."""
    for each in fields(node):
        held: Any = getattr(node, each.name)
        for part in held if isinstance(held, tuple) else (held,):
            if hasattr(part, "__dataclass_fields__"):
                yield part


type Naming = Has | ValueOf | AttributeOf | LengthOf | Aggregate


def named_in(node: Formula | Term) -> Iterator[Naming]:
    """Return what names one feature in a formula, as often as it stands there; not what is gathered
    of several.
    """
    waiting: list[Formula | Term] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (Has, ValueOf, AttributeOf, LengthOf)) or (
            isinstance(each, Aggregate) and each.name
        ):
            yield each
        elif not isinstance(each, Gathered):
            waiting.extend(reversed([*parts_of(each)]))


def rewritten(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return a formula or term in which `change` took the place of all that it does not leave as it
    is (None).
    """
    changed = change(node)
    if changed is not None:
        return changed
    changes: dict[str, Any] = {}
    for each in fields(node):
        held = getattr(node, each.name)
        if isinstance(held, tuple):
            changes[each.name] = tuple(rewritten(part, change) for part in held)
        elif hasattr(held, "__dataclass_fields__"):
            changes[each.name] = rewritten(held, change)
    return replace(node, **changes) if changes else node


def conjuncts(formula: Formula) -> Iterator[Formula]:
    """Return formulas that say together what this one does: the parts of a conjunction."""
    if isinstance(formula, And):
        for part in formula.parts:
            yield from conjuncts(part)
    else:
        yield formula
