"""A feature model and its product have the same configurations, and so has what is written back."""

import itertools
import os
import random
from collections.abc import Iterator

import pytest

from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, ProductModel, read, write
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
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import Place, product_and_places, product_of
from catalog.uvl.writer import write_uvl

SEED = os.environ.get("UVL_SEED", "4")


def random_model(chance: random.Random) -> FeatureModel:
    names = iter(f"{chance.choice(('Leg', 'if', '7 drawers', 'Größe', 'a-b', 'A.B'))} {place}" for place in range(100))

    def feature(depth: int) -> Feature:
        name = next(names)
        if depth == 0 or chance.random() < 0.35:
            return Feature(name)
        groups = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            members = tuple(feature(depth - 1) for _ in range(chance.randint(1, 3)))
            least = chance.randint(0, 2)
            most = chance.choice((None, least + 1, max(1, least)))
            groups.append(Group(1, 1, members) if chance.random() < 0.4 else Group(least, most, members))
        mandatory = tuple(feature(depth - 1) for _ in range(chance.choice((0, 0, 1))))
        optional = tuple(feature(depth - 1) for _ in range(chance.choice((0, 1, 1))))
        return Feature(name, mandatory, optional, tuple(groups))

    root = feature(2)
    known = [each.name for each in root.all()]

    def formula(depth: int) -> Formula:
        if depth == 0 or chance.random() < 0.3:
            return Has(chance.choice(known)) if chance.random() < 0.95 else Constant(chance.random() < 0.5)
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
            if has and not group.least <= count <= (len(group.features) if group.most is None else group.most):
                return False
    return all(holds(formula, there) for formula in model.constraints)


def configurations_of_features(model: FeatureModel) -> set[frozenset[str]]:
    names = [feature.name for feature in model.root.all()]
    every = (frozenset(itertools.compress(names, bits)) for bits in itertools.product((0, 1), repeat=len(names)))
    return {there for there in every if is_configuration(model, there)}


def configurations_of_product(model: ProductModel) -> Iterator[dict[str, Choice]]:
    """Return all complete configurations, by trying everything."""
    scope = Scope.of(model)
    answers: list[list[Choice | None]] = []
    for option in model.options:
        keys = [value.key for value in option.values]
        if option.kind is Kind.CHOICE:
            answers.append([None, *keys])
        elif option.kind is Kind.BOOLEAN:
            answers.append([None, True, False])
        else:
            answers.append(
                [tuple(itertools.compress(keys, bits)) for bits in itertools.product((0, 1), repeat=len(keys))]
            )
    for answer in itertools.product(*answers):
        values = {
            option.key: each for option, each in zip(model.options, answer, strict=True) if each not in (None, ())
        }
        for option in model.options:
            active = option.when is None or evaluate(bind(option.when, scope, "condition"), values)
            count = len(values.get(option.key, ())) if option.kind is Kind.MULTI else int(option.key in values)
            least = (option.at_least or 0) if option.kind is Kind.MULTI else 1
            most = (
                (len(option.values) if option.at_most is None else option.at_most) if option.kind is Kind.MULTI else 1
            )
            if not (least <= count <= most if active else count == 0):
                break
        else:
            if all(evaluate(bind(rule.then, scope, "condition"), values) for rule in model.rules):
                yield values


def features_of(values: dict[str, Choice], places: dict[str, Place]) -> frozenset[str]:
    def is_there(place: Place) -> bool:
        value = values.get(place.option or "")
        if place.option is None:
            return True
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


def test_a_product_has_one_configuration_for_each_of_its_feature_model() -> None:
    for case, model in small_models(60):
        product, places = product_and_places(model, "product")
        assert read(write(product)) == product, case
        found = [features_of(values, dict(places)) for values in configurations_of_product(product)]
        assert len(found) == len(set(found)), case
        assert set(found) == configurations_of_features(model), case


def test_random_models_survive_writing_and_reading() -> None:
    for case, model in small_models(200):
        assert read_uvl(write_uvl(model)) == model, case


def test_names_become_labels_and_keys_of_their_own() -> None:
    text = 'features\n\tRoot\n\t\toptional\n\t\t\t"if"\n\t\t\t"If"\n\t\t\t"9 mm (Größe)"\n\t\t\t"…"\n'
    product = product_of(read_uvl(text), "product")
    assert [(option.key, option.label.default) for option in product.options] == [
        ("if_", "if"),
        ("if__2", "If"),
        ("f_9_mm_grosse", "9 mm (Größe)"),
        ("f", "…"),
    ]


def test_a_long_disjunction_becomes_short_rules() -> None:
    names = [f"Feature with a rather long name {place}" for place in range(300)]
    listed = " | ".join(f'"{name}"' for name in names)
    features = "".join(f'\t\t\t"{name}"\n' for name in names)
    text = f"features\n\tRoot\n\t\toptional\n\t\t\tA\n{features}constraints\n\tA => {listed}\n"
    product = product_of(read_uvl(text), "product")
    scope = Scope.of(product)
    rule = bind(product.rules[0].then, scope, "condition")
    assert not evaluate(rule, {"a": True})
    assert evaluate(rule, {"a": True, product.options[-1].key: True})


@pytest.mark.parametrize("value", ["3.5", "-2"])
def test_numbers_of_features_can_be_computed_with(value: str) -> None:
    text = (
        "features\n\tRoot\n\t\toptional\n\t\t\tLamp {price " + value + "}\n"
        "\t\talternative\n\t\t\tA {price " + value + "}\n\t\t\tB\n"
    )
    product = product_of(read_uvl(text), "product")
    scope = Scope.of(product)
    assert str(product.option_by_key["root"].value_by_key["a"].attributes["price"]) == value
    assert evaluate(bind("lamp_price", scope, "number"), {"lamp": True}) == Fraction(value)
