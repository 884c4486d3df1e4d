"""What screen readers call a value stays the same whatever it costs, and is said once."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Merchant

pytestmark = pytest.mark.browser


def test_a_value_keeps_its_name_while_its_price_changes(
    page: Page, merchant: Merchant, widget_site: str, console: list[str]
) -> None:
    page.goto(f"{widget_site}/embed/kitchens/desk/")
    top = page.get_by_role("radiogroup", name="Top", exact=True)
    glass = top.get_by_role("radio", name="Glass", exact=True)
    expect(glass).to_have_accessible_description(re.compile(r"€\d"))
    page.locator("label[for=o-top--glass]").click()
    expect(glass).to_be_checked()
    expect(glass).to_have_accessible_name("Glass")
    expect(glass).to_have_accessible_description("Included")
    expect(top).to_have_accessible_name("Top")
    page.goto(f"{widget_site}/embed/kitchens/desk/?step=size&top=oak")
    switch = page.get_by_role("switch", name="Engraved", exact=True)
    page.locator("label[for=o-engraved--true]").click()
    expect(switch).to_be_checked()
    expect(page.get_by_role("textbox", name="Engraving", exact=True)).to_have_attribute(
        "aria-required", "true"
    )
    expect(page.get_by_role("textbox", name="Width", exact=True)).to_have_accessible_name("Width")
    expect(page.get_by_role("group", name="Width")).to_have_count(0)
