from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from configurator.embed import tokens
from configurator.embed.tokens import Token, read_token, renewed, signed

DESK = Token("joinery", "desk", 3, "retail", "once")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [datetime(2026, 11, 1, tzinfo=UTC).timestamp()]
    monkeypatch.setattr("time.time", lambda: now[0])
    return now


def test_a_token_reads_back() -> None:
    assert read_token(signed(DESK)) == DESK


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "ä:ö:ü"])
def test_what_we_did_not_sign_is_no_token(text: str) -> None:
    assert read_token(text) is None


def test_a_token_with_another_signature_is_no_token() -> None:
    assert read_token(signed(DESK)[:-1] + "!") is None


def test_a_token_is_worth_nothing_after_a_day(clock: list[float]) -> None:
    text = signed(DESK)
    clock[0] += tokens.MOST_SECONDS + 1
    assert read_token(text) is None


def test_a_page_in_use_gets_a_new_token(clock: list[float]) -> None:
    text = signed(DESK)
    clock[0] += timedelta(hours=2).total_seconds()
    younger = renewed(text, DESK)
    clock[0] += timedelta(hours=23).total_seconds()
    assert read_token(text) is None
    assert read_token(younger) == DESK


def test_a_young_token_stays_as_it_is() -> None:
    text = signed(DESK)
    assert renewed(text, DESK) == text


def test_a_token_of_another_page_is_replaced() -> None:
    other = replace(DESK, version=4)
    assert read_token(renewed(signed(DESK), other)) == other
