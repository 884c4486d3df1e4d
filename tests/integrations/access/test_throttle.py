"""How much a caller may ask for."""

import pytest

from catalog import limits
from catalog.limits import TooManyRequests, headers_of, refuse_when_spent
from integrations.access import throttle

HERE = "203.0.113.7"


@pytest.fixture
def clock(monkeypatch, settings):
    settings.API_REQUESTS, settings.API_WINDOW_SECONDS = 3, 60
    settings.API_ADDRESS_REQUESTS = 0
    now = [6000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def spend(credential="key:1", address=HERE, kind=throttle.READ):
    return throttle.spend(credential, address, kind)


def test_each_request_takes_one_from_the_window(clock):
    assert [spend()[0].left for _ in range(3)] == [2, 1, 0]


def test_what_is_over_the_limit_is_refused_until_the_next_window(clock):
    clock[0] += 40
    for _ in range(3):
        refuse_when_spent(spend())
    with pytest.raises(TooManyRequests, match="limit 'read'") as refusal:
        refuse_when_spent(spend())

    assert refusal.value.data == {"retry_after": 20, "limit": "read"}
    clock[0] += 20
    refuse_when_spent(spend())


def test_credentials_do_not_spend_each_others(clock):
    spend("key:1")

    assert spend("client:1")[0].left == 2


def test_a_class_that_is_used_up_leaves_the_others(clock):
    for _ in range(4):
        spend(kind=throttle.EVALUATE)

    assert [spend(kind=each)[0].left for each in ("evaluate", "read", "write")] == [-2, 2, 2]


def test_what_begins_work_beside_the_request_has_fewer(clock, settings):
    settings.API_HEAVY_REQUESTS = 1

    assert spend(kind=throttle.HEAVY)[0].left == 0


def test_an_address_has_a_limit_whatever_keys_it_uses(clock, settings):
    settings.API_ADDRESS_REQUESTS = 2
    for number in range(2):
        refuse_when_spent(spend(f"key:{number}"))
    with pytest.raises(TooManyRequests, match="limit 'address'"):
        refuse_when_spent(spend("key:9"))

    refuse_when_spent(spend("key:9", "203.0.113.8"))
    refuse_when_spent(spend("key:9", None))


def test_the_headers_tell_limit_rest_and_reset(clock, settings):
    settings.API_ADDRESS_REQUESTS = 5
    assert headers_of(spend()) == {
        "RateLimit-Policy": '"read";q=3;w=60, "address";q=5;w=60',
        "RateLimit": '"read";r=2;t=60, "address";r=4;t=60',
    }


def test_never_less_than_nothing_is_told_to_be_left(clock):
    for _ in range(5):
        headers = headers_of(spend())

    assert headers["RateLimit"] == '"read";r=0;t=60'


@pytest.fixture
def timer(clock, monkeypatch, settings):
    settings.API_WORK_SECONDS = 2
    ticks = [0.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: ticks[0])
    return ticks


def work(timer, seconds, credential="key:1"):
    headers = headers_of(spend(credential))
    with throttle.working(credential, headers):
        timer[0] += seconds
    return headers


def test_hard_calls_are_counted_by_the_time_they_take(timer):
    assert work(timer, 0.2) == {
        "RateLimit-Policy": '"read";q=3;w=60, "work";q=2;qu="seconds";w=60',
        "RateLimit": '"read";r=2;t=60, "work";r=1;t=60',
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
    refuse_when_spent(spend())
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


def test_what_a_call_gives_back_in_the_next_window_lets_nobody_in(timer, clock):
    with throttle.working("key:1", {}):
        clock[0] += 60
        spend()
        with throttle.working("key:1", {}):
            timer[0] += 2
    with pytest.raises(TooManyRequests), throttle.working("key:1", {}):
        pytest.fail("it was let in")


class Broken:
    away = (OSError,)
    asked = 0

    def add(self, charges):
        Broken.asked += 1
        raise OSError("no route to host")


def test_while_the_place_of_counting_is_away_each_process_counts(clock, settings, monkeypatch):
    monkeypatch.setattr(limits, "_away", [0.0])
    settings.COUNTERS = f"{__name__}.Broken"
    monkeypatch.setattr(limits, "_counters", lambda path: Broken())

    assert [spend()[0].left for _ in range(3)] == [2, 1, 0]
    # It is not waited for with every request.
    assert Broken.asked == 1
