"""Sharing in a real browser: a long state gets a short link that opens in the shop's page."""

import pytest
from playwright.sync_api import BrowserContext, expect

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import read
from configurator.models import Configuration
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.browser.conftest import ShopSite
from tests.browser.test_widget import Visit

pytestmark = pytest.mark.browser

PLATE = {
    "product": "plate",
    "name": "Plate",
    "options": [
        {
            "key": key,
            "kind": "text",
            "label": key.title(),
            "required": False,
            "text": {"max_length": 4000},
        }
        for key in ("front", "back")
    ],
    "price_lines": [{"key": "base", "label": "Base", "amount": 100}],
}


def test_a_long_text_is_shared_under_a_short_link(
    visit: Visit,
    merchant: Merchant,
    context: BrowserContext,
    shop_site: ShopSite,
    console: list[str],
) -> None:
    publish(import_product(merchant, ProductFile(read(PLATE), ())))
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    shop = visit("plate")
    share = shop.widget.locator("#share")
    shop.widget.locator("#o-front--").fill("Wärme " * 300)
    expect(shop.widget.locator("button#share")).to_be_visible()
    share.focus()
    share.press("Enter")
    expect(shop.widget.locator("#toast")).to_contain_text("Link copied")
    expect(share).to_be_focused()
    link = shop.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{shop_site.url}/?cfg={Configuration.objects.get().public_id}"
    shop = visit("plate", query=link.removeprefix(f"{shop_site.url}/"))
    expect(shop.widget.locator("#o-front--")).to_have_value(("Wärme " * 300).strip())
