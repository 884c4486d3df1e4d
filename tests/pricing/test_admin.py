from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Role
from pricing.models import ListAmount, PriceList, PriceThreshold
from pricing.operations import override_limits
from pricing.product_file import read_product_file
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = {
    "name": "Retail",
    "key": "retail",
    "currency": "CAD",
    "amounts_are": "net",
    "tax_rate": "13",
    "tax_label": "HST",
    "shows": "gross",
    "rounding_increment": "",
    "rounding_mode": "half_up",
    "rounding_of": "line",
    "is_default": "on",
    "tax_rounding_of": "total",
    "tax_rounding_mode": "half_up",
    "derived_take": "amounts",
    "derived_factor": "1",
    "derived_percent": "0",
    "thresholds-TOTAL_FORMS": "0",
    "thresholds-INITIAL_FORMS": "0",
}


@pytest.fixture
def manager(client, merchant):
    client.force_login(make_user(merchant=merchant))
    return client


def add(client, **changes):
    return client.post(reverse("admin:pricing_pricelist_add"), {**LIST, **changes})


def test_a_product_manager_keeps_a_price_list(manager, merchant):
    assert add(manager).status_code == 302
    row = PriceList.objects.get()
    assert (row.merchant, row.terms().key, row.terms().tax_rate) == (merchant, "retail", 13)


def test_several_taxes_are_typed_into_one_input(manager):
    add(manager, tax_rate="14.975", taxes="5 GST; fr: TPS\n9.975 QST")
    row = PriceList.objects.get()
    assert [(str(each.rate), each.label.in_locale("fr")) for each in row.terms().taxes] == [
        ("5", "TPS"),
        ("9.975", "QST"),
    ]
    page = manager.get(reverse("admin:pricing_pricelist_change", args=[row.pk])).content.decode()
    assert "5 GST; fr: TPS\n9.975 QST" in page


def test_the_list_of_price_lists_tells_tax(manager):
    add(manager)
    page = manager.get(reverse("admin:pricing_pricelist_changelist")).content.decode()
    assert "13 % HST, amounts net" in page


