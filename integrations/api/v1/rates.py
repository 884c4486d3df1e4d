"""What prices and days depend on beside the lists: exchange rates, tax rates, the calendar."""

import re
from datetime import date, time
from operator import attrgetter
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field, WithJsonSchema

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
from integrations.api.reading import MOST_REGION, Body
from integrations.api.v1 import examples
from integrations.api.v1.price_lists import (
    MOST_CELL,
    MOST_ROWS,
    MOST_TAXES,
    Numeric,
    TaxBody,
    TextOrTexts,
    refused_as_input,
)
from integrations.api.v1.shapes import rates as shapes
from integrations.api.written import tagged
from pricing.models import ClosedDays, WorkCalendar
from pricing.models import ExchangeRate as ExchangeRateRow
from pricing.models import TaxRate as TaxRateRow
from pricing.operations import (
    ClosedPeriod,
    calendar_if_any,
    calendar_of,
    forget_calendar,
    holding_prices,
    keep_calendar,
)
from pricing.rates import RatesReport, keep_exchange_rates, keep_tax_rates

MOST_CLOSED = 1_000
type Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
type TimeOfDay = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "14:00"}
    ),
]
type Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONDAY_TO_FRIDAY: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


class ExchangeRateBody(Body):
    """What one of a currency is in another from a time on; null takes away what was kept."""

    currency: Annotated[str, Field(max_length=MOST_CELL, description="One of this is …")]
    into: Annotated[str, Field(max_length=MOST_CELL, description="… so many of that.")]
    rate: Numeric | None
    valid_from: Annotated[str, Field(max_length=MOST_CELL, description="With its offset from UTC.")]


class ExchangeRatesBody(Body):
    """Rates to keep, each on its own: what is wrong is told by row, the rest is kept."""

    rows: Annotated[list[ExchangeRateBody], Field(max_length=MOST_ROWS)]
    dry_run: Annotated[bool, Field(description="Tell what would change, and keep nothing.")] = False


class TaxRateBody(Body):
    """The tax of a class in a country, or in a region of it; a null rate takes away what was kept."""

    country: Annotated[str, Field(max_length=MOST_CELL, description="Two capitals of ISO 3166.")]
    region: Annotated[
        str | None,
        Field(
            max_length=MOST_REGION,
            description="Such as ON; null: those without a rate of their own.",
        ),
    ] = None
    tax_class: Annotated[str, Field(max_length=MOST_CELL, description="That of products.")] = (
        "standard"
    )
    rate: Annotated[Numeric | None, Field(description="In percent.")]
    label: TextOrTexts | None = None
    taxes: Annotated[
        list[TaxBody],
        Field(max_length=MOST_TAXES, description="The taxes that the rate is the sum of."),
    ] = Field(default_factory=list)
    valid_from: Annotated[
        str | None,
        Field(max_length=MOST_CELL, description="With its offset from UTC; null: always."),
    ] = None
    valid_until: Annotated[
        str | None, Field(max_length=MOST_CELL, description="No longer from then on.")
    ] = None


class TaxRatesBody(Body):
    """Rates to keep, each on its own: what is wrong is told by row, the rest is kept."""

    rows: Annotated[list[TaxRateBody], Field(max_length=MOST_ROWS)]
    dry_run: Annotated[bool, Field(description="Tell what would change, and keep nothing.")] = False


class ClosedBody(Body):
    """Days on which no work is done."""

    first: Annotated[Day, Field(description="A day, such as 2026-12-24.")]
    last: Annotated[Day | None, Field(description="The first day alone, without it.")] = None
    name: Annotated[str, Field(max_length=200)] = ""


class CalendarBody(Body):
    """The whole calendar: what is not said has its default."""

    time_zone: Annotated[
        str, Field(min_length=1, max_length=63, description="Such as Europe/Berlin.")
    ] = "UTC"
    order_until: Annotated[
        TimeOfDay | None,
        Field(
            description="Until when on a day an order counts for it, such as 14:00; null: all day."
        ),
    ] = None
    working_days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = Field(
        default_factory=lambda: list(MONDAY_TO_FRIDAY)
    )
    closed: Annotated[list[ClosedBody], Field(max_length=MOST_CLOSED)] = Field(default_factory=list)


