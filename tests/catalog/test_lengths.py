"""Lengths in another unit than their own: exact or marked, and read back as the number they are
shown for.
"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Unreadable
from catalog.lengths import ABOUT, converted, unit_wanted, written_fraction
from catalog.numbers import number_typed, read_typed, told_shown, told_shown_measure
from catalog.product_model import LENGTH_UNITS, NumberDomain
from catalog.units import unit_named

WALL = NumberDomain(Decimal(200), Decimal(1200), Decimal(1), "mm")


@pytest.mark.parametrize(
    ("number", "own", "wanted", "told"),
    [
        ("600", "mm", "", "600 mm"),
        ("600", "mm", "mm", "600 mm"),
        ("600.5", "mm", "cm", "60,05 cm"),
        ("600.5", "mm", "m", "0,6005 m"),
        ("600", "mm", "in", "≈ 23 5/8 in"),
        ("635", "mm", "in", "25 in"),
        ("12.7", "mm", "in", "1/2 in"),
        ("-603", "mm", "in", "≈ -23 3/4 in"),
        ("0.1", "mm", "in", "≈ 0 in"),
        ("0", "mm", "in", "0 in"),
        ("23.15625", "in", "", "23,15625 in"),
        ("23.15625", "in", "in", "23 5/32 in"),
        ("23.1", "in", "in", "23,1 in"),
        ("23.5", "in", "mm", "596,9 mm"),
        ("23.15625", "in", "mm", "≈ 588,2 mm"),
        ("23.15625", "in", "m", "≈ 0,5882 m"),
        ("2.5", "ft", "in", "30 in"),
        ("2.5", "kg", "in", "2,5 kg"),
        ("3", "", "in", "3"),
    ],
)
def test_a_length_is_told_exactly_or_marked(number: str, own: str, wanted: str, told: str) -> None:
    assert told_shown_measure(Decimal(number), own, wanted, "de") == told


@pytest.mark.parametrize(
    ("typed", "wanted", "number"),
    [
        ("23 3/4", "in", "603"),
        ('23 3/4"', "in", "603"),
        ("≈ 23 3/4", "in", "603"),
        ("603 mm", "in", "603"),
        ("60,3 cm", "in", "603"),
        ("25", "in", "635"),
        ("60.3", "cm", "603"),
        ("0.603", "m", "603"),
        ("603", "", "603"),
    ],
)
def test_what_is_typed_without_a_unit_is_in_the_shown_one(
    typed: str, wanted: str, number: str
) -> None:
    assert read_typed(WALL, typed, "en", wanted) == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "wanted"), [("603", "in"), ("23 25/64", "in"), ('23 3/4"', "mm"), ("60.25", "cm")]
)
def test_what_is_shown_for_no_number_is_refused(typed: str, wanted: str) -> None:
    with pytest.raises(Unreadable):
        read_typed(WALL, typed, "en", wanted)


def test_a_refused_number_is_near_to_others_in_the_shown_unit() -> None:
    assert number_typed(WALL, "23 3/4", "in") == Fraction("603.25")
    assert number_typed(WALL, "24 cm", "in") == 240


def test_the_first_unit_offered_is_shown_until_another_one_is_asked_for() -> None:
    assert [unit_wanted(("in", "mm"), asked) for asked in ("", "mm", "km")] == ["in", "mm", "in"]
    assert unit_wanted((), "mm") == ""


@given(st.fractions(-2000, 2000, max_denominator=64))
def test_a_fraction_is_written_as_rulers_have_it_or_not_at_all(number: Fraction) -> None:
    written = written_fraction(number)
    assert (written is None) == (64 % number.denominator != 0)
    if written is not None:
        sign = -1 if written.startswith("-") else 1
        assert sign * sum(map(Fraction, written.removeprefix("-").split())) == number


def domains() -> st.SearchStrategy[NumberDomain]:
    """Return a strategy of number domains of any unit and step."""
    steps = st.sampled_from(["0.01", "0.03125", "0.1", "0.5", "1", "2.5", "7", "100"]).map(Decimal)
    firsts = st.integers(-50_000, 50_000).map(lambda hundredths: Decimal(hundredths) / 100)
    units = st.sampled_from(["mm", "cm", "dm", "m", "km", "in", "inch", "ft", "kg", "", "pieces"])
    return st.builds(
        lambda first, step, count, unit: NumberDomain(first, first + count * step, step, unit),
        firsts,
        steps,
        st.integers(0, 5_000),
        units,
    )


@given(
    domains(),
    st.data(),
    st.sampled_from(["", *LENGTH_UNITS]),
    st.sampled_from(["en", "de", "fr", "de-CH"]),
)
def test_what_is_shown_is_near_and_is_read_as_a_number_that_is_shown_so(
    domain: NumberDomain, data: st.DataObject, wanted: str, locale: str
) -> None:
    number = domain.at(data.draw(st.integers(0, len(domain) - 1)))
    shown = told_shown(number, domain.unit, wanted, locale)
    found = read_typed(domain, shown, locale, wanted)
    assert told_shown(found, domain.unit, wanted, locale) == shown
    if ABOUT not in shown:
        assert found == number


@given(
    st.decimals(-5_000, 5_000, places=3),
    st.sampled_from(["mm", "cm", "m", "in", "ft"]),
    st.sampled_from(LENGTH_UNITS),
)
def test_what_is_marked_is_off_by_less_than_half_a_millimetre(
    number: Decimal, own: str, unit: str
) -> None:
    shown = converted(Fraction(number), own, unit)
    off = abs(shown.number * unit_named(unit).factor - Fraction(number) * unit_named(own).factor)
    assert off <= Fraction("0.0004") and (off == 0) == shown.is_exact
