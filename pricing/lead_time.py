"""How many working days a configuration takes until it is ready: the lead-time lines that apply,
and their sum.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from catalog.assemblies import ExpandedModel, Instance, expanded, place_of
from catalog.errors import Refusal
from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import DAYS
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, LeadTimeLine, ProductModel, Text, write_number
from pricing.money import WHOLE_OF_RATIO, in_units

type Values = Mapping[str, Choice]
type Days = int | Fraction

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

    Of lines of one stage, which run side by side, only the slowest is among them; of equally slow
    ones the first.

    `told` is False for a product that has no lead-time lines at all: then 0 days say nothing.
    `open` names the options without value that lines wait for. `known` holds the exact days of each
    line that a product has, None where it does not apply, and `exact` the sum of those that count,
    for `days_difference`.
    """

    days: int
    lines: tuple[LeadTimePart, ...]
    told: bool
    open: tuple[str, ...] = ()
    known: tuple[Days | None, ...] = field(repr=False, compare=False, default=())
    exact: Days = field(repr=False, compare=False, default=0)


@dataclass(frozen=True, eq=False)
class _Line:
    line: LeadTimeLine
    when: Callable[[Values], Any] | None
    days: Callable[[Values], Any]
    reads: frozenset[str]


@dataclass(frozen=True, eq=False)
class CompiledLeadTime:
    """The lead-time lines of a model, ready to be asked; `required` are the options that need a
    value.

    `instances` holds the instances of sub-assemblies by the place that contains them, `readers` the
    places of the lines that read an option. `side_by_side` tells that some lines run beside others,
    so that they do not just add up.
    """

    lines: tuple[_Line, ...]
    required: frozenset[str]
    order: tuple[str, ...]
    instances: Mapping[str, tuple[Instance, ...]]
    readers: Mapping[str, tuple[int, ...]]
    side_by_side: bool


def compile_lead_time(model: ProductModel) -> CompiledLeadTime:
    """Return the lead-time lines of `model` compiled; refuses with ExpressionRefused what cannot be
    read.
    """
    model = expanded(model)
    scope = Scope.of(model)
    lines = []
    for line in model.lead_time_lines:
        when = bind(line.when, scope, "condition", lengths=True) if line.when else None
        days = bind_in_unit(line.days, scope, DAYS)
        lines.append(
            _Line(
                line,
                plain_function_of(when) if when is not None else None,
                plain_function_of(days),
                reads(days) | (reads(when) if when is not None else frozenset()),
            )
        )
    readers: dict[str, list[int]] = {}
    for place, compiled in enumerate(lines):
        for option in compiled.reads:
            readers.setdefault(option, []).append(place)
    instances = _by_holder(model)
    return CompiledLeadTime(
        tuple(lines),
        frozenset(
            option.key
            for option in model.options
            if option.required and not kind_of(option).is_several
        ),
        tuple(option.key for option in model.options),
        instances,
        {option: tuple(places) for option, places in readers.items()},
        bool(instances) or any(line.stage is not None for line in model.lead_time_lines),
    )


def _by_holder(model: ProductModel) -> Mapping[str, tuple[Instance, ...]]:
    found: dict[str, list[Instance]] = {}
    for instance in model.instances if isinstance(model, ExpandedModel) else ():
        found.setdefault(place_of(instance.assembly), []).append(instance)
    return {place: tuple(held) for place, held in found.items()}


def lead_time(
    compiled: CompiledLeadTime, values: Values, undecided: Collection[str] = ()
) -> LeadTime:
    """Return the lead time for `values`: the exact sum of the lines, rounded up to whole working
    days.

    Of instances that are made at the same time only the slowest counts, and only its lines are
    told. `undecided` are the options that take part and have no value yet; a line that cannot be
    computed because it reads a required one of them waits. Refuses with LeadTimeRefused other days
    that are undefined, a sum below zero, and more than 10,000 days.
    """
    waiting = _NOBODY
    if undecided:
        waiting = compiled.required.intersection(undecided).difference(values)
    known: list[Days | None] = []
    unsettled: set[str] = set()
    for each in compiled.lines:
        if waiting and (waits := waiting & each.reads):
            days = each.days(values) if each.when is None or each.when(values) else None
            if days is None:
                unsettled |= waits
        else:
            days = _days(each, values)
        known.append(days)
    found = _that_count(compiled, known)
    lines = tuple(
        LeadTimePart(
            line.key, line.label, in_units(_HALF_EVEN(100 * days.numerator, days.denominator), 2)
        )
        for line, days in found
        if days
    )
    exact = sum(days for _, days in found)
    return LeadTime(
        _whole_days(exact),
        lines,
        bool(compiled.lines),
        tuple(key for key in compiled.order if key in unsettled) if unsettled else (),
        tuple(known),
        exact,
    )


