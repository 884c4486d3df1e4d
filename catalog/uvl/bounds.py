"""Between which numbers a feature's value lies, and which texts it may be, as all constraints
together leave it.

Intervals are narrowed constraint by constraint until nothing changes: nothing possible is ever left
out, though more may be left in. Source: Benhamou, Goualard, Granvilliers, Puget, "Revising hull and
box consistency", ICLP 1999.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from catalog.uvl.features import (
    Aggregate,
    And,
    Arithmetic,
    AttributeOf,
    Compare,
    Constant,
    Feature,
    FeatureModel,
    Formula,
    Gathered,
    Has,
    Implies,
    LengthOf,
    Not,
    Number,
    Or,
    Same,
    Term,
    Type,
    ValueOf,
    Whole,
    Words,
    parts_of,
)

# The least and the greatest; None where there is no end.
type Ends = tuple[Fraction | None, Fraction | None]

ANY: Ends = (None, None)
_ROUNDS = 20
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Possible:
    """What the constraints of a model leave possible; `known` and `texts` are what is known of each
    from the start.
    """

    def __init__(
        self, model: FeatureModel, known: Mapping[str, Ends], texts: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.model = model
        self.known: dict[str, Ends | None] = dict(known)
        self.texts: dict[str, tuple[str, ...] | None] = dict(texts)
        self.features = {feature.name: feature for feature in model.root.all()}
        self.above = {
            child.name: feature.name
            for feature in self.features.values()
            for child in feature.below()
        }
        self.mandatory = {
            child.name for feature in self.features.values() for child in feature.mandatory
        }
        self.is_narrowed = False

    def ends(self, name: str) -> Ends | None:
        """Return between which numbers a value lies, where its feature is there; None where it
        never can be.
        """
        self._narrow()
        return self.known[name]

    def texts_of(self, name: str) -> tuple[str, ...] | None:
        """Return the texts that a value may be, where its feature is there; None where it may be
        any.
        """
        self._narrow()
        return self.texts.get(name)

    def _narrow(self) -> None:
        if self.is_narrowed:
            return
        self.is_narrowed = True
        open_numbers = [name for name, ends in self.known.items() if ends is None or None in ends]
        open_texts = [
            name
            for name, each in self.features.items()
            if each.type is Type.STRING and name not in self.texts
        ]
        about = self._constraints_about({*open_numbers, *open_texts})
        for _ in range(_ROUNDS):
            before = dict(self.known), dict(self.texts)
            for name in open_numbers:
                numbers = _Numbers(self, name)
                for formula in about[name]:
                    self.known[name] = _meet(self.known[name], numbers.left_by(formula))
            for name in open_texts:
                for formula in about[name]:
                    self.texts[name] = _both(
                        self.texts.get(name), _Texts(self, name).left_by(formula)
                    )
            if before == (self.known, self.texts):
                return

    def _constraints_about(self, names: set[str]) -> Mapping[str, list[Formula]]:
        found: dict[str, list[Formula]] = {name: [] for name in names}
        for formula in self.model.constraints if names else ():
            for name in names & _values_in(formula):
                found[name].append(formula)
        return found

    def is_there_with(self, name: str, other: str) -> bool:
        """Tell whether `other` is there wherever `name` is: the same, above it, or mandatory below
        one of these.
        """
        around = {self.model.root.name, name}
        while name in self.above:
            name = self.above[name]
            around.add(name)
        while other not in around and other in self.mandatory:
            other = self.above[other]
        return other in around

    # -- numbers

    def interval(self, term: Term, name: str) -> Ends:
        """Return between which numbers a term lies, where the feature called `name` is there."""
        match term:
            case Number():
                return Fraction(term.value), Fraction(term.value)
            case ValueOf():
                ends = self.known.get(term.name, ANY) or (Fraction(0), Fraction(0))
                return ends if self.is_there_with(name, term.name) else _hull(ends, _ZERO)
            case AttributeOf():
                held = _ends_of(self.features[term.name].attributes.get(term.attribute))
                return held if self.is_there_with(name, term.name) else _hull(held, _ZERO)
            case LengthOf():
                return Fraction(0), None
            case Whole():
                low, high = self.interval(term.part, name)
                turn = math.floor if term.function == "floor" else math.ceil
                return (
                    None if low is None else Fraction(turn(low)),
                    None if high is None else Fraction(turn(high)),
                )
            case Aggregate():
                return _gathered(
                    term.function, [_hull(_ends_of(held), _ZERO) for held in self._held(term)]
                )
            case Gathered():
                return _gathered(term.function, [self.interval(part, name) for part in term.parts])
            case Arithmetic():
                return _computed(
                    term.operator, self.interval(term.left, name), self.interval(term.right, name)
                )
            case _:
                return ANY

    def _held(self, aggregate: Aggregate) -> Iterator[object]:
        root: Feature = self.model.root if aggregate.name is None else self.features[aggregate.name]
        for each in root.all():
            if isinstance(each.attributes.get(aggregate.attribute), Decimal):
                yield each.attributes[aggregate.attribute]


class _Left[What](ABC):
    """What a constraint leaves of a value: None is nothing at all."""

    def __init__(self, among: Possible, name: str) -> None:
        self.among = among
        self.name = name

    anything: What
    meet: Callable[[What | None, What | None], What | None]
    join: Callable[[What | None, What | None], What | None]

    @abstractmethod
    def compared(self, compare: Compare) -> What | None:
        """Return what is left where the comparison holds."""

    def left_by(self, formula: Formula, holds: bool = True) -> What | None:
        """Return what is left where the formula holds, or does not hold, and the feature is there."""
        kind = type(self)
        match formula:
            case Compare():
                return self._compare(formula, holds)
            case Has():
                denied = not holds and self.among.is_there_with(self.name, formula.name)
                return None if denied else self.anything
            case Constant():
                return self.anything if formula.value is holds else None
            case Not():
                return self.left_by(formula.part, not holds)
            case Implies():
                return self.left_by(Or((Not(formula.premise), formula.conclusion)), holds)
            case Same():
                both, neither = (
                    And((formula.left, formula.right)),
                    Or((formula.left, formula.right)),
                )
                return self.left_by(Or((both, Not(neither))), holds)
            case And() | Or():
                found = [self.left_by(part, holds) for part in formula.parts]
                every = isinstance(formula, And) is holds
                left: What | None = self.anything if every else None
                for each in found:
                    left = kind.meet(left, each) if every else kind.join(left, each)
                return left

    def _compare(self, compare: Compare, holds: bool) -> What | None:
        if self.name not in _values_in(compare):
            return self.anything
        if holds:
            return self.compared(compare)
        # What divides by zero is false, and so is what denies it.
        if _divides(compare):
            return self.anything
        return self.compared(Compare(_OPPOSITE[compare.operator], compare.left, compare.right))


class _Numbers(_Left[Ends]):
    anything = ANY

    @staticmethod
    def meet(one: Ends | None, other: Ends | None) -> Ends | None:
        return _meet(one, other)

    @staticmethod
    def join(one: Ends | None, other: Ends | None) -> Ends | None:
        return other if one is None else one if other is None else _hull(one, other)

    def compared(self, compare: Compare) -> Ends | None:
        left = self._revised(
            compare.left, self._allowed(compare.operator, compare.left, compare.right)
        )
        turned = _TURNED.get(compare.operator, compare.operator)
        return _meet(
            left, self._revised(compare.right, self._allowed(turned, compare.right, compare.left))
        )

    def _allowed(self, sign: str, term: Term, other: Term) -> Ends:
        """Return where a term lies that compares so with the other; whole numbers know what is
        next.
        """
        low, high = self.among.interval(other, self.name)
        is_whole = isinstance(term, ValueOf) and self.among.features[term.name].type is Type.INTEGER
        match sign:
            case "==":
                return low, high
            case "<" | "<=":
                if is_whole and sign == "<" and high is not None:
                    high = Fraction(math.ceil(high) - 1)
                return None, high
            case ">" | ">=":
                if is_whole and sign == ">" and low is not None:
                    low = Fraction(math.floor(low) + 1)
                return low, None
            case _:
                return ANY

    def _revised(self, term: Term, allowed: Ends) -> Ends | None:
        """Return where the value lies if `term` lies within `allowed`."""
        if allowed == ANY or self.name not in _values_in(term):
            return ANY
        match term:
            case ValueOf():
                return allowed
            case Whole():
                low, high = allowed
                one = Fraction(1)
                if term.function == "floor":
                    return self._revised(term.part, (low, None if high is None else high + one))
                return self._revised(term.part, (None if low is None else low - one, high))
            case Arithmetic():
                left, right = (
                    self.among.interval(each, self.name) for each in (term.left, term.right)
                )
                one_side, other_side = _inverted(term.operator, allowed, left, right)
                return _meet(
                    self._revised(term.left, one_side), self._revised(term.right, other_side)
                )
            case Gathered(function="sum"):
                return self._gathered(term, allowed)
            case _:
                return ANY

    def _gathered(self, term: Gathered, allowed: Ends) -> Ends | None:
        found: Ends | None = ANY
        for place, part in enumerate(term.parts):
            others = [
                self.among.interval(each, self.name)
                for each in (*term.parts[:place], *term.parts[place + 1 :])
            ]
            rest = _gathered("sum", others)
            found = _meet(found, self._revised(part, _computed("-", allowed, rest)))
        return found


class _Texts(_Left[tuple[str, ...]]):
    """Of texts "anything" is told by a text of its own, which no other equals."""

    anything = ("\0any",)

    @staticmethod
    def meet(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if one is None or other is None:
            return None
        if one == _Texts.anything or other == _Texts.anything:
            return other if one == _Texts.anything else one
        return tuple(text for text in one if text in other)

    @staticmethod
    def join(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if one is None or other is None:
            return other if one is None else one
        if _Texts.anything in (one, other):
            return _Texts.anything
        return tuple(dict.fromkeys((*one, *other)))

    def compared(self, compare: Compare) -> tuple[str, ...]:
        if compare.operator != "==":
            return self.anything
        other = compare.right if compare.left == ValueOf(self.name) else compare.left
        match other:
            case Words():
                return (other.value,)
            case AttributeOf():
                value = self.among.features[other.name].attributes.get(other.attribute)
                return (value,) if isinstance(value, str) else self.anything
            case ValueOf():
                known = self.among.texts.get(other.name)
                return self.anything if known is None or other.name == self.name else known
            case _:
                return self.anything


def _both(known: tuple[str, ...] | None, left: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the texts that are in both; None is any text in the first, no text in the second."""
    if left == _Texts.anything:
        return known
    return _Texts.meet(left, known) if known is not None else left or ()


