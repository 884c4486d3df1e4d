"""Webhooks: endpoints that are told of events, the events of the last month, and how bringing them
went.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

import orjson
from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from integrations.access.scopes import COSTS
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import SAYS_SOMETHING, Body, BuyerName, Moment, ProductKey
from integrations.api.v1 import examples
from integrations.api.v1.shapes import webhooks as shapes
from integrations.api.written import moment_text, tagged
from integrations.webhooks import operations
from integrations.webhooks.catalogue import KINDS, PAYLOAD_VERSIONS, chosen
from integrations.webhooks.certificates import MOST_PEM
from integrations.webhooks.credentials import CertificateWish, LetIn, OAuthWish
from integrations.webhooks.headers import MOST_HEADERS, MOST_VALUE
from integrations.webhooks.models import Delivery as DeliveryRow
from integrations.webhooks.models import Endpoint as Row
from integrations.webhooks.models import Event as EventRow
from integrations.webhooks.operations import MOST_CONDITION, Wish

_CHOSEN = [kind.name for kind in chosen()]
type EventName = Annotated[str, Field(json_schema_extra={"enum": _CHOSEN}, max_length=40)]


type HeaderName = Annotated[str, Field(max_length=64)]
type HeaderValue = Annotated[str, Field(max_length=MOST_VALUE)]
type PayloadVersion = Annotated[
    str, Field(json_schema_extra={"enum": list(PAYLOAD_VERSIONS)}, max_length=10)
]


class OAuthBody(Body):
    """Where a token is fetched by client credentials before events are sent."""

    token_url: Annotated[
        str, Field(min_length=1, max_length=2000, json_schema_extra={"pattern": "^https?://"})
    ]
    client_id: Annotated[str, Field(pattern=SAYS_SOMETHING, max_length=200)]
    client_secret: Annotated[
        str | None,
        Field(min_length=1, max_length=1000, description="Null keeps the secret there is."),
    ] = None
    scope: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class CertificateBody(Body):
    """A certificate that is shown to receivers that want mutual TLS."""

    chain: Annotated[
        str,
        Field(pattern=SAYS_SOMETHING, max_length=MOST_PEM, description="PEM, the client's first."),
    ]
    key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MOST_PEM,
            description="PEM without a password. Null keeps the key there is.",
        ),
    ] = None


class EndpointBody(Body):
    """What an endpoint is, and what it is told."""

    name: Annotated[
        str,
        Field(
            pattern=SAYS_SOMETHING,
            max_length=100,
            description="What receives the events; each name once.",
        ),
    ]
    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2000,
            description="Where events are sent to, by POST.",
            json_schema_extra={"pattern": "^https?://"},
        ),
    ]
    events: Annotated[
        list[EventName], Field(max_length=50, description="Kinds of events; all, without any.")
    ] = []
    products: Annotated[
        list[ProductKey],
        Field(max_length=500, description="Only events about these products, and about none."),
    ] = []
    channels: Annotated[
        list[BuyerName],
        Field(max_length=100, description="Only events of these sales channels, and of none."),
    ] = []
    condition: Annotated[
        str,
        Field(
            max_length=MOST_CONDITION,
            pattern=r"^[^\x00]*$",
            description="Only events for which it holds, such as `total > 1000`, in the notation of rules. It reads "
            "what the events in `events` say.",
        ),
    ] = ""
    headers: Annotated[
        dict[HeaderName, HeaderValue | None],
        Field(
            max_length=MOST_HEADERS,
            description="Sent with every event, beside ours. Values are never told: they are null in answers, and null "
            "keeps the value there is.",
        ),
    ] = {}
    oauth: OAuthBody | None = None
    certificate: CertificateBody | None = None
    payload_version: Annotated[
        PayloadVersion | None,
        Field(
            description="The day whose payloads it is sent; today's, without any. See `versions` of `/event-types`."
        ),
    ] = None
    payload: Annotated[
        Literal["thin", "full"],
        Field(description="Whether configurations come with price and parts."),
    ] = "thin"
    costs: Annotated[
        bool,
        Field(
            description="Whether it is told of thresholds on margins; needs the scope `pricing:cost`."
        ),
    ] = False
    asymmetric: Annotated[
        bool,
        Field(
            description="Whether a signature `v1a` is added, which is verified with a public key."
        ),
    ] = False


class RecoverBody(Body):
    """Since when an endpoint is to be sent what it missed."""

    since: Annotated[
        Moment, Field(description="The time of the first event, with its offset from UTC.")
    ]


class EventQuery(PageQuery):
    """Which events are asked for."""

    type: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z_.]{1,40}$",
            description="Only events of this kind, as in `/event-types`.",
        ),
    ] = None
    delivered: Annotated[
        bool | None,
        Field(
            description="`false`: only events that some endpoint has not taken; `true`: only those that all took."
        ),
    ] = None


class DeliveryQuery(PageQuery):
    """Which deliveries are asked for."""

    state: Annotated[
        Literal["pending", "delivered", "dead", "skipped"] | None,
        Field(description="Only those in this state."),
    ] = None


class Endpoints(Endpoint):
    @operation(
        id="listWebhookEndpoints",
        scope="webhooks:read",
        summary="List webhook endpoints",
        query=PageQuery,
        answers={200: shapes.WebhookEndpointPage},
        refusals=("not-found",),
        answer_example=examples.ENDPOINT_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the URLs that are told of events, the oldest first."""
        rows = Row.objects.for_merchant(call.caller.merchant).order_by("pk")
        if place := position(call, query):
            rows = rows.filter(pk__gt=place[0])
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_told, call),
            lambda row: marked(call, row.pk),
        )

    @operation(
        id="createWebhookEndpoint",
        scope="webhooks:write",
        summary="Create a webhook endpoint",
        body=EndpointBody,
        answers={201: shapes.WebhookEndpointMade},
        tagged=True,
        refusals=("malformed", "url-refused", "condition-refused", "key-taken", "taken-meanwhile"),
        request_example=examples.CREATE_ENDPOINT,
        answer_example=examples.ENDPOINT_MADE,
    )
    def post(self, call: Call, body: EndpointBody) -> HttpResponse:
        """Have a URL told of events from now on; the answer alone has the secret that signs them.

        A name is taken once: a repeated call is refused with 409 `key-taken` and makes no second
        one. If the answer got lost, rotate the secret.
        """
        row, secret = operations.make_endpoint(call.caller.merchant, _wish(call, body))
        document = _told(call, row)
        _, tag = tagged(document)
        address = call.address(reverse("api:webhook-endpoint", kwargs={"id": row.public_id}))
        made = answer_changed(
            orjson.dumps({**document, "secret": secret}), tag, 201, Location=address
        )
        made.headers["Cache-Control"] = "no-store"
        return made


