"""A feature model and its product have the same configurations."""

from fractions import Fraction

import pytest

from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from catalog.product_model import read, write
from catalog.uvl.features import Constant, FeatureModel, Has, Not
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_and_places, product_of
from catalog.uvl.writer import without_constants, write_uvl
from tests.catalog.uvl.small_models import (
    configurations_of_features,
    configurations_of_product,
    features_of,
    small_models,
)


def test_a_product_has_one_configuration_for_each_of_its_feature_model() -> None:
    for case, model in small_models(60):
        product, places = product_and_places(model, "product")
        assert read(write(product)) == product, case
        found = [features_of(values, dict(places)) for values in configurations_of_product(product)]
        assert len(found) == len(set(found)), case
        assert set(found) == configurations_of_features(model), case


def test_random_models_survive_writing_and_reading() -> None:
    for case, model in small_models(200):
        plain = [without_constants(each) for each in model.constraints]
        never = Not(Has(model.root.name))
        told = tuple(
            never if each == Constant(False) else each for each in plain if each != Constant(True)
        )
        assert read_uvl(write_uvl(model)) == FeatureModel(model.root, told), case


def test_what_is_written_without_constants_says_the_same() -> None:
    for case, model in small_models(120):
        assert configurations_of_features(read_uvl(write_uvl(model))) == configurations_of_features(
            model
        ), case


def test_names_become_labels_and_keys_of_their_own() -> None:
    text = (
        'features\n\tRoot\n\t\toptional\n\t\t\t"if"\n\t\t\t"If"\n\t\t\t"9 mm (Größe)"\n\t\t\t"…"\n'
    )
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
