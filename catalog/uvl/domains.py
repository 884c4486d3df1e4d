"""Which numbers and texts the features with a type can have, as far as their constraints say it:
`domains_of`.

An option declares its values, a feature does not: so what an option declares is taken from
constraints that hold wherever the feature is there (`Size >= 20 & Size <= 60`, `Size => Size < 60`,
`Name == 'a' | Name == 'b'`, `len(Name) <= 20`). They are then said by the option and need no rule.
Where they leave an end open, it is taken from what all constraints together leave possible (`Size +
Frame <= 90`), which stay rules. Nothing is guessed: a number without bounds is refused with its
line and what to write.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.product_model import MAX_DIGITS, MAX_MAGNITUDE, NumberDomain, TextDomain
from catalog.uvl.bounds import Ends, Possible
from catalog.uvl.features import (
    And,
    Compare,
    Feature,
    FeatureModel,
    Formula,
    Has,
    Implies,
    LengthOf,
    Number,
    Or,
    Type,
    ValueOf,
    Words,
    conjuncts,
    refused,
)

STEP = "step"
MAX_TEXT = 200
COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Domains:
    """For each feature with a type its numbers, the texts it is one of, or how long it can be; and
    what is left to say.

    `constraints` are those that the domains do not say, each with its line.
    """

    numbers: Mapping[str, NumberDomain]
    listed: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, TextDomain]
    constraints: tuple[tuple[Formula, int], ...]


@dataclass(frozen=True)
class _Bound:
    """A bound on the number, or on the length of the text, of a feature; or the texts that it is
    one of.
    """

    name: str
    operator: str = ""
    limit: Decimal = Decimal(0)
    of_length: bool = False
    texts: tuple[str, ...] | None = None

    @property
    def holds_without(self) -> bool:
        """Tell whether it holds where the feature is not there: its number is 0 then, its text
        empty.
        """
        return (
            "" in self.texts if self.texts is not None else COMPARES[self.operator](0, self.limit)
        )


def domains_of(model: FeatureModel) -> Domains:
    """Return the domains of all features with a type; refuses with UvlRefused numbers without
    bounds or step.
    """
    return _Domains(model).domains()


def with_demanded(model: FeatureModel) -> FeatureModel:
    """Return the model where an optional feature is mandatory if its bounds demand that it is
    there.

    What is not there counts as 0 or no text, so `Heat >= 1` without a condition leaves no
    configuration without Heat.
    """
    demanded = _Domains(model).demanded()
    if not demanded:
        return model

    def moved(feature: Feature) -> Feature:
        optional = [moved(each) for each in feature.optional]
        return replace(
            feature,
            mandatory=(
                *(moved(each) for each in feature.mandatory),
                *(each for each in optional if each.name in demanded),
            ),
            optional=tuple(each for each in optional if each.name not in demanded),
            groups=tuple(
                replace(each, features=tuple(map(moved, each.features))) for each in feature.groups
            ),
        )

    return replace(model, root=moved(model.root))


class _Domains:
    def __init__(self, model: FeatureModel) -> None:
        self.model = model
        self.typed = {each.name: each for each in model.root.all() if each.type is not Type.BOOLEAN}
        self.above: dict[str, Feature] = {}
        self.always_with: set[str] = set()
        for feature in model.root.all():
            self.above.update((child.name, feature) for child in feature.below())
            self.always_with.update(child.name for child in feature.mandatory)
        self.bounds: dict[str, list[_Bound]] = {name: [] for name in self.typed}

    def demanded(self) -> set[str]:
        """Return the optional features with a type that constraints demand wherever what is above
        them is there.
        """
        optional = {each.name for feature in self.model.root.all() for each in feature.optional}
        found: set[str] = set()
        for formula in self.model.constraints if self.typed else ():
            for bound, guards in self._guarded(formula, frozenset()):
                if bound.name in optional and bound.name not in guards and not bound.holds_without:
                    found.add(bound.name)
        return found

    def domains(self) -> Domains:
        found = [(each, line) for formula, line in self.model.told() for each in conjuncts(formula)]
        if not self.typed:
            return Domains({}, {}, {}, tuple(self.model.told()))
        for formula, _ in found:
            for bound, _ in self._bounds_in(formula, frozenset()):
                self.bounds[bound.name].append(bound)
        self.possible = self._possible()
        numbers = {
            name: self._numbers(each)
            for name, each in self.typed.items()
            if each.type is not Type.STRING
        }
        strings = [each for each in self.typed.values() if each.type is Type.STRING]
        listed = {each.name: self._listed(each) for each in strings}
        known = {name: texts for name, texts in listed.items() if texts is not None}
        texts = {each.name: self._text(each) for each in strings if each.name not in known}
        left = [
            (kept, line)
            for formula, line in found
            for kept in self._left(formula, frozenset(), known)
        ]
        return Domains(numbers, known, texts, tuple(left))

    # -- what constraints say of one feature

    def _bounds_in(self, formula: Formula, guards: frozenset[str]) -> Iterator[tuple[_Bound, bool]]:
        """Return the bounds that hold wherever their feature is there, and whether each is said by
        its domain alone.
        """
        for bound, guarded in self._guarded(formula, guards):
            there_with = self._with(bound.name)
            is_there = not guarded.isdisjoint(there_with) or self.model.root.name in there_with
            yield bound, is_there or bound.holds_without

    def _guarded(
        self, formula: Formula, guards: frozenset[str]
    ) -> Iterator[tuple[_Bound, frozenset[str]]]:
        """Return the bounds that hold wherever their feature is there, each with the features it
        waits for.

        `guards` are features that are there wherever the formula is demanded to hold.
        """
        if isinstance(formula, And):
            for part in formula.parts:
                yield from self._guarded(part, guards)
        elif isinstance(formula, Implies) and isinstance(formula.premise, Has):
            yield from self._guarded(formula.conclusion, guards | {formula.premise.name})
        elif (
            (bound := _bound(formula)) is not None
            and bound.name in self.typed
            and guards <= self._around(bound.name)
        ):
            yield bound, guards

    def _around(self, name: str) -> set[str]:
        """Return the feature and all above it."""
        found = {name}
        while name in self.above:
            name = self.above[name].name
            found.add(name)
        return found

    def _with(self, name: str) -> set[str]:
        """Return the features that are there exactly where this one is: itself, and above it while
        it is mandatory.
        """
        found = {name}
        while name in self.always_with:
            name = self.above[name].name
            found.add(name)
        return found

    def _left(
        self, formula: Formula, guards: frozenset[str], listed: Mapping[str, Any]
    ) -> Iterator[Formula]:
        """Return what a constraint says beyond the domains."""
        if isinstance(formula, And):
            for part in formula.parts:
                yield from self._left(part, guards, listed)
        elif isinstance(formula, Implies) and isinstance(formula.premise, Has):
            kept = list(self._left(formula.conclusion, guards | {formula.premise.name}, listed))
            if kept:
                yield Implies(formula.premise, kept[0] if len(kept) == 1 else And(tuple(kept)))
        else:
            said = [(bound, enough) for bound, enough in self._bounds_in(formula, guards) if enough]
            # How long a listed text is is not what its option declares.
            if not said or (said[0][0].of_length and said[0][0].name in listed):
                yield formula

    # -- domains

    def _possible(self) -> Possible:
        """Return what is known of numbers by their bounds alone, to ask what all constraints leave
        possible.
        """
        known: dict[str, Ends] = {}
        for name, feature in self.typed.items():
            if feature.type is not Type.STRING:
                limits = [each for each in self.bounds[name] if not each.of_length]
                low = [
                    Fraction(each.limit) for each in limits if each.operator in (">=", ">", "==")
                ]
                high = [
                    Fraction(each.limit) for each in limits if each.operator in ("<=", "<", "==")
                ]
                known[name] = max(low, default=None), min(high, default=None)
        texts = {
            name: listed for name in self.typed if (listed := self._named_texts(name)) is not None
        }
        return Possible(self.model, known, texts)

    def _named_texts(self, name: str) -> tuple[str, ...] | None:
        """Return the texts that a text is one of, by constraints that say just that."""
        lists = [each.texts for each in self.bounds[name] if each.texts is not None]
        if not lists:
            return None
        return tuple(
            text for text in dict.fromkeys(lists[0]) if all(text in each for each in lists)
        )

    def _numbers(self, feature: Feature) -> NumberDomain:
        step = feature.attributes.get(STEP)
        if step is None and feature.type is Type.INTEGER:
            step = Decimal(1)
        name = feature.name
        if (
            not isinstance(step, Decimal)
            or step <= 0
            or (feature.type is Type.INTEGER and step % 1)
        ):
            raise refused(
                feature.line,
                f"an option counts in steps, and '{name}' takes any number; write its step behind it, such as "
                f"{feature.type} {_quoted(name)} {{step {'1' if feature.type is Type.INTEGER else '0.1'}}}",
            )
        least = self._limit(feature, (">=", ">", "=="), max)
        most = self._limit(feature, ("<=", "<", "=="), min)
        first, last = least.limit, most.limit
        if feature.type is Type.INTEGER:
            whole = Decimal(math.ceil(first))
            first = whole + 1 if least.operator == ">" and whole == first else whole
        elif least.operator == ">":
            first += step
        steps = Fraction(last - first) / Fraction(step)
        count = math.floor(steps) - (most.operator == "<" and steps.denominator == 1)
        if count < 0:
            raise refused(feature.line, f"no number of '{name}' is within its bounds")
        last = first + count * step
        for number in (first, last, step):
            if (
                abs(number) >= MAX_MAGNITUDE
                or len(number.normalize().as_tuple().digits) > MAX_DIGITS
            ):
                raise refused(
                    feature.line, f"a bound of '{name}' is longer than {MAX_DIGITS} digits"
                )
        return NumberDomain(_plain(first), _plain(last), _plain(step))

    def _limit(
        self, feature: Feature, operators: tuple[str, ...], best: Callable[..., Decimal]
    ) -> _Bound:
        found = [
            each
            for each in self.bounds[feature.name]
            if each.operator in operators and not each.of_length
        ]
        if not found and (implied := self._implied(feature, 0 if best is max else 1)) is not None:
            return implied
        if not found:
            name, end = _quoted(feature.name), "least" if best is max else "greatest"
            raise refused(
                feature.line,
                f"the {feature.type} feature '{feature.name}' has no {end} number, and an option needs one; write both "
                f"as a constraint, such as {name} => {name} >= 0 & {name} <= 100",
            )
        limit = best(each.limit for each in found)
        closest = [each for each in found if each.limit == limit]
        return next((each for each in closest if each.operator in ("<", ">")), closest[0])

    def _implied(self, feature: Feature, end: int) -> _Bound | None:
        """Return the least (0) or greatest (1) number that the constraints leave possible, if there
        is one.
        """
        found = self.possible.ends(feature.name)
        if found is None:
            raise refused(feature.line, f"no number of '{feature.name}' is within its bounds")
        limit = found[end]
        if limit is None:
            return None
        step = feature.attributes.get(STEP, Decimal(1))
        assert isinstance(step, Decimal)
        steps = limit / Fraction(step)
        whole = math.floor(steps) if end == 0 else math.ceil(steps)
        return _Bound(feature.name, ">=" if end == 0 else "<=", whole * step)

    def _listed(self, feature: Feature) -> tuple[str, ...] | None:
        found = self._named_texts(feature.name)
        if found is None:
            implied = self.possible.texts_of(feature.name)
            return tuple(text for text in implied if text) or None if implied is not None else None
        if not found or "" in found:
            told = (
                "an empty text cannot be chosen" if found else "no text satisfies its constraints"
            )
            raise refused(feature.line, f"'{feature.name}': {told}")
        return found

    def _text(self, feature: Feature) -> TextDomain:
        least, most = 0, MAX_TEXT
        for each in self.bounds[feature.name]:
            if each.operator in (">=", ">", "=="):
                least = max(
                    least,
                    math.floor(each.limit) + 1 if each.operator == ">" else math.ceil(each.limit),
                )
            if each.operator in ("<=", "<", "=="):
                most = min(
                    most,
                    math.ceil(each.limit) - 1 if each.operator == "<" else math.floor(each.limit),
                )
        if least > most:
            raise refused(
                feature.line, f"no text of '{feature.name}' is as long as its constraints say"
            )
        return TextDomain(least, most)


def _bound(formula: Formula) -> _Bound | None:
    """Return what a formula says of a single feature, if that is all it says."""
    if isinstance(formula, Or):
        parts = [_bound(part) for part in formula.parts]
        first = parts[0] if parts else None
        if len(parts) == 2 and first is not None and parts[1] is not None:
            either = _either(first, parts[1]) or _either(parts[1], first)
            if either is not None:
                return either
        if first is None or any(
            part is None or part.texts is None or part.name != first.name for part in parts
        ):
            return None
        return _Bound(
            first.name,
            texts=tuple(text for part in parts for text in (part.texts if part else None) or ()),
        )
    if not isinstance(formula, Compare) or formula.operator == "!=":
        return None
    sign, left, right = formula.operator, formula.left, formula.right
    if isinstance(left, (Number, Words)):
        sign, left, right = TURNED.get(sign, sign), right, left
    match left, right:
        case ValueOf(), Number():
            return _Bound(left.name, sign, right.value)
        case ValueOf(), Words() if sign == "==":
            return _Bound(left.name, texts=(right.value,))
        case LengthOf(), Number():
            return _Bound(left.name, sign, right.value, of_length=True)
        case _:
            return None


def _either(equal: _Bound, beyond: _Bound) -> _Bound | None:
    """Return `>=` of what is told as `== or >`, and `<=` of `== or <`."""
    same = (equal.name, equal.limit, equal.of_length) == (
        beyond.name,
        beyond.limit,
        beyond.of_length,
    )
    if same and equal.operator == "==" and beyond.operator in ("<", ">"):
        return replace(beyond, operator=f"{beyond.operator}=")
    return None


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f'"{name}"'


def _plain(number: Decimal) -> Decimal:
    """Return the number as product models hold it."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
