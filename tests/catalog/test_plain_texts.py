"""Texts as they are kept, and what counts as one character of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.plain_texts import has_break, length_of, plain_text

FAMILY = "👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Anna ", "Anna"),
        ("\tAnna\u00a0\u200b", "Anna"),
        ("An\u200bna", "Anna"),
        ("   ", ""),
        ("\u200b\ufeff\u2060", ""),
        ("\u200d", ""),
        ("\u3164", ""),
        ("e\u0301", "é"),
        (FAMILY, FAMILY),
        (ENGLAND, ENGLAND),
        ("{}<i>O'Neil</i", "{}<i>O'Neil</i"),
        ("a  b", "a  b"),
    ],
)
def test_what_nobody_sees_is_not_kept(raw: str, kept: str) -> None:
    assert plain_text(raw) == kept


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("abc", 3),
        (FAMILY * 3, 3),
        (ENGLAND, 1),
        ("é" * 12, 12),
        ("e\u0301" * 12, 12),
        ("🇩🇪🇫🇷", 2),
        ("", 0),
    ],
)
def test_a_character_is_what_people_count(text: str, count: int) -> None:
    assert length_of(text) == count


@pytest.mark.parametrize("text", ["A\nB", "A\rB", "A\u2028B", "A\x85B"])
def test_every_kind_of_line_break_is_one(text: str) -> None:
    assert has_break(text)


@given(st.text(max_size=30))
def test_a_plain_text_stays_as_it_is(raw: str) -> None:
    text = plain_text(raw)
    assert plain_text(text) == text
    assert plain_text(unicodedata.normalize("NFD", text)) == text
