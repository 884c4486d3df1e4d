"""The restrictions of the source system as conditions of values, with exactly the meaning they have
there.

A restriction line says: these values are offered when this domain is true. A value that lines name
is offered only where the domain of *every* one of them is true; a value that no line names is
always offered. A domain is a list of conditions on chosen values; "or" on a condition joins it with
the one that follows, before all of them are joined by "and". Source: OCA product-configurator,
`compute_domain`, `validate_domains_against_sels` and `values_available`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integrations.connectors.oca.kinds import CONDITION
from integrations.connectors.oca.records import Record, Records
from integrations.connectors.oca.templates import SourceLine, SourceTemplate, SourceValue, ordered

_DOMAIN_LINE = "product.config.domain.line"
ALWAYS, NEVER = "true", "false"


@dataclass(frozen=True)
class Never:
    """A domain that is never true: its name, the values it asks for in vain, and the ids of those
    it restricts.
    """

    domain: str
    asked: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Unnarrowed:
    """An attribute line some of whose values are restricted and others never named.

    `domain` is a domain that restricts it, and `example` choices that make it true.
    """

    line: SourceLine
    named: tuple[SourceValue, ...]
    always: tuple[SourceValue, ...]
    domain: str
    example: Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Restrictions:
    """The conditions of a template's values.

    `when` holds the condition of each restricted value, by the id of its record. `never` tells of
    domains that cannot be true for this template, `unnarrowed` of lines with values that no
    restriction names; `misplaced` names restriction lines whose attribute line belongs to another
    template, which the source system passes over.
    """

    when: Mapping[str, str]
    never: tuple[Never, ...]
    unnarrowed: tuple[Unnarrowed, ...]
    misplaced: tuple[str, ...]


def restrictions_of(records: Records, template: SourceTemplate) -> Restrictions:
    """Return the conditions that the restriction lines of the folder put on the values of
    `template`.
    """
    own = {line.record.id for line in template.lines}
    lines_of_domain = _lines_of_domain(records)
    conditions: dict[str, dict[str, str]] = {}
    never: dict[str, Never] = {}
    misplaced: list[str] = []
    restricting: dict[str, Record] = {}
    for record in ordered(records.of(CONDITION), 10):
        if records.find(record.fields.get("product_tmpl_id")) is not template.record:
            continue
        line = records.find(record.fields.get("attribute_line_id"))
        if line is None or line.id not in own:
            misplaced.append(record.id)
            continue
        domain = records.find(record.fields.get("domain_id"))
        if domain is None:
            misplaced.append(record.id)
            continue
        condition = _condition(records, domain, lines_of_domain, template)
        name = domain.text("name") or domain.id
        values = tuple(value.id for value in records.find_all(record.fields.get("value_ids")))
        if condition == NEVER:
            before = never[name].values if name in never else ()
            never[name] = Never(
                name, _absent(records, domain, lines_of_domain, template), (*before, *values)
            )
        for value in values:
            conditions.setdefault(value, {})[domain.id] = condition
        if condition != NEVER:
            restricting.setdefault(line.id, domain)
    return Restrictions(
        when={
            value: text
            for value, named in conditions.items()
            if (text := all_of(named.values())) != ALWAYS
        },
        never=tuple(never.values()),
        unnarrowed=tuple(
            _unnarrowed(
                records, template, line, restricting[line.record.id], conditions, lines_of_domain
            )
            for line in template.lines
            if line.record.id in restricting
            and any(value.record.id not in conditions for value in line.values)
        ),
        misplaced=tuple(misplaced),
    )


def _unnarrowed(
    records: Records,
    template: SourceTemplate,
    line: SourceLine,
    domain: Record,
    conditions: Mapping[str, object],
    lines_of_domain: Mapping[str, list[Record]],
) -> Unnarrowed:
    example: dict[str, str | list[str]] = {}
    for each in _all_lines(records, domain, lines_of_domain):
        offered = [
            value.id
            for value in records.find_all(each.fields.get("value_ids"))
            if value.id in template.place_of
        ]
        if each.text("condition") != "not in" and offered:
            example |= example_of(template.place_of[offered[0]])
    return Unnarrowed(
        line,
        tuple(value for value in line.values if value.record.id in conditions),
        tuple(value for value in line.values if value.record.id not in conditions),
        domain.text("name") or domain.id,
        example,
    )


def example_of(place: tuple[SourceLine, SourceValue]) -> dict[str, str | list[str]]:
    """Return the choice of a value as plain JSON."""
    line, value = place
    return {line.key: [value.key] if line.multi else value.key}


def _lines_of_domain(records: Records) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records.of(_DOMAIN_LINE):
        domain = records.find(record.fields.get("domain_id"))
        if domain is not None:
            found.setdefault(domain.id, []).append(record)
    return found


def _all_lines(
    records: Records, domain: Record, lines_of_domain: Mapping[str, list[Record]]
) -> list[Record]:
    """Return the lines of a domain and of all that it inherits, in the order in which they are
    read.
    """
    seen: dict[str, Record] = {}
    waiting = [domain]
    while waiting:
        each = waiting.pop()
        if each.id not in seen:
            seen[each.id] = each
            waiting += records.find_all(each.fields.get("implied_ids"))
    lines = [line for each in seen for line in lines_of_domain.get(each, [])]
    return ordered(sorted(lines, key=lambda line: records.place_of[line.id]), 1)


def _condition(
    records: Records,
    domain: Record,
    lines_of_domain: Mapping[str, list[Record]],
    template: SourceTemplate,
) -> str:
    lines = _all_lines(records, domain, lines_of_domain)
    groups: list[list[str]] = [[]]
    for line in lines:
        groups[-1].append(_term(records, line, template))
        if line.text("operator") != "or":
            groups.append([])
    return all_of(any_of(group) for group in groups if group)


def _term(records: Records, line: Record, template: SourceTemplate) -> str:
    offered: dict[str, tuple[SourceLine, list[SourceValue]]] = {}
    for record in records.find_all(line.fields.get("value_ids")):
        if record.id in template.place_of:
            place, value = template.place_of[record.id]
            offered.setdefault(place.key, (place, []))[1].append(value)
    chosen = any_of(_chosen(place, values) for place, values in offered.values())
    if line.text("condition") != "not in":
        return chosen
    return {NEVER: ALWAYS, ALWAYS: NEVER}.get(chosen) or f"not ({chosen})"


def _chosen(line: SourceLine, values: list[SourceValue]) -> str:
    keys = [value.key for value in values]
    if line.multi:
        return (
            f"{line.key} has {keys[0]}"
            if len(keys) == 1
            else f"{line.key} has any of ({', '.join(keys)})"
        )
    return f"{line.key} == {keys[0]}" if len(keys) == 1 else f"{line.key} in ({', '.join(keys)})"


def _absent(
    records: Records,
    domain: Record,
    lines_of_domain: Mapping[str, list[Record]],
    template: SourceTemplate,
) -> str:
    """Return which values a domain that is never true asks for, that the template does not offer."""
    asked = [
        value.text("name") or value.id
        for line in _all_lines(records, domain, lines_of_domain)
        if line.text("condition") != "not in"
        for value in records.find_all(line.fields.get("value_ids"))
        if value.id not in template.place_of
    ]
    return ", ".join(dict.fromkeys(asked))


def all_of(conditions: Iterable[str]) -> str:
    """Return the conditions joined by "and", each one once."""
    parts = [part for part in dict.fromkeys(conditions) if part != ALWAYS]
    if NEVER in parts:
        return NEVER
    if len(parts) == 1:
        return parts[0]
    return " and ".join(f"({part})" if " or " in part else part for part in parts) or ALWAYS


def any_of(conditions: Iterable[str]) -> str:
    """Return the conditions joined by "or", each one once; without any of them it is never true."""
    parts = [part for part in dict.fromkeys(conditions) if part != NEVER]
    if ALWAYS in parts:
        return ALWAYS
    return " or ".join(parts) or NEVER
