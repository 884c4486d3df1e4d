"""The unit of lengths in a real browser: switched with one press, kept by what follows, at every
width.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.models import Merchant
from catalog.operations import publish
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import RETAIL
from tests.browser.test_covering import COVERED
from tests.examples.desk import desk

pytestmark = pytest.mark.browser

CUT = """() => [...document.querySelectorAll("input[type=text]")]
  .filter(input => input.scrollWidth > input.clientWidth).map(input => input.value)"""


@pytest.fixture
def inches(page: Page, merchant: Merchant, widget_site: str) -> Page:
    """The measures of the desk, of which all lengths are shown in inches after a press."""
    publish(
        import_product(
            merchant, ProductFile(desk(product="rule", units=["mm", "cm", "m", "in"]), (RETAIL,))
        )
    )
    page.goto(f"{widget_site}/embed/{merchant.slug}/rule/?step=size&width=1500")
    page.get_by_role("button", name="in", exact=True).click()
    expect(page.locator("#o-width--")).to_have_value("≈ 59 1/16")
    return page


def test_the_slider_moves_in_the_numbers_own_steps(inches: Page, console: list[str]) -> None:
    expect(inches.get_by_role("button", name="in", exact=True)).to_be_focused()
    slider = inches.locator("#o-width-range")
    slider.focus()
    inches.keyboard.press("ArrowRight")
    expect(inches.locator("#o-width--")).to_have_value("≈ 59 7/16")
    expect(inches.locator("input[name=state]")).to_have_value("width=1510")
    expect(slider).to_have_attribute("aria-valuetext", "≈ 59 7/16 in")


def test_what_is_typed_does_not_move_a_slider_that_counts_otherwise(
    inches: Page, console: list[str]
) -> None:
    inches.locator("#o-width--").fill("55 1/8")
    expect(inches.locator("#o-width-range")).to_have_value("1500")
    inches.keyboard.press("Tab")
    expect(inches.locator("#o-width--")).to_have_value("≈ 55 1/8")
    expect(inches.locator("#o-width-range")).to_have_value("1400")
    inches.reload()
    expect(inches.locator("#o-width--")).to_have_value("≈ 55 1/8")


@pytest.mark.parametrize("width", [1200, 430, 320])
def test_the_switch_fits_and_speaks_at_every_width(
    inches: Page, width: int, console: list[str]
) -> None:
    inches.set_viewport_size({"width": width, "height": 844})
    assert inches.evaluate("document.documentElement.scrollWidth") <= width
    assert inches.evaluate(CUT) == []
    assert inches.evaluate(COVERED) == []
    results = Axe().run(inches).response["violations"]
    assert [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in results
    ] == []
