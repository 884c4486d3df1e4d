"""The page where the shapes of a draft are modelled: a 3D preview beside the table of parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from secrets import randbelow
from typing import Any, Self

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django_htmx.http import replace_url

from catalog import checks, drafts
from catalog.admin.older_pages import marks_of, seen_text
from catalog.admin.places import Places
from catalog.admin.products import register_product_link
from catalog.errors import Refusal
from catalog.models import Fitting, Product, Shape
from catalog.product_model import Choice
from configurator.admin.shapes import ChoicesForm, draft_offer
from configurator.answering import completed_by, follow
from configurator.bench import INPUT
from configurator.compiled_product import CompiledProduct
from configurator.completion.completion import Wish
from configurator.evaluation.evaluation import Evaluation
from configurator.geometry.camera import outer_points, turning_aspect
from configurator.geometry.glb import MEDIA_TYPE, fingerprint
from configurator.geometry.marking import told_apart
from configurator.geometry.picture_files import LEAST_SIDE
from configurator.geometry.picture_files import Wish as PictureWish
from configurator.geometry.scene import Part, Scene
from configurator.geometry.scene_json import scene_json
from configurator.geometry.viewing import viewing
from configurator.offers import Offer, draft_of
from configurator.ordering import consistent
from configurator.pictures import PicturesBusy
from configurator.sampling import numbered_choices
from configurator.scene_pictures import scene_picture
from configurator.scenes import model_file, scene_of
from configurator.viewer_policy import with_viewer

MOST_SEED = 1_000_000
_KINDS = {"shape": "shapes", "check": "shape_checks", "fitting": "fittings"}
PICTURE_HEIGHT = 640
LEFT_TO_THE_PAGE = ("label", "key", "position")
"""Fields of a shape that the editor beside the picture leaves to the shape's own page."""
_LAYOUT = (
    ("form", "orientation", "material", "when"),
    ("length", "width", "thickness"),
    ("x", "y", "z"),
    ("repeat", "each", "outline"),
    ("edges", "operations"),
    ("grain", "sku", "of"),
)


