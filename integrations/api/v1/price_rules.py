"""What a merchant keeps about prices that are told or changed: thresholds, and the limits of prices
by hand.
"""

from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import ConfigDict, Field

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
from integrations.api.reading import Body, Currency, PriceListKey, ProductKey, Way, one_of
from integrations.api.v1 import examples
from integrations.api.v1.price_lists import NewKey, NotBelowZero, Numeric, Percent, refused_as_input
from integrations.api.v1.shapes import price_rules as shapes
from integrations.api.written import tagged
from pricing.in_force import read_row
from pricing.models import PriceThreshold as Row
from pricing.operations import (
    delete_threshold,
    holding_prices,
    keep_override_limits,
    keep_threshold,
    override_limits,
    threshold_called,
)
from pricing.override import Limits
from pricing.thresholds import Threshold


class ThresholdBody(Body):
    """When to be told."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(
                needs=("currency",),
                where={"measure": {"enum": ["total_over", "total_under", "margin_below"]}},
            ),
            Way(without=("currency",), where={"measure": {"enum": ["margin_percent_below"]}}),
        )
    )

    measure: Literal["total_over", "total_under", "margin_below", "margin_percent_below"]
    limit: Annotated[
        Numeric, Field(description="For all pieces together; a percentage is of the net price.")
    ]
    currency: Annotated[
        Currency | None,
        Field(
            description="That of an amount: only prices in it are compared. A percentage has none."
        ),
    ] = None
    name: Annotated[str, Field(max_length=200, description="For people.")] = ""
    product: Annotated[
        ProductKey | None, Field(description="For this alone; for all, without it.")
    ] = None
    price_list: Annotated[
        PriceListKey | None, Field(description="For this alone; for all, without it.")
    ] = None


class CreateThresholdBody(ThresholdBody):
    """A new threshold."""

    key: NewKey


class LimitsBody(Body):
    """How far prices may be changed by hand, in percent; null sets no limit."""

    greatest_discount: Annotated[Percent | None, Field(description="Of the total, 0 to 100.")] = (
        None
    )
    greatest_surcharge: Annotated[NotBelowZero | None, Field(description="Of the total.")] = None
    least_over_cost: Annotated[
        NotBelowZero | None,
        Field(description="A lowered net price is at least the cost and so many percent."),
    ] = None


class PriceThresholds(Endpoint):
    @operation(
        id="listPriceThresholds",
        scope="pricing:read",
        summary="List price thresholds",
        query=PageQuery,
        answers={200: shapes.PriceThresholdPage},
        answer_example=examples.THRESHOLD_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the prices at which the merchant is told, in order of their keys."""
        rows = Row.objects.for_merchant(call.caller.merchant).select_related(
            "product", "price_list"
        )
        found = list(rows.filter(key__gt=query.after or "").order_by("key")[: query.limit + 1])
        return answer_page(call, query, found, partial(_told, call), attrgetter("key"))

    @operation(
        id="createPriceThreshold",
        scope="pricing:write",
        summary="Create a price threshold",
        body=CreateThresholdBody,
        answers={201: shapes.PriceThreshold},
        tagged=True,
        refusals=("key-taken", "taken-meanwhile"),
        request_example=examples.CREATE_THRESHOLD,
        answer_example=examples.THRESHOLD,
    )
    def post(self, call: Call, body: CreateThresholdBody) -> HttpResponse:
        """Name a price to be told of: configurations that are completed from then on and pass it
        are recorded.
        """
        row = _kept(call, body.model_dump(), is_new=True)
        address = call.address(reverse("api:price-threshold", kwargs={"key": row.key}))
        return answer_changed(*tagged(_told(call, row)), 201, Location=address)


