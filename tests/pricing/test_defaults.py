"""What a published product is sold at is never left without a list, and no two lists are for the
same buyers.
"""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.errors import Malformed
from catalog.operations import publish
from pricing.models import PriceList
from pricing.operations import bring_in, keep_price_list, make_default
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile
from tests.api import Api, make_shop, told
from tests.examples.desk import desk
from tests.factories import make_merchant, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def terms(key: str, **changes: Any):
    return read_price_list({"key": key, "name": key.title(), "currency": "EUR", **changes})


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def maria(shop) -> Client:
    client = Client()
    client.force_login(make_user("maria", shop))
    return client


def default_keys() -> list[str]:
    return list(PriceList.objects.filter(is_default=True).values_list("key", flat=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"is_default": False},
        {"channel": "pro"},
        {"valid_until": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_the_last_default_stays_one(shop, changes):
    row = PriceList.objects.get(key="retail")
    for name, each in changes.items():
        setattr(row, name, each)
    with pytest.raises(ValidationError, match="'retail' is the list that everybody gets in EUR"):
        row.full_clean()


def test_the_last_default_stays_one_over_the_api(shop):
    answer = Api(shop).call("PUT", "price-lists/retail", {"name": "Retail", "currency": "EUR"})
    assert (answer.status_code, default_keys()) == (400, ["retail"])
    assert "Make another list the default" in told(answer)["detail"]


def test_the_last_default_stays_one_whatever_a_file_says(shop):
    with pytest.raises(Malformed, match="list that everybody gets in EUR"):
        bring_in(shop, ProductFile(desk(), (terms("retail"),)), with_prices=True)
    assert default_keys() == ["retail"]


def test_the_last_default_is_not_deleted_in_the_admin(shop, maria):
    url = reverse("admin:pricing_pricelist_delete", args=[PriceList.objects.get(key="retail").pk])
    assert "list that everybody gets in EUR" in maria.get(url).content.decode()
    maria.post(url, {"post": "yes"})
    assert default_keys() == ["retail"]


def test_the_last_default_is_not_deleted_with_others_in_the_admin(shop, maria):
    chosen = [str(pk) for pk in PriceList.objects.values_list("pk", flat=True)]
    posted = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    maria.post(reverse("admin:pricing_pricelist_changelist"), posted)
    assert PriceList.objects.count() == 2


def test_another_list_takes_the_place_of_the_default(shop, maria):
    trade = PriceList.objects.get(key="trade")
    posted = {"action": "become_default", "_selected_action": [str(trade.pk)]}
    maria.post(reverse("admin:pricing_pricelist_changelist"), posted)
    assert default_keys() == ["trade"]
    PriceList.objects.get(key="retail").full_clean()


def test_a_list_for_some_buyers_is_not_made_the_default(shop):
    row = keep_price_list(shop, terms("pro", channel="pro"), is_new=True)
    with pytest.raises(Malformed, match="for some buyers only"):
        make_default(row)


def test_an_end_may_be_planned(shop):
    row = PriceList.objects.get(key="retail")
    row.valid_until = timezone.now() + timedelta(days=30)
    row.full_clean()


def test_the_successor_of_a_default_that_ends_stays(shop):
    moment = timezone.now() + timedelta(days=30)
    PriceList.objects.filter(key="retail").update(valid_until=moment)
    row = keep_price_list(
        shop, terms("next", is_default=True, valid_from=moment.isoformat()), is_new=True
    )
    row.is_default = False
    with pytest.raises(ValidationError, match="'next' is the list that everybody gets in EUR from"):
        row.full_clean()


def test_a_second_list_makes_it_no_riddle_which_one_is_meant(db):
    """Where the only list is no default, another one beside it would leave buyers without either."""
    shop = make_merchant("other")
    publish(bring_in(shop, ProductFile(desk(), (terms("only"),))).product)
    with pytest.raises(Malformed, match="'only' is the list that everybody gets in EUR"):
        keep_price_list(shop, terms("second"), is_new=True)


def test_where_nothing_is_published_lists_go_as_they_please(merchant):
    bring_in(merchant, ProductFile(desk(), (terms("retail", is_default=True),)))
    row = PriceList.objects.get()
    row.is_default = False
    row.full_clean()


@pytest.mark.parametrize(
    "changes", [{"is_default": True}, {"customer_group": "pro"}, {"channel": "pro"}]
)
def test_two_lists_for_the_same_buyers_are_refused_by_the_database(merchant, changes):
    facts = {"merchant": merchant, "currency": "EUR", "name": "List", **changes}
    PriceList.objects.create(key="a", **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.create(key="b", **facts)
    moment = timezone.now()
    PriceList.objects.update(valid_until=moment)
    PriceList.objects.create(key="b", valid_from=moment, **facts)


def test_lists_that_stood_in_each_others_way_are_set_apart(merchant):
    constraints = [
        each
        for each in PriceList._meta.constraints
        if each.name != "price_list_key_once_per_merchant"
    ]
    facts = {"merchant": merchant, "currency": "EUR", "name": "List"}
    with connection.cursor() as cursor:
        for each in constraints:
            cursor.execute(f'DROP INDEX "{each.name}"')
    for key in ("a", "b", "c"):
        PriceList.objects.create(key=key, is_default=True, **facts)
        PriceList.objects.create(key=f"{key}_pro", customer_group="pro", **facts)
    importlib.import_module("pricing.migrations.0005_lists_apart").set_apart(apps, None)
    connection.check_constraints()
    with connection.cursor() as cursor:
        for each in constraints:
            cursor.execute(str(each.create_sql(PriceList, connection.schema_editor())))
    assert default_keys() == ["a"]
    kept = PriceList.objects.filter(key__endswith="_pro").values_list(
        "key", "customer_group", "channel"
    )
    assert set(kept) == {
        ("a_pro", "pro", None),
        ("b_pro", None, "b_pro (set apart)"),
        ("c_pro", None, "c_pro (set apart)"),
    }
