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


@pytest.mark.parametrize("pattern", ["[", "(?=a)b", "(?<!a)b", r"(a)\1", "a{2,1}", "(?P<x", "\ud800", "a{1000}{1000}"])
def test_what_cannot_be_run_safely_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compiled(pattern)


def test_a_pattern_has_a_length() -> None:
    with pytest.raises(PatternRefused, match="at most 500"):
        compiled("a" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(a|aa)+", "(.*a){20}", "((a*)*)*"])
def test_every_pattern_comes_to_an_end_on_a_long_text(pattern: str) -> None:
    # An engine that goes back and tries again would be busy with this for longer than the universe is old.
    assert fits(pattern, "a" * 10_000 + "!") in (True, False)
