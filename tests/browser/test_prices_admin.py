"""A product manager at the prices in the administration, in a real browser, on a wide and a narrow
screen.
"""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page

from catalog.models import Merchant, Product, Role
from configurator.keeping import save
from configurator.offers import published
from pricing.models import OverrideLimits, PriceList
from tests.browser.waiting import until
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.fixture
def desk(merchant: Merchant) -> Product:
    PriceList.objects.create(
        merchant=merchant, key="retail", name="Retail", currency="EUR", is_default=True
    )
    return merchant.products.get(key="desk")


@pytest.fixture(params=[1200, 390])
def office(
    page: Page, merchant: Merchant, widget_site: str, console: list[str], request: Any
) -> Page:
    make_user("maria", merchant, Role.PRODUCT_MANAGER)
    page.set_viewport_size({"width": request.param, "height": 900})
    page.goto(f"{widget_site}/admin/login/?next=/admin/")
    page.fill("#id_username", "maria")
    page.fill("#id_password", "correct horse battery")
    page.click("input[type=submit]")
    return page


def no_wider_than_the_screen(page: Page) -> bool:
    """Tell whether nothing of the page lies beside the screen, and every input within its card."""
    # A click that leads to another page is done when that begins to come.
    until(page, "document.readyState === 'complete' && document.querySelector('#footer')")
    return bool(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= window.innerWidth
            && [...document.querySelectorAll("#content :is(input, select, textarea, button)")].every(
              each => each.getBoundingClientRect().right <= window.innerWidth)"""
        )
    )


def test_the_bench_tells_what_something_will_cost_and_why(
    office: Page, desk: Product, widget_site: str
) -> None:
    rows = "price_list\tproduct\tline\tvalue\tamount\tvalid_from\nretail\tdesk\tbase\t\t319\t2027-01-01T00:00:00+00:00"
    retail = PriceList.objects.get(key="retail")
    office.goto(f"{widget_site}/admin/pricing/pricelist/{retail.pk}/amounts/")
    office.fill("textarea", rows)
    office.click("text=Bring in >> visible=true")
    assert "1 price changes, median +10%, 0 stay." in office.inner_text("#content")
    assert no_wider_than_the_screen(office)
    office.fill("textarea", rows)
    office.uncheck("#id_dry_run")
    office.click("text=Bring in >> visible=true")

    office.goto(f"{widget_site}/admin/catalog/product/{desk.pk}/change/")
    office.click("text=What does it cost?")
    office.fill("#id_at", "2027-01-01")
    office.select_option("[name='o.top']", "oak")
    office.click("text=Tell the price")
    told = office.inner_text("#answer")
    assert "319.00" in told
    assert "an amount kept in this list" in told
    assert "on that day +" in told
    assert office.input_value("[name='o.top']") == "oak"
    assert no_wider_than_the_screen(office)
    office.fill("#id_at", "2026-12-31")
    office.click("text=Tell the price")
    assert "290.00" in office.inner_text("#answer")


def test_every_input_of_a_price_list_lies_within_its_card(
    office: Page, desk: Product, widget_site: str
) -> None:
    office.goto(f"{widget_site}/admin/pricing/pricelist/{PriceList.objects.get().pk}/change/")
    outside = office.evaluate(
        """() => [...document.querySelectorAll(".module :is(input, select, textarea, .help)")]
        .filter(each => each.getBoundingClientRect().right > each.closest(".module").getBoundingClientRect().right)
        .map(each => each.id)"""
    )
    assert outside == []


def test_a_vendors_file_is_mapped_and_brought_in(
    office: Page, desk: Product, widget_site: str
) -> None:
    office.goto(f"{widget_site}/admin/pricing/pricelist/{PriceList.objects.get().pk}/amounts/")
    office.fill("#id_cells", "Prices 2027\n\nArticle\tNet\nTP-O\t81,50\nTP-X\t99,00\n")
    office.click("text=Bring in >> visible=true")
    office.fill("[name=item-1]", "top/laminate")
    office.click("button[value=look]:visible >> text=Look again")
    office.locator(".outcome", has_text="2 prices change").wait_for()
    assert no_wider_than_the_screen(office)
    office.click("button[value=take]")
    assert "remembered for files with this header" in office.inner_text(".messagelist")


def test_a_price_by_hand_is_set_within_the_limits_and_kept(
    office: Page, desk: Product, widget_site: str, console: list[str]
) -> None:
    OverrideLimits.objects.create(merchant=desk.merchant, greatest_discount=Decimal(15))
    row = save(published(desk.merchant.slug, "desk"), {}, quantity=2)
    listed = row.total
    office.goto(f"{widget_site}/admin/configurator/configuration/{row.pk}/change/")
    office.click("text=Price by hand")
    assert no_wider_than_the_screen(office)
    assert not office.is_visible("#id_beyond_limits")
    office.fill("#id_percent", "20")
    office.fill("#id_reason", "A loyal customer.")
    office.click("button[value=set]")
    assert "at most 15%" in office.inner_text(".errornote")
    # The browser writes the refusal's status into its console.
    assert all("422" in each for each in console)
    console.clear()
    office.fill("#id_percent", "10")
    office.click("button[value=set]")
    told = office.inner_text("#content")
    assert "A loyal customer." in told
    assert "discount of 10 %, set by hand" in told
    assert no_wider_than_the_screen(office)
    office.click("text=Price by hand")
    office.click("button[value=complete]")
    row.refresh_from_db()
    assert (row.is_completed, row.total) == (True, listed * 9 / 10)
