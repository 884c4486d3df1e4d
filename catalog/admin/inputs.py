"""Inputs of the draft forms: pairs a line each, choices by an option's kind, expressions with the
place of an error.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from catalog.expressions.errors import ExpressionRefused, suggestion
from catalog.expressions.types import Expected, Scope, bind
from catalog.kinds.number import plain_decimal
from catalog.kinds.register import kind_of
from catalog.product_model import KEY_PATTERN, Option, write_choice, write_number


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return list(
            dict.fromkeys(
                line.strip() for line in super().clean(value).splitlines() if line.strip()
            )
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != [
            line.strip() for line in (data or "").splitlines() if line.strip()
        ]


QUOTED = r"""\"(?:[^"\n]|"")*"|'(?:[^'\n]|'')*'"""
"""A text in an expression."""
_BETWEEN = re.compile(rf"{QUOTED}|(?:\s|#[^\n]*)+")


def on_one_line(expression: str) -> str:
    """Return an expression without its line breaks, and without the remarks that end with them."""
    # What is quoted stays as it is.
    return _BETWEEN.sub(lambda piece: piece[0] if piece[0][0] in "\"'" else " ", expression).strip()


def _as_line(text: str) -> str:
    return on_one_line(text) if "\n" in text else text


ANY_NAME = ".+"
"""The pattern of pairs whose first may be any text."""


class PairsField(forms.CharField):
    """Pairs such as `oak = 120`, one a line, as a mapping; `read` turns what stands behind `=` into
    a plain value.
    """

    def __init__(
        self,
        *,
        read: Callable[[str, str], Any] = lambda key, text: text,
        write: Callable[[Any], str] = lambda text: _as_line(str(text)),
        rows: int = 5,
        pattern: str = KEY_PATTERN,
        **kwargs: Any,
    ) -> None:
        self.pattern = pattern
        self.read_value = read
        self.write_value = write
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField vExpression"})
        )
        super().__init__(strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{key} = {self.write_value(each)}" for key, each in value.items())
        return value

    def clean(self, value: Any) -> Any:
        pairs: dict[str, Any] = {}
        problems: list[Any] = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            key, equals, text = (part.strip() for part in line.partition("="))
            if not equals or not text or not re.fullmatch(self.pattern, key):
                known = self.pattern.replace("|", ", ")
                plain = {KEY_PATTERN: "a key", ANY_NAME: "a name"}
                told = plain.get(self.pattern, f"one of {known}")
                problems.append(
                    f"Line {number}: write {told}, =, and what it gets, such as oak = 120."
                )
            elif key in pairs:
                problems.append(f"Line {number}: '{key}' stands twice.")
            else:
                try:
                    pairs[key] = self.read_value(key, text)
                except ValidationError as error:
                    problems += [
                        format_html("Line {}: {}", number, message) for message in error.messages
                    ]
        if problems:
            raise ValidationError(problems)
        return pairs

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.prepare_value(initial) or ""
        return [line.strip() for line in before.splitlines()] != [
            line.strip() for line in (data or "").splitlines()
        ]


class KeysField(forms.CharField):
    """Keys separated by commas, as a list; each must be among `known` where that is given."""

    def __init__(self, *, known: Iterable[str] = (), noun: str = "key", **kwargs: Any) -> None:
        self.known = tuple(known)
        self.noun = noun
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        keys = list(
            dict.fromkeys(key.strip() for key in super().clean(value).split(",") if key.strip())
        )
        for key in keys:
            if key not in self.known:
                raise ValidationError(
                    f"There is no {self.noun} '{key}'. {sentence(suggestion(key, self.known))}".strip()
                )
        return keys

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def read_attribute(key: str, text: str) -> float | int | str:
    """Return an attribute of a value: a number where `text` is one, else the text without its
    quotes.
    """
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    number = plain_decimal(text)
    return text if number is None else write_number(number)


def write_attribute(value: Any) -> str:
    """Return an attribute as `read_attribute` reads it back."""
    if isinstance(value, str):
        return (
            f'"{value}"'
            if not value or plain_decimal(value) is not None or value != value.strip()
            else value
        )
    return write_choice_text(value)


def read_choice_text(option: Option, text: str) -> Any:
    """Return what `text` means as a choice for `option`, as plain JSON; refuse with
    ValidationError.
    """
    kind = kind_of(option)
    choice = kind.read_line(option, text)
    if problem := kind.problem(option, choice):
        raise ValidationError(f"The choice for '{option.key}' {problem}")
    return write_choice(choice)


def write_choice_text(choice: Any) -> str:
    """Return a choice, plain JSON, as `read_choice_text` reads it back."""
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    if isinstance(choice, list):
        return ", ".join(choice)
    return format(Decimal(repr(choice)), "f") if isinstance(choice, float) else str(choice)


def refuse_unreadable(text: str, scope: Scope, expected: Expected, lengths: bool) -> None:
    """Refuse with ValidationError, the place marked, an expression that cannot be read in `scope`."""
    try:
        bind(text, scope, expected, lengths=lengths)
    except ExpressionRefused as refused:
        raise ValidationError(told(text, refused)) from refused


def sentence(hint: str) -> str:
    """Return `hint` with a capital at its beginning, to stand after a full stop."""
    return hint[:1].upper() + hint[1:]


def told(text: str, refused: ExpressionRefused) -> str:
    """Return why an expression was refused as HTML, with the place in it marked."""
    start, end = refused.start, max(refused.end, refused.start + 1)
    before, after = text[max(start - 60, 0) : start], text[end : end + 60]
    return format_html(
        '{}: <code class="expression-place">{}<mark>{}</mark>{}</code> {}',
        sentence(refused.problem),
        f"…{before}" if start > 60 else before,
        text[start:end] or " ",
        f"{after}…" if end + 60 < len(text) else after,
        sentence(refused.hint),
    )


class PointsField(forms.CharField):
    """Points, one a line: `0, 18`."""

    def __init__(self, rows: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField vExpression"})
        )
        super().__init__(strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return (
            "\n".join(", ".join(on_one_line(str(each)) for each in point) for point in value)
            if isinstance(value, list)
            else value
        )

    def clean(self, value: Any) -> Any:
        points: list[list[str]] = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if line.strip():
                across, up = _halves(line)
                if not across or not up:
                    raise ValidationError(
                        f"Line {number}: write two numbers with a comma between them, such as 0, 18."
                    )
                points.append([across, up])
        return points

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.prepare_value(initial) or ""
        return [line.strip() for line in before.splitlines()] != [
            line.strip() for line in (data or "").splitlines()
        ]


def _halves(line: str) -> tuple[str, str]:
    """Return what stands before and behind the comma that is in no brackets."""
    depth = 0
    for place, letter in enumerate(line):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            return line[:place].strip(), line[place + 1 :].strip()
    return line.strip(), ""
