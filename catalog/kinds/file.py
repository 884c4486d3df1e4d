"""A picture of somebody's own: a logo or a photo that is uploaded."""

from typing import Any

from catalog.errors import Unreadable
from catalog.kinds.open import OpenKind
from catalog.plain_texts import plain_text
from catalog.product_model import NOTHING, Choice, Kind, Option
from catalog.uploaded import uploaded


class FileKind(OpenKind):
    """The name of an uploaded file, as its upload told it."""

    kind = Kind.FILE
    json_words = "the name of an uploaded file, as a text"
    is_file = True
    is_told_by_features = False
    example = f"{'0' * 64}-1200x800.png"

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        text = plain_text(raw) if isinstance(raw, str) else None
        if text is not None and (text == NOTHING or uploaded(text)):
            return text
        raise Unreadable("no-file", "expected the name of a file as its upload told it")

    def problem(self, option: Option, choice: Any) -> str:
        return "" if uploaded(choice) else "must be the name of an uploaded file."

    def columns_told(self, row: Any) -> str:
        return "a picture of the shopper's own"

    def declares(self, option: Option, value: Choice) -> bool:
        return uploaded(value) is not None

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        file = uploaded(choice)
        if file is None:
            return str(choice)
        return "SVG" if file.is_drawing else f"{file.width} × {file.height}"
