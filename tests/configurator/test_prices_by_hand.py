"""Prices that people of the merchant set for stored configurations, and the thresholds that prices
pass.
"""

from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from configurator import signals
from configurator.completing import complete, complete_choices
from configurator.keeping import AlreadyCompleted, Stale, choose, save
from configurator.models import Configuration, ReachedThreshold
from configurator.offers import published
from configurator.ordering import NotReady
from configurator.overriding import override_price, revoke_override
from configurator.stored import evaluation_of, override_of, reasons_of
from pricing.models import ListAmount, OverrideLimits, PriceList, PriceThreshold
from pricing.override import Override, OverrideRefused
from tests.api import make_shop
from tests.examples.desk import DESK, desk

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def by_hand(
    kind: str = "discount", reason: str = "A loyal customer.", by: str = "maria", **parts: Any
) -> Override:
    numbers = {
        name: Decimal(str(parts.pop(name))) for name in ("percent", "amount") if name in parts
    }
    return Override(kind, reason, by, AT, **(numbers or {"percent": Decimal(10)}), **parts)  # type: ignore[arg-type]


@contextmanager
def heard(signal):
    news: list[dict[str, Any]] = []

    def hear(**told: Any) -> None:
        news.append(told)

    signal.connect(hear)
    try:
        yield news
    finally:
        signal.disconnect(hear)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def row(shop):
    return save(published("joinery", "desk"), {"frame": "oak"}, quantity=2)


def test_a_price_by_hand_is_kept_with_all_that_follows(row):
    listed = row.total
    with heard(signals.price_overridden) as news:
        override_price(row, by_hand())
    row.refresh_from_db()
    line = row.stored["price"]["order_lines"][-1]
    assert (row.total, row.revision) == (listed * 9 / 10, 2)
    assert (line["key"], line["kind"], line["amount"]) == (
        "override",
        "override",
        f"-{listed / 10:.2f}",
    )
    assert [each["configuration"] for each in news] == [row]


def test_completing_keeps_it_and_then_it_stays(row):
    override_price(row, by_hand())
    total = row.total
    complete(row)
    assert (row.is_completed, row.total, evaluation_of(row).breakdown.total) == (True, total, total)
    with pytest.raises(AlreadyCompleted):
        override_price(row, by_hand(percent=20))
    with pytest.raises(AlreadyCompleted):
        revoke_override(row, "maria")
    assert complete(row).breakdown.total == total


def test_it_can_be_revoked_and_stays_to_be_read(row):
    listed = row.total
    override_price(row, by_hand())
    revoke_override(row, "olga")
    (ended,) = row.overrides.all()
    assert (row.total, override_of(row), ended.ended_by, ended.reason) == (
        listed,
        None,
        "olga",
        "A loyal customer.",
    )
    revision = row.revision
    revoke_override(row, "olga")
    assert row.revision == revision


def test_another_one_takes_its_place(row):
    listed = row.total
    override_price(row, by_hand())
    override_price(row, by_hand(kind="surcharge", amount=5))
    assert row.total == listed + 5
    assert [each.ended_at is None for each in row.overrides.all()] == [False, True]


def test_setting_the_same_again_changes_nothing(row):
    override_price(row, by_hand())
    override_price(row, by_hand(by="olga"))
    assert (row.revision, row.overrides.count()) == (2, 1)


@pytest.mark.parametrize(("changes", "quantity"), [({"frame": "steel"}, None), ({}, 3)])
def test_it_ends_where_values_or_quantity_become_others(row, changes, quantity):
    override_price(row, by_hand(kind="final", amount=1))
    choose(row, changes, quantity)
    (ended,) = row.overrides.all()
    assert (override_of(row), ended.ended_by) == (None, "")
    assert row.total > 1
    assert not [line for line in row.stored["price"]["order_lines"] if line["kind"] == "override"]


def test_it_stays_where_a_choice_says_what_was_so_already(row):
    override_price(row, by_hand(kind="final", amount=1))
    choose(row, {"frame": "oak"})
    assert (row.total, row.stored["price"]["total"]) == (1, "1.00")


def test_why_this_price_names_it(row):
    override_price(row, by_hand())
    found = reasons_of(row)
    assert found[-1].rule == "discount of 10 %, set by hand"
    assert any("by maria" in step and "A loyal customer." in step for step in found[-1].steps)
    assert sum(each.amount for each in found[:-1]) * 2 + found[-1].amount == row.total


def test_the_limits_of_the_merchant_hold(row, shop):
    OverrideLimits.objects.create(merchant=shop, greatest_discount=Decimal(10))
    override_price(row, by_hand())
    with pytest.raises(OverrideRefused, match="at most 10%"):
        override_price(row, by_hand(percent=11))
    row.refresh_from_db()
    assert row.revision == 2


