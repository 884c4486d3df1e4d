"""What a configuration of a draft looks like in space: materials, shapes, and what must hold to
build them.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from catalog.models.fields import ExpressionField, LineField, MappingField
from catalog.models.products import Product
from catalog.models.rows import WHEN_HELP, DraftRow

_LENGTH_HELP = (
    "A length or a formula, such as width - 2 * 18 mm; a number without unit is in millimetres."
)


class Material(DraftRow):
    """What shapes are made of: how it looks and what it weighs."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {
        "density": "number",
        "roughness": "number",
        "metallic": "number",
    }

    product = models.ForeignKey(Product, models.CASCADE, related_name="materials")
    label = LineField()
    finishes = models.JSONField(default=list, blank=True)
    colour = models.CharField(
        max_length=7,
        default="#c8c8c8",
        validators=[
            RegexValidator(r"\A#[0-9a-f]{6}\Z", "Write a colour such as #9fb49c, in small letters.")
        ],
        help_text="Its own colour, and that of values without a swatch.",
    )
    density = ExpressionField(
        null=True,
        blank=True,
        help_text="Kilograms per cubic metre, such as 680 or board.density. Empty: not known.",
    )
    roughness = ExpressionField(default="0.7", help_text="From 0, a mirror, to 1, chalk.")
    metallic = ExpressionField(
        default="0", help_text="0 for wood, stone and paint, 1 for bare metal."
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="material_key_once_per_product")
        ]


class Shape(DraftRow):
    """A parametric solid of the product."""

    texts: ClassVar[tuple[str, ...]] = ("label",)
    expressions: ClassVar[Mapping[str, str]] = {
        "length": "number",
        "width": "number",
        "thickness": "number",
        "x": "number",
        "y": "number",
        "z": "number",
        "when": "condition",
        "variant": "text",
        "weight": "number",
        "turn": "number",
    }

    class Form(models.TextChoices):
        BOX = "box", "box"
        PROFILE = "profile", "profile, an outline drawn out"
        TURNED = "turned", "turned, an outline about an axis"
        MODEL = "model", "3D model, one of your files"
        LETTERS = "letters", "letters of a print"

    class Orientation(models.TextChoices):
        FLAT = "flat", "flat, its length to the right, such as a shelf"
        FLAT_ACROSS = "flat_across", "flat, its length to the back"
        SIDE = "side", "on its side and upright, such as a cabinet side"
        SIDE_ACROSS = "side_across", "on its side, its length to the back"
        FRONT = "front", "facing the front and upright, such as a door"
        FRONT_ACROSS = "front_across", "facing the front, its length to the right"

    class Grain(models.TextChoices):
        LENGTH = "length", "along its length"
        WIDTH = "width", "along its width"

    product = models.ForeignKey(Product, models.CASCADE, related_name="shapes")
    label = LineField()
    form = models.CharField(max_length=10, choices=Form, default=Form.BOX)
    orientation = models.CharField(
        "stands", max_length=20, choices=Orientation, default=Orientation.FLAT
    )
    length = ExpressionField(null=True, blank=True, help_text=_LENGTH_HELP)
    width = ExpressionField(null=True, blank=True)
    thickness = ExpressionField(null=True, blank=True)
    outline = models.JSONField(default=list, blank=True)
    x = ExpressionField(
        "from the left", default="0", help_text="Where its left begins, in millimetres."
    )
    y = ExpressionField("from the front", default="0", help_text="Where its front begins.")
    z = ExpressionField("from the floor", default="0", help_text="Where its bottom is.")
    repeat = MappingField(default=dict, blank=True)
    each = MappingField(default=dict, blank=True)
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    material = models.CharField(
        max_length=63, null=True, blank=True, help_text="The key of a material."
    )
    edges = MappingField(default=dict, blank=True)
    grain = models.CharField(max_length=6, null=True, blank=True, choices=Grain)
    sku = LineField("part number", blank=True, default="")
    operations = models.JSONField(default=list, db_default=[], blank=True)
    of = models.CharField(
        "of each",
        max_length=63,
        null=True,
        blank=True,
        help_text="The key of a sub-assembly: the shape then stands in each of its instances.",
    )
    model = LineField(
        "3D model", null=True, blank=True, help_text="The name of one of your models, a .glb."
    )
    variant = ExpressionField(
        "look",
        null=True,
        blank=True,
        help_text=(
            "The name of one of its variants, such as upholstery for an option whose values are "
            "called so. Empty: as the file shows it."
        ),
    )
    slots = MappingField(default=dict, db_default=[], blank=True)
    weight = ExpressionField(null=True, blank=True, help_text="In kilograms. Empty: not known.")
    turn = ExpressionField(
        null=True,
        blank=True,
        help_text="Degrees about a vertical axis, against the clock from above: 0, 90, 180 or 270.",
    )

    print = models.CharField(
        max_length=63, null=True, blank=True, help_text="The key of the print whose letters it is."
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="shape_key_once_per_product")
        ]


