"""Quotes: a price promised for a time and signed, and what is to be believed of one that somebody
brings back.
"""

from functools import partial
from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from catalog.numbers import whole
from configurator.models import KeptQuote
from configurator.offers import published
from configurator.quoting.kept import State, accept, kept_quote, quotes_of, state_of
from configurator.quoting.quotes import Quote, Renewal, quote, quote_configuration, verify
from configurator.quoting.signing import DAY_SECONDS, LEAST_SECONDS, moment
from configurator.quoting.tokens import claims_of
from configurator.stored import configuration_of, model_of
from integrations.api.discretion import discreet, hidden
from integrations.api.endpoint import (
    EVALUATING,
    Call,
    Endpoint,
    answer_json,
    answer_tagged,
    operation,
)
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import (
    Body,
    Locale,
    Moment,
    PriceListKey,
    ProductKey,
    VersionNumber,
    Way,
    kept,
    one_of,
    read_choices,
)
from integrations.api.v1 import examples
from integrations.api.v1.products import BuyerBody, GivenChoices, OrderQuantity, Quantity
from integrations.api.v1.shapes import quotes as shapes
from integrations.api.written import moment_text, tagged
from pricing.breakdown import breakdown_json
from pricing.lead_time import lead_time_json
from pricing.money import plain

MOST_TOKEN = 500_000
_OF_BOTH = {"configuration", "expires_in", "locale"}
_OF_A_PRODUCT = (
    *("product", "choices", "version", "quantity", "order_quantity", "price_list", "at"),
    *BuyerBody.model_fields,
)


class QuoteBody(BuyerBody):
    """Choices of a product to quote, or the id of a stored configuration."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(needs=("product",), without=("configuration",)),
            Way(needs=("configuration",), without=_OF_A_PRODUCT),
        )
    )

    product: Annotated[ProductKey | None, Field(description="The product's key.")] = None
    choices: Annotated[GivenChoices, Field(description="What has been chosen.")] = Field(
        default_factory=dict
    )
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    quantity: Quantity = 1
    order_quantity: OrderQuantity = None
    price_list: Annotated[
        PriceListKey | None, Field(description="The one that the buyer gets, without it.")
    ] = None
    at: Annotated[
        Moment | None,
        Field(
            description="The time whose prices hold, with its offset from UTC; if it is to come, the quote holds then."
        ),
    ] = None
    configuration: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,32}$",
            description="A stored configuration, quoted as it was kept; then only `expires_in` and `locale` beside it.",
        ),
    ] = None
    expires_in: Annotated[
        int | None,
        Field(
            ge=LEAST_SECONDS,
            le=366 * DAY_SECONDS,
            description="For how many seconds it holds, within the merchant's limit; as the merchant says, without it.",
        ),
        BeforeValidator(whole),
    ] = None
    locale: Annotated[
        Locale | None, Field(description="The language of texts, such as de or fr-CA.")
    ] = None

    @model_validator(mode="after")
    def _is_one(self) -> "QuoteBody":
        if (self.product is None) == (self.configuration is None):
            raise ValueError("give one of product and configuration")
        if self.configuration is not None and (beside := sorted(self.model_fields_set - _OF_BOTH)):
            raise ValueError(f"a stored configuration has these of its own: {', '.join(beside)}")
        return self


type QuoteToken = Annotated[
    str, Field(min_length=1, max_length=MOST_TOKEN, description="The quote as it was given.")
]


class QuoteQuery(PageQuery):
    """Which quotes are asked for."""

    product: ProductKey | None = None
    configuration: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,32}$", description="Only those of this stored configuration."
        ),
    ] = None
    state: Annotated[State | None, Field(description="Only those in this state.")] = None


class AcceptQuoteBody(Body):
    """A quote that the buyer takes."""

    token: QuoteToken


class VerifyBody(Body):
    """A token to look at."""

    token: QuoteToken
    locale: Annotated[
        Locale | None, Field(description="The language of texts, such as de or fr-CA.")
    ] = None


class Quotes(Endpoint):
    @operation(
        id="listQuotes",
        scope="configurator:quote",
        summary="List quotes",
        query=QuoteQuery,
        answers={200: shapes.KeptQuotePage},
        refusals=("not-found",),
        answer_example=examples.QUOTE_PAGE,
    )
    def get(self, call: Call, query: QuoteQuery) -> HttpResponse:
        """Return the quotes that were given, the newest first, and what has become of each."""
        merchant = call.caller.merchant
        rows = quotes_of(merchant, query.state)
        if query.product:
            rows = rows.filter(product=query.product)
        if query.configuration:
            rows = rows.filter(configuration__public_id=query.configuration)
        if place := position(call, query):
            rows = rows.filter(pk__lt=place[0])
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_kept, call),
            lambda row: marked(call, row.pk),
        )

    @operation(
        id="createQuote",
        key_required=True,
        scope="configurator:quote",
        summary="Quote a price",
        body=QuoteBody,
        answers={200: shapes.Quote},
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            *EVALUATING,
            "quantity-refused",
            "configuration-not-ready",
            "expiry-refused",
        ),
        request_example=examples.QUOTE,
        answer_example=examples.QUOTED,
    )
    def post(self, call: Call, body: QuoteBody) -> HttpResponse:
        """Promise a price for a time: return it with a token that proves it, signed with the
        merchant's key.

        The price is the one that `evaluate` tells for the same input. What cannot be ordered yet is
        refused as it is where a configuration is completed. The token can be checked without asking
        here, see the page about quotes. What becomes of the quote is kept beside its `jti`.
        """
        merchant = call.caller.merchant
        if body.configuration is not None:
            row = configuration_of(merchant, body.configuration)
            locale = body.locale or row.locale or None
            with discreet(call, model_of(row), locale):
                return answer_json(_told(quote_configuration(row, body.expires_in), locale))
        offer = published(
            merchant.slug, body.product or "", body.version, body.price_list, body.buyer, body.at
        )
        model = offer.product.model
        choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
        with discreet(call, model, body.locale):
            found = quote(
                offer,
                choices,
                body.quantity,
                body.expires_in,
                body.at,
                body.locale,
                order_quantity=body.order_quantity,
            )
        return answer_json(_told(found, body.locale))


class QuoteVerification(Endpoint):
    @operation(
        id="verifyQuote",
        idempotent=True,
        scope="configurator:quote",
        summary="Verify a quote",
        body=VerifyBody,
        answers={200: shapes.Verification},
        request_example=examples.VERIFY,
        answer_example=examples.VERIFIED,
    )
    def post(self, call: Call, body: VerifyBody) -> HttpResponse:
        """Tell whether a token is a quote of yours that holds, or why not.

        Where it expired, or the price or the product changed since, `now` tells what the same
        choices come to, the difference, and offers a fresh quote. A quote that is valid is a
        promise: it holds whatever changed. Nothing is kept, so a repeated call needs no
        Idempotency-Key.
        """
        found = verify(call.caller.merchant, body.token)
        claims = found.claims
        return answer_json(
            {
                "valid": found.valid,
                "reason": found.reason,
                "detail": found.sentence,
                "claims": claims.model_dump(exclude_defaults=True) if claims else None,
                "changed": list(found.changed),
                "old_total": claims.total if claims else None,
                "now": _renewal(found.now, body.locale) if found.now else None,
            }
        )


class QuoteAcceptance(Endpoint):
    @operation(
        id="acceptQuote",
        key_required=True,
        scope="configurator:quote",
        summary="Accept a quote",
        body=AcceptQuoteBody,
        answers={200: shapes.KeptQuote},
        refusals=("not-found", "quote-refused", "quote-expired", "quote-not-yet-valid"),
        request_example=examples.VERIFY,
        answer_example=examples.QUOTE_ACCEPTED,
    )
    def post(self, call: Call, body: AcceptQuoteBody) -> HttpResponse:
        """Write down that the buyer takes a quote of yours while it holds; the event
        `quote.accepted` tells it once.

        A repeated call finds it accepted and answers the same, also after it would have expired, so
        it needs no Idempotency-Key. What the choices cost now does not count: a quote that holds is
        a promise.
        """
        return answer_json(_kept(call, accept(call.caller.merchant, body.token)))


class OneQuote(Endpoint):
    @operation(
        id="getQuote",
        scope="configurator:quote",
        summary="Read a quote",
        answers={200: shapes.KeptQuote},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.QUOTE_KEPT,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a quote that was given, by its `jti`, and what has become of it.

        One that nobody accepted is deleted a year after it expired.
        """
        return answer_tagged(call, *tagged(_kept(call, kept_quote(call.caller.merchant, id))))


