"""Languages as callers name them."""

import re

LOCALE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$"
MOST_LOCALE = 16


def read_locale(text: object) -> str:
    """Return a language such as `de` or `de-CH`, also where `de_CH` was written; ValueError for
    what is none.
    """
    written = text.replace("_", "-") if isinstance(text, str) else ""
    if len(written) <= MOST_LOCALE and re.fullmatch(LOCALE_PATTERN, written):
        return written
    raise ValueError("expected a language such as de or de-CH")
