"""A link to a draft in a page of the shop: the widget as shoppers will have it, and nothing to
order.
"""

import pytest
from playwright.sync_api import Page, expect

from catalog import operations
from catalog.models import Merchant
from catalog.renaming import Name
from configurator.draft_links import make_draft_link
from tests.browser.conftest import Open, living
from tests.browser.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_a_draft_is_configured_in_the_shop_and_not_ordered(
    opened: Open, merchant: Merchant, widget_site: str, console: list[str]
) -> None:
    product = merchant.products.get(key="desk")
    operations.rename(product, {Name("option", "top"): "worktop"})
    link = make_draft_link(product)
    page: Page = opened(
        f'<div id="draft" data-configurator="{widget_site}{link.path}"></div>{{script}}'
    )
    widget = living(page, "draft")
    expect(widget.locator(".draft-banner")).to_contain_text(f"Draft {link.digest}")
    widget.locator("label", has_text="Glass").first.click()
    until(page, "heard.some(each => each.worktop === 'glass')")
    assert widget.locator("[name=complete]").count() == 0
    assert console == []