class OneEndpoint(Endpoint):
    @operation(
        id="getWebhookEndpoint",
        scope="webhooks:read",
        summary="Read a webhook endpoint",
        answers={200: shapes.WebhookEndpoint},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.ENDPOINT,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return an endpoint; its secret was shown when it was made, and is told nowhere."""
        return answer_tagged(call, *tagged(_told(call, _row(call, id))))

    @operation(
        id="replaceWebhookEndpoint",
        scope="webhooks:write",
        summary="Replace a webhook endpoint",
        body=EndpointBody,
        answers={200: shapes.WebhookEndpoint},
        tagged=True,
        refusals=(
            "not-found",
            "malformed",
            "url-refused",
            "condition-refused",
            "key-taken",
            "taken-meanwhile",
            "changed-meanwhile",
        ),
        headers=("If-Match",),
        request_example=examples.CREATE_ENDPOINT,
        answer_example=examples.ENDPOINT,
    )
    def put(self, call: Call, id: str, body: EndpointBody) -> HttpResponse:
        """Set all of an endpoint at once. Its secret stays, and what waits for it is sent to the
        new URL.
        """
        with operations.holding(call.caller.merchant, id) as row:
            refuse_stale(call, tagged(_told(call, row))[1])
            row = operations.change_endpoint(row, _wish(call, body))
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deleteWebhookEndpoint",
        scope="webhooks:write",
        summary="Delete a webhook endpoint",
        answers={200: shapes.WebhookEndpoint},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.ENDPOINT,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """Take an endpoint away with its deliveries, and return it as it was. To stop it for a
        while, disable it.
        """
        with operations.holding(call.caller.merchant, id) as row:
            told = _told(call, row)
            refuse_stale(call, tagged(told)[1])
            row.delete()
        return answer_json(told)


class EndpointSecret(Endpoint):
    @operation(
        id="rotateWebhookSecret",
        scope="webhooks:write",
        summary="Rotate a secret",
        answers={200: shapes.WebhookSecret},
        refusals=("not-found",),
        answer_example=examples.SECRET,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Give an endpoint a new secret, and where it has a key pair a new one, and return the
        secret, this once.

        For a day both sign what is sent, so take the new one within that time. A repeated call
        makes another one.
        """
        row = _row(call, id)
        secret = operations.rotate_secret(row)
        row.refresh_from_db()
        told = {
            "secret": secret,
            "public_key": row.public_key or None,
            "before_until": moment_text(row.before_until),
        }
        return answer_json(told, headers={"Cache-Control": "no-store"})


class EndpointTest(Endpoint):
    @operation(
        id="testWebhookEndpoint",
        scope="webhooks:write",
        summary="Send a test",
        answers={202: shapes.WebhookDelivery},
        refusals=("not-found", "endpoint-disabled"),
        answer_example=examples.DELIVERY_TEST,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Send the event `endpoint.test` to an endpoint; `Location` tells what becomes of it."""
        return _sent(call, operations.send_test(_row(call, id)))


class EndpointEnabled(Endpoint):
    @operation(
        id="enableWebhookEndpoint",
        scope="webhooks:write",
        summary="Enable an endpoint",
        answers={200: shapes.WebhookEndpoint},
        refusals=("not-found",),
        answer_example=examples.ENDPOINT,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Tell an endpoint again that was disabled.

        It is sent a test first, and one event at a time until it takes one. What it missed is not
        sent by itself: see `recover`. Safe to repeat.
        """
        return answer_json(_told(call, operations.enable(_row(call, id))))


class EndpointDisabled(Endpoint):
    @operation(
        id="disableWebhookEndpoint",
        scope="webhooks:write",
        summary="Disable an endpoint",
        answers={200: shapes.WebhookEndpoint},
        refusals=("not-found",),
        answer_example=examples.ENDPOINT_DISABLED,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Send nothing to an endpoint until it is enabled. Events go on being kept for it. Safe to
        repeat.
        """
        return answer_json(_told(call, operations.disable_by_hand(_row(call, id))))


class EndpointRecovery(Endpoint):
    @operation(
        id="recoverWebhookEndpoint",
        scope="webhooks:write",
        summary="Send what was missed",
        body=RecoverBody,
        answers={202: shapes.WebhookRecovery},
        refusals=("not-found", "endpoint-disabled"),
        request_example=examples.RECOVER,
        answer_example=examples.RECOVERED,
    )
    def post(self, call: Call, id: str, body: RecoverBody) -> HttpResponse:
        """Send an endpoint all that it should have had since a time and did not take.

        These are events that were given up, those of the time in which it was disabled, and those
        of kinds that it has chosen since. Events are kept for 30 days. Safe to repeat: what is on
        its way is not sent twice.
        """
        row = _row(call, id)
        return answer_json(
            {"events": operations.recover(row, body.since)},
            202,
            {
                "Location": call.address(
                    reverse("api:webhook-deliveries", kwargs={"id": row.public_id})
                )
            },
        )


class EndpointHealth(Endpoint):
    @operation(
        id="getWebhookHealth",
        scope="webhooks:read",
        summary="See how an endpoint does",
        answers={200: shapes.WebhookHealth},
        refusals=("not-found",),
        answer_example=examples.HEALTH,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return what waits for an endpoint and since when, and what its attempts of the last day
        came to.
        """
        row = _row(call, id)
        health = operations.health_of([row])[row.pk]
        return answer_json(
            {
                "state": row.state,
                "failing_since": moment_text(row.failing_since),
                "pending": health.pending,
                "oldest_at": moment_text(health.oldest_at),
                "taken": health.taken,
                "failed": health.failed,
                "last_at": moment_text(health.last_at),
                "last_status": health.last_status,
                "last_error": health.last_error,
            }
        )


class EndpointDeliveries(Endpoint):
    @operation(
        id="listWebhookDeliveries",
        scope="webhooks:read",
        summary="List deliveries",
        query=DeliveryQuery,
        answers={200: shapes.WebhookDeliveryPage},
        refusals=("not-found",),
        answer_example=examples.DELIVERY_PAGE,
    )
    def get(self, call: Call, id: str, query: DeliveryQuery) -> HttpResponse:
        """Return the deliveries of an endpoint, the newest first."""
        rows = DeliveryRow.objects.filter(endpoint=_row(call, id)).select_related(
            "event", "endpoint"
        )
        if query.state:
            rows = rows.filter(state=query.state)
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows.order_by("-pk")[: query.limit + 1]),
            partial(_delivery, call),
            lambda row: marked(call, row.pk),
        )


class OneDelivery(Endpoint):
    @operation(
        id="getWebhookDelivery",
        scope="webhooks:read",
        summary="Read a delivery",
        answers={200: shapes.WebhookDeliveryWhole},
        refusals=("not-found",),
        answer_example=examples.DELIVERY,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a delivery with all its attempts: when, the status, how long it took, the answer's
        first kilobyte.
        """
        row = operations.delivery_called(call.caller.merchant, id)
        tries = [
            {
                "number": each.number,
                "at": each.at.isoformat(),
                "status": each.status,
                "error": each.error,
                "milliseconds": each.milliseconds,
                "answer": each.answer,
            }
            for each in row.tries.all()
        ]
        return answer_json({**_delivery(call, row), "attempts": tries})


class Redelivery(Endpoint):
    @operation(
        id="redeliverWebhook",
        scope="webhooks:write",
        summary="Deliver again",
        answers={202: shapes.WebhookDelivery},
        refusals=("not-found", "endpoint-disabled"),
        answer_example=examples.DELIVERY_TEST,
    )
    def post(self, call: Call, id: str) -> HttpResponse:
        """Send an event once more, whatever came of it before, under the same `webhook-id`."""
        return _sent(
            call, operations.redeliver(operations.delivery_called(call.caller.merchant, id))
        )


class Events(Endpoint):
    @operation(
        id="listEvents",
        scope="webhooks:read",
        summary="List events",
        query=EventQuery,
        answers={200: shapes.EventPage},
        refusals=("not-found",),
        answer_example=examples.EVENT_PAGE,
    )
    def get(self, call: Call, query: EventQuery) -> HttpResponse:
        """Return the events of the last 30 days that some endpoint wanted, the newest first."""
        rows = EventRow.objects.for_merchant(call.caller.merchant).select_related("merchant")
        if query.type:
            rows = rows.filter(type=query.type)
        if query.delivered is not None:
            open_ones = DeliveryRow.objects.exclude(state=DeliveryRow.State.DELIVERED).values(
                "event"
            )
            rows = (
                rows.exclude(pk__in=open_ones) if query.delivered else rows.filter(pk__in=open_ones)
            )
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows.order_by("-pk")[: query.limit + 1]),
            partial(_event, call),
            lambda row: marked(call, row.pk),
        )


class OneEvent(Endpoint):
    @operation(
        id="getEvent",
        scope="webhooks:read",
        summary="Read an event",
        answers={200: shapes.Event},
        refusals=("not-found",),
        answer_example=examples.EVENT,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return an event as it is sent with a full payload."""
        return answer_json(_event(call, operations.event_called(call.caller.merchant, id)))


class EventTypes(Endpoint):
    @operation(
        id="listEventTypes",
        scope="webhooks:read",
        summary="List kinds of events",
        answers={200: shapes.EventTypes},
        answer_example=examples.EVENT_TYPES,
    )
    def get(self, call: Call) -> HttpResponse:
        """Return every kind of event: when it is sent, what it says as a JSON Schema, and an
        example.
        """
        told = [
            {
                "name": kind.name,
                "version": kind.version,
                "told": kind.told,
                "can_be_chosen": kind.is_chosen,
                "schema": kind.schema(),
                "example": kind.whole_example(),
                "versions": [
                    {
                        "version": each.version,
                        "schema": each.schema(),
                        "example": each.whole_example(),
                    }
                    for each in kind.versions()
                ],
            }
            for kind in KINDS.values()
        ]
        return answer_json({"data": told})


def _row(call: Call, public_id: str) -> Row:
    return operations.endpoint_called(call.caller.merchant, public_id)


def _wish(call: Call, body: EndpointBody) -> Wish:
    if body.costs:
        call.caller.needs(COSTS)
    oauth = None if body.oauth is None else OAuthWish(**body.oauth.model_dump())
    certificate = (
        None if body.certificate is None else CertificateWish(**body.certificate.model_dump())
    )
    facts = body.model_dump(exclude={"headers", "oauth", "certificate", "payload_version"})
    day = body.payload_version or PAYLOAD_VERSIONS[-1]
    return Wish(**facts, payload_version=day, let_in=LetIn(body.headers, oauth, certificate))


def _sent(call: Call, row: DeliveryRow) -> HttpResponse:
    told = _delivery(call, row)
    return answer_json(told, 202, {"Location": told["url"]})


def _told(call: Call, row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "address": row.url,
        "events": row.events,
        "products": row.products,
        "channels": row.channels,
        "condition": row.condition,
        "headers": dict.fromkeys(row.header_names),
        "oauth": None if row.oauth is None else {**row.oauth, "client_secret": None},
        "certificate": {"chain": row.certificate, "key": None} if row.certificate else None,
        "payload": row.payload,
        "payload_version": row.payload_version,
        "costs": row.costs,
        "asymmetric": row.asymmetric,
        "public_key": row.public_key or None,
        "state": row.state,
        "disabled_because": row.disabled_because,
        "disabled_at": moment_text(row.disabled_at),
        "created_at": row.created_at.isoformat(),
        "url": call.address(reverse("api:webhook-endpoint", kwargs={"id": row.public_id})),
    }


def _delivery(call: Call, row: DeliveryRow) -> dict[str, Any]:
    is_waiting = row.state == DeliveryRow.State.PENDING
    return {
        "id": row.public_id,
        "event": row.event.public_id,
        "type": row.event.type,
        "endpoint": row.endpoint.public_id,
        "state": row.state,
        "tried": row.attempts,
        "next_at": moment_text(row.due_at) if is_waiting else None,
        "ended_at": moment_text(row.ended_at),
        "url": call.address(reverse("api:webhook-delivery", kwargs={"id": row.public_id})),
    }


def _event(call: Call, row: EventRow) -> Mapping[str, Any]:
    envelope = row.envelope()
    if row.costs and COSTS not in call.caller.scopes:
        envelope["data"] = {}
    return envelope
