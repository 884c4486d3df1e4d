"""A feature model as the Universal Variability Language tells it: a tree of features, and formulas over them.

A configuration is a set of features that has the root, with each feature its parent, of each group of a feature it has
between `least` and `most` members, and satisfies all constraints.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.errors import Refusal

type Attribute = bool | Decimal | str


class UvlRefused(Refusal):
    """A text that is no UVL, or something in it that no product can hold; `data["line"]` tells where, if known."""

    slug = "uvl-refused"
    title = "This feature model cannot be read"


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
    """A feature with the features below it: those it always has, those it may have, and groups of them."""

    name: str
    mandatory: tuple["Feature", ...] = ()
    optional: tuple["Feature", ...] = ()
    groups: tuple[Group, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Has:
    """The configuration has this feature."""

    name: str


@dataclass(frozen=True)
class Constant:
    value: bool


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


type Formula = Has | Constant | Not | And | Or | Implies | Same


@dataclass(frozen=True)
class FeatureModel:
    root: Feature
    constraints: tuple[Formula, ...] = ()


def names_of(formula: Formula) -> Iterator[str]:
    """Return the features that a formula names, each as often as it stands there."""
    match formula:
        case Has():
            yield formula.name
        case Not():
            yield from names_of(formula.part)
        case And() | Or():
            for part in formula.parts:
                yield from names_of(part)
        case Implies():
            yield from names_of(formula.premise)
            yield from names_of(formula.conclusion)
        case Same():
            yield from names_of(formula.left)
            yield from names_of(formula.right)
