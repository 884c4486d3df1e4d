"""Every kind of event: its name and version, when it is sent, what it says as a JSON Schema, and an
example.

The documentation, the API, the administration and the tests read it from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.schema_texts import schema_of

type Money = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
type Choice = str | bool | int | float | list[str]

SITE = "https://configurator.example"
TIME = "2026-11-02T09:30:00+00:00"

PAYLOAD_VERSIONS: list[str] = ["2026-11-29"]
"""Days since which payloads are as they are, the newest last. An endpoint is sent those of the day
it is pinned to.
"""


def _untitled(schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)


class Said(BaseModel):
    """A JSON object of an event. Fields may be added within a version; receivers pass over those
    they do not know.
    """

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra=_untitled)


class ConfigurationSaid(Said):
    """A stored configuration as it is after what happened."""

    id: str
    product: str
    version: int
    state: Literal["open", "completed"]
    revision: int
    quantity: int
    locale: str
    price_list: str
    channel: str | None = None
    """The sales channel that the buyer came by, where one was named."""
    currency: str
    total: Money | None
    """The price of all pieces; null where there is none, or it is on request."""
    fingerprint: str
    """Equal fingerprint, equal product and price inputs: version and values."""
    choices: dict[str, Choice]
    """By option; those on options that shoppers never see are left out."""
    quote: str | None
    """The signed price, once the configuration is completed."""
    created_at: str
    changed_at: str
    completed_at: str | None
    url: str
    """Where the API tells all of it."""
    price: dict[str, Any] | None = None
    """The price line by line. Only in full payloads, and where it is not too large."""
    bom: list[dict[str, Any]] | None = None
    """The parts list. Only in full payloads, and where it is not too large."""


class QuoteSaid(Said):
    """A signed price that was given to somebody."""

    id: str
    """The jti of the token."""
    token: str
    product: str
    version: int
    configuration: str | None
    """The stored configuration that it is the price of."""
    quantity: int
    currency: str
    total: Money
    amounts_are: Literal["net", "gross"]
    price_list: str
    channel: str | None = None
    """The sales channel that the buyer came by, where one was named."""
    valid_from: str
    expires_at: str
    url: str
    """Where the API tells what has become of it."""


class QuoteAcceptedSaid(QuoteSaid):
    """A quote that was accepted while it held."""

    accepted_at: str


class ThresholdSaid(Said):
    """A price that passed one of the merchant's thresholds when its configuration was completed."""

    configuration: str
    product: str
    key: str
    name: str
    measure: str
    limit: Money
    currency: str | None
    measured: Money
    url: str
    """Where the API tells the configuration."""


class PriceListSaid(Said):
    """A price list of which terms or amounts changed. Changes within five seconds are one event."""

    key: str
    currency: str
    revision: int
    deleted: bool
    url: str


class ProductSaid(Said):
    """A product of which a version was published."""

    key: str
    name: str
    version: int
    digest: str
    note: str
    published_at: str
    url: str


class RetiredSaid(Said):
    """A product that is not sold any more."""

    key: str
    name: str
    version: int
    """The newest one."""
    retired_at: str
    url: str


class EndpointSaid(Said):
    """An endpoint that gets nothing any more, told to the merchant's others."""

    id: str
    name: str
    reason: str
    disabled_at: str


class TestSaid(Said):
    """Sent when somebody asks for it, to see whether an endpoint takes what it is sent."""

    endpoint: str
    message: str


class CalledSaid(Said):
    """An automation that calls an endpoint as one of its steps."""

    automation: str
    name: str
    run: str
    step: int
    """Which of its steps it is, the first being 1."""
    event: dict[str, Any]
    """The whole event that set it off, as endpoints that are told of it are sent it."""


