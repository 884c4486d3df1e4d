"""The page that shows the shapes of a product with numbers: for a version or the draft, and for any
choices.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from catalog.admin.products import register_product_link
from catalog.errors import Refusal
from catalog.models import Product
from catalog.product_model import Choice, ProductModel
from configurator.answering import follow
from configurator.bench import DRAFT, INPUT, MOST_LISTED, choice_field, compiled_for, version_asked
from configurator.choices import sort_choices
from configurator.compiled_product import CompiledProduct
from configurator.geometry.explaining import Line, explanation
from configurator.geometry.glb import MEDIA_TYPE
from configurator.geometry.scene import Part, Scene, SceneRefused
from configurator.geometry.scene_json import scene_json
from configurator.offers import Offer, offer_at
from configurator.ordering import consistent
from configurator.scenes import in_detail, model_file, scene_of
from pricing.in_force import Buyer
from pricing.operations import token_of

_SIZE, _LOWER = "Size", "Place of its lower corner"
_TITLES = {
    "repeat": "Several of it",
    "each": "Values of each",
    **dict.fromkeys(("length", "width", "thickness"), _SIZE),
    **dict.fromkeys(("x", "y", "z"), _LOWER),
    "outline": "Outline",
    "when": "There only when",
    "edges": "Banded edges",
    "derived": "Derived values of the product",
}
_FIELDS = {"x": "from the left", "y": "from the front", "z": "from the floor", "when": "condition"}
WHOLE = "production"
"""What an address asks for that wants a file with every cut made."""


class ChoicesForm(forms.Form):
    """An input for each option."""

    def __init__(self, data: Any, model: ProductModel | None) -> None:
        super().__init__(data)
        self.options = tuple(option.key for option in model.options[:MOST_LISTED]) if model else ()
        for option in model.options[:MOST_LISTED] if model else ():
            self.fields[f"{INPUT}{option.key}"] = choice_field(option)

    def option_fields(self) -> Iterator[Any]:
        """Return the inputs for choices."""
        return (self[f"{INPUT}{key}"] for key in self.options)

    def show_values(self, values: Mapping[str, Choice]) -> None:
        """Show in each input that is empty which value its option has all the same."""
        for key in self.options:
            field, value = self.fields[f"{INPUT}{key}"], values.get(key)
            if value is None or isinstance(field, forms.MultipleChoiceField):
                continue
            if isinstance(field, forms.ChoiceField):
                listed: list[Any] = list(field.choices)  # type: ignore[arg-type]
                written = str(value).lower() if isinstance(value, bool) else str(value)
                told = dict(listed).get(written, "")
                field.choices = [("", f"– {told}" if told else "–"), *listed[1:]]
            else:
                field.widget.attrs["placeholder"] = (
                    value if isinstance(value, str) else f"{value:f}"
                )

    def choices(self, model: ProductModel) -> dict[str, Choice]:
        """Return the choices that were given; those that cannot be read become errors of their
        inputs.
        """
        named = ((key, self.cleaned_data.get(f"{INPUT}{key}")) for key in self.options)
        given = {key: choice for key, choice in named if choice not in (None, "", [])}
        choices, misread = sort_choices(model, given)
        for each in misread:
            self.add_error(f"{INPUT}{each.option}", each.detail)
        return {key: choice for key, choice in choices.items() if choice is not None}


class ShapesForm(ChoicesForm):
    """Which version, and the choices."""

    version = forms.ChoiceField(label="Version")

    def __init__(self, data: Any, model: ProductModel | None, numbers: Sequence[int]) -> None:
        super().__init__(data, model)
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            (DRAFT, "The draft"),
            *((str(number), f"Version {number}") for number in numbers),
        ]


class ShowsShapes:
    """The page of a product where its shapes are shown with numbers."""

    _product: Any
    admin_site: Any

    def shapes_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Show every part of the scene of some choices; with `file` in the address, answer with its
        model.
        """
        row: Product = self._product(request, product)
        asked = request.GET.copy()
        asked.setdefault("version", DRAFT)
        version, numbers = version_asked(row, asked)
        compiled, scene, refusal, why = None, None, None, None
        try:
            compiled = compiled_for(row, version)
        except Refusal as refused:
            refusal = refused
        asked["version"] = DRAFT if version is None else str(version.number)
        form = ShapesForm(asked, None if compiled is None else compiled.model, numbers)
        if compiled is not None and form.is_valid():
            try:
                evaluation = consistent(
                    follow(draft_offer(row, compiled), {}, form.choices(compiled.model))
                )
                scene = scene_of(evaluation)
            except Refusal as refused:
                refusal = refused
        if scene is not None and (wanted := request.GET.get("file")):
            try:
                return _download(row, in_detail(scene, "production" if wanted == WHOLE else "view"))
            except Refusal as refused:
                refusal = refused
        asked.pop("file", None)
        if scene is not None and compiled is not None:
            why = _why(compiled.model, evaluation.values, scene, asked.pop("part", [""])[-1])
        context = {
            **self.admin_site.each_context(request),
            "title": "Shapes in numbers",
            "product": row,
            "form": form,
            "refusal": refusal.sentence if refusal is not None else "",
            "place": _place(row, refusal),
            "scene": None if scene is None else scene_json(scene),
            "parts": [] if scene is None else _parts(scene),
            "query": asked.urlencode(),
            "why": why,
            "file": f"{asked.urlencode()}&file=glb",
            "whole": f"{asked.urlencode()}&file={WHOLE}" if scene and _is_cut(scene) else "",
        }
        return TemplateResponse(request, "admin/configurator/shapes.html", context)


