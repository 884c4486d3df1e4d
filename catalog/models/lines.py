"""What a configuration of a draft costs, needs and waits for: price lines, BOM lines, lead-time
lines.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from catalog.models.fields import ExpressionField, LineField, MappingField
from catalog.models.options import Option
from catalog.models.products import Product
from catalog.models.rows import WHEN_HELP, DraftRow
from catalog.product_model import KEY_PATTERN


class PriceLine(DraftRow):
    """One amount with its reason: a formula, amounts by value or by two numbers, a percentage or a
    limit.
    """

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {
        "amount": "number",
        "percent": "number",
        "minimum": "number",
        "maximum": "number",
        "quantity": "number",
        "waste": "number",
        "at_least": "number",
        "cost": "number",
        "when": "condition",
    }

    class Per(models.TextChoices):
        SQUARE_METRE = "m2", "m²"
        METRE = "m", "m"
        CUBIC_METRE = "m3", "m³"
        KILOGRAM = "kg", "kg"
        PIECE = "piece", "piece"
        METRE_OF_LONGEST = "m_of_longest", "m of the longest part"

    product = models.ForeignKey(Product, models.CASCADE, related_name="price_lines")
    label = LineField()
    amount = ExpressionField(
        null=True, blank=True, help_text="An amount or a formula, such as 0.12 * width."
    )
    option = models.ForeignKey(
        Option, models.RESTRICT, null=True, blank=True, related_name="price_lines"
    )
    amounts = MappingField(default=dict, blank=True)
    table = models.JSONField(null=True, blank=True)
    percent = ExpressionField(null=True, blank=True, help_text="A percentage, such as 15 or -10.")
    of = models.JSONField(default=list, blank=True)
    minimum = ExpressionField(
        null=True, blank=True, help_text="What the lines it is of are raised to."
    )
    maximum = ExpressionField(
        null=True, blank=True, help_text="What the lines it is of are lowered to."
    )
    per = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=Per,
        help_text="What the amount is the price of, for a material.",
    )
    quantity = ExpressionField(
        null=True, blank=True, help_text="How much of it, such as width * depth / 1000000."
    )
    parts = models.JSONField(default=list, blank=True)
    waste = ExpressionField(
        "waste in percent", null=True, blank=True, help_text="Such as 12: so much more is used."
    )
    at_least = ExpressionField(
        null=True, blank=True, help_text="The least quantity that is charged."
    )
    breaks = models.JSONField(default=list, blank=True)
    tiered = models.BooleanField(
        default=False,
        help_text="A break changes the amount of the pieces from there on, not of all of them.",
    )
    once = models.BooleanField(
        "once per order",
        default=False,
        help_text="Such as a set-up: counted once, however many pieces are ordered.",
    )
    whole = models.BooleanField(
        "whole ones per order",
        default=False,
        help_text="Of a material, such as sheets or packs: what all pieces need is rounded up, and charged once.",
    )
    subtotal = models.CharField(
        max_length=63,
        null=True,
        blank=True,
        help_text="The key of a sum that percentages may be of, such as material.",
    )
    cost = ExpressionField(
        null=True, blank=True, help_text="What this costs you; shoppers never see it."
    )
    costs = MappingField(default=dict, blank=True)
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    price_list = LineField(
        null=True,
        blank=True,
        help_text="The key of a price list, if the line holds only there. Empty: everywhere.",
    )
    tax_class = models.CharField(
        max_length=63,
        null=True,
        blank=True,
        validators=[
            RegexValidator(rf"\A{KEY_PATTERN}\Z", "Use small letters, digits and underscores.")
        ],
        help_text="Such as reduced, where it is not that of the product; none bears no tax, such as a deposit.",
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["product", "key"], name="price_line_key_once_per_product"
            )
        ]


class BomLine(DraftRow):
    """A part the configuration needs."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {"quantity": "number", "when": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="bom_lines")
    label = LineField()
    quantity = ExpressionField(default="1", help_text="How many, as a number or a formula.")
    part = LineField("part number", blank=True, default="")
    option = models.ForeignKey(
        Option,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="bom_lines",
        help_text="The SKU of what is chosen for this option becomes the part number.",
    )
    unit = LineField(blank=True, default="", help_text="Such as m or kg; empty for pieces.")
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    measures = MappingField(default=dict, blank=True)
    whole = models.BooleanField(
        "whole ones per order",
        default=False,
        help_text="Such as sheets or packs: what all pieces of an order need is rounded up.",
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="bom_line_key_once_per_product")
        ]
        verbose_name = "BOM line"


class LeadTimeLine(DraftRow):
    """Days that are added to the lead time."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {"days": "number", "when": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="lead_time_lines")
    label = LineField()
    days = ExpressionField(help_text="How many working days, as a number or a formula.")
    stage = models.CharField(
        max_length=63,
        null=True,
        blank=True,
        help_text="Lines of one stage run side by side: only the slowest counts. Empty: one after another.",
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["product", "key"], name="lead_time_line_key_once_per_product"
            )
        ]
        verbose_name = "lead-time line"
