"""Products that a draft contains, each as it was published."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from catalog.models.fields import ExpressionField, LineField, MappingField
from catalog.models.options import REASON_HELP
from catalog.models.products import Group, Product
from catalog.models.rows import WHEN_HELP, DraftRow


class SubAssembly(DraftRow):
    """A configured product inside this one, once or several times.

    `definition` is the contained product's document as it was published, `version` the number it
    had; what is edited in that product later changes nothing here.
    """

    texts: ClassVar[tuple[str, ...]] = ("label", "count_label", "help", "reason")
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition"}

    class LeadTime(models.TextChoices):
        LONGEST = "longest", "at the same time: the slowest counts"
        ADDED = "added", "one after the other: their days are summed"

    product = models.ForeignKey(Product, models.CASCADE, related_name="assemblies")
    label = LineField(
        help_text="What one of them is called, such as Module; a number follows where there are several."
    )
    count_label = LineField(
        "question",
        null=True,
        blank=True,
        help_text="How many, as a question to shoppers, such as Number of modules.",
    )
    group = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, related_name="assemblies"
    )
    help = LineField(null=True, blank=True)
    at_least = models.BigIntegerField(default=0)
    at_most = models.BigIntegerField(default=1)
    default = models.BigIntegerField(
        "at the start",
        null=True,
        blank=True,
        help_text="How many there are at first. Empty: as few as there may be.",
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    reason = LineField(null=True, blank=True, help_text=REASON_HELP)
    lead_time = models.CharField(
        "they are made", max_length=10, choices=LeadTime, default=LeadTime.LONGEST
    )
    spacing = MappingField(default=dict, db_default=[], blank=True)
    # A text, so that the order of what it holds is kept.
    definition = models.TextField(editable=False)
    version = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="assembly_key_once_per_product")
        ]
        verbose_name = "sub-assembly"
        verbose_name_plural = "sub-assemblies"

    @property
    def document(self) -> dict[str, Any]:
        """The contained product as plain JSON values; empty before one was chosen."""
        return json.loads(self.definition) if self.definition else {}
