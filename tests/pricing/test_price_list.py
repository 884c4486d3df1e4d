from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Malformed
from pricing.money import ROUNDING_MODES
from pricing.price_list import read_moment, read_price_list, write_price_list

TERMS = {"key": "retail", "name": "Retail", "currency": "CAD"}


def detail(**changes):
    with pytest.raises(Malformed) as refused:
        read_price_list({**TERMS, **changes})
    return refused.value.data["errors"][0]


def test_amounts_are_rounded_to_the_smallest_unit_unless_the_list_says_otherwise():
    assert read_price_list({**TERMS, "currency": "JPY"}).increment == 1
    assert read_price_list({**TERMS, "rounding_increment": 0.05}).increment == Decimal("0.05")


@given(
    st.fixed_dictionaries(
        {"key": st.just("retail"), "name": st.text(), "currency": st.sampled_from(["CAD", "JPY"])},
        optional={
            "amounts_are": st.sampled_from(["net", "gross"]),
            "shows": st.sampled_from(["net", "gross"]),
            "tax_rate": st.none() | st.integers(0, 100) | st.sampled_from([7.7, 13.5]),
            "tax_label": st.none() | st.fixed_dictionaries({"default": st.text(), "de": st.text()}),
            "rounding_increment": st.none() | st.integers(1, 100),
            "rounding_mode": st.sampled_from(ROUNDING_MODES),
            "rounding_of": st.sampled_from(["line", "total"]),
            "is_default": st.booleans(),
        },
    )
)
def test_written_and_read_again_a_price_list_is_the_same(document):
    price_list = read_price_list(document)
    assert read_price_list(write_price_list(price_list)) == price_list


def test_what_has_its_default_is_not_written():
    assert write_price_list(read_price_list(TERMS)) == TERMS


def test_an_unknown_currency_is_refused_at_its_place():
    assert detail(currency="CAX")["pointer"] == "/currency"
    assert "did you mean" in detail(currency="CAX")["detail"]


def test_an_increment_that_no_coin_can_pay_is_refused():
    assert "JPY" in detail(currency="JPY", rounding_increment=0.05)["detail"]
    assert "not to 0" in detail(rounding_increment=0)["detail"]


@pytest.mark.parametrize("rate", [-1, 101])
def test_a_tax_rate_outside_0_to_100_percent_is_refused(rate):
    assert "percentage" in detail(tax_rate=rate)["detail"]


def test_an_unknown_field_is_refused():
    assert detail(taxrate=19) == {"pointer": "/taxrate", "detail": "there is no such field"}


def test_a_time_with_an_offset_that_no_database_keeps_is_one_of_utc():
    near, far = (read_moment(f"2027-02-08T18:25:39{offset}") for offset in ("-15:59", "-16:00"))
    assert (near.utcoffset(), far.utcoffset()) == (timedelta(hours=-15, minutes=-59), timedelta(0))
    assert far == datetime(2027, 2, 9, 10, 25, 39, tzinfo=UTC)
    with pytest.raises(ValueError, match="before the year 1"):
        read_moment("0001-01-01T00:00:00+23:59")
