"""Pages that are older than what is kept: merged input by input, and refused where two people wrote
into one.

A page carries a mark of every input as it was shown. Sent off, an input that its reader left alone
takes what somebody else kept meanwhile, and one that both changed is told instead of being written
over.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

SEEN = "_seen"
type Marks = Mapping[str, str]


def shown(form: Any, name: str) -> Any:
    """Return what the input `name` of `form` shows, as a browser sends it back untouched."""
    field = form.fields[name]
    return _text_of(field.widget, field.prepare_value(form.get_initial_for_field(field, name)))


def _text_of(widget: Any, value: Any) -> Any:
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value) or ()
        return [_text_of(each, part) for each, part in zip(widget.widgets, parts, strict=False)]
    if isinstance(widget, forms.CheckboxInput):
        return bool(widget.check_test(value))
    told = widget.format_value(value)
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        return sorted(told or ())
    if isinstance(told, list | tuple):
        told = told[0] if told else ""
    return _plain("" if told is None else told)


def _sent(form: Any, name: str) -> Any:
    return _plain_of(form.fields[name].widget, form.data, form.files, form.add_prefix(name))


def _plain_of(widget: Any, data: Any, files: Any, name: str) -> Any:
    value = widget.value_from_datadict(data, files, name)
    if isinstance(widget, forms.MultiWidget):
        return [_plain(part) for part in value]
    if isinstance(widget, forms.CheckboxInput):
        return bool(value)
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        return sorted(value or ())
    return _plain(value)


def _plain(text: Any) -> str:
    return "" if text is None else str(text).replace("\r\n", "\n").strip()


def _put(data: Any, widget: Any, name: str, value: Any) -> None:
    """Have `data` say `value` for an input, as a browser would."""
    if isinstance(widget, forms.MultiWidget):
        suffixes: list[str] = widget.widgets_names  # type: ignore[attr-defined]
        for suffix, each, part in zip(suffixes, widget.widgets, value, strict=True):
            _put(data, each, name + suffix, part)
    elif value is False or value == []:
        data.pop(name, None)
    else:
        data.setlist(name, value if isinstance(value, list) else ["on" if value is True else value])


def _mark(value: Any) -> str:
    return blake2b(json.dumps(value).encode(), digest_size=5).hexdigest()


def _followed(form: Any) -> Iterator[str]:
    """Return the inputs that are followed: files and buttons hold nothing that could be read back."""
    for name, field in form.fields.items():
        if not (
            field.disabled
            or isinstance(field, forms.FileField)
            or field.widget.is_hidden
            or name == "DELETE"
        ):
            yield name


def marks_of(form: Any) -> dict[str, str]:
    """Return a mark of every input as it is kept now."""
    return {name: _mark(shown(form, name)) for name in _followed(form)}


def seen_text(seen: Mapping[str, Marks]) -> str:
    """Return marks of forms, by form, as `read_seen` reads them back from a page."""
    return json.dumps(seen, separators=(",", ":"))


def read_seen(data: Mapping[str, Any]) -> Mapping[str, Marks]:
    """Return the marks that a page carried, by form; nothing of what is no such text."""
    try:
        seen = json.loads(data.get(SEEN) or "{}")
    except ValueError:
        return {}
    found = seen.items() if isinstance(seen, dict) else ()
    return {key: marks for key, marks in found if isinstance(marks, dict)}


class Merges:
    """A model form that takes over what somebody else kept since its page was opened."""

    fields: Any
    data: Any
    seen: Marks = {}

    @property
    def kept_meanwhile(self) -> tuple[str, ...]:
        """What somebody else kept in inputs that were left alone here, in words."""
        return getattr(self, "_kept_meanwhile", ())

    def full_clean(self) -> None:
        clashes: dict[str, Any] = {}
        if self.seen and self.is_bound:  # type: ignore[attr-defined]
            clashes = self._merge()
        super().full_clean()  # type: ignore[misc]
        for name, now in clashes.items():
            self.add_error(  # type: ignore[attr-defined]
                name,
                f"Somebody else changed this meanwhile to {told(now)}. Look at it, then save again.",
            )

    def _merge(self) -> dict[str, Any]:
        """Put what was kept meanwhile into inputs that were left alone; return those that both
        changed.
        """
        data, kept, clashes = self.data.copy(), [], {}
        for name in _followed(self):
            before, now = self.seen.get(name), shown(self, name)
            if before is None or before == _mark(now):
                continue
            sent = _sent(self, name)
            if sent == now:
                continue
            if _mark(sent) == before:
                _put(data, self.fields[name].widget, self.add_prefix(name), now)  # type: ignore[attr-defined]
                kept.append(f"“{self.fields[name].label}” is {told(now)}")
            else:
                clashes[name] = now
        self.data, self._kept_meanwhile = data, tuple(kept)
        return clashes


class Gone:
    """A formset that refuses, in words, what was written about rows which somebody else deleted
    meanwhile.
    """

    gone: tuple[str, ...] = ()

    def clean(self) -> None:
        super().clean()  # type: ignore[misc]
        if self.gone:
            raise ValidationError(list(self.gone))


def told(value: Any) -> str:
    """Return what an input shows, in a few words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " / ".join(part for part in value if part) if isinstance(value, list) else str(value)
    return f"“{text[:200]}”" if text else "empty"


