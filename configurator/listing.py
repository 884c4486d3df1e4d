"""What a merchant has, page by page: published products without compiling any, configurations,
usable price lists.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q

from catalog.errors import NotFound
from catalog.models import Merchant, Product, Version
from catalog.product_model import Text
from configurator.models import Configuration
from configurator.offers import Offer
from pricing.breakdown import compile_prices
from pricing.models import PriceList as PriceListRow
from pricing.operations import terms_of
from pricing.price_list import PriceList
from pricing.thresholds import OF_TOTALS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Headline:
    """What a list tells of a product. `image` is the SHA-256 of a picture."""

    name: Text
    description: Text | None
    image: str | None
    currency: str


@dataclass(frozen=True)
class Listed:
    """A published product with the number of its newest version."""

    key: str
    version: int
    headline: Headline


def products_from(merchant: Merchant, after: str = "", limit: int = 50) -> list[Listed]:
    """Return up to `limit` products on sale of `merchant` in order of their keys, those behind the
    key `after`.
    """
    rows = Product.objects.for_merchant(merchant).filter(key__gt=after, retired_at=None)
    newest = rows.annotate(newest=Max("versions__number")).exclude(newest=None).order_by("key")
    numbers = dict(newest.values_list("pk", "newest")[:limit])
    versions = (
        Version.objects.filter(product__in=numbers)
        .select_related("product")
        .order_by("product__key", "-number")
    )
    shown = [row for row in versions.defer("document") if row.number == numbers[row.product_id]]
    return [Listed(row.product.key, row.number, _headline(row.digest)) for row in shown]


@dataclass(frozen=True)
class Wanted:
    """Which configurations are asked for; None asks for any.

    `threshold` is the key of one that the price passed when it was completed, one of a margin only
    with `margins`. `metadata` is a key, or a key and its value.
    """

    product: str | None = None
    state: str | None = None
    fingerprint: str | None = None
    threshold: str | None = None
    margins: bool = True
    reference: str | None = None
    customer: str | None = None
    metadata: tuple[str, str | None] | None = None
    updated_since: datetime | None = None


type Position = tuple[int, ...]
"""Where a page of configurations ends: a row, and behind `updated_since` its moment before it."""


def position_of(row: Configuration, wanted: Wanted) -> Position:
    """Return where a page ends that has `row` last."""
    if wanted.updated_since is None:
        return (row.pk,)
    return (_microseconds(row.changed_at), row.pk)


def configurations_from(
    merchant: Merchant, wanted: Wanted, after: Position = (), limit: int = 50
) -> list[Configuration]:
    """Return up to `limit` configurations of `merchant`, newest first, those behind `after`.

    With `updated_since` they come in the order in which they were changed last: what is changed
    while pages are read comes once more, at the end.
    """
    rows = Configuration.objects.for_merchant(merchant).select_related("product", "version")
    given = {
        "product__key": wanted.product,
        "state": wanted.state,
        "fingerprint": wanted.fingerprint,
        "reference": wanted.reference,
        "customer": wanted.customer,
    }
    rows = rows.filter(**{name: each for name, each in given.items() if each is not None})
    if wanted.threshold is not None:
        measured = {} if wanted.margins else {"reached_thresholds__measure__in": OF_TOTALS}
        rows = rows.filter(reached_thresholds__key=wanted.threshold, **measured)
    if wanted.metadata is not None:
        key, value = wanted.metadata
        entry = {"metadata_entries__key": key}
        rows = rows.filter(**entry, **({} if value is None else {"metadata_entries__value": value}))
    if wanted.updated_since is None:
        rows = rows.filter(pk__lt=after[0]) if after else rows
        rows = rows.order_by("-pk")
    else:
        rows = rows.filter(changed_at__gte=wanted.updated_since)
        if after:
            moment, pk = _EPOCH + timedelta(microseconds=after[0]), after[1]
            rows = rows.filter(changed_at__gte=moment)
            rows = rows.filter(Q(changed_at__gt=moment) | Q(pk__gt=pk))
        rows = rows.order_by("changed_at", "pk")
    return list(
        rows.prefetch_related("metadata_entries").defer(
            "evaluation", "price_list_document", "past", "future", "version__document"
        )[:limit]
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def price_lists_for(offer: Offer) -> tuple[tuple[PriceList, ...], str | None]:
    """Return the price lists that a product can be sold at now, and the key of that which holds
    when none is named.

    The key is None where several could hold and none of them is the default.
    """
    model = offer.product.model
    keys = (
        PriceListRow.objects.filter(merchant__slug=offer.merchant)
        .order_by("key")
        .values_list("key", flat=True)
    )
    usable: tuple[PriceList, ...] = ()
    for key in keys:
        try:
            terms = terms_of(
                offer.merchant,
                model.currency,
                key,
                product=model.product,
                tax_class=model.tax_class,
            )
        except NotFound:
            continue  # It does not hold now.
        if compile_prices(model, terms).refusal is None:
            usable += (terms.price_list,)
    try:
        default = terms_of(offer.merchant, model.currency, product=model.product).price_list
    except NotFound:
        return usable, None
    if all(default.key != each.key for each in usable):
        usable = (default, *usable)
    return usable, default.key


@lru_cache(maxsize=2_000)
def _headline(digest: str) -> Headline:
    """Return the headline of the version with this digest; equal digest, equal document."""
    document: Mapping[str, Any] = json.loads(
        Version.objects.filter(digest=digest).values_list("document", flat=True)[:1].get()
    )
    image = document.get("image")
    return Headline(
        name=_text(document["name"]),
        description=_text(document["description"]) if "description" in document else None,
        image=document.get("assets", {}).get(image) if image else None,
        currency=document.get("currency", "EUR"),
    )


def _text(written: str | Mapping[str, str]) -> Text:
    if isinstance(written, str):
        return Text(written)
    return Text(
        written["default"],
        tuple(sorted((locale, text) for locale, text in written.items() if locale != "default")),
    )
