"""Two at once: one is kept, the other is told so in words, at every door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from catalog.errors import Refusal
from catalog.models import Product, Step
from catalog.races import LostRaces, lost_race
from configurator.command_line import told_plainly
from integrations.api.problems import refusal_of
from pricing.models import PriceList
from pricing.operations import bring_in
from pricing.product_file import ProductFile
from tests.api import Api, make_shop
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def lost(work: Callable[[], Any]) -> IntegrityError:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        work()
    return raised.value


@pytest.fixture
def twice(merchant) -> IntegrityError:
    """What the database says to the second of two products with one key."""
    make_product(merchant)
    return lost(lambda: Product.objects.create(merchant=merchant, key="desk", name="Desk"))


def test_a_key_that_somebody_took_is_409_over_the_api(twice):
    problem = refusal_of(twice)
    assert (problem.status, problem.slug) == (409, "taken-meanwhile")
    assert "Somebody kept a product at the same time" in problem.sentence


def test_a_key_that_somebody_took_is_a_sentence_on_the_command_line(twice):
    with (
        pytest.raises(CommandError, match="Somebody kept a product at the same time"),
        told_plainly(),
    ):
        raise twice


def test_a_key_that_somebody_took_is_409_on_any_page(twice):
    answer = LostRaces(lambda request: None).process_exception(RequestFactory().get("/"), twice)
    assert answer is not None
    assert answer.status_code == 409
    assert "Somebody kept a product at the same time" in answer.content.decode()


def test_a_rule_of_the_database_by_its_name_is_told_by_its_table(merchant):
    facts = {"merchant": merchant, "currency": "EUR", "name": "List", "is_default": True}
    PriceList.objects.create(key="a", **facts)
    found = lost_race(lost(lambda: PriceList.objects.create(key="b", **facts)))
    assert found is not None
    assert "Somebody kept a price list" in found.sentence


def test_what_is_no_race_stays_a_fault(merchant):
    error = lost(lambda: Product.objects.create(merchant=merchant, key="x", name=None))
    assert lost_race(error) is None
    assert refusal_of(error).status == 500


def test_a_form_that_lost_a_race_says_so_at_the_field(merchant, monkeypatch):
    product = make_product(merchant)
    Step.objects.create(product=product, key="extra", label="Theirs", position=90)
    checked = Step.validate_constraints
    looked: list[bool] = []

    def slow(self: Step, exclude: Any = None) -> None:
        # The first look at the table was before the other's row came.
        if looked:
            checked(self, exclude)
        looked.append(True)

    monkeypatch.setattr(Step, "validate_constraints", slow)
    monkeypatch.setattr(Step, "validate_unique", lambda self, exclude=None: None)
    maria = Client()
    maria.force_login(make_user("maria", merchant))
    inline = {"groups-TOTAL_FORMS": 0, "groups-INITIAL_FORMS": 0}
    url = f"{reverse('admin:catalog_step_add')}?product={product.pk}"
    answer = maria.post(url, {"key": "extra", "label": "Mine", "position": 95, **inline})
    assert answer.status_code == 200
    assert "There is another step with this key." in answer.content.decode()
    assert [step.label for step in product.steps.filter(key="extra")] == ["Theirs"]


@pytest.mark.django_db(transaction=True)
def test_many_who_keep_the_same_at_once_are_all_answered():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory database of SQLite has no writers beside each other")
    merchant = make_shop()
    api = Api(merchant)
    document = {"key": "once", "name": "Once", "currency": "EUR", "customer_group": "pro"}

    def over_api(number: int) -> int:
        try:
            return api.post("price-lists", document | {"key": f"once{number % 2}"}).status_code
        finally:
            connection.close()

    def by_file(number: int) -> int:
        try:
            bring_in(merchant, ProductFile(desk(product=f"new{number % 2}")))
            return 200
        except Refusal as refusal:
            return refusal.status
        except IntegrityError as error:
            return 409 if lost_race(error) else 500
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(over_api, range(12)))
        brought = list(pool.map(by_file, range(12)))
    assert (kept.count(201), set(kept) <= {201, 400, 409}) == (1, True)
    assert set(brought) <= {200, 409}
    assert PriceList.objects.filter(customer_group="pro").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_defaults_at_once_leave_one():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory database of SQLite has no writers beside each other")
    merchant = make_merchant()
    api = Api(merchant)

    def ask(number: int) -> int:
        document = {"key": f"list{number}", "name": "List", "currency": "EUR", "is_default": True}
        try:
            return api.post("price-lists", document).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert sorted(found) == [201, *[400] * 7]
    assert PriceList.objects.filter(is_default=True).count() == 1
