"""What happens is told in the transaction in which it happens, to those who want to hear it, in the
words promised.
"""

from datetime import timedelta
from decimal import Decimal

import jsonschema
import pytest
from django.db import transaction
from django.utils import timezone

from catalog.jobs import clock
from catalog.jobs.worker import work_off
from catalog.operations import publish, retire
from configurator.completing import complete, complete_choices
from configurator.expiring import tell_expired
from configurator.keeping import choose, save
from configurator.models import Configuration, KeptQuote
from configurator.offers import published
from configurator.overriding import override_price
from configurator.quoting.ending import tell_expired_quotes
from configurator.quoting.kept import accept
from configurator.quoting.quotes import quote, verify
from integrations.automations.names import CALLED
from integrations.webhooks.catalogue import KINDS, chosen
from integrations.webhooks.delivery import disable
from integrations.webhooks.models import Delivery, Endpoint, Event
from pricing.grid import keep_amounts
from pricing.models import PriceList, PriceThreshold
from pricing.override import Override
from tests.api import make_shop
from tests.examples.desk import desk

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CHOICES = {"frame": "steel", "top": "glass"}


@pytest.fixture
def today(heard):
    """The database has the time that quotes are signed at, too."""
    heard.moment = timezone.now()


def let_quotes_end() -> None:
    KeptQuote.objects.filter(accepted_at=None).update(expires_at=clock.now() - timedelta(days=1))
    tell_expired_quotes.call()


@pytest.fixture
def heard(shop, hearing, endpoint_of):
    endpoint_of(shop, payload="full", costs=True)
    return hearing


def offer(shop):
    return published(shop.slug, "desk")


def told(heard, kind, name="erp"):
    return [each for each in heard.sent.get(name, []) if each["type"] == kind]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_an_example_is_what_its_schema_says(kind):
    jsonschema.validate(kind.whole_example(), kind.schema())


def test_the_life_of_a_configuration_is_told_in_order(shop, heard):
    row = save(offer(shop), CHOICES)
    choose(row, {"width": Decimal(1600)})
    complete(row)
    heard.goes_on()
    of_it = [each for each in heard.sent["erp"] if each["object"]["type"] == "configuration"]
    assert sorted((each["object"]["sequence"], each["type"]) for each in of_it) == [
        (1, "configuration.created"),
        (2, "configuration.updated"),
        (3, "configuration.completed"),
    ]
    assert {each["object"]["id"] for each in of_it} == {row.public_id}
    completed = told(heard, "configuration.completed")[0]["data"]
    assert completed["choices"]["width"] == 1600
    assert (completed["state"], completed["total"], completed["currency"]) == (
        "completed",
        f"{row.total:.2f}",
        "EUR",
    )
    assert completed["quote"] == row.quote
    assert completed["bom"] and completed["price"]
    assert told(heard, "quote.created")[0]["data"]["token"] == row.quote
    assert all(each["merchant"] == shop.slug for each in heard.sent["erp"])


def test_every_event_is_what_its_schema_says(shop, heard, today):
    """With all that happens in a shop."""
    PriceThreshold.objects.create(
        merchant=shop,
        key="dear",
        name="Dear",
        measure="total_over",
        limit=Decimal(1),
        currency="EUR",
    )
    row = save(offer(shop), CHOICES)
    by_hand = Override(
        kind="discount", percent=Decimal(5), reason="For you.", by="maria", at=timezone.now()
    )
    override_price(row, by_hand)
    complete(row)
    accept(shop, row.quote)
    quote(offer(shop), CHOICES)
    let_quotes_end()
    save(offer(shop), CHOICES)
    Configuration.objects.filter(state="open").update(priced_at=timezone.now() - timedelta(days=31))
    tell_expired.call()
    keep_amounts(
        shop, [{"price_list": "retail", "product": "desk", "line": "base", "amount": "420.00"}]
    )
    product = shop.products.get(key="desk")
    product.name = "Our desk"
    product.save()
    publish(product)
    retire(product)
    disable(Endpoint.objects.create(merchant=shop, name="Old", secret=b""), "It is gone.")
    heard.goes_on(seconds=6)
    for event in heard.sent["erp"]:
        jsonschema.validate(event, KINDS[event["type"]].schema())
    # A step of an automation records its own call, and no automation is at work here.
    assert set(heard.types("erp")) == {kind.name for kind in chosen()} - {CALLED}


