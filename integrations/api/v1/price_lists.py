"""Price lists and the amounts they keep: what an ERP or PIM that owns prices reads and writes."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import AfterValidator, Field, WithJsonSchema

from catalog.errors import Malformed
from integrations.access.scopes import COSTS
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page
from integrations.api.problems import MalformedInput
from integrations.api.reading import (
    Body,
    BuyerName,
    Country,
    Currency,
    ProductKey,
    Region,
    WrittenMoment,
)
from integrations.api.v1 import examples
from integrations.api.v1.shapes import price_lists as shapes
from integrations.api.written import tagged
from pricing.grid import keep_amounts
from pricing.models import ListAmount
from pricing.models import PriceList as Row
from pricing.operations import holding_prices, keep_price_list, make_default, price_list_called
from pricing.price_list import PriceList as Terms
from pricing.price_list import read_price_list, whole_price_list

MOST_ROWS = 5_000
# Of one field of a row that is read by itself.
MOST_CELL, MOST_FORMULA = 200, 4_000
MOST_TEXT = 5_000
MOST_TAXES = 20
# What is kept of a number: as many digits as its column has.
MOST_NUMBER = 10**12 - 1
type ShortText = Annotated[str, Field(max_length=MOST_TEXT)]


def _has_default(value: Any) -> Any:
    """Return a text, or texts by language; refuse with ValueError such without the one for all
    other languages.
    """
    if isinstance(value, dict) and "default" not in value:
        raise ValueError(
            'expected a text, or a mapping such as {"default": "Retail", "de": "Handel"}'
        )
    return value


def _texts_schema(least: int) -> WithJsonSchema:
    text = {"type": "string", "minLength": least, "maxLength": MOST_TEXT}
    return WithJsonSchema(
        {
            "oneOf": [
                text,
                {
                    "type": "object",
                    "properties": {"default": text},
                    "required": ["default"],
                    "additionalProperties": {"type": "string", "maxLength": MOST_TEXT},
                },
            ]
        }
    )


type TextOrTexts = Annotated[
    ShortText | dict[str, ShortText], AfterValidator(_has_default), _texts_schema(0)
]
# Of something that has to be called somehow.
type NameOrNames = Annotated[
    ShortText | dict[str, ShortText], AfterValidator(_has_default), _texts_schema(1)
]
type Numeric = Annotated[
    int | float,
    Field(ge=-MOST_NUMBER, le=MOST_NUMBER),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": -MOST_NUMBER,
            "maximum": MOST_NUMBER,
            "description": "Of at most 15 digits, exactly as it is written.",
        }
    ),
]


def _number_above(least: int) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "number",
            "exclusiveMinimum": least,
            "maximum": MOST_NUMBER,
            "description": "Of at most 15 digits, exactly as it is written.",
        }
    )


type AboveZero = Annotated[int | float, Field(gt=0, le=MOST_NUMBER), _number_above(0)]
# Of a percentage that is added: less would leave nothing.
type AboveMinusHundred = Annotated[int | float, Field(gt=-100, le=MOST_NUMBER), _number_above(-100)]
type Percent = Annotated[
    int | float,
    Field(ge=0, le=100),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
type NotBelowZero = Annotated[
    int | float,
    Field(ge=0, le=MOST_NUMBER),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST_NUMBER}),
]
type NewKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class DerivedBody(Body):
    """How the list is made from another."""

    of: Annotated[NewKey, Field(description="The key of the other list.")]
    take: Literal["amounts", "costs"] = "amounts"
    factor: AboveZero = 1
    percent: AboveMinusHundred = 0


class TaxBody(Body):
    """One of several taxes that are the rate."""

    label: TextOrTexts
    rate: Annotated[Numeric, Field(description="In percent.")]


class TermsBody(Body):
    """The terms of a price list; what is not said has its default."""

    name: Annotated[
        NameOrNames, Field(description='A text, or {"default": "Retail", "de": "Handel"}.')
    ]
    currency: Annotated[Currency, Field(description="ISO 4217; it stays as it was made.")]
    amounts_are: Literal["net", "gross"] = "gross"
    shows: Literal["net", "gross"] = "gross"
    tax_rate: Annotated[Percent | None, Field(description="In percent; null: not known.")] = None
    tax_label: TextOrTexts | None = None
    taxes: Annotated[
        list[TaxBody],
        Field(max_length=MOST_TAXES, description="The taxes that the rate is the sum of."),
    ] = Field(default_factory=list)
    tax_rounding_of: Literal["line", "total"] = "total"
    tax_rounding_mode: Literal["half_up", "half_even", "up", "down"] = "half_up"
    country: Annotated[
        Country | None,
        Field(description="Where the merchant is at home: its tax rates are those of the list."),
    ] = None
    region: Region | None = None
    rounding_increment: AboveZero | None = None
    rounding_mode: Literal["half_up", "half_even", "up", "down"] = "half_up"
    rounding_of: Literal["line", "total"] = "line"
    rounding_ending: AboveZero | None = None
    rounding_per: Annotated[
        Literal["piece", "order"] | None,
        Field(
            description="What of several pieces is rounded; null: each piece, but what is finer may be kept."
        ),
    ] = None
    paid_increment: Annotated[
        AboveZero | None,
        Field(description="What the gross total is rounded to, apart from all amounts."),
    ] = None
    is_default: bool = False
    valid_from: Annotated[WrittenMoment | None, Field(description="With its offset from UTC.")] = (
        None
    )
    valid_until: Annotated[WrittenMoment | None, Field(description="No longer from then on.")] = (
        None
    )
    channel: BuyerName | None = None
    customer_group: BuyerName | None = None
    customer: BuyerName | None = None
    own_lines_only: bool = False
    derived: DerivedBody | None = None
    least_over_cost: AboveMinusHundred | None = None
    on_request: Annotated[
        bool,
        Field(
            description="What has no price in this list can be ordered all the same, at a price on request."
        ),
    ] = False


class ReplaceListBody(TermsBody):
    """Other terms of a price list."""

    accept_lost: Annotated[
        bool,
        Field(
            description="Products may lose their price by it; without it that is refused, with how many."
        ),
    ] = False


class CreateListBody(TermsBody):
    """A new price list."""

    key: NewKey


class AmountBody(Body):
    """An amount of one line and value of a product; null takes away what was kept."""

    product: ProductKey
    line: Annotated[str, Field(max_length=MOST_CELL)]
    value: Annotated[str, Field(max_length=MOST_CELL)] = ""
    amount: Annotated[
        Annotated[str, Field(max_length=MOST_FORMULA)] | int | float | None,
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "maxLength": MOST_FORMULA},
                    {"type": "number"},
                    {"type": "null"},
                ]
            }
        ),
        Field(description="A number, or a text with an exact number or a formula."),
    ]
    valid_from: Annotated[
        str | None, Field(max_length=MOST_CELL, description="With its offset from UTC.")
    ] = None
    valid_until: Annotated[
        str | None, Field(max_length=MOST_CELL, description="No longer from then on.")
    ] = None


class AmountsBody(Body):
    """Amounts to keep, each on its own: what is wrong is told by row, the rest is kept."""

    rows: Annotated[list[AmountBody], Field(max_length=MOST_ROWS)]
    dry_run: Annotated[bool, Field(description="Tell what would change, and keep nothing.")] = False


class AmountsQuery(PageQuery):
    product: ProductKey | None = None


class PriceLists(Endpoint):
    @operation(
        id="listPriceLists",
        scope="pricing:read",
        summary="List price lists",
        query=PageQuery,
        answers={200: shapes.PriceListPage},
        answer_example=examples.PRICE_LIST_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the merchant's price lists in order of their keys, those of other times included."""
        rows = (
            Row.objects.for_merchant(call.caller.merchant)
            .filter(key__gt=query.after or "")
            .order_by("key")
        )
        return answer_page(
            call, query, list(rows[: query.limit + 1]), partial(_told, call), attrgetter("key")
        )

    @operation(
        id="createPriceList",
        scope="pricing:write",
        summary="Create a price list",
        body=CreateListBody,
        answers={201: shapes.PriceList},
        tagged=True,
        refusals=("key-taken", "taken-meanwhile"),
        request_example=examples.CREATE_LIST,
        answer_example=examples.PRICE_LIST,
    )
    def post(self, call: Call, body: CreateListBody) -> HttpResponse:
        """Make a price list; refused where it would hold beside another for the same buyers."""
        terms = _read(body.model_dump(exclude_unset=True))
        row = refused_as_input(lambda: keep_price_list(call.caller.merchant, terms, is_new=True))
        address = call.address(reverse("api:price-list", kwargs={"key": row.key}))
        return answer_changed(*tagged(_told(call, row)), 201, Location=address)


