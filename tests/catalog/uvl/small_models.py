"""Random small feature models, and all configurations of feature models and products, by trying
everything.
"""

import itertools
import os
import random
from collections.abc import Iterator
from typing import Any

from catalog.expressions.evaluate import evaluate
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, ProductModel, TableRule
from catalog.uvl.features import (
    And,
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
from catalog.uvl.to_product import Place

SEED = os.environ.get("UVL_SEED", "4")


def random_model(chance: random.Random) -> FeatureModel:
    names = iter(
        f"{chance.choice(('Leg', 'if', '7 drawers', 'Größe', 'a-b', 'A, B'))} {place}"
        for place in range(100)
    )

    def feature(depth: int) -> Feature:
        name = next(names)
        if depth == 0 or chance.random() < 0.35:
            return Feature(name)
        groups = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            members = tuple(feature(depth - 1) for _ in range(chance.randint(1, 3)))
            least = chance.randint(0, 2)
            most = chance.choice((None, least + 1, max(1, least)))
            groups.append(
                Group(1, 1, members) if chance.random() < 0.4 else Group(least, most, members)
            )
        mandatory = tuple(feature(depth - 1) for _ in range(chance.choice((0, 0, 1))))
        optional = tuple(feature(depth - 1) for _ in range(chance.choice((0, 1, 1))))
        return Feature(name, mandatory, optional, tuple(groups))

    root = feature(2)
    known = [each.name for each in root.all()]

    def formula(depth: int) -> Formula:
        if depth == 0 or chance.random() < 0.3:
            return (
                Has(chance.choice(known))
                if chance.random() < 0.95
                else Constant(chance.random() < 0.5)
            )
        shape = chance.choice(("not", "and", "or", "or", "implies", "same"))
        if shape == "not":
            return Not(formula(depth - 1))
        if shape in ("and", "or"):
            parts = tuple(formula(depth - 1) for _ in range(chance.randint(2, 4)))
            return And(parts) if shape == "and" else Or(parts)
        pair = Implies if shape == "implies" else Same
        return pair(formula(depth - 1), formula(depth - 1))

    return FeatureModel(root, tuple(formula(2) for _ in range(chance.randint(0, 3))))


def holds(formula: Formula, there: frozenset[str]) -> bool:
    match formula:
        case Has():
            return formula.name in there
        case Constant():
            return formula.value
        case Not():
            return not holds(formula.part, there)
        case And():
            return all(holds(part, there) for part in formula.parts)
        case Or():
            return any(holds(part, there) for part in formula.parts)
        case Implies():
            return not holds(formula.premise, there) or holds(formula.conclusion, there)
        case Same():
            return holds(formula.left, there) == holds(formula.right, there)


def is_configuration(model: FeatureModel, there: frozenset[str]) -> bool:
    if model.root.name not in there:
        return False
    for feature in model.root.all():
        has = feature.name in there
        if any(child.name in there for child in feature.below()) and not has:
            return False
        if has and not all(child.name in there for child in feature.mandatory):
            return False
        for group in feature.groups:
            count = sum(member.name in there for member in group.features)
            if has and not group.least <= count <= (
                len(group.features) if group.most is None else group.most
            ):
                return False
    return all(holds(formula, there) for formula in model.constraints)


def configurations_of_features(model: FeatureModel) -> set[frozenset[str]]:
    names = [feature.name for feature in model.root.all()]
    every = (
        frozenset(itertools.compress(names, bits))
        for bits in itertools.product((0, 1), repeat=len(names))
    )
    return {there for there in every if is_configuration(model, there)}


def configurations_of_product(model: ProductModel) -> Iterator[dict[str, Choice]]:
    """Return all complete configurations, by trying everything."""
    scope = Scope.of(model)
    demands = list(demands_of(model, scope))
    answers: list[list[Choice | None]] = []
    for option in model.options:
        keys = [value.key for value in option.values]
        if option.kind is Kind.CHOICE:
            answers.append([None, *keys])
        elif option.kind is Kind.BOOLEAN:
            answers.append([None, True, False])
        elif option.kind is Kind.NUMBER:
            assert option.number is not None
            answers.append(
                [None, *(option.number.at(place) for place in range(len(option.number)))]
            )
        else:
            answers.append(
                [
                    tuple(itertools.compress(keys, bits))
                    for bits in itertools.product((0, 1), repeat=len(keys))
                ]
            )
    for answer in itertools.product(*answers):
        values = {
            option.key: each
            for option, each in zip(model.options, answer, strict=True)
            if each not in (None, ())
        }
        for option in model.options:
            active = option.when is None or evaluate(bind(option.when, scope, "condition"), values)
            count = (
                len(values.get(option.key, ()))
                if option.kind is Kind.MULTI
                else int(option.key in values)
            )
            least = (option.at_least or 0) if option.kind is Kind.MULTI else int(option.required)
            most = (
                (len(option.values) if option.at_most is None else option.at_most)
                if option.kind is Kind.MULTI
                else 1
            )
            if not (least <= count <= most if active else count == 0):
                break
        else:
            if all(evaluate(each, values) for each in demands) and all(
                allows(table, values) for table in model.tables
            ):
                yield values


def demands_of(model: ProductModel, scope: Scope) -> Iterator[Node]:
    """Return the rules, and what values of choices need."""
    for rule in model.rules:
        yield bind(f"({rule.when or 'true'}) implies ({rule.then})", scope, "condition")
    for option in model.options:
        for value in option.values:
            if value.when is not None:
                yield bind(
                    f"{option.key} is {value.key} implies ({value.when})", scope, "condition"
                )


def allows(table: TableRule, values: dict[str, Any]) -> bool:
    def takes(cell: Any, value: Any) -> bool:
        if value is None:
            return table.allows
        if isinstance(cell, str) and ".." in cell:
            first, _, last = cell.partition("..")
            return int(first) <= value <= int(last)
        return cell == "*" or (
            any(takes(each, value) for each in cell) if isinstance(cell, tuple) else cell == value
        )

    chosen = [values.get(key) for key in table.options]
    matches = any(all(map(takes, row, chosen)) for row in table.rows)
    return matches if table.allows else not matches


def features_of(values: dict[str, Choice], places: dict[str, Place]) -> frozenset[str]:
    def is_there(place: Place) -> bool:
        value = values.get(place.option or "")
        if place.option is None:
            return True
        if not place.value and place.kind is not Kind.BOOLEAN:
            return value is not None
        return (
            value is True
            if not place.value
            else place.value in value
            if isinstance(value, tuple)
            else value == place.value
        )

    return frozenset(name for name, place in places.items() if is_there(place))


def small_models(count: int) -> Iterator[tuple[str, FeatureModel]]:
    number = 0
    while count:
        model = random_model(random.Random(f"{SEED}/{number}"))
        if 2 <= sum(1 for _ in model.root.all()) <= 10:
            yield f"UVL_SEED={SEED}, model {number}", model
            count -= 1
        number += 1
