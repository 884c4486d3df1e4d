"""The pages of the admin about a merchant that has a row of every kind there is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import models
from django.urls import NoReverseMatch, reverse

from catalog import operations
from catalog.models import Merchant
from catalog.models.ownership import path_to_merchant
from configurator.keeping import save
from configurator.making import keep_workshop
from configurator.models import QuoteTerms
from configurator.offers import published
from configurator.production.workshop import Workshop
from configurator.quoting.quotes import quote
from configurator.quoting.signing_keys import rotate_signing_key
from integrations.access.operations import ClientWish, create_api_key, register_client
from integrations.automations.models import Storage, Unsubscribed
from integrations.automations.storing import StorageWish, keep_storage
from integrations.webhooks.delivery import Outcome, keep
from integrations.webhooks.models import Event
from integrations.webhooks.operations import Wish, make_endpoint, send_test
from pricing.models import (
    ClosedDays,
    ExchangeRate,
    ListAmount,
    OverrideLimits,
    PriceFileLayout,
    PriceList,
    PriceThreshold,
    TaxRate,
    WorkCalendar,
)
from tests.api import make_shop
from tests.examples.everything import PICTURES, everything
from tests.factories import make_model, picture
from tests.integrations.automations.asking import S3, set_off

MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label not in {"auth", "jobs"}),
    key=lambda model: model._meta.label,
)


def make_whole_merchant() -> Merchant:
    """Return a merchant with a row of every kind there is."""
    merchant = make_shop()
    save(published(merchant.slug, "desk"), {"frame": "oak"})
    for name in PICTURES:
        operations.keep_asset(merchant, name, picture())
    make_model(merchant)
    operations.publish(operations.import_model(merchant, everything()))
    product, price_list = merchant.products.get(key="desk"), PriceList.objects.get(key="retail")
    since = datetime(2026, 1, 1, tzinfo=UTC)
    ListAmount.objects.create(price_list=price_list, product=product, line="base", amount="200")
    ExchangeRate.objects.create(
        merchant=merchant, currency="EUR", into="USD", rate=Decimal("1.1"), valid_from=since
    )
    TaxRate.objects.create(merchant=merchant, country="DE", rate=Decimal(19))
    WorkCalendar.objects.create(merchant=merchant)
    ClosedDays.objects.create(
        merchant=merchant, first=date(2026, 12, 24), last=date(2026, 12, 26), name="Holidays"
    )
    PriceThreshold.objects.create(
        merchant=merchant, key="large", measure="total", limit=Decimal(1), currency="EUR"
    )
    OverrideLimits.objects.create(merchant=merchant)
    PriceFileLayout.objects.create(
        merchant=merchant, fingerprint="0" * 64, name="Prices.xlsx", document={}
    )
    QuoteTerms.objects.create(merchant=merchant)
    keep_workshop(merchant, "saw", "Panel saw", Workshop(), is_new=True)
    rotate_signing_key(merchant)
    quote(published(merchant.slug, "desk"), {"frame": "oak"})
    create_api_key(merchant, "Shop", ["catalog:read"])
    register_client(merchant, ClientWish("ERP", ["catalog:read"]))
    endpoint, _ = make_endpoint(merchant, Wish("ERP", "http://127.0.0.1:9/", products=["desk"]))
    keep(send_test(endpoint), Outcome(503, "It answered 503.", 41, "Back in a minute."))
    keep_storage(Storage(merchant=merchant), StorageWish("Archive", **S3))
    Unsubscribed.objects.create(merchant=merchant, address="maria@shop.example")
    set_off(merchant, "Ask", Event.objects.for_merchant(merchant).first())
    return merchant


def row_of(model: type[models.Model], merchant: Merchant) -> Any:
    if model is Merchant:
        return merchant
    row = (
        model._default_manager.filter(**{path_to_merchant(model): merchant}).order_by("pk").first()
    )
    assert row is not None, f"the merchant has no {model._meta.verbose_name}"
    return row


def pages_of(model: type[models.Model], merchant: Merchant) -> Iterator[str]:
    """The addresses of all pages about one row of `model`, and of its list."""
    row = row_of(model, merchant)
    product = merchant.products.get(key="every-thing_1")
    for pattern in admin.site._registry[model].get_urls():
        if pattern.name is None:
            continue
        about = product if "product" in str(pattern.pattern) else row
        tries: list[list[Any]] = [[], [about.pk]]
        for given in tries:
            try:
                address = reverse(f"admin:{pattern.name}", args=given)
            except NoReverseMatch:
                continue
            yield f"{address}?product={product.pk}" if address.endswith("/add/") else address
