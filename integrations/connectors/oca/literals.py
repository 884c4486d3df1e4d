"""The values of `eval` attributes: numbers, texts, truths, references and lists of them, and
nothing that could run.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog.errors import Malformed

MAX_LENGTH = 200_000
MAX_DEPTH = 8

type Literal = Decimal | str | bool | Ref | Attached | tuple[Literal, ...] | None

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>-?\d{1,15}(?:\.\d{1,10})?)
      | (?P<text>'[^'\\\n]*'|"[^"\\\n]*")
      | (?P<word>[A-Za-z_][A-Za-z_.]*)
      | (?P<sign>[][(),])
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, bool | None] = {"True": True, "False": False, "None": None}


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a record by its external id, `ref('value_oak')`."""

    id: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a field holds: its path below the folders of the modules, or its content in
    base64.
    """

    path: str = ""
    data: str = ""


def read_literal(text: str) -> Literal:
    """Return what `text` tells; refuse with Malformed whatever is more than plain values and
    `ref('…')`.
    """
    if len(text) > MAX_LENGTH:
        raise Malformed(f"an eval attribute has more than {MAX_LENGTH:,} characters")
    reader = _Reader(_tokens(text))
    literal = reader.value(0)
    if reader.ahead:
        raise Malformed(f"cannot read '{reader.ahead}' after a value in an eval attribute")
    return literal


def _tokens(text: str) -> list[str]:
    found = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Malformed(
                f"cannot read '{text[place : place + 30].strip()}' in an eval attribute; only numbers, texts, True, "
                "False, None, ref('…') and lists of these are read"
            )
        found.append(match[0].strip())
        place = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def ahead(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        found = self.ahead
        self.place += 1
        return found

    def expect(self, sign: str) -> None:
        if self.take() != sign:
            raise Malformed(f"expected '{sign}' in an eval attribute")

    def value(self, depth: int) -> Literal:
        if depth > MAX_DEPTH:
            raise Malformed(f"an eval attribute is nested more than {MAX_DEPTH} deep")
        found = self.take()
        if found in ("[", "("):
            return self.members("]" if found == "[" else ")", depth)
        if found[:1] in ("'", '"'):
            return found[1:-1]
        if found in _WORDS:
            return _WORDS[found]
        if found == "ref":
            self.expect("(")
            name = self.take()
            self.expect(")")
            if name[:1] not in ("'", '"'):
                raise Malformed("ref(…) in an eval attribute takes one quoted id")
            return Ref(name[1:-1])
        if re.fullmatch(r"-?\d.*", found):
            return Decimal(found)
        raise Malformed(
            f"cannot read '{found}' in an eval attribute"
            if found
            else "an eval attribute ends too early"
        )

    def members(self, closing: str, depth: int) -> Literal:
        found: list[Literal] = []
        bare = closing == ")"
        while self.ahead != closing:
            found.append(self.value(depth + 1))
            if self.ahead == ",":
                self.take()
                bare = False
            elif self.ahead != closing:
                raise Malformed(f"expected ',' or '{closing}' in an eval attribute")
        self.take()
        # (x) is x in parentheses, (x,) a list of one.
        return found[0] if bare and len(found) == 1 else tuple(found)
