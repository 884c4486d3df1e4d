"""Who may call: OAuth clients and API keys, each bound to one merchant; and the answers kept for
repeated calls.
"""

import secrets
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from catalog.models import Merchant
from catalog.models.ownership import Owned
from integrations.access.versions import VERSIONS, newest

KEPT_ANSWERS = timedelta(hours=24)
KEPT_ORDERS = timedelta(days=30)
"""So long a repeated call is promised the answer that it got before; longer where money, files or jobs are made."""


def public_id() -> str:
    """Return a new id for an address."""
    return secrets.token_urlsafe(12)


# What credentials that were there before are pinned to.
_FIRST = VERSIONS[0]


class ApiClient(AbstractApplication):  # type: ignore[misc]
    """An OAuth client of one merchant. Its tokens act for that merchant: for the client itself, or
    for a person who let it in, with what both may do.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    public_id = models.CharField(max_length=22, unique=True, editable=False, default=public_id)
    # What it may ever ask for.
    scopes = models.JSONField("may", default=list, db_default=[])
    networks = models.JSONField("allowed addresses", default=list, db_default=[], blank=True)
    expires_at = models.DateTimeField("expires", null=True, blank=True, help_text="Empty: never.")
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)
    # The secret before the last rotation, which holds until then.
    old_secret = models.CharField(
        max_length=255, blank=True, default="", db_default="", editable=False
    )
    old_until = models.DateTimeField(null=True, blank=True, editable=False)
    api_version = models.CharField(
        "version of the API", max_length=10, default=newest, db_default=_FIRST, editable=False
    )

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        verbose_name = "OAuth client"

    @property
    def is_for_people(self) -> bool:
        """Whether people let it in; a client is either for them or for itself."""
        return bool(self.authorization_grant_type == self.GRANT_AUTHORIZATION_CODE)

    def get_allowed_schemes(self) -> list[str]:
        """Return how an address may begin that people are sent back to; http only where one on
        their own machine is registered.
        """
        is_local = any(each.startswith("http:") for each in self.redirect_uris.split())
        return ["https", "http"] if is_local else ["https"]

    def is_usable(self, request: object) -> bool:
        """Tell whether it may ask for anything now; the toolkit asks before it does anything."""
        return self.expires_at is None or self.expires_at > timezone.now()


class ApiKey(Owned):
    """A secret that acts for one merchant. Only its SHA-256 is kept; the secret is shown once, when
    made.
    """

    class Kind(models.TextChoices):
        """What the key is for."""

        SECRET = "secret", "Secret: for servers"
        PUBLISHABLE = "publishable", "Publishable: for pages of a shop"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="api_keys")
    public_id = models.CharField(max_length=22, unique=True, editable=False, default=public_id)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SECRET, db_default="secret")
    name = models.CharField(max_length=100, help_text="What the key is for, such as ERP.")
    # The beginning of the secret, to tell keys apart in lists and logs.
    prefix = models.CharField("begins with", max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # The secret before the last rotation, which holds until then.
    old_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    old_until = models.DateTimeField(null=True, blank=True, editable=False)
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
    api_version = models.CharField(
        "version of the API", max_length=10, default=newest, db_default=_FIRST, editable=False
    )
    # Written once in ten minutes at most, so that reading stays reading.
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """Whether it is valid, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return "expired" if is_over else "valid"


class Site(Owned):
    """A site, such as https://shop.example, whose pages may use a publishable key."""

    merchant_path: ClassVar[str] = "key__merchant"

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="sites")
    origin = models.CharField(max_length=255, db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "origin"], name="one_site_a_key")
        ]

    def __str__(self) -> str:
        return self.origin


class KeptAnswer(Owned):
    """What was answered to a POST with an Idempotency-Key, to answer the same again; written with
    the effect itself.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    # Whose the key is: empty for the merchant's, else a credential.
    whose = models.CharField(max_length=64, default="", db_default="", blank=True)
    # Who first sent it.
    credential = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    # SHA-256 of method, address and body: a key used again for something else is an error of the
    # caller.
    fingerprint = models.CharField(max_length=64)
    # The scopes that whoever hears the answer needs beside that of the operation.
    sight = models.JSONField(default=list, null=True)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    is_sealed = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # None, of what the release before wrote, is KEPT_ANSWERS.
    until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "whose", "key"], name="one_answer_per_key_of_a_merchant"
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