def test_the_list_of_price_lists_tells_days_ahead_of_a_last_list_that_ends(manager):
    add(manager, valid_until_0="2000-01-01", valid_until_1="00:00:00")
    page = manager.get(reverse("admin:pricing_pricelist_changelist")).content.decode()
    assert "ended at 2000-01-01T00:00:00+00:00, and none in CAD for everybody follows" in page
    PriceList.objects.update(valid_until=timezone.now() + timedelta(days=9, hours=1))
    page = manager.get(reverse("admin:pricing_pricelist_changelist")).content.decode()
    assert "ends in 9 days" in page
    PriceList.objects.update(valid_until=timezone.now() + timedelta(days=900))
    page = manager.get(reverse("admin:pricing_pricelist_changelist")).content.decode()
    assert "ends in" not in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"currency": "CAX"}, "no currency of ISO 4217"),
        ({"rounding_increment": "0.001"}, "can be rounded to 0.01 or a multiple of it"),
        ({"tax_rate": "119"}, "percentage from 0 to 100"),
        ({"key": "Retail"}, "small letters"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_the_form(manager, changes, told):
    answer = add(manager, **changes)
    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_a_second_default_of_a_currency_is_refused_in_the_form(manager):
    add(manager)
    assert "is the default already" in add(manager, key="other").content.decode()


def test_texts_are_translated_in_the_languages_of_the_merchant(manager):
    add(manager)
    row = PriceList.objects.get()
    url = reverse("admin:pricing_pricelist_change", args=[row.pk])
    assert 'name="name_de"' in manager.get(url).content.decode()
    changed = {
        **LIST,
        "name": "Retail",
        "name_de": "Handel",
        "tax_label": "HST",
        "tax_label_de": "",
    }
    assert manager.post(url, changed).status_code == 302
    row.refresh_from_db()
    assert row.terms().name.in_locale("de") == "Handel"


def test_key_and_currency_stay(manager):
    add(manager)
    row = PriceList.objects.get()
    manager.post(
        reverse("admin:pricing_pricelist_change", args=[row.pk]),
        {**LIST, "key": "x", "currency": "EUR"},
    )
    row.refresh_from_db()
    assert (row.key, row.currency) == ("retail", "CAD")


def test_another_merchants_price_lists_are_not_seen(manager):
    row = PriceList.objects.create(
        merchant=make_merchant("rival"), key="secret", name="Secret", currency="EUR"
    )
    assert (
        "Secret" not in manager.get(reverse("admin:pricing_pricelist_changelist")).content.decode()
    )
    assert manager.get(reverse("admin:pricing_pricelist_change", args=[row.pk])).status_code == 302


def test_a_viewer_changes_nothing(client, merchant):
    client.force_login(make_user("victor", merchant, Role.VIEWER))
    assert add(client).status_code == 403


def test_a_product_is_exported_as_the_file_it_can_be_imported_from(manager, merchant):
    product = make_product(merchant)
    answer = manager.get(reverse("admin:pricing_product_file", args=[product.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="desk.yaml"'
    assert read_product_file(answer.content.decode(), "desk.yaml").model == desk()


def test_another_merchants_product_is_not_exported(manager):
    product = make_product(make_merchant("carpentry"))
    assert manager.get(reverse("admin:pricing_product_file", args=[product.pk])).status_code == 404


def test_the_page_of_a_product_leads_to_its_file(manager, merchant):
    product = make_product(merchant)
    page = manager.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    assert reverse("admin:pricing_product_file", args=[product.pk]) in page


KEPT = {
    "exchangerate": {
        "currency": "CAD",
        "into": "USD",
        "rate": "0.7312",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00:00",
    },
    "taxrate": {
        "country": "CA",
        "region": "ON",
        "tax_class": "standard",
        "rate": "13",
        "label": "HST",
    },
    "workcalendar": {"time_zone": "America/Toronto", "monday": "on", "order_until": "12:00"},
    "closeddays": {"first": "2026-12-24", "last": "2027-01-03", "name": "Winter"},
}


@pytest.mark.parametrize("name", KEPT)
def test_what_prices_depend_on_is_kept_for_ones_own_merchant(manager, merchant, name):
    answer = manager.post(reverse(f"admin:pricing_{name}_add"), KEPT[name])
    assert answer.status_code == 302, answer.context["errors"]
    (row,) = apps.get_model("pricing", name).objects.all()
    assert row.merchant == merchant
    assert manager.get(reverse(f"admin:pricing_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", KEPT)
def test_what_another_merchants_prices_depend_on_is_not_seen(manager, name):
    manager.post(reverse(f"admin:pricing_{name}_add"), KEPT[name])
    row = apps.get_model("pricing", name).objects.get()
    client = Client()
    client.force_login(make_user("rita", make_merchant("rival")))
    address = reverse(f"admin:pricing_{name}_change", args=[row.pk])
    assert address not in client.get(reverse(f"admin:pricing_{name}_changelist")).content.decode()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("exchangerate", {"rate": "0"}, "above 0"),
        ("exchangerate", {"into": "CAD"}, "between two currencies"),
        ("taxrate", {"rate": "113"}, "percentage from 0 to 100"),
        ("taxrate", {"country": "ca"}, "two capitals"),
        ("workcalendar", {"time_zone": "Vaughan"}, "time zone such as"),
        ("workcalendar", {"monday": ""}, "at least one day"),
        ("closeddays", {"last": "2026-12-01"}, "before the first"),
    ],
)
def test_what_cannot_be_is_refused_in_its_form(manager, name, changes, told):
    answer = manager.post(reverse(f"admin:pricing_{name}_add"), {**KEPT[name], **changes})
    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_an_amount_is_kept_for_a_list_and_a_product_of_ones_own(manager, merchant):
    add(manager)
    product = make_product(merchant)
    fields = {
        "price_list": PriceList.objects.get().pk,
        "product": product.pk,
        "line": "base",
        "amount": "300",
    }
    assert manager.post(reverse("admin:pricing_listamount_add"), fields).status_code == 302
    other = make_product(make_merchant("rival"))
    assert (
        manager.post(
            reverse("admin:pricing_listamount_add"), {**fields, "product": other.pk}
        ).status_code
        == 200
    )


# ---- thresholds and limits -----------------------------------------------------------------------


def with_threshold(manager, **changes):
    """Post the page of the price list with a threshold beside it."""
    add(manager)
    row = PriceList.objects.get()
    cells = {
        "key": "large",
        "name": "",
        "measure": "total_over",
        "limit": "1000",
        "currency": "CAD",
        **changes,
    }
    inline = {f"thresholds-0-{name}": cell for name, cell in cells.items()} | {
        "thresholds-0-price_list": str(row.pk)
    }
    address = reverse("admin:pricing_pricelist_change", args=[row.pk])
    return manager.post(address, {**LIST, **inline, "thresholds-TOTAL_FORMS": "1"})


def test_a_threshold_stands_beside_its_price_list(manager, merchant):
    assert with_threshold(manager).status_code == 302
    row = PriceThreshold.objects.get()
    assert (row.merchant, row.price_list.key, row.terms().limit) == (merchant, "retail", 1000)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"currency": "EUR"}, "would never be compared"),
        ({"currency": ""}, "An amount has a currency"),
        ({"measure": "margin_percent_below"}, "A percentage has no currency"),
        ({"key": "Large"}, "small letters"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_beside_its_list(manager, changes, told):
    answer = with_threshold(manager, **changes)
    assert (answer.status_code, told in answer.content.decode()) == (200, True)


def test_a_key_that_is_taken_is_refused_beside_the_list(manager, merchant):
    PriceThreshold.objects.create(
        merchant=merchant, key="large", measure="total_over", limit=1, currency="CAD"
    )
    assert with_threshold(manager).status_code == 200
    assert PriceThreshold.objects.count() == 1


def test_products_of_others_cannot_be_chosen(manager):
    other = make_product(make_merchant("other"), desk(product="bureau"))
    assert with_threshold(manager, product=str(other.pk)).status_code == 200
    assert not PriceThreshold.objects.exists()


def test_limits_are_set_by_owners_alone(client, manager, merchant):
    address = reverse("admin:pricing_overridelimits_add")
    assert client.post(address, {"greatest_discount": "10"}).status_code == 403
    client.force_login(make_user("olga", merchant, Role.OWNER))
    assert "0 to 100" in client.post(address, {"greatest_discount": "101"}).content.decode()
    assert client.post(address, {"greatest_discount": "10"}).status_code == 302
    assert override_limits(merchant).greatest_discount == 10


def test_what_is_planned_for_later_can_be_listed(manager, merchant):
    add(manager)
    product = make_product(merchant)
    for line, begins in (("base", "2020-01-01T00:00:00Z"), ("engraving", "2999-01-01T00:00:00Z")):
        ListAmount.objects.create(
            price_list=PriceList.objects.get(),
            product=product,
            line=line,
            amount="1",
            valid_from=begins,
        )
    page = manager.get(
        reverse("admin:pricing_listamount_changelist") + "?holds=later"
    ).content.decode()
    assert ("engraving" in page, ">base<" in page) == (True, False)


def test_the_grid_names_what_becomes_lower_than_cost(manager, merchant):
    add(manager)
    lines = [{"key": "base", "label": "Desk", "amount": 100, "cost": 80}]
    make_product(merchant, desk(price_lines=lines, currency="CAD"))
    cells = "price_list,product,line,value,amount\nretail,desk,base,,79.5\n"
    address = reverse("admin:pricing_amounts", args=[PriceList.objects.get().pk])
    page = manager.post(address, {"cells": cells, "dry_run": "on"}).content.decode()
    assert "1 becomes lower than cost" in page
    assert "base: 79.5 is below the cost of 80" in page


def test_a_product_leads_to_its_own_thresholds(manager, merchant):
    product = make_product(merchant)
    for key, of in (("own", product), ("general", None)):
        PriceThreshold.objects.create(
            merchant=merchant, key=key, measure="total_over", limit=1, currency="CAD", product=of
        )
    address = (
        reverse("admin:pricing_pricethreshold_changelist") + f"?product__id__exact={product.pk}"
    )
    assert (
        address
        in manager.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    )
    page = manager.get(address).content.decode()
    assert ("the total is over 1 CAD" in page, ">own<" in page, ">general<" in page) == (
        True,
        True,
        False,
    )


def test_a_copy_of_a_product_begins_with_the_amounts_its_lists_keep(manager, merchant):
    product = make_product(merchant, desk())
    retail = PriceList.objects.create(
        merchant=merchant, key="retail", name="Retail", currency="EUR"
    )
    ListAmount.objects.create(price_list=retail, product=product, line="base", amount="319")
    manager.post(reverse("admin:catalog_product_duplicate", args=[product.pk]), {"key": "desk-two"})
    assert list(
        ListAmount.objects.values_list("product__key", "line", "amount").order_by("pk")
    ) == [
        ("desk", "base", "319"),
        ("desk-two", "base", "319"),
    ]


def test_a_list_that_would_leave_products_without_a_price_says_how_many_first(client):
    shop = make_shop()
    client.force_login(make_user(merchant=shop))
    row = shop.price_lists.get(key="retail")
    page = reverse("admin:pricing_pricelist_change", args=[row.pk])
    form = client.get(page).context["adminform"].form
    kept = {name: value for name, value in form.initial.items() if value not in (None, False)}
    given = {**LIST, **kept, "own_lines_only": "on"}
    told = client.post(page, given)
    assert told.status_code == 200
    assert "1 product would have no price in this list: desk" in told.content.decode()
    assert not PriceList.objects.get(pk=row.pk).own_lines_only
    assert client.post(page, {**given, "accept_lost": "on"}).status_code == 302
    assert PriceList.objects.get(pk=row.pk).own_lines_only