@dataclass(frozen=True)
class RowShown:
    """A shape of the draft as a line of the table: its row, what it comes to now, and what is wrong
    with it, by field.
    """

    row: Shape
    url: str
    parts: tuple[Part, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> str:
        """Length, width and thickness of its parts; of different ones from the least to the most."""
        return " × ".join(_spread([part.lengths[axis] for part in self.parts]) for axis in range(3))

    @property
    def place(self) -> str:
        """Where the lower corner of its first part is."""
        return ", ".join(_number(each) for each in self.parts[0].corner)


@dataclass(frozen=True)
class Fault:
    """Why there is no picture: a sentence, and where it is put right (empty where nobody knows)."""

    sentence: str
    place: str = ""
    url: str = ""


@dataclass
class Looked:
    """The draft of a product as somebody looks at it: for choices, with the scene or what is wrong."""

    product: Product
    data: QueryDict
    compiled: CompiledProduct | None = None
    form: ChoicesForm = field(init=False)
    scene: Scene | None = None
    faults: list[Fault] = field(default_factory=list)
    by_shape: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    begun: str = ""
    is_anew: bool = False

    @classmethod
    def at(cls, product: Product, data: QueryDict) -> Self:
        """Return what there is to see of the draft for the choices of an address."""
        found = cls(product, data.copy())
        try:
            found.compiled = draft_of(product)
        except Refusal as refused:
            found._tell(refused)
        found._start()
        model = None if found.compiled is None else found.compiled.model
        found.form = ChoicesForm(found.data, model)
        if found.compiled is not None and found.form.is_valid():
            found._look(found.compiled)
        return found

    def _start(self) -> None:
        """Put the choices of a preset, or some by chance, in the place of what was chosen."""
        if self.compiled is None:
            return
        model, choices = self.compiled.model, None
        preset = next(
            (each for each in model.presets if each.key == self.data.get("preset", "")), None
        )
        if "random" in self.data:
            asked = str(self.data["random"])
            seed = int(asked) if asked.isdecimal() and len(asked) < 10 else randbelow(MOST_SEED)
            choices = numbered_choices(self.compiled, seed)
            self.begun = f"By chance, number {seed}"
        elif preset is not None:
            choices = dict(preset.choices)
            self.begun = f"As preset “{preset.label.default}”"
        elif "defaults" in self.data:
            choices, self.begun = {}, "As shoppers begin"
        if choices is not None:
            ordered = {key: choices[key] for key in model.option_by_key if key in choices}
            self.data, self.is_anew = choices_data(ordered), True

    def _look(self, compiled: CompiledProduct) -> None:
        try:
            offer = draft_offer(self.product, compiled)
            evaluation = consistent(follow(offer, {}, self.form.choices(compiled.model)))
            self.form.show_values(evaluation.values)
            self.scene = scene_of(_completed(offer, evaluation))
        except Refusal as refused:
            self._tell(refused)

    def _tell(self, refused: Refusal) -> None:
        """Note what is wrong by part and field, as far as the refusal or the checks of the draft
        tell that.
        """
        data = refused.data
        if named := next((each for each in _KINDS if each in data), ""):
            path = "/".join(filter(None, (_KINDS[named], str(data[named]), data.get("field"))))
            self._note([(path, refused.sentence)])
            return
        try:
            found = checks.basic_findings(drafts.read(self.product))
        except Refusal:
            found = ()
        errors = [(each.path, each.sentence) for each in found if each.severity == "error"]
        self._note(errors or [("", refused.sentence)])

    def _note(self, errors: Sequence[tuple[str, str]]) -> None:
        places = Places(self.product, [path for path, _ in errors])
        for path, sentence in errors:
            kind, _, rest = path.partition("/")
            key, _, at = rest.partition("/")
            place = " › ".join(filter(None, (key, *at.split("/"))))
            self.faults.append(Fault(sentence, place, places.url(path) if path else ""))
            if kind == "shapes":
                self.by_shape.setdefault(key, []).append((at, sentence))

    @cached_property
    def query(self) -> str:
        """The choices as an address says them."""
        kept = QueryDict(mutable=True)
        for key, values in self.data.lists():
            if key.startswith(INPUT) and any(values):
                kept.setlist(key, values)
        return kept.urlencode()

    @property
    def chosen(self) -> int:
        """How many options have a choice."""
        return sum(key.startswith(INPUT) and any(values) for key, values in self.data.lists())

    @property
    def rows(self) -> Iterator[RowShown]:
        """The shapes of the draft, each with its parts in the scene."""
        parts: dict[str, list[Part]] = {}
        for part in self.scene.parts if self.scene else ():
            parts.setdefault(part.shape, []).append(part)
        for row in self.product.shapes.all():
            yield RowShown(
                row,
                reverse("admin:catalog_shape_change", args=[row.pk]),
                tuple(parts.get(row.key, ())),
                tuple(self.by_shape.get(row.key, ())),
            )

    def told(self, here: str) -> dict[str, Any]:
        """Return what the page tells of the scene: facts, and what the script needs for the viewer."""
        if self.scene is None:
            return {}
        shown = told_apart(self.scene)
        name = fingerprint(shown)
        document = scene_json(self.scene)
        labels = {part.shape: part.label.default for part in self.scene.parts}
        return {
            "src": f"{here}?{self.query}&file=glb&of={name[:16]}",
            "form": name,
            "picture": f"{here}?{self.query}&file=picture&of={name[:16]}",
            "meshes": " ".join(viewing(shown, {}).meshes),
            "labels": labels,
            "document": document,
            "alt": f"{self.product}: {len(document['parts'])} parts",
        }


def _completed(offer: Offer, evaluation: Evaluation) -> Evaluation:
    """Return an evaluation with the rest chosen, as close to the defaults as it goes, where
    something is left that has to be chosen.
    """
    if not evaluation.missing:
        return evaluation
    try:
        changes = completed_by(offer, evaluation.choices, Wish("closest")).changes
    except Refusal:
        return evaluation  # The scene tells whether it needs what is open.
    return follow(offer, evaluation.choices, dict(changes))


class ShowsShapePreview:
    """The page of a product where the shapes of its draft are modelled before one's eyes."""

    _product: Any
    admin_site: Any

    def shape_preview_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Show the draft's shapes in 3D beside their table; of HTMX only what choices change."""
        row: Product = self._product(request, product)
        looked = Looked.at(row, request.GET)
        wanted = request.GET.get("file", "")
        if wanted:
            return _file(looked, wanted, request.GET)
        here = reverse("admin:configurator_configuration_shape_preview", args=[row.pk])
        context = self._preview(request, looked, here)
        address = f"{here}?{looked.query}" if looked.query else here
        if request.htmx:  # type: ignore[attr-defined]
            template = "admin/configurator/shape_preview.html#answer"
            answer = TemplateResponse(request, template, context)
            return replace_url(answer, address)
        if looked.is_anew:
            # The address says what is seen, so that it can be sent to somebody.
            return HttpResponseRedirect(address)
        page = TemplateResponse(request, "admin/configurator/shape_preview.html", context)
        page._csp_config = with_viewer(settings.SECURE_CSP)  # type: ignore[attr-defined]
        return page

    def shape_row_view(self, request: HttpRequest, product: int, shape: int) -> HttpResponse:
        """Answer HTMX with the editor of one shape; on POST, keep it and answer with what changed."""
        row: Product = self._product(request, product)
        one = get_object_or_404(row.shapes.select_related("product__merchant"), pk=shape)
        rows: Any = admin.site._registry[Shape]
        if not rows.has_change_permission(request, one):
            raise PermissionDenied
        if not request.htmx:  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("admin:catalog_shape_change", args=[one.pk]))
        if request.method == "GET":
            return self._editor(request, row, _form(rows, request, one))
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        with transaction.atomic():
            # The lock of publishing and of replacing whole drafts, before that of the row.
            list(Product.objects.select_for_update(no_key=True).filter(pk=row.pk).values_list("pk"))
            one = get_object_or_404(row.shapes.select_for_update(of=("self",)), pk=shape)
            form = _form(rows, request, one)
            if not form.is_valid():
                return self._editor(request, row, form, 422)
            kept = rows.save_form(request, form, change=True)
            rows.save_model(request, kept, form, change=True)
            form.save_m2m()
            rows.log_change(request, kept, rows.construct_change_message(request, form, []))
        looked = Looked.at(row, request.POST)
        here = reverse("admin:configurator_configuration_shape_preview", args=[row.pk])
        context = {**self._preview(request, looked, here), "kept": kept}
        return TemplateResponse(request, "admin/configurator/shape_preview.html#kept", context)

    def _editor(
        self, request: HttpRequest, product: Product, form: Any, status: int = 200
    ) -> HttpResponse:
        context = {
            "product": product,
            "form": form,
            "row": form.instance,
            "seen": seen_text({"": marks_of(form)}),
            "groups": [[form[name] for name in names if name in form.fields] for names in _LAYOUT],
        }
        template = "admin/configurator/shape_preview.html#editor"
        return TemplateResponse(request, template, context, status=status)

    def _preview(self, request: HttpRequest, looked: Looked, here: str) -> dict[str, Any]:
        rows: Any = admin.site._registry[Shape]
        model = None if looked.compiled is None else looked.compiled.model
        own = {row.key for row in looked.product.shapes.all()}
        told = looked.told(here)
        return {
            **self.admin_site.each_context(request),
            "title": "Shapes in 3D",
            "product": looked.product,
            "here": here,
            "looked": looked,
            "rows": list(looked.rows),
            "told": told,
            "fittings": _fittings(looked),
            "contained": {
                key: each for key, each in told.get("labels", {}).items() if key not in own
            },
            "presets": () if model is None else model.presets,
            "may_edit": rows.has_change_permission(request, looked.product),
            "numbers": reverse("admin:configurator_configuration_shapes", args=[looked.product.pk]),
        }


