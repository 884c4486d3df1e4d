"""What is printed on a configuration, as files for printers, cutters and engravers."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from django.http import HttpResponse, HttpResponseNotModified
from pydantic import Field

from catalog.entity_tags import is_named
from catalog.errors import NotFound
from catalog.product_model import ProductModel
from configurator.answering import follow
from configurator.choices import kept_choices
from configurator.offers import published
from configurator.ordering import consistent
from configurator.prints.files import (
    LEAST_DPI,
    MEDIA_TYPES,
    MOST_DPI,
    Format,
    print_file,
)
from configurator.prints.picture_files import picture_file
from configurator.prints.printed import Printed, compile_prints, printed
from configurator.prints.refusals import PrintRefused
from configurator.stored import configuration_of, model_of
from configurator.uploads import upload_content
from integrations.api.discretion import discreet, hidden
from integrations.api.endpoint import EVALUATING, Call, Endpoint, operation
from integrations.api.reading import Body, Query, VersionNumber, kept, read_choices
from integrations.api.v1 import examples
from integrations.api.v1.products import GivenChoices
from integrations.api.v1.shapes import scenes as shapes

type Dpi = Annotated[int, Field(ge=LEAST_DPI, le=MOST_DPI, description="Of a PNG: pixels an inch.")]
type Kind = Annotated[
    Literal["svg", "pdf", "png"],
    Field(
        description="Outlines in millimetres, or a picture that is clear where nothing is printed."
    ),
]


class PrintQuery(Query):
    format: Kind = "svg"
    dpi: Dpi = 300


class PrintBody(Body):
    """Choices to be printed. Nothing is kept: send the same again, get the same again."""

    choices: Annotated[GivenChoices, Field(description="What has been chosen so far.")]
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    format: Kind = "svg"
    dpi: Dpi = 300


class ConfigurationPrint(Endpoint):
    @operation(
        id="getPrint",
        scope="configurator:read",
        summary="Read a print of a configuration as a file",
        query=PrintQuery,
        answers={200: shapes.PrintFile},
        files=tuple(MEDIA_TYPES.values()),
        tagged=True,
        is_hard=lambda asked: asked.format != "svg",
        refusals=("not-found", "print-refused"),
    )
    def get(self, call: Call, id: str, print: str, query: PrintQuery) -> HttpResponse:
        """Return what is printed there: outlines as SVG or PDF, or a PNG of the resolution `dpi`.

        A picture that was uploaded stands in them as it was kept. Refused with `not-found` where
        nothing is given, with `print-refused` what cannot be printed.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale or None):
            values = kept_choices(model, row.stored["values"])
            prints = printed(compile_prints(model), values)
            found = _one(model, prints, print, hidden(call, model))
        return _file(call, found, query.format, query.dpi)


class ProductPrint(Endpoint):
    @operation(
        id="evaluatePrint",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Evaluate a print",
        body=PrintBody,
        answers={200: shapes.PrintFile},
        files=tuple(MEDIA_TYPES.values()),
        tagged=True,
        is_hard=lambda asked: asked.format != "svg",
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            "print-refused",
            *EVALUATING,
        ),
        request_example=examples.EVALUATE_PRINT,
    )
    def post(self, call: Call, key: str, print: str, body: PrintBody) -> HttpResponse:
        """Return what follows from `choices` for one print, as `getPrint` does."""
        offer = published(call.caller.merchant.slug, key, body.version)
        model = offer.product.model
        choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
        with discreet(call, model, None):
            evaluation = consistent(follow(offer, choices), None, offer.version)
            found = _one(model, evaluation.prints, print, hidden(call, model))
        return _file(call, found, body.format, body.dpi)


def _one(
    model: ProductModel, prints: Sequence[Printed], key: str, unseen: Collection[str]
) -> Printed:
    """Return one of the `prints`; refuses with NotFound what is not there, or is of one of the
    `unseen` options, with PrintRefused what cannot be.
    """
    seen = [each.key for each in model.prints if (each.text or each.file) not in unseen]
    if key not in seen:
        known = ", ".join(seen) or "none"
        raise NotFound(f"The product has no print '{key[:63]}'; it has {known}.")
    found = next((each for each in prints if each.print.key == key), None)
    if found is None:
        is_text = any(each.key == key and each.text for each in model.prints)
        done = "written" if is_text else "uploaded"
        raise NotFound(f"Nothing is {done} for the print '{key}', or its size is still open.")
    if found.problem is not None:
        raise PrintRefused(found.problem.sentence)
    return found


def _content(call: Call, found: Printed, format: Format, dpi: int) -> bytes:
    if found.picture is None:
        assert found.lettering is not None
        return print_file(found.lettering, found.colour, format, dpi)
    own = upload_content(call.caller.merchant, found.picture.file)
    return picture_file(found.picture, own, format, dpi)


def _file(call: Call, found: Printed, format: Format, dpi: int) -> HttpResponse:
    content = _content(call, found, format, dpi)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if call.request.method == "GET" and is_named(tag, call.request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    name = f"{found.print.key}.{format}"
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[format],
        headers={
            **headers,
            "X-Content-Type-Options": "nosniff",
            # A drawing is a document too: it is saved, and opened elsewhere.
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )
