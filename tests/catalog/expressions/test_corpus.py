"""The expressions of tests/corpus/expressions.txt give what that file says."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import Result, evaluate, function_of
from catalog.expressions.nodes import Node, reads
from catalog.expressions.parser import parse
from catalog.expressions.render import render, told
from catalog.expressions.types import Scope, bind
from tests.catalog.expressions.wardrobe import CORPUS, WARDROBE, values_told

type Case = tuple[str, str]


def cases(refused: bool) -> Iterator[Case]:
    """Return pairs of an expression and what a line under it says."""
    expression = ""
    for line in (CORPUS / "expressions.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            expression = line.strip()
        elif line.strip().startswith("refused:") == refused:
            yield expression, line.strip()


GIVING = list(cases(refused=False))
REFUSED = list(cases(refused=True))
READABLE = sorted({expression for expression, _ in GIVING})


def bound(expression: str) -> Node:
    text = expression.removeprefix("price: ")
    return bind(text, Scope.of(WARDROBE), "any", lengths=text != expression)


def result_told(told: str) -> Result:
    if told in ("yes", "no"):
        return told == "yes"
    if told == "undefined":
        return None
    return told[1:-1] if told.startswith('"') else Fraction(told)


@pytest.mark.parametrize(("expression", "line"), GIVING)
def test_an_expression_gives_what_the_corpus_says(expression, line):
    values, _, result = line.partition("→")
    node = bound(expression)
    given = values_told(values)
    assert [evaluate(node, given), function_of(node)(given)] == [result_told(result.strip())] * 2


@pytest.mark.parametrize(("expression", "line"), REFUSED)
def test_an_expression_is_refused_as_the_corpus_says(expression, line):
    with pytest.raises(ExpressionRefused) as refusal:
        bound(expression)
    assert refusal.value.sentence == line.removeprefix("refused: ")


@pytest.mark.parametrize("expression", READABLE)
def test_an_expression_written_back_means_the_same(expression):
    text = expression.removeprefix("price: ")
    written = render(parse(text))
    assert bind(written, Scope.of(WARDROBE), "any", lengths=True) == bind(
        text, Scope.of(WARDROBE), "any", lengths=True
    )


@pytest.mark.parametrize("expression", READABLE)
@pytest.mark.parametrize("locale", [None, "de-AT", "fr", "pt"])
def test_an_expression_can_be_told_without_a_key_in_it(expression, locale):
    sentence = told(bound(expression), WARDROBE, locale)
    assert sentence
    assert not re.search(r"soft_close|rails_|[{}]", sentence)


@pytest.mark.parametrize(("expression", "line"), GIVING)
def test_options_that_an_expression_does_not_read_change_nothing(expression, line):
    values, _, result = line.partition("→")
    node = bound(expression)
    given = {key: value for key, value in values_told(values).items() if key in reads(node)}
    assert evaluate(node, given) == result_told(result.strip())