@dataclass(frozen=True)
class FittingShown:
    """A fitting of the draft, how many holes it comes to in the scene, and what is wrong with it."""

    row: Fitting
    url: str
    holes: int
    fault: str


def _fittings(looked: Looked) -> list[FittingShown]:
    """Return the fittings of the draft as the page lists them."""
    holes: dict[str, int] = {}
    for part in looked.scene.parts if looked.scene else ():
        for cut in part.operations:
            holes[cut.key] = holes.get(cut.key, 0) + cut.count
    faults = {fault.place.partition(" › ")[0]: fault.sentence for fault in looked.faults}
    return [
        FittingShown(
            row,
            reverse("admin:catalog_fitting_change", args=[row.pk]),
            holes.get(row.key, 0),
            faults.get(row.key, ""),
        )
        for row in looked.product.fittings.all()
    ]


def _form(rows: Any, request: HttpRequest, row: Shape) -> Any:
    """Return the form of a shape's own page without what is left to that."""
    request._form_product = row.product  # type: ignore[attr-defined]
    form = rows.get_form(request, row, change=True)(
        request.POST if request.method == "POST" else None, instance=row
    )
    for name in LEFT_TO_THE_PAGE:
        form.fields.pop(name, None)
    return form


def _file(looked: Looked, wanted: str, asked: Mapping[str, str]) -> HttpResponse:
    """Return the model or the picture of what is looked at; refuses with Http404 what there is not."""
    if looked.scene is None:
        raise Http404
    if wanted == "picture":
        return _picture(told_apart(looked.scene, asked.get("shape", "")))
    return HttpResponse(model_file(told_apart(looked.scene)), content_type=MEDIA_TYPE)


