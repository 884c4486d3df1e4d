"""What all rows of a draft have in common: a product, a key, a place in the order, and
translations.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from catalog.models.ownership import Owned
from catalog.product_model import KEY_PATTERN

KEY_HELP = "Small letters, digits and underscores. Expressions, files and the API use it, so keep it once published."
WHEN_HELP = "A condition, such as frame == steel and width > 1400. Empty: always."


def key_field() -> "models.CharField[str, str]":
    """Return the column for a key that expressions may use."""
    return models.CharField(
        max_length=63,
        validators=[
            RegexValidator(
                rf"\A{KEY_PATTERN}\Z",
                "Use small letters, digits and underscores, and start with a letter.",
            )
        ],
        help_text=KEY_HELP,
    )


class Translated(models.Model):
    """A row with texts people read: each default in a column of its own, translations as {column:
    {locale: text}}.
    """

    translations = models.JSONField(default=dict, blank=True, editable=False)

    # The columns that are translated.
    texts: ClassVar[tuple[str, ...]] = ()
    # The columns that hold expressions, with what each must give: condition, number, text or any.
    expressions: ClassVar[Mapping[str, str]] = {}

    class Meta:
        abstract = True


class DraftRow(Owned, Translated):
    """A row of a product's draft, in its place among its siblings."""

    merchant_path: ClassVar[str] = "product__merchant"

    product = models.ForeignKey("catalog.Product", models.CASCADE)
    key = key_field()
    position = models.PositiveIntegerField(
        "order", default=0, help_text="Smaller numbers come first."
    )

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(getattr(self, "label", "") or self.key)
