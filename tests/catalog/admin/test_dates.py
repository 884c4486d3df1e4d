"""The administration of an option that asks for a day."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.models import Merchant, Option
from tests.factories import make_product, make_user
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def client(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


@pytest.fixture
def width(merchant: Merchant) -> Option:
    width: Option = make_product(merchant).options.get(key="width")
    return width


def sent_with(client: Client, option: Option, **changes: str) -> int:
    page = reverse("admin:catalog_option_change", args=[option.pk])
    sent = Forms(client.get(page).content.decode()).sent
    return client.post(page, {**sent, **changes}).status_code


def test_a_number_becomes_a_date_and_leaves_its_range(client: Client, width: Option) -> None:
    days = {
        "date_first": "2026-12-01",
        "date_last": "2026-12-31",
        "date_closed": "2026-12-25, 2026-12-28",
    }
    status = sent_with(
        client, width, kind="date", default="2026-12-24", date_working_days="on", **days
    )
    assert status == 302
    width.refresh_from_db()
    assert (width.number_first, width.date_first, width.default) == (
        None,
        date(2026, 12, 1),
        "2026-12-24",
    )
    domain = drafts.read(width.product).option_by_key["width"].date
    assert domain is not None
    assert (domain.working_days, domain.closed) == (True, (date(2026, 12, 25), date(2026, 12, 28)))


def test_a_date_without_days_and_a_default_outside_are_refused(
    client: Client, width: Option
) -> None:
    assert sent_with(client, width, kind="date", default="") == 200
    days = {"date_first": "2026-12-01", "date_last": "2026-12-31"}
    assert sent_with(client, width, kind="date", default="2027-12-24", **days) == 200
    width.refresh_from_db()
    assert width.kind == "number"
