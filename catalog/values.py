"""What an option takes: a value as somebody typed or sent it, made plain; the same at every door.

An empty text, a text of blanks and an empty list are nothing: the option is left empty.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from catalog import patterns
from catalog.errors import Unreadable
from catalog.numbers import in_domain, is_canonical, read_typed
from catalog.plain_texts import has_break, has_no_character, length_of, plain_text
from catalog.product_model import (
    MAX_DIGITS,
    NOTHING,
    Choice,
    Kind,
    Option,
    TextDomain,
)

MOST_REPEATED = 63


def read_value(option: Option, raw: Any, locale: str | None = None, typed: bool = False, wanted: str = "") -> Choice:
    """Return `raw`, JSON or text from a form, as a choice for `option`; refuse with Unreadable.

    Nothing is NOTHING, or the empty tuple. A text is read as a number as machines write it, or with `typed` as people
    who read `locale` type it, to whom lengths are shown in the unit `wanted`.
    """
    if option.kind is Kind.NUMBER and isinstance(raw, str):
        return _read_number_text(option, raw, locale, typed, wanted)
    return _READERS[option.kind](option, raw)


def is_nothing(choice: Choice | None) -> bool:
    """Tell whether a choice says that an option is left empty."""
    return choice is None or choice == NOTHING or choice == ()


def text_problem(domain: TextDomain, text: str) -> Unreadable | None:
    """Return why a plain text that is not empty is none of `domain`; None where it is one."""
    if has_break(text):
        return Unreadable("text-of-several-lines", "this is one line, and the text has a line break; take it out")
    if has_no_character(text):
        return Unreadable("text-without-characters", "the text holds something that is no character; type it anew")
    count = length_of(text)
    if count > domain.max_length:
        told = f"{count:,} characters are too many; at most {domain.max_length:,} fit"
        return Unreadable("text-too-long", told, count=count, most=domain.max_length)
    if count < domain.min_length:
        told = f"{count:,} characters are too few; give at least {domain.min_length:,}"
        return Unreadable("text-too-short", told, count=count, least=domain.min_length)
    if domain.pattern and not patterns.fits(domain.pattern, text):
        hint = domain.pattern_hint
        return Unreadable("text-of-another-form", str(hint) if hint else "the text does not have the expected form")
    return None


def _read_key(option: Option, raw: Any) -> str:
    if isinstance(raw, str) and (raw in option.value_by_key or raw == NOTHING):
        return raw
    word = str(raw)
    raise Unreadable("no-value", f"there is no value '{short(word)}'{suggested(word, option.value_by_key)}")


def _read_keys(option: Option, raw: Any) -> tuple[str, ...]:
    wanted = [raw] if isinstance(raw, str) else raw
    if not isinstance(wanted, (list, tuple)):
        raise Unreadable("no-list", "expected a list of values")
    keys = {_read_key(option, each) for each in wanted}
    return tuple(value.key for value in option.values if value.key in keys)


def _read_boolean(option: Option, raw: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False}
    if isinstance(raw, (bool, str)) and raw in known:
        return known[raw]
    raise Unreadable("no-truth", "expected true or false")


def _read_number(option: Option, raw: Any) -> Decimal:
    domain = option.number
    if domain is None or isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        raise Unreadable("no-number", "expected a number")
    # What a double adds behind its fifteenth digit, nobody meant: 0.1 + 0.2 is 0.3.
    number = Decimal(f"{raw:.{MAX_DIGITS}g}") if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise Unreadable("no-number", f"{raw} is no number")
    return in_domain(domain, number)


def _read_number_text(option: Option, raw: str, locale: str | None, typed: bool, wanted: str) -> Choice:
    if not plain_text(raw):
        return NOTHING
    if option.number is None:
        raise Unreadable("no-number", "expected a number")
    if not typed and is_canonical(raw):
        return in_domain(option.number, Decimal(raw))
    return read_typed(option.number, raw, locale, wanted)


def _read_text(option: Option, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unreadable("no-text", "expected a text")
    text = plain_text(raw)
    problem = text_problem(option.text or _ANY_TEXT, text) if text else None
    if problem is not None:
        raise problem
    return text


def _read_colour(option: Option, raw: Any) -> str:
    text = plain_text(raw).lower() if isinstance(raw, str) else None
    if text == NOTHING or (text is not None and re.fullmatch(r"#[0-9a-f]{6}", text)):
        return text
    raise Unreadable("no-colour", "expected a colour such as #0b6e4f")


_ANY_TEXT = TextDomain()

_READERS: Mapping[Kind, Callable[[Option, Any], Choice]] = {
    Kind.CHOICE: _read_key,
    Kind.MULTI: _read_keys,
    Kind.BOOLEAN: _read_boolean,
    Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
    Kind.COLOUR: _read_colour,
}


def short(word: str) -> str:
    """Return what is repeated of somebody's input: enough to recognise it."""
    return word if len(word) <= MOST_REPEATED else f"{word[:MOST_REPEATED]}…"


def suggested(word: str, known: Mapping[str, object]) -> str:
    """Return "; did you mean 'oak'?" where one of `known` is near, else nothing."""
    # Likeness is looked for in time that grows with the square of the length; no key is longer than this.
    close = difflib.get_close_matches(word, known, n=1) if len(word) <= MOST_REPEATED else []
    return f"; did you mean '{close[0]}'?" if close else ""
