"""Numbers, money, dates and times as people of a locale write them; what must not move, does not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from catalog.formats import (
    at_home,
    counted,
    in_region,
    percentage,
    separators,
    told_date,
    told_moment,
    written,
)

NOON = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en", "1,234,567.5"),
        (None, "1,234,567.5"),
        ("de", "1.234.567,5"),
        ("de_AT", "1.234.567,5"),
        ("de-CH", "1’234’567.5"),
        ("it-CH", "1’234’567.5"),
        ("fr-CH", "1\u202f234\u202f567,5"),
        ("fr", "1\u202f234\u202f567,5"),
        ("en-IN", "12,34,567.5"),
        ("de-US", "1.234.567,5"),
        ("tlh", "1,234,567.5"),
    ],
)
def test_a_number_is_counted_in_groups_as_the_locale_has_them(
    locale: str | None, told: str
) -> None:
    assert counted(Decimal("1234567.5"), locale) == told


def test_a_number_to_type_again_has_no_groups() -> None:
    assert written("1200.5", "de") == "1200,5"


def test_a_minus_is_a_minus() -> None:
    assert counted(-1200, "en") == "−1,200"


@pytest.mark.parametrize("locale", ["de-CH", "de-LI", "en-CH", "it-CH", "gsw", "rm"])
def test_swiss_thousands_do_not_move(locale: str) -> None:
    assert separators(locale) == ("’", ".")


@pytest.mark.parametrize(
    ("locale", "told"),
    [("en", "8.1%"), ("de", "8,1\u00a0%"), ("fr", "8,1\u00a0%"), ("de-CH", "8.1%")],
)
def test_a_rate_is_told_in_percent(locale: str, told: str) -> None:
    assert percentage(Decimal("8.10"), locale) == told


def test_a_change_in_percent_has_its_sign() -> None:
    assert (
        percentage(Decimal("2.5"), None, signed=True),
        percentage(Decimal(-3), None, signed=True),
    ) == (
        "+2.5%",
        "−3%",
    )


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en", "December 3, 2026"),
        ("en-GB", "3 December 2026"),
        ("de", "3. Dezember 2026"),
        ("fr", "3 décembre 2026"),
    ],
)
def test_a_day_is_written_out(locale: str, told: str) -> None:
    assert told_date(date(2026, 12, 3), locale) == told


@pytest.mark.parametrize(
    ("locale", "zone", "told"),
    [
        ("de", "Europe/Berlin", "3. Dezember 2026, 14:05 MEZ"),
        ("en-GB", "Europe/Berlin", "3 December 2026, 14:05 CET"),
        ("en", "America/New_York", "December 3, 2026, 8:05\u202fAM EST"),
        ("fr", "America/St_Johns", "3 décembre 2026, 09:35 UTC−3:30"),
        ("de", "UTC", "3. Dezember 2026, 13:05 UTC"),
    ],
)
def test_a_moment_is_told_with_its_zone(locale: str, zone: str, told: str) -> None:
    assert told_moment(NOON, ZoneInfo(zone), locale) == told


@pytest.mark.parametrize(
    ("locale", "wanted", "found"),
    [
        ("en", "de", "en-DE"),
        ("en", "de-CH", "en-CH"),
        ("en", "fr", "en-FR"),
        ("en-GB", "de", "en-GB"),
        ("de", "en", "de"),
        ("en", "tlh", "en"),
        ("en", "", "en"),
        ("en", "en-US", "en"),
    ],
)
def test_who_reads_another_language_reads_numbers_as_at_home(
    locale: str, wanted: str, found: str
) -> None:
    assert in_region(locale, wanted) == found


@pytest.mark.parametrize(
    ("locale", "country", "found"),
    [
        ("en", "CA", "en-CA"),
        ("en-US", "CA", "en-CA"),
        ("fr", "CA", "fr-CA"),
        ("en-GB", "US", "en-US"),
        ("de-DE", "CH", "de-CH"),
        ("de", "CA", "de"),
        ("en-US", "DE", "en-US"),
        ("tlh", "CA", "tlh"),
        ("en", "XX", "en"),
        ("en", "", "en"),
    ],
)
def test_languages_of_a_country_are_written_as_there(locale: str, country: str, found: str) -> None:
    assert at_home(locale, country) == found
