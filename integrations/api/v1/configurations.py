"""Configurations that somebody keeps: create one, change its choices, complete it, read its parts
and its price.
"""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from pydantic import BeforeValidator, ConfigDict, Field

from catalog.entity_tags import ANY
from catalog.numbers import whole as whole_number
from configurator.amending import Amendment, amend
from configurator.completing import complete
from configurator.evaluation.ways_out import SHOWN_REPAIRS
from configurator.keeping import choose, discard, save
from configurator.listing import Wanted, configurations_from, position_of
from configurator.marking import METADATA_KEY, MOST_METADATA, REFERENCE, Marks, metadata_of
from configurator.models import MOST_METADATA_VALUE, MOST_REFERENCE, PriceOverride
from configurator.models import Configuration as Row
from configurator.offers import published
from configurator.overriding import override_price, revoke_override
from configurator.stored import configuration_of, model_of
from integrations.access.scopes import COSTS
from integrations.api.discretion import discreet, hidden, told_to
from integrations.api.endpoint import (
    EVALUATING,
    Call,
    Endpoint,
    answer_json,
    answer_tagged,
    expects,
    operation,
)
from integrations.api.pagination import PageQuery, answer_page, marked, position
from integrations.api.reading import (
    SAYS_SOMETHING,
    Body,
    BuyerName,
    Locale,
    Moment,
    PriceListKey,
    ProductKey,
    Query,
    VersionNumber,
    Way,
    kept,
    one_of,
    read_choices,
)
from integrations.api.v1 import examples
from integrations.api.v1.price_lists import AboveZero, Numeric, refused_as_input
from integrations.api.v1.products import BuyerBody, GivenChoices, InstanceAsked, Quantity
from integrations.api.v1.shapes import configurations as shapes
from pricing.in_force import read_row
from pricing.money import decimals
from pricing.override import MOST_REASON, Override, override_json
from pricing.thresholds import OF_TOTALS

EXCEED = "pricing:exceed"


type Reference = Annotated[str, Field(pattern=REFERENCE, max_length=MOST_REFERENCE)]
type MetadataKey = Annotated[str, Field(pattern=METADATA_KEY)]
type MetadataValue = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=MOST_METADATA_VALUE)]


class ListQuery(PageQuery):
    product: ProductKey | None = None
    state: Literal["open", "completed"] | None = None
    fingerprint: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    threshold: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")] = None
    reference: Annotated[
        Reference | None, Field(description="The one that has this reference of yours.")
    ] = None
    customer: Annotated[BuyerName | None, Field(description="Only those of this customer.")] = None
    metadata: Annotated[
        str | None,
        Field(
            pattern=METADATA_KEY[:-1] + r"(:[^\x00]{0,500})?$",
            description="Only those with this key in their metadata, `order`, or with its value too, `order:4711`.",
        ),
    ] = None
    updated_since: Annotated[
        Moment | None,
        Field(
            description="Only those changed at this time or later, in the order of their last change."
        ),
    ] = None

    def wanted(self, margins: bool) -> Wanted:
        """Return which configurations are asked for."""
        key, colon, value = (self.metadata or "").partition(":")
        return Wanted(
            product=self.product,
            state=self.state,
            fingerprint=self.fingerprint,
            threshold=self.threshold,
            margins=margins,
            reference=self.reference,
            customer=self.customer,
            metadata=(key, value if colon else None) if key else None,
            updated_since=self.updated_since,
        )


class CreateBody(BuyerBody):
    """Choices to keep, under a version and at a price list that stay theirs."""

    product: ProductKey
    choices: GivenChoices = Field(default_factory=dict)
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    quantity: Quantity = 1
    price_list: Annotated[
        PriceListKey | None, Field(description="The default one, without it.")
    ] = None
    locale: Annotated[Locale | None, Field(description="The language of its texts.")] = None
    complete: Annotated[bool, Field(description="Complete it at once.")] = False
    reference: Annotated[
        Reference | None,
        Field(description="What your own system calls it; no other configuration has the same."),
    ] = None
    metadata: Annotated[
        dict[MetadataKey, MetadataValue],
        Field(max_length=MOST_METADATA, description="Words of your own system, by key."),
    ] = Field(default_factory=dict)

    @property
    def marks(self) -> Marks:
        return Marks(self.metadata, names=True, reference=self.reference)


