"""Lists in the admin with more rows than anybody pages through."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.admin import large_lists
from catalog.models import Merchant, Role
from configurator.admin.configurations import ConfigurationAdmin
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from pricing.admin import ListAmountAdmin
from pricing.models import ListAmount
from tests.api import make_shop
from tests.factories import make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LIST = "/admin/configurator/configuration/"


@pytest.fixture
def merchant(db: None) -> Merchant:
    merchant = make_shop()
    for frame in ("oak", "steel"):
        for quantity in range(1, 4):
            save(published(merchant.slug, "desk"), {"frame": frame}, quantity=quantity)
    return merchant


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are paged, two a page."""
    monkeypatch.setattr(large_lists, "MOST_PAGED", 4)
    monkeypatch.setattr(ConfigurationAdmin, "list_per_page", 2)
    monkeypatch.setattr(ListAmountAdmin, "list_per_page", 2)


@pytest.fixture
def owner(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("olga", merchant, Role.OWNER))
    return client


def test_the_first_rows_are_paged_and_the_others_are_told_of(owner: Client) -> None:
    page = owner.get(LIST)
    assert [len(owner.get(LIST, {"p": number}).context["cl"].result_list) for number in (1, 2)] == [
        2,
        2,
    ]
    assert owner.get(LIST, {"p": 3}).status_code == 302
    assert (
        "There are more than 4 configurations. The first 4 of them are below"
        in page.content.decode()
    )
    assert "more than" not in owner.get(f"{LIST}?state__exact=completed").content.decode()


def test_what_is_not_paged_is_found_by_its_id_and_by_its_fingerprint(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest = Configuration.objects.order_by("created_at").first()
    assert oldest is not None
    assert list(owner.get(LIST, {"q": oldest.public_id}).context["cl"].result_list) == [oldest]
    found = owner.get(LIST, {"q": oldest.fingerprint[:12]}).context["cl"]
    assert found.result_count == 3
    assert {each.fingerprint for each in found.result_list} == {oldest.fingerprint}


def test_rows_are_neither_counted_nor_sorted_as_a_whole(owner: Client, merchant: Merchant) -> None:
    """What takes the longer, the more rows there are, is asked of none of the two large tables."""
    product, price_list = merchant.products.get(), merchant.price_lists.get(key="retail")
    for value in ("a", "b", "c"):
        ListAmount.objects.create(
            price_list=price_list, product=product, line="base", value=value, amount="1"
        )
    for address, table in (
        (LIST, "configurator_configuration"),
        ("/admin/pricing/listamount/", "pricing_listamount"),
    ):
        with CaptureQueriesContext(connection) as statements:
            owner.get(address)
        asked = [
            each["sql"] for each in statements.captured_queries if f'FROM "{table}"' in each["sql"]
        ]
        assert asked
        assert [each for each in asked if " LIMIT " not in each] == []


def test_filters_offer_what_the_merchant_has_and_nothing_of_others(
    owner: Client, merchant: Merchant
) -> None:
    make_shop("carpentry")
    merchant.products.create(key="stool", name="Stool", currency="EUR")
    own = merchant.products.order_by("name")
    page = owner.get(LIST)
    (products,) = [each for each in page.context["cl"].filter_specs if each.title == "product"]
    assert products.lookup_choices == [(each.pk, str(each)) for each in own]