def test_who_may_goes_beyond_them_knowingly_and_that_is_kept(row, shop):
    OverrideLimits.objects.create(merchant=shop, greatest_discount=Decimal(10))
    override_price(row, by_hand(percent=11, beyond_limits=True))
    assert row.overrides.get().beyond_limits
    assert "knowingly" in reasons_of(row)[-1].steps[-1]


def test_limits_of_another_merchant_do_not_matter(row):
    OverrideLimits.objects.create(
        merchant=make_shop("other", desk(product="bureau")), greatest_discount=Decimal(1)
    )
    override_price(row, by_hand())


def test_who_read_an_older_state_is_refused(row):
    choose(row, {"frame": "steel"})
    with pytest.raises(Stale):
        override_price(row, by_hand(), expected_revision=1)
    with pytest.raises(Stale):
        revoke_override(row, "maria", expected_revision=1)


def test_a_price_that_still_waits_for_choices_cannot_be_set(shop):
    options = [
        {**each, "default": None} if each["key"] == "frame" else each for each in DESK["options"]
    ]
    make_shop("other", desk(product="bureau", options=options))
    row = save(published("other", "bureau"), {})
    assert row.stored["missing"] == ["frame"]
    with pytest.raises(NotReady):
        override_price(row, by_hand())


# ---- thresholds ----------------------------------------------------------------------------------


def threshold(shop, key="large", **parts):
    given = {"measure": "total_over", "limit": Decimal(100), "currency": "EUR", **parts}
    row = PriceThreshold(merchant=shop, key=key, **given)
    row.full_clean()
    row.save()
    return row


def test_a_price_that_passes_a_threshold_is_recorded_and_told_once_it_is_completed(row, shop):
    threshold(shop, name="Large orders")
    threshold(shop, "larger", limit=Decimal(100_000))
    with heard(signals.price_threshold_reached) as news:
        choose(row, {"frame": "steel"})
        assert news == []
        complete(row)
        complete(row)
    (kept,) = row.reached_thresholds.all()
    assert (kept.key, kept.name, kept.limit, kept.currency, kept.measured) == (
        *("large", "Large orders", 100, "EUR"),
        row.total,
    )
    assert [(each["reached"].threshold.key, each["configuration"]) for each in news] == [
        ("large", row)
    ]


def test_the_widgets_button_passes_thresholds_too(shop):
    threshold(shop)
    assert complete_choices(published("joinery", "desk"), {}).reached_thresholds.count() == 1


def test_a_price_by_hand_counts(row, shop):
    threshold(shop, "small", measure="total_under")
    override_price(row, by_hand(kind="final", amount="99.99"))
    complete(row)
    assert row.reached_thresholds.get().measured == Decimal("99.99")


def test_what_was_passed_stays_as_it_was_when_the_threshold_is_gone(row, shop):
    limit = threshold(shop)
    complete(row)
    limit.delete()
    assert row.reached_thresholds.get().limit == 100


def test_signal_and_record_are_part_of_the_transaction(row, shop):
    threshold(shop)

    def fails(**told: Any) -> None:
        raise RuntimeError("the outbox is full")

    signals.price_threshold_reached.connect(fails)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            complete(row)
    finally:
        signals.price_threshold_reached.disconnect(fails)
    assert not Configuration.objects.get(pk=row.pk).is_completed
    assert not ReachedThreshold.objects.exists()


def test_thresholds_of_others_lists_and_products_are_not_passed(row, shop):
    other = make_shop("other", desk(product="bureau"))
    threshold(other)
    threshold(shop, "trade", price_list=PriceList.objects.get(merchant=shop, key="trade"))
    threshold(shop, "dollars", currency="USD")
    complete(row)
    assert not row.reached_thresholds.exists()


# ---- price on request ----------------------------------------------------------------------------


def odd_shop(on_request: bool):
    shop = make_shop("odd")
    retail = PriceList.objects.get(merchant=shop, key="retail")
    ListAmount.objects.create(
        price_list=retail, product=shop.products.get(), line="base", amount="-100000"
    )
    PriceList.objects.filter(merchant=shop).update(on_request=on_request)
    return published("odd", "desk")


def test_without_the_merchants_word_a_price_problem_stays_one():
    offer = odd_shop(on_request=False)
    row = save(offer, {})
    assert (row.stored["price_on_request"], row.stored["ready"]) == (False, False)
    with pytest.raises(NotReady, match="below zero"):
        complete(row)


def test_with_it_the_configuration_is_completed_without_a_price():
    row = save(odd_shop(on_request=True), {})
    assert (row.stored["price_on_request"], row.stored["ready"], row.stored["price"]) == (
        True,
        True,
        None,
    )
    assert "below zero" in row.stored["price_problem"]
    complete(row)
    assert (row.is_completed, row.total) == (True, None)


def test_a_price_on_request_cannot_be_changed_by_hand():
    row = save(odd_shop(on_request=True), {})
    with pytest.raises(OverrideRefused, match="on request"):
        override_price(row, by_hand())
