"""Every kind of event: its name and version, when it is sent, what it says as a JSON Schema, and an example.

The documentation, the API, the administration and the tests read it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

type Money = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
type Choice = str | bool | int | float | list[str]

SITE = "https://configurator.example"
TIME = "2026-11-02T09:30:00+00:00"


def _untitled(schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)


class Said(BaseModel):
    """A JSON object of an event. Fields may be added within a version; receivers pass over those they do not know."""

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
    valid_from: str
    expires_at: str


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


@dataclass(frozen=True)
class EventKind:
    """One kind of event. `is_chosen` says that endpoints choose it; others are sent to one endpoint on demand."""

    name: str
    version: int
    object: str
    told: str
    said: type[Said]
    example: Mapping[str, Any]
    is_chosen: bool = True

    def whole_example(self) -> dict[str, Any]:
        """Return an example of all that is sent."""
        data = dict(self.example)
        return {
            "id": "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
            "type": self.name,
            "version": self.version,
            "timestamp": TIME,
            "merchant": "joinery",
            "object": {"type": self.object, "id": data.get("id") or data.get("key") or "", "sequence": 3},
            "data": data,
        }

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of all that is sent."""
        said = self.said.model_json_schema()
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
_COMPLETED = {**_CONFIGURATION, "state": "completed", "revision": 3, "quote": "eyJhbGciOi…", "completed_at": TIME}


def _of_configuration(name: str, told: str, example: Mapping[str, Any]) -> EventKind:
    return EventKind(f"configuration.{name}", 1, "configuration", told, ConfigurationSaid, example)


KINDS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        _of_configuration("created", "A configuration is stored for the first time.", _CONFIGURATION),
        _of_configuration(
            "updated",
            "Choices or quantity of a stored configuration change, or its price is set by hand.",
            {**_CONFIGURATION, "revision": 2},
        ),
        _of_configuration(
            "completed", "A configuration is completed: it can be ordered and does not change any more.", _COMPLETED
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
            {
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
                "valid_from": TIME,
                "expires_at": "2026-12-02T09:30:00+00:00",
            },
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
    )
}


@cache
def chosen() -> tuple[EventKind, ...]:
    """Return the kinds of events that endpoints choose from."""
    return tuple(kind for kind in KINDS.values() if kind.is_chosen)