def _download(product: Product, scene: Scene) -> HttpResponse:
    name = f'attachment; filename="{product.key}.glb"'
    headers = {"Content-Disposition": name}
    return HttpResponse(model_file(scene), content_type=MEDIA_TYPE, headers=headers)


def _is_cut(scene: Scene) -> bool:
    return any(part.operations for part in scene.parts)


def draft_offer(product: Product, compiled: CompiledProduct) -> Offer:
    """Return a compiled draft or version of `product` at the list that anybody gets."""
    merchant = product.merchant.slug
    return offer_at(merchant, 0, 0, compiled, None, Buyer(), None, token_of(merchant))


def _parts(scene: Scene) -> list[dict[str, Any]]:
    """Return the parts as JSON tells them, with the counters and values of each."""
    told = scene_json(scene)["parts"]
    return [{**each, "numbers": part.numbers} for each, part in zip(told, scene.parts, strict=True)]


@dataclass(frozen=True)
class Why:
    """A part, and how its numbers come about: titles, each with its formulas and their places."""

    part: Part
    groups: tuple[tuple[str, tuple[tuple[str, Line], ...]], ...]


def _why(model: ProductModel, values: Mapping[str, Choice], scene: Scene, name: str) -> Why | None:
    """Return how the numbers of the part `name` come about; None where there is no such part."""
    part = next((part for part in scene.parts if part.name == name), None)
    if part is None:
        return None
    groups: dict[str, list[tuple[str, Line]]] = {}
    for line in explanation(model, values, part):
        words = line.place.split("/")
        title = _TITLES.get(words[0], "")
        if words[0] == "operations":
            title, words = f"Operation {words[1]}", words[1:]
        told = _FIELDS.get(words[-1], words[-1]) if len(words) == 1 else " ".join(words[1:])
        groups.setdefault(title, []).append((told, line))
    return Why(part, tuple((title, tuple(lines)) for title, lines in groups.items()))


def _place(product: Product, refusal: Refusal | None) -> str:
    """Return the address where the shape or the check is edited that refused; empty for any other
    refusal.
    """
    if not isinstance(refusal, SceneRefused):
        return ""
    shape, check = refusal.data.get("shape"), refusal.data.get("check")
    if row := product.shapes.filter(key=shape).first():
        return reverse("admin:catalog_shape_change", args=[row.pk])
    if fitting := product.fittings.filter(key=refusal.data.get("fitting")).first():
        return reverse("admin:catalog_fitting_change", args=[fitting.pk])
    if found := product.shape_checks.filter(key=check).first():
        return reverse("admin:catalog_shapecheck_change", args=[found.pk])
    return ""


def _shapes(product: Product) -> str | None:
    """Return the address of the page; None for a product without shapes."""
    contained = (each.document for each in product.assemblies.all())
    if not product.shapes.exists() and not any(each.get("shapes") for each in contained):
        return None
    return reverse("admin:configurator_configuration_shapes", args=[product.pk])


register_product_link("Shapes in numbers", _shapes)
