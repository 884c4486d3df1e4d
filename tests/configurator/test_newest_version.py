"""After a publish every process answers with the new version, at the cost of no further query."""

import pytest
from django.db import transaction

from catalog import drafts
from catalog.memory import forget_all
from catalog.operations import publish
from configurator.answering import follow
from configurator.offers import published
from tests.api import make_shop
from tests.examples.desk import desk

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget_all()
    yield
    forget_all()


def test_a_version_holds_from_the_moment_it_is_published():
    merchant = make_shop()
    assert published("joinery", "desk").version == 1
    publish(drafts.write(merchant, desk(locale="en-GB")))
    assert published("joinery", "desk").version == 2


def test_a_version_that_is_taken_back_with_its_transaction_is_not_remembered():
    merchant = make_shop()
    with transaction.atomic():
        publish(drafts.write(merchant, desk(locale="en-GB")))
        assert published("joinery", "desk").version == 2
        transaction.set_rollback(True)
    assert published("joinery", "desk").version == 1


def test_a_version_is_the_same_for_all_products_of_the_merchant():
    merchant = make_shop()
    publish(drafts.write(merchant, desk(product="table")))
    assert published("joinery", "desk").version == 1
    publish(drafts.write(merchant, desk(product="table", locale="en-GB")))
    assert (published("joinery", "desk").version, published("joinery", "table").version) == (1, 2)


def test_a_warm_click_asks_one_question(django_assert_num_queries):
    make_shop()
    follow(published("joinery", "desk"), {"frame": "steel"})
    with django_assert_num_queries(1):
        follow(published("joinery", "desk"), {"frame": "steel"})
