"""One language at a time: a page is in one, as a whole, and says which."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.test import Client

from catalog.models import Merchant
from catalog.product_model import read
from pricing.models import ListAmount, WorkCalendar
from tests.embed import Shopper
from tests.examples.desk import DESK, desk
from tests.factories import make_version

LAMP: Mapping[str, Any] = {
    "key": "lamp",
    "kind": "boolean",
    "label": "Reading lamp",
    "default": False,
}


def language(shopper: Shopper) -> str:
    found = re.search(r'<html lang="([^"]+)"', shopper.page.text)
    assert found
    return found.group(1)


def lamp_desk(
    shop: Merchant, client: Client, label: object = "Reading lamp", **more: Any
) -> Shopper:
    """Return a shopper at a desk with a lamp, which has no German words unless `label` has."""
    make_version(
        shop, desk(product="lit", options=[*DESK["options"], {**LAMP, "label": label}], **more)
    )
    return Shopper(client, "/embed/joinery/lit/")


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "en"), ("?lang=de", "de"), ("?lang=de-AT", "de-AT"), ("?lang=en-GB", "en-GB")],
)
def test_the_page_says_which_language_it_is_in(shopper: Shopper, query: str, said: str) -> None:
    shopper.opens(query)
    assert language(shopper) == said


@pytest.mark.parametrize("asked", ["fr", "it", "xx"])
def test_a_language_that_the_product_lacks_is_not_begun(shopper: Shopper, asked: str) -> None:
    words = shopper.opens(f"?lang={asked}&top=glass").words
    assert language(shopper) == "en"
    assert "Price details" in words
    assert "Détails du prix" not in words


def test_one_missing_word_keeps_the_whole_page_in_the_products_language(
    shop: Merchant, client: Client
) -> None:
    shopper = lamp_desk(shop, client)
    words = shopper.opens("?lang=de").words
    assert language(shopper) == "en"
    assert ("Reading lamp" in words, "Frame" in words, "Gestell" in words) == (True, True, False)


def test_with_that_word_it_is_german(shop: Merchant, client: Client) -> None:
    shopper = lamp_desk(shop, client, {"default": "Reading lamp", "de": "Leselampe"})
    words = shopper.opens("?lang=de").words
    assert language(shopper) == "de"
    assert ("Leselampe" in words, "Frame" in words) == (True, False)


def test_codes_and_names_of_colours_need_no_translation(shop: Merchant, client: Client) -> None:
    shopper = lamp_desk(shop, client, "LED 2700 K")
    shopper.opens("?lang=de")
    assert language(shopper) == "de"


def test_what_shoppers_never_read_need_not_be_translated(shop: Merchant, client: Client) -> None:
    hidden = {**LAMP, "key": "waste", "label": "Waste of the saw", "internal": True}
    make_version(shop, desk(product="sawn", options=[*DESK["options"], hidden]))
    shopper = Shopper(client, "/embed/joinery/sawn/")
    shopper.opens("?lang=de")
    assert language(shopper) == "de"


def test_the_second_language_of_the_browser_counts_where_the_first_is_not_whole(
    shop: Merchant, client: Client
) -> None:
    shopper = Shopper(client, "/embed/joinery/desk/")
    shopper.opens(HTTP_ACCEPT_LANGUAGE="fr-CH, fr;q=0.9, de-CH;q=0.8, en;q=0.5")
    assert language(shopper) == "de-CH"


def test_a_product_in_a_language_that_the_page_lacks_says_where(
    shop: Merchant, client: Client
) -> None:
    lamp = {"key": "lamp", "kind": "boolean", "label": "Lampada", "default": False}
    make_version(shop, read({"product": "luce", "name": "Lume", "locale": "it", "options": [lamp]}))
    shopper = Shopper(client, "/embed/joinery/luce/")
    page = shopper.opens("?lang=it")
    assert language(shopper) == "en"
    assert re.search(r'<h1 lang="it">Lume</h1>', page.text)
    assert re.search(r'<b lang="it">Lampada</b>', page.text)


def test_a_reason_of_the_server_is_not_english_on_a_german_page(
    shop: Merchant, shopper: Shopper
) -> None:
    product = shop.products.get(key="desk")
    for price_list in shop.price_lists.all():
        ListAmount.objects.create(
            price_list=price_list, product=product, line="top", value="oak", amount="-100000"
        )
    words = shopper.opens("?lang=de&top=oak").words
    assert ("Kein Preis" in words, "Der Laden kann" in words, "The price" in words) == (
        True,
        True,
        False,
    )
    assert "The price would be below zero" in shopper.opens("?top=oak").words


@pytest.mark.parametrize(
    ("query", "said"), [("?lang=de", "de"), ("?lang=fr", "fr"), ("?lang=it", "en")]
)
def test_a_page_that_tells_a_problem_is_in_one_language(
    shop: Merchant, client: Client, query: str, said: str
) -> None:
    shopper = Shopper(client, "/embed/joinery/nothing-like-that/")
    shopper.opens(query)
    assert language(shopper) == said
    assert ("not available" in shopper.page.words) == (said == "en")


def test_what_was_completed_in_english_is_read_in_german(shopper: Shopper, client: Client) -> None:
    shopper.opens("?top=glass&frame=steel")
    while "complete" not in dict(shopper.page.buttons):
        shopper.presses("step", "-summary")
    done = shopper.presses("complete").response
    assert done.status_code == 303
    words = Shopper(client, done["Location"]).opens("?lang=de").words
    assert ("Gestell" in words, "Stahl" in words, "Steel" in words) == (True, True, False)


@pytest.mark.parametrize(
    ("query", "browser", "said", "price"),
    [
        ("", "en-US,en;q=0.9", "en-CA", "$200.00"),
        ("?lang=en", "", "en-CA", "$200.00"),
        ("?lang=en-US", "", "en-US", "CA$200.00"),
        ("?lang=de", "en-CA", "de", "200,00 CA$"),
    ],
)
def test_money_is_written_as_in_the_merchants_country(
    shop: Merchant, client: Client, query: str, browser: str, said: str, price: str
) -> None:
    Merchant.objects.update(country="CA")
    line = {"key": "base", "label": {"default": "Base", "de": "Basis"}, "amount": 200}
    make_version(shop, desk(product="canadian", currency="CAD", price_lines=[line]))
    shopper = Shopper(client, "/embed/joinery/canadian/")
    words = shopper.opens(query, HTTP_ACCEPT_LANGUAGE=browser).words
    assert (language(shopper), f" {price} " in words) == (said, True)


# ---- days and deadlines --------------------------------------------------------------------------


def at_nine_in_berlin(shop: Merchant, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Have orders until nine in Berlin count for that day, and let it be `moment`."""
    WorkCalendar.objects.create(merchant=shop, time_zone="Europe/Berlin", order_until=time(9))
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 12, 3, 7, 59, tzinfo=UTC), "3. Dezember 2026, 09:00 MEZ"),
        (datetime(2026, 12, 3, 8, 1, tzinfo=UTC), "4. Dezember 2026, 09:00 MEZ"),
        (datetime(2026, 12, 4, 8, 1, tzinfo=UTC), "7. Dezember 2026, 09:00 MEZ"),
        (datetime(2026, 7, 3, 8, 1, tzinfo=UTC), "6. Juli 2026, 09:00 MESZ"),
    ],
    ids=["today", "tomorrow", "after the week-end", "summer"],
)
def test_the_page_says_until_when_to_order_for_the_day_it_tells(
    shop: Merchant, shopper: Shopper, monkeypatch: pytest.MonkeyPatch, now: datetime, until: str
) -> None:
    at_nine_in_berlin(shop, monkeypatch, now)
    assert f"bei Bestellung vor {until}" in shopper.opens("?lang=de&step=-summary").words


