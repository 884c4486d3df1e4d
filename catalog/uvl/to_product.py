"""From a feature model to a product model with the same configurations: `product_of`.

An optional feature is a yes/no option, an alternative group a choice, any other group a multi-choice with a count; each
is asked where the feature above it is there. A feature that is there whenever its parent is becomes a derived yes/no.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from catalog.expressions.lexer import KEYWORDS, MAX_LENGTH
from catalog.product_model import (
    MAX_DIGITS,
    MAX_MAGNITUDE,
    Derived,
    Kind,
    Option,
    ProductModel,
    Rule,
    Step,
    Text,
    Value,
)
from catalog.product_model import Group as OptionGroup
from catalog.uvl.features import (
    And,
    Attribute,
    Constant,
    Feature,
    FeatureModel,
    Formula,
    Group,
    Has,
    Implies,
    Not,
    Or,
    Same,
)

_MOST = MAX_LENGTH - 200
_DESCRIPTIONS = ("description", "featuredescription__")
_TRUE, _FALSE = "true", "false"


@dataclass(frozen=True)
class Place:
    """Where a feature went: it is there where `option` has `value`, or is yes (no `value`); always without `option`."""

    option: str | None
    kind: Kind | None = None
    value: str = ""


def product_of(model: FeatureModel, key: str) -> ProductModel:
    """Return the product that has one configuration for each of the feature model, under `key`."""
    return product_and_places(model, key)[0]


def product_and_places(model: FeatureModel, key: str) -> tuple[ProductModel, Mapping[str, Place]]:
    """Return the product, and where each feature went, by its name."""
    maker = _Maker(model)
    return maker.product(key), maker.places


class _Maker:
    def __init__(self, model: FeatureModel) -> None:
        self.model = model
        self.keys = _Keys()
        self.key_of: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.options: list[Option] = []
        self.derived: list[Derived] = []
        self.steps: list[Step] = []

    def product(self, key: str) -> ProductModel:
        root = self.model.root
        self.places[root.name] = Place(None)
        for feature in root.all():
            self.key_of[feature.name] = self.keys.key(feature.name)
        self._below(root, None)
        rules = tuple(self._rules())
        return ProductModel(
            product=key,
            name=Text(root.name),
            description=_description(root),
            options=tuple(self.options),
            derived=tuple(self.derived),
            rules=rules,
            steps=tuple(self.steps),
        )

    # -- the tree

    def _below(self, root: Feature, group: str | None) -> None:
        """Add options for all below `root`, each feature's own options before those of the features below it."""
        waiting: list[tuple[Feature, str | None]] = [(root, group)]
        stem = _stem(root)
        while waiting:
            feature, group = waiting.pop()
            when = self._condition(feature.name)
            self._own(feature, None if when == _TRUE else when, group)
            below = [*feature.below()]
            if feature is stem:
                waiting.extend((each, self._step(each)) for each in reversed(below))
            else:
                waiting.extend((each, group) for each in reversed(below))

    def _step(self, feature: Feature) -> str | None:
        """Return the key of a step of its own for what is below `feature`, if there is something to ask."""
        if not any(each.optional or each.groups for each in feature.all()):
            return None
        key = self.key_of[feature.name]
        label = Text(feature.name)
        self.steps.append(Step(key, label, (OptionGroup(key, label),)))
        return key

    def _own(self, feature: Feature, when: str | None, group: str | None) -> None:
        for child in feature.mandatory:
            self.places[child.name] = self.places[feature.name]
            if not child.groups:  # else an option has its name
                key = self.keys.use(self.key_of[child.name])
                self.derived.append(Derived(key, Text(child.name), self._condition(child.name)))
        for child in feature.optional:
            key = self.keys.use(self.key_of[child.name])
            self.places[child.name] = Place(key, Kind.BOOLEAN)
            self.options.append(Option(key, Kind.BOOLEAN, Text(child.name), group, help=_description(child), when=when))
        for features in feature.groups:
            self._grouped(feature, features, when, group)
        if when is not None and self.places[feature.name].value == "":
            self._amounts(feature, when)

    def _grouped(self, feature: Feature, members: Group, when: str | None, group: str | None) -> None:
        own = self.key_of[feature.name]
        key = self.keys.use(own) if self.keys.is_unused(own) else self.keys.key(f"{feature.name} choice")
        kind = Kind.CHOICE if members.is_alternative else Kind.MULTI
        values = tuple(
            Value(
                self.key_of[member.name],
                Text(member.name),
                description=_description(member),
                attributes=self._attributes(member),
            )
            for member in members.features
        )
        for value, member in zip(values, members.features, strict=True):
            self.places[member.name] = Place(key, kind, value.key)
        most = members.most if members.most is not None and members.most < len(values) else None
        self.options.append(
            Option(
                key,
                kind,
                Text(feature.name),
                group,
                values=values,
                at_least=members.least or None if kind is Kind.MULTI else None,
                at_most=most if kind is Kind.MULTI else None,
                when=when,
            )
        )

    def _attributes(self, feature: Feature) -> dict[str, Decimal | str]:
        found: dict[str, Decimal | str] = {}
        for name, value in feature.attributes.items():
            key = _plain(name)
            if key and not _is_description(name) and not isinstance(value, bool) and _fits(value):
                found.setdefault(key, value)
        return found

    def _amounts(self, feature: Feature, when: str) -> None:
        """Add the numbers of a feature that is no value, as derived values that are 0 without the feature."""
        for name, value in self._attributes(feature).items():
            if isinstance(value, Decimal):
                label = f"{feature.name}: {name}"
                self.derived.append(Derived(self.keys.key(label), Text(label), f"if {when} then {value:f} else 0"))

    # -- conditions

    def _condition(self, name: str) -> str:
        """Return the condition that holds where the feature is there."""
        place = self.places[name]
        if place.option is None:
            return _TRUE
        if place.kind is Kind.BOOLEAN:
            return place.option
        return f"{place.option} {'is' if place.kind is Kind.CHOICE else 'has'} {place.value}"

    def _rules(self) -> Iterator[Rule]:
        number = 0
        for formula in self.model.constraints:
            for part in formula.parts if isinstance(formula, And) else (formula,):
                number += 1
                yield Rule(self.keys.key(f"rule {number}"), self._told(part)[0])

    def _told(self, formula: Formula) -> tuple[str, int]:
        """Return the formula in the catalog's notation, with how tight it binds: 0 implies, 1 or, 2 and, 3 single."""
        match formula:
            case Has():
                return self._condition(formula.name), 3
            case Constant():
                return (_TRUE if formula.value else _FALSE), 3
            case Not():
                return self._joined("not ", [""], [formula.part], 3, 3)
            case And():
                return self._joined("", [" and "], formula.parts, 2, 3)
            case Or():
                return self._some(formula)
            case Implies():
                return self._joined("", [" implies "], [formula.premise, formula.conclusion], 0, 1)
            case Same():
                both = And((Implies(formula.left, formula.right), Implies(formula.right, formula.left)))
                return self._told(both)

    def _some(self, formula: Or) -> tuple[str, int]:
        """Return a disjunction, the values of one option told together."""
        values: dict[str, list[str]] = {}
        others: list[Formula] = []
        kinds: dict[str, Kind] = {}
        for part in formula.parts:
            place = self.places[part.name] if isinstance(part, Has) else None
            if place is not None and place.option is not None and place.kind is not None and place.value:
                values.setdefault(place.option, []).append(place.value)
                kinds[place.option] = place.kind
            else:
                others.append(part)
        texts: list[str] = []
        for option, members in values.items():
            members = list(dict.fromkeys(members))
            for start in range(0, len(members), 50):
                listed = ", ".join(members[start : start + 50])
                texts.append(
                    f"{option} in ({listed})" if kinds[option] is Kind.CHOICE else f"{option} has any of ({listed})"
                )
        texts += [self._wrapped(part, 2) for part in others]
        return self._short(texts, " or "), 1 if len(texts) > 1 else 3

    def _joined(
        self, before: str, words: Sequence[str], parts: Sequence[Formula], own: int, inside: int
    ) -> tuple[str, int]:
        return before + self._short([self._wrapped(part, inside) for part in parts], words[0]), own

    def _wrapped(self, part: Formula, least: int) -> str:
        told, tight = self._told(part)
        return told if tight >= least else f"({told})"

    def _short(self, texts: Iterable[str], word: str) -> str:
        """Return the texts joined; what would be too long becomes derived values, each read in place of its text."""
        pieces = [text if len(text) <= _MOST // 4 or text.isidentifier() else self._named(text) for text in texts]
        while len(pieces) > 1 and sum(len(piece) + len(word) for piece in pieces) > _MOST // 3:
            if word == " implies ":
                pieces = [self._named(piece) for piece in pieces]
                break
            rows: list[list[str]] = [[]]
            for piece in pieces:
                if rows[-1] and sum(len(each) + len(word) for each in rows[-1]) + len(piece) > _MOST // 3:
                    rows.append([])
                rows[-1].append(piece)
            pieces = [self._named(word.join(row)) for row in rows]
        return word.join(pieces)

    def _named(self, text: str) -> str:
        if text.isidentifier():
            return text
        key = self.keys.key("part of a rule")
        self.derived.append(Derived(key, Text(f"Part of a rule {key.rpartition('_')[2]}"), text))
        return key


class _Keys:
    """Hands out keys that are all different: small letters, digits and underscores, no word of the notation."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.used: set[str] = set()

    def key(self, name: str) -> str:
        plain = _plain(name)
        if plain not in self.taken:
            self.taken.add(plain)
            return plain
        for number in count(2):
            key = f"{plain[:55]}_{number}"
            if key not in self.taken:
                self.taken.add(key)
                return key
        raise AssertionError

    def is_unused(self, key: str) -> bool:
        return key not in self.used

    def use(self, key: str) -> str:
        self.used.add(key)
        return key


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:60]
    if not plain or not plain[0].isalpha():
        plain = f"f_{plain}".rstrip("_")
    return f"{plain}_" if plain in KEYWORDS or plain in ("count", "given", "length", "sum", "min", "max") else plain


def _stem(root: Feature) -> Feature:
    """Return the first feature from the top that asks something or branches."""
    feature = root
    while not feature.optional and not feature.groups and len(feature.mandatory) == 1:
        feature = feature.mandatory[0]
    return feature


def _is_description(name: str) -> bool:
    return name.lower() in _DESCRIPTIONS


def _description(feature: Feature) -> Text | None:
    for name, value in feature.attributes.items():
        if _is_description(name) and isinstance(value, str) and value:
            return Text(value)
    return None


def _fits(value: Attribute) -> bool:
    if not isinstance(value, Decimal):
        return True
    return abs(value) < MAX_MAGNITUDE and len(value.normalize().as_tuple().digits) <= MAX_DIGITS
