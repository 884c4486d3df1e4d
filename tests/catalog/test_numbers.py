"""Numbers as people type them, read exactly, or asked about where two readings are possible."""

import os
from decimal import Decimal
from fractions import Fraction

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Unreadable
from catalog.formats import counted, group_sizes
from catalog.numbers import canonical, is_canonical, nearest, read_typed, told_measure, told_number
from catalog.product_model import NumberDomain


def domain(first: str, last: str, step: str, unit: str = "mm") -> NumberDomain:
    return NumberDomain(Decimal(first), Decimal(last), Decimal(step), unit)


WALL = domain("0", "2000", "0.5")
INCHES = domain("9", "48", "0.03125", "in")
HALVES = domain("0", "10000000", "0.5")
THOUSANDTHS = domain("0", "10000", "0.001")
FINE = domain("0", "2000", "0.025")


@pytest.mark.parametrize(
    ("where", "typed", "number"),
    [
        (WALL, "1.600", "1600"),
        (WALL, "1,600", "1600"),
        (WALL, "1 600", "1600"),
        (WALL, "1\u202f600", "1600"),
        (WALL, "1’600", "1600"),
        (WALL, "1.600,5", "1600.5"),
        (WALL, "1,600.5", "1600.5"),
        (WALL, "1 600,5", "1600.5"),
        (WALL, "150 cm", "1500"),
        (WALL, "1.5m", "1500"),
        (WALL, "1500 mm", "1500"),
        (WALL, "１２００", "1200"),
        (WALL, "23½", "23.5"),
        (WALL, "60 Zoll", "1524"),
        (INCHES, "23 5/8", "23.625"),
        (INCHES, '23 5/8"', "23.625"),
        (INCHES, "23-5/8″", "23.625"),
        (INCHES, "23 5/32", "23.15625"),
        (INCHES, "23⅝ in", "23.625"),
        (INCHES, "635 mm", "25"),
        (domain("0.1", "3", "0.001", "m"), "1.600", "1.6"),
        (domain("0.1", "3", "0.001", "m"), "1,600", "1.6"),
        (domain("0", "10", "0.5", "m2"), "2,5 m²", "2.5"),
    ],
)
def test_a_number_is_read_as_it_is_meant(where: NumberDomain, typed: str, number: str) -> None:
    assert str(read_typed(where, typed)) == number


@pytest.mark.parametrize(
    ("where", "typed", "told"),
    [
        (WALL, "wide", "'wide' is no number"),
        (WALL, "1,2,3", "'1,2,3' is no number"),
        (WALL, "3/0", "'3/0' is no number"),
        (WALL, "5 kg", "'kg' is another unit; give the number in mm"),
        (WALL, "-1", "-1 is outside 0 to 2000 mm; the nearest is 0 mm"),
        (
            WALL,
            "1200.2",
            "1200.2 is no step of 0 to 2000 mm, in steps of 0.5; the nearest are 1200 and 1200.5 mm",
        ),
        (
            WALL,
            '23 5/8"',
            '23 5/8" is no step of 0 to 2000 mm, in steps of 0.5; the nearest are 600 and 600.5 mm',
        ),
        (FINE, "1.200", "'1.200' can be 1200 or 1.2; write 1200 or 1.2"),
        (FINE, "1,125", "'1,125' can be 1125 or 1.125; write 1125 or 1.1250"),
        (domain("0", "9", "1", ""), "3 mm", "'mm' is another unit; give the number without a unit"),
    ],
)
def test_what_is_no_value_is_told_with_the_nearest_or_with_both_readings(
    where: NumberDomain, typed: str, told: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_typed(where, typed)
    assert str(refusal.value) == told


@pytest.mark.parametrize(
    ("locale", "typed", "number"),
    [
        ("de", "1.125", "1125"),
        ("de", "1,125", "1.125"),
        ("en", "1,125", "1125"),
        ("en", "1.125", "1.125"),
        ("de", "1.200", "1200"),
        ("de", "1,200", None),
        ("en", "1.200", None),
        ("fr", "1.200", None),
    ],
)
def test_of_two_possible_readings_the_language_decides_where_it_is_clear(
    locale: str, typed: str, number: str | None
) -> None:
    try:
        found = str(read_typed(FINE, typed, locale))
    except Unreadable as refusal:
        assert refusal.slug == "number-of-two-readings"
        found = None
    assert found == number


def test_what_a_question_says_to_write_is_read_so() -> None:
    for locale in (None, "en", "de", "fr"):
        for typed in ("1.125", "1,125", "1.200", "1,200"):
            try:
                read_typed(FINE, typed, locale)
            except Unreadable as refusal:
                first, second = str(refusal).partition("; write ")[2].split(" or ")
                assert read_typed(FINE, first, locale) in (1125, 1200)
                assert read_typed(FINE, second, locale) in (Decimal("1.125"), Decimal("1.2"))


@given(st.integers(0, 80_000), st.sampled_from([None, "en", "de", "fr", "de-CH"]))
def test_a_number_is_written_in_one_way_that_is_read_back(index: int, locale: str | None) -> None:
    number = FINE.at(index)
    assert is_canonical(canonical(number))
    assert Decimal(canonical(number)) == number
    shown = told_number(number, locale)
    if shown[-4:-3] not in (".", ","):
        assert read_typed(FINE, shown, locale) == number


# One language for each way to write numbers that CLDR knows; EVERY_LOCALE=1 goes through all of
# them.
WRITTEN = ("aa", "af", "as", "az", "eo", "ks", "rm", "to", "bgn", "tok", "ff-Adlm", "en-US-POSIX")
EVERY = (
    sorted(map(str, localedata.locale_identifiers())) if os.environ.get("EVERY_LOCALE") else WRITTEN
)


@pytest.mark.parametrize("locale", EVERY)
def test_what_is_printed_for_any_language_is_read_back(locale: str) -> None:
    locale = locale.replace("_", "-")
    for number in map(Decimal, ("1234.5", "1234567.5", "12.5", "12345", "1234567")):
        assert read_typed(HALVES, counted(number, locale), locale) == number
        assert read_typed(HALVES, told_number(number, locale), locale) == number
    # Of two readings the reader's mark decides.
    if group_sizes(locale)[0] == 3:
        assert read_typed(THOUSANDTHS, counted(Decimal(1234), locale), locale) == 1234


def test_one_number_has_one_spelling() -> None:
    numbers = [WALL.at(2400), Decimal("1200.0"), Decimal("1.2E3")]
    assert {canonical(number) for number in numbers} == {"1200"}
    assert told_measure(Decimal("1200.50"), "m2", "de") == "1200,5 m²"


def test_the_nearest_of_several_runs_are_beside_a_gap() -> None:
    runs = ((Decimal(229), Decimal(609)), (Decimal(700), Decimal(914)))
    assert nearest(runs, Decimal(1), Fraction(650)) == (609, 700)
    assert nearest(runs, Decimal(1), Fraction(2000)) == (914,)
    assert nearest((), Decimal(1), Fraction(1)) == ()
