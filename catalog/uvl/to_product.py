"""From a feature model to a product model with the same configurations: `product_of`.

An optional feature is a yes/no option, an alternative group a choice, any other group a
multi-choice with a count; each is asked where the feature above it is there. A feature that is
there whenever its parent is becomes a derived yes/no. A feature with a type is an option for its
number or text, which is a choice where the texts are listed; copies of a feature are features of
their own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count

from catalog.expressions.lexer import KEYWORDS, MAX_LENGTH
from catalog.kinds.register import kind_of
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
from catalog.uvl.copies import spread
from catalog.uvl.domains import STEP, Domains, domains_of, with_demanded
from catalog.uvl.features import (
    Aggregate,
    And,
    Arithmetic,
    Attribute,
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
    refused,
)

_MOST = MAX_LENGTH - 200
_DESCRIPTIONS = ("description", "featuredescription__")
_TRUE, _FALSE = "true", "false"


@dataclass(frozen=True)
class Place:
    """Where a feature went: it is there where `option` has `value`, or is yes (no `value`); always
    without `option`.

    With neither a value nor a yes/no option it is there where `option` has any value. `holds` is
    the option that has the number or text of a feature with a type.
    """

    option: str | None
    kind: Kind | None = None
    value: str = ""
    holds: str | None = None


def product_of(model: FeatureModel, key: str) -> ProductModel:
    """Return the product that has one configuration for each of the feature model, under `key`."""
    return product_and_places(model, key)[0]


def product_and_places(model: FeatureModel, key: str) -> tuple[ProductModel, Mapping[str, Place]]:
    """Return the product, and where each feature went, by its name; copies of features have names
    of their own.
    """
    maker = _Maker(with_demanded(spread(model)))
    return maker.product(key), maker.places


class _Maker:
    def __init__(self, model: FeatureModel) -> None:
        self.model = model
        self.features = {feature.name: feature for feature in model.root.all()}
        self.domains: Domains = domains_of(model)
        self.option_of: dict[str, str] = {}
        self.texts: dict[str, dict[str, str]] = {}
        self.line = 0
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
        if root.type is not Type.BOOLEAN:
            self._valued(root, None, None, required=True)
        self._below(root, None)
        rules = tuple(self._rules())
        for name, option in self.option_of.items():
            self.places[name] = replace(self.places[name], holds=option)
        return ProductModel(
            product=key,
            name=_label(root),
            description=_description(root),
            options=tuple(self.options),
            derived=tuple(self.derived),
            rules=rules,
            steps=tuple(self.steps),
        )

    # -- the tree

    def _below(self, root: Feature, group: str | None) -> None:
        """Add options for all below `root`, each feature's own options before those of the features
        below it.
        """
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
        """Return the key of a step of its own for what is below `feature`, if there is something to
        ask.
        """
        if not any(
            each.optional or each.groups or each.type is not Type.BOOLEAN for each in feature.all()
        ):
            return None
        key = self.key_of[feature.name]
        label = _label(feature)
        self.steps.append(Step(key, label, (OptionGroup(key, label),)))
        return key

    def _own(self, feature: Feature, when: str | None, group: str | None) -> None:
        for child in feature.mandatory:
            self.places[child.name] = self.places[feature.name]
            if child.type is not Type.BOOLEAN:
                self._valued(child, when, group, required=True)
            elif not child.groups:  # else an option has its name
                key = self.keys.use(self.key_of[child.name])
                self.derived.append(Derived(key, _label(child), self._condition(child.name)))
        for child in feature.optional:
            if child.type is not Type.BOOLEAN:
                option = self._valued(child, when, group, required=False)
                self.places[child.name] = Place(option.key, option.kind)
                continue
            key = self.keys.use(self.key_of[child.name])
            self.places[child.name] = Place(key, Kind.BOOLEAN)
            self.options.append(
                Option(key, Kind.BOOLEAN, _label(child), group, help=_description(child), when=when)
            )
        for features in feature.groups:
            self._grouped(feature, features, when, group)
        if when is not None and self.places[feature.name].value == "":
            self._amounts(feature, when)

    def _valued(
        self, feature: Feature, when: str | None, group: str | None, required: bool
    ) -> Option:
        """Add the option for the number or text of a feature, and return it."""
        name, label = feature.name, _label(feature)
        own = self.key_of[name]
        key = self.keys.use(own) if self.keys.is_unused(own) else self.keys.key(f"{name} value")
        self.option_of[name] = key
        if name in self.domains.numbers:
            option = Option(key, Kind.NUMBER, label, group, number=self.domains.numbers[name])
        elif name in self.domains.listed:
            listed = self.domains.listed[name]
            self.texts[name] = dict(zip(listed, _value_keys(listed), strict=True))
            values = tuple(Value(each, Text(text)) for text, each in self.texts[name].items())
            option = Option(key, Kind.CHOICE, label, group, values=values)
        else:
            option = Option(key, Kind.TEXT, label, group, text=self.domains.texts[name])
        option = replace(option, help=_description(feature), when=when, required=required)
        self.options.append(option)
        return option

    def _grouped(
        self, feature: Feature, members: Group, when: str | None, group: str | None
    ) -> None:
        own = self.key_of[feature.name]
        key = (
            self.keys.use(own)
            if self.keys.is_unused(own)
            else self.keys.key(f"{feature.name} choice")
        )
        kind = Kind.CHOICE if members.is_alternative else Kind.MULTI
        values = tuple(
            Value(
                self.key_of[member.name],
                _label(member),
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
                _label(feature),
                group,
                values=values,
                at_least=members.least or None if kind is Kind.MULTI else None,
                at_most=most if kind is Kind.MULTI else None,
                when=when,
            )
        )
        for member in members.features:
            if member.type is not Type.BOOLEAN:
                self._valued(member, self._condition(member.name), group, required=True)

    def _attributes(self, feature: Feature) -> dict[str, Decimal | str]:
        found: dict[str, Decimal | str] = {}
        for name, value in feature.attributes.items():
            key = _plain(name)
            if name == STEP and feature.type is not Type.BOOLEAN:
                continue
            if key and not _is_description(name) and not isinstance(value, bool) and _fits(value):
                found.setdefault(key, value)
        return found

    def _amounts(self, feature: Feature, when: str) -> None:
        """Add the numbers of a feature that is no value, as derived values that are 0 without the
        feature.
        """
        for name, value in self._attributes(feature).items():
            if isinstance(value, Decimal):
                label = f"{feature.label or feature.name}: {name}"
                self.derived.append(
                    Derived(self.keys.key(label), Text(label), f"if {when} then {value:f} else 0")
                )

    # -- conditions

    def _condition(self, name: str) -> str:
        """Return the condition that holds where the feature is there."""
        place = self.places[name]
        if place.option is None:
            return _TRUE
        if place.kind is Kind.BOOLEAN:
            return place.option
        if not place.value:
            return f"given({place.option})"
        return f"{place.option} {'is' if place.kind is Kind.CHOICE else 'has'} {place.value}"

    def _rules(self) -> Iterator[Rule]:
        number = 0
        for formula, line in self.domains.constraints:
            self.line = line
            for part in formula.parts if isinstance(formula, And) else (formula,):
                number += 1
                yield Rule(self.keys.key(f"rule {number}"), self._told(part)[0])

    def _told(self, formula: Formula) -> tuple[str, int]:
        """Return the formula in the catalog's notation, with how tight it binds: 0 implies, 1 or, 2
        and, 3 single.
        """
        match formula:
            case Has():
                return self._condition(formula.name), 3
            case Constant():
                return (_TRUE if formula.value else _FALSE), 3
            case And(parts=()):
                return _TRUE, 3
            case Or(parts=()):
                return _FALSE, 3
            case Not():
                return self._joined("not ", [""], [formula.part], 3, 3)
            case And():
                return self._joined("", [" and "], formula.parts, 2, 3)
            case Or():
                return self._some(formula)
            case Implies():
                return self._joined("", [" implies "], [formula.premise, formula.conclusion], 0, 1)
            case Compare():
                return self._compared(formula)
            case Same():
                both = And(
                    (Implies(formula.left, formula.right), Implies(formula.right, formula.left))
                )
                return self._told(both)

    def _some(self, formula: Or) -> tuple[str, int]:
        """Return a disjunction, the values of one option told together."""
        values: dict[str, list[str]] = {}
        others: list[Formula] = []
        kinds: dict[str, Kind] = {}
        for part in formula.parts:
            place = self.places[part.name] if isinstance(part, Has) else None
            if (
                place is not None
                and place.option is not None
                and place.kind is not None
                and place.value
            ):
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
                    f"{option} in ({listed})"
                    if kinds[option] is Kind.CHOICE
                    else f"{option} has any of ({listed})"
                )
        texts += [self._wrapped(part, 2) for part in others]
        return self._short(texts, " or "), 1 if len(texts) > 1 else 3

    # -- numbers and texts

    def _compared(self, compare: Compare) -> tuple[str, int]:
        match compare:
            case Compare("==", ValueOf(name), Words(text)) if name in self.texts:
                key = self.texts[name].get(text)
                return (_FALSE if key is None else f"{self.option_of[name]} is {key}"), 3
        left, right = self._texts(compare.left), self._texts(compare.right)
        if left is not None and right is not None:
            pairs = ((a, b) for a in left for b in right)
            alike = Or(
                tuple(And((one, other)) for (one, text), (other, same) in pairs if text == same)
            )
            return self._told(alike if compare.operator == "==" else Not(alike))
        numbers = [self._number(term, 1) for term in (compare.left, compare.right)]
        return self._short(numbers, f" {compare.operator} "), 3

    def _number(self, term: Term, least: int) -> str:
        """Return a number in the catalog's notation, in brackets where it is looser than `least`: 1
        sum, 2 product.
        """
        match term:
            case Number():
                return self._plain_number(term.value)
            case ValueOf() if term.name in self.domains.numbers:
                return self._where_there(term.name, self.option_of[term.name])
            case AttributeOf():
                value = self.features[term.name].attributes[term.attribute]
                assert isinstance(value, Decimal)
                return self._where_there(term.name, self._plain_number(value))
            case LengthOf() if term.name in self.texts:
                key, own = self.option_of[term.name], self.texts[term.name].items()
                lengths = " else ".join(
                    f"if {key} is {value} then {len(text)}" for text, value in own
                )
                return f"({lengths} else 0)"
            case Whole():
                return f"{term.function}({self._number(term.part, 1)})"
            case LengthOf() if (
                text := self.domains.texts[term.name]
            ).min_length == text.max_length:
                return self._where_there(term.name, str(text.max_length))
            case Aggregate():
                return self._aggregated(term)
            case Gathered():
                total = self._short([self._number(part, 1) for part in term.parts], " + ")
                return self._averaged(total, term.function, [part.name for part in term.parts])
            case Arithmetic():
                tight = 1 if term.operator in "+-" else 2
                sides = [self._number(term.left, tight), self._number(term.right, tight + 1)]
                told = self._short(sides, f" {term.operator} ")
                return told if tight >= least else f"({told})"
            case _:
                raise refused(
                    self.line,
                    "a text that is typed in is not known while rules are decided; list what it may be "
                    "(Name == 'a' | Name == 'b' in a constraint of its own), or only limit how long it is",
                )

    def _where_there(self, name: str, told: str) -> str:
        condition = self._condition(name)
        return told if condition == _TRUE else f"(if {condition} then {told} else 0)"

    def _plain_number(self, value: Decimal) -> str:
        if not _fits(value):
            raise refused(self.line, f"{value:f} is longer than {MAX_DIGITS} digits")
        return f"{value:f}" if value >= 0 else f"({value:f})"

    def _aggregated(self, aggregate: Aggregate) -> str:
        root = self.model.root if aggregate.name is None else self.features[aggregate.name]
        counted = [
            each.name
            for each in root.all()
            if isinstance(each.attributes.get(aggregate.attribute), Decimal)
        ]
        # What reads one option stands together: it is computed once for each value of the option.
        by_option: dict[str | None, list[str]] = {}
        for name in counted:
            by_option.setdefault(self.places[name].option, []).append(name)
        sums: list[str] = []
        for names in by_option.values():
            terms = self._summed(names, aggregate.attribute)
            sums.append(terms[0] if len(terms) == 1 else f"({self._short(terms, ' + ')})")
        total = self._short(sums, " + ") or "0"
        return self._averaged(total, aggregate.function, counted)

    def _averaged(self, total: str, function: str, counted: Sequence[str]) -> str:
        """Return a sum over features as it is, or divided by how many of them are there."""
        if function == "sum" or not counted:
            return f"({total})"
        always = sum(self._condition(name) == _TRUE for name in counted)
        others = [self._condition(name) for name in counted if self._condition(name) != _TRUE]
        count = f"{always} + count({', '.join(others)})" if others else f"{always}"
        if always:
            return f"(({total}) / ({count}))"
        return f"(if {count} > 0 then ({total}) / ({count}) else 0)"

    def _summed(self, names: Sequence[str], attribute: str) -> list[str]:
        """Return the terms to add for features that went to one option; a multi-choice adds its
        values' attribute.
        """
        place, key = self.places[names[0]], _plain(attribute)
        option = next((each for each in self.options if each.key == place.option), None)
        if option is not None and kind_of(option).is_several:
            held = {
                value.key: value.attributes[key]
                for value in option.values
                if key in value.attributes
            }
            if held == {
                self.places[name].value: self.features[name].attributes[attribute] for name in names
            }:
                return [f"sum({option.key}.{key})"]
        return [self._number(AttributeOf(name, attribute), 2) for name in names]

    def _texts(self, term: Term) -> list[tuple[Formula, str]] | None:
        """Return the texts that a term may be, each with when it is; None of what is a number, or
        any text.
        """
        if isinstance(term, Words):
            return [(Constant(True), term.value)]
        if isinstance(term, AttributeOf):
            value = self.features[term.name].attributes[term.attribute]
            return (
                [(Has(term.name), value), (Not(Has(term.name)), "")]
                if isinstance(value, str)
                else None
            )
        if isinstance(term, ValueOf) and term.name in self.texts:
            found: list[tuple[Formula, str]] = [
                (Compare("==", term, Words(text)), text) for text in self.texts[term.name]
            ]
            return [*found, (Not(Has(term.name)), "")]
        return None

    def _joined(
        self, before: str, words: Sequence[str], parts: Sequence[Formula], own: int, inside: int
    ) -> tuple[str, int]:
        return before + self._short([self._wrapped(part, inside) for part in parts], words[0]), own

    def _wrapped(self, part: Formula, least: int) -> str:
        told, tight = self._told(part)
        return told if tight >= least else f"({told})"

    def _short(self, texts: Iterable[str], word: str) -> str:
        """Return the texts joined; what would be too long becomes derived values, each read in
        place of its text.
        """
        pieces = [
            text if len(text) <= _MOST // 4 or text.isidentifier() else self._named(text)
            for text in texts
        ]
        while len(pieces) > 1 and sum(len(piece) + len(word) for piece in pieces) > _MOST // 3:
            if word == " implies ":
                pieces = [self._named(piece) for piece in pieces]
                break
            rows: list[list[str]] = [[]]
            for piece in pieces:
                if (
                    rows[-1]
                    and sum(len(each) + len(word) for each in rows[-1]) + len(piece) > _MOST // 3
                ):
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
    """Hands out keys that are all different: small letters, digits and underscores, no word of the
    notation.
    """

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


def _value_keys(texts: Sequence[str]) -> list[str]:
    keys = _Keys()
    return [keys.key(text) for text in texts]


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:60]
    if not plain or not plain[0].isalpha():
        plain = f"f_{plain}".rstrip("_")
    return (
        f"{plain}_"
        if plain in KEYWORDS or plain in ("count", "given", "length", "sum", "min", "max")
        else plain
    )


def _stem(root: Feature) -> Feature:
    """Return the first feature from the top that asks something or branches."""
    feature = root
    while not feature.optional and not feature.groups and len(feature.mandatory) == 1:
        feature = feature.mandatory[0]
    return feature


def _label(feature: Feature) -> Text:
    return Text(feature.label or feature.name)


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
