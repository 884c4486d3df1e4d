"""What is done with a product: keys renamed wherever they stand, links that show its draft, taken
off sale and back.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from django.http import HttpResponse
from django.urls import reverse
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from catalog import operations
from catalog.errors import NotFound
from catalog.models import Product
from catalog.numbers import whole
from catalog.product_model import KEY_PATTERN
from catalog.renaming import Name, Renaming
from configurator.draft_links import DAYS, MOST_DAYS, make_draft_link
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.reading import Body, Way, one_of
from integrations.api.v1 import examples
from integrations.api.v1.shapes import drafts as shapes
from integrations.api.written import moment_text

_OF_OPTIONS = ("value", "attribute")

type RenamedKind = Literal[
    "option",
    "value",
    "attribute",
    "derived",
    "assembly",
    "step",
    "group",
    "rule",
    "table",
    "preference",
    "preset",
    "price_line",
    "subtotal",
    "bom_line",
    "lead_time_line",
    "stage",
    "layer",
]


KINDS: tuple[str, ...] = get_args(RenamedKind.__value__)


def _kinds(names: Sequence[str]) -> dict[str, Any]:
    return {"$ref": None, "type": "string", "enum": [*names]}


class RenameBody(Body):
    """A key of the draft and what it is to be called."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(needs=("option",), where={"kind": _kinds(_OF_OPTIONS)}),
            Way(
                without=("option",),
                where={"kind": _kinds([each for each in KINDS if each not in _OF_OPTIONS])},
            ),
        )
    )

    kind: Annotated[RenamedKind, Field(description="What has the key.")]
    key: Annotated[str, Field(min_length=1, max_length=63, description="The key as it is now.")]
    option: Annotated[
        str | None,
        Field(max_length=63, description="The option that has it, of a value or an attribute."),
    ] = None
    to: Annotated[str, Field(pattern=f"^{KEY_PATTERN}$", description="The new key.")]
    dry_run: Annotated[bool, Field(description="Only tell the places, and keep nothing.")] = False

    @model_validator(mode="after")
    def _is_one(self) -> "RenameBody":
        if (self.option is not None) != (self.kind in _OF_OPTIONS):
            raise ValueError("give the option of a value or an attribute, and of nothing else")
        return self


class DraftLinkBody(Body):
    """For how long a link holds."""

    days: Annotated[
        int,
        Field(ge=1, le=MOST_DAYS, description="For how many days it holds."),
        BeforeValidator(whole),
    ] = DAYS


class Renames(Endpoint):
    @operation(
        id="renameKey",
        scope="catalog:write",
        summary="Rename a key everywhere",
        body=RenameBody,
        answers={200: shapes.Renaming},
        refusals=("not-found", "malformed", "key-taken", "key-ambiguous", "assemblies-refused"),
        request_example=examples.RENAME,
        answer_example=examples.RENAMED,
    )
    def post(self, call: Call, key: str, body: RenameBody) -> HttpResponse:
        """Rename a key of the draft in every place that names it, and tell these places.

        Conditions, formulas, tables, presets, amounts by value and amounts kept in price lists
        follow. `doubts` are places that may name it and are left as they are. Published versions,
        configurations made with them, links and programs go on with the old key. Where the key has
        its new name already, the places that still say the old one follow, so a repeated call
        changes nothing and needs no Idempotency-Key.
        """
        product = _product(call, key)
        names = {Name(body.kind, body.key, body.option or ""): body.to}
        rename = operations.renaming_of if body.dry_run else operations.rename
        return answer_json(_told(product, rename(product, names)))


class DraftLinks(Endpoint):
    @operation(
        id="createDraftLink",
        scope="catalog:write",
        summary="Make a link that shows the draft",
        body=DraftLinkBody,
        answers={200: shapes.DraftLink},
        refusals=(
            "not-found",
            "malformed",
            "expression-refused",
            "assemblies-refused",
            "engine-refused",
        ),
        request_example=examples.DRAFT_LINK,
        answer_example=examples.DRAFT_LINKED,
    )
    def post(self, call: Call, key: str, body: DraftLinkBody) -> HttpResponse:
        """Return a link that shows the draft in the widget to whoever has it, until it expires.

        It shows the draft as it is when somebody looks, marked as a draft; nothing can be ordered,
        kept or quoted. The link cannot be taken back before. `draft` is the beginning of the
        draft's digest.
        """
        link = make_draft_link(_product(call, key), body.days)
        return answer_json(
            {
                "product": link.product.key,
                "url": call.address(link.path),
                "expires_at": link.expires_at.isoformat(),
                "draft": link.digest,
            }
        )


class ProductRetired(Endpoint):
    @operation(
        id="retireProduct",
        scope="catalog:write",
        summary="Retire a product",
        answers={200: shapes.ProductStanding},
        refusals=("not-found",),
        answer_example=examples.PRODUCT_RETIRED,
    )
    def post(self, call: Call, key: str) -> HttpResponse:
        """Take a published product off sale; the event `product.retired` tells it once.

        The widget and whoever evaluates, quotes or begins a configuration get 410 `product-retired`
        from then on. What is stored goes on: it can be read, changed and completed, and quotes
        hold. Safe to repeat.
        """
        return _standing(call, operations.retire(_product(call, key)))


class ProductBroughtBack(Endpoint):
    @operation(
        id="bringBackProduct",
        scope="catalog:write",
        summary="Bring a product back",
        answers={200: shapes.ProductStanding},
        refusals=("not-found",),
        answer_example=examples.PRODUCT_BACK,
    )
    def post(self, call: Call, key: str) -> HttpResponse:
        """Put a retired product on sale again, in its newest version. Safe to repeat."""
        return _standing(call, operations.bring_back(_product(call, key)))


def _standing(call: Call, product: Product) -> HttpResponse:
    return answer_json(
        {
            "key": product.key,
            "version": product.versions.order_by("-number")
            .values_list("number", flat=True)
            .first(),
            "retired_at": moment_text(product.retired_at),
            "url": call.address(reverse("api:product", kwargs={"key": product.key})),
        }
    )


def _product(call: Call, key: str) -> Product:
    rows = Product.objects.for_merchant(call.caller.merchant).select_related("merchant")
    product: Product | None = rows.filter(key=key).first()
    if product is None:
        raise NotFound(f"There is no product '{key}'.")
    return product


def _told(product: Product, found: Renaming) -> dict[str, Any]:
    return {
        "product": product.key,
        "places": [
            {"path": each.path_after, "before": each.before, "after": each.after}
            for each in found.places
        ],
        "doubts": [
            {"path": each.path_after, "text": each.text, "why": each.why} for each in found.doubts
        ],
    }
