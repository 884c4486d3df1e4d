"""Owners erase personal data in the administration, when they have read what that does."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from catalog.models import Role
from configurator.keeping import save
from configurator.offers import published
from pricing.in_force import Buyer
from tests.api import make_shop
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = reverse("admin:configurator_configuration_changelist")


@pytest.fixture
def row():
    shop = make_shop()
    offer = published(shop.slug, "desk", buyer=Buyer(customer="C-1", country="DE"))
    return save(offer, {"top": "oak", "engraved": True, "engraving": "Ada"})


def erase(client, row, **more):
    return client.post(LIST, {"action": "erase", "_selected_action": [row.pk], **more})


def test_it_is_erased_once_that_is_confirmed(client, row):
    client.force_login(make_user(merchant=row.merchant, role=Role.OWNER))

    asked = erase(client, row)
    row.refresh_from_db()
    assert (asked.status_code, row.customer) == (200, "C-1")
    assert "cannot be undone" in asked.content.decode()

    erase(client, row, confirmed="yes")

    row.refresh_from_db()
    assert (row.customer, row.buyer) == ("", {"country": "DE"})
    assert "engraving" not in row.choices
    assert row.evaluation["options"]["engraving"]["value"] is None
    assert LogEntry.objects.get().change_message == "Its personal data was erased."


@pytest.mark.parametrize("role", [each for each in Role if each != Role.OWNER])
def test_nobody_but_owners_may(client, row, role):
    client.force_login(make_user(merchant=row.merchant, role=role))

    erase(client, row, confirmed="yes")

    row.refresh_from_db()
    assert row.customer == "C-1"
