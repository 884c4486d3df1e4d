"""Links and kept designs after a new version: only what no longer exists goes, and each thing is
named.
"""

import copy
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import read
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import make_shop
from tests.embed import Shopper
from tests.examples.desk import DESK, desk

pytestmark = pytest.mark.database


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


def changed(shop: Merchant, **lines: Any) -> None:
    """Publish a desk without oak tops, lamps and engravings, in steps of 25 mm from 1,100 mm on."""
    options = copy.deepcopy(DESK["options"])
    by_key = {each["key"]: each for each in options}
    by_key["top"]["values"] = [each for each in by_key["top"]["values"] if each["key"] != "oak"]
    by_key["extras"]["values"] = [
        each for each in by_key["extras"]["values"] if each["key"] != "lamp"
    ]
    by_key["width"] |= {
        "number": {"first": 1100, "last": 2000, "step": 25, "unit": "mm"},
        "default": 1400,
    }
    kept = [each for each in options if each["key"] not in ("engraved", "engraving")]
    price_lines = lines.get("price_lines", [{"key": "base", "label": "Base", "amount": 100}])
    model = desk(options=kept, tables=[], price_lines=price_lines, bom_lines=[], presets=[])
    publish(import_product(shop, ProductFile(model, ())))


LINK = "?frame=steel&top=oak&width=1090&depth=800&extras=lamp,tray&engraved=true&engraving=Ada"


def test_only_what_no_longer_exists_goes_and_the_nearest_stands_in(
    shop: Merchant, client: Client
) -> None:
    shopper = Shopper(client, "/embed/joinery/desk/")
    assert "no longer" not in shopper.opens(LINK).words
    changed(shop)
    page = shopper.opens(LINK)
    assert page.values("state") == ["frame=steel&width=1100&depth=800&extras=tray"]


def test_each_thing_that_went_is_named_as_it_was_called(shop: Merchant, client: Client) -> None:
    changed(shop)
    words = Shopper(client, "/embed/joinery/desk/").opens(f"{LINK}&colour=red").words
    for sentence in (
        "Top: Oak is no longer offered; now Laminate.",
        "Width: 1090 is no longer offered; now 1100 mm.",
        "Extras: Lamp is no longer offered.",
        "Engraving: Ada is no longer offered.",
        "colour: red is no longer offered.",
    ):
        assert sentence in words


def test_what_clashes_in_a_link_is_named_and_the_nearest_number_stands_in(
    shop: Merchant, client: Client
) -> None:
    rules = [
        *DESK.get("rules", []),
        {"key": "deep", "then": "width <= depth * 2", "message": "Not so narrow."},
    ]
    publish(import_product(shop, ProductFile(desk(rules=rules, tables=[], presets=[]), ())))
    page = Shopper(client, "/embed/joinery/desk/").opens("?depth=700&width=1990&top=oak")
    assert page.values("state") in (
        ["top=oak&width=1400&depth=700"],
        ["top=oak&width=1990&depth=900"],
    )
    assert ("Width: 1990 mm no longer goes with the rest; now 1400 mm." in page.words) or (
        "Depth: 700 mm no longer goes" in page.words
    )


def test_a_page_that_was_open_while_a_version_went_says_what_went(
    shop: Merchant, client: Client
) -> None:
    shopper = Shopper(client, "/embed/joinery/desk/")
    shopper.opens(LINK)
    changed(shop)
    fields = tuple(each for each in shopper.page.fields if each[0] != "token")
    shopper.page = replace(shopper.page, fields=fields, buttons=())
    page = shopper.presses("step", "size")
    assert "brought up to date" in page.words
    assert "Top: Oak is no longer offered; now Laminate." in page.words
    assert page.values("state") == ["frame=steel&width=1100&depth=800&extras=tray"]


def test_a_kept_design_says_what_it_cost_when_it_was_kept(shop: Merchant, client: Client) -> None:
    kept = save(published(shop.slug, "desk"), {"frame": "steel"})
    address = f"/embed/joinery/desk/c/{kept.public_id}/"
    shopper = Shopper(client, client.get(address).headers["Location"])
    assert "When this was kept" not in shopper.opens().words
    changed(shop)
    words = shopper.opens().words
    assert (
        f"When this was kept it cost €{kept.total:.2f}; at the prices of today it costs €100.00."
        in words
    )
    Configuration.objects.filter(pk=kept.pk).update(total=100, repriced_from=250)
    assert (
        "When this was kept it cost €250.00; at the prices of today it costs €100.00."
        in shopper.opens().words
    )