def _kept(call: Call, row: KeptQuote) -> dict[str, Any]:
    claims = claims_of(row.token)
    return {
        "id": row.public_id,
        "state": state_of(row),
        "product": claims.product,
        "version": claims.version,
        "configuration": claims.configuration,
        "quantity": claims.quantity,
        "currency": claims.currency,
        "total": claims.total,
        "amounts_are": claims.amounts_are,
        "issued_at": row.given_at.isoformat(),
        "valid_from": moment(claims.nbf).isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "accepted_at": moment_text(row.accepted_at),
        "token": row.token,
        "url": call.address(reverse("api:quote", kwargs={"id": row.public_id})),
    }


def _told(found: Quote, locale: str | None) -> dict[str, Any]:
    signed, evaluation = found.signed, found.evaluation
    lead_time = evaluation.lead_time
    return {
        "token": signed.token,
        "key": signed.kid,
        "issued_at": signed.issued_at.isoformat(),
        "valid_from": signed.valid_from.isoformat(),
        "expires_at": signed.expires_at.isoformat(),
        "claims": signed.claims,
        "verified_against": found.against,
        "kept_until": found.kept_until.isoformat() if found.kept_until else None,
        "price": breakdown_json(evaluation.breakdown, locale) if evaluation.breakdown else None,
        "lead_time": lead_time_json(lead_time, locale, evaluation.ready_on) if lead_time else None,
    }


def _renewal(now: Renewal, locale: str | None) -> dict[str, Any]:
    claims = now.quote.signed.claims if now.quote else {}
    return {
        "total": claims.get("total"),
        "currency": claims.get("currency"),
        "difference": plain(now.difference, claims["currency"])
        if now.difference is not None
        else None,
        "problem": now.problem,
        "quote": _told(now.quote, locale) if now.quote else None,
    }
