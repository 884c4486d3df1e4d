"""An endpoint is told only of what it wants, as of the day it is pinned to."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.errors import Malformed
from integrations.webhooks import catalogue
from integrations.webhooks.catalogue import KINDS, Earlier
from integrations.webhooks.conditions import ConditionRefused
from integrations.webhooks.delivery import body_of
from integrations.webhooks.models import Event
from integrations.webhooks.operations import recover
from integrations.webhooks.outbox import record

pytestmark = [pytest.mark.database, pytest.mark.django_db]

EVENTS = ["configuration.created"]


def happens(
    shop: Any, number: int, total: str = "1200.00", channel: str | None = "web", **choices: Any
) -> None:
    data = {
        "id": f"c{number}",
        "product": "desk",
        "version": 1,
        "total": total,
        "channel": channel,
        "choices": choices,
    }
    record(shop, "configuration.created", f"c{number}", data, "desk")


def heard(hearing: Any, name: str = "erp") -> list[str]:
    hearing.goes_on()
    return sorted(each["object"]["id"] for each in hearing.sent.get(name, []))


def test_only_what_the_condition_holds_for_is_told(shop, hearing, endpoint_of):
    endpoint_of(shop, events=EVENTS, condition="total > 1000")
    happens(shop, 1)
    happens(shop, 2, total="999.99")
    assert heard(hearing) == ["c1"]
    assert Event.objects.count() == 1


def test_a_condition_reads_the_options_of_the_products_that_are_named(shop, hearing, endpoint_of):
    endpoint_of(shop, events=EVENTS, products=["desk"], condition="frame is oak")
    happens(shop, 1, frame="oak")
    happens(shop, 2, frame="steel")
    assert heard(hearing) == ["c1"]


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ({"events": EVENTS, "condition": "totla > 1"}, ConditionRefused),
        ({"events": EVENTS, "condition": "total +"}, ConditionRefused),
        ({"events": EVENTS, "condition": "total"}, ConditionRefused),
        ({"events": [*EVENTS, "product.published"], "condition": "total > 1"}, ConditionRefused),
        (
            {"events": ["quote.created"], "products": ["desk"], "condition": "frame is oak"},
            ConditionRefused,
        ),
        ({"events": [], "condition": "total > 1"}, Malformed),
        ({"events": EVENTS, "condition": f"total > {'1' * 1000}"}, Malformed),
        ({"payload_version": "1999-01-01"}, Malformed),
    ],
)
def test_what_cannot_be_asked_of_every_chosen_event_is_refused(shop, endpoint_of, wish, refused):
    with pytest.raises(refused):
        endpoint_of(shop, **wish)


def test_a_condition_that_cannot_be_read_any_more_keeps_nothing_back(
    shop, hearing, endpoint_of, caplog
):
    endpoint = endpoint_of(shop, events=EVENTS, condition="total > 1000")
    endpoint.condition = "gone is oak"
    endpoint.save()
    happens(shop, 1)
    assert heard(hearing) == ["c1"]
    assert "is passed over" in caplog.text


def test_channels_are_chosen_and_what_has_none_by_its_nature_is_told(shop, hearing, endpoint_of):
    endpoint_of(shop, channels=["web"])
    happens(shop, 1)
    happens(shop, 2, channel="dealers")
    happens(shop, 3, channel=None)
    record(shop, "product.published", "p1", {"key": "desk"}, "desk")
    assert heard(hearing) == ["c1", "p1"]


def test_what_is_recovered_passes_the_same_filters(shop, hearing, endpoint_of):
    endpoint_of(shop, "all")
    began = hearing.moment
    happens(shop, 1)
    happens(shop, 2, total="5.00")
    erp = endpoint_of(shop, events=EVENTS, condition="total > 1000")
    assert recover(erp, began) == 1
    assert heard(hearing) == ["c1"]


# -- payload versions


@pytest.fixture
def renamed(monkeypatch):
    """A release after this one, in which a test says `text` where it said `message`."""

    def back(data: Any) -> dict[str, Any]:
        return {"endpoint": data["endpoint"], "message": data["text"]}

    old = KINDS["endpoint.test"]
    new = replace(old, version=2, earlier=(Earlier(1, "2027-03-01", old.said, old.example, back),))
    monkeypatch.setitem(KINDS, "endpoint.test", new)
    monkeypatch.setattr(catalogue, "PAYLOAD_VERSIONS", ["2026-11-29", "2027-03-01"])
    return new


def test_an_endpoint_is_told_as_of_the_day_it_is_pinned_to(shop, renamed, endpoint_of):
    endpoint = endpoint_of(shop)
    event = record(
        shop, "endpoint.test", "e", {"endpoint": "e", "text": "It works."}, only=endpoint
    )
    assert event.version == 2
    assert b'"version":1' in body_of(event, endpoint) and b'"message":"It works."' in body_of(
        event, endpoint
    )
    endpoint.payload_version = "2027-03-01"
    assert b'"version":2' in body_of(event, endpoint) and b'"text":"It works."' in body_of(
        event, endpoint
    )


def test_an_event_of_before_the_release_is_told_as_it_was_written(shop, renamed, endpoint_of):
    endpoint = endpoint_of(shop)
    event = record(
        shop, "endpoint.test", "e", {"endpoint": "e", "message": "It works."}, only=endpoint
    )
    event.version = 1
    assert b'"message":"It works."' in body_of(event, endpoint)


def test_a_kind_tells_each_of_its_versions(renamed):
    assert [each.version for each in renamed.versions()] == [2, 1]
    assert renamed.at("2026-11-29").version == 1 and renamed.at("2027-03-01").version == 2
    assert all(
        each.schema()["properties"]["version"]["const"] == each.version
        for each in renamed.versions()
    )
