"""Configurations in the administration: told in words, never changed."""

import pytest
from django.urls import reverse

from catalog.models import Role
from configurator.models import Configuration
from configurator.operations import configurations_of, published, save
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def make_configuration(slug="joinery", **choices):
    merchant = make_shop(slug)
    return save(published(slug, "desk"), choices or {"top": "glass", "frame": "steel"}, quantity=2), merchant


@pytest.fixture
def row(client):
    row, merchant = make_configuration()
    client.force_login(make_user("vera", merchant, Role.VIEWER))
    return row


def shown(client, row):
    return client.get(reverse("admin:configurator_configuration_change", args=[row.pk]))


def test_the_list_tells_product_state_and_total(client, row):
    text = client.get(reverse("admin:configurator_configuration_changelist")).content.decode()

    assert row.public_id in text
    assert row.stored["price"]["shown_text"] in text


def test_the_list_reads_no_evaluation(client, row, django_assert_max_num_queries):
    save(published("joinery", "desk"), {"frame": "oak"})
    with django_assert_max_num_queries(14):
        client.get(reverse("admin:configurator_configuration_changelist"))


def test_choices_price_and_parts_are_told_in_words(client, row):
    text = shown(client, row).content.decode()

    assert "Glass" in text
    assert "a person" in text
    assert row.stored["price"]["gross"] in text
    assert "TP-G" in text
    assert "length 1400" in text


def test_a_configuration_without_a_price_says_why(client, row):
    evaluation = {**row.stored, "price": None, "price_problem": "Nobody priced glass."}
    Configuration.objects.filter(pk=row.pk).update(evaluation=evaluation, total=None)

    assert "Nobody priced glass." in shown(client, row).content.decode()


def test_nothing_is_added_changed_or_deleted_here(client, row):
    client.force_login(make_user("olga", row.merchant, Role.OWNER))
    for name, arguments in (("add", []), ("delete", [row.pk])):
        address = reverse(f"admin:configurator_configuration_{name}", args=arguments)
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert Configuration.objects.count() == 1


def test_another_merchants_configurations_are_not_seen(client, row):
    other, _ = make_configuration("other")

    assert other.public_id not in client.get(reverse("admin:configurator_configuration_changelist")).content.decode()
    assert shown(client, other).status_code == 302


def product_page(client, product):
    return client.get(reverse("admin:catalog_product_change", args=[product.pk]), headers={"host": "localhost:8000"})


def test_the_page_of_a_published_product_opens_its_widget(client, row):
    text = product_page(client, row.product).content.decode()

    assert '<a class="tool" href="/embed/joinery/desk/" target="_blank" rel="noopener">Open widget</a>' in text


def test_the_page_of_a_published_product_has_what_to_paste_into_a_shop(client, row):
    ((_, text),) = product_page(client, row.product).context["snippets"]

    assert text == (
        '<div data-configurator="http://localhost:8000/embed/joinery/desk/"></div>\n'
        '<script src="http://localhost:8000/static/embed.js" async></script>'
    )


def test_the_page_of_a_draft_alone_has_neither(client, row):
    page = product_page(client, make_product(row.merchant, desk(product="desk-2")))

    assert page.context["snippets"] == []
    assert "Open widget" not in page.content.decode()


def test_every_line_of_the_price_tells_why(client, row):
    text = shown(client, row).content.decode()

    assert "<code>180 * area</code>" in text
    assert "retail, revision" in text
    assert "top = glass" in text


def test_a_product_tells_how_many_configurations_it_has(client, row):
    page = client.get(reverse("admin:catalog_product_change", args=[row.product_id])).content.decode()
    address = reverse("admin:configurator_configuration_count", args=[row.product_id])
    assert address in page

    told = client.get(address).content.decode()
    assert configurations_of(published("joinery", "desk").product).told in told


def test_nobody_counts_the_products_of_another_merchant(client, row):
    other, _merchant = make_configuration("carpentry")

    assert client.get(reverse("admin:configurator_configuration_count", args=[other.product_id])).status_code == 404
