"""What a draft asks: options with their values, values derived by a formula, presets to start from."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from catalog.models.fields import ExpressionField, LineField, MappingField, NumberField
from catalog.models.ownership import Owned
from catalog.models.products import Group, Product
from catalog.models.rows import WHEN_HELP, DraftRow, Translated, key_field
from catalog.product_model import IMPORTANCE, LEAST_IMPORTANCE, MOST_IMPORTANCE

REASON_HELP = "What shoppers read where the condition is false."
PICTURE_HELP = "The name of one of your pictures."


class Option(DraftRow):
    """A question the product asks; which of the domain's columns count depends on the kind."""

    texts: ClassVar[tuple[str, ...]] = ("label", "help", "reason", "pattern_hint")
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition"}

    class Kind(models.TextChoices):
        CHOICE = "choice", "Choice: one of its values"
        MULTI = "multi", "Multi-choice: any of its values"
        BOOLEAN = "boolean", "Yes or no"
        NUMBER = "number", "Number"
        TEXT = "text", "Text"
        COLOUR = "colour", "Colour"
        FILE = "file", "Picture of the shopper's own"
        DATE = "date", "Date"

    product = models.ForeignKey(Product, models.CASCADE, related_name="options")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CHOICE)
    label = LineField()
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="options")
    help = LineField(null=True, blank=True)
    required = models.BooleanField(
        default=True, help_text="A configuration is complete only with a value for it."
    )
    default = models.JSONField(null=True, blank=True)
    at_least = models.BigIntegerField(null=True, blank=True)
    at_most = models.BigIntegerField(null=True, blank=True)
    number_first = NumberField("from", null=True, blank=True)
    number_last = NumberField("to", null=True, blank=True)
    number_step = NumberField("in steps of", default=1)
    number_unit = LineField("unit", blank=True, default="")
    date_first = models.DateField("first day", null=True, blank=True)
    date_last = models.DateField("last day", null=True, blank=True)
    date_step = models.BigIntegerField("in steps of days", default=1, db_default=1)
    date_working_days = models.BooleanField(
        "working days only",
        default=False,
        db_default=False,
        help_text="Saturdays and Sundays are no answers.",
    )
    date_closed = LineField(
        "closed days",
        blank=True,
        default="",
        db_default="",
        help_text="Further days that are no answers, such as 2026-12-25 2026-12-26.",
    )
    # A text domain that only has defaults differs from none, and both survive the way to a product
    # model and back.
    has_text_domain = models.BooleanField(default=False, editable=False)
    min_length = models.BigIntegerField("shortest", default=0)
    max_length = models.BigIntegerField("longest", default=200)
    pattern = LineField(
        null=True, blank=True, help_text="A regular expression that the whole text must match."
    )
    pattern_hint = LineField(
        null=True, blank=True, help_text="What shoppers read when it does not."
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    reason = LineField(null=True, blank=True, help_text=REASON_HELP)
    importance = models.BigIntegerField(
        default=IMPORTANCE,
        validators=[MinValueValidator(LEAST_IMPORTANCE), MaxValueValidator(MOST_IMPORTANCE)],
        help_text=f"{LEAST_IMPORTANCE} to {MOST_IMPORTANCE}. Where choices clash, shoppers are first offered to change "
        "what is least important.",
    )
    internal = models.BooleanField(
        default=False,
        help_text="Shoppers never see it; formulas and rules read it. Its default, a rule or another system sets it.",
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="option_key_once_per_product")
        ]


class Value(Owned, Translated):
    """A possible answer of a choice or multi-choice."""

    merchant_path: ClassVar[str] = "option__product__merchant"
    texts: ClassVar[tuple[str, ...]] = ("label", "description", "reason")
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition"}

    option = models.ForeignKey(Option, models.CASCADE, related_name="values")
    key = key_field()
    position = models.PositiveIntegerField(
        "order", default=0, help_text="Smaller numbers come first."
    )
    label = LineField()
    sku = LineField("SKU", blank=True, default="")
    description = LineField(null=True, blank=True)
    image = LineField("picture", null=True, blank=True, help_text=PICTURE_HELP)
    swatch = LineField(
        null=True,
        blank=True,
        help_text="A colour to show where there is no picture, such as #9fb49c.",
    )
    attributes = MappingField(
        default=dict, blank=True, help_text="Numbers or texts that expressions may read."
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    reason = LineField(null=True, blank=True, help_text=REASON_HELP)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["option", "key"], name="value_key_once_per_option")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.label or self.key)


class Derived(DraftRow):
    """A number, text or yes/no that a formula gives."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {"formula": "any"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="derived")
    label = LineField()
    formula = ExpressionField(help_text="Such as width * depth / 1000000.")
    unit = LineField(blank=True, default="")
    shown = models.BooleanField("shown to shoppers", default=False)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="derived_key_once_per_product")
        ]
        verbose_name = "derived value"


class Preset(DraftRow):
    """A named set of choices to start from."""

    texts: ClassVar[tuple[str, ...]] = ("label", "description")

    product = models.ForeignKey(Product, models.CASCADE, related_name="presets")
    label = LineField()
    description = LineField(null=True, blank=True)
    image = LineField("picture", null=True, blank=True, help_text=PICTURE_HELP)
    choices = MappingField(default=dict, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="preset_key_once_per_product")
        ]
