"""A product and its feature model have the same configurations."""

from typing import Any

import pytest

from catalog.product_model import Kind, read
from catalog.uvl.features import UvlRefused
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_and_places, product_of
from catalog.uvl.writer import write_uvl
from tests.catalog.modules import wardrobe
from tests.catalog.uvl.small_models import (
    configurations_of_features,
    configurations_of_product,
    small_models,
)
from tests.catalog.uvl.typed_models import size, told_by_product, typed_models

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
        {
            "key": "t",
            "options": ["front", "handle"],
            "rows": [["oak", "*"], [["glass", "steel"], "bar"]],
        },
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
    assert (
        len(list(configurations_of_product(product_of(read_uvl(write_uvl(model)), "again"))))
        == count
    )


WARDROBE: dict[str, Any] = {
    "product": "wardrobe",
    "name": "Wardrobe",
    "options": [
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "number": {"first": 40, "last": 70, "step": 10},
        },
        {
            "key": "inlet",
            "kind": "number",
            "label": "Inlet",
            "required": False,
            "number": {"first": -1, "last": 2},
        },
        {
            "key": "door",
            "kind": "choice",
            "label": "Door",
            "required": False,
            "values": [
                {"key": "glass", "label": "Glass", "attributes": {"load": 2.5}},
                {"key": "oak", "label": "Oak", "attributes": {"load": 4}},
                {"key": "cloth", "label": "Cloth"},
            ],
        },
        {
            "key": "name",
            "kind": "text",
            "label": "Name",
            "when": "door is oak",
            "text": {"max_length": 12},
        },
        {
            "key": "height",
            "kind": "number",
            "label": "Height",
            "when": "door is glass",
            "number": {"first": 0.5, "last": 2},
        },
        {
            "key": "extras",
            "kind": "multi",
            "label": "Extras",
            "values": [
                {"key": "lamp", "label": "Lamp", "attributes": {"load": 1}},
                {"key": "rail", "label": "Rail", "attributes": {"load": 3}},
            ],
        },
    ],
    "rules": [
        {"key": "a", "then": "door.load + sum(extras.load) < 7 or width / (inlet - 1) >= 60"},
        {
            "key": "b",
            "when": "width > 50",
            "then": "count(extras has lamp, door is oak, height > 1) > 0",
        },
        {
            "key": "c",
            "then": "(if extras has lamp then 10 else 0) + inlet < 11 or not given(inlet)",
        },
        {"key": "d", "then": "count(extras) * 30 <= width"},
        {"key": "e", "when": "given(height)", "then": "floor(height) != 1 or width * 1 / 3 > 14"},
    ],
    "tables": [
        {
            "key": "t",
            "options": ["width", "door"],
            "rows": [["40..50", "*"], [60, ["oak", "cloth"]], [70, "oak"]],
        }
    ],
}


def test_numbers_texts_and_what_computes_with_them_become_types_attributes_and_arithmetic() -> None:
    product = read(WARDROBE)
    again = product_of(read_uvl(write_uvl(feature_model_of(product))), "again")
    labels = {option.key: option.label.default for option in product.options}

    def told(model: Any) -> list[Any]:
        found = []
        for values in configurations_of_product(model):
            shown: dict[str, tuple[Any, ...]] = dict.fromkeys(labels.values(), ())
            for option in model.options:
                value = values.get(option.key)
                keys = value if isinstance(value, tuple) else (value,)
                names = {each.key: each.label.default for each in option.values}
                if option.kind is not Kind.BOOLEAN:
                    shown[option.label.default] += tuple(
                        names.get(key, key) for key in keys if key is not None
                    )
            found.append(tuple(shown.values()))
        return sorted(found, key=repr)

    assert told(again) == told(product)
    assert len(told(product)) > 30


def test_what_was_imported_with_types_copies_and_sums_comes_back_as_it_was() -> None:
    compared = 0
    for case, model in typed_models(150):
        try:
            product, places = product_and_places(model, "product")
            text = write_uvl(feature_model_of(product))
            again, places_again = product_and_places(read_uvl(text), "again")
        except UvlRefused as refused:
            assert "computes" in refused.sentence or "no " in refused.sentence.lower(), case
            continue
        if size(product) > 20_000 or size(again) > 20_000:
            continue
        first = [
            told_by_product(product, values, places)
            for values in configurations_of_product(product)
        ]
        second = [
            told_by_product(again, values, places_again)
            for values in configurations_of_product(again)
        ]
        names = places.keys() & places_again.keys()
        assert names >= {name for name, place in places.items() if place.holds or place.option}, (
            case
        )
        assert len(first) == len(second), f"{case}\n{text}"
        assert projected(first, names) == projected(second, names), f"{case}\n{text}"
        compared += bool(first)
    assert compared > 40


def projected(configurations: list[Any], names: Any) -> set[Any]:
    """Return configurations without other features; which of its texts a feature has is told by
    features below it.
    """
    return {
        frozenset((name, isinstance(value, str) or value) for name, value in told if name in names)
        for told in configurations
    }


@pytest.mark.parametrize(
    ("option", "rule", "told"),
    [
        ({"kind": "colour"}, "true", "is a colour"),
        (
            {"kind": "number", "number": {"first": 1, "last": 9}},
            "abs(it) > 2",
            "rules/r/then computes",
        ),
        (
            {"kind": "number", "number": {"first": 1, "last": 9}},
            "ceil(it / 2) > 2",
            "rules/r/then computes",
        ),
        (
            {"kind": "choice", "values": [{"key": "a", "label": "a", "attributes": {"name": "x"}}]},
            "it.name is 'x'",
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
