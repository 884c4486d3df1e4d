"""Offers: a version or draft of a product at the price list that holds for a buyer, ready to
answer.

Compiled products are shared by all who ask for the same digest: in memory, and on the disk between
processes.
"""

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from catalog import drafts
from catalog.errors import NotFound
from catalog.memory import MEGABYTE, Remembered, size_of, when_forgetting
from catalog.models import Product, Version
from catalog.product_model import ProductModel, read
from configurator.answers import Answers
from configurator.background import background
from configurator.compiled_files import CompiledFiles
from configurator.compiled_product import CompiledProduct, compile_product
from pricing.breakdown import Prices, compile_prices
from pricing.calendar import Schedule
from pricing.in_force import Buyer, InForce
from pricing.operations import schedule_of, terms_of, token_of
from pricing.price_list import PriceList

# What a process remembers at most, each with the models that it keeps alive.
PRODUCT_BYTES = 96 * MEGABYTE
PRICES_BYTES = 32 * MEGABYTE
CURRENT_BYTES = MEGABYTE


def _model(model: ProductModel) -> tuple[Hashable, Callable[[], int]]:
    return model.digest, lambda: size_of(model)


_compiled: Answers[str, CompiledProduct] = Answers(
    PRODUCT_BYTES, lambda _, product: size_of(product), grows=True
)
_prices: Answers[tuple[str, str], Prices] = Answers(
    PRICES_BYTES,
    lambda _, prices: size_of(prices, [prices.model]),
    lambda prices: _model(prices.model),
)
# Mostly the same products as those above: whichever of both forgets one last lets it go.
_versions: Answers[tuple[str, str, int], tuple[int, int, str, CompiledProduct]] = Answers(
    PRODUCT_BYTES, lambda _, version: size_of(version), grows=True
)
# The newest version of a merchant's product and whether that is retired, with the token it was
# found under.
_current: Remembered[tuple[str, str], tuple[str, int, bool]] = Remembered(
    CURRENT_BYTES, lambda *_: 200
)


class Retired(NotFound):
    """The product is no longer sold. What was completed or quoted before can still be read."""

    slug = "product-retired"
    title = "The product is no longer sold"
    status = 410


@dataclass(frozen=True)
class Offer:
    """A version of a product with the price list it is sold at, ready to answer; rows stay behind.

    `terms` is the price list as it holds for `buyer`, `schedule` the merchant's calendar seen from
    that day. With `is_renewed` it is that of a stored configuration whose own prices were too old.
    """

    merchant: str
    version_id: int
    version: int
    product: CompiledProduct
    terms: InForce
    buyer: Buyer = field(default_factory=Buyer)
    schedule: Schedule | None = None
    is_renewed: bool = False

    @property
    def price_list(self) -> PriceList:
        return self.terms.price_list

    @property
    def key(self) -> str:
        return self.product.model.product

    @cached_property
    def prices(self) -> Prices:
        return _prices.get_or_make(
            (self.product.model.digest, self.terms.digest),
            lambda: compile_prices(self.product.model, self.terms),
        )


def published(
    merchant: str,
    product: str,
    version: int | None = None,
    price_list: str | None = None,
    buyer: Buyer | None = None,
    at: datetime | None = None,
    even_retired: bool = False,
) -> Offer:
    """Return a product of `merchant` (a slug) in the given version, or the newest, at the price
    list that holds.

    That is `price_list`, or else the one that `buyer` gets, at the time `at`, by default now.
    Refuses with NotFound when there is no such product, version or list for this merchant, and with
    Retired where it is not sold any more, unless `even_retired`. Which version is the newest, and
    prices, are those of the moment in every process: one query tells whether either has changed.
    """
    buyer = buyer or Buyer()
    token = token_of(merchant)
    newest, is_retired = _standing(merchant, product, token)
    if is_retired and not even_retired:
        raise Retired(
            f"The product '{product}' is no longer sold. What was made of it before can still be read."
        )
    number = newest if version is None else version
    version_id, number, _, compiled = _versions.get_or_make(
        (merchant, product, number), lambda: _load(merchant, product, number)
    )
    return offer_at(merchant, version_id, number, compiled, price_list, buyer, at, token)


