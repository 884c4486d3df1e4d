"""Configurations that somebody kept."""

import secrets
from typing import Any

from django.db import models

from catalog.models import Merchant, Product, Version


def new_public_id() -> str:
    """Return 128 random bits as 22 characters fit for a URL; knowing it is what gives access in the widget."""
    return secrets.token_urlsafe(16)


class ConfigurationQuerySet(models.QuerySet["Configuration"]):
    def for_merchant(self, merchant: Merchant) -> "ConfigurationQuerySet":
        return self.filter(merchant=merchant)


class Configuration(models.Model):
    """Choices made under one version, with the evaluation they had when last kept. Completed ones never change."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        COMPLETED = "completed", "Completed"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="configurations")
    product = models.ForeignKey(Product, models.PROTECT, related_name="configurations")
    version = models.ForeignKey(Version, models.PROTECT, related_name="configurations")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(default=1)
    # What makes a repeated "complete" of one page or a repeated POST find the first one's row.
    once = models.CharField(max_length=64, null=True, blank=True, editable=False)
    price_list = models.CharField(max_length=63)
    price_list_document = models.JSONField(editable=False)
    quantity = models.PositiveIntegerField(default=1)
    locale = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=dict)
    evaluation = models.JSONField(editable=False)
    fingerprint = models.CharField(max_length=64, db_index=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("merchant", "once"), name="configuration_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.public_id}"

    @property
    def is_completed(self) -> bool:
        return self.state == self.State.COMPLETED

    @property
    def stored(self) -> dict[str, Any]:
        """The evaluation as it was when this configuration was last kept."""
        document: dict[str, Any] = self.evaluation
        return document
