"""How many working days a configuration takes until it is ready: the lead-time lines that apply, and their sum."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

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
    """The lead-time lines of a model, ready to be asked; `required` are the options that need a value."""

    lines: tuple[_Line, ...]
    required: frozenset[str]
    order: tuple[str, ...]


def compile_lead_time(model: ProductModel) -> CompiledLeadTime:
    """Return the lead-time lines of `model` compiled; refuses with ExpressionRefused what cannot be read."""
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
    )


def lead_time(compiled: CompiledLeadTime, values: Values, undecided: Collection[str] = ()) -> LeadTime:
    """Return the lead time for `values`: the exact sum of the lines, rounded up to whole working days.

    `undecided` are the options that take part and have no value yet; a line that cannot be computed because it reads a
    required one of them waits. Refuses with LeadTimeRefused other days that are undefined, a sum below zero, and more
    than 10,000 days.
    """
    waiting = compiled.required.intersection(undecided).difference(values)
    total = Fraction(0)
    found: list[tuple[LeadTimeLine, Fraction]] = []
    slowest: dict[str, tuple[LeadTimeLine, Fraction]] = {}
    unsettled: set[str] = set()
    for each in compiled.lines:
        applies = each.when is None or each.when(values)
        days = each.days(values) if applies else None
        if days is not None:
            stage = each.line.stage
            if stage is None:
                total += days
            elif stage not in slowest or days > slowest[stage][1]:
                slowest[stage] = (each.line, days)
            found.append((each.line, days))
        elif waits := waiting & each.reads:
            unsettled |= waits
        elif applies:
            raise LeadTimeRefused(
                f"The lead-time line {each.line.key!r} gives no days with these choices.", line=each.line.key
            )
    total += sum((days for _, days in slowest.values()), Fraction(0))
    lines = [
        LeadTimePart(line.key, line.label, rounded(days, Decimal("0.01"), "half_even"))
        for line, days in found
        if days and (line.stage is None or slowest[line.stage][0] is line)
    ]
    if not 0 <= total <= MAX_DAYS:
        raise LeadTimeRefused(f"The lead time would be {float(total):.6g} days, which cannot be right.")
    return LeadTime(
        ceil(total), tuple(lines), bool(compiled.lines), tuple(key for key in compiled.order if key in unsettled)
    )


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
