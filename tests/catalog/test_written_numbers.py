"""Numbers as people write them, and what is none."""

from decimal import Decimal

import pytest

from catalog.written_numbers import NotANumber, decimal_mark, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50 €", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50\u00a0€", "1234.50"),
        ("1'234.50", "1234.50"),
        ("CHF 48.90", "48.90"),
        ("−5", "-5"),
        ("-€5", "-5"),
        ("1,234,567", "1234567"),
        ("0,125", "0.125"),
        ("12", "12"),
        (",5", "0.5"),
    ],
)
def test_what_can_only_be_one_number_is_read(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["10-20", "12/4", "n/a", "1.2.3", "10 20", "5 %", "", "=3", "1e3", "12 kg", "1,2,3"]
)
def test_what_is_no_single_number_is_refused(text):
    with pytest.raises(NotANumber, match="is no amount"):
        read_number(text)


def test_what_may_be_two_numbers_is_asked():
    with pytest.raises(NotANumber, match=r"may be 1.234 or 1234; say which mark"):
        read_number("1.234")
    assert read_number("1.234", ",") == 1234
    assert read_number("1.234", ".") == Decimal("1.234")


def test_a_number_against_the_mark_of_its_column_is_refused():
    with pytest.raises(NotANumber, match="with a comma here"):
        read_number("12.5", ",")


def test_the_others_in_a_column_tell_the_mark():
    assert decimal_mark(["1.234", "12", "48,90"]) == ","
    assert decimal_mark(["1,234", "12", "48.90"]) == "."
    assert decimal_mark(["1.234", "12"]) is None
    assert decimal_mark(["1,5", "1.5"]) is None
