"""The page where the shapes of a draft are tried with many configurations by chance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from catalog import drafts
from catalog.admin.places import Places, told_path
from catalog.admin.products import register_product_link
from catalog.errors import Refusal
from catalog.jobs.worker import is_any_alive
from catalog.models import Product
from configurator.admin.shape_preview import preview_address
from configurator.choices import kept_choices
from configurator.models import ShapeSweep
from configurator.offers import draft_of
from configurator.shape_sweep import MOST_CONFIGURATIONS, MOST_SEED
from configurator.sweeping import USUAL_COUNT, begin_sweep, sweep_called

_MEASURES = {
    "width": ("Width", "mm"),
    "depth": ("Depth", "mm"),
    "height": ("Height", "mm"),
    "parts": ("Parts", ""),
    "weight": ("Weight", "kg"),
    "cuts": ("Cuts of operations", ""),
    "bytes": ("Model", "kB"),
    "milliseconds": ("Time to build all", "ms"),
}


class SweepForm(forms.Form):
    """How many configurations, and which."""

    count = forms.IntegerField(
        label="Configurations", min_value=1, max_value=MOST_CONFIGURATIONS, initial=USUAL_COUNT
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=MOST_SEED,
        required=False,
        help_text="The same seed gives the same configurations. Empty: another one each time.",
    )


@dataclass(frozen=True)
class ExampleShown:
    """A configuration by its number, and where the preview shows it."""

    number: int
    url: str


@dataclass(frozen=True)
class FailureShown:
    """What failed, where it is put right, and the configurations that show it."""

    sentence: str
    place: str
    url: str
    count: int
    examples: tuple[ExampleShown, ...]


@dataclass(frozen=True)
class ExtremeShown:
    """The least and the most of a measure, in words, each with where the preview shows it."""

    label: str
    least: str
    least_of: ExampleShown
    most: str
    most_of: ExampleShown


class SweepsShapes:
    """The page of a product where its shapes are built for configurations by chance."""

    _product: Any
    admin_site: Any

    def sweep_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Ask how many; on POST, begin; with `run`, show how far a sweep is, or its report."""
        row: Product = self._product(request, product)
        here = reverse("admin:configurator_configuration_sweep", args=[row.pk])
        form = SweepForm(request.POST or None)
        trouble, run = "", None
        if request.method == "POST" and form.is_valid():
            try:
                begun = begin_sweep(row, form.cleaned_data["count"], form.cleaned_data["seed"])
                return HttpResponseRedirect(f"{here}?{urlencode({'run': begun.public_id})}")
            except Refusal as refused:
                trouble = refused.sentence
        if asked := request.GET.get("run"):
            try:
                run = sweep_called(row, asked)
                form = SweepForm(initial={"count": run.count})
            except Refusal as refused:
                trouble = refused.sentence
        is_running = run is not None and run.state == ShapeSweep.State.RUNNING
        context = {
            **self.admin_site.each_context(request),
            "title": "Shapes by chance",
            "product": row,
            "form": form,
            "here": here,
            "trouble": trouble,
            "run": run,
            "no_worker": is_running and run is not None and not run.is_begun and not is_any_alive(),
            "sweeps": row.shape_sweeps.all()[:10],
            **(_report(row, run) if run is not None and run.state == ShapeSweep.State.DONE else {}),
        }
        status = 422 if trouble or form.errors else 200
        template = "admin/configurator/shape_sweep.html"
        response = TemplateResponse(request, template, context, status=status)
        if is_running and run is not None:
            response.headers["Refresh"] = f"2; url={here}?run={run.public_id}"
        return response


def _report(product: Product, run: ShapeSweep) -> dict[str, Any]:
    """Return what the page shows of a report; links show the draft as it is now."""
    failures = run.report["failures"]
    places = Places(product, [each["path"] for each in failures])
    try:
        model = draft_of(product).model
    except Refusal:
        model = None

    def shown(example: Mapping[str, Any]) -> ExampleShown:
        choices = {} if model is None else kept_choices(model, example["choices"])
        return ExampleShown(example["number"] + 1, preview_address(product, choices))

    return {
        "is_other": model is None or drafts.read(product).digest != run.draft,
        "failures": [
            FailureShown(
                each["sentence"],
                told_path(each["path"].partition("/")[2]),
                places.url(each["path"]),
                each["count"],
                tuple(map(shown, each["examples"])),
            )
            for each in failures
        ],
        "extremes": list(_extremes(run, shown)),
        "whole": run.report["built"] == run.count,
    }


def _extremes(run: ShapeSweep, shown: Any) -> Iterator[ExtremeShown]:
    for each in run.report["extremes"]:
        label, unit = _MEASURES[each["measure"]]
        scale = 1000 if unit == "kB" else 1
        least, most = (
            f"{round(each[end] / scale, 1):,g} {unit}".strip() for end in ("least", "most")
        )
        yield ExtremeShown(label, least, shown(each["least_of"]), most, shown(each["most_of"]))


def _sweep(product: Product) -> str | None:
    """Return the address of the page; None for a product without shapes."""
    if not product.shapes.exists():
        return None
    return reverse("admin:configurator_configuration_sweep", args=[product.pk])


register_product_link("Shapes by chance", _sweep)
