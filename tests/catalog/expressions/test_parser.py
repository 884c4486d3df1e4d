"""Reading the notation: what is written comes back, and nothing but a refusal comes out of
nonsense.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.parser import parse
from catalog.expressions.render import render
from catalog.expressions.syntax import Name, Number
from tests.catalog.expressions.strategies import look_alikes, syntaxes


@given(syntaxes)
def test_what_is_written_parses_to_the_same_syntax(syntax):
    assert parse(render(syntax)) == syntax


@given(look_alikes)
def test_writing_back_twice_changes_nothing(text):
    try:
        written = render(parse(text))
    except ExpressionRefused:
        return
    assert render(parse(written)) == written


@given(st.one_of(st.text(max_size=60), look_alikes))
@example("(" * 61)
@example("not " * 61)
@example("-" * 61)
@example("if " * 61)
@example("a implies " * 61)
@example("\x00\ud800")
def test_any_text_is_parsed_or_refused_with_a_place_inside_it(text):
    try:
        parse(text)
    except ExpressionRefused as refused:
        assert 0 <= refused.start <= refused.end <= len(text)


def test_spans_cover_what_was_written():
    syntax = parse("  width  +  1.2 m")
    assert syntax.span == (2, 17)
    assert [each.span for each in (syntax.first, syntax.rest[0][1])] == [(2, 7), (12, 17)]


def test_a_comment_ends_with_its_line():
    assert parse("width # in mm\n") == Name("width")


def test_inches_and_membership_are_told_apart():
    assert render(parse("width <= 24 in and 24 in (12, 24)")) == "width <= 24 in and 24 in (12, 24)"


def test_a_degree_sign_is_a_unit():
    assert parse("30°") == Number(parse("30").value, "deg")


def test_an_expression_of_more_than_four_thousand_characters_is_refused():
    with pytest.raises(ExpressionRefused, match=r"4,001 characters, more than 4,000"):
        parse("1" + " " * 4000)


def test_nesting_beyond_sixty_levels_is_refused():
    with pytest.raises(ExpressionRefused, match="nested more than 60 deep"):
        parse("(" * 60 + "1" + ")" * 60)
    assert parse("(" * 59 + "1" + ")" * 59) == parse("1")
