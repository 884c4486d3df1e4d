"""The demo's cart shows what a line of a cart needs, and leads back to the shop's own page."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.operations import publish
from configurator.models import Configuration
from configurator_site.demo.loading import MERCHANT
from pricing.operations import import_product
from tests.browser.conftest import DEMO, demo_file
from tests.factories import make_merchant

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(widget_site: str) -> str:
    address = f"http://localhost:{urlsplit(widget_site).port}"
    pictures = {str(path.relative_to(DEMO)): path.read_bytes() for path in DEMO.rglob("*.webp")}
    publish(
        import_product(
            make_merchant(MERCHANT, origins=[address]), demo_file("base_cabinet.yaml"), pictures
        )
    )
    return address


@pytest.mark.parametrize("width", [1200, 320])
def test_the_cart_of_the_demo_shows_name_picture_choices_and_parts(
    page: Page, shop: str, width: int, console: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{shop}/?product=base-cabinet&lang=de")
    page.frame_locator("iframe").locator("#complete").click()
    line = page.locator("#items li")
    expect(line).to_contain_text("Unterschrank")
    kept = Configuration.objects.get()
    expect(line).to_contain_text("Breite")
    expect(line.locator(".price")).to_contain_text("459,00")
    line.locator("img").evaluate("image => image.decode()")
    line.locator("summary").press("Enter")
    expect(line.locator("tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, context="#cart").response["violations"]
    assert [each["id"] for each in found] == []
    line.get_by_role("link", name="Change it").click()
    assert f"cfg={kept.public_id}" in page.url
    expect(page.frame_locator("iframe").locator("#finished")).to_be_visible()
