"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.webhooks.schedule import PAUSES, is_taken, pause_after, retry_after

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_all_pauses_together_are_three_days_and_some_hours():
    assert sum(PAUSES) == (75 * 60 + 35) * 60 + 5
    assert len(PAUSES) == 9


@pytest.mark.parametrize("step", range(1, 10))
def test_a_pause_is_spread_by_a_fifth(step):
    assert pause_after(step, 0) == timedelta(seconds=PAUSES[step - 1] * 0.8)
    assert pause_after(step, 1) == timedelta(seconds=PAUSES[step - 1] * 1.2)


def test_after_the_last_pause_there_is_none():
    assert pause_after(10, 0.5) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 1),
        ("999999999999", 24 * 3600),
        ("Mon, 02 Nov 2026 09:31:00 GMT", 60),
        ("Mon, 02 Nov 2026 09:00:00 GMT", 1),
        ("Mon, 02 Nov 2027 09:00:00 GMT", 24 * 3600),
    ],
)
def test_a_receiver_says_when_to_come_again(text, seconds):
    assert retry_after(text, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "٣", "Mon, 99 Nov 2026"])
def test_what_says_no_time_says_nothing(text):
    assert retry_after(text, NOW) is None


def test_only_success_is_success():
    assert [
        status for status in (None, 101, 199, 200, 204, 299, 301, 307, 404, 500) if is_taken(status)
    ] == [
        200,
        204,
        299,
    ]
