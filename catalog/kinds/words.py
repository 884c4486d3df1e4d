"""What refusals repeat of somebody's input, and what they think was meant."""

import difflib
from collections.abc import Mapping

from catalog.expressions.errors import suggestion

MOST_REPEATED = 63


def short(word: str) -> str:
    """Return what is repeated of somebody's input: enough to recognise it."""
    return word if len(word) <= MOST_REPEATED else f"{word[:MOST_REPEATED]}…"


def suggested(word: str, known: Mapping[str, object]) -> str:
    """Return "; did you mean 'oak'?" where one of `known` is near, else nothing."""
    # Likeness is looked for in time that grows with the square of the length; no key is longer.
    close = difflib.get_close_matches(word, known, n=1) if len(word) <= MOST_REPEATED else []
    return f"; did you mean '{close[0]}'?" if close else ""


def hint(key: str, known: Mapping[str, object]) -> str:
    """Return the end of a finding's sentence: a hint at what may have been meant, or a full stop."""
    found = suggestion(key, known)
    return f"; {found}" if found else "."
