"""Configurations that somebody kept, signed prices that were given, the keys that sign them, and
how long they hold.
"""

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from catalog.models import Merchant, Product, Version
from catalog.models.fields import LineField, NumberField
from catalog.models.ownership import Owned
from catalog.models.rows import key_field
from configurator.production.workshop import WorkshopRefused, read_workshop
from pricing.override import Override
from pricing.thresholds import Reached

MOST_VALID_DAYS = 366
OPEN_DAYS = 30
MOST_REFERENCE = 100
MOST_METADATA_KEY, MOST_METADATA_VALUE = 40, 500


def new_public_id() -> str:
    """Return 128 random bits as 22 characters fit for a URL; knowing it is what gives access in the
    widget.
    """
    return secrets.token_urlsafe(16)


class ConfigurationQuerySet(models.QuerySet["Configuration"]):
    def for_merchant(self, merchant: Merchant) -> "ConfigurationQuerySet":
        return self.filter(merchant=merchant)


class Configuration(models.Model):
    """Choices made under one version, with the evaluation they had when last kept. Completed ones
    never change.
    """

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
    # When its prices were those of the day; rows of earlier releases have those of the day they
    # were made on.
    priced_at = models.DateTimeField(null=True, editable=False)
    # The total before prices were renewed last, where it was another.
    repriced_from = models.DecimalField(max_digits=18, decimal_places=4, null=True, editable=False)
    # When it was told that its prices have held for as long as they do; none once they are renewed.
    expired_at = models.DateTimeField(null=True, editable=False)
    quantity = models.PositiveIntegerField(default=1)
    # Who asked for the price, as far as it was said: it decided on price list and tax.
    buyer = models.JSONField(default=dict, editable=False)
    # The customer of `buyer` once more, to be found by; empty where none is known.
    customer = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    # What the caller's own system calls it; no two of a merchant have the same.
    reference = models.CharField(max_length=MOST_REFERENCE, null=True, blank=True, editable=False)
    locale = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=dict)
    # What undoes the last changes, and what does the undone ones again; see `undoing`.
    past = models.JSONField(default=list, db_default=[], editable=False)
    future = models.JSONField(default=list, db_default=[], editable=False)
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
            models.UniqueConstraint(
                fields=("merchant", "reference"), name="configuration_reference"
            ),
        ]
        # In the order of lists: of all, of a merchant, and of a product among hundreds of thousands
        # of others.
        indexes = [
            models.Index(fields=("-created_at", "-id"), name="configuration_newest"),
            models.Index(
                fields=("merchant", "-created_at", "-id"), name="configuration_of_merchant"
            ),
            models.Index(fields=("product", "-created_at", "-id"), name="configuration_of_product"),
            models.Index(fields=("merchant", "customer", "-id"), name="configuration_of_customer"),
            models.Index(fields=("merchant", "changed_at", "id"), name="configuration_changed"),
            models.Index(
                fields=("merchant", "priced_at"),
                condition=models.Q(state="open", expired_at=None),
                name="configuration_may_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.public_id}"

    @property
    def is_completed(self) -> bool:
        return self.state == self.State.COMPLETED

    @property
    def prices_are_of(self) -> datetime:
        """The moment whose prices it was kept with."""
        return self.priced_at or self.created_at

    @property
    def price_list_terms(self) -> str:
        """Whether amounts of its price list are net or gross."""
        document = self.price_list_document
        return str(document.get("price_list", document).get("amounts_are", "gross"))

    @property
    def stored(self) -> dict[str, Any]:
        """The evaluation as it was when this configuration was last kept."""
        document: dict[str, Any] = self.evaluation
        return document


class MetadataEntry(Owned):
    """A word of the caller's own system about a configuration, under a key; nothing here reads it."""

    merchant_path: ClassVar[str] = "configuration__merchant"

    configuration = models.ForeignKey(
        Configuration, models.CASCADE, related_name="metadata_entries", db_index=False
    )
    key = models.CharField(max_length=MOST_METADATA_KEY)
    value = models.CharField(max_length=MOST_METADATA_VALUE)

    class Meta:
        ordering = ("configuration", "key")
        constraints = [
            models.UniqueConstraint(fields=("configuration", "key"), name="metadata_key_once"),
        ]
        indexes = [
            models.Index(fields=("key", "value", "configuration"), name="metadata_found_by"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class Upload(Owned):
    """A picture or drawing that a shopper uploaded to be printed, as `catalog.uploaded` names it. Its
    content lies in the storage.

    It stays as long as a configuration names it; one that none names goes some days after it was
    uploaded last.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="uploads", editable=False)
    name = models.CharField(max_length=90, editable=False)
    size = models.PositiveIntegerField(editable=False)
    uploaded_at = models.DateTimeField("uploaded", editable=False)
    configurations = models.ManyToManyField(Configuration, related_name="uploads", editable=False)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=("merchant", "name"), name="upload_once_per_merchant")
        ]
        indexes = [models.Index(fields=("uploaded_at",), name="upload_may_be_swept")]

    def __str__(self) -> str:
        return self.name


class PriceOverride(models.Model):
    """A price that somebody set by hand for a configuration; one stands at most, those that ended
    stay to be read.
    """

    class Kind(models.TextChoices):
        DISCOUNT = "discount", "Discount: taken off"
        SURCHARGE = "surcharge", "Surcharge: added"
        FINAL = "final", "Final price: what it comes to"

    merchant_path: ClassVar[str] = "configuration__merchant"

    configuration = models.ForeignKey(Configuration, models.CASCADE, related_name="overrides")
    kind = models.CharField(max_length=9, choices=Kind)
    percent = NumberField(null=True)
    amount = NumberField(null=True)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    beyond_limits = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    # Who revoked or replaced it; empty where it ended since other choices or pieces were chosen.
    ended_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ("configuration", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("configuration",),
                condition=models.Q(ended_at=None),
                name="one_standing_override",
            ),
        ]

    def __str__(self) -> str:
        return self.terms().told(self.configuration.currency)

    columns: ClassVar[tuple[str, ...]] = (
        "kind",
        "percent",
        "amount",
        "reason",
        "by",
        "at",
        "beyond_limits",
    )

    def terms(self) -> Override:
        """Return this row as the value that prices are changed with."""
        return Override(**{name: getattr(self, name) for name in self.columns})


class ReachedThreshold(models.Model):
    """A threshold that the price of a configuration passed when it was completed, as the threshold
    was then.
    """

    merchant_path: ClassVar[str] = "configuration__merchant"

    configuration = models.ForeignKey(
        Configuration, models.CASCADE, related_name="reached_thresholds"
    )
    key = models.CharField(max_length=63, db_index=True)
    name = LineField(blank=True, default="")
    measure = models.CharField(max_length=20)
    limit = NumberField()
    currency = models.CharField(max_length=3, blank=True, default="")
    measured = NumberField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("configuration", "pk")
        constraints = [
            models.UniqueConstraint(fields=("configuration", "key"), name="threshold_reached_once"),
        ]

    def __str__(self) -> str:
        return str(self.name or self.key)

    @classmethod
    def of(cls, configuration: Configuration, reached: Reached, at: datetime) -> "ReachedThreshold":
        """Return the row, unsaved, that tells of `reached`."""
        threshold = reached.threshold
        kept: dict[str, Any] = {
            name: getattr(threshold, name) for name in ("key", "name", "measure", "limit")
        }
        kept |= {"currency": threshold.currency or "", "measured": reached.measured}
        return cls(configuration=configuration, at=at, **kept)


class KeptQuote(Owned):
    """A signed price that was given to somebody, and what became of it. The token says all else."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="quotes", editable=False)
    # The jti of its token.
    public_id = models.CharField("id", max_length=32, unique=True, editable=False)
    # Keys of products may be given anew; the quote is of the one that had it.
    product = models.CharField(max_length=63, editable=False)
    configuration = models.ForeignKey(
        Configuration,
        models.SET_NULL,
        null=True,
        related_name="quotes",
        editable=False,
        db_index=True,
    )
    token = models.TextField(editable=False)
    # Who it was given to, as the token says; empty where that is not known.
    customer = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    currency = models.CharField(max_length=3, editable=False)
    total = models.DecimalField(max_digits=18, decimal_places=4, editable=False)
    given_at = models.DateTimeField("given", editable=False)
    expires_at = models.DateTimeField("holds until", editable=False)
    accepted_at = models.DateTimeField("accepted", null=True, editable=False)
    # When it was told that it ended without being accepted.
    expired_at = models.DateTimeField("told as expired", null=True, editable=False)

    class Meta:
        verbose_name = "quote"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("merchant", "-id"), name="quote_of_merchant"),
            models.Index(fields=("merchant", "customer"), name="quote_of_customer"),
            models.Index(
                fields=("expires_at",),
                condition=models.Q(accepted_at=None, expired_at=None),
                name="quote_may_expire",
            ),
            models.Index(
                fields=("expired_at",),
                condition=models.Q(accepted_at=None, expired_at__isnull=False),
                name="quote_may_be_swept",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Erasure(Owned):
    """That personal data was erased, of which things, when and by whom; not whose data it was."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="erasures", editable=False)
    # The public id; empty where quotes alone were meant.
    configuration = models.CharField(max_length=32, blank=True, editable=False)
    quotes = models.JSONField(default=list, editable=False)
    by = models.CharField(max_length=150, editable=False)
    at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=("merchant", "-id"), name="erasure_of_merchant")]

    def __str__(self) -> str:
        return self.configuration or ", ".join(self.quotes)


class SigningKey(Owned):
    """A key that signs quotes of one merchant. Its private half is sealed, and neither shown nor
    told anywhere.
    """

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
        constraints = [
            models.UniqueConstraint(fields=("merchant", "number"), name="signing_key_number")
        ]

    def __str__(self) -> str:
        return self.kid


class QuoteTerms(Owned):
    """How long the quotes of one merchant hold, and the prices of configurations that are open."""

    merchant = models.OneToOneField(
        Merchant, models.CASCADE, primary_key=True, related_name="quote_terms"
    )
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
    open_days = models.PositiveSmallIntegerField(
        "configurations keep prices for days",
        default=OPEN_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_VALID_DAYS)],
        help_text="An older one that is open has the prices of the day from its next change, quote or order on.",
    )

    class Meta:
        verbose_name_plural = "quote terms"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1)
                & models.Q(most_days__gte=models.F("valid_days"))
                & models.Q(most_days__lte=MOST_VALID_DAYS),
                name="quote_terms_days",
            ),
            models.CheckConstraint(
                condition=models.Q(open_days__gte=1, open_days__lte=MOST_VALID_DAYS),
                name="quote_terms_open_days",
            ),
        ]

    def __str__(self) -> str:
        return f"Quotes of {self.merchant}"

    def clean(self) -> None:
        """Refuse quotes that hold longer than they may."""
        super().clean()
        if self.valid_days and self.most_days and self.valid_days > self.most_days:
            raise ValidationError({"most_days": "Quotes would hold longer than they may."})


class ShapeSweep(Owned):
    """Configurations by chance of a draft that are built by a worker: how far it is, and what came
    of it.

    `document` is the draft as it was, whose digest is `draft`. `report` is as `sweeping` writes it.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"

    merchant_path: ClassVar[str] = "product__merchant"

    product = models.ForeignKey(Product, models.CASCADE, related_name="shape_sweeps")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    draft = models.CharField(max_length=64)
    document = models.TextField()
    seed = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    is_begun = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.product}, {self.count} from {self.seed}"


class Workshop(Owned):
    """How one workshop of a merchant wants its files: boards, saw, and its words for columns and
    layers.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="workshops")
    key = key_field()
    name = LineField(blank=True, default="", help_text="For people.")
    settings = models.JSONField(default=dict)

    class Meta:
        ordering = ["key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "key"], name="workshop_key_of_merchant")
        ]

    def __str__(self) -> str:
        return self.name or self.key

    def clean(self) -> None:
        """Refuse settings that cannot be read."""
        super().clean()
        try:
            read_workshop(self.settings)
        except WorkshopRefused as refused:
            raise ValidationError({"settings": refused.sentence}) from None
