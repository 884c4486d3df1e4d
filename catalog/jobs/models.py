"""What is to be done beside the requests, who does it, and what is done again and again."""

import secrets

from django.db import models


def new_job_id() -> str:
    """Return a new id of a job; nobody can guess it."""
    return secrets.token_urlsafe(16)


class Job(models.Model):
    """One task that was asked for, written in the transaction that asked for it.

    `due_at` is when it is run next. While a worker has it, that is the end of the worker's lease:
    where the worker dies, the job becomes due again by itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting or running"
        DONE = "done", "Done"
        FAILED = "failed", "Given up"
        CALLED_OFF = "off", "Called off"

    public_id = models.CharField(max_length=32, unique=True, default=new_job_id, editable=False)
    # The dotted path of a django.tasks task, and what it is called with.
    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=list, blank=True)
    named = models.JSONField("named arguments", default=dict, blank=True)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField("due")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Who has it now; empty while nobody has.
    worker = models.CharField(max_length=100, blank=True, default="")
    # How far its task says that it is: what it is at, and how many of how many.
    stage = models.CharField("at", max_length=200, blank=True, default="", db_default="")
    done = models.PositiveIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField("of", null=True, blank=True)
    error = models.TextField("last error", blank=True, default="")
    created_at = models.DateTimeField("asked for", auto_now_add=True)
    started_at = models.DateTimeField("last started", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-priority", "due_at"],
                condition=models.Q(state="waiting"),
                name="job_waiting_by_priority",
            ),
            models.Index(fields=["ended_at"], name="job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.task.rpartition('.')[2]} {self.public_id}"

    @property
    def progress(self) -> str:
        """How far it is, in words; empty where its task tells nothing."""
        counted = (
            ""
            if self.done is None
            else str(self.done)
            if self.total is None
            else f"{self.done} of {self.total}"
        )
        return ": ".join(each for each in (self.stage, counted) if each)


class Schedule(models.Model):
    """A task that is asked for again and again, and when next."""

    task = models.CharField(max_length=200, unique=True)
    next_at = models.DateTimeField("next")

    class Meta:
        ordering = ["task"]

    def __str__(self) -> str:
        return self.task.rpartition(".")[2]


class Worker(models.Model):
    """A process that does jobs, and when it was heard of last."""

    name = models.CharField(max_length=100, unique=True)
    started_at = models.DateTimeField("started")
    seen_at = models.DateTimeField("heard of")

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name
