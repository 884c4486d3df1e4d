"""What is done when something happens, each time it was done, step by step, and what waits for a
person.
"""

import secrets
from typing import ClassVar

from django.db import models

from catalog.models import Merchant
from catalog.models.ownership import Owned
from integrations.webhooks.models import Event

MOST_STEPS = 20


def new_automation_id() -> str:
    """Return a new id of an automation."""
    return f"aut_{secrets.token_urlsafe(16)}"


def new_run_id() -> str:
    """Return a new id of a run."""
    return f"run_{secrets.token_urlsafe(16)}"


def new_step_id() -> str:
    """Return a new id of a step: receivers tell by it whether they have had what it brings."""
    return f"stp_{secrets.token_urlsafe(16)}"


def new_approval_id() -> str:
    """Return a new id of an approval."""
    return f"apr_{secrets.token_urlsafe(16)}"


def new_storage_id() -> str:
    """Return a new id of a storage."""
    return f"sto_{secrets.token_urlsafe(16)}"


class Automation(Owned):
    """When an event happens, and if a condition holds, then these steps, one after the other."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="automations")
    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_automation_id, editable=False
    )
    name = models.CharField(
        max_length=100, help_text="What it does, such as: oak desks to the workshop."
    )
    event = models.CharField("when", max_length=40)
    # Keys of products; empty: all.
    products = models.JSONField(default=list, blank=True)
    condition = models.TextField("if", blank=True, default="")
    # In order, each {"kind": …, "settings": {…}}; a run has those of the moment in which it was
    # written.
    steps = models.JSONField(default=list, blank=True, editable=False)
    costs = models.BooleanField(
        "sees costs",
        default=False,
        help_text="Is told of thresholds on margins, which say what a product costs you.",
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField("made", auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                name="automation_name",
                violation_error_message="There is an automation of that name already.",
            )
        ]
        indexes = [
            models.Index(
                fields=["merchant", "event"],
                condition=models.Q(is_active=True),
                name="automation_of_event",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class Storage(Owned):
    """A place that steps put files into. Its secret is sealed, and shown to nobody."""

    class Kind(models.TextChoices):
        LOCAL = "local", "A folder of this site"
        S3 = "s3", "S3"
        SFTP = "sftp", "SFTP"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="storages")
    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_storage_id, editable=False
    )
    name = models.CharField(max_length=100, help_text="What it is, such as Archive.")
    kind = models.CharField(max_length=5, choices=Kind)
    settings = models.JSONField(default=dict)
    secret = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField("made", auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                name="automation_storage_name",
                violation_error_message="There is a storage of that name already.",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class Unsubscribed(Owned):
    """An address that wants no marketing of a merchant any more."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="unsubscribed")
    # In small letters, as addresses are compared.
    address = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "unsubscribed addresses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "address"], name="automation_unsubscribed_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.address)


class Run(Owned):
    """An automation at work on one event, written in the transaction of the event.

    `due_at` is when it goes on; while a worker has it, that is the end of the worker's lease.
    `turns` counts leases.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting or running"
        PAUSED = "paused", "Waits for an approval"
        DONE = "done", "Done"
        FAILED = "failed", "Failed: waits for somebody"
        REJECTED = "rejected", "Rejected by somebody"
        CANCELLED = "cancelled", "Cancelled by somebody"

    merchant_path: ClassVar[str] = "automation__merchant"

    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_run_id, editable=False
    )
    automation = models.ForeignKey(Automation, models.CASCADE, related_name="runs")
    event = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="automation_runs")
    # All that the event said when the run began; empty until then.
    said = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    due_at = models.DateTimeField("goes on")
    worker = models.CharField(max_length=100, blank=True, default="")
    turns = models.PositiveIntegerField(default=0)
    told = models.TextField("why", blank=True, default="")
    created_at = models.DateTimeField("asked for", auto_now_add=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["automation", "event"], name="automation_run_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="automation_run_due"
            ),
            models.Index(fields=["automation", "-id"], name="automation_run_newest"),
            models.Index(fields=["ended_at"], name="automation_run_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.automation}: {self.public_id}"

    @property
    def has_begun(self) -> bool:
        return bool(self.said)


class Step(Owned):
    """One action of a run. Its id goes out with what it brings, so that what comes twice is known
    to be the same.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Not done yet"
        PAUSED = "paused", "Waits for an approval"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Passed over by somebody"

    merchant_path: ClassVar[str] = "run__automation__merchant"

    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_step_id, editable=False
    )
    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    # All attempts that were begun, and how many failures count towards giving up.
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    # What it brought forth, for people and for later steps.
    told = models.TextField(blank=True, default="")
    output = models.JSONField(default=dict)
    ended_at = models.DateTimeField("ended", null=True, blank=True)

    class Meta:
        ordering = ["run", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "position"], name="automation_step_place")
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.kind}"


class Try(Owned):
    """One attempt at a step that came to an end: what it did, or why it failed."""

    merchant_path: ClassVar[str] = "step__run__automation__merchant"

    step = models.ForeignKey(Step, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField("ms")
    told = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    # What came back, in short.
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["step", "pk"]

    def __str__(self) -> str:
        return f"{self.number}: {self.error or self.told}"


class Approval(Owned):
    """A question to a person; the run goes on when it is approved, and ends when it is rejected."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn: the run was cancelled, or passed over it"

    merchant_path: ClassVar[str] = "step__run__automation__merchant"

    public_id = models.CharField(
        "id", max_length=32, unique=True, default=new_approval_id, editable=False
    )
    step = models.OneToOneField(Step, models.CASCADE, related_name="approval")
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True, default="")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    by = models.CharField(max_length=150, blank=True, default="")
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField("asked", auto_now_add=True)
    decided_at = models.DateTimeField("decided", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-id"], condition=models.Q(state="open"), name="automation_approval_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.title)
