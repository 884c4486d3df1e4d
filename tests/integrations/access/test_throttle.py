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