def test_what_is_rolled_back_was_never_told(shop, heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save(offer(shop), CHOICES)
        raise ZeroDivisionError
    heard.goes_on()
    assert heard.sent == {}
    assert not Event.objects.exists()


def test_where_nobody_listens_nothing_is_written(shop, endpoint_of):
    other = make_shop("other", desk(product="bureau"))
    endpoint_of(other)
    endpoint_of(shop, events=["price_list.changed"])
    save(offer(shop), CHOICES)
    assert not Event.objects.exists()


def test_an_endpoint_hears_what_it_chose_and_of_the_products_it_chose(shop, hearing, endpoint_of):
    publish(shop.products.get(key="desk"))
    endpoint_of(shop, "all")
    endpoint_of(shop, "completed", events=["configuration.completed"])
    endpoint_of(shop, "desks", products=["desk"])
    Endpoint.objects.filter(name="desks").update(products=["wardrobe"])
    complete_choices(offer(shop), CHOICES)
    hearing.goes_on()
    assert set(hearing.types("all")) == {
        "configuration.created",
        "configuration.completed",
        "quote.created",
    }
    assert hearing.types("completed") == ["configuration.completed"]
    assert hearing.types("desks") == []


def test_a_thin_payload_leaves_out_price_and_parts(shop, hearing, endpoint_of):
    endpoint_of(shop, "thin")
    endpoint_of(shop, "full", payload="full")
    save(offer(shop), CHOICES)
    hearing.goes_on()
    thin, full = hearing.sent["thin"][0], hearing.sent["full"][0]
    assert full["data"].keys() - thin["data"].keys() == {"price", "bom"}
    assert thin["id"] == full["id"]


def test_options_that_shoppers_never_see_are_not_told(hearing, endpoint_of):
    model = desk()
    secret = [each.key for each in model.options if each.key == "width"]
    hidden = tuple(
        type(each)(**{**vars(each), "internal": True}) if each.key in secret else each
        for each in model.options
    )
    # A preset of theirs may not choose what nobody sees.
    shop = make_shop("discreet", type(model)(**{**vars(model), "options": hidden, "presets": ()}))
    endpoint_of(shop)
    save(published(shop.slug, "desk"), {**CHOICES, "width": Decimal(1600)})
    hearing.goes_on()
    assert hearing.sent["erp"][0]["data"]["choices"] == CHOICES


def test_thresholds_on_margins_are_told_to_those_who_see_costs(shop, hearing, endpoint_of):
    endpoint_of(shop, "shop")
    endpoint_of(shop, "controlling", costs=True)
    PriceThreshold.objects.create(
        merchant=shop, key="thin", measure="margin_percent_below", limit=Decimal(99)
    )
    complete_choices(offer(shop), CHOICES)
    hearing.goes_on()
    assert "price.threshold_reached" not in hearing.types("shop")
    assert (told(hearing, "price.threshold_reached", "controlling") != []) == bool(
        Configuration.objects.get().reached_thresholds.count()
    )


def test_many_changes_of_a_price_list_are_one_event(shop, heard):
    retail = PriceList.objects.get(merchant=shop, key="retail")
    for name in ("A", "B", "C"):
        retail.name = name
        retail.save()
    heard.goes_on(seconds=4)
    assert heard.types("erp") == []
    heard.goes_on(seconds=2)
    retail.refresh_from_db()
    assert [each["data"]["revision"] for each in heard.sent["erp"]] == [retail.revision]
    retail.save()
    heard.goes_on(seconds=6)
    assert [each["object"]["sequence"] for each in heard.sent["erp"]] == [1, 2]


def test_a_deleted_price_list_is_told_and_a_merchant_goes_with_all_it_has(shop, heard):
    shop.price_lists.get(key="trade").delete()
    heard.goes_on(seconds=6)
    assert [(each["data"]["key"], each["data"]["deleted"]) for each in heard.sent["erp"]] == [
        ("trade", True)
    ]
    other = make_shop("other", desk(product="bureau"))
    PriceList.objects.filter(merchant=other).delete()


def test_prices_that_expire_are_told_once(shop, heard):
    row = save(offer(shop), CHOICES)
    heard.goes_on()
    Configuration.objects.update(priced_at=timezone.now() - timedelta(days=31))
    for _ in range(2):
        tell_expired.call()
    heard.goes_on()
    assert len(told(heard, "configuration.expired")) == 1
    choose(row, {"width": Decimal(1600)})
    tell_expired.call()
    heard.goes_on()
    assert len(told(heard, "configuration.expired")) == 1
    assert Configuration.objects.get().expired_at is None


def test_a_quote_that_is_only_offered_in_place_of_another_is_not_told(shop, heard):
    token = quote(offer(shop), CHOICES).signed.token
    keep_amounts(
        shop, [{"price_list": "retail", "product": "desk", "line": "base", "amount": "420.00"}]
    )
    assert verify(shop, token).now is not None
    heard.goes_on(seconds=6)
    assert len(told(heard, "quote.created")) == 1


def test_what_becomes_of_a_quote_is_told_once_and_in_order(shop, heard, today):
    taken, left = (quote(offer(shop), CHOICES).signed for _ in range(2))
    for _ in range(2):
        accept(shop, taken.token)
    for _ in range(2):
        let_quotes_end()
    heard.goes_on()
    of_each = {
        signed.claims["jti"]: sorted(
            (each["object"]["sequence"], each["type"])
            for each in heard.sent["erp"]
            if each["object"]["id"] == signed.claims["jti"]
        )
        for signed in (taken, left)
    }
    assert list(of_each.values()) == [
        [(1, "quote.created"), (2, "quote.accepted")],
        [(1, "quote.created"), (2, "quote.expired")],
    ]
    accepted = told(heard, "quote.accepted")[0]["data"]
    said = next(
        each["data"]
        for each in told(heard, "quote.created")
        if each["data"]["id"] == accepted["id"]
    )
    assert accepted == {**said, "accepted_at": accepted["accepted_at"]}
    assert accepted["token"] == taken.token
    assert told(heard, "quote.expired")[0]["data"]["token"] == left.token


def test_a_disabled_endpoint_is_owed_nothing_and_the_event_is_kept_for_it(shop, endpoint_of):
    disable(endpoint_of(shop), "Closed.")
    save(offer(shop), CHOICES)
    assert Event.objects.filter(type="configuration.created").exists()
    assert not Delivery.objects.exists()
    assert work_off() == 0
