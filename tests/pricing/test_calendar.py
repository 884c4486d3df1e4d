"""On which day something is ready."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.calendar import Calendar, CalendarRefused, Schedule, merged, told_ready_on
from pricing.lead_time import compile_lead_time, lead_time
from pricing.models import ClosedDays, WorkCalendar
from pricing.operations import schedule_of
from tests.examples.desk import desk

FRIDAY = date(2026, 12, 18)
HOLIDAYS = ((date(2026, 12, 24), date(2027, 1, 3)),)


def test_days_are_counted_on_working_days_only():
    schedule = Schedule(Calendar(), FRIDAY)
    assert [schedule.ready_on(days) for days in (0, 1, 3)] == [
        FRIDAY,
        date(2026, 12, 21),
        date(2026, 12, 23),
    ]


def test_closed_days_do_not_count():
    assert Schedule(Calendar(closed=HOLIDAYS), FRIDAY).ready_on(4) == date(2027, 1, 4)


def test_what_takes_no_time_is_ready_on_the_next_working_day():
    assert Schedule(Calendar(), date(2026, 12, 19)).ready_on(0) == date(2026, 12, 21)


def test_a_calendar_without_working_days_makes_nothing_ready():
    never = Schedule(Calendar(working_days=()), FRIDAY)
    with pytest.raises(CalendarRefused, match="open it"):
        never.ready_on(0)
    assert told_ready_on(never, 0) is None


def test_closed_days_that_touch_are_one_period():
    first, second = (
        (date(2026, 12, 24), date(2026, 12, 26)),
        (date(2026, 12, 27), date(2026, 12, 31)),
    )
    assert merged([second, first, first]) == ((first[0], second[1]),)


@given(
    st.integers(0, 300),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.sets(st.integers(1, 7), min_size=1),
)
def test_between_today_and_the_day_lie_exactly_so_many_working_days(days, today, week):
    calendar = Calendar(tuple(sorted(week)), HOLIDAYS)
    ready = Schedule(calendar, today).ready_on(days)
    between = (date.fromordinal(each) for each in range(today.toordinal(), ready.toordinal()))
    assert calendar.works_on(ready)
    assert sum(calendar.works_on(each) for each in between) == days


def test_of_lines_of_one_stage_only_the_slowest_counts():
    lines = [
        {"key": "making", "label": "Making", "days": 5},
        {"key": "glass", "label": "Glass", "days": 7, "stage": "parts", "when": "top == glass"},
        {"key": "steel", "label": "Steel", "days": 4.5, "stage": "parts"},
    ]
    compiled = compile_lead_time(desk(lead_time_lines=lines))
    glass, oak = (lead_time(compiled, {"top": top}) for top in ("glass", "oak"))
    assert (glass.days, [line.key for line in glass.lines]) == (12, ["making", "glass"])
    assert (oak.days, [line.key for line in oak.lines]) == (10, ["making", "steel"])


@pytest.mark.django_db
@pytest.mark.database
def test_an_order_after_hours_counts_from_the_next_day_of_the_merchants_own_time(merchant):
    WorkCalendar.objects.create(
        merchant=merchant, time_zone="America/Toronto", order_until=time(12)
    )
    before_noon, after_noon = (
        datetime(2026, 12, 14, 16, tzinfo=UTC),
        datetime(2026, 12, 14, 18, tzinfo=UTC),
    )
    assert schedule_of("joinery", before_noon).today == date(2026, 12, 14)
    assert schedule_of("joinery", after_noon).today == date(2026, 12, 15)


@pytest.mark.django_db
@pytest.mark.database
def test_a_closed_day_that_is_added_holds_at_once(merchant):
    WorkCalendar.objects.create(merchant=merchant)
    monday = datetime(2026, 12, 14, 8, tzinfo=UTC)
    assert schedule_of("joinery", monday).ready_on(1) == date(2026, 12, 15)
    ClosedDays.objects.create(merchant=merchant, first=date(2026, 12, 15))
    assert schedule_of("joinery", monday).ready_on(1) == date(2026, 12, 16)


@pytest.mark.django_db
def test_a_merchant_without_calendar_names_no_day(merchant):
    assert schedule_of("joinery") is None
