"""How people write numbers, money, dates and times: the one formatter, with the data of Unicode
CLDR.

A locale is written as in HTML, such as `de-CH`. Of one that CLDR lacks, the language counts, and at
last English. What must not move with CLDR is pinned here:
docs/adr/0178-what-cldr-must-not-move-is-pinned.md.
"""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name
from babel.languages import get_official_languages
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

MINUS = "\u2212"
MOST_ZONE_NAME = 5
_NARROW, _SPACE = "\u202f", "\u00a0"
_SWISS = frozenset({"CH", "LI"})
_APOSTROPHE = "\u2019"


@lru_cache(maxsize=1_024)
def cldr(locale: str | None) -> Locale:
    """Return the locale whose data hold for `locale`."""
    wanted = (locale or "en").replace("-", "_")
    for each in (wanted, wanted.partition("_")[0]):
        try:
            return Locale.parse(each)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en")


@lru_cache(maxsize=1_024)
def separators(locale: str | None) -> tuple[str, str]:
    """Return what stands between thousands and before decimals.

    Swiss ones are pinned: of 2.19 on, Babel has a straight apostrophe there and then takes pairs of
    it for quotes.
    """
    known = cldr(locale)
    if known.territory in _SWISS or known.language in ("gsw", "rm"):
        return (_NARROW, ",") if known.language == "fr" else (_APOSTROPHE, ".")
    return get_group_symbol(known), get_decimal_symbol(known)


@lru_cache(maxsize=1_024)
def in_region(locale: str, wanted: str) -> str:
    """Return `locale` as where `wanted` is spoken, en-DE for English to who wants German, or as it
    is for want of data.

    Who reads a language that is not theirs still reads numbers as they are used to.
    """
    if cldr(locale).territory or not wanted:
        return locale
    known = cldr(wanted)
    if known.language == cldr(locale).language:
        return locale
    likely = str(get_global("likely_subtags").get(known.language) or "")
    is_known = known.language == wanted.partition("-")[0].lower()
    region = known.territory or (likely.rpartition("_")[2] if is_known else "")
    found = f"{locale}-{region}"
    return found if region and str(cldr(found)) == found.replace("-", "_") else locale


@lru_cache(maxsize=1_024)
def at_home(locale: str, country: str) -> str:
    """Return `locale` as in `country`, such as CA, where its language is one of that country's;
    otherwise as it is.

    A shop in Canada writes $459.00 on its pages; English of no country tells its dollars from
    others.
    """
    language = locale.partition("-")[0].lower()
    found = f"{language}-{country}"
    is_spoken = language in get_official_languages(country, de_facto=True)
    return found if is_spoken and str(cldr(found)) == found.replace("-", "_") else locale


def written(number: Decimal | int | str, locale: str | None) -> str:
    """Return `number`, given or written as Python writes it, with its decimal mark and without
    others: `1200,5`.
    """
    return f"{number}".replace(".", separators(locale)[1])


def counted(number: Decimal | int, locale: str | None) -> str:
    """Return `number` with what stands between thousands: `1.000.000,5`."""
    integral, _, fraction = f"{abs(Decimal(number)):f}".partition(".")
    told = (
        f"{_grouped(integral, locale)}{separators(locale)[1]}{fraction}"
        if fraction
        else _grouped(integral, locale)
    )
    return f"{MINUS}{told}" if number < 0 else told


def percentage(rate: Decimal, locale: str | None, signed: bool = False) -> str:
    """Return a rate in percent: `19 %`, in English `19%`; with `signed` as a difference: `+19%`."""
    pattern = cldr(locale).percent_formats[None]
    prefix, suffix = pattern.prefix[0], pattern.suffix[0]
    plain = f"{abs(rate).normalize() + 0:f}"
    sign = MINUS if rate < 0 else "+" if signed and rate else ""
    return f"{sign}{prefix}{written(plain, locale)}{suffix}"


def amount_of_money(
    amount: Decimal, currency: str, places: int, locale: str | None, signed: bool = False
) -> str:
    """Return `amount` with at least `places` decimals: `676,00 €`, in English `€676.00`.

    A minus stands before all of it; with `signed` a plus too, as a difference is told: `+ €118.00`.
    """
    exponent = amount.as_tuple().exponent
    places = max(places, -exponent if isinstance(exponent, int) else 0)
    integral, _, fraction = f"{abs(amount):.{places}f}".partition(".")
    number = _grouped(integral, locale) + (f"{separators(locale)[1]}{fraction}" if fraction else "")
    before, after = _around_money(currency, locale)
    sign = f"{MINUS}{_SPACE}" if amount < 0 else f"+{_SPACE}" if signed and amount else ""
    return f"{sign}{before}{number}{after}"


@lru_cache(maxsize=4_096)
def _around_money(currency: str, locale: str | None) -> tuple[str, str]:
    """Return what stands before and after a number of `currency`; letters keep a blank's distance."""
    known = cldr(locale)
    pattern = known.currency_formats["standard"]
    symbol = get_currency_symbol(currency, known)
    before, after = (part.replace("¤", symbol) for part in (pattern.prefix[0], pattern.suffix[0]))
    if before and before[-1].isalpha():
        before += _SPACE
    if after and after[0].isalpha():
        after = _SPACE + after
    return before, after


def _grouped(digits: str, locale: str | None) -> str:
    first, rest = group_sizes(locale)
    between = separators(locale)[0]
    parts: list[str] = []
    size = first
    while len(digits) > size:
        parts.insert(0, digits[-size:])
        digits, size = digits[:-size], rest
    return between.join((digits, *parts))


@lru_cache(maxsize=1_024)
def group_sizes(locale: str | None) -> tuple[int, int]:
    """Return how many digits the last group has, and the others: 3 and 2 in India."""
    first, rest = cldr(locale).decimal_formats[None].grouping
    return min(first, 1_000), min(rest, 1_000)


def told_date(day: date, locale: str | None) -> str:
    """Return a day: `3. Dezember 2026`."""
    return format_date(day, "long", cldr(locale))


def told_time(moment: datetime, zone: tzinfo, locale: str | None) -> str:
    """Return the time of a moment in `zone`, which is named: `14:00 MEZ`."""
    known, here = cldr(locale), moment.astimezone(zone)
    name = get_timezone_name(here, "short", locale=known)
    if not name.isalpha() or len(name) > MOST_ZONE_NAME:
        offset = int((here.utcoffset() or timedelta()).total_seconds()) // 60
        hours, minutes = divmod(abs(offset), 60)
        name = (
            f"UTC{MINUS if offset < 0 else '+'}{hours}{f':{minutes:02}' if minutes else ''}"
            if offset
            else "UTC"
        )
    return f"{format_time(here, 'short', locale=known)} {name}"


def told_moment(moment: datetime, zone: tzinfo, locale: str | None) -> str:
    """Return a moment in `zone`, which is named: `3. Dezember 2026 um 14:00 MEZ`."""
    known = cldr(locale)
    form = str(get_datetime_format("long", locale=known)).replace("'", "")
    day = told_date(moment.astimezone(zone).date(), locale)
    return form.replace("{0}", told_time(moment, zone, locale)).replace("{1}", day)
