"""What goes wrong is seen where the shopper is: a lost connection, a changed price, a field that is
out of sight.
"""

from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from catalog.models import Merchant
from configurator.models import Configuration
from pricing.models import PriceList
from tests.browser.test_widget import Visit

pytestmark = pytest.mark.browser

SIZES = [(1200, 800), (390, 664)]


def seen(page: Page, widget: FrameLocator, selector: str) -> None:
    """Expect an element of the widget inside the part of the shop's page that is seen."""
    element = widget.locator(selector)
    expect(element).to_be_visible()
    expect(element).to_be_in_viewport(ratio=0.9)
    box = element.bounding_box()
    assert box
    height = page.viewport_size["height"] if page.viewport_size else 0
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= height


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_lost_connection_is_marked_tried_again_and_goes_on(
    visit: Visit, context: BrowserContext, width: int, height: int
) -> None:
    shop = visit("desk")
    shop.page.set_viewport_size({"width": width, "height": height})
    widget = shop.widget
    price = widget.locator("#bar .price b")
    before = price.inner_text()
    context.set_offline(True)
    widget.locator("label[for=o-top--glass]").click()
    seen(shop.page, widget, "#lost")
    expect(widget.locator("#lost")).to_contain_text("No connection.")
    expect(price).to_have_text(before)
    expect(price).to_have_css("opacity", "0.65")
    expect(widget.locator("#o-top--glass")).to_be_checked()
    context.set_offline(False)
    expect(widget.locator("#lost")).to_be_hidden()
    expect(widget.locator("input[name=state]")).to_have_value("top=glass")
    expect(price).not_to_have_text(before)
    expect(price).to_have_css("opacity", "1")
    expect(widget.locator("#toast")).to_contain_text("Connected again.")


def test_a_button_that_did_not_reach_us_is_pressed_again_once(
    visit: Visit, context: BrowserContext
) -> None:
    widget = visit("desk").widget
    context.set_offline(True)
    widget.locator("#complete").click()
    expect(widget.locator("#lost")).to_be_visible()
    widget.get_by_role("button", name="Try now").click()
    expect(widget.locator("#lost")).to_be_visible()
    context.set_offline(False)
    expect(widget.locator("#finished")).to_be_visible(timeout=15_000)
    assert Configuration.objects.count() == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_changed_price_is_told_beside_the_button(
    visit: Visit, merchant: Merchant, width: int, height: int, console: list[str]
) -> None:
    prices = PriceList.objects.create(
        merchant=merchant, key="retail", name="Retail", currency="EUR", is_default=True
    )
    shop = visit("desk")
    shop.page.set_viewport_size({"width": width, "height": height})
    # As the admin does it: a request under way meanwhile leaves no old price behind.
    prices.amounts_are, prices.shows, prices.tax_rate = "net", "gross", Decimal(50)
    prices.save()
    shop.widget.locator("#complete").click()
    seen(shop.page, shop.widget, "#alert")
    expect(shop.widget.locator("#alert")).to_contain_text("The price has changed from")
    assert Configuration.objects.count() == 0
    shop.widget.locator("#complete").click()
    expect(shop.widget.locator("#finished")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_invalid_field_out_of_sight_is_named_beside_the_button_and_led_to(
    visit: Visit, width: int, height: int, console: list[str]
) -> None:
    shop = visit("desk", query="?cfg=step%3Dsize")
    shop.page.set_viewport_size({"width": width, "height": height})
    field = shop.widget.locator("#o-width--")
    field.fill("7")
    field.blur()
    shop.widget.locator("label[for=o-extras--lamp]").click()
    seen(shop.page, shop.widget, "#invalid")
    expect(shop.widget.locator("#invalid")).to_contain_text("Please correct: Width")
    shop.widget.locator("#invalid").get_by_role("button", name="Width").click()
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    field.fill("1500")
    field.blur()
    expect(shop.widget.locator("#invalid")).to_have_count(0)
