"""Texts with marks such as `{product}`, filled with what an event says. Nothing else is read in
them.

A mark names a field of the event, or the key of an option whose choice stands there.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from catalog.errors import Malformed
from catalog.expressions.errors import suggestion

DEFAULT = "default"
"""Stands for all languages that have no text of their own."""

_MARK = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_CHOICES = "choices"


def marks_in(text: str) -> list[str]:
    """Return the names of the marks in a text."""
    return _MARK.findall(text)


def refuse_marks(text: str, known: Collection[str], pointer: str) -> None:
    """Refuse with Malformed a text with a mark that none of `known` fills."""
    for name in marks_in(text):
        if name not in known:
            hint = suggestion(name, known)
            told = f"There is nothing to fill {{{name}}} with{f'; {hint}' if hint else '.'}"
            raise Malformed(told, errors=[{"pointer": pointer, "detail": told}])


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return `text` with its marks filled; one that nothing is known for becomes empty."""
    return _MARK.sub(lambda mark: facts.get(mark[1], ""), text)


def in_language(texts: Mapping[str, str], locale: str) -> str:
    """Return the text for `locale`, for its language, or the one for all others."""
    return texts.get(locale) or texts.get(locale.partition("-")[0]) or texts.get(DEFAULT, "")


def facts_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what marks are filled with: fields and choices of what an event says, as they stand in
    it.
    """
    choices = data.get(_CHOICES)
    said = {**(choices if isinstance(choices, Mapping) else {}), **data}
    return {name: written for name, each in said.items() if (written := _written(each)) is not None}


def _written(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) if all(isinstance(each, str) for each in value) else None
    return str(value) if isinstance(value, str | int | float) else None
