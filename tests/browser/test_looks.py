"""How the widget looks and what it tells, in a real browser."""

from contextlib import closing
from datetime import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from catalog.models import Merchant
from configurator.embed.framing import forget_frames
from pricing.models import WorkCalendar


def violations(page: Page) -> list[Any]:
    results = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"]][:3], page.url) for each in results]


def test_a_deadline_is_told_in_the_time_zone_of_who_reads_it(
    browser: Browser, widget_site: str, merchant: Merchant
) -> None:
    WorkCalendar.objects.create(merchant=merchant, time_zone="Africa/Lagos", order_until=time(12))
    with closing(browser.new_context(timezone_id="Asia/Tokyo")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/desk/?lang=de&step=-summary")
        told = page.locator(".summary .lead time")
        assert "20:00" in told.inner_text()
        assert told.inner_text().endswith("GMT+9")
        page.locator("#quantity").fill("2")
        page.locator("#quantity").blur()
        page.wait_for_selector(".pieces")
        assert "20:00" in told.inner_text()


@pytest.mark.parametrize(
    ("scheme", "accent"), [("dark", ""), ("dark", "#111111"), ("light", "#ffcc00")], ids=["ours", "black", "yellow"]
)
def test_everything_can_be_read_in_both_schemes_and_in_a_shops_own_colour(
    browser: Browser, widget_site: str, cabinets: Merchant, scheme: Any, accent: str
) -> None:
    Merchant.objects.filter(pk=cabinets.pk).update(accent=accent)
    forget_frames()
    with closing(browser.new_context(color_scheme=scheme)) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look")
        page.locator("#o-box--maple").check(force=True)
        page.wait_for_selector("#conflict")
        found = violations(page)
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?step=-summary")
        found += violations(page)
        assert found == []


def test_the_page_is_dark_where_the_system_is_and_its_picture_stands_on_light(
    browser: Browser, widget_site: str, cabinets: Merchant
) -> None:
    with closing(browser.new_context(color_scheme="dark")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/")
        ground = "element => getComputedStyle(element).backgroundImage"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 27, 31)"
        assert "rgb(238, 240, 242)" in page.locator("#viewer").evaluate(ground)


def test_with_colours_of_the_system_what_is_chosen_is_still_told_apart(
    browser: Browser, widget_site: str, cabinets: Merchant
) -> None:
    with closing(browser.new_context(forced_colors="active")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look")
        outline = "element => getComputedStyle(element).outlineStyle"
        cards = page.locator("#o-series .value")
        styles = [cards.nth(place).evaluate(outline) for place in range(cards.count())]
        assert styles.count("solid") == 1
        border = "element => getComputedStyle(element).borderTopStyle"
        assert page.locator(".value.blocked").first.evaluate(border) == "dashed"
