"""Admin of materials, shapes and shape checks."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from catalog.admin.inputs import (
    ANY_NAME,
    KeysField,
    PairsField,
    PointsField,
    refuse_unreadable,
    sentence,
)
from catalog.admin.lines import LineForm
from catalog.admin.operations import OperationsField
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.admin.rules import StatementAdmin
from catalog.errors import Refusal
from catalog.expressions.errors import suggestion
from catalog.expressions.types import Expected, Scope
from catalog.models import Fitting, Material, Shape, ShapeCheck
from catalog.product_model import read_shape
from catalog.shape_expressions import expressions_of_shape, scope_of_shape

_EDGES = ("L1", "L2", "W1", "W2")


class MaterialForm(LineForm):
    """A material; its numbers may read attributes of what is chosen."""

    finishes = KeysField(
        required=False,
        noun="option",
        label="Looks as what is chosen for",
        help_text=(
            "Keys of options: colours, or choices whose values have swatches. Of several, the first that has a value."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        finishes = self.fields.get("finishes")
        if isinstance(finishes, KeysField):
            finishes.known = tuple(self.draft.model.option_by_key) if self.draft.model else ()


@admin.register(Material)
class MaterialAdmin(DraftRowAdmin):
    """What shapes are made of."""

    form = MaterialForm
    section = "materials"
    list_display = ("label", "key", "product", "looks_as", "colour", "position")
    list_editable = ("position",)
    fields = (
        ("label", "key", "position"),
        ("finishes", "colour"),
        ("density", "roughness", "metallic"),
    )

    @admin.display(description="looks as")
    def looks_as(self, material: Material) -> str:
        """Return the options it takes its look from."""
        return code(", ".join(material.finishes))


class ShapeForm(LineForm):
    """A shape, whose expressions may use its own counters and values."""

    models = ("model",)

    outline = PointsField(
        required=False,
        help_text=(
            "One point a line. Of a profile: across, up. Of a turned shape: radius, height, from one end of its axis "
            "to the other."
        ),
    )
    repeat = PairsField(
        required=False,
        rows=2,
        help_text="A counter and how often it counts from 1, such as i = shelf_count; up to three, one a line.",
    )
    each = PairsField(
        required=False,
        label="Values of each",
        rows=3,
        help_text="Values worked out for each solid, one a line, such as height = i * gap.",
    )
    slots = PairsField(
        required=False,
        rows=3,
        label="Looks of its materials",
        pattern=ANY_NAME,
        help_text=(
            "Materials of its file that look as materials of the product, one a line, such as "
            "Leather = seat."
        ),
    )
    edges = PairsField(
        required=False,
        rows=3,
        label="Banded edges",
        pattern="|".join(_EDGES),
        help_text="L1, L2 along its length and W1, W2 across, with when, such as L1 = true or W1 = ends == finished.",
    )

    operations = OperationsField(
        required=False,
        help_text=(
            "What is taken out of a board, one a line, such as pins: hole A | x = 37 | y = 50 | diameter = 5 | "
            "depth = 12 | nx = 20 | px = 32. Kinds: hole, pocket, groove, cut_out; faces: A, B, x0, x1, y0, y1. "
            "Without depth it goes through; when and sku may follow."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own_scope: Scope | None = None

    def scope(self) -> Scope | None:
        """Return the names of the product, and the counters and values of this shape."""
        return self._own_scope or super().scope()

    def clean(self) -> Any:
        model = self.draft.model
        named = {name: self.cleaned_data.get(name) or {} for name in ("repeat", "each", "edges")}
        outline = self.cleaned_data.get("outline") or []
        operations = self.cleaned_data.get("operations") or []
        fields = {"key": "shape", "label": "", **named, "outline": outline}
        fields["of"] = self.cleaned_data.get("of") or None
        fields["slots"] = self.cleaned_data.get("slots") or {}
        try:
            shape = read_shape({**fields, "operations": operations})
            if model is not None:
                self._own_scope = scope_of_shape(model, shape)
        except Refusal as refused:
            raise ValidationError(refused.sentence) from refused
        cleaned = super().clean()
        for path, text, expects in expressions_of_shape(shape):
            if path.startswith("shapes/shape/operations/"):
                self._read("operations", text, expects)
        expected: dict[str, Expected] = {"repeat": "number", "each": "any", "edges": "condition"}
        for name, pairs in named.items():
            for text in pairs.values():
                self._read(name, text, expected[name])
        for text in (text for point in outline for text in point):
            self._read("outline", text, "number")
        return cleaned

    def _read(self, name: str, text: str, expected: Expected) -> None:
        scope = self.scope()
        if scope is not None:
            try:
                refuse_unreadable(text, scope, expected, self.lengths)
            except ValidationError as error:
                self.add_error(name, error)


@admin.register(Shape)
class ShapeAdmin(DraftRowAdmin):
    """What a configuration looks like in space."""

    form = ShapeForm
    section = "shapes"
    list_display = (
        "label",
        "key",
        "product",
        "size",
        "place",
        "count",
        "material",
        "condition",
        "position",
    )
    list_editable = ("position",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("label", "key", "position"),
                    ("form", "orientation"),
                    ("material", "grain", "sku"),
                    ("of", "when"),
                )
            },
        ),
        ("Size", {"fields": (("length", "width", "thickness"), "outline")}),
        ("Place of its lower corner", {"fields": (("x", "y", "z"),)}),
        ("Letters", {"fields": ("print",)}),
        ("Of a 3D model", {"fields": ("model", ("variant", "weight", "turn"), "slots")}),
        ("Several of it", {"fields": ("repeat", "each")}),
        ("Edges and operations", {"fields": ("edges", "operations")}),
    )

    @admin.display(description="size")
    def size(self, shape: Shape) -> str:
        """Return its formulas of length, width and thickness."""
        return size_told(shape)

    @admin.display(description="place")
    def place(self, shape: Shape) -> str:
        """Return the formulas of its lower corner."""
        return place_told(shape)

    @admin.display(description="repeats")
    def count(self, shape: Shape) -> str:
        """Return its counters."""
        return repeat_told(shape)

    @admin.display(description="only when", ordering="when")
    def condition(self, shape: Shape) -> str:
        """Return when it is there."""
        return code(shape.when)


def size_told(shape: Shape) -> str:
    """Return length, width and thickness of a shape as HTML, as far as it has them."""
    lengths = [each for each in (shape.length, shape.width, shape.thickness) if each]
    outline = [f"outline of {len(shape.outline)} points"] if shape.outline else []
    return format_html("<code>{}</code>", " × ".join([*lengths, *outline]))


def place_told(shape: Shape) -> str:
    """Return where the lower corner of a shape is, as HTML."""
    return format_html("<code>{}</code>", ", ".join((shape.x, shape.y, shape.z)))


def repeat_told(shape: Shape) -> str:
    """Return the counters of a shape as HTML."""
    return code(", ".join(f"{key} = 1 … {text}" for key, text in shape.repeat.items()) or None)


@admin.register(ShapeCheck)
class ShapeCheckAdmin(StatementAdmin):
    """What must hold for the shapes to be built."""

    form = LineForm
    section = "shape_checks"


class FittingForm(RowForm):
    """A fitting, whose expressions may use the counters and values of its shape."""

    to = KeysField(
        noun="shape",
        label="Joined to",
        help_text="Keys of the shapes that it meets, such as left_side, divider.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields.get("to")
        if isinstance(to, KeysField):
            shapes = self.draft.model.shapes if self.draft.model else ()
            to.known = tuple(shape.key for shape in shapes)

    def scope(self) -> Scope | None:
        """Return the names of the product, and the counters and values of the shape."""
        model, key = self.draft.model, self.cleaned_data.get("shape")
        shape = next((each for each in model.shapes if each.key == key), None) if model else None
        return super().scope() if model is None or shape is None else scope_of_shape(model, shape)

    def clean_shape(self) -> str:
        key: str = self.cleaned_data["shape"]
        shapes = [shape.key for shape in self.draft.model.shapes] if self.draft.model else [key]
        if key not in shapes:
            raise ValidationError(f"There is no shape '{key}'. {sentence(suggestion(key, shapes))}")
        return key


@admin.register(Fitting)
class FittingAdmin(DraftRowAdmin):
    """What joins boards where they meet."""

    form = FittingForm
    section = "fittings"
    list_display = ("key", "product", "kind", "shape", "joined_to", "sku", "condition", "position")
    list_editable = ("position",)
    search_fields = ("key", "shape", "sku")
    fieldsets = (
        (None, {"fields": (("key", "kind", "position"), ("shape", "to"), ("edge", "face"))}),
        ("Places along the joint", {"fields": (("at", "count", "pitch"),)}),
        (None, {"fields": ("when", "sku")}),
    )

    @admin.display(description="joined to")
    def joined_to(self, fitting: Fitting) -> str:
        """Return the shapes that it joins to."""
        return code(", ".join(fitting.to))

    @admin.display(description="only when", ordering="when")
    def condition(self, fitting: Fitting) -> str:
        """Return when it is there."""
        return code(fitting.when)
