"""Lines of the log for machines say what they are about."""

import json
import logging

import pytest

from catalog.noting import noted, noting
from configurator_site.logs import JsonLines
from integrations.api.problems import new_request_id


def line(message: str, **given: object) -> dict[str, str]:
    record = logging.LogRecord(
        "catalog", logging.WARNING, "", 0, message, ("größer",), given.get("exc_info")
    )
    told: dict[str, str] = json.loads(JsonLines().format(record))
    return told


def test_a_line_is_an_object_with_the_ids_of_what_is_done():
    with noting(request_id="req_1"), noting(event_id="evt_1"):
        told = line("It is %s.\nNow.")
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "WARNING",
        "logger": "catalog",
        "message": "It is größer.\nNow.",
        "request_id": "req_1",
        "event_id": "evt_1",
    }
    assert noted() == {}


def test_a_traceback_stands_in_the_same_line():
    try:
        raise ValueError("no")
    except ValueError as error:
        told = line("%s", exc_info=(type(error), error, error.__traceback__))
    assert "ValueError: no" in told["exception"]


def test_a_call_of_the_api_has_the_id_of_its_request():
    with noting(request_id="req_0123456789abcdef"):
        assert new_request_id() == "req_0123456789abcdef"
    assert new_request_id() != new_request_id()


@pytest.mark.django_db
def test_every_request_has_an_id_of_its_own(client, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "configurator_site.health._database", lambda: seen.append(noted()["request_id"]) or "ok"
    )
    client.get("/readyz")
    client.get("/readyz")
    assert len(set(seen)) == 2
