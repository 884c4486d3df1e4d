"""Long lists of values: what of them stands on the page, and how the rest is found.

A list is searched and drawn further by the server, so that it works without scripts too. What is
chosen always stands on the page: the form has the state.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from catalog.kinds.register import kind_of
from catalog.product_model import Option, Value

SEARCHED_FROM = 12
ROWS = 16
MORE_ROWS = 48
MOST_ROWS = 10_000
MOST_FIND = 100
FIND = "find."
"""What the name of the input starts with that searches an option's values; no input of an option
does.
"""
DRAWN = "rows."
"""What the name of the input starts with that tells how many values of an option are drawn."""


@dataclass(frozen=True)
class Window:
    """What of an option's values a shopper asked for: those that match `find`, the first `rows` of
    them.
    """

    find: str = ""
    rows: int = ROWS


@dataclass(frozen=True)
class Drawn:
    """The values that stand on the page, how many there are that match, how many in all, and how
    many come next.
    """

    values: tuple[Value, ...]
    matching: int
    in_all: int
    more: int


WHOLE = Window()


def windows_in(fields: Mapping[str, Sequence[str]]) -> dict[str, Window]:
    """Return the windows of a posted form by option; the button `draw` asks for more of one."""
    wanted = {name[len(FIND) :] for name in fields if name.startswith(FIND)}
    pressed = fields.get("draw", [""])[-1]
    windows = {}
    for key in wanted:
        find = " ".join(fields[f"{FIND}{key}"][-1][:MOST_FIND].split())
        rows = _count(fields.get(f"{DRAWN}{key}", [""])[-1])
        window = Window(find, min(rows + MORE_ROWS, MOST_ROWS) if key == pressed else rows)
        if window != WHOLE:
            windows[key] = window
    return windows


def is_searched(option: Option) -> bool:
    """Tell whether the values of an option are so many that they are searched."""
    return kind_of(option).is_listed and len(option.values) >= SEARCHED_FROM


def drawn(
    option: Option, offered: Collection[str], chosen: Collection[str], window: Window, locale: str
) -> Drawn:
    """Return which of an option's values stand on the page: the first that match, and before them
    what is chosen.
    """
    values = [value for value in option.values if value.key in offered]
    if not is_searched(option):
        return Drawn(tuple(values), len(values), len(values), 0)
    words = _plain(window.find).split()
    matching = [value for value in values if _matches(value, words, locale)]
    shown = matching[: window.rows]
    there = {value.key for value in shown}
    kept = [value for value in values if value.key in chosen and value.key not in there]
    more = min(len(matching) - len(shown), MORE_ROWS)
    return Drawn((*kept, *shown), len(matching), len(values), more)


def _matches(value: Value, words: Sequence[str], locale: str) -> bool:
    if not words:
        return True
    description = value.description.in_locale(locale) if value.description else ""
    text = _plain(f"{value.label.in_locale(locale)} {description} {value.sku or ''}")
    return all(word in text for word in words)


def _plain(text: str) -> str:
    """Return `text` as it is compared: without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def _count(text: str) -> int:
    return (
        min(int(text), MOST_ROWS)
        if re.fullmatch(r"[0-9]{1,5}", text) and int(text) > ROWS
        else ROWS
    )