class PriceList(Endpoint):
    @operation(
        id="getPriceList",
        scope="pricing:read",
        summary="Read a price list",
        answers={200: shapes.PriceList},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.PRICE_LIST_READ,
    )
    def get(self, call: Call, key: str) -> HttpResponse:
        """Return the terms of a price list, with the revision that counts its changes."""
        body, tag = tagged(_told(call, price_list_called(call.caller.merchant, key)))
        return answer_tagged(call, body, tag)

    @operation(
        id="replacePriceList",
        scope="pricing:write",
        summary="Replace the terms of a price list",
        body=ReplaceListBody,
        answers={200: shapes.PriceList},
        tagged=True,
        refusals=("not-found", "changed-meanwhile", "taken-meanwhile"),
        headers=("If-Match",),
        request_example={
            name: each for name, each in examples.CREATE_LIST.items() if name != "key"
        },
        answer_example=examples.PRICE_LIST_REPLACED,
    )
    def put(self, call: Call, key: str, body: ReplaceListBody) -> HttpResponse:
        """Give a price list other terms, all of them at once; its amounts stay. They hold from the
        next request on.
        """
        merchant = call.caller.merchant
        with holding_prices(merchant):
            refuse_stale(call, tagged(_told(call, price_list_called(merchant, key)))[1])
            terms = _read(
                {**body.model_dump(exclude_unset=True, exclude={"accept_lost"}), "key": key}
            )
            accept = body.accept_lost
            row = refused_as_input(
                lambda: keep_price_list(merchant, terms, is_new=False, accept_lost=accept)
            )
        return answer_changed(*tagged(_told(call, row)))


