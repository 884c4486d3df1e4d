from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.product_model import Choice, ProductModel
from configurator.embed.states import choices_in, query_of, read_quantity
from tests.examples.desk import DESK, desk

MODEL = desk()
CHOICES: dict[str, st.SearchStrategy[Choice]] = {
    "frame": st.sampled_from(["steel", "oak"]),
    "width": st.integers(100, 200).map(lambda tens: Decimal(tens * 10)),
    "extras": st.sampled_from([("lamp",), ("lamp", "tray")]),
    "engraved": st.booleans(),
    "engraving": st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9 ]{0,18}[A-Za-z0-9])?", fullmatch=True),
}


@given(st.fixed_dictionaries({}, optional=CHOICES))
def test_choices_written_and_read_are_the_same(choices: dict[str, Choice]) -> None:
    assert choices_in(MODEL, query_of(MODEL, choices)) == (choices, ())


@given(st.text(max_size=60))
def test_any_text_can_be_read_as_choices(text: str) -> None:
    choices, _dropped = choices_in(MODEL, text)
    assert set(choices) <= set(MODEL.option_by_key)


def test_what_is_retracted_is_written_too() -> None:
    assert choices_in(MODEL, query_of(MODEL, {"frame": None, "top": "oak"})) == (
        {"frame": None, "top": "oak"},
        (),
    )


def test_a_text_may_hold_what_a_query_uses() -> None:
    model = _with_text()
    text = "a&b=c;d,e+f %26 ü#"
    assert choices_in(model, query_of(model, {"note": text})) == ({"note": text}, ())


def test_an_option_named_like_a_parameter_of_ours_gets_a_longer_name() -> None:
    model = _with_text("lang")
    assert query_of(model, {"lang": "x"}) == "o.lang=x"
    assert choices_in(model, "o.lang=x") == ({"lang": "x"}, ())


def _with_text(key: str = "note") -> ProductModel:
    option = {"key": key, "kind": "text", "label": "Note", "required": False}
    return desk(options=[*DESK["options"], option])


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("3", 3),
        (" 12 ", 12),
        ("", 1),
        ("0", None),
        ("-5", None),
        ("x", None),
        ("1.5", None),
        ("1000001", None),
    ],
)
def test_a_quantity_that_cannot_be_ordered_is_none(text: str, quantity: int | None) -> None:
    assert read_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "locale", "quantity"),
    [
        ("１２", "ja", 12),
        ("٣", "ar", 3),
        ("1.200", "de", 1200),
        ("1,200", "en", 1200),
        ("1 200", "fr", 1200),
        ("2,5", "de", None),
        ("5 cm", "en", None),
        ("9" * 80, "en", None),
    ],
)
def test_a_quantity_is_read_as_any_number(text: str, locale: str, quantity: int | None) -> None:
    assert read_quantity(text, locale) == quantity
