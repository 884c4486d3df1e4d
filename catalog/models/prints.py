"""What is printed, engraved or cut on a product: what somebody writes or uploads, in an area."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from catalog.models.fields import ExpressionField, LineField
from catalog.models.products import Product
from catalog.models.rows import WHEN_HELP, DraftRow


class Print(DraftRow):
    """A text or a picture in an area of a product."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {
        "width": "number",
        "height": "number",
        "size": "number",
        "least": "number",
        "curve": "number",
        "x": "number",
        "y": "number",
        "scale": "number",
        "turn": "number",
        "when": "condition",
    }

    class Typeface(models.TextChoices):
        SANS = "sans", "Sans: Source Sans, with Greek and Cyrillic"
        SERIF = "serif", "Serif: Caladea"
        HAND = "hand", "Hand: Amatic"
        ROUND = "round", "Round: Fredoka"

    class Align(models.TextChoices):
        LEFT = "left", "left"
        MIDDLE = "middle", "in the middle"
        RIGHT = "right", "right"

    class Fit(models.TextChoices):
        CONTAIN = "contain", "as large as fits into the area"
        COVER = "cover", "as large as covers the area"

    product = models.ForeignKey(Product, models.CASCADE, related_name="prints")
    label = LineField()
    text = models.CharField(
        max_length=200, blank=True, default="", help_text="The key of the option for its text."
    )
    file = models.CharField(
        "or picture",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="The key of an option for a picture of the shopper's own, in place of a text.",
    )
    width = ExpressionField(
        help_text="How wide the area is: a length or a formula; without a unit in millimetres."
    )
    height = ExpressionField()
    size = ExpressionField(
        "height of capitals",
        null=True,
        blank=True,
        help_text="They get smaller where the text would not fit.",
    )
    least = ExpressionField(
        "at least", default="3", help_text="A text that does not fit then cannot be ordered."
    )
    typeface = models.CharField(max_length=5, choices=Typeface, default=Typeface.SANS)
    typeface_of = models.CharField(
        "typeface of what is chosen for",
        max_length=200,
        blank=True,
        default="",
        help_text="The key of a choice whose values have the attribute typeface: sans, serif, hand or round.",
    )
    colour = models.CharField(
        max_length=7,
        default="#202020",
        validators=[
            RegexValidator(r"\A#[0-9a-f]{6}\Z", "Write a colour such as #9fb49c, in small letters.")
        ],
    )
    colour_of = models.CharField(
        "colour of what is chosen for",
        max_length=200,
        blank=True,
        default="",
        help_text="The key of an option for a colour, or of a choice whose values have swatches.",
    )
    align = models.CharField("stands", max_length=6, choices=Align, default=Align.MIDDLE)
    curve = ExpressionField(
        default="0",
        help_text="The radius of a circle that the line goes round: over its top, with a minus through its bottom.",
    )
    fit = models.CharField(
        "is", max_length=7, choices=Fit, default=Fit.CONTAIN, db_default="contain"
    )
    scale = ExpressionField(
        default="100", db_default="100", help_text="Percent of that size; a number or a formula."
    )
    x = ExpressionField(
        "to the right",
        default="0",
        db_default="0",
        help_text="How far its middle is from that of the area.",
    )
    y = ExpressionField("up", default="0", db_default="0")
    turn = ExpressionField(
        "turned by", default="0", db_default="0", help_text="Degrees against the clock."
    )
    least_dpi = models.PositiveSmallIntegerField(
        "sharp from",
        default=150,
        db_default=150,
        validators=[MinValueValidator(1), MaxValueValidator(1_200)],
        help_text="Dots an inch; of a picture with fewer at its size shoppers are warned.",
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="print_key_once_per_product")
        ]
