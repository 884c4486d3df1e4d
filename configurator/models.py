"""Configurations that somebody kept, the keys that sign their prices, and how long a signed price holds."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from catalog.models import Merchant, Product, Version
from catalog.models.ownership import Owned

MOST_VALID_DAYS = 366


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
    # Who asked for the price, as far as it was said: it decided on price list and tax.
    buyer = models.JSONField(default=dict, editable=False)
    locale = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=dict)
    evaluation = models.JSONField(editable=False)
    fingerprint = models.CharField(max_length=64, db_index=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    # The signed token of its price, given when it was completed.
    quote = models.TextField(blank=True, default="", editable=False)

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


class SigningKey(Owned):
    """A key that signs quotes of one merchant. Its private half is sealed, and neither shown nor told anywhere."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="signing_keys")
    # Counts a merchant's keys, so that two processes that make the next one at once make one.
    number = models.PositiveIntegerField(editable=False)
    kid = models.CharField("key id", max_length=43, unique=True, editable=False)
    public = models.CharField(max_length=43, editable=False)
    sealed = models.BinaryField(editable=False)
    signs_from = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField("withdrawn", null=True, editable=False)
    created_at = models.DateTimeField("made", auto_now_add=True)

    class Meta:
        ordering = ("merchant", "-number")
        constraints = [models.UniqueConstraint(fields=("merchant", "number"), name="signing_key_number")]

    def __str__(self) -> str:
        return self.kid


class QuoteTerms(Owned):
    """How long the quotes of one merchant hold."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, primary_key=True, related_name="quote_terms")
    valid_days = models.PositiveSmallIntegerField(
        "quotes hold for days",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_VALID_DAYS)],
        help_text="So long a signed price holds where nobody asks for another time.",
    )
    most_days = models.PositiveSmallIntegerField(
        "and for days at most",
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_VALID_DAYS)],
        help_text="Callers of the API may ask for up to so many days.",
    )

    class Meta:
        verbose_name_plural = "quote terms"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1)
                & models.Q(most_days__gte=models.F("valid_days"))
                & models.Q(most_days__lte=MOST_VALID_DAYS),
                name="quote_terms_days",
            )
        ]

    def __str__(self) -> str:
        return f"Quotes of {self.merchant}"

    def clean(self) -> None:
        """Refuse quotes that hold longer than they may."""
        super().clean()
        if self.valid_days and self.most_days and self.valid_days > self.most_days:
            raise ValidationError({"most_days": "Quotes would hold longer than they may."})
