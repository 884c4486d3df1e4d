"""Products as people edit them, and the steps and groups their options are shown in."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from catalog.models.fields import LineField
from catalog.models.merchants import Merchant
from catalog.models.ownership import Owned
from catalog.models.rows import DraftRow, Translated
from catalog.product_model import KEY_PATTERN


class Product(Owned, Translated):
    """A thing people may configure: the root of its draft and of its versions."""

    texts: ClassVar[tuple[str, ...]] = ("name", "description")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="products")
    key = models.CharField(
        max_length=63,
        validators=[
            RegexValidator(
                r"\A[a-z0-9][a-z0-9_-]{0,62}\Z",
                "Use small letters, digits, hyphens and underscores.",
            )
        ],
        help_text="Part of the product's address; keep it once the product is embedded somewhere.",
    )
    name = LineField()
    description = LineField(null=True, blank=True)
    image = LineField(
        "picture", null=True, blank=True, help_text="The name of one of your pictures."
    )
    locale = models.CharField(
        "language",
        max_length=35,
        default="en",
        help_text="The language the texts are written in, such as en or de-CH.",
    )
    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Use a code of three capitals, such as EUR.")],
        help_text="The currency that amounts of price lines are in, unless a line names a price list.",
    )
    tax_class = models.CharField(
        max_length=63,
        default="standard",
        validators=[
            RegexValidator(rf"\A{KEY_PATTERN}\Z", "Use small letters, digits and underscores.")
        ],
        help_text="Which of your tax rates holds for it, where you keep rates by country.",
    )
    units = models.JSONField("units of lengths", default=list, blank=True)
    edited_at = models.DateTimeField("last edited", auto_now=True)
    # Since when nothing new is made of it; what was made before stays.
    retired_at = models.DateTimeField("retired", null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key"], name="product_key_once_per_merchant"
            )
        ]
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.name)


class Step(DraftRow):
    """A page of groups."""

    texts: ClassVar[tuple[str, ...]] = ("label",)

    product = models.ForeignKey(Product, models.CASCADE, related_name="steps")
    label = LineField()

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="step_key_once_per_product")
        ]


class Group(DraftRow):
    """Options shown together."""

    texts: ClassVar[tuple[str, ...]] = ("label", "help")

    product = models.ForeignKey(Product, models.CASCADE, related_name="groups")
    step = models.ForeignKey(Step, models.CASCADE, related_name="groups")
    label = LineField()
    help = LineField(null=True, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="group_key_once_per_product")
        ]
