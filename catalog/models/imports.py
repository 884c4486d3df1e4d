"""Uploads that become drafts beside the requests: feature models, and data of other configurators."""

import secrets

from django.db import models

from catalog.models.merchants import Merchant
from catalog.models.ownership import Owned


def new_import_id() -> str:
    """Return a new id of an import; nobody can guess it."""
    return secrets.token_urlsafe(16)


class ImportRun(Owned):
    """One upload, how far it is, and what came of it. The files go once it has ended."""

    class Format(models.TextChoices):
        UVL = "uvl", "Feature model (UVL)"
        OCA = "oca", "OCA product configurator"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"

    public_id = models.CharField(max_length=32, unique=True, default=new_import_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    format = models.CharField(max_length=10, choices=Format)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # What was uploaded: texts by file name, the key, the currency, whether it is a trial.
    wish = models.JSONField(default=dict)
    # Who asked, as the audit log names it.
    actor = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.format} {self.public_id}"