def days_difference(
    compiled: CompiledLeadTime,
    lead_time_now: LeadTime,
    values: Values,
    changed: Collection[str],
    undecided: Collection[str] = (),
) -> int | None:
    """Return the days that `values` would take minus those of `lead_time_now`; None if they would
    have no lead time.

    `changed` names the options whose value differs between the two; only lines that read one of
    them are asked again.
    """
    try:
        if lead_time_now.open:
            return lead_time(compiled, values, undecided).days - lead_time_now.days
        readers = compiled.readers
        touched: Collection[int] = (
            readers.get(next(iter(changed)), ())
            if len(changed) == 1
            else {place for option in changed for place in readers.get(option, ())}
        )
        if not touched:
            return 0
        waiting = _NOBODY
        if undecided:
            waiting = compiled.required.intersection(undecided).difference(values)
        if waiting and any(waiting & compiled.lines[place].reads for place in touched):
            return lead_time(compiled, values, undecided).days - lead_time_now.days
        before = lead_time_now.known
        if not compiled.side_by_side:
            exact = lead_time_now.exact
            for place in touched:
                exact += (_days(compiled.lines[place], values) or 0) - (before[place] or 0)
            if exact == lead_time_now.exact:
                return 0
            return _whole_days(exact) - lead_time_now.days
        known = list(before)
        for place in touched:
            known[place] = _days(compiled.lines[place], values)
        return (
            _whole_days(sum(days for _, days in _that_count(compiled, known))) - lead_time_now.days
        )
    except LeadTimeRefused:
        return None


_HALF_EVEN = WHOLE_OF_RATIO["half_even"]
_NOBODY: frozenset[str] = frozenset()


def _days(line: _Line, values: Values) -> Days | None:
    """Return the exact days of a line, None where it does not apply; refuses with LeadTimeRefused
    undefined ones.
    """
    if line.when is not None and not line.when(values):
        return None
    days: Days | None = line.days(values)
    if days is None:
        raise LeadTimeRefused(
            f"The lead-time line {line.line.key!r} gives no days with these choices.",
            line=line.line.key,
        )
    return days


def _that_count(compiled: CompiledLeadTime, known: Sequence[Days | None]) -> "_Found":
    """Return the lines that count with their days: those that apply, of what runs side by side only
    the slowest.
    """
    found = [
        (each.line, days)
        for each, days in zip(compiled.lines, known, strict=True)
        if days is not None
    ]
    if compiled.instances:
        by_place: dict[str, _Found] = {}
        for line, days in found:
            by_place.setdefault(place_of(line.key), []).append((line, days))
        found = _counting(by_place, compiled.instances, "")
    return _slowest_of_stages(found)


def _whole_days(total: Days) -> int:
    if not 0 <= total <= MAX_DAYS:
        raise LeadTimeRefused(
            f"The lead time would be {float(total):.6g} days, which cannot be right."
        )
    return ceil(total)


def _slowest_of_stages(found: "_Found") -> "_Found":
    """Return the lines that count: of those of one stage the slowest, of equally slow ones the
    first.
    """
    slowest: dict[str, tuple[LeadTimeLine, Days]] = {}
    for line, days in found:
        if line.stage is not None and (line.stage not in slowest or days > slowest[line.stage][1]):
            slowest[line.stage] = (line, days)
    return [
        (line, days) for line, days in found if line.stage is None or slowest[line.stage][0] is line
    ]


type _Found = list[tuple[LeadTimeLine, Days]]


def _counting(
    by_place: Mapping[str, _Found], instances: Mapping[str, tuple[Instance, ...]], place: str
) -> _Found:
    """Return the lines of a place that count: its own, and of instances made at the same time those
    of the slowest.
    """
    counting = list(by_place.get(place, ()))
    slowest: dict[str, _Found] = {}
    for instance in instances.get(place, ()):
        found = _counting(by_place, instances, instance.place)
        if instance.lead_time == "added":
            counting += found
        elif instance.assembly not in slowest or _total(found) > _total(slowest[instance.assembly]):
            slowest[instance.assembly] = found
    return [*counting, *(line for found in slowest.values() for line in found)]


def _total(found: _Found) -> Days:
    return sum(days for _, days in _slowest_of_stages(found))


def told_day(day: date | None) -> str | None:
    """Return a day as ISO 8601 writes it."""
    return None if day is None else day.isoformat()


def lead_time_json(
    lead_time: LeadTime, locale: str | None = None, ready_on: date | None = None
) -> dict[str, Any]:
    """Return `lead_time` as plain JSON values; days are None for a product that tells no lead time."""
    return {
        "days": lead_time.days if lead_time.told else None,
        "lines": [
            {
                "key": line.key,
                "label": line.label.in_locale(locale),
                "days": write_number(line.days),
            }
            for line in lead_time.lines
        ],
        "ready_on": told_day(ready_on),
        "open": list(lead_time.open),
    }
