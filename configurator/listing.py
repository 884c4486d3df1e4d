"""What a merchant has, page by page: published products without compiling any, configurations,
usable price lists.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Max

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


def configurations_from(
    merchant: Merchant,
    product: str | None = None,
    state: str | None = None,
    fingerprint: str | None = None,
    after: str | None = None,
    limit: int = 50,
    threshold: str | None = None,
    margins: bool = True,
) -> list[Configuration]:
    """Return up to `limit` configurations of `merchant`, newest first, those behind the public id
    `after`.

    With `threshold`, its key, those whose price passed it when they were completed: one of a margin
    only with `margins`. Refuses with NotFound when `after` is none of the merchant's.
    """
    rows = Configuration.objects.for_merchant(merchant).select_related("product", "version")
    if product is not None:
        rows = rows.filter(product__key=product)
    if state is not None:
        rows = rows.filter(state=state)
    if fingerprint is not None:
        rows = rows.filter(fingerprint=fingerprint)
    if threshold is not None:
        measured = {} if margins else {"reached_thresholds__measure__in": OF_TOTALS}
        rows = rows.filter(reached_thresholds__key=threshold, **measured)
    if after is not None:
        last = (
            Configuration.objects.for_merchant(merchant)
            .filter(public_id=after)
            .values_list("pk", flat=True)
            .first()
        )
        if last is None:
            raise NotFound("There is no such page. Begin again without 'after'.")
        rows = rows.filter(pk__lt=last)
    return list(
        rows.order_by("-pk").defer("evaluation", "price_list_document", "version__document")[:limit]
    )


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
