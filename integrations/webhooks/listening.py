"""What the rooms on the right tell, put into the words of the catalogue of events."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalog.models import Product, Version
from configurator.discretion import document_for_shoppers, without_internal
from configurator.evaluation.evaluation import Evaluation
from configurator.models import Configuration, KeptQuote
from configurator.quoting.signing import SignedQuote, moment
from configurator.quoting.tokens import claims_of
from configurator.stored import model_of
from integrations.webhooks.outbox import is_heard, record, record_together, with_hearers
from pricing.models import PriceList
from pricing.money import decimals
from pricing.thresholds import OF_TOTALS, Reached

FULL_ONLY = ("price", "bom")
"""What only full payloads say."""


def on_saved(configuration: Configuration, evaluation: Evaluation, **_: Any) -> None:
    _of_configuration("created", configuration)


def on_updated(configuration: Configuration, evaluation: Evaluation, **_: Any) -> None:
    _of_configuration("updated", configuration)


def on_completed(
    configuration: Configuration, evaluation: Evaluation, quote: SignedQuote | None = None, **_: Any
) -> None:
    if quote is not None:
        on_quote(merchant=configuration.merchant.slug, quote=quote)
    _of_configuration("completed", configuration)


def on_expired(configuration: Configuration, **_: Any) -> None:
    _of_configuration("expired", configuration)


def on_quote(merchant: str, quote: SignedQuote, **_: Any) -> None:
    # One question where nobody listens: quotes are asked for in crowds.
    owner = with_hearers(merchant)
    if owner is None or not is_heard(owner, "quote.created", quote.claims["product"]):
        return
    claims = quote.claims
    record(
        owner,
        "quote.created",
        claims["jti"],
        _said_of_quote(quote.token, claims),
        claims["product"],
    )


def on_quote_accepted(quote: KeptQuote, **_: Any) -> None:
    assert quote.accepted_at is not None
    _of_quote("quote.accepted", quote, {"accepted_at": quote.accepted_at.isoformat()})


def on_quote_expired(quote: KeptQuote, **_: Any) -> None:
    _of_quote("quote.expired", quote, {})


def _of_quote(kind: str, quote: KeptQuote, more: Mapping[str, Any]) -> None:
    if is_heard(quote.merchant, kind, quote.product):
        said = _said_of_quote(quote.token, claims_of(quote.token).model_dump())
        record(quote.merchant, kind, quote.public_id, {**said, **more}, quote.product)


def _said_of_quote(token: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": claims["jti"],
        "token": token,
        **{name: claims.get(name) for name in _OF_QUOTES},
        "channel": claims.get("buyer", {}).get("channel"),
        "valid_from": moment(claims["nbf"]).isoformat(),
        "expires_at": moment(claims["exp"]).isoformat(),
        "url": address("quote", id=claims["jti"]),
    }


_OF_QUOTES = (
    "product",
    "version",
    "configuration",
    "quantity",
    "currency",
    "total",
    "amounts_are",
    "price_list",
)


def on_threshold(configuration: Configuration, reached: Reached, **_: Any) -> None:
    threshold = reached.threshold
    data = {
        "configuration": configuration.public_id,
        "product": configuration.product.key,
        "key": threshold.key,
        "name": threshold.name,
        "measure": threshold.measure,
        "limit": f"{threshold.limit:f}",
        "currency": threshold.currency or None,
        "measured": f"{reached.measured:f}",
        "url": address("configuration", id=configuration.public_id),
    }
    record(
        configuration.merchant,
        "price.threshold_reached",
        configuration.public_id,
        data,
        configuration.product.key,
        costs=threshold.measure not in OF_TOTALS,
    )


def on_price_lists(price_lists: Sequence[PriceList], is_deleted: bool, **_: Any) -> None:
    if not is_heard(price_lists[0].merchant, "price_list.changed"):
        return
    # They have been counted up in the table; an amount that goes with its list finds none any more.
    keys = [each.pk for each in price_lists]
    revisions = dict(PriceList.objects.filter(pk__in=keys).values_list("pk", "revision"))
    for price_list in price_lists:
        if price_list.pk not in revisions and not is_deleted:
            continue
        data = {
            "key": price_list.key,
            "currency": price_list.currency,
            "revision": revisions.get(price_list.pk, price_list.revision),
            "deleted": is_deleted,
            "url": address("price-list", key=price_list.key),
        }
        record_together(price_list.merchant, "price_list.changed", price_list.key, data)


def on_published(version: Version, **_: Any) -> None:
    product = version.product
    data = {
        "key": product.key,
        "name": str(product.name),
        "version": version.number,
        "digest": version.digest,
        "note": version.note,
        "published_at": version.published_at.isoformat(),
        "url": f"{address('product', key=product.key)}?version={version.number}",
    }
    record(product.merchant, "product.published", product.key, data, product.key)


def on_retired(product: Product, **_: Any) -> None:
    assert product.retired_at is not None
    version = product.versions.order_by("-number").values_list("number", flat=True).first()
    data = {
        "key": product.key,
        "name": str(product.name),
        "version": version,
        "retired_at": product.retired_at.isoformat(),
        "url": f"{address('product', key=product.key)}?version={version}",
    }
    record(product.merchant, "product.retired", product.key, data, product.key)


def _of_configuration(what: str, configuration: Configuration) -> None:
    kind, key = f"configuration.{what}", configuration.product.key
    if is_heard(configuration.merchant, kind, key):
        record(configuration.merchant, kind, configuration.public_id, _said(configuration), key)


def _said(row: Configuration) -> Mapping[str, Any]:
    model = model_of(row)
    stored = document_for_shoppers(
        model, {name: row.stored.get(name) for name in FULL_ONLY}, row.locale or None
    )
    total = None if row.total is None else f"{row.total:.{decimals(row.currency)}f}"
    return {
        "id": row.public_id,
        "product": row.product.key,
        "version": row.version.number,
        "state": row.state,
        "revision": row.revision,
        "quantity": row.quantity,
        "locale": row.locale,
        "price_list": row.price_list,
        "channel": row.buyer.get("channel"),
        "currency": row.currency,
        "total": total,
        "fingerprint": row.fingerprint,
        "choices": without_internal(model, row.choices),
        "quote": row.quote or None,
        "created_at": row.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "completed_at": row.completed_at.isoformat() if row.completed_at else None,
        "url": address("configuration", id=row.public_id),
        **stored,
    }


def address(name: str, **parts: str) -> str:
    """Return where the API tells of something, as everybody reaches this site."""
    return settings.PUBLIC_URL + reverse(f"api:{name}", kwargs=parts)
