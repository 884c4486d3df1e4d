"""Amounts of money: currencies and their smallest units, explicit rounding, and how people read an
amount.
"""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, Inexact
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from catalog.errors import Refusal
from catalog.formats import amount_of_money

type RoundingMode = Literal["half_up", "half_even", "up", "down"]

ROUNDING_MODES: tuple[RoundingMode, ...] = ("half_up", "half_even", "up", "down")

# Source: ISO 4217, list one (active codes), with the funds and precious metals left out.
_ACTIVE = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
CURRENCIES = frozenset(_ACTIVE.split())
_PLACES = {
    **dict.fromkeys(CURRENCIES, 2),
    **dict.fromkeys(_WITHOUT_DECIMALS.split(), 0),
    **dict.fromkeys(_WITH_THREE.split(), 3),
}
_UNITS = {currency: Decimal(1).scaleb(-places) for currency, places in _PLACES.items()}

_EXACT = Context(prec=1_000, Emin=-10_000, Emax=10_000, traps=[Inexact])


class MoneyRefused(Refusal):
    """A currency nobody knows, or an increment that no coin can pay."""

    slug = "money-refused"
    title = "This is no amount of money"


def decimals(currency: str) -> int:
    """Return how many decimals amounts in `currency` have: 2 for EUR, 0 for JPY, 3 for BHD.

    Refuses an unknown currency with MoneyRefused.
    """
    known = _PLACES.get(currency)
    if known is None:
        near = get_close_matches(str(currency).upper(), CURRENCIES, n=1)
        raise MoneyRefused(
            f"{currency!r} is no currency of ISO 4217{f'; did you mean {near[0]!r}?' if near else ''}"
        )
    return known


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of `currency`: 0.01 for EUR, 1 for JPY, 0.001 for BHD."""
    decimals(currency)
    return _UNITS[currency]


def whole(number: Fraction | int, mode: RoundingMode) -> int:
    """Return `number` as a whole number.

    `half_up` takes the nearest and halves away from zero, `half_even` the nearest and halves to the
    even neighbour, `up` away from zero, `down` towards zero.
    """
    return WHOLE_OF_RATIO[mode](number.numerator, number.denominator)


def _half_up(above: int, below: int) -> int:
    twice = 2 * below
    return (2 * above + below) // twice if above >= 0 else -((below - 2 * above) // twice)


def _half_even(above: int, below: int) -> int:
    quotient, rest = divmod(above, below)
    twice = 2 * rest
    return quotient + 1 if twice > below or (twice == below and quotient % 2) else quotient


def _up(above: int, below: int) -> int:
    return -(-above // below) if above >= 0 else above // below


def _down(above: int, below: int) -> int:
    return above // below if above >= 0 else -(-above // below)


# What `whole` returns of above / below, with below > 0, without making a fraction of the two first.
WHOLE_OF_RATIO: Mapping[RoundingMode, Callable[[int, int], int]] = {
    "half_up": _half_up,
    "half_even": _half_even,
    "up": _up,
    "down": _down,
}


def rounded(amount: Fraction | Decimal, increment: Decimal, mode: RoundingMode) -> Decimal:
    """Return `amount` as a multiple of `increment`, exactly; `mode` as in `whole`. Refuses an
    increment ≤ 0.
    """
    if not increment > 0:
        raise MoneyRefused(f"amounts cannot be rounded to {increment}")
    step = Fraction(increment)
    exponent = increment.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    multiple = whole(Fraction(amount) / step, mode) * step
    return in_units(int(multiple * 10**places), places)


@lru_cache(maxsize=16_384)
def in_units(units: int, places: int) -> Decimal:
    """Return `units` of 10^-places as an exact decimal with that many places: 48600 with 2 is
    486.00.
    """
    return Decimal(units).scaleb(-places, _EXACT)


def in_parts_of(units: int | Fraction, places: int) -> Decimal:
    """Return an amount in units of 10^-places exactly, with more places where it has parts of a
    unit.

    A part is a whole number of 10^-4 units: 27.5 units with 2 places are 0.275.
    """
    if isinstance(units, int):
        return in_units(units, places)
    amount = in_units(whole(units * PARTS, "half_even"), places + PART_PLACES).normalize(_EXACT)
    exponent = amount.as_tuple().exponent
    return (
        amount
        if isinstance(exponent, int) and -exponent > places
        else amount.quantize(Decimal(1).scaleb(-places))
    )


PART_PLACES = 4
PARTS: int = 10**PART_PLACES
"""Into how many parts a smallest unit is divided for what is finer than it."""


def plain(amount: Decimal, currency: str) -> str:
    """Return `amount` for machines, with at least the currency's decimals and never an exponent:
    "486.00".
    """
    unit = _UNITS.get(currency)
    if unit is not None and amount.same_quantum(unit):
        return str(amount)
    exponent = amount.as_tuple().exponent
    places = max(decimals(currency), -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{places}f}"


def formatted(
    amount: Decimal, currency: str, locale: str | None = None, signed: bool = False
) -> str:
    """Return `amount` as people of `locale` read it: "CA$1,486.00", in German "1.486,00 CA$";
    English without one.

    It has at least the currency's decimals in this table, which those of CLDR never change. With
    `signed` it reads as a difference: "+ CA$118.00", "− CA$22.00".
    """
    return amount_of_money(amount, currency, decimals(currency), locale, signed)
