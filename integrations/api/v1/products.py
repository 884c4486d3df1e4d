"""Published products: what a front end of your own asks, and the answer to every set of choices."""

from collections.abc import Mapping
from operator import attrgetter, itemgetter
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from catalog.assemblies import MAX_INSTANCES, ExpandedModel
from catalog.kinds.register import KINDS
from catalog.models import Version
from catalog.numbers import whole
from catalog.product_model import Choice, ProductModel, Text, write_choice, write_number
from catalog.product_model import Option as ModelOption
from catalog.translations import spoken_locale
from configurator.answering import (
    completed_by,
    configurations_of,
    follow,
    with_instance,
    with_reasons,
)
from configurator.choices import plain_choices, read_question
from configurator.completion.completion import OBJECTIVES, Wish, read_wish
from configurator.embed.posters import picture_addresses
from configurator.engine.face.conflicts import MOST_EXPLANATIONS, MOST_REPAIRS
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.ways_out import SHOWN_REPAIRS
from configurator.evaluation.why import why
from configurator.evaluation_json import completion_json, evaluation_json, why_json
from configurator.instances import InstanceAsk
from configurator.listing import Listed, price_lists_for, products_from
from configurator.offers import Offer, published
from configurator.ordering import MOST_QUANTITY, consistent
from configurator.tracing import trace_json, traced
from integrations.access.scopes import COSTS, INTERNAL
from integrations.api.deltas import DELTA, answer_tag, delta
from integrations.api.discretion import discreet, hidden, sees_internal, told_to
from integrations.api.endpoint import (
    EVALUATING,
    Call,
    Endpoint,
    answer_bytes,
    answer_json,
    answer_tagged,
    operation,
)
from integrations.api.pagination import PageQuery, answer_page
from integrations.api.reading import (
    Body,
    BuyerName,
    Country,
    Locale,
    Moment,
    PriceListKey,
    Query,
    Region,
    VersionNumber,
    Way,
    kept,
    one_of,
    read_choices,
)
from integrations.api.v1 import examples
from integrations.api.v1.shapes import evaluations
from integrations.api.v1.shapes import products as shapes
from integrations.api.written import moment_text, tagged, written
from pricing.in_force import Buyer
from pricing.price_list import PriceList

# Of an option in an instance of a sub-assembly of sub-assemblies.
MOST_KEY = 500
CHOICE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "number"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "null"},
    ]
}
CHOICES_SCHEMA = WithJsonSchema(
    {
        "type": "object",
        "x-word": "choices",
        "additionalProperties": CHOICE_SCHEMA,
        "description": (
            "Choices by option key: a value's key (choice), true or false (boolean), a number (number), a list of "
            "values' keys (multi), a text (text), a colour such as #0b6e4f; null for none. "
            "An empty text or list leaves an optional option empty though it has a default."
        ),
    }
)
WHY = "pricing:read"
# More than any product has options, instances included.
MOST_CHOICES = 10_000
# Read against the product model, which alone knows what each option takes.
type GivenChoices = Annotated[dict[str, Any], Field(max_length=MOST_CHOICES), CHOICES_SCHEMA]
type GivenWish = Annotated[
    Wish,
    BeforeValidator(read_wish),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string", "enum": list(OBJECTIVES)},
                {
                    "type": "object",
                    "properties": {"preset": {"type": "string", "maxLength": MOST_KEY}},
                    "required": ["preset"],
                    "additionalProperties": False,
                },
            ],
            "description": "The least price, the fewest days, or the fewest changes: to what there is, or to a preset.",
        }
    ),
]
type Quantity = Annotated[
    int, Field(ge=1, le=MOST_QUANTITY, description="Pieces."), BeforeValidator(whole)
]
type OrderQuantity = Annotated[
    int | None,
    Field(
        ge=1,
        le=MOST_QUANTITY,
        description="Pieces of the product in the whole order, these among them, where other configurations are, too.",
    ),
    BeforeValidator(whole),
]


def _no_truth(value: Any) -> Any:
    """Return `value` as it is; refuse true, which Python takes for 1."""
    if isinstance(value, bool):
        raise ValueError('expected a number or "all"')
    return whole(value)


def _one_or_all(few: int, description: str) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"type": "integer", "enum": [few]},
        {"type": "string", "enum": ["all"]},
    ]
    return {"oneOf": kinds, "description": description}


