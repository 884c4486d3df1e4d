"""What every configuration of a draft must satisfy, said as conditions or as tables."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from catalog.models.fields import ExpressionField, LineField
from catalog.models.products import Product
from catalog.models.rows import DraftRow

MESSAGE_HELP = "Why, in your words: shoppers read it when their choices break the rule."


class Rule(DraftRow):
    """Wherever `when` holds, `then` must hold."""

    texts: ClassVar[tuple[str, ...]] = ("message",)
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition", "then": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="rules")
    when = ExpressionField(
        null=True, blank=True, help_text="A condition, such as top == glass. Empty: always."
    )
    then = ExpressionField(help_text="What must hold then, such as frame == steel.")
    message = LineField(null=True, blank=True, help_text=MESSAGE_HELP)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="rule_key_once_per_product")
        ]


class Preference(DraftRow):
    """Wherever `when` holds, `then` should hold where it can."""

    texts: ClassVar[tuple[str, ...]] = ("message",)
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition", "then": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="preferences")
    when = ExpressionField(
        null=True, blank=True, help_text="A condition, such as top == oak. Empty: always."
    )
    then = ExpressionField(help_text="What should hold then where it can, such as frame == oak.")
    message = LineField(
        null=True,
        blank=True,
        help_text="Why, in your words: shoppers read it where a value was set by it.",
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["product", "key"], name="preference_key_once_per_product"
            )
        ]


class TableRule(DraftRow):
    """Combinations of some options, row by row: the only ones allowed, or those forbidden."""

    texts: ClassVar[tuple[str, ...]] = ("message",)

    product = models.ForeignKey(Product, models.CASCADE, related_name="tables")
    options = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    allows = models.BooleanField(
        "the rows are",
        default=True,
        choices=[(True, "the only allowed combinations"), (False, "forbidden")],
    )
    message = LineField(null=True, blank=True, help_text=MESSAGE_HELP)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="table_key_once_per_product")
        ]
