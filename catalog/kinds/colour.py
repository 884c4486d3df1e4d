"""A colour of somebody's own."""

import re
from typing import Any

from catalog.errors import Unreadable
from catalog.kinds.open import OpenKind
from catalog.plain_texts import plain_text
from catalog.product_model import NOTHING, Choice, Kind, Option

_COLOUR = re.compile("#[0-9a-f]{6}")
_COLOUR_AS_KEPT = re.compile("#[0-9a-fA-F]{6}")


class ColourKind(OpenKind):
    """A colour as # and six digits or letters a to f, in small letters."""

    kind = Kind.COLOUR
    json_words = "a colour such as #0b6e4f, as a text"
    is_colour = True
    is_told_by_features = False
    example = "#000000"

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        text = plain_text(raw).lower() if isinstance(raw, str) else None
        if text is not None and (text == NOTHING or _COLOUR.fullmatch(text)):
            return text
        raise Unreadable("no-colour", "expected a colour such as #0b6e4f")

    def read_line(self, option: Option, text: str) -> Any:
        return text.lower()

    def problem(self, option: Option, choice: Any) -> str:
        fine = isinstance(choice, str) and _COLOUR.fullmatch(choice)
        return "" if fine else "must be a colour such as #9fb49c, in small letters."

    def columns_told(self, row: Any) -> str:
        return "any colour"

    def declares(self, option: Option, value: Choice) -> bool:
        return isinstance(value, str) and bool(_COLOUR_AS_KEPT.fullmatch(value))
