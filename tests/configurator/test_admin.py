"""Configurations in the administration: told in words, never changed."""

import pytest
from django.urls import reverse

from catalog.models import Role
from configurator.models import Configuration
from configurator.operations import published, save
from tests.api import make_shop
from tests.factories import make_user

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