def _picture(scene: Scene) -> HttpResponse:
    width = max(round(PICTURE_HEIGHT * turning_aspect(outer_points(scene))), LEAST_SIDE)
    wish = PictureWish("corner", width, PICTURE_HEIGHT, "shadow", "webp", "round")
    try:
        image = scene_picture(scene, wish, seconds=20)
    except PicturesBusy as busy:
        return HttpResponse(status=busy.status, headers=busy.headers())
    return HttpResponse(image.content, content_type=image.media_type)


def choices_data(choices: Mapping[str, Choice]) -> QueryDict:
    """Return choices as the inputs of a ChoicesForm hold them."""
    data = QueryDict(mutable=True)
    for key, choice in choices.items():
        values = choice if isinstance(choice, tuple) else (_written(choice),)
        data.setlist(f"{INPUT}{key}", list(values))
    return data


def _written(choice: Any) -> str:
    if isinstance(choice, bool):
        return "true" if choice else "false"
    return choice if isinstance(choice, str) else format(choice, "f")


def preview_address(product: Product, choices: Mapping[str, Choice]) -> str:
    """Return the address of the page that shows the draft of `product` with `choices`."""
    here = reverse("admin:configurator_configuration_shape_preview", args=[product.pk])
    query = choices_data(choices).urlencode()
    return f"{here}?{query}" if query else here


def _spread(numbers: Sequence[float]) -> str:
    least, most = min(numbers), max(numbers)
    both = _number(least), _number(most)
    return both[0] if both[0] == both[1] else f"{both[0]}…{both[1]}"


def _number(number: float) -> str:
    return f"{round(number, 2) + 0.0:g}" if abs(number) < 100_000 else f"{number:.0f}"


def _preview_link(product: Product) -> str | None:
    """Return the address of the page; None for a product without shapes of its own."""
    if not product.shapes.exists():
        return None
    return reverse("admin:configurator_configuration_shape_preview", args=[product.pk])


register_product_link("Shapes in 3D", _preview_link)
