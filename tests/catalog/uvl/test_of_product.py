"""A product and its feature model have the same configurations."""

from typing import Any

import pytest

from catalog.product_model import read
from catalog.uvl.features import UvlRefused
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from catalog.uvl.writer import write_uvl
from tests.catalog.modules import wardrobe
from tests.catalog.uvl.small_models import configurations_of_features, configurations_of_product, small_models

KITCHEN: dict[str, Any] = {
    "product": "kitchen",
    "name": "Kitchen 2.0",
    "options": [
        {
            "key": "front",
            "kind": "choice",
            "label": "Front",
            "values": [{"key": key, "label": key} for key in ("oak", "glass", "steel")],
        },
        {
            "key": "handle",
            "kind": "choice",
            "label": "Handle",
            "required": False,
            "when": "front is not glass",
            "values": [
                {"key": "bar", "label": "bar", "attributes": {"length": 12}},
                {"key": "knob", "label": "oak", "when": "front is oak"},
            ],
        },
        {"key": "soft", "kind": "boolean", "label": "Soft close", "when": "given(handle)"},
        {
            "key": "extras",
            "kind": "multi",
            "label": "Extras",
            "at_most": 2,
            "when": "front is steel",
            "values": [{"key": key, "label": key} for key in ("lamp", "hob", "sink")],
        },
    ],
    "rules": [
        {"key": "a", "when": "extras has hob", "then": "extras has sink or soft is no"},
        {"key": "b", "then": "count(extras) != 1 and count(soft, handle is bar) < 2"},
    ],
    "tables": [
        {"key": "t", "options": ["front", "handle"], "rows": [["oak", "*"], [["glass", "steel"], "bar"]]},
        {"key": "u", "options": ["handle", "soft"], "rows": [["knob", True]], "allows": False},
    ],
}


def test_what_was_imported_comes_back_as_it_was() -> None:
    for case, model in small_models(60):
        again = feature_model_of(product_of(model, "product"))
        assert configurations_of_features(again) == configurations_of_features(model), case


def test_any_product_of_choices_has_one_configuration_for_each_of_its_features() -> None:
    product = read(KITCHEN)
    model = feature_model_of(product)
    count = len(list(configurations_of_product(product)))
    assert len(configurations_of_features(model)) == count > 5
    assert len(list(configurations_of_product(product_of(read_uvl(write_uvl(model)), "again")))) == count


@pytest.mark.parametrize(
    ("option", "rule", "told"),
    [
        ({"kind": "number", "number": {"first": 1, "last": 9}}, "true", "is a number"),
        ({"kind": "text"}, "true", "is a text"),
        (
            {"kind": "choice", "values": [{"key": "a", "label": "a", "attributes": {"load": 3}}]},
            "it.load > 2",
            "rules/r/then computes",
        ),
    ],
)
def test_what_features_cannot_tell_is_refused(option: dict[str, Any], rule: str, told: str) -> None:
    product = read(
        {
            "product": "p",
            "name": "P",
            "options": [{"key": "it", "label": "It", **option}],
            "rules": [{"key": "r", "then": rule}],
        }
    )
    with pytest.raises(UvlRefused) as refused:
        feature_model_of(product)
    assert told in refused.value.sentence


def test_sub_assemblies_are_refused_by_name() -> None:
    with pytest.raises(UvlRefused, match="'modules' is a sub-assembly"):
        feature_model_of(wardrobe())
