"""Long lists of values: searched, drawn a part at a time, with or without scripts."""

import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Merchant
from catalog.product_model import ProductModel, read
from tests.embed import Shopper
from tests.factories import make_version

pytestmark = pytest.mark.database


def fabrics(count: int, kind: str = "choice", **more: Any) -> ProductModel:
    """Return a product with as many fabrics, of which the very last does not go with a lining."""
    values = [{"key": f"f{place}", "label": f"Fabric {place:04} é"} for place in range(count)]
    values[-1]["when"] = "not lining"
    option = {
        "key": "fabric",
        "kind": kind,
        "label": "Fabric",
        "required": False,
        "values": values,
        **more,
    }
    lining = {"key": "lining", "kind": "boolean", "label": "Lining", "default": True}
    return read({"product": "blind", "name": "Blind", "options": [lining, option]})


def blind(shop: Merchant, client: Client, count: int, kind: str = "choice", **more: Any) -> Shopper:
    make_version(shop, fabrics(count, kind, **more))
    return Shopper(client, "/embed/joinery/blind/")


def shown(shopper: Shopper) -> list[str]:
    return re.findall(
        r'type="(?:radio|checkbox)" name="o.fabric" value="(f\d+)"', shopper.page.text
    )


@pytest.mark.parametrize(("count", "has_search"), [(11, False), (12, True)])
def test_from_twelve_values_on_there_is_a_search(
    shop: Merchant, client: Client, count: int, has_search: bool
) -> None:
    shopper = blind(shop, client, count)
    shopper.opens()
    assert ("find.fabric" in dict(shopper.page.fields), len(shown(shopper))) == (has_search, count)


def test_of_1800_values_a_small_page_is_drawn(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 1_800)
    shopper.opens()
    assert len(shopper.page.text.encode()) <= 60_000
    assert (len(shown(shopper)), "1,800 to choose from." in shopper.page.words) == (16, True)


def test_words_are_found_without_case_and_accents(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 1_800)
    shopper.opens()
    shopper.presses("find.fabric", "É 179 fabric")
    assert shown(shopper) == [f"f{place}" for place in (179, 1_179, *range(1_790, 1_800))]
    assert "12 of 1,800 match." in shopper.page.words
    assert shopper.page.values("find.fabric") == ["É 179 fabric"]


def test_what_matches_nothing_says_what_to_try(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 30)
    shopper.opens()
    assert "Nothing matches." in shopper.presses("find.fabric", "velvet").words


def test_more_is_drawn_on_demand_and_stays(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 100)
    shopper.opens()
    shopper.presses("draw", "fabric")
    assert len(shown(shopper)) == 64
    shopper.chooses(lining="")
    assert len(shown(shopper)) == 64
    shopper.presses("draw", "fabric")
    assert (len(shown(shopper)), "draw" in dict(shopper.page.buttons)) == (100, False)


def test_what_is_chosen_stays_on_the_page_whatever_is_searched(
    shop: Merchant, client: Client
) -> None:
    shopper = blind(shop, client, 100, "multi")
    shopper.opens("?fabric=f98,f50")
    assert shown(shopper)[:2] == ["f50", "f98"]
    shopper.presses("find.fabric", "0003")
    assert shown(shopper) == ["f50", "f98", "f3"]
    assert shopper.chooses(fabric=["", "f50", "f98", "f3"]).values("state") == ["fabric=f3,f50,f98"]


def test_a_blocked_value_that_was_found_is_explained(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 100)
    shopper.opens("?lining=true")
    page = shopper.presses("find.fabric", "0099")
    assert "Needs a change" in page.section("o-fabric")
    page = shopper.chooses(fabric="f99")
    assert page.status == 409
    assert "does not go with your choices yet" in page.words
    assert shopper.presses("apply", dict(page.buttons)["apply"]).values("state") == [
        "lining=false&fabric=f99"
    ]


def test_a_form_of_nonsense_draws_no_more_than_there_is(shop: Merchant, client: Client) -> None:
    shopper = blind(shop, client, 30)
    shopper.opens()
    page = shopper.presses("rows.fabric", "99999")
    assert (page.status, len(shown(shopper))) == (200, 30)
    assert shopper.presses("find.fabric", "x" * 5_000).status == 200
