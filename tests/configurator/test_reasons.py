"""Reasons as sentences: the merchant's words first, else words made from the rule, in the shopper's language."""

import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.explain import Reason
from configurator.reasons import told, told_choice


def shelf() -> ProductModel:
    return read(
        {
            "product": "shelf",
            "name": "Shelf",
            "options": [
                {
                    "key": "wood",
                    "kind": "choice",
                    "label": {"default": "Wood", "de": "Holz"},
                    "values": [
                        {"key": "oak", "label": {"default": "Oak", "de": "Eiche"}},
                        {"key": "ash", "label": "Ash", "when": "width < 900"},
                        {
                            "key": "elm",
                            "label": "Elm",
                            "when": "width < 500",
                            "reason": {"default": "Elm is short.", "de": "Ulme ist kurz."},
                        },
                    ],
                },
                {"key": "width", "kind": "number", "label": "Width", "number": {"first": 400, "last": 1000}},
                {
                    "key": "extras",
                    "kind": "multi",
                    "label": "Extras",
                    "at_least": 1,
                    "at_most": 2,
                    "when": "wood is oak",
                    "values": [{"key": "light", "label": "Light"}, {"key": "door", "label": "Door"}],
                },
                {"key": "glued", "kind": "boolean", "label": "Glued"},
            ],
            "rules": [
                {"key": "made", "when": "wood is ash", "then": "glued"},
                {"key": "always", "then": "width >= 450"},
                {"key": "own", "then": "width >= 420", "message": {"default": "Too narrow.", "fr": "Trop étroit."}},
            ],
            "tables": [{"key": "sizes", "options": ["wood", "width", "glued"], "rows": [["*", "*", "*"]]}],
        }
    )


@pytest.mark.parametrize(
    ("kind", "key", "locale", "sentence"),
    [
        ("rule", "own", "fr", "Trop étroit."),
        ("rule", "own", "de", "Too narrow."),
        ("rule", "made", None, "Where Wood is Ash: Glued is chosen."),
        ("rule", "made", "de", "Falls gilt: Holz ist Ash, dann auch: Glued ist gewählt."),
        ("rule", "always", "en", "Width is at least 450."),
        ("table", "sizes", "en", "Wood, Width and Glued are offered in certain combinations only."),
        ("table", "sizes", "de", "Holz, Width und Glued gibt es nur in bestimmten Kombinationen."),
        ("option_condition", "extras", "de", "Extras gibt es nur, wenn gilt: Holz ist Eiche."),
        ("value_condition", "wood.ash", "fr", "Ash n'est proposé que dans ce cas : Width est inférieur à 900."),
        ("value_condition", "wood.elm", "de-AT", "Ulme ist kurz."),
        ("count", "extras", "en", "Extras: choose 1 to 2."),
        ("required", "wood", "de", "Holz braucht einen Wert."),
    ],
)
def test_a_reason_is_told_in_the_shoppers_language(kind: str, key: str, locale: str | None, sentence: str) -> None:
    assert told(shelf(), Reason(kind, key), locale) == sentence


def test_a_choice_is_told_as_people_read_it() -> None:
    options = shelf().option_by_key
    assert [
        told_choice(options["wood"], "oak", "de"),
        told_choice(options["extras"], ("light", "door"), None),
        told_choice(options["glued"], True, "fr"),
        told_choice(options["wood"], None, "en"),
    ] == ["Eiche", "Light, Door", "Oui", ""]