@dataclass(frozen=True)
class Earlier:
    """What a kind of event said before a payload version: sent to endpoints that are pinned to an
    earlier day.

    `back` returns the data of this version from that of the next one.
    """

    version: int
    before: str
    said: type[Said]
    example: Mapping[str, Any]
    back: Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class EventKind:
    """One kind of event. `is_chosen` says that endpoints choose it; others are sent to one endpoint
    on demand.

    `earlier` are the versions before, the newest first; each stays as long as an endpoint may be
    pinned to its day.
    """

    name: str
    version: int
    object: str
    told: str
    said: type[Said]
    example: Mapping[str, Any]
    is_chosen: bool = True
    earlier: tuple[Earlier, ...] = ()

    @property
    def tells_choices(self) -> bool:
        """Whether its events say what was chosen, so that conditions read the options of the
        product.
        """
        return "choices" in self.said.model_fields

    def at(self, day: str) -> "EventKind":
        """Return the kind as it is told to endpoints that are pinned to `day`."""
        known = [each for each in self.earlier if day < each.before]
        if not known:
            return self
        oldest = known[-1]
        return replace(
            self, version=oldest.version, said=oldest.said, example=oldest.example, earlier=()
        )

    def versions(self) -> list["EventKind"]:
        """Return the kind in each of its versions, the newest first."""
        before = (
            replace(self, version=each.version, said=each.said, example=each.example, earlier=())
            for each in self.earlier
        )
        return [self, *before]

    def data_at(
        self, day: str, version: int, data: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, Any]]:
        """Return version and data of an event, written as `version`, for an endpoint that is pinned
        to `day`.
        """
        for each in self.earlier:
            if day < each.before and each.version < version:
                version, data = each.version, each.back(data)
        return version, data

    def whole_example(self) -> dict[str, Any]:
        """Return an example of all that is sent."""
        data = dict(self.example)
        return {
            "id": "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
            "type": self.name,
            "version": self.version,
            "timestamp": TIME,
            "merchant": "joinery",
            "object": {
                "type": self.object,
                "id": data.get("id") or data.get("key") or "",
                "sequence": 3,
            },
            "data": data,
        }

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of all that is sent."""
        said = schema_of(self.said)
        parts = said.pop("$defs", {})
        text = {"type": "string"}
        known = {
            "id": {**text, "pattern": "^evt_"},
            "type": {"const": self.name},
            "version": {"const": self.version},
            "timestamp": {**text, "format": "date-time"},
            "merchant": text,
            "object": {
                "type": "object",
                "properties": {
                    "type": {"const": self.object},
                    "id": text,
                    "sequence": {"type": "integer", "minimum": 1},
                },
                "required": ["type", "id", "sequence"],
            },
            "data": said,
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.told,
            "type": "object",
            "properties": known,
            "required": list(known),
            **({"$defs": parts} if parts else {}),
        }


_CONFIGURATION = {
    "id": "Vb3kq0Zt9mRr2XyLw1sPdA",
    "product": "desk",
    "version": 4,
    "state": "open",
    "revision": 1,
    "quantity": 2,
    "locale": "de",
    "price_list": "retail",
    "channel": "web",
    "currency": "EUR",
    "total": "1296.00",
    "fingerprint": "5f0c2ab19d3e7746",
    "choices": {"frame": "steel", "top": "glass", "width": 1600},
    "quote": None,
    "created_at": TIME,
    "changed_at": TIME,
    "completed_at": None,
    "url": f"{SITE}/api/v1/configurations/Vb3kq0Zt9mRr2XyLw1sPdA",
}
_COMPLETED = {
    **_CONFIGURATION,
    "state": "completed",
    "revision": 3,
    "quote": "eyJhbGciOi…",
    "completed_at": TIME,
}


_QUOTE = {
    "id": "m3Vx8cQyR1uT0aZbKfWs2g",
    "token": "eyJhbGciOi…",
    "product": "desk",
    "version": 4,
    "configuration": "Vb3kq0Zt9mRr2XyLw1sPdA",
    "quantity": 2,
    "currency": "EUR",
    "total": "1296.00",
    "amounts_are": "gross",
    "price_list": "retail",
    "channel": "web",
    "valid_from": TIME,
    "expires_at": "2026-12-02T09:30:00+00:00",
    "url": f"{SITE}/api/v1/quotes/m3Vx8cQyR1uT0aZbKfWs2g",
}


def _of_configuration(name: str, told: str, example: Mapping[str, Any]) -> EventKind:
    return EventKind(f"configuration.{name}", 1, "configuration", told, ConfigurationSaid, example)


KINDS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        _of_configuration(
            "created", "A configuration is stored for the first time.", _CONFIGURATION
        ),
        _of_configuration(
            "updated",
            "Choices or quantity of a stored configuration change, or its price is set by hand.",
            {**_CONFIGURATION, "revision": 2},
        ),
        _of_configuration(
            "completed",
            "A configuration is completed: it can be ordered and does not change any more.",
            _COMPLETED,
        ),
        _of_configuration(
            "expired",
            "An open configuration has had its prices for as long as they hold; its next change has those of the day.",
            _CONFIGURATION,
        ),
        EventKind(
            "quote.created",
            1,
            "quote",
            "A signed price is given, also when a configuration is completed.",
            QuoteSaid,
            _QUOTE,
        ),
        EventKind(
            "quote.accepted",
            1,
            "quote",
            "A quote is accepted while it holds; told once, however often that is repeated.",
            QuoteAcceptedSaid,
            {**_QUOTE, "accepted_at": "2026-11-05T14:12:00+00:00"},
        ),
        EventKind(
            "quote.expired",
            1,
            "quote",
            "A quote has ended without being accepted.",
            QuoteSaid,
            _QUOTE,
        ),
        EventKind(
            "price.threshold_reached",
            1,
            "configuration",
            "A configuration is completed at a price that passes a threshold. Margins go to endpoints that see costs.",
            ThresholdSaid,
            {
                "configuration": "Vb3kq0Zt9mRr2XyLw1sPdA",
                "product": "desk",
                "key": "large_orders",
                "name": "Large orders",
                "measure": "total_over",
                "limit": "1000",
                "currency": "EUR",
                "measured": "1296.00",
                "url": f"{SITE}/api/v1/configurations/Vb3kq0Zt9mRr2XyLw1sPdA",
            },
        ),
        EventKind(
            "price_list.changed",
            1,
            "price_list",
            "Terms or amounts of a price list change, or it is deleted.",
            PriceListSaid,
            {
                "key": "retail",
                "currency": "EUR",
                "revision": 12,
                "deleted": False,
                "url": f"{SITE}/api/v1/price-lists/retail",
            },
        ),
        EventKind(
            "product.published",
            1,
            "product",
            "A version of a product is published.",
            ProductSaid,
            {
                "key": "desk",
                "name": "Desk",
                "version": 4,
                "digest": "f5413486a95b90ba7911d336f8d2ff16",
                "note": "Glass in two thicknesses",
                "published_at": TIME,
                "url": f"{SITE}/api/v1/products/desk?version=4",
            },
        ),
        EventKind(
            "product.retired",
            1,
            "product",
            "A product is taken off sale. What was completed or quoted before stays.",
            RetiredSaid,
            {
                "key": "desk",
                "name": "Desk",
                "version": 4,
                "retired_at": TIME,
                "url": f"{SITE}/api/v1/products/desk?version=4",
            },
        ),
        EventKind(
            "endpoint.disabled",
            1,
            "endpoint",
            "Another endpoint of yours was disabled, since it is gone or failed for five days.",
            EndpointSaid,
            {
                "id": "whe_9mRr2XyLw1sPdAVb3kq0Zt",
                "name": "ERP",
                "reason": "It answered 410: it is gone.",
                "disabled_at": TIME,
            },
        ),
        EventKind(
            "endpoint.test",
            1,
            "endpoint",
            "Sent to one endpoint when somebody asks for a test, and when it is enabled again.",
            TestSaid,
            {"endpoint": "whe_9mRr2XyLw1sPdAVb3kq0Zt", "message": "It works."},
            is_chosen=False,
        ),
        EventKind(
            "automation.called",
            1,
            "automation_run",
            "An automation calls this endpoint. An endpoint that is told of nothing else has this one alone.",
            CalledSaid,
            {
                "automation": "aut_sPdA9mRr2XyLw1Vb3kq0Zt",
                "name": "Large orders to the workshop",
                "run": "run_0Zt9mRr2XyLw1sPdAVb3kq",
                "step": 2,
                "event": {
                    "id": "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
                    "type": "configuration.completed",
                    "version": 1,
                    "timestamp": TIME,
                    "merchant": "joinery",
                    "object": {
                        "type": "configuration",
                        "id": "Vb3kq0Zt9mRr2XyLw1sPdA",
                        "sequence": 3,
                    },
                    "data": _COMPLETED,
                },
            },
        ),
    )
}


@cache
def chosen() -> tuple[EventKind, ...]:
    """Return the kinds of events that endpoints choose from."""
    return tuple(kind for kind in KINDS.values() if kind.is_chosen)
