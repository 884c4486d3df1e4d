"""Who may call: OAuth clients and API keys, each bound to one merchant; and the answers kept for
repeated calls.
"""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from oauth2_provider.models import AbstractApplication

from catalog.models import Merchant
from catalog.models.ownership import Owned

KEPT_ANSWERS = timedelta(hours=24)
"""So long a repeated call is promised the answer that it got before."""


class ApiClient(AbstractApplication):  # type: ignore[misc]
    """An OAuth client of one merchant. Its tokens act for that merchant, never for a person."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        verbose_name = "OAuth client"


class ApiKey(Owned):
    """A secret that acts for one merchant. Only its SHA-256 is kept; the secret is shown once, when
    made.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="What the key is for, such as ERP.")
    # The beginning of the secret, to tell keys apart in lists and logs.
    prefix = models.CharField("begins with", max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    # Addresses or ranges, such as 203.0.113.0/24, that the key may be used from; empty: from
    # everywhere.
    networks = models.JSONField("allowed addresses", default=list, blank=True)
    expires_at = models.DateTimeField("expires", null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField("revoked", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("created", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    # Written once in ten minutes at most, so that reading stays reading.
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeptAnswer(Owned):
    """What was answered to a POST with an Idempotency-Key, to answer the same again; written with
    the effect itself.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    credential = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    # SHA-256 of method, path and body: a key used again for something else is an error of the
    # caller.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "credential", "key"], name="one_answer_per_idempotency_key"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Count(models.Model):
    """What is used of a limit in the present window, where PostgreSQL counts (see `counters`)."""

    name = models.CharField(max_length=200, primary_key=True)
    # Seconds since 1970.
    began = models.BigIntegerField()
    ends = models.BigIntegerField()
    used = models.BigIntegerField()

    class Meta:
        db_table = "access_count"

    def __str__(self) -> str:
        return self.name
