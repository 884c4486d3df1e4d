"""Imports: feature models and data of other configurators, which a worker makes drafts of; and the
way back, a draft as a feature model.
"""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field, model_validator

from catalog import drafts
from catalog.auditing import record
from catalog.errors import Malformed
from catalog.models import ImportRun
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.writer import write_uvl
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.reading import Body, Currency, ProductKey
from integrations.api.v1 import examples
from integrations.api.v1.definitions import inspected, refuse_malformed, without_costs
from integrations.api.v1.shapes import imports as shapes
from integrations.api.written import moment_text
from integrations.connectors.importing import MOST_CHARACTERS, Wish, begin_import, import_called

MOST_BODY = 5 * 1024 * 1024
MOST_FILES = 200
UVL = "text/plain"


class ImportFile(Body):
    """A text file of an upload."""

    name: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*\.(uvl|xml)$",
            description="Its name with its folders, such as kitchen.uvl or data/product.template.xml.",
        ),
    ]
    content: Annotated[
        str,
        Field(max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$", description="Its text."),
    ]


class ImportBody(Body):
    """An upload: a feature model with those that it imports, or data files of the OCA product
    configurator.
    """

    format: Annotated[Literal["uvl", "oca"], Field(description="What the files are.")]
    files: Annotated[
        list[ImportFile],
        Field(
            min_length=1,
            max_length=MOST_FILES,
            description="The files; of several feature models the first imports the others.",
        ),
    ]
    key: Annotated[
        ProductKey | None,
        Field(description="Of the product that a feature model becomes; it alone needs one."),
    ] = None
    currency: Annotated[
        Currency | None, Field(description="Of prices where the data names none.")
    ] = None
    dry_run: Annotated[
        bool, Field(description="Only tell what would become of it, and keep nothing.")
    ] = False

    @model_validator(mode="after")
    def _has_each_once(self) -> "ImportBody":
        if len({each.name for each in self.files}) < len(self.files):
            raise ValueError("expected each file name once")
        return self


class Imports(Endpoint):
    @operation(
        id="beginImport",
        scope="catalog:write",
        summary="Import from another configurator",
        body=ImportBody,
        most_body=MOST_BODY,
        answers={202: shapes.Import},
        heavy=True,
        request_example=examples.IMPORT,
        answer_example=examples.answer_of("beginImport"),
    )
    def post(self, call: Call, body: ImportBody) -> HttpResponse:
        """Keep an upload; a worker makes drafts of it, all of them or none.

        The answer is 202 with a `Location` that tells how far it is. A draft of the same key is
        replaced; published versions stay, and price lists of the data are told and not taken.
        """
        wish = Wish(
            body.format,
            {each.name: each.content for each in body.files},
            body.key or "",
            body.currency,
            body.dry_run,
        )
        try:
            row = begin_import(call.caller.merchant, wish)
        except Malformed as refusal:
            raise refuse_malformed(refusal) from None
        address = reverse("api:import", kwargs={"id": row.public_id})
        return answer_json(_told(call, row), 202, {"Location": call.address(address)})


class OneImport(Endpoint):
    @operation(
        id="getImport",
        scope="catalog:write",
        summary="Follow an import",
        answers={200: shapes.Import},
        refusals=("not-found",),
        answer_example=examples.answer_of("getImport"),
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return how far an import is, and what came of it. The last 50 of a merchant are kept.

        One that is `refused` tells what to mend; `failed` is a fault of this service. Nothing was
        kept then.
        """
        return answer_json(_told(call, import_called(call.caller.merchant, id)))


class FeatureModel(Endpoint):
    @operation(
        id="getFeatureModel",
        scope="catalog:inspect",
        summary="Export the draft as a feature model",
        answers={200: shapes.Import},
        files=(UVL,),
        refusals=("not-found", "malformed", "uvl-refused"),
    )
    def get(self, call: Call, key: str) -> HttpResponse:
        """Return the draft in the Universal Variability Language, with the same configurations.

        Prices and parts stay behind; what the language cannot say is refused by name.
        """
        product = inspected(call, key)
        text = write_uvl(feature_model_of(drafts.read(product)))
        record(product.merchant, "product.exported", key, after={"format": "uvl"})
        return HttpResponse(text, content_type=f"{UVL}; charset=utf-8")


def _told(call: Call, row: ImportRun) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "format": row.format,
        "state": row.state,
        "dry_run": bool(row.wish.get("dry_run", False)),
        "started_at": row.created_at.isoformat(),
        "ended_at": moment_text(row.ended_at),
        "result": row.result and _seen(call, row.result),
        "problem": row.problem,
    }


def _seen(call: Call, result: dict[str, Any]) -> dict[str, Any]:
    """Return what came of an import as the caller may see it: what differs may be costs."""
    products = [
        {**each, **{name: without_costs(call, each[name]) for name in ("changes", "prices")}}
        for each in result["products"]
    ]
    return {**result, "products": products}
