"""Merchants' regular expressions on shoppers' texts."""

import pytest

from catalog.patterns import MAX_LENGTH, PatternRefused, compiled, fits


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("[A-Z]{2}[0-9]+", "AB12", True),
        ("[A-Z]{2}[0-9]+", "AB12 ", False),
        ("a|b", "ab", False),
        ("[a-zäöü]+", "größe", False),
        ("[a-zäöüß]+", "größe", True),
        (".*", "line\nbreak", False),
        ("", "", True),
        (".*", "\ud800", False),
    ],
)
def test_a_pattern_speaks_of_the_whole_text(pattern: str, text: str, matches: bool) -> None:
    assert fits(pattern, text) is matches


@pytest.mark.parametrize(
    "pattern", ["[", "(?=a)b", "(?<!a)b", r"(a)\1", "a{2,1}", "(?P<x", "\ud800", "a{1001}"]
)
def test_what_cannot_be_run_safely_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compiled(pattern)


def test_a_pattern_has_a_length() -> None:
    with pytest.raises(PatternRefused, match="at most 500"):
        compiled("a" * (MAX_LENGTH + 1))