def without_gone(
    data: Any, prefix: str, key: str, there: Iterable[Any], seen: Mapping[str, Marks]
) -> tuple[Any, list[str], list[str]]:
    """Return `data` of inline rows without those that are not `there` any more, and the names of
    these.

    Named first are rows left alone on the page, then those that were changed on it. `key` is the
    name of the input that holds a row's number.
    """
    first, total = _count(data, prefix, "INITIAL"), _count(data, prefix, "TOTAL")
    known = {str(each) for each in there}
    lost = [
        row for row in range(first) if (pk := data.get(f"{prefix}-{row}-{key}")) and pk not in known
    ]
    if not lost:
        return data, [], []
    alone: list[str] = []
    changed: list[str] = []
    for row in lost:
        marks = seen.get(f"{prefix}:{data[f'{prefix}-{row}-{key}']}", {})
        name = data.get(f"{prefix}-{row}-label") or data.get(f"{prefix}-{row}-key") or "A row"
        written = [
            each
            for each, mark in marks.items()
            if not _is_as_marked(data, f"{prefix}-{row}-{each}", mark)
        ]
        is_deleted = f"{prefix}-{row}-DELETE" in data
        (changed if written and not is_deleted else alone).append(name)
    return (
        _renumbered(
            data, prefix, [row for row in range(total) if row not in lost], first - len(lost)
        ),
        alone,
        changed,
    )


def _is_as_marked(data: Any, name: str, mark: str) -> bool:
    """Tell whether inputs called `name`, which no form reads any more, hold what `mark` is of."""
    parts = [_plain(data[each]) for each in data if each == name or each.startswith(f"{name}_")]
    single = _plain(data.get(name))
    return mark in {_mark(single), _mark(parts), _mark([single, *parts[1:]]), _mark(name in data)}


def _count(data: Any, prefix: str, which: str) -> int:
    text = data.get(f"{prefix}-{which}_FORMS") or ""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _renumbered(data: Any, prefix: str, rows: list[int], initial: int) -> Any:
    number = {str(before): after for after, before in enumerate(rows)}
    found: MultiValueDict[str, Any] = data.copy()
    for name in [each for each in data if each.startswith(f"{prefix}-")]:
        row, dash, rest = name.removeprefix(f"{prefix}-").partition("-")
        if dash and row.isdecimal():
            found.pop(name)
    for name, values in data.lists():
        row, dash, rest = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and dash and row in number:
            found.setlist(f"{prefix}-{number[row]}-{rest}", values)
    found[f"{prefix}-TOTAL_FORMS"], found[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(initial)
    return found
