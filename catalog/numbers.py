"""Numbers as people type and read them: `1.600`, `1 600,5`, `150 cm`, `23 5/8"`, each read exactly
or asked about.

A comma or a point before three digits may stand between thousands or before decimals. Where only
one of the two numbers is possible, that is meant; else the reader's language decides, or the
refusal names both.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

from catalog.errors import Unreadable
from catalog.formats import group_sizes, separators, written
from catalog.lengths import ABOUT, converted, has_fractions, shown_unit, written_fraction
from catalog.product_model import NumberDomain, plain_number
from catalog.units import PLAIN, unit_named

MOST_TYPED = 60
MOST_REPEATED = 63

_NAMES = {
    '"': "in",
    "''": "in",
    "inches": "in",
    "zoll": "in",
    "pouce": "in",
    "pouces": "in",
    "'": "ft",
    "feet": "ft",
    "foot": "ft",
    "millimeter": "mm",
    "millimeters": "mm",
    "millimetre": "mm",
    "millimetres": "mm",
    "millimètres": "mm",
    "centimeter": "cm",
    "centimeters": "cm",
    "centimetre": "cm",
    "centimetres": "cm",
    "centimètres": "cm",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "mètres": "m",
}
_AS_TYPED = str.maketrans(
    {
        **dict.fromkeys("−‐‑‒–﹣－", "-"),
        **dict.fromkeys("’‘´`′＇", "'"),
        **dict.fromkeys("”“″‶＂", '"'),
        **dict.fromkeys("٬،⹁", ","),
        **dict.fromkeys("٫", "."),
        "⁄": "/",
        "∕": "/",
    }
)
_TYPED = re.compile(r"([-+]?)\s*([0-9.,](?:[0-9.,'/ -]*[0-9])?)\s*([^\s0-9.,+-][^0-9]{0,20}[23]?|)")
_MIXED = re.compile(r"(?:([0-9]{1,9})(?: +| ?- ?))?([0-9]{1,6}) ?/ ?([0-9]{1,6})")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{2,3}(?:\1[0-9]{2,3})*(?<=[0-9]{3})")
_DECIMAL = re.compile(r"[0-9]{0,20}(?:[.,][0-9]{1,20})?")
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{0,19}[1-9])?")


@dataclass(frozen=True)
class _Typed:
    """What was typed, taken apart: the numbers it may mean, of two the one with thousands first;
    digits and unit.
    """

    readings: tuple[Fraction, ...]
    digits: str
    unit: str

    @property
    def mark(self) -> str:
        """The comma or point that two readings differ about."""
        return self.digits[-4]


def whole(value: Any) -> Any:
    """Return 2.0 as 2, which it is in JSON; everything else as it came."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def canonical(number: Decimal) -> str:
    """Return `number` as machines write it, in one way only: `1200`, `838.5`."""
    return format(plain_number(number), "f")


def is_canonical(text: str) -> bool:
    """Tell whether `text` is what `canonical` writes."""
    return len(text) <= MOST_TYPED and _CANONICAL.fullmatch(text) is not None


def told_number(number: Decimal, locale: str | None) -> str:
    """Return `number` as people of `locale` read it, in one way only and without thousands'
    separators: `838,5`.
    """
    return written(canonical(number), locale)


def told_unit(unit: str) -> str:
    """Return a unit as people read it: m² for m2."""
    return re.sub(r"(?<=m)[23]$", lambda power: "²" if power.group() == "2" else "³", unit)


def told_measure(number: Decimal, unit: str, locale: str | None) -> str:
    """Return a number with its unit as people of `locale` read them."""
    return f"{told_number(number, locale)} {told_unit(unit)}".strip()


# A click asks for every number of the page anew, to tell what was typed from what was shown.
@lru_cache(maxsize=10_000)
def told_shown(number: Decimal | Fraction, own: str, wanted: str, locale: str | None) -> str:
    """Return a number that counts in `own`, with its unit left to the caller, as it is shown where
    `wanted` is.

    What the shown unit cannot tell exactly has "≈" before it: 600 mm are `≈ 23 5/8` inches.
    """
    unit = shown_unit(own, wanted)
    shown = converted(Fraction(number), own, unit)
    told = written_fraction(shown.number) if wanted and has_fractions(unit) else None
    if told is None:
        told = told_number(Decimal(shown.number.numerator) / shown.number.denominator, locale)
    return told if shown.is_exact else f"{ABOUT} {told}"


def told_shown_measure(
    number: Decimal | Fraction, own: str, wanted: str, locale: str | None
) -> str:
    """Return what `told_shown` does, with the unit."""
    return f"{told_shown(number, own, wanted, locale)} {told_unit(shown_unit(own, wanted))}".strip()


