"""Every page of the admin, opened and sent off as it stands by everybody who may come by."""

from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Group, Merchant, Role
from configurator.models import Configuration, QuoteTerms
from pricing.models import (
    OverrideLimits,
    WorkCalendar,
)
from tests.admin_pages import MODELS, make_whole_merchant, pages_of, row_of
from tests.factories import make_user
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A merchant with a row of every kind there is."""
    return make_whole_merchant()


@pytest.fixture(params=[Role.OWNER, Role.VIEWER])
def member(request: pytest.FixtureRequest, merchant: Merchant, client: Client) -> Client:
    client.force_login(make_user("maria", merchant, request.param))
    client.raise_request_exception = False
    return client


def answers(member: Client, page: str) -> Iterator[tuple[str, str, int]]:
    """What a page answers that is opened, sent off as it stands, and sent off empty."""
    opened = member.get(page)
    yield "opened", page, opened.status_code
    if opened.status_code == 200 and "/delete/" not in page and not opened.streaming:
        sent = Forms(opened.content.decode(errors="replace")).sent
        yield "as it stands", page, member.post(page, sent).status_code
    yield "empty", page, member.post(page, {}).status_code


def test_no_page_fails_whoever_opens_it_or_sends_it_off(member: Client, merchant: Merchant) -> None:
    pages = [page for model in MODELS for page in pages_of(model, merchant)]
    assert len(pages) > 5 * len(MODELS)
    assert [each for page in pages for each in answers(member, page) if each[2] >= 500] == []


def most_statements(page: str) -> int:
    """Return 35, and more only for the three pages about all of a product: each kind of row is one
    statement there.
    """
    of_all = {"check": 42, "publish": 56, "delete": 65} if "/catalog/product/" in page else {}
    return of_all.get(page.rstrip("/").rsplit("/", 1)[1], 35)


@pytest.mark.parametrize("member", [Role.OWNER], indirect=True)
def test_no_page_asks_the_database_more_than_35_times(member: Client, merchant: Merchant) -> None:
    """With a hundred configurations and forty groups more, so that a statement for each row would
    be seen.
    """
    configuration = Configuration.objects.get()
    for number in range(100):
        configuration.pk, configuration.public_id = None, f"again-{number}"
        configuration.save(force_insert=True)
    product = merchant.products.get(key="every-thing_1")
    step = product.steps.first()
    for number in range(40):
        Group.objects.create(
            product=product, step=step, key=f"again_{number}", label="Again", position=number
        )
    asked = {}
    for page in (page for model in MODELS for page in pages_of(model, merchant)):
        with CaptureQueriesContext(connection) as statements:
            member.get(page)
        asked[page] = len(statements)
    assert {page: count for page, count in asked.items() if count > most_statements(page)} == {}


@pytest.mark.parametrize("model", [WorkCalendar, OverrideLimits, QuoteTerms])
def test_what_a_merchant_has_once_is_opened_and_not_added_again(
    client: Client, merchant: Merchant, model: type[models.Model]
) -> None:
    client.force_login(make_user("olga", merchant, Role.OWNER))
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    row = row_of(model, merchant)
    change = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk]
    )
    assert client.get(address).headers["Location"] == change
    sent = Forms(client.get(change).content.decode()).sent
    answer = client.post(address, sent)
    assert "already. Change those." in " ".join(answer.context["adminform"].form.non_field_errors())
    assert model._default_manager.count() == 1
