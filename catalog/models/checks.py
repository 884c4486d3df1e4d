"""Checks of a draft that were run, and findings that somebody accepted."""

import secrets
from typing import ClassVar

from django.db import models

from catalog.models.ownership import Owned
from catalog.models.products import Product


def public_id() -> str:
    """Return a new id for an address."""
    return secrets.token_urlsafe(12)


class CheckRun(Owned):
    """One check of a draft: how far it is, and what it found.

    `digest` tells what was checked: the draft as `document` has it, whose digest is `draft`, and
    what stands beside it.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"

    merchant_path: ClassVar[str] = "product__merchant"

    product = models.ForeignKey(Product, models.CASCADE, related_name="check_runs")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    digest = models.CharField(max_length=64)
    draft = models.CharField(max_length=64, blank=True, default="")
    document = models.TextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    stage = models.CharField(max_length=200, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["product", "-started_at"], name="check_run_latest")]

    def __str__(self) -> str:
        return f"{self.product}, {self.state}"


class AcceptedFinding(Owned):
    """A finding that may stay as it is, and why. It counts as long as the matter does not change.

    `identity` is that of the finding; code, path and sentence tell people what was accepted. `by`
    is a name: findings travel in files from one site to another.
    """

    merchant_path: ClassVar[str] = "product__merchant"

    product = models.ForeignKey(Product, models.CASCADE, related_name="accepted_findings")
    identity = models.CharField(max_length=20)
    code = models.CharField(max_length=63)
    path = models.CharField(max_length=400, blank=True, default="")
    reason = models.TextField(max_length=2000)
    by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "identity"], name="finding_accepted_once_per_product"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.path}"