class ExchangeRates(Endpoint):
    @operation(
        id="listExchangeRates",
        scope="pricing:read",
        summary="List exchange rates",
        query=PageQuery,
        answers={200: shapes.ExchangeRatePage},
        answer_example=examples.EXCHANGE_RATE_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the merchant's exchange rates, those of other times included, in the order they
        were made.
        """
        return _page(call, query, ExchangeRateRow, _exchange_rate)

    @operation(
        id="keepExchangeRates",
        scope="pricing:write",
        summary="Keep exchange rates",
        body=ExchangeRatesBody,
        answers={200: shapes.RatesReport},
        request_example=examples.KEEP_EXCHANGE_RATES,
        answer_example=examples.EXCHANGE_RATES_REPORT,
    )
    def post(self, call: Call, body: ExchangeRatesBody) -> HttpResponse:
        """Set rates by currencies and beginning; rows that are wrong are told by number, the others
        are kept.

        Rows set rates to values, so a repeated call changes nothing more. They hold from the next
        request on.
        """
        report = keep_exchange_rates(
            call.caller.merchant, (row.model_dump() for row in body.rows), body.dry_run
        )
        return answer_json(_report(report, body.dry_run))


class TaxRates(Endpoint):
    @operation(
        id="listTaxRates",
        scope="pricing:read",
        summary="List tax rates",
        query=PageQuery,
        answers={200: shapes.TaxRatePage},
        answer_example=examples.TAX_RATE_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the merchant's tax rates, those of other times included, in the order they were
        made.
        """
        return _page(call, query, TaxRateRow, _tax_rate)

    @operation(
        id="keepTaxRates",
        scope="pricing:write",
        summary="Keep tax rates",
        body=TaxRatesBody,
        answers={200: shapes.RatesReport},
        request_example=examples.KEEP_TAX_RATES,
        answer_example=examples.TAX_RATES_REPORT,
    )
    def post(self, call: Call, body: TaxRatesBody) -> HttpResponse:
        """Set rates by class, country, region and beginning; wrong rows are told by number, the
        others are kept.

        Rows set rates to values, so a repeated call changes nothing more. They hold from the next
        request on.
        """
        report = keep_tax_rates(
            call.caller.merchant, (row.model_dump() for row in body.rows), body.dry_run
        )
        return answer_json(_report(report, body.dry_run))


class Calendar(Endpoint):
    @operation(
        id="getCalendar",
        scope="pricing:read",
        summary="Read the calendar",
        answers={200: shapes.Calendar},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.CALENDAR,
    )
    def get(self, call: Call) -> HttpResponse:
        """Return on which days the merchant works, and until when on a day an order counts for it."""
        body, tag = tagged(_calendar(calendar_of(call.caller.merchant)))
        return answer_tagged(call, body, tag)

    @operation(
        id="replaceCalendar",
        scope="pricing:write",
        summary="Replace the calendar",
        body=CalendarBody,
        answers={200: shapes.Calendar},
        tagged=True,
        refusals=("changed-meanwhile", "taken-meanwhile"),
        headers=("If-Match",),
        request_example=examples.KEEP_CALENDAR,
        answer_example=examples.CALENDAR,
    )
    def put(self, call: Call, body: CalendarBody) -> HttpResponse:
        """Set the whole calendar, closed days included. It holds from the next request on."""
        closed = [
            ClosedPeriod(
                _day(each.first, f"/closed/{index}/first"),
                None if each.last is None else _day(each.last, f"/closed/{index}/last"),
                each.name,
            )
            for index, each in enumerate(body.closed)
        ]
        until = None if body.order_until is None else _time(body.order_until)
        merchant = call.caller.merchant
        with holding_prices(merchant):
            kept = calendar_if_any(merchant)
            refuse_stale(call, None if kept is None else tagged(_calendar(kept))[1])
            row = refused_as_input(
                lambda: keep_calendar(merchant, body.time_zone, body.working_days, until, closed)
            )
            row.refresh_from_db()
        return answer_changed(*tagged(_calendar(row)))

    @operation(
        id="deleteCalendar",
        scope="pricing:write",
        summary="Delete the calendar",
        answers={200: shapes.Calendar},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.CALENDAR,
    )
    def delete(self, call: Call) -> HttpResponse:
        """Take the calendar away and return it as it was; lead times are told in days alone from
        then on.
        """
        with holding_prices(call.caller.merchant):
            told = _calendar(calendar_of(call.caller.merchant))
            refuse_stale(call, tagged(told)[1])
            forget_calendar(call.caller.merchant)
        return answer_json(told)


def _page(call: Call, query: PageQuery, model: Any, told: Any) -> HttpResponse:
    rows = model.objects.for_merchant(call.caller.merchant).order_by("pk")
    if query.after is not None:
        rows = rows.filter(pk__gt=int(query.after) if query.after.isdecimal() else 0)
    return answer_page(call, query, list(rows[: query.limit + 1]), told, attrgetter("pk"))


def _exchange_rate(row: ExchangeRateRow) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "into": row.into,
        "rate": f"{row.rate:f}",
        "valid_from": row.valid_from.isoformat(),
    }


def _tax_rate(row: TaxRateRow) -> dict[str, Any]:
    label = (
        {**row.translations.get("label", {}), "default": row.label}
        if row.translations.get("label")
        else row.label
    )
    return {
        "country": row.country,
        "region": row.region or None,
        "tax_class": row.tax_class,
        "rate": f"{row.rate:f}",
        "label": label or None,
        "taxes": row.taxes,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }


def _report(report: RatesReport, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "created": report.created,
        "changed": report.changed,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "errors": [
            {"row": each.row, "column": each.column, "detail": each.detail}
            for each in report.errors
        ],
    }


def _calendar(row: WorkCalendar) -> dict[str, Any]:
    closed = ClosedDays.objects.filter(merchant_id=row.merchant_id).order_by("first", "pk")
    return {
        "time_zone": row.time_zone,
        "order_until": row.order_until.isoformat(timespec="minutes") if row.order_until else None,
        "working_days": [name for name in row.week if getattr(row, name)],
        "closed": [
            {
                "first": each.first.isoformat(),
                "last": (each.last or each.first).isoformat(),
                "name": each.name,
            }
            for each in closed
        ],
    }


def _day(text: str, pointer: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise _unread(pointer, "expected a day such as 2026-12-24") from None


def _time(text: str) -> time:
    try:
        if not re.fullmatch(r"\d\d:\d\d", text):
            raise ValueError
        return time.fromisoformat(text)
    except ValueError:
        raise _unread("/order_until", "expected a time of day such as 14:00") from None


def _unread(pointer: str, detail: str) -> MalformedInput:
    return MalformedInput(f"{pointer}: {detail}.", errors=[{"pointer": pointer, "detail": detail}])
