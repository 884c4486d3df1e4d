"""What is exported is read by a reader of others (uvllang), which takes the language as its authors
define it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pysat.solvers import Solver
from uvllang.uvl import UVL

from catalog.product_model import ProductModel, read
from catalog.uvl.features import UvlRefused
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from catalog.uvl.writer import write_uvl
from tests.catalog.uvl.small_models import configurations_of_features, small_models
from tests.catalog.uvl.test_of_product import KITCHEN, WARDROBE
from tests.catalog.uvl.typed_models import typed_models


def read_by_others(text: str) -> UVL:
    """Return what the other reader makes of a text; it raises where it finds fault with it."""
    return UVL(from_str=text, conversion=True, drop_non_boolean=True)


def counted_by_others(text: str) -> int:
    """Return how many sets of features satisfy the clauses that the other reader makes of a text."""
    model = read_by_others(text)
    size = len(model.features)
    with Solver(bootstrap_with=model.to_cnf()) as solver:
        return len({tuple(found[:size]) for found in solver.enum_models()})


def exported() -> Iterator[tuple[str, str]]:
    for case, model in (*small_models(120), *typed_models(120)):
        try:
            yield case, write_uvl(feature_model_of(product_of(model, "product")))
        except UvlRefused as refused:
            assert "computes" in refused.sentence or "no " in refused.sentence, case


def test_every_exported_shape_is_read_with_all_its_features() -> None:
    cases = list(exported())
    assert len(cases) > 180
    for case, text in cases:
        found = read_by_others(text).features
        ours = [feature.name for feature in read_uvl(text).root.all()]
        assert sorted(name.strip('"') for name in found) == sorted(ours), f"{case}\n{text}"


def test_groups_and_constraints_have_as_many_configurations_for_others() -> None:
    compared = 0
    for case, model in small_models(200):
        text = write_uvl(feature_model_of(product_of(model, "product")))
        # Groups with a count are counted by this reader otherwise than the language says.
        if "[" not in text:
            assert counted_by_others(text) == len(configurations_of_features(model)), (
                f"{case}\n{text}"
            )
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("document", [KITCHEN, WARDROBE])
def test_products_of_every_kind_of_option_are_read(document: dict[str, Any]) -> None:
    assert read_by_others(write_uvl(feature_model_of(read(document)))).features


def lamp(*rules: str, **option: Any) -> ProductModel:
    values = [
        {"key": key, "label": f"{key} 'x'.5 \"é\"", "attributes": {"mm": -3}} for key in ("a", "b")
    ]
    return read(
        {
            "product": "lamp",
            "name": 'A "lamp" 2.0: features',
            "options": [
                {
                    "key": "shade",
                    "kind": "choice",
                    "label": "constraints",
                    "values": values,
                    "required": False,
                },
                {"key": "dimmer", "kind": "boolean", "label": "true"},
                {
                    "key": "watts",
                    "kind": "number",
                    "label": "or",
                    "number": {"first": -2, "last": 9},
                },
                {"key": "bulbs", "kind": "multi", "label": "[1..2]", "values": values, **option},
            ],
            "rules": [{"key": f"r{place}", "then": then} for place, then in enumerate(rules)],
        }
    )


@pytest.mark.parametrize(
    "rule",
    [
        "true",
        "false",
        "dimmer implies false",
        "true implies dimmer",
        "not (dimmer and false)",
        "dimmer or true",
        "if dimmer then false else shade is a",
        "count(bulbs) > 7",
        "(watts - 1) * 2 > 3",
        "(watts - 1) * 2 > (watts + 1) * 3",
        "-2 <= watts - 3",
        "watts / (watts - 1) >= -1",
        "shade.mm + watts > 0",
    ],
)
def test_no_rule_is_written_with_what_the_language_does_not_have(rule: str) -> None:
    text = write_uvl(feature_model_of(lamp(rule)))
    assert read_by_others(text).features
    bare = text.replace('"true"', "")
    assert " true" not in bare and "false" not in bare


@pytest.mark.parametrize(
    "count", [{"at_least": 3}, {"at_most": 2}, {"at_most": 5}, {"at_least": 1}]
)
def test_no_group_is_written_that_can_never_be(count: dict[str, int]) -> None:
    text = write_uvl(feature_model_of(lamp(**count)))
    assert read_by_others(text).features
    assert "[3" not in text and "..5]" not in text
