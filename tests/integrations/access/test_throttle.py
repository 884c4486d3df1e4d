"""How much a credential may ask for."""

import pytest

from integrations.access import throttle
from integrations.access.errors import TooManyRequests


@pytest.fixture
def clock(monkeypatch, settings):
    settings.API_REQUESTS, settings.API_WINDOW_SECONDS = 3, 60
    now = [6000.0]
    monkeypatch.setattr(throttle.time, "time", lambda: now[0])
    return now


def test_each_request_takes_one_from_the_window(clock):
    assert [throttle.spend("key:1").left for _ in range(3)] == [2, 1, 0]


def test_what_is_over_the_limit_is_refused_until_the_next_window(clock):
    clock[0] += 40
    for _ in range(3):
        throttle.refuse_when_spent(throttle.spend("key:1"))
    with pytest.raises(TooManyRequests) as refusal:
        throttle.refuse_when_spent(throttle.spend("key:1"))

    assert refusal.value.data["retry_after"] == 20
    clock[0] += 20
    throttle.refuse_when_spent(throttle.spend("key:1"))


def test_credentials_do_not_spend_each_others(clock):
    throttle.spend("key:1")

    assert throttle.spend("client:1").left == 2


def test_the_headers_tell_limit_rest_and_reset(clock):
    assert throttle.spend("key:1").headers() == {
        "RateLimit-Policy": '"credential";q=3;w=60',
        "RateLimit": '"credential";r=2;t=60',
    }


def test_never_less_than_nothing_is_told_to_be_left(clock):
    for _ in range(5):
        headers = throttle.spend("key:1").headers()

    assert headers["RateLimit"] == '"credential";r=0;t=60'


@pytest.fixture
def timer(clock, monkeypatch, settings):
    settings.API_WORK_SECONDS = 2
    ticks = [0.0]
    monkeypatch.setattr(throttle.time, "monotonic", lambda: ticks[0])
    return ticks


def work(timer, seconds, credential="key:1"):
    headers = throttle.spend(credential).headers()
    with throttle.working(credential, headers):
        timer[0] += seconds
    return headers


def test_hard_calls_are_counted_by_the_time_they_take(timer):
    assert work(timer, 0.2) == {
        "RateLimit-Policy": '"credential";q=3;w=60, "work";q=2;qu="seconds";w=60',
        "RateLimit": '"credential";r=2;t=60, "work";r=1;t=60',
    }
    assert work(timer, 1.7)["RateLimit"].endswith('"work";r=0;t=60')
    assert work(timer, 0.05)["RateLimit"].endswith('"work";r=0;t=60')


def test_hard_calls_beyond_their_time_are_refused_and_no_others(timer):
    work(timer, 2.5)
    headers = {}
    with (
        pytest.raises(TooManyRequests, match="2 seconds of computing"),
        throttle.working("key:1", headers),
    ):
        pytest.fail("it was let in")

    assert headers["RateLimit"] == '"work";r=0;t=60'
    throttle.refuse_when_spent(throttle.spend("key:1"))
    assert work(timer, 0.1, "key:2")


def test_hard_calls_at_once_do_not_get_in_beside_each_other_for_nothing(timer):
    first, second, third = (throttle.working("key:1", {}) for _ in range(3))
    with first, second, pytest.raises(TooManyRequests), third:
        pytest.fail("it was let in")

    assert work(timer, 0.1)


def test_what_a_call_took_counts_though_it_failed(timer):
    with pytest.raises(ZeroDivisionError), throttle.working("key:1", {}):
        timer[0] += 3
        raise ZeroDivisionError
    with pytest.raises(TooManyRequests), throttle.working("key:1", {}):
        pytest.fail("it was let in")
