"""The test bench of prices: what something costs, for whom, on which day, and why."""

import html
import re

import pytest
from django.urls import reverse

from catalog.models import Role
from configurator.models import Configuration
from pricing.models import ListAmount, PriceList, TaxRate, WorkCalendar
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop(client):
    shop = make_shop()
    client.force_login(make_user("vera", shop, Role.VIEWER))
    return shop


def asked(client, product, **question):
    return client.get(
        reverse("admin:configurator_configuration_bench", args=[product.pk]), question
    )


def answered(client, product, **question):
    """Return what the page tells, as one line of words."""
    page = asked(client, product, **question).content.decode()
    return " ".join(
        html.unescape(re.sub(r"<[^>]+>", " ", page[page.index('id="answer"') :])).split()
    )


def the_desk(shop):
    return shop.products.get(key="desk")


def test_it_tells_lines_totals_tax_and_why(client, shop):
    told = answered(client, the_desk(shop), **{"o.top": "glass", "quantity": 3})
    assert "180 * area" in told
    assert "Price list Retail, revision" in told
    assert "it is the default" in told
    assert "3 together" in told
    assert "VAT 19%" in told


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES])
def test_costs_are_for_those_who_may_know_them(client, shop, role):
    client.force_login(make_user("sam", shop, role))
    lines = [{"key": "base", "label": "Desk", "amount": 119, "cost": 60}]
    product = make_product(shop, desk(product="plain", price_lines=lines))
    told = answered(client, product, version="draft")
    assert "€119.00" in told
    assert "60.00" not in told
    assert "margin" not in told


def test_where_costs_are_not_known_the_margin_is_not(client, shop):
    client.force_login(make_user("maria", shop))
    told = answered(client, the_desk(shop), **{"o.top": "glass", "quantity": 3})
    assert "the margin is not known" in told


def test_cost_and_margin_are_told_where_they_are_known(client, shop):
    client.force_login(make_user("maria", shop))
    lines = [{"key": "base", "label": "Desk", "amount": 119, "cost": 60}]
    product = make_product(shop, desk(product="plain", price_lines=lines))
    told = answered(client, product, version="draft")
    assert "60.00" in told
    assert "margin €40.00" in told


def test_the_draft_can_be_asked_before_it_is_published(client, shop):
    lines = [{"key": "base", "label": "Desk", "amount": 77}]
    product = make_product(shop, desk(price_lines=lines))
    assert "€77.00 gross" in answered(client, product, version="draft")
    assert "€77.00 gross" not in answered(client, product)


def test_a_day_is_asked_with_the_terms_that_will_hold_then(client, shop):
    retail = PriceList.objects.get(merchant=shop, key="retail")
    row = ListAmount(price_list=retail, product=the_desk(shop), line="base", amount="580")
    row.valid_from = "2027-01-01T00:00:00+01:00"
    row.save()
    WorkCalendar.objects.create(merchant=shop, time_zone="Europe/Berlin")
    before, after = (
        answered(client, the_desk(shop), at=day) for day in ("2026-12-31", "2027-01-01")
    )
    assert "the same as on that day" in before
    assert "an amount kept in this list" in after
    assert re.search(r"on that day \+[\d.]+%", after)


def test_list_buyer_and_country_decide(client, shop):
    TaxRate.objects.create(merchant=shop, country="AT", rate=20, label="USt.")
    told = answered(client, the_desk(shop), price_list="trade", country="AT")
    assert "Price list Trade" in told
    assert "it was named" in told
    assert "USt. 20%" in told
    assert "from the country" in told


def test_who_pays_no_tax_is_told_what_is_taken_off_and_why(client, shop):
    lines = [
        {"key": "base", "label": "Desk", "amount": 119},
        {"key": "book", "label": "Manual", "amount": 10.70, "tax_class": "reduced"},
    ]
    TaxRate.objects.create(merchant=shop, country="DE", rate=7, tax_class="reduced", label="VAT")
    PriceList.objects.filter(merchant=shop, key="retail").update(country="DE")
    product = make_product(shop, desk(product="plain", price_lines=lines))
    taxed = answered(client, product, version="draft")
    assert "VAT 7% €0.70 on €10.00" in taxed
    told = answered(client, product, version="draft", tax_status="exempt")
    assert "Tax not charged \u2212 €19.70" in told
    assert "19% VAT 19.00, on net 100.00" in told


def test_choices_that_clash_are_told_and_have_no_price(client, shop):
    answer = asked(client, the_desk(shop), **{"o.frame": "oak", "o.top": "glass"})
    assert "A glass top needs the steel frame." in answer.content.decode()
    assert 'id="answer"' not in answer.content.decode()


@pytest.mark.parametrize(
    "question", [{"o.width": "9999"}, {"quantity": "0"}, {"country": "Austria"}]
)
def test_what_cannot_be_read_is_told_at_its_input(client, shop, question):
    assert "errorlist" in asked(client, the_desk(shop), **question).content.decode()


def test_a_problem_is_told_as_one_and_a_price_on_request_as_that(client, shop):
    PriceList.objects.create(
        merchant=shop, key="none", name="None", currency="EUR", own_lines_only=True, channel="x"
    )
    assert "No price" in answered(client, the_desk(shop), channel="x")
    row = PriceList.objects.get(key="none")
    row.on_request = True
    row.save()
    assert "Price on request" in answered(client, the_desk(shop), channel="x")


def test_nothing_is_kept_and_others_products_are_not_found(client, shop):
    other = make_shop("other", desk(product="bureau"))
    answered(client, the_desk(shop))
    assert asked(client, other.products.get()).status_code == 404
    assert not Configuration.objects.exists()


def test_a_draft_that_cannot_be_read_says_why(client, shop):
    product = the_desk(shop)
    rule = product.rules.first()
    type(rule).objects.filter(pk=rule.pk).update(then="nothing is there")
    page = asked(client, product, version="draft")
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