type HowManyExplanations = Annotated[
    Literal[1, "all"],
    BeforeValidator(_no_truth),
    WithJsonSchema(
        _one_or_all(1, "How many explanations: one of the smallest, or all, the smallest first.")
    ),
]
type HowManyRepairs = Annotated[
    Literal[3, "all"],
    BeforeValidator(_no_truth),
    WithJsonSchema(_one_or_all(3, "How many ways out of a conflict, the cheapest first.")),
]


class ListQuery(PageQuery):
    locale: Locale | None = None


class ProductQuery(Query):
    version: VersionNumber | None = None
    locale: Locale | None = None


class BuyerBody(Body):
    """Who buys, as far as it is known: it decides on the price list and on the tax."""

    channel: Annotated[
        BuyerName | None, Field(description="The sales channel, by the key price lists name.")
    ] = None
    customer_group: Annotated[BuyerName | None, Field(description="The customer's group.")] = None
    customer: Annotated[
        BuyerName | None, Field(description="The customer's id in the shop or ERP.")
    ] = None
    country: Annotated[
        Country | None, Field(description="Where to, two capitals: decides on the tax.")
    ] = None
    region: Annotated[
        Region | None, Field(description="The region of the country, such as ON.")
    ] = None
    tax_status: Annotated[
        Literal["exempt", "reverse_charge"] | None,
        Field(description="Of a buyer who pays no tax, whatever the country."),
    ] = None

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.channel,
            self.customer_group,
            self.customer,
            self.country,
            self.region,
            self.tax_status,
        )


