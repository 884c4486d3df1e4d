"""A number of a range, in steps and in a unit."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from catalog.errors import Unreadable
from catalog.findings import Finding
from catalog.kinds.stepped import SteppedKind
from catalog.numbers import in_domain, is_canonical, read_typed, told_measure
from catalog.plain_texts import plain_text
from catalog.product_model import (
    MAX_DIGITS,
    MAX_MAGNITUDE,
    NOTHING,
    Choice,
    Kind,
    NumberDomain,
    Option,
    write_number,
)

MAX_STEPS = 1_000_000
_RANGE = re.compile(r"\s*(-?\d{1,15}(?:\.\d{1,15})?)\s*\.\.\s*(-?\d{1,15}(?:\.\d{1,15})?)\s*")


class NumberKind(SteppedKind):
    """A number of the option's range; it stands for itself."""

    kind = Kind.NUMBER
    json_type = (int, float)
    json_words = "a number"
    domain_field = "number"
    form_rows = (("number_first", "number_last", "number_step", "number_unit"),)

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        if isinstance(raw, str):
            return _read_text(option, raw, locale, typed, wanted)
        domain = option.number
        is_number = isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool)
        if domain is None or not is_number:
            raise Unreadable("no-number", "expected a number")
        # What a double adds behind its fifteenth digit, nobody meant: 0.1 + 0.2 is 0.3.
        number = Decimal(f"{raw:.{MAX_DIGITS}g}") if isinstance(raw, float) else Decimal(raw)
        if not number.is_finite():
            raise Unreadable("no-number", f"{raw} is no number")
        return in_domain(domain, number)

    def read_line(self, option: Option, text: str) -> Any:
        number = plain_decimal(text)
        return text if number is None else number

    def read_cell(self, option: Option, text: str) -> Any:
        return text if text == "*" or ".." in text else self.read_line(option, text)

    def problem(self, option: Option, choice: Any) -> str:
        if not isinstance(choice, Decimal):
            return "must be a number."
        domain = option.number
        if domain is None or domain.index(choice) is not None:
            return ""
        told = f"{domain.first:f} to {domain.last:f} in steps of {domain.step:f}"
        return f"is {choice:f}, which is not among {told}."

    def cell_problem(self, option: Option, cell: Any) -> str:
        if isinstance(cell, str):
            return _range_problem(option, cell)
        problem = self.problem(option, cell)
        return f"the number for '{option.key}' {problem}" if problem else ""

    def findings(self, option: Option, path: str) -> Iterator[Finding]:
        key, domain = option.key, option.number
        if option.kind is self.kind and domain is None:
            told = f"Option '{key}' has no range of numbers; say from where to where."
            yield Finding("error", "no-range", path, told)
        if option.kind is not self.kind and domain is not None:
            told = f"Option '{key}' is a {option.kind}, so its range of numbers means nothing"
            yield Finding("warning", "idle-range", path, f"{told}; remove it.")
        if domain is not None:
            yield from _range_findings(key, domain, f"{path}/number")

    def domain_document(self, row: Any) -> dict[str, Any] | None:
        if row.number_first is None or row.number_last is None:
            return None
        names = ("first", "last", "step", "unit")
        return {name: getattr(row, f"number_{name}") for name in names}

    def domain_columns(self, option: Option) -> dict[str, Any]:
        domain = option.number
        if domain is None:
            return {}
        names = ("first", "last", "step", "unit")
        return {f"number_{name}": getattr(domain, name) for name in names}

    def domain_of(self, row: Any) -> dict[str, Any]:
        document = self.domain_document(row)
        return {} if document is None else {"number": NumberDomain(**document)}

    def column_problems(self, cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first, last, step = (cleaned.get(f"number_{name}") for name in ("first", "last", "step"))
        for name, number in (("first", first), ("last", last)):
            if number is None:
                yield f"number_{name}", "A number needs a range."
        if step is not None and step <= 0:
            yield "number_step", "The step must be more than 0."
        elif first is not None and last is not None and step is not None:
            if last < first:
                yield "number_last", "The range ends before it begins."
            elif (last - first) % step:
                end = last - (last - first) % step
                told = f"Steps of {step:f} from {first:f} end at {end:f}, not here."
                yield "number_last", told

    def columns_told(self, row: Any) -> str:
        domain = self.domain_of(row).get("number")
        if domain is None:
            return "no range yet"
        unit = f" {domain.unit}" if domain.unit else ""
        return f"{domain.first:f} – {domain.last:f}{unit} in steps of {domain.step:f}"

    def domain_json(self, option: Option, locale: str | None) -> dict[str, Any] | None:
        domain = option.number
        if domain is None:
            return None
        numbers = {name: getattr(domain, name) for name in ("first", "last", "step")}
        return {name: write_number(each) for name, each in numbers.items()} | {"unit": domain.unit}

    def scale(self, option: Option) -> NumberDomain | None:
        return option.number

    def number_of(self, choice: Choice | None) -> Decimal | None:
        return choice if isinstance(choice, Decimal) else None

    def read_ends(self, cell: str) -> tuple[Decimal, Decimal] | None:
        return read_range(cell)

    def expected(self, option: Option) -> str:
        return 'a number: write one, or a range such as "600..900"'

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        if option.number is None or not isinstance(choice, Decimal):
            return str(choice)
        return told_measure(choice, option.number.unit, locale)


def plain_decimal(text: str) -> Decimal | None:
    """Return the number that `text` is as machines write it, short enough to be kept; else None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and len(number.as_tuple().digits) <= MAX_DIGITS
    return number if fits and abs(number) < MAX_MAGNITUDE else None


def read_range(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the ends of a range such as `600..900`, or None if the text is none."""
    match = re.fullmatch(r"\s*(-?[\d.]*\d)\s*\.\.\s*(-?[\d.]*\d)\s*", text)
    if match is None:
        return None
    try:
        return Decimal(match[1]), Decimal(match[2])
    except InvalidOperation:
        return None


def _read_text(option: Option, raw: str, locale: str | None, typed: bool, wanted: str) -> Choice:
    if not plain_text(raw):
        return NOTHING
    if option.number is None:
        raise Unreadable("no-number", "expected a number")
    if not typed and is_canonical(raw):
        return in_domain(option.number, Decimal(raw))
    return read_typed(option.number, raw, locale, wanted)


def _range_problem(option: Option, cell: str) -> str:
    match = _RANGE.fullmatch(cell)
    if match is None:
        return f"'{cell}' is neither a number nor a range such as 600..900, for '{option.key}'."
    first, last = Decimal(match[1]), Decimal(match[2])
    if first > last:
        return f"the range {cell} for '{option.key}' runs backwards."
    domain = option.number
    if domain is not None and (last < domain.first or first > domain.last):
        ends = f"{domain.first:f} to {domain.last:f}"
        return f"the range {cell} lies outside {ends}, the numbers of '{option.key}'."
    return ""


def _range_findings(key: str, domain: NumberDomain, path: str) -> Iterator[Finding]:
    if domain.step <= 0:
        told = f"The step of option '{key}' must be more than 0."
        yield Finding("error", "number-step", path, told)
        return
    if domain.first > domain.last:
        ends = f"{domain.first:f} to {domain.last:f}"
        told = f"The range of option '{key}' runs backwards, from {ends}."
        yield Finding("error", "number-range", path, told)
        return
    steps = (Fraction(domain.last) - Fraction(domain.first)) / Fraction(domain.step)
    if steps > MAX_STEPS:
        told = f"Option '{key}' has more than {MAX_STEPS:,} steps; take a wider step."
        yield Finding("error", "number-steps", path, told)
    elif steps.denominator != 1:
        end = domain.first + int(steps) * domain.step
        told = (
            f"Steps of {domain.step:f} from {domain.first:f} never reach {domain.last:f}, the end "
            f"of option '{key}'; end at {end:f} or change the step."
        )
        yield Finding("error", "number-range", path, told)