def offered(
    product: Product,
    version: Version | None,
    price_list: str | None = None,
    buyer: Buyer | None = None,
    at: datetime | None = None,
) -> Offer:
    """Return `version` of a product, or without one its draft, at the price list that holds, as
    `published` does.

    A draft has the number 0 and no row. Refuses as `drafts.read` and `compile_product` do what the
    draft cannot be.
    """
    merchant = product.merchant.slug
    offer = (0, 0, draft_of(product)) if version is None else _version_offer(version)
    return offer_at(merchant, *offer, price_list, buyer or Buyer(), at, token_of(merchant))


def draft_of(product: Product) -> CompiledProduct:
    """Return the draft of a product, compiled; refuses what it cannot be."""
    model = drafts.read(product)
    return _compiled.make_once(model.digest, lambda: compile_product(model))


def _version_offer(version: Version) -> tuple[int, int, CompiledProduct]:
    return version.pk, version.number, compiled(version.digest, version.document)


def offer_at(
    merchant: str,
    version_id: int,
    number: int,
    product: CompiledProduct,
    price_list: str | None,
    buyer: Buyer,
    at: datetime | None,
    token: str,
) -> Offer:
    """Return a compiled version at the price list that holds at `at`; `token` is that of the
    merchant's prices now.
    """
    model = product.model
    return Offer(
        merchant=merchant,
        version_id=version_id,
        version=number,
        product=product,
        terms=terms_of(
            merchant,
            model.currency,
            price_list,
            product=model.product,
            tax_class=model.tax_class,
            line_classes=product.line_classes,
            buyer=buyer,
            at=at,
            token=token,
        ),
        buyer=buyer,
        schedule=schedule_of(merchant, at, token),
    )


def _standing(merchant: str, product: str, token: str) -> tuple[int, bool]:
    """Return the newest version of a product, and whether that is retired.

    `token`, which publishing and retiring change, was read before.
    """
    known = _current.get((merchant, product))
    if known is not None and known[0] == token:
        return known[1:]
    found = (
        Version.objects.filter(product__merchant__slug=merchant, product__key=product)
        .order_by("-number")
        .values_list("number", "product__retired_at")
        .first()
    )
    if found is None:
        raise NotFound(
            f"There is no published product '{product}' here. Check the key, or publish the draft."
        )
    number, retired_at = found
    return _current.keep((merchant, product), (token, number, retired_at is not None))[1:]


def _load(merchant: str, product: str, number: int) -> tuple[int, int, str, CompiledProduct]:
    row = Version.objects.filter(
        product__merchant__slug=merchant, product__key=product, number=number
    ).first()
    if row is None:
        raise NotFound(f"There is no version {number} of the product '{product}' here.")
    return row.pk, row.number, row.digest, compiled(row.digest, row.document)


def compiled(digest: str, document: str) -> CompiledProduct:
    """Return the compiled form of a version's document, shared by all who ask for the same digest.

    It comes from memory, from the disk, or is compiled now; what is compiled now is also written to
    the disk, beside the requests where this process answers any. There it is made ready, too, for
    who is refused something.
    """
    return _compiled.make_once(
        digest, lambda: _made_ready(_loaded(digest) or _compiled_now(digest, document))
    )


def _made_ready(product: CompiledProduct) -> CompiledProduct:
    if background.serves:
        background.do(product.engine.make_ready)
    return product


def _loaded(digest: str) -> CompiledProduct | None:
    files = compiled_files()
    return files.load(digest) if files else None


def _compiled_now(digest: str, document: str) -> CompiledProduct:
    product = compile_product(read(json.loads(document)))
    if files := compiled_files():
        background.do(lambda: files.keep(digest, product))
    return product


def prepare(version: Version) -> bool:
    """Have the compiled form of `version` in memory and on the disk before anybody asks. Safe to
    repeat.

    Tells whether it is on the disk, for which there may be no place.
    """
    product = compiled(version.digest, version.document)
    files = compiled_files()
    return files is not None and files.keep(version.digest, product)


@cache
def compiled_files() -> CompiledFiles | None:
    """Return where compiled products are kept, or None where this site has no secret of its own to
    sign them with.
    """
    if settings.COMPILED_DIR is None:
        return None
    key = salted_hmac("configurator.compiled_files", "", algorithm="sha256").digest()
    return CompiledFiles(Path(settings.COMPILED_DIR), key, settings.COMPILED_MEGABYTES * 1_000_000)


when_forgetting(compiled_files.cache_clear)