class AmendBody(BuyerBody):
    """What is to become another beside the choices; what is not named stays, and null takes away."""

    quantity: Quantity | None = None
    reference: Annotated[
        Reference | None,
        Field(description="What your own system calls it; no other configuration has the same."),
    ] = None
    metadata: Annotated[
        dict[MetadataKey, MetadataValue | None],
        Field(
            max_length=2 * MOST_METADATA,
            description="Words of your own system, by key: the others stay, null takes one away.",
        ),
    ] = Field(default_factory=dict)

    @property
    def amendment(self) -> Amendment:
        named = self.model_fields_set
        return Amendment(
            buyer={name: getattr(self, name) for name in BuyerBody.model_fields if name in named},
            quantity=self.quantity,
            marks=Marks(self.metadata, names="reference" in named, reference=self.reference),
        )


class ChoicesBody(Body):
    """What to change."""

    changes: Annotated[GivenChoices, Field(description="By option key; null retracts a choice.")]
    instance: InstanceAsked = None
    quantity: Quantity | None = None
    repair: Annotated[
        int | None,
        Field(
            ge=0,
            lt=SHOWN_REPAIRS,
            description="Where the changes clash, take this one of `repairs`, counted from 0, instead of refusing.",
        ),
        BeforeValidator(whole_number),
    ] = None


class CompleteBody(Body):
    """Nothing needs to be said."""


def _above_zero(most: int) -> dict[str, Any]:
    return {"$ref": None, "type": "number", "exclusiveMinimum": 0, "maximum": most}


