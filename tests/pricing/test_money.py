from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.money import (
    CURRENCIES,
    ROUNDING_MODES,
    MoneyRefused,
    decimals,
    formatted,
    in_units,
    plain,
    rounded,
    smallest_unit,
    whole,
)

PYTHON_MODES = {
    "half_up": "ROUND_HALF_UP",
    "half_even": "ROUND_HALF_EVEN",
    "up": "ROUND_UP",
    "down": "ROUND_DOWN",
}


@given(st.decimals(-(10**6), 10**6, places=6), st.sampled_from(ROUNDING_MODES), st.integers(0, 5))
def test_rounding_to_decimals_is_that_of_decimal_arithmetic(amount, mode, places):
    increment = Decimal(1).scaleb(-places)
    assert rounded(amount, increment, mode) == amount.quantize(
        increment, rounding=PYTHON_MODES[mode]
    )


@given(
    st.fractions(-1000, 1000),
    st.sampled_from(["0.05", "0.25", "1", "5", "0.9"]),
    st.sampled_from(ROUNDING_MODES),
)
def test_a_rounded_amount_is_a_multiple_less_than_one_increment_away(amount, increment, mode):
    answer = Fraction(rounded(amount, Decimal(increment), mode))
    assert (answer / Fraction(increment)).denominator == 1
    assert abs(answer - amount) < Fraction(increment)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2.5", (3, 2, 3, 2)),
        ("-2.5", (-3, -2, -3, -2)),
        ("3.5", (4, 4, 4, 3)),
        ("2.4", (2, 2, 3, 2)),
        ("2", (2,) * 4),
    ],
)
def test_halves_go_where_the_mode_says(number, expected):
    assert tuple(whole(Fraction(number), mode) for mode in ROUNDING_MODES) == expected


def test_amounts_stay_exact_in_a_narrow_decimal_context():
    with localcontext() as context:
        context.prec = 3
        assert in_units(123456789, 2) == Decimal("1234567.89")
        assert str(rounded(Fraction(10**12, 3), Decimal("0.01"), "down")) == "333333333333.33"
    assert getcontext().prec == 28


def test_an_increment_of_nothing_is_refused():
    with pytest.raises(MoneyRefused):
        rounded(Decimal(1), Decimal(0), "up")


def test_each_currency_has_its_own_decimals():
    assert [decimals(code) for code in ("EUR", "JPY", "BHD", "CAD")] == [2, 0, 3, 2]
    assert str(smallest_unit("BHD")) == "0.001"


def test_currencies_are_codes_of_three_capitals():
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert len(CURRENCIES) > 150


def test_an_unknown_currency_is_refused_with_the_nearest_one():
    with pytest.raises(MoneyRefused, match="did you mean 'CAD'"):
        decimals("CAA")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "expected"),
    [
        ("486", "CAD", None, "CA$486.00"),
        ("1486.5", "CAD", "en-CA", "$1,486.50"),
        ("1234567.891", "EUR", "de", "1.234.567,891\u00a0€"),
        ("1234.5", "CHF", "de-CH", "CHF\u00a01’234.50"),
        ("1234.5", "EUR", "fr", "1\u202f234,50\u00a0€"),
        ("1234.5", "CAD", "fr-CA", "1\u00a0234,50\u00a0$"),
        ("1234", "JPY", "ja", "￥1,234"),
        ("676", "EUR", "de", "676,00\u00a0€"),
        ("459", "USD", "en", "$459.00"),
        ("1234567.5", "CHF", "de-CH", "CHF\u00a01’234’567.50"),
        ("1234", "HUF", "hu", "1\u00a0234,00\u00a0Ft"),
        ("1234.5", "COP", "es-CO", "$1.234,50"),
        ("-3", "BHD", "xx", "−\u00a0BHD\u00a03.000"),
    ],
)
def test_amounts_read_as_people_of_the_locale_write_them(amount, currency, locale, expected):
    assert formatted(Decimal(amount), currency, locale) == expected


def test_a_difference_carries_its_sign():
    assert [formatted(Decimal(each), "CAD", "en", signed=True) for each in ("118", "-22", "0")] == [
        "+\u00a0CA$118.00",
        "−\u00a0CA$22.00",
        "CA$0.00",
    ]


def test_amounts_for_machines_never_have_an_exponent():
    assert [plain(Decimal(each), "EUR") for each in ("1E+3", "0", "-0.5", "0.125")] == [
        "1000.00",
        "0.00",
        "-0.50",
        "0.125",
    ]
