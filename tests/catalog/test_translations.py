"""What of a product has no words in a language of its merchant is noted."""

from dataclasses import replace

import pytest

from catalog.product_model import Option, ProductModel, Text
from catalog.translations import Languages, texts, translation_findings, untranslated
from tests.examples.desk import desk
from tests.examples.everything import everything


def named(model: ProductModel, name: Text) -> ProductModel:
    return replace(model, name=name)


def plain(option: Option) -> Option:
    return replace(option, label=Text(option.label.default))


def test_every_text_has_its_place() -> None:
    found = dict(texts(everything()))
    assert found["name"].default == "Everything"
    assert found["options/wood/values/oak/label"].default == "Oak"
    assert found["steps/second/groups/b/help"].default == "Help"


def test_what_is_translated_is_not_missing() -> None:
    assert "name" not in untranslated(desk(), "de")


def test_a_text_without_a_word_of_the_language_is_missing() -> None:
    model = replace(desk(), options=tuple(plain(option) for option in desk().options))
    assert "options/top/label" in untranslated(model, "de")


def test_a_language_is_enough_for_its_regions() -> None:
    assert untranslated(desk(), "de-CH") == untranslated(desk(), "de")


@pytest.mark.parametrize("locale", ["en", "en-GB"])
def test_the_products_own_language_needs_no_translation(locale: str) -> None:
    assert untranslated(desk(), locale) == []


def test_an_empty_text_needs_no_translation() -> None:
    assert "description" not in untranslated(replace(desk(), description=Text("")), "fr")


def test_each_language_is_noted_once_with_its_places() -> None:
    (note,) = translation_findings(desk(), (Languages(("en", "fr")), Languages(("fr",))))
    assert (note.severity, note.code) == ("note", "missing-translation")
    assert note.sentence.startswith("No text has a translation to 'fr': name, ")
    assert "options/top/label" in note.also


def test_some_missing_texts_are_counted() -> None:
    model = named(desk(), Text("Desk"))
    (note,) = translation_findings(model, (Languages(("de",)),))
    assert note.also[0] == "name"
    assert f"{len(note.also)} of " in note.sentence