def test_without_a_last_hour_there_is_no_deadline(shop: Merchant, shopper: Shopper) -> None:
    WorkCalendar.objects.create(merchant=shop)
    words = shopper.opens("?step=-summary").words
    assert ("ready in" in words.lower(), "order before" in words) == (True, False)


@pytest.mark.parametrize(
    ("lang", "hint", "many", "few"),
    [
        (
            "en",
            "Up to 1 character.",
            "2 characters are too many; at most 1 fits.",
            "1 character is too few",
        ),
        (
            "de",
            "Bis zu 1 Zeichen.",
            "2 Zeichen sind zu viele; höchstens 1 passt.",
            "1 Zeichen ist zu wenig",
        ),
    ],
)
def test_one_character_is_one(
    shop: Merchant, client: Client, lang: str, hint: str, many: str, few: str
) -> None:
    text = {"kind": "text", "required": False}
    make_version(
        shop,
        read(
            {
                "product": "sign",
                "name": {"default": "Sign", "de": "Schild"},
                "options": [
                    {
                        **text,
                        "key": "one",
                        "label": {"default": "One", "de": "Eins"},
                        "text": {"max_length": 1},
                    },
                    {
                        **text,
                        "key": "two",
                        "label": {"default": "Two", "de": "Zwei"},
                        "text": {"min_length": 2},
                    },
                ],
            }
        ),
    )
    shopper = Shopper(client, f"/embed/{shop.slug}/sign/")
    assert hint in shopper.opens(f"?lang={lang}").words
    answer = shopper.chooses(one="ab", two="a")
    assert many in answer.words
    assert few in answer.words
