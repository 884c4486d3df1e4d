"""When something is ready: working days counted on a merchant's calendar."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from catalog.errors import Refusal

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
# How far ahead a day is looked for, in calendar days.
MAX_AHEAD = 40_000


class CalendarRefused(Refusal):
    """A calendar on which nothing is ever ready."""

    slug = "calendar-refused"
    title = "The calendar has no working days"


@dataclass(frozen=True)
class Calendar:
    """On which days of the week work is done (1 is Monday, 7 Sunday), and when it is not: first and
    last closed day.
    """

    working_days: tuple[int, ...] = MONDAY_TO_FRIDAY
    closed: tuple[tuple[date, date], ...] = ()

    def works_on(self, day: date) -> bool:
        """Return whether work is done on `day`."""
        return day.isoweekday() in self.working_days and not any(
            first <= day <= last for first, last in self.closed
        )


@dataclass(frozen=True)
class Schedule:
    """A calendar seen from a day: `today` is the day on which an order arrives, or the next where
    it is too late.

    `until` is the moment after which an order is ready later, where there is a last hour; `zone` is
    the merchant's.
    """

    calendar: Calendar
    today: date
    until: datetime | None = field(default=None, compare=False)
    zone: tzinfo = field(default=UTC, compare=False)
    _known: dict[int, date] = field(default_factory=dict, repr=False, compare=False)

    def ready_on(self, days: int) -> date:
        """Return the day on which what takes `days` working days is ready.

        What takes none is ready today if work is done today, else on the next working day; each day
        after that one counts on which work is done. Refuses with CalendarRefused where there are
        not so many in a hundred years.
        """
        if days not in self._known:
            left = days
            for ahead in range(MAX_AHEAD):
                day = self.today + timedelta(days=ahead)
                if self.calendar.works_on(day):
                    if not left:
                        self._known[days] = day
                        break
                    left -= 1
            else:
                raise CalendarRefused(
                    f"The calendar has no {days} working days in the next hundred years; open it on some day."
                )
        return self._known[days]


def schedule_at(
    calendar: Calendar, now: datetime, zone: tzinfo, order_until: time | None
) -> Schedule:
    """Return `calendar` as seen at `now` in `zone`, where orders after `order_until` count from the
    next day on.
    """
    here = now.astimezone(zone)
    is_late = order_until is not None and here.time() > order_until
    today = here.date() + timedelta(days=1 if is_late else 0)
    if order_until is None:
        return Schedule(calendar, today, zone=zone)
    counts = (today + timedelta(days=ahead) for ahead in range(MAX_AHEAD))
    last = next((day for day in counts if calendar.works_on(day)), None)
    until = None if last is None else datetime.combine(last, order_until, zone)
    return Schedule(calendar, today, until, zone)


def told_ready_on(schedule: Schedule | None, days: int | None) -> date | None:
    """Return when what takes `days` is ready; None without a schedule, without days, or where it
    never is.
    """
    if schedule is None or days is None:
        return None
    try:
        return schedule.ready_on(days)
    except (CalendarRefused, OverflowError):
        return None


def merged(periods: Collection[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Return closed periods in order, those that touch as one."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(periods):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)
