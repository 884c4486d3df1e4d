"""Personal data of buyers is erased, and when that was done can be read."""

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import ConfigDict, Field, model_validator

from configurator.erasing import erase_configuration, erase_customer
from configurator.models import Erasure as Row
from configurator.stored import configuration_of
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import Body, BuyerName, Way, one_of
from integrations.api.v1 import examples
from integrations.api.v1.shapes import erasures as shapes


class EraseBody(Body):
    """Whose data is to be erased: all of a customer, or what one configuration knows."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(needs=("customer",), without=("configuration",)),
            Way(needs=("configuration",), without=("customer",)),
        )
    )

    customer: Annotated[
        BuyerName | None,
        Field(description="The customer's id, as it was given with configurations."),
    ] = None
    configuration: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="The id of one configuration."),
    ] = None
    by: Annotated[
        str, Field(max_length=150, description="Who erases it; the name of the key, without it.")
    ] = ""

    @model_validator(mode="after")
    def _is_one(self) -> "EraseBody":
        if (self.customer is None) == (self.configuration is None):
            raise ValueError("give one of customer and configuration")
        return self


class Erasures(Endpoint):
    @operation(
        id="listErasures",
        scope="configurator:erase",
        summary="List erasures",
        query=PageQuery,
        answers={200: shapes.ErasurePage},
        refusals=("not-found",),
        answer_example=examples.ERASURE_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return of what personal data was erased, when and by whom, the newest first."""
        rows = Row.objects.for_merchant(call.caller.merchant).order_by("-pk")
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            _told,
            lambda row: marked(call, row.pk),
        )

    @operation(
        id="erasePersonalData",
        scope="configurator:erase",
        summary="Erase personal data",
        body=EraseBody,
        answers={200: shapes.Erased},
        refusals=("not-found",),
        request_example=examples.ERASE,
        answer_example=examples.ERASED,
    )
    def post(self, call: Call, body: EraseBody) -> HttpResponse:
        """Erase who bought, all that people wrote, and metadata, from configurations and quotes, from
        events, runs and kept answers.

        Version, values, fingerprint, price, parts and reference stay. Of a customer up to 100
        configurations and quotes are erased at once: ask again while there is `more`. It cannot be
        undone.
        """
        merchant, by = call.caller.merchant, body.by.strip() or call.caller.credential
        if body.customer is not None:
            erased, more = erase_customer(merchant, body.customer, by)
            return answer_json({"erased": erased, "more": more})
        erase_configuration(configuration_of(merchant, body.configuration or ""), by)
        return answer_json({"erased": 1, "more": False})


def _told(row: Row) -> dict[str, Any]:
    return {
        "configuration": row.configuration or None,
        "quotes": row.quotes,
        "by": row.by,
        "at": row.at.isoformat(),
    }