class OverrideBody(Body):
    """A price by hand: by how much, and why. Numbers are written without sign."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(
                ("percent",),
                ("amount",),
                {"kind": {"enum": ["discount"]}, "percent": _above_zero(100)},
            ),
            Way(
                ("percent",),
                ("amount",),
                {"kind": {"enum": ["surcharge"]}, "percent": _above_zero(1_000)},
            ),
            Way(("amount",), ("percent",)),
        )
    )

    kind: Annotated[
        Literal["discount", "surcharge", "final"],
        Field(description="Whether it is taken off, added, or what the total comes to."),
    ]
    percent: Annotated[
        Numeric | None, Field(description="Of the total of all pieces; or give an amount.")
    ] = None
    amount: Annotated[
        Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,4})?$")] | AboveZero | None,
        Field(
            description="For all pieces together, net or gross as the amounts of the price list are."
        ),
    ] = None
    reason: Annotated[
        str,
        Field(
            pattern=SAYS_SOMETHING,
            max_length=MOST_REASON,
            description="Why, for the merchant's people.",
        ),
    ]
    by: Annotated[
        str, Field(max_length=150, description="Who sets it; the name of the key, without it.")
    ] = ""
    beyond_limits: Annotated[
        bool,
        Field(description="Leave the merchant's limits knowingly; needs the scope pricing:exceed."),
    ] = False

    def override(self, caller: str, at: datetime) -> Override:
        """Return what is set; refuses with MalformedInput what cannot be read."""
        document = self.model_dump(exclude_none=True)
        if "amount" in document:
            document["amount"] = Decimal(str(document["amount"]))
        document |= {"by": self.by.strip() or caller, "at": at}
        return refused_as_input(lambda: read_row(Override, document, "price by hand"))


class RevokeQuery(Query):
    by: Annotated[
        str, Field(max_length=150, description="Who revokes it; the name of the key, without it.")
    ] = ""


class Configurations(Endpoint):
    @operation(
        id="listConfigurations",
        scope="configurator:read",
        summary="List configurations",
        query=ListQuery,
        answers={200: shapes.ConfigurationPage},
        refusals=("not-found",),
        answer_example=examples.CONFIGURATION_PAGE,
    )
    def get(self, call: Call, query: ListQuery) -> HttpResponse:
        """Return the merchant's configurations, newest first, those of shoppers included.

        With `updated_since` they come in the order of their last change: who asks again with the
        `updated_at` of the last one, less a minute, misses none, and may see some once more.
        """
        wanted = query.wanted(margins=COSTS in call.caller.scopes)
        after = position(call, query, 1 if wanted.updated_since is None else 2)
        found = configurations_from(call.caller.merchant, wanted, after, query.limit + 1)
        return answer_page(
            call,
            query,
            found,
            partial(_listed, call),
            lambda row: marked(call, *position_of(row, wanted)),
        )

    @operation(
        id="createConfiguration",
        key_wanted=lambda body: body.complete,
        scope="configurator:write",
        summary="Create a configuration",
        body=CreateBody,
        answers={201: shapes.Configuration},
        tagged=True,
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            *EVALUATING,
            "quantity-refused",
            "configuration-not-ready",
            "reference-taken",
            "upload-missing",
        ),
        request_example=examples.CREATE,
        answer_example=examples.CONFIGURATION,
    )
    def post(self, call: Call, body: CreateBody) -> HttpResponse:
        """Keep choices as a configuration, open for changes until it is completed.

        Choices that clash are refused with `choices-conflict`, and nothing is kept.
        """
        offer = published(
            call.caller.merchant.slug, body.product, body.version, body.price_list, body.buyer
        )
        model = offer.product.model
        choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
        with discreet(call, model, body.locale), transaction.atomic():
            row = save(offer, choices, body.quantity, body.locale or "", marks=body.marks)
            if body.complete:
                complete(row)
        address = call.address(reverse("api:configuration", kwargs={"id": row.public_id}))
        return answer_json(whole(call, row), 201, {"ETag": tag_of(row), "Location": address})


class Configuration(Endpoint):
    @operation(
        id="getConfiguration",
        scope="configurator:read",
        summary="Read a configuration",
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.CONFIGURATION_READ,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a configuration with the evaluation it had when it was last kept."""
        row = configuration_of(call.caller.merchant, id)
        return answer_tagged(call, orjson.dumps(whole(call, row)), tag_of(row))

    @operation(
        id="amendConfiguration",
        scope="configurator:write",
        summary="Change buyer, quantity, reference or metadata",
        body=AmendBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(
            "not-found",
            *EVALUATING,
            "quantity-refused",
            "configuration-completed",
            "configuration-changed",
            "reference-taken",
        ),
        headers=("If-Match",),
        request_example=examples.AMEND,
        answer_example=examples.AMENDED,
    )
    def patch(self, call: Call, id: str, body: AmendBody) -> HttpResponse:
        """Change what belongs to a configuration beside its choices; what is not named stays.

        Another buyer has the prices of now. Of a completed configuration, `reference` and `metadata`
        alone can be changed.
        """
        row = configuration_of(call.caller.merchant, id)
        with discreet(call, model_of(row), row.locale):
            refused_as_input(lambda: amend(row, body.amendment, expected(call, row)))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})

    @operation(
        id="deleteConfiguration",
        scope="configurator:write",
        summary="Delete an open configuration",
        answers={200: shapes.Configuration},
        refusals=("not-found", "configuration-completed", "configuration-changed"),
        headers=("If-Match",),
        answer_example=examples.DELETED,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """Delete a configuration that is open, and return it as it was; quotes that were given for it
        stay.
        """
        row = configuration_of(call.caller.merchant, id)
        told = whole(call, row)
        discard(row, expected(call, row))
        return answer_json(told)


class ConfigurationChoices(Endpoint):
    @operation(
        id="changeChoices",
        scope="configurator:write",
        summary="Change choices",
        body=ChoicesBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(
            "not-found",
            "choices-malformed",
            *EVALUATING,
            "quantity-refused",
            "configuration-completed",
            "configuration-changed",
            "instance-refused",
            "upload-missing",
        ),
        headers=("If-Match",),
        request_example=examples.CHANGE,
        answer_example=examples.CHANGED,
    )
    def patch(self, call: Call, id: str, body: ChoicesBody) -> HttpResponse:
        """Change some choices, or the quantity, of an open configuration; what is not named stays.

        Choices that clash are refused with `choices-conflict`, and everything stays as it was. Each of
        its `repairs` can be sent as `changes`; or send the same changes again with the number of one
        as `repair`. With `If-Match` the change is refused if somebody else changed the configuration
        since you read it.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        changes = read_choices(model, body.changes, "/changes", hidden(call, model))
        with discreet(call, model, row.locale):
            choose(
                row,
                changes,
                body.quantity,
                expected(call, row),
                body.instance.asked() if body.instance else None,
                body.repair,
            )
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationComplete(Endpoint):
    @operation(
        id="completeConfiguration",
        key_required=True,
        scope="configurator:write",
        summary="Complete a configuration",
        body=CompleteBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(
            "not-found",
            *EVALUATING,
            "configuration-not-ready",
            "configuration-changed",
        ),
        headers=("If-Match",),
        request_example={},
        answer_example=examples.COMPLETED,
    )
    def post(self, call: Call, id: str, body: CompleteBody) -> HttpResponse:
        """Complete a configuration: from then on it never changes. Completing it again answers the
        same.

        `quote` of the answer is its price, signed: any server can check it without asking here.

        Refused with `configuration-not-ready` while choices or a price are missing.
        """
        row = configuration_of(call.caller.merchant, id)
        with discreet(call, model_of(row), row.locale):
            complete(row, expected(call, row))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationOverride(Endpoint):
    @operation(
        id="overridePrice",
        scope="pricing:override",
        summary="Set a price by hand",
        body=OverrideBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(
            "not-found",
            *EVALUATING,
            "override-refused",
            "configuration-not-ready",
            "configuration-completed",
            "configuration-changed",
        ),
        headers=("If-Match",),
        request_example=examples.OVERRIDE,
        answer_example=examples.OVERRIDDEN,
    )
    def put(self, call: Call, id: str, body: OverrideBody) -> HttpResponse:
        """Set a discount, a surcharge or a final price for an open configuration, in place of one
        before.

        It is a line of its own among `order_lines`, and completing keeps it. It holds for the
        values and the quantity it was set for: where these become others, it ends. Setting the same
        again changes nothing. Refused with `override-refused` beyond the merchant's limits, unless
        `beyond_limits` is said, which needs `pricing:exceed`.
        """
        if body.beyond_limits:
            call.caller.needs(EXCEED)
        row = configuration_of(call.caller.merchant, id)
        with discreet(call, model_of(row), row.locale):
            override_price(
                row, body.override(call.caller.credential, timezone.now()), expected(call, row)
            )
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})

    @operation(
        id="revokeOverride",
        scope="pricing:override",
        summary="Revoke a price by hand",
        query=RevokeQuery,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=("not-found", *EVALUATING, "configuration-completed", "configuration-changed"),
        headers=("If-Match",),
        answer_example=examples.REVOKED,
    )
    def delete(self, call: Call, id: str, query: RevokeQuery) -> HttpResponse:
        """Take back the price that was set by hand for an open configuration; without one nothing
        changes.
        """
        row = configuration_of(call.caller.merchant, id)
        with discreet(call, model_of(row), row.locale):
            revoke_override(row, query.by.strip() or call.caller.credential, expected(call, row))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationBom(Endpoint):
    @operation(
        id="getBom",
        scope="configurator:read",
        summary="Read the parts of a configuration",
        answers={200: shapes.Bom},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.BOM,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return the parts that the whole quantity of a configuration needs."""
        row = configuration_of(call.caller.merchant, id)
        stored = seen(call, row, row.stored)
        body = orjson.dumps(
            {
                **_head(row),
                "quantity": row.quantity,
                "items": stored["bom"],
                "parts_problem": stored["parts_problem"],
            }
        )
        return answer_tagged(call, body, tag_of(row))


class ConfigurationPrice(Endpoint):
    @operation(
        id="getPrice",
        scope="configurator:read",
        summary="Read the price of a configuration",
        answers={200: shapes.ConfigurationPrice},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.PRICE,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return the price of a configuration, line by line, as it was when it was last kept."""
        row = configuration_of(call.caller.merchant, id)
        stored = seen(call, row, row.stored)
        body = orjson.dumps(
            {
                **_head(row),
                "price": stored["price"],
                "price_on_request": _on_request(row),
                "price_problem": stored["price_problem"],
                "lead_time": stored["lead_time"],
            }
        )
        return answer_tagged(call, body, tag_of(row))


def _head(row: Row) -> dict[str, Any]:
    return {
        "configuration": row.public_id,
        "product": row.product.key,
        "version": row.version.number,
        "fingerprint": row.fingerprint,
        "complete": row.stored["complete"],
    }


def _listed(call: Call, row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "reference": row.reference,
        "metadata": metadata_of(row),
        "product": row.product.key,
        "version": row.version.number,
        "state": row.state,
        "revision": row.revision,
        "quantity": row.quantity,
        "locale": row.locale,
        "buyer": {**dict.fromkeys(BuyerBody.model_fields), **row.buyer},
        "price_list": row.price_list,
        "currency": row.currency,
        "total": None if row.total is None else _amount(row.total, row.currency),
        "fingerprint": row.fingerprint,
        "repriced_from": None
        if row.repriced_from is None
        else _amount(row.repriced_from, row.currency),
        "created_at": row.created_at.isoformat(),
        "priced_at": row.prices_are_of.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "updated_at": row.changed_at.isoformat(),
        "completed_at": row.completed_at.isoformat() if row.completed_at else None,
        "url": call.address(reverse("api:configuration", kwargs={"id": row.public_id})),
    }


def whole(call: Call, row: Row) -> dict[str, Any]:
    """Return a configuration with its evaluation as the caller may see it."""
    overrides = [_override(each, row.currency) for each in row.overrides.all()]
    return {
        **_listed(call, row),
        "choices": seen(call, row, {"choices": row.choices})["choices"],
        "can_undo": bool(row.past) and not row.is_completed,
        "can_redo": bool(row.future) and not row.is_completed,
        "quote": row.quote or None,
        "overrides": overrides,
        "reached_thresholds": [
            {
                "key": each.key,
                "name": each.name,
                "measure": each.measure,
                "limit": f"{each.limit:f}",
                "currency": each.currency or None,
                "measured": f"{each.measured:f}",
                "at": each.at.isoformat(),
            }
            for each in row.reached_thresholds.all()
            if COSTS in call.caller.scopes or each.measure in OF_TOTALS
        ],
        "evaluation": {
            **(stored := seen(call, row, row.stored)),
            "open_rules": stored.get("open_rules", []),
            "retracted": stored.get("retracted", {}),
            "price_on_request": _on_request(row),
        },
    }


def seen(call: Call, row: Row, document: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a configuration as the caller may see it."""
    # Most products have none of these options: nothing need be read for them.
    if '"internal":true' not in row.version.document:
        return document
    return told_to(call, model_of(row), document, row.locale or None)


def _on_request(row: Row) -> bool:
    # What was kept before prices on request could be told had none.
    return bool(row.stored.get("price_on_request", False))


def _override(row: PriceOverride, currency: str) -> dict[str, Any]:
    return {
        **override_json(row.terms(), currency),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "ended_by": row.ended_by,
    }


def _amount(amount: Decimal, currency: str) -> str:
    # The column has four decimals, whatever the currency has; what is written is what the breakdown
    # says.
    return f"{amount:.{decimals(currency)}f}"


def tag_of(row: Row) -> str:
    """Return the entity tag of a configuration."""
    return f'"r{row.revision}"'


def expected(call: Call, row: Row) -> int | None:
    """Return the revision that the call's If-Match names, None where it has none."""
    """Return the revision that `row` has to have still; -1, which no row has, where If-Match names
    others only.
    """
    if call.request.headers.get("If-Match", ANY).strip() == ANY:
        return None
    return row.revision if expects(call, tag_of(row)) else -1
