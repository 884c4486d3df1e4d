"""How many working days a configuration takes until it is ready: the lead-time lines that apply, and their sum."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from catalog.assemblies import ExpandedModel, Instance, expanded, place_of
from catalog.errors import Refusal
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, LeadTimeLine, ProductModel, Text, write_number
from pricing.money import rounded

type Values = Mapping[str, Choice]

MAX_DAYS = 10_000


class LeadTimeRefused(Refusal):
    """There is no lead time for these values; `data["line"]` names the line where one is to blame."""

    slug = "lead-time-refused"
    title = "It is not known when this is ready"


@dataclass(frozen=True, slots=True)
class LeadTimePart:
    """The days that one line adds, to at most two decimals."""

    key: str
    label: Text
    days: Decimal


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Whole working days, the sum of the lines rounded up; lines that add nothing are left out.

    Of lines of one stage, which run side by side, only the slowest is among them; of equally slow ones the first.

    `told` is False for a product that has no lead-time lines at all: then 0 days say nothing. `open` names the options
    without value that lines wait for.
    """

    days: int
    lines: tuple[LeadTimePart, ...]
    told: bool
    open: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Line:
    line: LeadTimeLine
    when: Callable[[Values], Any] | None
    days: Callable[[Values], Any]
    reads: frozenset[str]


@dataclass(frozen=True, eq=False)
class CompiledLeadTime:
    """The lead-time lines of a model, ready to be asked; `required` are the options that need a value.

    `instances` holds the instances of sub-assemblies by the place that contains them.
    """

    lines: tuple[_Line, ...]
    required: frozenset[str]
    order: tuple[str, ...]
    instances: Mapping[str, tuple[Instance, ...]]


def compile_lead_time(model: ProductModel) -> CompiledLeadTime:
    """Return the lead-time lines of `model` compiled; refuses with ExpressionRefused what cannot be read."""
    model = expanded(model)
    scope = Scope.of(model)
    lines = []
    for line in model.lead_time_lines:
        when = bind(line.when, scope, "condition", lengths=True) if line.when else None
        days = bind(line.days, scope, "number", lengths=True)
        lines.append(
            _Line(
                line,
                function_of(when) if when is not None else None,
                function_of(days),
                reads(days) | (reads(when) if when is not None else frozenset()),
            )
        )
    return CompiledLeadTime(
        tuple(lines),
        frozenset(option.key for option in model.options if option.required and option.kind is not Kind.MULTI),
        tuple(option.key for option in model.options),
        _by_holder(model),
    )


def _by_holder(model: ProductModel) -> Mapping[str, tuple[Instance, ...]]:
    found: dict[str, list[Instance]] = {}
    for instance in model.instances if isinstance(model, ExpandedModel) else ():
        found.setdefault(place_of(instance.assembly), []).append(instance)
    return {place: tuple(held) for place, held in found.items()}


def lead_time(compiled: CompiledLeadTime, values: Values, undecided: Collection[str] = ()) -> LeadTime:
    """Return the lead time for `values`: the exact sum of the lines, rounded up to whole working days.

    Of instances that are made at the same time only the slowest counts, and only its lines are told.
    `undecided` are the options that take part and have no value yet; a line that cannot be computed because it reads a
    required one of them waits. Refuses with LeadTimeRefused other days that are undefined, a sum below zero, and more
    than 10,000 days.
    """
    waiting = compiled.required.intersection(undecided).difference(values)
    found: list[tuple[LeadTimeLine, Fraction]] = []
    unsettled: set[str] = set()
    for each in compiled.lines:
        applies = each.when is None or each.when(values)
        days = each.days(values) if applies else None
        if days is not None:
            found.append((each.line, days))
        elif waits := waiting & each.reads:
            unsettled |= waits
        elif applies:
            raise LeadTimeRefused(
                f"The lead-time line {each.line.key!r} gives no days with these choices.", line=each.line.key
            )
    if compiled.instances:
        by_place: dict[str, list[tuple[LeadTimeLine, Fraction]]] = {}
        for line, days in found:
            by_place.setdefault(place_of(line.key), []).append((line, days))
        found = _counting(by_place, compiled.instances, "")
    found = _slowest_of_stages(found)
    total = _total(found)
    if not 0 <= total <= MAX_DAYS:
        raise LeadTimeRefused(f"The lead time would be {float(total):.6g} days, which cannot be right.")
    lines = tuple(
        LeadTimePart(line.key, line.label, rounded(days, Decimal("0.01"), "half_even")) for line, days in found if days
    )
    return LeadTime(ceil(total), lines, bool(compiled.lines), tuple(key for key in compiled.order if key in unsettled))


def _slowest_of_stages(found: "_Found") -> "_Found":
    """Return the lines that count: of those of one stage the slowest, of equally slow ones the first."""
    slowest: dict[str, tuple[LeadTimeLine, Fraction]] = {}
    for line, days in found:
        if line.stage is not None and (line.stage not in slowest or days > slowest[line.stage][1]):
            slowest[line.stage] = (line, days)
    return [(line, days) for line, days in found if line.stage is None or slowest[line.stage][0] is line]


type _Found = list[tuple[LeadTimeLine, Fraction]]


def _counting(by_place: Mapping[str, _Found], instances: Mapping[str, tuple[Instance, ...]], place: str) -> _Found:
    """Return the lines of a place that count: its own, and of instances made at the same time those of the slowest."""
    counting = list(by_place.get(place, ()))
    slowest: dict[str, _Found] = {}
    for instance in instances.get(place, ()):
        found = _counting(by_place, instances, instance.place)
        if instance.lead_time == "added":
            counting += found
        elif instance.assembly not in slowest or _total(found) > _total(slowest[instance.assembly]):
            slowest[instance.assembly] = found
    return [*counting, *(line for found in slowest.values() for line in found)]


def _total(found: _Found) -> Fraction:
    return sum((days for _, days in _slowest_of_stages(found)), Fraction(0))


def told_day(day: date | None) -> str | None:
    """Return a day as ISO 8601 writes it."""
    return None if day is None else day.isoformat()


def lead_time_json(lead_time: LeadTime, locale: str | None = None, ready_on: date | None = None) -> dict[str, Any]:
    """Return `lead_time` as plain JSON values; days are None for a product that tells no lead time."""
    return {
        "days": lead_time.days if lead_time.told else None,
        "lines": [
            {"key": line.key, "label": line.label.in_locale(locale), "days": write_number(line.days)}
            for line in lead_time.lines
        ],
        "ready_on": told_day(ready_on),
        "open": list(lead_time.open),
    }
