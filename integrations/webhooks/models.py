"""What happened, who is to hear of it, and how the telling went."""

import secrets
from typing import Any, ClassVar

from django.db import models

from catalog.models import Merchant
from catalog.models.ownership import Owned
from integrations.webhooks.catalogue import KINDS, PAYLOAD_VERSIONS


def new_endpoint_id() -> str:
    """Return a new id of an endpoint."""
    return f"whe_{secrets.token_urlsafe(16)}"


def new_event_id() -> str:
    """Return a new id of an event: receivers tell by it whether they have had it before."""
    return f"evt_{secrets.token_urlsafe(16)}"


def new_delivery_id() -> str:
    """Return a new id of a delivery."""
    return f"dlv_{secrets.token_urlsafe(16)}"


def newest_payload() -> str:
    """Return the payload version that new endpoints are sent."""
    return PAYLOAD_VERSIONS[-1]


def list_payloads() -> list[tuple[str, str]]:
    """Return the payload versions to choose from."""
    return [(each, each) for each in PAYLOAD_VERSIONS]


class Endpoint(Owned):
    """A URL of a merchant that is told of events. Its secrets are sealed, and shown only when they
    are made.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled: is sent nothing"

    class Payload(models.TextChoices):
        THIN = "thin", "Thin: ids, totals, choices and links"
        FULL = "full", "Full: price and parts list as well"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="webhook_endpoints")
    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_endpoint_id, editable=False
    )
    name = models.CharField(max_length=100, help_text="What receives the events, such as ERP.")
    url = models.CharField(
        "URL",
        max_length=2000,
        help_text="Where events are sent to, such as https://erp.example/in.",
    )
    # Names of kinds of events, and keys of products; empty: all.
    events = models.JSONField(default=list, blank=True)
    products = models.JSONField(default=list, blank=True)
    # Keys of sales channels; empty: all.
    channels = models.JSONField(default=list, blank=True, db_default=[])
    condition = models.TextField("only if", blank=True, default="", db_default="")
    payload = models.CharField("says", max_length=4, choices=Payload, default=Payload.THIN)
    payload_version = models.CharField(
        max_length=10, default=newest_payload, db_default=PAYLOAD_VERSIONS[0], choices=list_payloads
    )
    costs = models.BooleanField(
        "sees costs",
        default=False,
        help_text="Is told of thresholds on margins, which say what a product costs you.",
    )
    asymmetric = models.BooleanField(
        "signs with a key pair, too",
        default=False,
        db_default=False,
        help_text="Adds a signature v1a: receivers verify it with a public key, and keep no secret.",
    )
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE, editable=False)
    disabled_because = models.TextField(blank=True, default="", editable=False)
    disabled_at = models.DateTimeField("disabled", null=True, blank=True, editable=False)
    # Since when it has taken nothing; while it fails, one delivery at a time is sent.
    failing_since = models.DateTimeField("failing since", null=True, blank=True, editable=False)
    # It asked for a pause until then.
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    secret = models.BinaryField(editable=False)
    secret_before = models.BinaryField(null=True, editable=False)
    # What lets events in at the receiver; the values, the secret and the key are sealed.
    header_names = models.JSONField(default=list, blank=True, db_default=[], editable=False)
    header_values = models.BinaryField(null=True, editable=False)
    oauth = models.JSONField(null=True, blank=True, editable=False)
    oauth_secret = models.BinaryField(null=True, editable=False)
    certificate = models.TextField(blank=True, default="", db_default="", editable=False)
    certificate_key = models.BinaryField(null=True, editable=False)
    # The sealed private half of its key pair, and the public one as receivers have it.
    key = models.BinaryField(null=True, editable=False)
    key_before = models.BinaryField(null=True, editable=False)
    public_key = models.CharField(
        max_length=60, blank=True, default="", db_default="", editable=False
    )
    # So long the secret and the key before sign, too.
    before_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField("made", auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "webhook endpoint"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                name="webhook_endpoint_name",
                violation_error_message="There is an endpoint of that name already.",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    def wants(self, kind: str, product: str | None, costs: bool) -> bool:
        """Tell whether events of this kind, about a product or none, are for this endpoint."""
        return (
            (not self.events or kind in self.events)
            and (not self.products or product is None or product in self.products)
            and (self.costs or not costs)
        )


class Sequence(Owned):
    """How many events there have been of one object: receivers drop what is older than what they
    know.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    object_type = models.CharField(max_length=30)
    object_id = models.CharField(max_length=80)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "object_type", "object_id"], name="webhook_sequence_of_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.last}"


class Event(Owned):
    """A fact that happened, written in the transaction in which it did. It never changes once
    somebody was sent it.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="webhook_events")
    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_event_id, editable=False
    )
    type = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    object_type = models.CharField("of a", max_length=30)
    object_id = models.CharField("object", max_length=80)
    sequence = models.PositiveIntegerField()
    # The key of the product that it is about, for filters of endpoints; empty where it is about
    # none.
    product = models.CharField(max_length=63, blank=True, default="")
    costs = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField("happened")

    class Meta:
        ordering = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "object_type", "object_id", "sequence"],
                name="webhook_event_in_sequence",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="webhook_event_of_merchant"),
            models.Index(fields=["created_at"], name="webhook_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"

    def envelope(self, day: str = PAYLOAD_VERSIONS[-1]) -> dict[str, Any]:
        """Return all that is sent, with everything that a full payload says, to endpoints pinned to
        `day`.
        """
        version, data = self.version, self.data
        if (kind := KINDS.get(self.type)) is not None:
            version, data = kind.data_at(day, version, data)
        return {
            "id": self.public_id,
            "type": self.type,
            "version": version,
            "timestamp": self.created_at.isoformat(),
            "merchant": self.merchant.slug,
            "object": {"type": self.object_type, "id": self.object_id, "sequence": self.sequence},
            "data": data,
        }


class Delivery(Owned):
    """An event on its way to an endpoint: at least once, under the id of the event.

    `due_at` is when it is tried next; while a worker has it, that is the end of the worker's lease.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        DELIVERED = "delivered", "Delivered"
        DEAD = "dead", "Given up"
        SKIPPED = "skipped", "Not sent: the endpoint was disabled"

    merchant_path: ClassVar[str] = "endpoint__merchant"

    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_delivery_id, editable=False
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    due_at = models.DateTimeField("next attempt")
    # All attempts that were begun, and how many failures count towards giving up.
    attempts = models.PositiveIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True, default="")
    ended_at = models.DateTimeField("ended", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"],
                condition=models.Q(state="pending"),
                name="webhook_delivery_due",
            ),
            models.Index(
                fields=["endpoint"],
                condition=models.Q(state="pending") & ~models.Q(worker=""),
                name="webhook_delivery_at_work",
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"


class Attempt(Owned):
    """One try to bring an event to an endpoint: the status and the first kilobyte of the answer, or
    why none came.
    """

    merchant_path: ClassVar[str] = "delivery__endpoint__merchant"

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True, default="")
    milliseconds = models.PositiveIntegerField("ms")
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["delivery", "number", "pk"]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
