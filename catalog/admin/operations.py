"""The operations of a shape as text, one a line: `pins: hole A | x = 37 | y = 50 | diameter = 5`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args

from django import forms
from django.core.exceptions import ValidationError

from catalog.admin.inputs import QUOTED, on_one_line
from catalog.product_model import (
    KEY_PATTERN,
    Face,
    Operation,
)

_FIELDS = tuple(
    field.name for field in fields(Operation) if field.name not in ("key", "kind", "face")
)
_KINDS = get_args(Operation.__annotations__["kind"])
_FACES = get_args(Face.__value__)
_PIECE = re.compile(rf"{QUOTED}|\|\||\|")
_HEAD = re.compile(rf"({KEY_PATTERN})\s*:\s*(\w+)(?:\s+(\w+))?")


class OperationsField(forms.CharField):
    """Operations, one a line: key, kind and face, then what each field holds between bars."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField vExpression"})
        )
        super().__init__(strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(written, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        operations: list[dict[str, Any]] = []
        problems: list[str] = []
        for number, line in enumerate(super().clean(value).split("\n"), 1):
            if line.strip():
                try:
                    operations.append(_read(line))
                except ValidationError as error:
                    problems += [f"Line {number}: {told}" for told in error.messages]
        if problems:
            raise ValidationError(problems)
        return operations

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.prepare_value(initial) or ""
        return [line.strip() for line in before.splitlines()] != [
            line.strip() for line in (data or "").splitlines()
        ]


def written(operation: Mapping[str, Any]) -> str:
    """Return an operation, as plain JSON values, on the line that reads back as it."""
    kind, face = operation.get("kind", "hole"), operation.get("face", "A")
    head = f"{operation['key']}: {kind} {face}"
    return " | ".join([head, *_written_fields(operation)])


def _written_fields(operation: Mapping[str, Any]) -> Iterator[str]:
    for name in _FIELDS:
        if name in operation:
            value = operation[name]
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield f"{name} = {_as_field(name, text)}"


def _as_field(name: str, text: str) -> str:
    """Return what a field holds as it stands on a line, so that it reads back as the same."""
    if name == "sku":
        text = " ".join(text.split("\n"))
        is_plain = text == text.strip() and not re.search(r"[|\"']", text)
        return text if is_plain else '"{}"'.format(text.replace('"', '""'))
    # A remark would take what follows on the line, or break it at a bar of its own.
    if "\n" not in text and not re.search(r"#.*[|\"']", text):
        return text
    return on_one_line(text)


def _parted(line: str) -> Iterator[str]:
    """Return what stands between the bars of a line; a bar within quotes is part of a text, and two
    are an `or`.
    """
    begin = 0
    for piece in _PIECE.finditer(line):
        if piece[0] == "|":
            yield line[begin : piece.start()]
            begin = piece.end()
    yield line[begin:]


def _read(line: str) -> dict[str, Any]:
    """Return one line as plain JSON values; refuse with ValidationError what is no operation."""
    head, *told = (part.strip() for part in _parted(line))
    matched = _HEAD.fullmatch(head)
    if matched is None:
        raise ValidationError("begin with a key, a kind and a face, such as pins: hole A.")
    key, kind, face = matched[1], matched[2], matched[3] or "A"
    if kind not in _KINDS:
        raise ValidationError(f"'{kind}' is no kind; write one of {', '.join(_KINDS)}.")
    if face not in _FACES:
        raise ValidationError(f"'{face}' is no face; write one of {', '.join(_FACES)}.")
    found: dict[str, Any] = {"key": key, "kind": kind, "face": face}
    for field in told:
        name, equals, text = (part.strip() for part in field.partition("="))
        if name not in _FIELDS or not equals or not text:
            raise ValidationError(
                f"'{field}' is none of its fields; write one of {', '.join(_FIELDS)}, =, and what "
                "it holds."
            )
        if name in found:
            raise ValidationError(f"'{name}' stands twice.")
        is_quoted = name == "sku" and re.fullmatch(r'"(?:[^"]|"")*"', text)
        found[name] = text[1:-1].replace('""', '"') if is_quoted else text
    return found
