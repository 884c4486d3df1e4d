"""From characters to tokens: numbers, texts, words and signs, each with its place."""

import re
from typing import Literal, NamedTuple

from catalog.expressions.errors import ExpressionRefused

MAX_LENGTH = 4_000
# What is written about an instance stands behind its place, and perhaps behind the condition that
# there is one.
MAX_PLACES = 1_000
MAX_NUMBER_DIGITS = 15

# A key that is one of these can only be written in quotes, as a value.
KEYWORDS = frozenset(
    "and or not implies if then else in is has excludes requires true false yes no".split()  # noqa: SIM905
)

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\n]*)
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>"(?:[^"\n]|"")*"|'(?:[^'\n]|'')*')
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>\.\.|=>|<=|>=|==|!=|&&|\|\||[-+*/<>=!(),.:≤≥≠×÷−·°])
    """,
    re.VERBOSE,
)
_SAME = {
    "&&": "and",
    "||": "or",
    "!": "not",
    "=>": "implies",
    "=": "==",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
}
_HINTS = {
    "%": "write a share as a number, 0.05 for 5 %",
    "“": 'texts stand in straight quotes: "oak"',
    "”": 'texts stand in straight quotes: "oak"',
    "„": 'texts stand in straight quotes: "oak"',
    "‘": "texts stand in straight quotes: 'oak'",
    "’": "texts stand in straight quotes: 'oak'",
    "&": "write 'and' or '&&'",
    "|": "write 'or' or '||'",
    "[": "lists stand in parentheses: (steel, oak)",
    "{": "lists stand in parentheses: (steel, oak)",
    ";": "members of a list are separated by commas",
    "^": "there is no power; multiply instead",
    "–": "the minus sign is '-', a range is written 600..900",
    '"': "a text ends with the quote it began with, on the same line",
    "'": "a text ends with the quote it began with, on the same line",
}


class Token(NamedTuple):
    """A piece of the text. `kind` is the sign or keyword itself (in its plainest spelling) for
    those.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def told(self) -> str:
        """The token as an error names it."""
        return "the end" if self.kind == "end" else f"'{self.text}'"


def tokens(text: str) -> list[Token]:
    """Return the tokens of `text`, the last of kind "end"; refuse a text that is too long or holds
    unknown signs.
    """
    if len(text) > MAX_LENGTH + (MAX_PLACES if ":" in text else 0):
        raise ExpressionRefused(
            f"the expression has {len(text):,} characters, more than {MAX_LENGTH:,},",
            MAX_LENGTH,
            len(text),
            "give parts of it names as derived values",
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            sign = text[place]
            raise ExpressionRefused(
                f"unexpected {_visible(sign)}", place, place + 1, _HINTS.get(sign, "")
            )
        place = match.end()
        kind: str | Literal["space"] = match.lastgroup or "space"
        piece = match.group()
        if kind == "space":
            continue
        if kind == "number" and len(piece.replace(".", "")) > MAX_NUMBER_DIGITS:
            raise ExpressionRefused(
                f"a number of more than {MAX_NUMBER_DIGITS} digits",
                match.start(),
                place,
                "round it",
            )
        if kind == "word" and piece.lower() in KEYWORDS:
            kind = piece.lower()
        elif kind == "sign":
            kind = _SAME.get(piece, piece)
        found.append(Token(kind, piece, match.start(), place))
    found.append(Token("end", "", len(text), len(text)))
    return found


def _visible(sign: str) -> str:
    return f"'{sign}'" if sign.isprintable() else f"character U+{ord(sign):04X}"
