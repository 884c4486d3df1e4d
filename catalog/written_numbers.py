"""Numbers as people write them: `1.234,50 €`, `1,234.50`, `1 234,50`, `1'234.50`, `−5`.

A point or a comma before three digits may be a decimal mark or not: `1.234`. What else is written
beside it decides, in a column or a table; where nothing does, it is asked, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from catalog.product_model import MAX_MAGNITUDE

type Mark = Literal[".", ","]

# What stands between thousands; elsewhere two numbers are two.
_THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0\u2007\u2009\u202f'’](?=[0-9]{3}(?![0-9]))")
_MINUS = str.maketrans({"−": "-", "–": "-", "\u2011": "-"})
_CURRENCY = r"(?:[€$£¥₹₩₽₺₴₪฿¢]|CHF|EUR|USD|GBP|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|JPY|Fr\.|kr\.?|zł|Kč|[A-Z]{3})"
_NUMBER = re.compile(
    rf"(?P<sign>-?)\s*(?P<before>{_CURRENCY})?\s*(?P<second>-?)\s*(?P<digits>[0-9][0-9.,]*|[.,][0-9]+)"
    rf"\s*(?P<after>{_CURRENCY})?"
)
_BARE = re.compile(r"-?[0-9.,]*")
# Which currencies a sign may stand for; a cent is a part of one, and no amount by itself.
_SIGNS: Mapping[str, str] = {
    "€": "EUR",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "$": "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD "
    "ARS CLP COP CUP DOP MXN UYU",
    "¥": "JPY CNY",
    "₹": "INR",
    "₩": "KRW KPW",
    "₽": "RUB",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
    "฿": "THB",
    "¢": "",
    "Fr": "CHF",
    "kr": "DKK ISK NOK SEK",
    "zł": "PLN",
    "Kč": "CZK",
}
_WRITTEN: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?"),
    ",": re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]+)?"),
}


class NotANumber(ValueError):
    """A text that is no number; the sentence says what to write."""


def decimal_mark(texts: Iterable[str]) -> Mark | None:
    """Return the decimal mark that numbers written side by side can only have, None where none of
    them tells.
    """
    found: set[Mark] = set()
    for text in texts:
        if "." not in text and "," not in text and text.isascii():
            continue
        match = _match(text)
        marks = set() if match is None else _possible(match["digits"])
        if len(marks) == 1:
            found |= marks
    return found.pop() if len(found) == 1 else None


def read_number(text: str, mark: Mark | None = None) -> Decimal:
    """Return the number that `text` tells, with its currency left out; `mark` is its decimal mark
    where that is known.

    Refuses with NotANumber what is none, a calculation or a range (`12/4`, `10-20`), and what may
    be two numbers.
    """
    match = _match(text)
    if match is None:
        raise NotANumber(f"{text.strip()!r} is no amount; write one number, such as 1234.50")
    digits = match["digits"]
    marks = _possible(digits)
    if mark is not None and mark in marks:
        marks = {mark}
    elif mark is not None:
        marks = set()
    numbers = {
        Decimal(digits.replace("," if own == "." else ".", "").replace(own, ".")) for own in marks
    }
    if not numbers:
        told = (
            f"; decimals are written with {'a comma' if mark == ',' else 'a point'} here"
            if mark
            else ""
        )
        raise NotANumber(
            f"{text.strip()!r} is no amount{told or '; write one number, such as 1234.50'}"
        )
    if len(numbers) > 1:
        less, more = sorted(numbers)
        raise NotANumber(
            f"{text.strip()!r} may be {less:f} or {more:f}; say which mark is the decimal one"
        )
    (number,) = numbers
    if number >= MAX_MAGNITUDE:
        raise NotANumber(f"{text.strip()!r} is larger than any amount")
    return -number if match["sign"] or match["second"] else number


def other_currency(text: str, currency: str) -> str:
    """Return what is written beside the number in `text` and does not stand for `currency`; nothing
    where all does.
    """
    if _BARE.fullmatch(text):
        return ""
    match = _match(text)
    written = (
        [each for each in (match["before"], match["after"]) if each] if match is not None else []
    )
    return next(
        (each for each in written if currency not in _SIGNS.get(each.rstrip("."), each).split()), ""
    )


def _match(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(_THOUSANDS.sub("", half_width(text).translate(_MINUS).strip()))


def half_width(text: str) -> str:
    """Return `text` with digits, points, signs and letters of full width as those of ASCII: `１２．５０`
    is `12.50`.
    """
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uffe6" else sign
        for sign in text
    )


def is_ambiguous(text: str) -> bool:
    """Tell whether a plain number may be read as two: three digits behind its only mark, such as
    `1.234`.
    """
    if "." not in text and "," not in text and text.isascii():
        return False
    match = _match(text)
    return (
        match is not None
        and len(_possible(match["digits"])) > 1
        and not match["digits"].isdecimal()
    )


def _possible(digits: str) -> set[Mark]:
    """Return the decimal marks with which `digits` can be read; both ways may give the same number."""
    return {mark for mark, written in _WRITTEN.items() if written.fullmatch(digits)}
