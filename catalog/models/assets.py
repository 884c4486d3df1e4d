"""A merchant's pictures and 3D models, and the layers a product's picture is composed of."""

from collections.abc import Mapping
from typing import ClassVar, get_args

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from catalog import glb_files
from catalog.models.fields import ExpressionField, LineField
from catalog.models.merchants import Merchant
from catalog.models.ownership import Owned
from catalog.models.products import Product
from catalog.models.rows import WHEN_HELP, DraftRow
from catalog.product_model import PictureView


class Asset(Owned):
    """A picture or a 3D model under a name. Its content is stored by digest, so replacing it here
    changes no published version.

    A model is called `.glb`. Its `facts` are what its file tells, its sides in pixels are 0.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="assets")
    name = models.CharField(
        max_length=200,
        validators=[
            RegexValidator(
                r"\A\w[\w.-]*(/\w[\w.-]*)*\Z",
                "Use letters, digits, dots, hyphens and slashes, such as tops/oak.png.",
            )
        ],
        help_text="How products refer to it, such as tops/oak.png.",
    )
    digest = models.CharField(max_length=64, db_index=True, editable=False)
    media_type = models.CharField(max_length=20, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    size = models.PositiveIntegerField(editable=False)
    credit = models.CharField(
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text="Whose work it is, as it is to be shown. A 3D model needs one.",
    )
    licence = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Under which terms you use it, such as CC BY 4.0, or own work.",
    )
    facts = models.JSONField(default=dict, db_default={}, editable=False)
    kept_at = models.DateTimeField("uploaded", auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], name="asset_name_once_per_merchant"
            )
        ]
        ordering = ["name"]
        verbose_name = "asset"
        verbose_name_plural = "assets"

    @property
    def is_model(self) -> bool:
        """Whether it is a 3D model."""
        return self.media_type == glb_files.MEDIA_TYPE

    def __str__(self) -> str:
        return self.name


class Layer(DraftRow):
    """A picture laid over those before it where `when` holds."""

    expressions: ClassVar[Mapping[str, str]] = {"when": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="layers")
    image = LineField(
        "picture",
        blank=True,
        default="",
        db_default="",
        help_text="The name of one of your pictures; all layers have the same size.",
    )
    print = models.CharField(
        "or a print",
        max_length=63,
        blank=True,
        default="",
        db_default="",
        help_text="The key of a print, in place of a picture.",
    )
    corners = models.JSONField(default=list, db_default=[], blank=True)
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    colour = models.CharField(
        "takes the colour of",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="The key of an option for a colour: a picture in greys is then shown in the colour that was chosen.",
    )
    mask = LineField(
        "cut out by",
        blank=True,
        default="",
        db_default="",
        help_text="The name of one of your pictures: the layer shows as far as that one is bright and not see-through.",
    )
    blend = models.CharField(
        "blends",
        max_length=10,
        choices={
            "normal": "over what is below",
            "multiply": "darker by what is below (multiply)",
            "screen": "lighter by what is below (screen)",
            "overlay": "with more contrast (overlay)",
            "soft_light": "as soft light",
            "darken": "where it is darker (darken)",
            "lighten": "where it is lighter (lighten)",
        },
        default="normal",
        db_default="normal",
        help_text="A print on fabric or a shadow is multiplied, a reflection is screened.",
    )
    opacity = models.PositiveSmallIntegerField(
        default=100,
        db_default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="How much of it is seen, in percent.",
    )
    view = models.CharField(
        max_length=6,
        choices={each: each.capitalize() for each in get_args(PictureView.__value__)},
        blank=True,
        default="",
        db_default="",
        help_text="The one picture it is part of, for products that are seen from several sides. Empty: all of them.",
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="layer_key_once_per_product")
        ]
