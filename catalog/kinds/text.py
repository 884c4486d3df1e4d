"""A text that somebody writes."""

from collections.abc import Iterator
from typing import Any

from catalog import patterns
from catalog.counts import told_count
from catalog.errors import Unreadable
from catalog.findings import Finding
from catalog.kinds.open import OpenKind
from catalog.plain_texts import has_break, has_no_character, length_of, plain_text
from catalog.product_model import Choice, Kind, Option, TextDomain

MAX_TEXT = 10_000
_ANY_TEXT = TextDomain()


class TextKind(OpenKind):
    """A line of characters within the option's lengths and pattern."""

    kind = Kind.TEXT
    json_words = "a text"
    domain_field = "text"
    form_rows = (("min_length", "max_length"), ("pattern",), ("pattern_hint",))
    is_text = True
    example = "x"

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
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

    def findings(self, option: Option, path: str) -> Iterator[Finding]:
        key, domain, path = option.key, option.text, f"{path}/text"
        if domain is None:
            return
        if not 0 <= domain.min_length <= domain.max_length or domain.max_length < 1:
            lengths = f"{domain.min_length} to {domain.max_length}"
            told = f"The length of option '{key}', {lengths}, allows no text."
            yield Finding("error", "text-length", path, told)
        elif domain.max_length > MAX_TEXT:
            told = f"Option '{key}' may take texts of at most {MAX_TEXT:,} characters."
            yield Finding("error", "text-length", path, told)
        if domain.pattern is not None:
            try:
                patterns.compiled(domain.pattern)
            except patterns.PatternRefused as refused:
                told = f"Option '{key}': {refused.sentence}"
                yield Finding("error", "pattern", f"{path}/pattern", told)

    def domain_of(self, row: Any) -> dict[str, Any]:
        return {"text": TextDomain(row.min_length, row.max_length, row.pattern)}

    def domain_columns(self, option: Option) -> dict[str, Any]:
        domain = option.text
        if domain is None:
            return {}
        names = ("min_length", "max_length", "pattern")
        return {"has_text_domain": True, **{name: getattr(domain, name) for name in names}}

    def columns_told(self, row: Any) -> str:
        return f"{row.min_length} – {told_count(row.max_length, 'character')}"

    def domain_json(self, option: Option, locale: str | None) -> dict[str, Any] | None:
        domain = option.text
        if domain is None:
            return None
        hint = domain.pattern_hint
        return {
            "min_length": domain.min_length,
            "max_length": domain.max_length,
            "pattern": domain.pattern,
            "pattern_hint": hint and hint.in_locale(locale),
        }

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
        fit = "fits" if domain.max_length == 1 else "fit"
        told = f"{told_count(count, 'character is', 'characters are')} too many; at most {domain.max_length:,} {fit}"
        return Unreadable("text-too-long", told, count=count, most=domain.max_length)
    if count < domain.min_length:
        told = f"{told_count(count, 'character is', 'characters are')} too few; give at least {domain.min_length:,}"
        return Unreadable("text-too-short", told, count=count, least=domain.min_length)
    if domain.pattern and not patterns.fits(domain.pattern, text):
        hint = str(domain.pattern_hint or "the text does not have the expected form")
        return Unreadable("text-of-another-form", hint)
    return None