_ZERO: Ends = (Fraction(0), Fraction(0))


def _values_in(node: Formula | Term) -> set[str]:
    found: set[str] = set()
    waiting: list[Formula | Term] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ValueOf):
            found.add(each.name)
        waiting.extend(parts_of(each))
    return found


def _divides(node: Formula | Term) -> bool:
    waiting: list[Formula | Term] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Arithmetic) and each.operator == "/":
            return True
        waiting.extend(parts_of(each))
    return False


def _ends_of(held: object) -> Ends:
    return (Fraction(held), Fraction(held)) if isinstance(held, Decimal) else ANY


def _meet(one: Ends | None, other: Ends | None) -> Ends | None:
    if one is None or other is None:
        return None
    lows = [low for low in (one[0], other[0]) if low is not None]
    highs = [high for high in (one[1], other[1]) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else (low, high)


def _hull(one: Ends, other: Ends) -> Ends:
    return (
        None if one[0] is None or other[0] is None else min(one[0], other[0]),
        None if one[1] is None or other[1] is None else max(one[1], other[1]),
    )


def _gathered(function: str, parts: list[Ends]) -> Ends:
    """Return where a sum lies, or an average, of which any part may be missing."""
    total = _ZERO
    for each in parts:
        total = _computed("+", total, each) if function == "sum" else _hull(total, each)
    return total


def _computed(operator: str, left: Ends, right: Ends) -> Ends:
    match operator:
        case "+":
            low = None if left[0] is None or right[0] is None else left[0] + right[0]
            high = None if left[1] is None or right[1] is None else left[1] + right[1]
            return low, high
        case "-":
            return _computed("+", left, _negative(right))
        case "*":
            return _product(left, right)
        case _:
            low, high = right
            if low is None or high is None or low <= 0 <= high:
                return ANY
            return _product(left, (1 / high, 1 / low))


def _negative(ends: Ends) -> Ends:
    low, high = ends
    return None if high is None else -high, None if low is None else -low


def _product(left: Ends, right: Ends) -> Ends:
    if right[0] is not None and right[0] == right[1]:
        factor = right[0]
        if factor == 0:
            return _ZERO
        low, high = (None if end is None else end * factor for end in left)
        return (low, high) if factor > 0 else (high, low)
    if left[0] is not None and left[0] == left[1]:
        return _product(right, left)
    ends = (*left, *right)
    if any(end is None for end in ends):
        return ANY
    found = [
        one * other for one in left for other in right if one is not None and other is not None
    ]
    return min(found), max(found)


def _inverted(operator: str, allowed: Ends, left: Ends, right: Ends) -> tuple[Ends, Ends]:
    """Return where both sides of an operation lie if its result lies within `allowed`."""
    match operator:
        case "+":
            return _computed("-", allowed, right), _computed("-", allowed, left)
        case "-":
            return _computed("+", allowed, right), _computed("-", left, allowed)
        case "*":
            return _computed("/", allowed, right), _computed("/", allowed, left)
        case _:
            return _product(allowed, right), ANY
