"""Expressions that were written to hurt: answered or refused with bounded work, however they are
nested.
"""

import sys
from decimal import Decimal

import pytest

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import evaluate, function_of
from catalog.expressions.nodes import reads
from catalog.expressions.render import told
from catalog.expressions.types import Scope, bind
from tests.catalog.expressions.wardrobe import WARDROBE

VALUES = {
    "width": Decimal("1200.5"),
    "shelves": Decimal(7),
    "anchor": True,
    "body": "oak",
    "extras": ("usb",),
}


def nested(before: str, inner: str, after: str, most: int = 4000) -> str:
    count = (most - len(inner)) // (len(before) + len(after))
    return before * count + inner + after * count


def repeated(piece: str, joint: str, most: int = 4000) -> str:
    return joint.join([piece] * ((most + len(joint)) // (len(piece) + len(joint))))


HOSTILE = {
    "parentheses": nested("(", "1", ")"),
    "sixty parentheses": "(" * 59 + "width" + ")" * 59,
    "sums of everything": repeated("width", "+"),
    "fractions without common denominator": "+".join(f"{n}/(width+{n})" for n in range(1, 250)),
    "a product of long numbers": repeated("99999999999999.9", "*"),
    "a product of options": repeated("width", "*"),
    "a tower of quotients": repeated("width", "/"),
    "sums in sums": "(" * 40 + "width" + "".join(f"+{n}+{n}*width)" for n in range(40)),
    "products of sums": "*".join(f"(width+{n})" for n in range(300)),
    "sixty levels of long chains": "(" * 55
    + "width"
    + "+1*2*3*4*5*6*7*8-width-1-2-3-4-5-6-7-8)" * 55,
    "counts that double": nested("count(0<", "width", "<2)"),
    "fifty counts that double": "count(0<" * 50 + "width" + "<2)" * 50,
    "memberships in memberships": nested("count(width in (", "1", "))"),
    "lists of parentheses": nested("width in (", "1", ")"),
    "twenty lists": "width in (count(" * 19 + "anchor" + "))" * 19,
    "denials": nested("not ", "anchor", ""),
    "signs": nested("-", "1", ""),
    "implications": repeated("anchor", "=>"),
    "alternatives": repeated("anchor", "||"),
    "fifty if": "if anchor then 1 else " * 50 + "2",
    "ladder of if": nested("if anchor then 1 else ", "2", ""),
    "unknown names": repeated("zzzzzzzzz", "+"),
    "a long word": "z" * 4000,
    "a long number": "1" * 4000,
    "a long text": '"' + "z" * 3990 + '"',
    "open texts": '"' * 3999,
    "ranges": "width in (" + repeated("1..2", ",", 3980) + ")",
    "rounding": nested("ceil(", "width", ",0.7)"),
    "fifty times rounded": "ceil(" * 50 + "width" + ",0.7)" * 50,
    "calls": repeated("min(width,1)", "*"),
    "texts beside choices": repeated("body is not oak", " and "),
    "blanks": " " * 4000,
    "comments": "#" * 4000,
    "dots": "." * 4000,
    "commas": "min(" + "1," * 1990 + "1)",
}


def answered(text: str) -> None:
    try:
        node = bind(text, Scope.of(WARDROBE), "any", lengths=True)
    except ExpressionRefused:
        return
    evaluate(node, VALUES)
    function_of(node)(VALUES)
    reads(node)
    told(node, WARDROBE, "en")


def calls(text: str) -> int:
    """Return how many functions, ours and Python's own, are called to answer `text`."""
    count = 0

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        answered(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_expression_costs_bounded_work(text):
    assert len(text) <= 4000
    assert calls(text) <= 100 * 4000


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_expression_needs_little_of_the_stack(text):
    # Django's own frames stand below an expression; Python allows a thousand in all.
    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            answered(text)

    used = len([None for frame in iter(_frames()) if frame])
    deeper(max(0, sys.getrecursionlimit() - used - 700))


def _frames() -> list[object]:
    frame, found = sys._getframe(), []
    while frame:
        found.append(frame)
        frame = frame.f_back
    return found


def test_numbers_stay_short_enough_to_add_up_quickly():
    text = "*".join(f"(width+{n})" for n in range(60))
    node = bind(text, Scope.of(WARDROBE), "number")
    result = function_of(node)({"width": Decimal("2999.5")})
    assert result.numerator.bit_length() <= 4000
