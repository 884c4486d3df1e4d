"""What people do with prices: find the list that holds, bring whole product files in and out."""

import time
from collections.abc import Collection, Mapping

from django.db import transaction

from catalog import drafts
from catalog.checking import accepted_findings, keep_accepted
from catalog.errors import NotFound
from catalog.models import Merchant, Product
from catalog.operations import import_model
from pricing import models
from pricing.price_list import PriceList, price_list_among
from pricing.product_file import ProductFile

# How long another process may go on pricing with the terms it knows after somebody changed a list.
REMEMBERED_SECONDS = 30
_MOST_REMEMBERED = 2_000

_remembered: dict[tuple[str, str | None, str], tuple[float, PriceList]] = {}


def price_list_of(merchant: str, key: str | None, currency: str) -> PriceList:
    """Return the price list `key` of `merchant` (a slug), or without a key the one that holds for `currency`.

    That is the merchant's default in that currency, or the only list there is in it. A merchant without any list in
    the currency sells at plain amounts whose tax is not known. Refuses with NotFound an unknown key, and several lists
    of which none is the default. Makes no query for what it was asked in the last 30 seconds, unless a list was saved.
    """
    asked = (merchant, key, currency)
    known = _remembered.get(asked)
    now = time.monotonic()
    if known is not None and now - known[0] < REMEMBERED_SECONDS:
        return known[1]
    found = _named(merchant, key) if key is not None else _default(merchant, currency)
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[asked] = (now, found)
    return found


def forget_price_lists() -> None:
    """Forget what this process remembers of price lists, as a restart would."""
    _remembered.clear()


@transaction.atomic
def import_product(merchant: Merchant, file: ProductFile, files: Mapping[str, bytes] | None = None) -> Product:
    """Make `file` the draft of the merchant's product of that key, and keep its price lists and pictures.

    Price lists of the same key take the terms of the file; others of the merchant stay, and are no longer the default
    of a currency for which the file brings one. Findings that the file accepts are accepted here. Refuses with
    Malformed or PictureRefused, keeping nothing.
    """
    product = import_model(merchant, file.model, files)
    for terms in file.price_lists:
        rows = models.PriceList.objects.for_merchant(merchant)
        if terms.is_default:
            rows.filter(currency=terms.currency, is_default=True).exclude(key=terms.key).update(is_default=False)
        row = rows.filter(key=terms.key).first() or models.PriceList(merchant=merchant)
        row.take(terms)
        row.save()
    keep_accepted(product, file.accepted)
    return product


def export_product(product: Product) -> ProductFile:
    """Return the draft of `product` with the merchant's price lists that its prices can be in.

    Those are the lists that price lines name, and the lists in the product's own currency.
    """
    model = drafts.read(product)
    return ProductFile(
        model, _lists_of(product, {line.price_list for line in model.price_lines}), accepted_findings(product)
    )


def price_lists_beside(product: Product) -> tuple[PriceList, ...]:
    """Return the price lists that the prices of a draft can be in, as `export_product` does."""
    return _lists_of(product, set(product.price_lines.values_list("price_list", flat=True)))


def _lists_of(product: Product, named: Collection[str | None]) -> tuple[PriceList, ...]:
    rows = models.PriceList.objects.for_merchant(product.merchant).order_by("pk")
    return tuple(row.terms() for row in rows if row.key in named or row.currency == product.currency)


def _named(merchant: str, key: str) -> PriceList:
    row = models.PriceList.objects.filter(merchant__slug=merchant, key=key).first()
    if row is None:
        raise NotFound(f"There is no price list '{key}'.")
    return row.terms()


def _default(merchant: str, currency: str) -> PriceList:
    rows = models.PriceList.objects.filter(merchant__slug=merchant, currency=currency)[:100]
    return price_list_among([row.terms() for row in rows], currency)
