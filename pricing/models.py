"""Price lists as the merchant keeps them: the terms of a market. The amounts stand in the price lines of products."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from catalog.errors import Malformed
from catalog.models import Merchant
from catalog.models.fields import LineField, NumberField
from catalog.models.ownership import Owned
from catalog.models.rows import Translated, key_field
from catalog.product_model import Text
from pricing import price_list as core
from pricing.money import CURRENCIES


def known_currency(code: str) -> None:
    """Refuse a code that ISO 4217 does not list."""
    if code not in CURRENCIES:
        raise ValidationError("This is no currency of ISO 4217; use a code such as EUR or CAD.")


class PriceList(Owned, Translated):
    """The terms on which a merchant sells in one market: currency, tax and rounding."""

    texts: ClassVar[tuple[str, ...]] = ("name", "tax_label")

    class Terms(models.TextChoices):
        NET = "net", "without tax (net)"
        GROSS = "gross", "with tax (gross)"

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", "to the nearest; halves up"
        HALF_EVEN = "half_even", "to the nearest; halves to the even digit"
        UP = "up", "up"
        DOWN = "down", "down"

    class RoundingOf(models.TextChoices):
        LINE = "line", "each line"
        TOTAL = "total", "only the total"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="price_lists")
    key = key_field()
    name = LineField()
    currency = models.CharField(
        max_length=3,
        validators=[known_currency],
        help_text="A code such as EUR. Price lines without a list hold in all lists of their product's own currency.",
    )
    is_default = models.BooleanField(
        "default",
        default=False,
        help_text="Used for products in this currency where nobody asks for another list. One for each currency.",
    )
    amounts_are = models.CharField(
        max_length=5,
        choices=Terms,
        default=Terms.GROSS,
        help_text="What the amounts of price lines are.",
    )
    tax_rate = NumberField(
        "tax rate in percent",
        null=True,
        blank=True,
        help_text="Such as 19. Empty: the tax is not known here, and the shopper is told so. 0: there is none.",
    )
    tax_label = LineField(
        "name of the tax", null=True, blank=True, help_text="Such as VAT, HST or MwSt., as shoppers read it."
    )
    shows = models.CharField(
        max_length=5, choices=Terms, default=Terms.GROSS, help_text="Which of the two shoppers see first."
    )
    rounding_increment = NumberField(
        "round to",
        null=True,
        blank=True,
        help_text="Such as 0.05 or 1. Empty: the smallest unit of the currency.",
    )
    rounding_mode = models.CharField("rounding", max_length=9, choices=Rounding, default=Rounding.HALF_UP)
    rounding_of = models.CharField(
        "rounds",
        max_length=5,
        choices=RoundingOf,
        default=RoundingOf.LINE,
        help_text="Rounding only the total adds a line of its own for the difference where there is one.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="price_list_key_once_per_merchant"),
            models.UniqueConstraint(
                fields=["merchant", "currency"],
                condition=models.Q(is_default=True),
                name="one_default_price_list_per_currency",
                violation_error_message="Another price list of this currency is the default already.",
            ),
        ]
        ordering = ["merchant", "currency", "key"]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        """Refuse what the row's columns allow one by one and a price list cannot be: a rounding no coin can pay."""
        super().clean()
        try:
            self.terms()
        except Malformed as refusal:
            problems: dict[str, list[str]] = {}
            for error in refusal.data["errors"]:
                column = error["pointer"].strip("/").partition("/")[0]
                known = column if column in (*self.columns, *self.texts) else "__all__"
                problems.setdefault(known, []).append(error["detail"])
            raise ValidationError(problems) from refusal

    columns: ClassVar[tuple[str, ...]] = (
        "key",
        "currency",
        "amounts_are",
        "tax_rate",
        "shows",
        "rounding_increment",
        "rounding_mode",
        "rounding_of",
        "is_default",
    )

    def terms(self) -> core.PriceList:
        """Return this row as the value that prices are computed with; refuses with Malformed."""
        document: dict[str, Any] = {name: getattr(self, name) for name in self.columns}
        for name in self.texts:
            if getattr(self, name) not in (None, ""):
                document[name] = {**self.translations.get(name, {}), "default": getattr(self, name)}
        return core.read_price_list(document)

    def take(self, terms: core.PriceList) -> None:
        """Set all columns to those of `terms`, unsaved."""
        for name in self.columns:
            setattr(self, name, getattr(terms, name))
        texts: dict[str, Text | None] = {name: getattr(terms, name) for name in self.texts}
        for name, text in texts.items():
            setattr(self, name, None if text is None else text.default)
        self.translations = {
            name: dict(text.translations) for name, text in texts.items() if text and text.translations
        }
