"""A text that somebody writes."""

from typing import Any

from catalog import patterns
from catalog.errors import Unreadable
from catalog.kinds.open import OpenKind
from catalog.plain_texts import has_break, has_no_character, length_of, plain_text
from catalog.product_model import Choice, Kind, Option, TextDomain

_ANY_TEXT = TextDomain()


class TextKind(OpenKind):
    """A line of characters within the option's lengths and pattern."""

    kind = Kind.TEXT
    json_words = "a text"
    columns = ("min_length", "max_length", "pattern", "pattern_hint")
    is_text = True
    example = "x"

    def read(self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str) -> Choice:
        if not isinstance(raw, str):
            raise Unreadable("no-text", "expected a text")
        text = plain_text(raw)
        problem = text_problem(option.text or _ANY_TEXT, text) if text else None
        if problem is not None:
            raise problem
        return text

    def problem(self, option: Option, choice: Any) -> str:
        if not isinstance(choice, str):
            return "must be a text."
        if choice != plain_text(choice):
            return f"is not as people's texts are kept; write {plain_text(choice)!r}."
        problem = text_problem(option.text or _ANY_TEXT, choice) if choice else None
        if problem is not None and problem.slug == "text-of-another-form":
            return "does not match the pattern."
        return f"cannot be had: {problem}." if problem else ""

    def declares(self, option: Option, value: Choice) -> bool:
        # What was kept before texts were made plain is let be.
        if not isinstance(value, str) or not value:
            return False
        domain = option.text
        if domain is None:
            return True
        fits = length_of(value) <= domain.max_length and len(value) >= domain.min_length
        return fits and (not domain.pattern or patterns.fits(domain.pattern, value))


def text_problem(domain: TextDomain, text: str) -> Unreadable | None:
    """Return why a plain text that is not empty is none of `domain`; None where it is one."""
    if has_break(text):
        told = "this is one line, and the text has a line break; take it out"
        return Unreadable("text-of-several-lines", told)
    if has_no_character(text):
        told = "the text holds something that is no character; type it anew"
        return Unreadable("text-without-characters", told)
    count = length_of(text)
    if count > domain.max_length:
        told = f"{count:,} characters are too many; at most {domain.max_length:,} fit"
        return Unreadable("text-too-long", told, count=count, most=domain.max_length)
    if count < domain.min_length:
        told = f"{count:,} characters are too few; give at least {domain.min_length:,}"
        return Unreadable("text-too-short", told, count=count, least=domain.min_length)
    if domain.pattern and not patterns.fits(domain.pattern, text):
        hint = str(domain.pattern_hint or "the text does not have the expected form")
        return Unreadable("text-of-another-form", hint)
    return None