class PriceListDefault(Endpoint):
    @operation(
        id="makeDefaultPriceList",
        scope="pricing:write",
        summary="Make a price list the default",
        answers={200: shapes.PriceList},
        tagged=True,
        refusals=("not-found", "changed-meanwhile", "taken-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.DEFAULT_PRICE_LIST,
    )
    def put(self, call: Call, key: str) -> HttpResponse:
        """Make a list the one that everybody gets in its currency, in place of the one before; it
        holds at once.

        There is no moment without a default. A list for some buyers only is refused. Safe to
        repeat.
        """
        with holding_prices(call.caller.merchant):
            row = price_list_called(call.caller.merchant, key)
            refuse_stale(call, tagged(_told(call, row))[1])
            refused_as_input(lambda: make_default(row))
            row.refresh_from_db()
        return answer_changed(*tagged(_told(call, row)))


class PriceListAmounts(Endpoint):
    @operation(
        id="listAmounts",
        scope="pricing:read",
        summary="List the amounts of a price list",
        query=AmountsQuery,
        answers={200: shapes.AmountPage},
        refusals=("not-found",),
        answer_example=examples.AMOUNT_PAGE,
    )
    def get(self, call: Call, key: str, query: AmountsQuery) -> HttpResponse:
        """Return the amounts that a price list keeps in place of those of versions, in the order
        they were made.
        """
        price_list = price_list_called(call.caller.merchant, key)
        rows = (
            ListAmount.objects.filter(price_list=price_list)
            .select_related("product")
            .order_by("pk")
        )
        if query.product is not None:
            rows = rows.filter(product__key=query.product)
        if query.after is not None:
            rows = rows.filter(pk__gt=int(query.after) if query.after.isdecimal() else 0)
        return answer_page(call, query, list(rows[: query.limit + 1]), _amount, attrgetter("pk"))

    @operation(
        id="keepAmounts",
        scope="pricing:write",
        summary="Keep amounts in a price list",
        body=AmountsBody,
        answers={200: shapes.AmountsReport},
        refusals=("not-found",),
        request_example=examples.KEEP_AMOUNTS,
        answer_example=examples.AMOUNTS_REPORT,
    )
    def post(self, call: Call, key: str, body: AmountsBody) -> HttpResponse:
        """Set amounts by line and value; rows that are wrong are told by number and left out, the
        others are kept.

        Rows set amounts to values, so a repeated call changes nothing more. They hold from the next
        request on.
        """
        merchant = call.caller.merchant
        price_list = price_list_called(merchant, key)
        rows = ({**row.model_dump(), "price_list": price_list.key} for row in body.rows)
        report = keep_amounts(merchant, rows, body.dry_run, formulas=True)
        # Who can try amounts and reads which are below the cost knows the cost after some of them.
        costs = COSTS in call.caller.scopes
        return answer_json(
            {
                "dry_run": body.dry_run,
                "created": report.created,
                "changed": report.changed,
                "deleted": report.deleted,
                "unchanged": report.unchanged,
                "refused": report.refused,
                "below_cost": report.below_cost if costs else None,
                "median_percent": report.median_percent,
                "told": report.told(costs),
                "errors": [
                    {"row": error.row, "column": error.column, "detail": error.detail}
                    for error in report.errors
                ],
            }
        )


def _read(document: dict[str, Any]) -> Terms:
    """Return the terms that a body tells; refuse with MalformedInput what they cannot be."""
    given = {name: each for name, each in document.items() if each is not None}
    return refused_as_input(lambda: read_price_list(given))


def refused_as_input[Kept](ask: Callable[[], Kept]) -> Kept:
    """Return what `ask` does; what it refuses as malformed is refused with MalformedInput, at the
    same places.
    """
    try:
        return ask()
    except Malformed as refusal:
        raise MalformedInput(refusal.sentence, errors=refusal.data["errors"]) from None


def _told(call: Call, row: Row) -> dict[str, Any]:
    address = call.address(reverse("api:price-list", kwargs={"key": row.key}))
    return {**whole_price_list(row.terms()), "revision": row.revision, "url": address}


def _amount(row: ListAmount) -> dict[str, Any]:
    return {
        "product": row.product.key,
        "line": row.line,
        "value": row.value,
        "amount": row.amount,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "earlier": row.earlier,
    }
