"""Reasons as sentences: the merchant's words first, else words made from the rule, in the shopper's
language.
"""

from dataclasses import replace

import pytest

from catalog.product_model import ProductModel, Text, read
from configurator.engine.face.conflicts import Reason
from configurator.reasons import choice_text, reason_text


def told_as(english: str, german: str, french: str) -> dict[str, str]:
    return {"default": english, "de": german, "fr": french}


def shelf() -> ProductModel:
    return read(
        {
            "product": "shelf",
            "name": told_as("Shelf", "Regal", "Étagère"),
            "options": [
                {
                    "key": "wood",
                    "kind": "choice",
                    "label": told_as("Wood", "Holz", "Bois"),
                    "values": [
                        {"key": "oak", "label": told_as("Oak", "Eiche", "Chêne")},
                        {
                            "key": "ash",
                            "label": told_as("Ash", "Esche", "Frêne"),
                            "when": "width < 900",
                        },
                        {
                            "key": "elm",
                            "label": told_as("Elm", "Ulme", "Orme"),
                            "when": "width < 500",
                            "reason": told_as(
                                "Elm is short.", "Ulme ist kurz.", "L'orme est court."
                            ),
                        },
                    ],
                },
                {
                    "key": "width",
                    "kind": "number",
                    "label": told_as("Width", "Breite", "Largeur"),
                    "number": {"first": 400, "last": 1000},
                },
                {
                    "key": "extras",
                    "kind": "multi",
                    "label": told_as("Extras", "Beigaben", "Suppléments"),
                    "at_least": 1,
                    "at_most": 2,
                    "when": "wood is oak",
                    "values": [
                        {"key": "light", "label": told_as("Light", "Licht", "Lumière")},
                        {"key": "door", "label": told_as("Door", "Tür", "Porte")},
                    ],
                },
                {"key": "glued", "kind": "boolean", "label": told_as("Glued", "Verleimt", "Collé")},
            ],
            "rules": [
                {"key": "made", "when": "wood is ash", "then": "glued"},
                {"key": "always", "then": "width >= 450"},
                {
                    "key": "own",
                    "then": "width >= 420",
                    "message": told_as("Too narrow.", "Zu schmal.", "Trop étroit."),
                },
            ],
            "tables": [
                {"key": "sizes", "options": ["wood", "width", "glued"], "rows": [["*", "*", "*"]]}
            ],
        }
    )


@pytest.mark.parametrize(
    ("kind", "key", "locale", "sentence"),
    [
        ("rule", "own", "fr", "Trop étroit."),
        ("rule", "own", "de", "Zu schmal."),
        ("rule", "made", None, "Where Wood is Ash: Glued is chosen."),
        ("rule", "made", "de", "Falls gilt: Holz ist Esche, dann auch: Verleimt ist gewählt."),
        ("rule", "always", "en", "Width is at least 450."),
        ("table", "sizes", "en", "Wood, Width and Glued are offered in certain combinations only."),
        (
            "table",
            "sizes",
            "de",
            "Holz, Breite und Verleimt gibt es nur in bestimmten Kombinationen.",
        ),
        ("option_condition", "extras", "de", "Beigaben gibt es nur, wenn gilt: Holz ist Eiche."),
        (
            "value_condition",
            "wood.ash",
            "fr",
            "Frêne n'est proposé que dans ce cas : Largeur est inférieur à 900.",
        ),
        ("value_condition", "wood.elm", "de-AT", "Ulme ist kurz."),
        ("count", "extras", "en", "Extras: choose 1 to 2."),
        ("required", "wood", "de", "Holz braucht einen Wert."),
    ],
)
def test_a_reason_is_told_in_the_shoppers_language(
    kind: str, key: str, locale: str | None, sentence: str
) -> None:
    assert reason_text(shelf(), Reason(kind, key), locale) == sentence


def test_a_language_of_which_one_word_is_missing_is_not_mixed_in() -> None:
    model = shelf()
    half = replace(model, name=Text("Shelf", (("fr", "Étagère"),)))
    assert reason_text(half, Reason("required", "wood"), "de") == "Wood needs a value."
    assert reason_text(half, Reason("required", "wood"), "fr") == "Bois demande une valeur."


def test_a_choice_is_told_as_people_read_it() -> None:
    options = shelf().option_by_key
    assert [
        choice_text(options["wood"], "oak", "de"),
        choice_text(options["extras"], ("light", "door"), None),
        choice_text(options["glued"], True, "fr"),
        choice_text(options["wood"], None, "en"),
    ] == ["Eiche", "Light, Door", "Oui", ""]
