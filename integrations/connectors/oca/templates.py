"""What a configurable template of the source system asks: its attribute lines and values, in their
order there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from catalog.expressions.lexer import KEYWORDS
from integrations.connectors.oca.kinds import LINE, VALUE
from integrations.connectors.oca.records import Record, Records, references

_LAST = Decimal(10) ** 9


@dataclass(frozen=True)
class SourceValue:
    """A value of an attribute, and the product that is related to it, if any."""

    key: str
    record: Record
    product: Record | None

    @property
    def label(self) -> str:
        return self.record.text("name") or self.record.name


@dataclass(frozen=True)
class SourceLine:
    """An attribute as one template offers it."""

    key: str
    record: Record
    attribute: Record
    values: tuple[SourceValue, ...]
    multi: bool
    required: bool

    @property
    def label(self) -> str:
        return self.attribute.text("name") or self.attribute.name


@dataclass(frozen=True)
class SourceTemplate:
    """A configurable template with its lines. `unknown` lists references of its lines that lead
    nowhere.
    """

    key: str
    record: Record
    lines: tuple[SourceLine, ...]
    unknown: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.record.text("name") or self.record.name

    @cached_property
    def place_of(self) -> Mapping[str, tuple[SourceLine, SourceValue]]:
        """Where each offered value stands, by the id of its record."""
        return {value.record.id: (line, value) for line in self.lines for value in line.values}


def templates_of(records: Records) -> list[SourceTemplate]:
    """Return the configurable templates of the folder, in the order of its files."""
    lines: dict[str, list[Record]] = {}
    for record in records.of(LINE):
        template = records.find(record.fields.get("product_tmpl_id"))
        if template is not None and template.truth("config_ok") and record.truth("active", True):
            lines.setdefault(template.id, []).append(record)
    # What no configurable template offers has no say in how short keys can be.
    offered = [line for some in lines.values() for line in some]
    attributes = {
        attribute.id
        for line in offered
        if (attribute := records.find(line.fields.get("attribute_id")))
    }
    values = {
        value.id for line in offered for value in records.find_all(line.fields.get("value_ids"))
    }
    option_keys = _keys(
        [each for each in records.of("product.attribute") if each.id in attributes], "option"
    )
    value_keys = _keys([each for each in records.of(VALUE) if each.id in values], "v")
    return [
        _template(
            records, template, ordered(lines.get(template.id, []), 10), option_keys, value_keys
        )
        for template in records.of("product.template")
        if template.truth("config_ok")
    ]


def _template(
    records: Records,
    template: Record,
    lines: Iterable[Record],
    option_keys: Mapping[str, str],
    value_keys: Mapping[str, str],
) -> SourceTemplate:
    found: list[SourceLine] = []
    unknown: list[str] = []
    for record in lines:
        attribute = records.find(record.fields.get("attribute_id"))
        if attribute is None:
            unknown.append(f"{record.id}: its attribute")
            continue
        listed = record.fields.get("value_ids")
        unknown += [
            f"{record.id}: {each.id}" for each in references(listed) if records.find(each) is None
        ]
        values = [
            SourceValue(value_keys[value.id], value, records.find(value.fields.get("product_id")))
            for value in ordered(records.find_all(listed))
            if value.model == VALUE and value.truth("active", True)
        ]
        taken = [line.key for line in found]
        found.append(
            SourceLine(
                key=unique(option_keys.get(attribute.id, "option"), taken),
                record=record,
                attribute=attribute,
                values=tuple(values),
                # The source's own flag, or its framework's way to show several values of one
                # attribute.
                multi=record.truth("multi") or attribute.text("display_type") == "multi",
                required=record.truth("required"),
            )
        )
    return SourceTemplate(_slug(template.name) or "product", template, tuple(found), tuple(unknown))


def ordered(records: Iterable[Record], sequence: int | None = None) -> list[Record]:
    """Return records by their sequence, those of the same in the order of the files; without one
    last.
    """
    default = _LAST if sequence is None else Decimal(sequence)

    def place(record: Record) -> Decimal:
        number = record.number("sequence")
        return default if number is None else number

    return sorted(records, key=place)


def _keys(records: Sequence[Record], prefix: str) -> dict[str, str]:
    """Return a key for each record by its id: its name without what all of them begin with."""
    names = [record.name for record in records]
    common = _common_beginning(names).rpartition("_")[0] + "_" if len(names) > 1 else ""
    keys: dict[str, str] = {}
    for record in records:
        key = _slug(record.name.removeprefix(common) if common != "_" else record.name)
        if not re.match("[a-z]", key) or key in KEYWORDS:
            key = f"{prefix}_{key}"
        keys[record.id] = unique(key[:56], keys.values())
    return keys


def _common_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = next(
        (place for place, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1),
        len(first),
    )
    return first[:same]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60]


def unique(key: str, taken: Iterable[str]) -> str:
    """Return `key`, or with the first free number behind it."""
    known = set(taken)
    if key not in known:
        return key
    number = 2
    while f"{key}_{number}" in known:
        number += 1
    return f"{key}_{number}"
