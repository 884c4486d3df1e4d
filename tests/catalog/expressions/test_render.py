"""Conditions as sentences for shoppers."""

import pytest
from hypothesis import given

from catalog.expressions.render import told
from catalog.expressions.types import Scope, bind
from tests.catalog.expressions.strategies import bound_conditions, bound_numbers
from tests.catalog.expressions.wardrobe import WARDROBE

SENTENCES = [
    ("body is oak", "Body is Oak"),
    ("body in (oak, beech)", "Body is not White"),
    ("body is not oak", "Body is not Oak"),
    ("not body is oak", "Body is not Oak"),
    ("front in (glass, oak)", "Front is Glass or Oak"),
    ("body is front", "Body is Front"),
    ("anchor", "Wall anchor is chosen"),
    ("not anchor", "Wall anchor is not chosen"),
    ("anchor is no", "Wall anchor is not chosen"),
    ("given(front)", "Front has a value"),
    ("not given(front)", "Front has no value"),
    ("extras has usb", "Extras includes USB socket"),
    (
        "extras has none of (usb, lamp)",
        "Extras does not include USB socket and Extras does not include Lamp",
    ),
    ("count(extras) <= 2", "number of Extras is at most 2"),
    ("sum(extras.weight) < 3", "total weight of Extras is less than 3"),
    ("width > 1.4 m", "Width is more than 1400 mm"),
    ("1.4 m < width", "Width is more than 1400 mm"),
    ("depth >= 405 mm", "Depth is at least 40.5 cm"),
    ("not width > 1400", "Width is at most 1400 mm"),
    ("width in 600..900", "Width is between 600 mm and 900 mm"),
    ("width > height", "Width is more than Height"),
    ("width + 20 > height - 40", "Width + 20 is more than Height − 40"),
    ("2 * (width + 10) <= 900", "2 × (Width + 10) is at most 900 mm"),
    ("body.mm >= 18", "Body is at least 18 mm"),
    ("body.density > 0.7", "density of Body is more than 0.7"),
    ("ceil(width, 50) = 600", "Width rounded up to a multiple of 50 is 600 mm"),
    ("max(width, height) > 2 m", "the largest of Width and Height is more than 2000 mm"),
    ("body is oak and width > 1400", "Body is Oak and Width is more than 1400 mm"),
    (
        "anchor and (tall or soft_close)",
        "Wall anchor is chosen and (Height is more than 2000 mm or Soft close is chosen)",
    ),
    (
        "anchor or soft_close or oak",
        "Wall anchor is chosen, Soft close is chosen or Oak inside is chosen",
    ),
    ("tall implies anchor", "if Height is more than 2000 mm, then Wall anchor is chosen"),
    (
        "front is glass excludes anchor",
        "Front is Glass and Wall anchor is chosen do not go together",
    ),
    (
        "if tall then anchor else oak",
        "Wall anchor is chosen if Height is more than 2000 mm, else Oak inside is chosen",
    ),
    (
        "count(anchor, oak) = 1",
        "how many hold of: Wall anchor is chosen; Oak inside is chosen is 1",
    ),
    ("false", "never"),
]


@pytest.mark.parametrize(("expression", "sentence"), SENTENCES)
def test_a_condition_is_told_with_labels_and_units(expression, sentence):
    assert told(bind(expression, Scope.of(WARDROBE)), WARDROBE, None) == sentence


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en-GB", "Body is Oak and Depth is less than 40.5 cm"),
        ("de", "Korpus ist Eiche und Tiefe ist kleiner als 40,5 cm"),
        ("fr", "Body est Oak et Depth est inférieur à 40,5 cm"),
        ("ja", "Body is Oak and Depth is less than 40.5 cm"),
    ],
)
def test_a_condition_is_told_in_the_language_of_the_shopper(locale, sentence):
    node = bind("body is oak and depth < 40.5", Scope.of(WARDROBE))
    assert told(node, WARDROBE, locale) == sentence


@given(bound_conditions | bound_numbers)
def test_everything_can_be_told(node):
    assert told(node, WARDROBE, "de")
