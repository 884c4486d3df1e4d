"""Random small models of UVL's higher levels, and all their configurations: written from the
language, not the code.

A configuration is told as the values of the features that are there (True for one without a type),
each copy and all below it under names of their own.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from catalog.product_model import Choice, Kind, ProductModel
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
    Group,
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
)
from catalog.uvl.to_product import Place
from tests.catalog.uvl.small_models import SEED, features_of

NUMBERS = [Decimal(number) for number in range(-1, 4)]
TEXTS = ["a", "bb", "ccc"]
SIGNS = ("==", "!=", "<", "<=", ">", ">=")

type Configuration = Mapping[str, Any]


# -- random models


def random_model(chance: random.Random) -> FeatureModel:
    names = iter(f"{chance.choice(('Leg', 'if', 'A, B'))} {place}" for place in range(100))
    bounds: list[Formula] = []

    def feature(depth: int, above: bool) -> Feature:
        name = next(names)
        kind = chance.choice((Type.BOOLEAN, Type.BOOLEAN, Type.BOOLEAN, Type.INTEGER, Type.STRING))
        copies = None
        if above and chance.random() < (0.35 if depth and kind is Type.BOOLEAN else 0.15):
            copies = chance.choice(((1, 2), (0, 2), (2, 2), (1, 1)))
        attributes = {
            key: Decimal(chance.randint(-2, 3)) / chance.choice((1, 2))
            for key in ("price", "load")
            if chance.random() < 0.4
        }
        if kind is not Type.BOOLEAN:
            bounds.extend(bounds_of(name, kind))
        if depth == 0:
            return Feature(name, attributes=attributes, type=kind)
        groups = []
        if chance.random() < 0.4:
            members = tuple(feature(depth - 1, True) for _ in range(chance.randint(1, 2)))
            groups.append(
                chance.choice((Group(1, 1, members), Group(0, 1, members), Group(1, None, members)))
            )
        mandatory = tuple(feature(depth - 1, True) for _ in range(chance.choice((0, 0, 1))))
        optional = tuple(feature(depth - 1, True) for _ in range(chance.choice((0, 1, 1))))
        return Feature(name, mandatory, optional, tuple(groups), attributes, kind, copies)

    def bounds_of(name: str, kind: Type) -> Iterator[Formula]:
        own = ValueOf(name)
        if kind is Type.STRING:
            some = chance.sample(TEXTS, 2)
            listed = Or(tuple(Compare("==", own, Words(text)) for text in some))
            yield listed if chance.random() < 0.2 else Implies(Has(name), listed)
            return
        least = chance.randint(-1, 1)
        low = chance.choice(
            (
                Compare(">=", own, Number(Decimal(least))),
                Compare("<", Number(Decimal(least - 1)), own),
            )
        )
        high = Compare("<=", own, Number(Decimal(least + chance.randint(0, 2))))
        yield chance.choice((And((low, high)), Implies(Has(name), And((low, high)))))

    root = feature(2, False)
    known = list(root.all())
    typed = [each for each in known if each.type is Type.INTEGER]
    strings = [each for each in known if each.type is Type.STRING]
    priced = [(each.name, key) for each in known for key in each.attributes]

    def number(depth: int) -> Term:
        if depth == 0 or chance.random() < 0.4:
            shape = chance.choice(("value", "value", "attribute", "sum", "gathered", "constant"))
            if shape == "value" and typed:
                return ValueOf(chance.choice(typed).name)
            if shape == "attribute" and priced:
                return AttributeOf(*chance.choice(priced))
            if shape == "sum" and priced:
                below = chance.choice(known).name if chance.random() < 0.3 else None
                return Aggregate(
                    chance.choice(("sum", "sum", "avg")), chance.choice(priced)[1], below
                )
            if shape == "gathered" and typed:
                some = [ValueOf(chance.choice(typed).name) for _ in range(chance.randint(1, 3))]
                # One or two are written like an attribute and a feature; three cannot be taken for
                # these.
                return Gathered(chance.choice(("sum", "avg")), tuple(some))
            return Number(Decimal(chance.randint(-2, 4)) / chance.choice((1, 1, 2)))
        if chance.random() < 0.15:
            return Whole(chance.choice(("floor", "ceil")), number(depth - 1))
        return Arithmetic(chance.choice("+-*/"), number(depth - 1), number(depth - 1))

    def formula(depth: int) -> Formula:
        if depth == 0 or chance.random() < 0.4:
            shape = chance.choice(("has", "number", "number", "text"))
            if shape == "number":
                return Compare(chance.choice(SIGNS), number(2), number(1))
            if shape == "text" and strings:
                own = chance.choice(strings).name
                if chance.random() < 0.2:
                    return Compare(chance.choice(SIGNS), LengthOf(own), number(1))
                other = (
                    ValueOf(chance.choice(strings).name)
                    if chance.random() < 0.4
                    else Words(chance.choice(TEXTS))
                )
                return Compare(chance.choice(("==", "!=")), ValueOf(own), other)
            return Has(chance.choice(known).name)
        if chance.random() < 0.2:
            return Not(formula(depth - 1))
        pair = formula(depth - 1), formula(depth - 1)
        return chance.choice((And(pair), Or(pair), Implies(*pair), Same(*pair)))

    rules = [formula(2) for _ in range(chance.randint(0, 3))]
    return FeatureModel(root, (*bounds, *rules))


def typed_models(count: int) -> Iterator[tuple[str, FeatureModel]]:
    number = 0
    while count:
        model = random_model(random.Random(f"{SEED}/typed {number}"))
        if (
            2 <= sum(1 for _ in model.root.all()) <= 6
            and sum(1 for _ in _configs(model.root, "")) <= 3_000
        ):
            yield f"UVL_SEED={SEED}, typed model {number}", model
            count -= 1
        number += 1


# -- configurations of a feature model


def configurations(model: FeatureModel) -> set[frozenset[tuple[str, Any]]]:
    return {
        frozenset(each.items())
        for each in _configs(model.root, "")
        if all(_holds_in_all(model, formula, each) for formula in model.constraints)
    }


def _configs(feature: Feature, suffix: str) -> Iterator[dict[str, Any]]:
    if feature.copies is None:
        yield from _bodies(feature, suffix)
        return
    for count in range(feature.copies[0], feature.copies[1] + 1):
        bodies = [list(_bodies(feature, f"{suffix} #{number}")) for number in range(1, count + 1)]
        for chosen in itertools.product(*bodies):
            yield _joined({feature.name + suffix: True}, *chosen)


def _bodies(feature: Feature, suffix: str) -> Iterator[dict[str, Any]]:
    """Return what a feature and all below it can be, once it is there."""
    values: list[Any] = {Type.INTEGER: NUMBERS, Type.STRING: TEXTS}.get(feature.type, [True])
    parts: list[list[dict[str, Any]]] = [[{feature.name + suffix: value} for value in values]]
    parts += [list(_configs(child, suffix)) for child in feature.mandatory]
    parts += [[{}, *_configs(child, suffix)] for child in feature.optional]
    for group in feature.groups:
        most = len(group.features) if group.most is None else group.most
        some: list[dict[str, Any]] = []
        for there in itertools.product((False, True), repeat=len(group.features)):
            if group.least <= sum(there) <= most:
                members = [
                    list(_configs(each, suffix))
                    for each in itertools.compress(group.features, there)
                ]
                some += [_joined(*chosen) for chosen in itertools.product(*members)]
        parts.append(some)
    for chosen in itertools.product(*parts):
        yield _joined(*chosen)


def _joined(*parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def _holds_in_all(model: FeatureModel, formula: Formula, there: Configuration) -> bool:
    """Tell whether a constraint holds, in every copy of what it names."""
    named = set(_names(formula))
    valued = {each for kind, each in named if kind in (ValueOf, LengthOf)}

    def check(waiting: list[Feature], names: dict[str, str], values: dict[str, str]) -> bool:
        for place, feature in enumerate(waiting):
            below = {each.name for child in feature.below() for each in child.all()}
            if feature.copies and (feature.name in valued or below & {each for _, each in named}):
                for number in range(1, feature.copies[1] + 1):
                    own = f"{names[feature.name]} #{number}"
                    inner = {
                        name: f"{told} #{number}" if name in below else told
                        for name, told in names.items()
                    }
                    further = {**{name: inner[name] for name in inner}, **values, feature.name: own}
                    further |= {name: inner[name] for name in below}
                    if own in there and not check(waiting[place + 1 :], inner, further):
                        return False
                return True
        return _Told(model, names, values, there).holds(formula)

    features = list(model.root.all())
    plain = {each.name: each.name for each in features}
    return check(features, plain, plain)


def _names(part: Any) -> Iterator[tuple[type, str]]:
    """Return what names one feature; what is gathered names all copies of it at once."""
    if isinstance(part, tuple):
        for each in part:
            yield from _names(each)
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Gathered):
        if getattr(part, "name", None):
            yield type(part), part.name
        for each in part.__dataclass_fields__:
            yield from _names(getattr(part, each))


class _Told:
    """`names` tells the feature that a name stands for, `values` that which has its value; `there`
    what is there.
    """

    def __init__(
        self,
        model: FeatureModel,
        names: Mapping[str, str],
        values: Mapping[str, str],
        there: Configuration,
    ) -> None:
        self.features = {each.name: each for each in model.root.all()}
        self.root = model.root
        self.names = names
        self.values = values
        self.there = there

    def holds(self, formula: Formula) -> bool:
        match formula:
            case Has():
                return self.names[formula.name] in self.there
            case Constant():
                return formula.value
            case Compare():
                return self._compares(formula)
            case Not():
                return not self.holds(formula.part)
            case And():
                return all(self.holds(part) for part in formula.parts)
            case Or():
                return any(self.holds(part) for part in formula.parts)
            case Implies():
                return not self.holds(formula.premise) or self.holds(formula.conclusion)
            case Same():
                return self.holds(formula.left) == self.holds(formula.right)

    def _compares(self, formula: Compare) -> bool:
        try:
            left, right = self.worth(formula.left), self.worth(formula.right)
        except ZeroDivisionError:
            return False
        return {
            "==": left == right,
            "!=": left != right,
            **(
                {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
                if not isinstance(left, str)
                else {}
            ),
        }[formula.operator]

    def worth(self, term: Term) -> Any:
        match term:
            case Number():
                return Fraction(term.value)
            case Words():
                return term.value
            case ValueOf():
                missing: Any = "" if self.features[term.name].type is Type.STRING else Decimal(0)
                value = self.there.get(self.values[term.name], missing)
                return value if isinstance(value, str) else Fraction(value)
            case LengthOf():
                return Fraction(len(self.there.get(self.values[term.name], "")))
            case AttributeOf():
                value = self.features[term.name].attributes[term.attribute]
                # Where there is any copy there is the first.
                first = " #1" if self.features[term.name].copies else ""
                return (
                    Fraction(value) if self.names[term.name] + first in self.there else Fraction(0)
                )
            case Whole():
                return Fraction(
                    (floor if term.function == "floor" else ceil)(self.worth(term.part))
                )
            case Aggregate():
                amounts = list(self._amounts(term))
                return sum(amounts, Fraction(0)) / (
                    1 if term.function == "sum" else max(len(amounts), 1)
                )
            case Gathered():
                held = [
                    Fraction(self.there[each])
                    for part in term.parts
                    for each in self._instances(part.name, "")
                ]
                return sum(held, Fraction(0)) / (1 if term.function == "sum" else max(len(held), 1))
            case Arithmetic():
                left, right = self.worth(term.left), self.worth(term.right)
                if term.operator == "/":
                    return left / right
                return (
                    left + right
                    if term.operator == "+"
                    else left - right
                    if term.operator == "-"
                    else left * right
                )

    def _amounts(self, term: Aggregate) -> Iterator[Fraction]:
        top = self.root.name if term.name is None else term.name
        suffix = self.names[top].removeprefix(top)
        for each in self.features[top].all():
            if term.attribute in each.attributes:
                yield from [Fraction(each.attributes[term.attribute])] * len(
                    self._instances(each.name, suffix)
                )

    def _instances(self, name: str, suffix: str) -> list[str]:
        """Return the copies of a feature that are there, in all copies around it that begin with
        `suffix`.
        """
        around = sum(
            1
            for each in self.features.values()
            if each.copies and name in {n.name for n in each.all()}
        )
        return [
            there
            for there in self.there
            if there.partition(" #")[0] == name
            and there.count(" #") == around
            and there.startswith(name + suffix)
        ]


# -- the same of a product


def size(product: ProductModel) -> int:
    """Return how many answers there are to all options, whether they go together or not."""
    total = 1
    for option in product.options:
        total *= len(option.number) + 1 if option.number else max(2 ** len(option.values), 3)
    return total


def told_by_product(
    model: ProductModel, values: dict[str, Choice], places: Mapping[str, Place]
) -> Any:
    found: dict[str, Any] = {}
    for name in features_of(values, dict(places)):
        holds = places[name].holds
        if holds is None:
            found[name] = True
            continue
        option = model.option_by_key[holds]
        value = values[holds]
        found[name] = (
            option.value_by_key[str(value)].label.default if option.kind is Kind.CHOICE else value
        )
    return frozenset(found.items())