def read_typed(
    domain: NumberDomain, text: str, locale: str | None = None, wanted: str = ""
) -> Decimal:
    """Return the number of `domain` that somebody typed, who reads `locale`; refuse with
    Unreadable, naming others.

    Without a unit it is in the one that `domain` is shown in where `wanted` is; then what is shown
    for a number that does not come out even is read as that number.
    """
    typed = _taken_apart(text, locale)
    unit = shown_unit(domain.unit, wanted)
    factor = _factor(domain, typed.unit or unit)
    meant = [reading * factor for reading in typed.readings]
    possible = [number for each in meant if (number := _in_domain(domain, each)) is not None]
    if not possible and unit != domain.unit and factor == _factor(domain, unit):
        possible = [
            found for each in typed.readings if (found := _shown_as(domain, each, unit)) is not None
        ]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        raise _impossible(domain, meant, text, locale)
    between, point = (mark.translate(_AS_TYPED) for mark in separators(locale))
    if locale and typed.mark == between:
        return possible[0]
    # Nobody writes 1.200 for 1.2.
    if locale and typed.mark == point and not typed.digits.endswith("0"):
        return possible[1]
    first, second = (Decimal(each.numerator) / each.denominator for each in typed.readings)
    clear = canonical(second)
    if re.search(r"\.[0-9]{3}$", clear):
        clear += "0"
    told = (told_number(first, locale), written(clear, locale))
    raise Unreadable(
        "number-of-two-readings",
        f"'{_short(text)}' can be {told[0]} or {told_number(second, locale)}; write {told[0]} or {told[1]}",
        raw=_short(text),
        first=told[0],
        second=told[1],
    )


def in_domain(domain: NumberDomain, number: Decimal, locale: str | None = None) -> Decimal:
    """Return the number of `domain` that equals `number`; refuse with Unreadable, naming the
    nearest.
    """
    index = None if domain.whole_steps is None else domain.index(number)
    found = _in_domain(domain, Fraction(number)) if index is None else domain.at(index)
    if found is None:
        raise _impossible(domain, [Fraction(number)], f"{number}", locale)
    return found


def nearest(
    runs: Sequence[tuple[Decimal, Decimal]], step: Decimal, number: Fraction
) -> tuple[Decimal, ...]:
    """Return the numbers of `runs` (each in steps of `step`) next to `number`: one below and one
    above, or one.
    """
    below: list[Decimal] = []
    above: list[Decimal] = []
    for first, last in runs:
        steps = (number - Fraction(first)) / Fraction(step)
        most = int((last - first) / step)
        down, up = min(floor(steps), most), max(ceil(steps), 0)
        if down >= 0:
            below.append(first + down * step)
        if up <= most:
            above.append(first + up * step)
    found = (*([max(below)] if below else []), *([min(above)] if above else []))
    return tuple(dict.fromkeys(map(plain_number, found)))


def number_typed(domain: NumberDomain, text: str, wanted: str = "") -> Fraction | None:
    """Return what `text` means in the unit of `domain`, whether that is in it or not; None where
    that is not clear.
    """
    try:
        typed = _taken_apart(text)
        factor = _factor(domain, typed.unit or shown_unit(domain.unit, wanted))
    except Unreadable:
        return None
    return _likeliest(domain, [reading * factor for reading in typed.readings])


def _taken_apart(text: str, locale: str | None = None) -> _Typed:
    found = (
        _TYPED.fullmatch(_cleaned(text.strip().removeprefix(ABOUT)))
        if len(text) <= MOST_TYPED
        else None
    )
    readings = _readings(found[2], locale) if found else ()
    if found is None or not readings:
        raise Unreadable("no-number", f"'{_short(text)}' is no number", raw=_short(text))
    sign = -1 if found[1] == "-" else 1
    return _Typed(tuple(sign * each for each in readings), found[2], found[3].strip())


def _cleaned(text: str) -> str:
    """Return `text` with ASCII digits, signs and blanks, and fractions such as ½ written out."""
    written = []
    for each in text:
        parts = unicodedata.decomposition(each)
        if parts.startswith("<fraction>"):
            written.append(" " + unicodedata.normalize("NFKC", each))
        elif unicodedata.category(each) == "Nd":
            written.append(str(unicodedata.decimal(each)))
        else:
            written.append(each)
    joined = "".join(written).translate(_AS_TYPED)
    return " ".join(unicodedata.normalize("NFKC", joined).translate(_AS_TYPED).split())