def test_an_option_that_shoppers_no_longer_see_is_not_named_by_its_new_name(
    shop: Merchant, client: Client
) -> None:
    options = [
        {**each, "internal": True, "label": "Secret class"} if each["key"] == "extras" else each
        for each in DESK["options"]
    ]
    publish(import_product(shop, ProductFile(desk(options=options, presets=[]), ())))
    words = Shopper(client, "/embed/joinery/desk/").opens("?extras=lamp").words
    assert "Extras: Lamp is no longer offered." in words
    assert "Secret" not in words


# ---- short links ---------------------------------------------------------------------------------


@pytest.fixture
def texts(shop: Merchant) -> str:
    """The address of a product of texts."""
    options = [
        {
            "key": f"text{n}",
            "kind": "text",
            "label": f"Text {n}",
            "required": False,
            "text": {"max_length": 2000},
        }
        for n in range(5)
    ]
    lines = [{"key": "base", "label": "Base", "amount": 100}]
    publish(
        import_product(
            shop,
            ProductFile(
                read(
                    {"product": "texts", "name": "Texts", "options": options, "price_lines": lines}
                ),
                (),
            ),
        )
    )
    return "/embed/joinery/texts/"


LONG = {f"text{n}": f"ü{n} " * 600 + "end" for n in range(5)}


def test_a_link_that_would_be_long_is_made_short_when_it_is_shared(
    texts: str, client: Client
) -> None:
    shopper = Shopper(client, texts)
    shopper.opens()
    page = shopper.chooses(text0="short")
    assert ("share", "1") not in page.buttons
    page = shopper.chooses(**LONG)
    assert ("share", "1") in page.buttons
    assert Configuration.objects.count() == 0
    page = shopper.presses("share")
    kept = Configuration.objects.get()
    address = f"{texts}c/{kept.public_id}/"
    assert f'href="{address}" data-link="{kept.public_id}"' in page.text
    assert f">http://testserver{address}</a>" in page.text
    assert len(kept.public_id) == 22
    opened = Shopper(client, address).opens()
    assert [opened.values(f"o.{key}") for key in LONG] == [[text] for text in LONG.values()]


def test_sharing_the_same_state_of_a_page_twice_keeps_it_once(texts: str, client: Client) -> None:
    shopper = Shopper(client, texts)
    shopper.opens()
    page = shopper.chooses(**LONG)
    shopper.presses("share")
    shopper.page = page
    shopper.presses("share")
    assert Configuration.objects.count() == 1


def test_a_short_link_is_its_merchants_own(texts: str, client: Client) -> None:
    shopper = Shopper(client, texts)
    shopper.opens()
    shopper.chooses(**LONG)
    shopper.presses("share")
    make_shop("forge")
    address = f"{texts}c/{Configuration.objects.get().public_id}/"
    assert client.get(address.replace("joinery", "forge")).status_code == 404


def test_nothing_is_kept_by_sharing_what_cannot_be(texts: str, client: Client) -> None:
    shopper = Shopper(client, texts)
    shopper.opens()
    shopper.chooses(**LONG)
    page = shopper.presses("share", text0="x" * 2001)
    assert (page.status, Configuration.objects.count()) == (422, 0)


def test_the_way_back_from_an_order_has_its_long_texts(texts: str, client: Client) -> None:
    shopper = Shopper(client, texts)
    shopper.opens()
    shopper.chooses(**LONG)
    done = client.get(shopper.presses("complete").response.headers["Location"]).content.decode()
    (back,) = re.findall('id="change" href="([^"]*)"', done)
    assert Shopper(client, back).opens().values("o.text4") == [LONG["text4"]]


# ---- a page that was cached all the same ---------------------------------------------------------


def test_pages_say_to_every_kind_of_cache_that_they_are_nobody_elses(
    shop: Merchant, client: Client
) -> None:
    for answer in (client.get("/embed/joinery/desk/"), client.get("/embed/joinery/nothing/")):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert (
            answer.headers["CDN-Cache-Control"] == answer.headers["Surrogate-Control"] == "no-store"
        )
        assert answer.headers["X-Accel-Expires"] == "0"


@pytest.mark.parametrize("own", [("1", "2"), ("", "3"), ("", "")])
def test_a_cached_page_makes_no_one_order_of_two_shoppers(
    shop: Merchant, client: Client, own: tuple[str, str]
) -> None:
    one, other = (
        Shopper(client, "/embed/joinery/desk/"),
        Shopper(Client(HTTP_USER_AGENT="other"), "/embed/joinery/desk/"),
    )
    one.opens()
    other.page = one.page
    for shopper, word in ((one, own[0]), (one, own[0]), (other, own[1])):
        page = shopper.page
        shopper.page = replace(page, fields=(*page.fields, ("own", word)))
        shopper.presses("complete")
        shopper.page = page
    assert Configuration.objects.count() == 2
    assert len(set(Configuration.objects.values_list("quote", flat=True))) == 2
