"""A date: a day of a range, in steps of days, on working days only where that is wanted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from catalog.errors import Unreadable
from catalog.expressions.nodes import DayOf, NumberOf
from catalog.findings import Finding
from catalog.formats import told_date
from catalog.kinds.stepped import SteppedKind
from catalog.kinds.words import short
from catalog.plain_texts import plain_text
from catalog.product_model import (
    NOTHING,
    Choice,
    DateDomain,
    Kind,
    NumberDomain,
    Option,
    day_of,
)

MOST_DAYS = 36_600
_SATURDAY = 5


class DateKind(SteppedKind):
    """A day, kept and sent as ISO 8601 writes it; its number counts the days since year 1."""

    kind = Kind.DATE
    bound_as = "date"
    json_words = "a date such as 2026-12-24, as a text"
    domain_field = "date"
    form_rows = (("date_first", "date_last", "date_step"), ("date_working_days", "date_closed"))
    is_told_by_features = False

    # -- reading

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        text = plain_text(raw) if isinstance(raw, str) else None
        if text == NOTHING:
            return NOTHING
        day = day_of(text) if text is not None else None
        if day is None:
            told = f"'{short(str(raw))}' is no date; write it as 2026-12-24"
            raise Unreadable("no-date", told)
        problem = None if option.date is None else refused(option.date, day)
        if problem is not None:
            raise problem
        return day.isoformat()

    # -- checking

    def problem(self, option: Option, choice: Any) -> str:
        day = day_of(choice) if isinstance(choice, str) else None
        if day is None:
            return "must be a date such as 2026-12-24."
        problem = None if option.date is None else refused(option.date, day)
        return f"cannot be had: {problem}." if problem else ""

    def declares(self, option: Option, value: Choice) -> bool:
        day = day_of(value) if isinstance(value, str) else None
        return day is not None and option.date is not None and refused(option.date, day) is None

    def cell_problem(self, option: Option, cell: Any) -> str:
        ends = self.read_ends(cell) if isinstance(cell, str) else None
        if ends is None:
            problem = self.problem(option, cell)
            return f"the date for '{option.key}' {problem}" if problem else ""
        if ends[0] > ends[1]:
            return f"the range {cell} for '{option.key}' runs backwards."
        scale = self.scale(option)
        if scale is not None and (ends[1] < scale.first or ends[0] > scale.last):
            return f"the range {cell} lies outside the days of '{option.key}'."
        return ""

    def findings(self, option: Option, path: str) -> Iterator[Finding]:
        key, domain = option.key, option.date
        if option.kind is self.kind and domain is None:
            told = f"Option '{key}' has no range of days; say from which day to which."
            yield Finding("error", "no-range", path, told)
        if option.kind is not self.kind and domain is not None:
            told = f"Option '{key}' is a {option.kind}, so its range of days means nothing"
            yield Finding("warning", "idle-range", path, f"{told}; remove it.")
        if domain is not None:
            for _, told in _problems(domain.first, domain.last, domain.step):
                yield Finding("error", "date-range", f"{path}/date", f"Option '{key}': {told}")

    # -- deciding

    def scale(self, option: Option) -> NumberDomain | None:
        return None if option.date is None else _scale(option.date)

    def barred(self, option: Option) -> Sequence[int]:
        return () if option.date is None else _barred(option.date)

    def as_number(self, option: Option) -> NumberOf:
        return DayOf(option.key)

    def number_of(self, choice: Choice | None) -> Decimal | None:
        day = day_of(choice) if isinstance(choice, str) else None
        return None if day is None else Decimal(day.toordinal())

    def at_number(self, number: Decimal) -> Choice:
        return date.fromordinal(int(number)).isoformat()

    def read_ends(self, cell: str) -> tuple[Decimal, Decimal] | None:
        first, dots, last = cell.partition("..")
        ends = self.number_of(first.strip()), self.number_of(last.strip())
        return (ends[0], ends[1]) if dots and ends[0] is not None and ends[1] is not None else None

    def expected(self, option: Option) -> str:
        return 'a date: write one, or a range such as "2026-12-01..2026-12-24"'

    # -- a domain as rows and callers have it

    def domain_document(self, row: Any) -> dict[str, Any] | None:
        if row.date_first is None or row.date_last is None:
            return None
        return {
            "first": row.date_first,
            "last": row.date_last,
            "step": row.date_step,
            "working_days": row.date_working_days,
            "closed": tuple(filter(None, row.date_closed.replace(",", " ").split())),
        }

    def domain_columns(self, option: Option) -> dict[str, Any]:
        domain = option.date
        if domain is None:
            return {}
        names = ("first", "last", "step", "working_days")
        closed = " ".join(map(date.isoformat, domain.closed))
        return {f"date_{name}": getattr(domain, name) for name in names} | {"date_closed": closed}

    def domain_of(self, row: Any) -> dict[str, Any]:
        document = self.domain_document(row)
        if document is None:
            return {}
        closed = tuple(day for each in document["closed"] if (day := day_of(each)))
        return {"date": DateDomain(**{**document, "closed": closed})}

    def column_problems(self, cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first, last, step = (cleaned.get(f"date_{name}") for name in ("first", "last", "step"))
        for name, day in (("first", first), ("last", last)):
            if day is None:
                yield f"date_{name}", "A date needs a first and a last day."
        if first is not None and last is not None and step is not None:
            for name, told in _problems(first, last, step):
                yield f"date_{name}", told[:1].upper() + told[1:]
        for word in (cleaned.get("date_closed") or "").replace(",", " ").split():
            if day_of(word) is None:
                yield "date_closed", f"'{short(word)}' is no date; write it as 2026-12-24."

    def columns_told(self, row: Any) -> str:
        domain = self.domain_of(row).get("date")
        if domain is None:
            return "no range yet"
        days = "working days" if domain.working_days else "days"
        steps = days if domain.step == 1 else f"every {domain.step} {days}"
        return f"{domain.first} – {domain.last}, {steps}"

    def domain_json(self, option: Option, locale: str | None) -> dict[str, Any] | None:
        domain = option.date
        if domain is None:
            return None
        return {
            "first": domain.first.isoformat(),
            "last": domain.last.isoformat(),
            "step": domain.step,
            "working_days": domain.working_days,
            "closed": [day.isoformat() for day in domain.closed],
        }

    # -- telling

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        day = day_of(choice) if isinstance(choice, str) else None
        return str(choice) if day is None else told_date(day, locale)


def refused(domain: DateDomain, day: date) -> Unreadable | None:
    """Return why a day is none of `domain`, the day and what is next to it beside; else None."""
    told, ends = day.isoformat(), {"first": domain.first, "last": domain.last}
    if not domain.first <= day <= domain.last:
        span = f"{domain.first.isoformat()} to {domain.last.isoformat()}"
        return Unreadable("date-outside", f"{told} is not from {span}", day=day, **ends)
    if (day - domain.first).days % domain.step:
        sentence = f"{told} is none of every {domain.step} days from {domain.first.isoformat()}"
        return Unreadable("date-between", sentence, day=day, step=domain.step, **ends)
    if domain.working_days and day.weekday() >= _SATURDAY:
        return Unreadable("date-weekend", f"{told} is no working day", day=day, **ends)
    if day in domain.closed:
        return Unreadable("date-closed", f"{told} is a closed day", day=day, **ends)
    return None


def _problems(first: date, last: date, step: int) -> Iterator[tuple[str, str]]:
    """Return what is wrong with a range of days: the part of it, and a sentence."""
    if step < 1:
        yield "step", "the step must be at least one day."
    elif last < first:
        yield "last", f"the days run backwards, from {first} to {last}."
    elif (last - first).days // step > MOST_DAYS:
        yield "last", f"there are more than {MOST_DAYS:,} days; take a shorter range."
    elif (last - first).days % step:
        end = last - timedelta((last - first).days % step)
        yield "last", f"steps of {step} days from {first} end at {end}, not at {last}."


@lru_cache(maxsize=1_024)
def _scale(domain: DateDomain) -> NumberDomain:
    ends = Decimal(domain.first.toordinal()), Decimal(domain.last.toordinal())
    return NumberDomain(*ends, Decimal(domain.step), "days")


@lru_cache(maxsize=1_024)
def _barred(domain: DateDomain) -> tuple[int, ...]:
    days = range(domain.first.toordinal(), domain.last.toordinal() + 1, max(domain.step, 1))
    return tuple(at for at, day in enumerate(days) if refused(domain, date.fromordinal(day)))