def _readings(body: str, locale: str | None) -> tuple[Fraction, ...]:
    """Return what the digits of a typed number can mean; of two, the one with thousands first."""
    mixed = _MIXED.fullmatch(body)
    if mixed:
        above, below = int(mixed[2]), int(mixed[3])
        return (int(mixed[1] or 0) + Fraction(above, below),) if below else ()
    grouped = _grouped(3, 3).match(body) or _grouped(*group_sizes(locale)).match(body)
    if grouped:
        body = re.sub(r"[ ']", "", grouped[0]) + body[grouped.end() :]
        return _as_decimal(body)
    if re.search(r"[ '/-]", body):
        return ()
    points, commas = body.count("."), body.count(",")
    if points and commas:
        mark = "." if body.rfind(".") > body.rfind(",") else ","
        whole, _, decimals = body.rpartition(mark)
        return (
            _as_decimal(f"{re.sub('[.,]', '', whole)}.{decimals}")
            if _THOUSANDS.fullmatch(whole)
            else ()
        )
    thousands = _THOUSANDS.fullmatch(body)
    if points + commas > 1:
        return (Fraction(re.sub("[.,]", "", body)),) if thousands else ()
    if thousands and len(body) >= 5 and body[-4] in ".,":
        return (Fraction(re.sub("[.,]", "", body)), *_as_decimal(body))
    return _as_decimal(body)


@lru_cache(maxsize=64)
def _grouped(last: int, others: int) -> re.Pattern[str]:
    """Return what matches digits with blanks or apostrophes between groups of so many, as far as
    the decimals.
    """
    return re.compile(
        rf"[0-9]{{1,{others}}}(?:[ '][0-9]{{{others}}})*[ '][0-9]{{{last}}}(?=$|[.,])"
    )


def _as_decimal(body: str) -> tuple[Fraction, ...]:
    if not body or not _DECIMAL.fullmatch(body):
        return ()
    return (Fraction(body.replace(",", ".")),)


def _factor(domain: NumberDomain, typed: str) -> Fraction:
    """Return by what a number in the unit that was typed is multiplied to be one of `domain`."""
    if not typed or typed == domain.unit or typed.casefold() == told_unit(domain.unit).casefold():
        return Fraction(1)
    own, other = unit_named(domain.unit), unit_named(_NAMES.get(typed.casefold(), typed.casefold()))
    if own is PLAIN or own.dimension != other.dimension:
        expected = f"in {told_unit(domain.unit)}" if domain.unit else "without a unit"
        raise Unreadable(
            "number-of-another-unit",
            f"'{_short(typed)}' is another unit; give the number {expected}",
            raw=_short(typed),
            unit=told_unit(domain.unit),
        )
    return other.factor / own.factor


def _in_domain(domain: NumberDomain, number: Fraction) -> Decimal | None:
    steps = (number - Fraction(domain.first)) / Fraction(domain.step)
    return domain.at(int(steps)) if steps.denominator == 1 and 0 <= steps < len(domain) else None


def _shown_as(domain: NumberDomain, reading: Fraction, unit: str) -> Decimal | None:
    """Return the number of `domain` nearest to `reading`, in `unit`, if that is what is shown for
    it.
    """
    number = reading * _factor(domain, unit)
    near = nearest(((domain.first, domain.last),), domain.step, number)
    shown = [
        each for each in near if converted(Fraction(each), domain.unit, unit).number == reading
    ]
    return min(shown, key=lambda each: abs(Fraction(each) - number), default=None)


def _likeliest(domain: NumberDomain, meant: Sequence[Fraction]) -> Fraction:
    """Return which of several readings is nearest to what is possible."""
    return min(
        meant,
        key=lambda each: max(
            Fraction(domain.first) - each, each - Fraction(domain.last), Fraction(0)
        ),
    )


def _impossible(
    domain: NumberDomain, meant: Sequence[Fraction], raw: str, locale: str | None
) -> Unreadable:
    number = _likeliest(domain, meant)
    unit = told_unit(domain.unit)
    span = (
        f"{told_number(domain.first, locale)} to {told_measure(domain.last, domain.unit, locale)}"
    )
    near = nearest(((domain.first, domain.last),), domain.step, number)
    told = " and ".join(told_number(each, locale) for each in near)
    named = f"{told} {unit}".strip()
    verb = "are" if len(near) > 1 else "is"
    if not domain.first <= number <= domain.last:
        sentence = f"{_short(raw)} is outside {span}; the nearest {verb} {named}"
    else:
        steps = told_number(domain.step, locale)
        sentence = (
            f"{_short(raw)} is no step of {span}, in steps of {steps}; the nearest {verb} {named}"
        )
    return Unreadable("number-not-possible", sentence, raw=_short(raw))


def _short(text: str) -> str:
    return text if len(text) <= MOST_REPEATED else f"{text[:MOST_REPEATED]}…"
