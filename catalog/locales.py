"""Languages as callers name them, and how people who read them write numbers."""

import re

LOCALE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$"
MOST_LOCALE = 16

# What stands between thousands and before decimals, and the languages and regions that write so. Source: Unicode CLDR.
_NARROW, _SPACE = "\u202f", "\u00a0"
_WRITTEN = (
    (",", ".", "en he ja ko th zh es-mx es-us"),
    (".", ",", "ca da de el es gl hr id it nl pt-br ro sl sr tr vi"),
    (_SPACE, ",", "bg cs et fi hu lt lv nb nn no pl pt ru sk sv uk de-at fr-ca"),
    (_NARROW, ",", "fr"),
    ("’", ".", "de-ch it-ch de-li"),
)
_SEPARATORS = {locale: (between, point) for between, point, locales in _WRITTEN for locale in locales.split()}
_UNKNOWN_LOCALE = (_NARROW, ".")


def read_locale(text: object) -> str:
    """Return a language such as `de` or `de-CH`, also where `de_CH` was written; ValueError for what is none."""
    written = text.replace("_", "-") if isinstance(text, str) else ""
    if len(written) <= MOST_LOCALE and re.fullmatch(LOCALE_PATTERN, written):
        return written
    raise ValueError("expected a language such as de or de-CH")


def separators(locale: str | None) -> tuple[str, str]:
    """Return what stands between thousands and before decimals; as in English without a locale."""
    if not locale:
        return _SEPARATORS["en"]
    wanted = locale.lower().replace("_", "-")
    return _SEPARATORS.get(wanted) or _SEPARATORS.get(wanted.partition("-")[0]) or _UNKNOWN_LOCALE
