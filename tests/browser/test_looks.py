"""How the widget looks and what it tells, in a real browser."""

from datetime import time

from playwright.sync_api import Browser

from catalog.models import Merchant
from pricing.models import WorkCalendar


def test_a_deadline_is_told_in_the_time_zone_of_who_reads_it(
    browser: Browser, widget_site: str, merchant: Merchant
) -> None:
    WorkCalendar.objects.create(merchant=merchant, time_zone="Africa/Lagos", order_until=time(12))
    context = browser.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{widget_site}/embed/kitchens/desk/?lang=de&step=-summary")
    told = page.locator(".summary .lead time")
    assert "20:00" in told.inner_text()
    assert told.inner_text().endswith("GMT+9")
    page.locator("#quantity").fill("2")
    page.locator("#quantity").blur()
    page.wait_for_selector(".pieces")
    assert "20:00" in told.inner_text()
    context.close()