class Fitting(DraftRow):
    """What joins boards of two shapes, with the holes that it takes."""

    expressions: ClassVar[Mapping[str, str]] = {
        "at": "number",
        "count": "number",
        "pitch": "number",
        "when": "condition",
    }

    class Kind(models.TextChoices):
        DOWEL = "dowel", "dowel, 8 mm"
        CONFIRMAT = "confirmat", "confirmat screw, 7 × 50"
        CAM = "cam", "cam and bolt, 15 mm"
        HINGE = "hinge", "cup hinge, 35 mm, with its plate"
        HINGE_CUP = "hinge_cup", "cup hinge, 35 mm, its plate in a row of holes"
        RUNNER = "runner", "drawer runner, 12.7 mm"

    class Edge(models.TextChoices):
        X0 = "x0", "x0, where its length begins"
        X1 = "x1", "x1, where its length ends"
        Y0 = "y0", "y0, where its width begins"
        Y1 = "y1", "y1, where its width ends"

    class Side(models.TextChoices):
        A = "A", "A"
        B = "B", "B"

    product = models.ForeignKey(Product, models.CASCADE, related_name="fittings")
    kind = models.CharField(max_length=12, choices=Kind)
    shape = models.CharField(
        max_length=63, help_text="The key of the board that is joined to others, such as a door."
    )
    to = models.JSONField(default=list)
    edge = models.CharField(
        "only at",
        max_length=2,
        null=True,
        blank=True,
        choices=Edge,
        help_text="Of a hinge the edge by which it hangs. Empty: wherever they meet.",
    )
    face = models.CharField(
        max_length=1,
        null=True,
        blank=True,
        choices=Side,
        help_text="Where a cam is turned or a plate screwed on. Empty: towards the other board.",
    )
    at = ExpressionField(
        "first at",
        default="50",
        help_text="From the begin of the joint, and from its end; in millimetres without a unit.",
    )
    count = ExpressionField("how many", default="2", help_text="At each joint.")
    pitch = ExpressionField(
        "apart",
        null=True,
        blank=True,
        help_text="Empty: spread evenly up to the same distance from the end.",
    )
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    sku = LineField(
        "part number", blank=True, default="", help_text="The piece that each of them takes."
    )

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="fitting_key_once_per_product")
        ]


class ShapeCheck(DraftRow):
    """What must hold for the shapes to be built."""

    texts: ClassVar[tuple[str, ...]] = ("message",)
    expressions: ClassVar[Mapping[str, str]] = {"when": "condition", "then": "condition"}

    product = models.ForeignKey(Product, models.CASCADE, related_name="shape_checks")
    when = ExpressionField("only when", null=True, blank=True, help_text=WHEN_HELP)
    then = ExpressionField(
        "then", help_text="What must hold, such as height >= 2 * 18 mm + shelf_count * 50 mm."
    )
    message = LineField(null=True, blank=True, help_text="Tells why there is no such shape.")

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["product", "key"], name="shape_check_key_once_per_product"
            )
        ]