class PriceThreshold(Endpoint):
    @operation(
        id="getPriceThreshold",
        scope="pricing:read",
        summary="Read a price threshold",
        answers={200: shapes.PriceThreshold},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.THRESHOLD,
    )
    def get(self, call: Call, key: str) -> HttpResponse:
        """Return a price at which the merchant is told."""
        body, tag = tagged(_told(call, threshold_called(call.caller.merchant, key)))
        return answer_tagged(call, body, tag)

    @operation(
        id="replacePriceThreshold",
        scope="pricing:write",
        summary="Replace a price threshold",
        body=ThresholdBody,
        answers={200: shapes.PriceThreshold},
        tagged=True,
        refusals=("not-found", "changed-meanwhile", "taken-meanwhile"),
        headers=("If-Match",),
        request_example={
            name: each for name, each in examples.CREATE_THRESHOLD.items() if name != "key"
        },
        answer_example=examples.THRESHOLD,
    )
    def put(self, call: Call, key: str, body: ThresholdBody) -> HttpResponse:
        """Set all of a threshold at once; what configurations passed before stays recorded as it
        was.
        """
        with holding_prices(call.caller.merchant):
            refuse_stale(call, tagged(_told(call, threshold_called(call.caller.merchant, key)))[1])
            row = _kept(call, {**body.model_dump(), "key": key}, is_new=False)
        return answer_changed(*tagged(_told(call, row)))

    @operation(
        id="deletePriceThreshold",
        scope="pricing:write",
        summary="Delete a price threshold",
        answers={200: shapes.PriceThreshold},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.THRESHOLD,
    )
    def delete(self, call: Call, key: str) -> HttpResponse:
        """Take a threshold away and return it as it was; what configurations passed stays recorded."""
        with holding_prices(call.caller.merchant):
            row = threshold_called(call.caller.merchant, key)
            told = _told(call, row)
            refuse_stale(call, tagged(told)[1])
            delete_threshold(row)
        return answer_json(told)


class PriceLimits(Endpoint):
    @operation(
        id="getPriceLimits",
        scope="pricing:read",
        summary="Read the limits of prices by hand",
        answers={200: shapes.PriceLimits},
        tagged=True,
        answer_example=examples.LIMITS,
    )
    def get(self, call: Call) -> HttpResponse:
        """Return how far prices of configurations may be changed by hand."""
        body, tag = tagged(_limits(override_limits(call.caller.merchant)))
        return answer_tagged(call, body, tag)

    @operation(
        id="replacePriceLimits",
        scope="pricing:exceed",
        summary="Replace the limits of prices by hand",
        body=LimitsBody,
        answers={200: shapes.PriceLimits},
        tagged=True,
        refusals=("changed-meanwhile",),
        headers=("If-Match",),
        request_example=examples.KEEP_LIMITS,
        answer_example=examples.LIMITS,
    )
    def put(self, call: Call, body: LimitsBody) -> HttpResponse:
        """Set all limits at once; what is not said has none. Prices that were set before stay."""
        given = {
            name: None if each is None else Decimal(repr(each))
            for name, each in body.model_dump().items()
        }
        with holding_prices(call.caller.merchant):
            refuse_stale(call, tagged(_limits(override_limits(call.caller.merchant)))[1])
            row = refused_as_input(
                lambda: keep_override_limits(call.caller.merchant, Limits(**given))
            )
        return answer_changed(*tagged(_limits(row.terms())))


def _kept(call: Call, document: dict[str, Any], is_new: bool) -> Row:
    given = {name: each for name, each in document.items() if each is not None}
    terms = refused_as_input(lambda: read_row(Threshold, given, "threshold"))
    return refused_as_input(lambda: keep_threshold(call.caller.merchant, terms, is_new))


def _told(call: Call, row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "measure": row.measure,
        "limit": f"{row.limit:f}",
        "currency": row.currency or None,
        "product": row.product.key if row.product else None,
        "price_list": row.price_list.key if row.price_list else None,
        "url": call.address(reverse("api:price-threshold", kwargs={"key": row.key})),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        name: None if (limit := getattr(limits, name)) is None else f"{limit:f}"
        for name in ("greatest_discount", "greatest_surcharge", "least_over_cost")
    }
