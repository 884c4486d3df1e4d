"""No page of the admin tells a cost or a margin to members who may not know them."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Merchant, Role
from catalog.operations import publish
from configurator.completing import complete
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from integrations.webhooks.models import Event
from integrations.webhooks.operations import Wish, make_endpoint
from pricing.models import PriceThreshold
from pricing.operations import import_product
from pricing.product_file import read_document
from tests.factories import make_merchant, make_user
from tests.integrations.api.test_costs_are_secret import PRODUCT, SECRETS

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def merchant() -> Merchant:
    """A merchant with costs, a completed configuration that passed a margin, and an event of it."""
    merchant = make_merchant("joinery")
    product = import_product(merchant, read_document(PRODUCT), with_prices=True)
    publish(product)
    line = product.price_lines.get(key="base")
    line.amount = "501"
    line.save()
    publish(product)
    PriceThreshold.objects.create(
        merchant=merchant, key="thin", measure="margin_below", limit=9999, currency="EUR"
    )
    make_endpoint(merchant, Wish("ERP", "http://127.0.0.1:9/", costs=True))
    row = save(published(merchant.slug, "desk"), {"top": "oak"})
    complete(row)
    return merchant


def pages(merchant: Merchant) -> list[str]:
    """The pages where something of a cost could stand."""
    product = merchant.products.get()
    found = [
        reverse("admin:catalog_product_change", args=[product.pk]),
        reverse("admin:catalog_priceline_changelist"),
        reverse("admin:configurator_configuration_bench", args=[product.pk]),
        reverse("admin:pricing_product_file", args=[product.pk]),
        reverse("admin:configurator_configuration_changelist"),
        reverse("admin:webhooks_event_changelist"),
    ]
    found += [
        reverse("admin:catalog_priceline_change", args=[line.pk])
        for line in product.price_lines.all()
    ]
    found += [
        reverse("admin:catalog_version_change", args=[each.pk]) for each in product.versions.all()
    ]
    for row in Configuration.objects.all():
        found.append(reverse("admin:configurator_configuration_change", args=[row.pk]))
        found.append(reverse("admin:configurator_configuration_price", args=[row.pk]))
    found += [
        reverse("admin:webhooks_event_change", args=[each.pk]) for each in Event.objects.all()
    ]
    return found


def told(client: Client, merchant: Merchant) -> dict[str, str]:
    return {page: client.get(page).content.decode() for page in pages(merchant)}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES, Role.PRODUCTION, Role.INTEGRATOR])
def test_they_are_told_to_nobody_without_the_scope(
    client: Client, merchant: Merchant, role: Role
) -> None:
    client.force_login(make_user("vera", merchant, role))
    found = told(client, merchant)
    assert {
        page: secret for page, text in found.items() for secret in SECRETS if secret in text
    } == {}
    assert "thin" not in found[reverse("admin:configurator_configuration_changelist")]


def test_they_are_told_to_those_who_have_it(client: Client, merchant: Merchant) -> None:
    client.force_login(make_user("olga", merchant, Role.OWNER))
    shown = [
        page
        for page, text in told(client, merchant).items()
        if any(secret in text for secret in SECRETS)
    ]
    # Lines, bench, product file, both versions, the configuration and its event.
    assert len(shown) >= 7
