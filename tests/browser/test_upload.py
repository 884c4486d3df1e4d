"""A shopper uploads a picture in the widget, in a frame of another site and without scripts."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from catalog.models import Merchant
from catalog.operations import publish
from pricing.operations import import_product
from tests.browser.conftest import DEMO, Shop, demo_file
from tests.browser.test_looks import violations
from tests.factories import picture

pytestmark = pytest.mark.browser

PHOTOS = os.environ.get("PHOTOS")


@pytest.fixture
def signs(merchant: Merchant) -> Merchant:
    files = {
        str(path.relative_to(DEMO)): path.read_bytes() for path in (DEMO / "sign").rglob("*.webp")
    }
    publish(import_product(merchant, demo_file("sign.yaml"), files))
    return merchant


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.png"
    path.write_bytes(picture(60, 120, "#b3261e"))
    return path


def photo(page: Page, name: str) -> None:
    if PHOTOS:
        page.screenshot(path=f"{PHOTOS}/{name}.png", full_page=True)


def test_what_is_uploaded_is_seen_warned_of_and_taken_away(
    visit: Callable[..., Shop], signs: Merchant, logo: Path, console: list[str]
) -> None:
    shop = visit("door_sign")
    option = shop.widget.locator("#o-emblem")
    before = shop.widget.locator(".stage img").first.get_attribute("src")
    option.locator("input[type=file]").set_input_files(logo)
    option.get_by_text("60 × 120").wait_for()
    assert "may look blurred" in option.inner_text()
    assert shop.widget.locator(".stage img").first.get_attribute("src") != before
    assert option.locator("input[type=file]").evaluate("each => each === document.activeElement")
    for width in (1200, 390):
        shop.page.set_viewport_size({"width": width, "height": 900})
        shop.page.wait_for_timeout(900)
        photo(shop.page, f"upload-{width}")
    option.get_by_role("button", name="Remove").click()
    option.get_by_text("optional").wait_for()
    assert not shop.page.context.cookies()
    chosen = next(
        each["choices"]["emblem"] for each in shop.events("changed") if "emblem" in each["choices"]
    )
    shop.page.goto(f"{shop.address}?emblem={chosen}")
    shop.page.locator("#o-emblem").get_by_text("60 × 120").wait_for()
    assert violations(shop.page) == []


def test_a_file_that_is_no_picture_is_told_where_it_was_chosen(
    visit: Callable[..., Shop], signs: Merchant, tmp_path: Path
) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(b"GIF89a")
    shop = visit("door_sign")
    option = shop.widget.locator("#o-emblem")
    option.locator("input[type=file]").set_input_files(path)
    option.get_by_role("alert").wait_for()
    assert "not a PNG, JPEG or WebP" in option.inner_text()
    photo(shop.page, "upload-refused")


def test_without_scripts_a_button_uploads(
    browser: Browser, widget_site: str, signs: Merchant, logo: Path
) -> None:
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/door_sign/?name=Ada")
        page.locator("#o-emblem input[type=file]").set_input_files(logo)
        page.get_by_role("button", name="Upload").click()
        page.locator("#o-emblem .picked").first.wait_for()
        assert "60 × 120" in page.locator("#o-emblem").inner_text()
        assert page.locator("#o-name--").input_value() == "Ada"
        photo(page, "upload-plain")
