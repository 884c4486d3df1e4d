"""What endpoints, events and deliveries look like, field by field."""

from typing import Annotated, Any, Literal

from pydantic import Field

from integrations.api.v1.shapes.answer import Answer


class WebhookOAuth(Answer):
    """Where a token is fetched before events are sent; the secret is never told."""

    token_url: str
    client_id: str
    client_secret: None
    scope: str


class WebhookCertificate(Answer):
    """The certificate that is shown to the receiver; its key is never told."""

    chain: str
    key: None


class WebhookEndpoint(Answer):
    """A URL that is told of events."""

    id: str
    name: str
    address: str
    """Where events are sent to."""
    events: list[str]
    """The kinds of events it is told of; all, where there are none."""
    products: list[str]
    """The products it is told of; all, where there are none."""
    channels: list[str]
    """The sales channels it is told of; all, where there are none."""
    condition: str
    """Only events for which it holds are told; all, where it is empty."""
    headers: dict[str, None]
    """The names of headers that are sent with every event; values are never told."""
    oauth: WebhookOAuth | None
    certificate: WebhookCertificate | None
    payload: Literal["thin", "full"]
    payload_version: str
    """The day whose payloads it is sent."""
    costs: bool
    """Whether it is told of thresholds on margins."""
    asymmetric: bool
    """Whether a signature `v1a` is added."""
    public_key: str | None
    """What verifies `v1a`: `whpk_` and the Ed25519 key in base64."""
    state: Literal["active", "disabled"]
    disabled_because: str
    disabled_at: str | None
    created_at: str
    url: str


class WebhookEndpointMade(WebhookEndpoint):
    """A new endpoint with its secret, which is told this once."""

    secret: str


class WebhookEndpointPage(Answer):
    """Some of the endpoints."""

    data: list[WebhookEndpoint]
    next: str | None


class WebhookSecret(Answer):
    """A new secret of an endpoint, told this once."""

    secret: str
    public_key: str | None
    """What verifies `v1a` from now on, where the endpoint has a key pair."""
    before_until: str | None
    """So long the one before signs beside it."""


class WebhookHealth(Answer):
    """How an endpoint does."""

    state: Literal["active", "disabled"]
    failing_since: str | None
    """Since when it has taken nothing; null while it takes what it is sent."""
    pending: int
    """Deliveries that wait for it."""
    oldest_at: str | None
    """When the oldest of their events happened."""
    taken: int
    """Attempts of the last 24 hours that it took."""
    failed: int
    last_at: str | None
    last_status: int | None
    last_error: str


class WebhookDelivery(Answer):
    """An event on its way to an endpoint."""

    id: str
    event: str
    """The event's id, which is sent as `webhook-id`."""
    type: str
    endpoint: str
    state: Literal["pending", "delivered", "dead", "skipped"]
    """`dead` is given up after the last attempt, `skipped` was not sent since the endpoint was
    disabled.
    """
    tried: int
    """How many attempts were begun."""
    next_at: str | None
    ended_at: str | None
    url: str


class WebhookAttempt(Answer):
    """One try to bring an event to an endpoint."""

    number: int
    at: str
    status: int | None
    """The status it answered; null where no answer came."""
    error: str
    milliseconds: int
    answer: str
    """The first kilobyte of it."""


class WebhookDeliveryWhole(WebhookDelivery):
    """A delivery with all its attempts."""

    attempts: list[WebhookAttempt]


class WebhookDeliveryPage(Answer):
    """Some of the deliveries, the newest first."""

    data: list[WebhookDelivery]
    next: str | None


class WebhookRecovery(Answer):
    """How many events are sent that were missed."""

    events: int


class EventObject(Answer):
    """What an event is about."""

    type: str
    id: str
    sequence: int
    """Counts the events of this object: drop what has a lower number than you know."""


class Event(Answer):
    """A fact that happened, as it is sent to endpoints."""

    id: str
    type: str
    version: int
    timestamp: str
    merchant: str
    object: EventObject
    data: dict[str, Any]
    """What happened, as the schema of its kind says; empty without the scope `pricing:cost` where
    it tells margins.
    """


class EventPage(Answer):
    """Some of the events, the newest first."""

    data: list[Event]
    next: str | None


class EventVersion(Answer):
    """What a kind of event says in one of its versions."""

    version: int
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    example: dict[str, Any]


class EventType(Answer):
    """A kind of event."""

    name: str
    version: int
    told: str
    """When it is sent."""
    can_be_chosen: bool
    """Whether endpoints choose it; others are sent on demand."""
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    """The JSON Schema of what is sent."""
    example: dict[str, Any]
    versions: list[EventVersion]
    """The newest, and those that endpoints pinned to an earlier day are sent."""


class EventTypes(Answer):
    """All kinds of events."""

    data: list[EventType]