class InstanceChange(Body):
    """One instance of a sub-assembly to add, copy, move or remove; exactly one of the four."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            Way(needs=("add",), without=("copy", "move", "remove")),
            Way(needs=("copy",), without=("add", "move", "remove")),
            Way(needs=("move", "to"), without=("add", "copy", "remove")),
            Way(needs=("remove",), without=("add", "copy", "move", "to")),
        )
    )

    add: Annotated[
        str | None, Field(max_length=500, description="The key of a sub-assembly, `modules`.")
    ] = None
    copy_of: Annotated[
        str | None,
        Field(alias="copy", max_length=500, description="The place of an instance, `modules.2`."),
    ] = None
    move: Annotated[
        str | None,
        Field(max_length=500, description="The place of an instance; `to` says where to."),
    ] = None
    remove: Annotated[
        str | None,
        Field(max_length=500, description="The place of an instance; later ones move up."),
    ] = None
    to: Annotated[
        int | None,
        Field(
            ge=1,
            le=MAX_INSTANCES,
            description="The number that it then has; without it a new one is the last, a copy follows its original.",
        ),
        BeforeValidator(whole),
    ] = None

    @model_validator(mode="after")
    def _is_one(self) -> "InstanceChange":
        asked = self._asked()
        if len(asked) != 1:
            raise ValueError("give one of add, copy, move and remove")
        verb, _what = asked[0]
        if (verb == "move" and self.to is None) or (verb == "remove" and self.to is not None):
            raise ValueError("give 'to' with add, copy or move, and always with move")
        return self

    def _asked(self) -> list[tuple[str, str]]:
        asked = (
            ("add", self.add),
            ("copy", self.copy_of),
            ("move", self.move),
            ("remove", self.remove),
        )
        return [(verb, what) for verb, what in asked if what is not None]

    def asked(self) -> InstanceAsk:
        """Return what is to be done, and with what."""
        return InstanceAsk(*self._asked()[0], self.to)


type InstanceAsked = Annotated[
    InstanceChange | None,
    Field(
        description="An instance of a sub-assembly to add, copy, move or remove after `changes`."
    ),
]


class Since(Body):
    """An answer that the caller has, of the same version, buyer, price list, time and language."""

    choices: Annotated[
        GivenChoices | None, Field(description="Its `choices`; those of this call, without them.")
    ] = None
    quantity: Annotated[
        Quantity | None, Field(description="Its `quantity`; that of this call, without it.")
    ] = None
    etag: Annotated[
        str | None,
        Field(
            pattern=r'^"[!#-~]{1,64}"$',
            description="Its ETag: where that answer is otherwise by now, all is told.",
        ),
    ] = None


class EvaluateBody(BuyerBody):
    """Choices to be evaluated. Nothing is kept: send the same again, get the same again."""

    choices: Annotated[GivenChoices, Field(description="What has been chosen so far.")]
    changes: Annotated[
        GivenChoices, Field(description="What to change now; null retracts a choice.")
    ] = Field(default_factory=dict)
    instance: InstanceAsked = None
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    quantity: Quantity = 1
    order_quantity: OrderQuantity = None
    price_list: Annotated[
        PriceListKey | None, Field(description="The default one, without it.")
    ] = None
    locale: Annotated[
        Locale | None, Field(description="The language of texts, such as de or fr-CA.")
    ] = None
    at: Annotated[
        Moment | None,
        Field(description="The time whose prices hold, with its offset from UTC; now, without it."),
    ] = None
    why: Annotated[
        bool,
        Field(
            description="Tell the reason of every price line, too; needs the scope pricing:read."
        ),
    ] = False
    costs: Annotated[
        bool, Field(description="Tell costs and margin, too; needs the scope pricing:cost.")
    ] = False
    explanations: HowManyExplanations = 1
    repairs: HowManyRepairs = 3
    complete: Annotated[
        GivenWish | None,
        Field(description="What the rest is to be chosen for; the answer then has a `completion`."),
    ] = None
    pictures: Annotated[
        bool, Field(description="Whether to tell where the pictures of it are that shoppers see.")
    ] = False
    trace: Annotated[
        bool, Field(description="Whether to tell what the answer took, and what was in force.")
    ] = False

    since: Annotated[
        Since | None,
        Field(description="An answer that you have: then only what has changed is told."),
    ] = None

    @model_validator(mode="after")
    def _is_plain(self) -> "EvaluateBody":
        beside = {"complete", "costs", "pictures", "trace", "why"} & self.model_fields_set
        if self.since is not None and beside:
            raise ValueError(f"'since' does not go with {', '.join(sorted(beside))}")
        return self


class WhyBody(Body):
    """An option of which to tell why it has its value, or why it cannot have another."""

    choices: Annotated[GivenChoices, Field(description="What has been chosen so far.")]
    option: Annotated[str, Field(max_length=MOST_KEY, description="The option's key.")]
    value: Annotated[
        Any,
        Field(
            description="Why it cannot have this value; of a multi-choice, all that would be in it."
        ),
        WithJsonSchema(CHOICE_SCHEMA),
    ] = None
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    locale: Annotated[
        Locale | None, Field(description="The language of texts, such as de or fr-CA.")
    ] = None
    explanations: HowManyExplanations = 1


class CountBody(Body):
    """Choices that all counted configurations have."""

    choices: Annotated[GivenChoices, Field(description="What all of them have; empty for all.")] = (
        Field(default_factory=dict)
    )
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None


class Products(Endpoint):
    @operation(
        id="listProducts",
        scope="catalog:read",
        summary="List published products",
        query=ListQuery,
        answers={200: shapes.ProductPage},
        answer_example=examples.PRODUCT_PAGE,
    )
    def get(self, call: Call, query: ListQuery) -> HttpResponse:
        """Return the merchant's products on sale in order of their keys; those that are retired are
        left out.
        """
        found = products_from(call.caller.merchant, query.after or "", query.limit + 1)
        return answer_page(
            call, query, found, lambda each: _listed(call, each, query.locale), attrgetter("key")
        )


class Product(Endpoint):
    @operation(
        id="getProduct",
        scope="catalog:read",
        summary="Read a product",
        query=ProductQuery,
        answers={200: shapes.Product},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.PRODUCT,
    )
    def get(self, call: Call, key: str, query: ProductQuery) -> HttpResponse:
        """Return everything a front end of your own needs: steps, options, values, presets,
        pictures, price lists.

        Texts are in `locale` where they are translated. Without `version` it is the newest one. A
        product that is retired can still be read.
        """
        offer = published(call.caller.merchant.slug, key, query.version, even_retired=True)
        rows = (
            Version.objects.for_merchant(call.caller.merchant)
            .filter(product__key=key)
            .order_by("-number")
        )
        numbers, retired_at = zip(*rows.values_list("number", "product__retired_at"), strict=True)
        lists, default = price_lists_for(offer)
        if call.caller.origins is not None:
            # What other buyers have is not for pages that anybody reads.
            lists = tuple(each for each in lists if each.key == default)
        told = _product(call, offer, list(numbers), lists, default, query.locale)
        body, tag = tagged({**told, "retired_at": moment_text(retired_at[0])})
        return answer_tagged(call, body, tag)


class Versions(Endpoint):
    @operation(
        id="listVersions",
        scope="catalog:read",
        summary="List a product's versions",
        query=PageQuery,
        answers={200: shapes.VersionPage},
        refusals=("not-found",),
        answer_example=examples.VERSION_PAGE,
    )
    def get(self, call: Call, key: str, query: PageQuery) -> HttpResponse:
        """Return the published versions of a product, newest first. A version never changes."""
        published(call.caller.merchant.slug, key, even_retired=True)
        rows = (
            Version.objects.for_merchant(call.caller.merchant)
            .filter(product__key=key)
            .order_by("-number")
        )
        if query.after is not None:
            rows = rows.filter(number__lt=int(query.after) if query.after.isdecimal() else 0)
        found = list(rows.values("number", "digest", "published_at", "note")[: query.limit + 1])
        return answer_page(call, query, found, _listed_version, itemgetter("number"))


class Evaluate(Endpoint):
    @operation(
        id="evaluateProduct",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Evaluate choices",
        body=EvaluateBody,
        is_hard=lambda body: (
            body.complete is not None or "all" in (body.explanations, body.repairs)
        ),
        answers={200: evaluations.Evaluation},
        variants={DELTA: evaluations.EvaluationDelta},
        tagged=True,
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            *EVALUATING,
            "quantity-refused",
            "no-completion",
            "instance-refused",
        ),
        request_example=examples.EVALUATE,
        answer_example=examples.EVALUATION,
    )
    def post(self, call: Call, key: str, body: EvaluateBody) -> HttpResponse:
        """Return what follows from `choices` with `changes` applied: valid values, price, lead
        time, parts.

        If they clash, the answer is the problem `choices-conflict` with the ways out; its
        `evaluation` speaks of `choices` as they were before `changes`. With `complete`,
        `completion` tells how the rest would be chosen best, as changes to be sent next; nothing of
        it is applied yet. Nothing is kept, so a repeated call needs no Idempotency-Key.

        With `since`, which names an answer you have, the answer tells only what has changed, under
        the media type `application/vnd.configurator.delta+json`; it is whole where that cannot be.
        """
        for asked, scope in ((body.costs, COSTS), (body.why, WHY)):
            if asked:
                call.caller.needs(scope)
        offer = published(
            call.caller.merchant.slug, key, body.version, body.price_list, body.buyer, body.at
        )
        model = offer.product.model
        if body.why and model.internal_options:
            # Formulas and what they read are told there.
            call.caller.needs(INTERNAL)
        unseen = hidden(call, model)
        choices = kept(read_choices(model, body.choices, "/choices", unseen))
        changes = read_choices(model, body.changes, "/changes", unseen)
        with discreet(call, model, body.locale):
            return _evaluated(call, offer, body, choices, changes)


class Why(Endpoint):
    @operation(
        id="explainValue",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Explain a value",
        body=WhyBody,
        is_hard=lambda body: body.explanations == "all",
        answers={200: evaluations.Why},
        refusals=("not-found", "product-retired", "choices-malformed", *EVALUATING),
        request_example=examples.WHY,
        answer_example=examples.EXPLAINED,
    )
    def post(self, call: Call, key: str, body: WhyBody) -> HttpResponse:
        """Return why `option` cannot have `value`; without a value, why the one it has was set.

        An explanation is choices and rules that leave no other possibility, none of them
        superfluous. Where a value follows from preferences or defaults too, these are named as
        well.
        """
        offer = published(call.caller.merchant.slug, key, body.version)
        model = offer.product.model
        choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
        option, value = read_question(model, body.option, body.value, hidden(call, model))
        with discreet(call, model, body.locale):
            evaluation = consistent(follow(offer, choices), body.locale, offer.version)
        limit = 1 if body.explanations == 1 else MOST_EXPLANATIONS
        found = why_json(evaluation, why(evaluation, option, value, limit), body.locale)
        return answer_json(told_to(call, model, found, body.locale))


class Count(Endpoint):
    @operation(
        id="countConfigurations",
        idempotent=True,
        scope="catalog:check",
        summary="Count configurations",
        body=CountBody,
        is_hard=lambda body: True,
        answers={200: evaluations.Count},
        refusals=("not-found", "product-retired", "choices-malformed", *EVALUATING),
        request_example=examples.COUNT,
        answer_example=examples.COUNTED,
    )
    def post(self, call: Call, key: str, body: CountBody) -> HttpResponse:
        """Return how many complete configurations have `choices`: exactly, or between which two
        numbers.

        Every number of a range counts, and every set of values of a multi-choice; a text or colour
        counts as given or not given. Choices that clash have none.
        """
        offer = published(call.caller.merchant.slug, key, body.version)
        model = offer.product.model
        choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
        found = configurations_of(offer.product, choices)
        return answer_json(
            {
                "version": offer.version,
                "least": str(found.least),
                "most": str(found.most),
                "exact": found.is_exact,
                "told": found.told,
            }
        )


def _evaluated(
    call: Call,
    offer: Offer,
    body: EvaluateBody,
    choices: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
) -> HttpResponse:
    """Return the answer to choices that could be read."""
    model = offer.product.model
    changes = dict(
        with_instance(offer, choices, changes, body.instance.asked() if body.instance else None)
    )
    explained = 1 if body.explanations == 1 else MOST_EXPLANATIONS
    repaired = SHOWN_REPAIRS if body.repairs == SHOWN_REPAIRS else MOST_REPAIRS
    asked = (offer, choices, changes, body.quantity, explained, repaired, body.order_quantity)
    found: dict[str, Any] = {}
    if body.trace:
        with traced() as trace:
            evaluation = follow(*asked)
        found["trace"] = trace_json(evaluation, trace, body.locale)
    else:
        evaluation = follow(*asked)
    if body.pictures:
        path = reverse("widget", args=[call.caller.merchant.slug, model.product])
        found["pictures"] = [
            {"view": view, "url": call.address(address)}
            for view, address in picture_addresses(offer, evaluation, path)
        ]
    consistent(evaluation, body.locale, offer.version, found)
    if body.complete is not None:
        completion = completed_by(offer, evaluation.choices, body.complete)
        found["completion"] = completion_json(completion, model, body.locale, body.costs)
    if not found and not body.why:
        seen = sees_internal(call, model)
        since = body.since
        change = None if since is None else _since(call, offer, body, since, evaluation)
        if change is not None:
            return change
        whole, tag = written(evaluation, body.locale, offer.version, body.costs, seen)
        return answer_bytes(whole, headers={"ETag": tag})
    told = (
        with_reasons(offer, evaluation, body.locale, body.costs)
        if body.why
        else evaluation_json(evaluation, body.locale, offer.version, body.costs)
    )
    return answer_json(told_to(call, model, {**told, **found}, body.locale))


def _since(
    call: Call, offer: Offer, body: EvaluateBody, since: Since, evaluation: Evaluation
) -> HttpResponse | None:
    """Return what has changed in an evaluation since an answer that the caller has; None where that
    is not what is answered for it now.
    """
    model = offer.product.model
    given = body.choices if since.choices is None else since.choices
    pointer = "/choices" if since.choices is None else "/since/choices"
    choices = kept(read_choices(model, given, pointer, hidden(call, model)))
    quantity = since.quantity or body.quantity
    if body.order_quantity is not None and quantity > body.order_quantity:
        return None
    known = follow(offer, choices, quantity=quantity, order_quantity=body.order_quantity)
    if known.conflict is not None:
        return None
    before, after = (
        told_to(call, model, evaluation_json(each, body.locale, offer.version), body.locale)
        for each in (known, evaluation)
    )
    if since.etag is not None and since.etag != answer_tag(before):
        return None
    answer = answer_json(delta(before, after), headers={"ETag": answer_tag(after)})
    answer.headers["Content-Type"] = DELTA
    return answer


def _listed_version(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "published_at": row["published_at"].isoformat()}


def _listed(call: Call, listed: Listed, locale: str | None) -> dict[str, Any]:
    headline = listed.headline
    return {
        "key": listed.key,
        "name": headline.name.in_locale(locale),
        "description": _told(headline.description, locale),
        "image": _picture(call, headline.image),
        "version": listed.version,
        "currency": headline.currency,
        "url": call.address(reverse("api:product", kwargs={"key": listed.key})),
    }


def _product(
    call: Call,
    offer: Offer,
    versions: list[int],
    price_lists: tuple[PriceList, ...],
    default: str | None,
    locale: str | None,
) -> dict[str, Any]:
    model = offer.product.model
    locale = spoken_locale(model, locale)
    unseen = hidden(call, model)
    return {
        "key": model.product,
        "version": offer.version,
        "versions": versions,
        "digest": model.digest,
        "name": model.name.in_locale(locale),
        "description": _told(model.description, locale),
        "image": _asset(call, model, model.image),
        "locale": model.locale,
        "locales": sorted({name for text in _texts(model) for name, _ in text.translations}),
        "currency": model.currency,
        "steps": [
            {
                "key": step.key,
                "label": step.label.in_locale(locale),
                "groups": [
                    {
                        "key": group.key,
                        "label": group.label.in_locale(locale),
                        "help": _told(group.help, locale),
                        "options": [
                            each.key
                            for each in model.options_of(group.key)
                            if each.key not in unseen
                        ],
                    }
                    for group in step.groups
                ],
            }
            for step in model.steps
        ],
        "ungrouped": [option.key for option in model.options_of(None) if option.key not in unseen],
        "options": [
            _option(call, model, option, locale)
            for option in model.options
            if option.key not in unseen
        ],
        "assemblies": _assemblies(model, locale),
        "derived": [
            {"key": each.key, "label": each.label.in_locale(locale), "unit": each.unit}
            for each in model.derived
            if each.shown
        ],
        "presets": [
            {
                "key": preset.key,
                "label": preset.label.in_locale(locale),
                "description": _told(preset.description, locale),
                "image": _asset(call, model, preset.image),
                "choices": plain_choices(preset.choices),
            }
            for preset in model.presets
        ],
        "layers": [
            {
                "key": layer.key,
                "image": image,
                "colour": None if layer.colour in unseen else layer.colour,
                "mask": _asset(call, model, layer.mask),
                "blend": layer.blend,
                "opacity": layer.opacity,
                "view": layer.view,
            }
            for layer in model.layers
            if (image := _asset(call, model, layer.image)) is not None
        ],
        "price_lists": [
            {
                "key": price_list.key,
                "name": price_list.name.in_locale(locale),
                "currency": price_list.currency,
                "shows": price_list.shows,
                "tax_rate": None
                if price_list.tax_rate is None
                else format(price_list.tax_rate, "f"),
                "tax_label": _told(price_list.tax_label, locale),
            }
            for price_list in price_lists
        ],
        "default_price_list": default,
    }


def _assemblies(model: ProductModel, locale: str | None) -> list[dict[str, Any]]:
    if not isinstance(model, ExpandedModel):
        return []
    return [
        {
            "key": key,
            "label": instances[0].name.in_locale(locale),
            "instances": [
                {"place": each.place, "label": each.label.in_locale(locale)} for each in instances
            ],
        }
        for key, instances in model.instances_of.items()
    ]


def _option(
    call: Call, model: ProductModel, option: ModelOption, locale: str | None
) -> dict[str, Any]:
    return {
        "key": option.key,
        "kind": option.kind.value,
        "label": option.label.in_locale(locale),
        "help": _told(option.help, locale),
        "group": option.group,
        "required": option.required,
        "default": write_choice(option.default),
        "values": [
            {
                "key": value.key,
                "label": value.label.in_locale(locale),
                "sku": value.sku,
                "description": _told(value.description, locale),
                "image": _asset(call, model, value.image),
                "swatch": value.swatch,
                "attributes": _attributes(value.attributes),
            }
            for value in option.values
        ],
        **{
            kind.domain_field: kind.domain_json(option, locale)
            for kind in KINDS.values()
            if kind.domain_field
        },
        "at_least": option.at_least,
        "at_most": option.at_most,
        "conditional": option.when is not None,
        "internal": option.internal,
    }


def _attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: each if isinstance(each, str) else write_number(each)
        for key, each in attributes.items()
    }


def _texts(model: ProductModel) -> list[Text]:
    return [
        model.name,
        *(option.label for option in model.options),
        *(value.label for option in model.options for value in option.values),
    ]


def _told(text: Text | None, locale: str | None) -> str | None:
    return None if text is None else text.in_locale(locale)


def _asset(call: Call, model: ProductModel, name: str | None) -> str | None:
    return _picture(call, model.assets.get(name)) if name else None


def _picture(call: Call, digest: str | None) -> str | None:
    return None if digest is None else call.address(f"/assets/{digest}")
