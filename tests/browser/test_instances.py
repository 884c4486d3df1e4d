"""The instances of a product of modules in a real browser: more and fewer, by keyboard, on a narrow
screen.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.models import Merchant
from catalog.operations import publish
from configurator_site.demo.loading import demo_file
from pricing.operations import import_product

pytestmark = pytest.mark.browser


@pytest.fixture
def wall(page: Page, merchant: Merchant, widget_site: str) -> Page:
    publish(import_product(merchant, *demo_file("shelving_wall")))
    page.goto(f"{widget_site}/embed/kitchens/shelving-wall/?step=modules")
    return page


def test_a_keyboard_adds_copies_and_removes_modules(wall: Page, console: list[str]) -> None:
    wall.get_by_role("button", name="Add Module").focus()
    wall.keyboard.press("Enter")
    expect(wall.locator("[id='o-modules.4.width--']")).to_be_focused()
    wall.get_by_role("button", name="Copy Module 1").focus()
    wall.keyboard.press("Enter")
    expect(wall.locator("[id='i-modules.5']")).to_have_attribute("open", "")
    expect(wall.get_by_role("button", name="Add Module")).to_have_count(0)
    wall.get_by_role("button", name="Remove Module 2").focus()
    wall.keyboard.press("Enter")
    expect(wall.locator("[id='i-modules.5']")).to_have_count(0)


def test_a_folded_module_stays_folded_while_others_change(wall: Page, console: list[str]) -> None:
    wall.locator("[id='i-modules.1'] > summary").click()
    wall.locator("label[for='o-modules.2.front--glass']").click()
    expect(wall.locator("[id='i-modules.2'] > summary")).to_contain_text("Glass doors")
    expect(wall.locator("[id='i-modules.1']")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("width", [1200, 390])
def test_axe_finds_nothing_to_complain_about_in_modules(
    wall: Page, width: int, console: list[str]
) -> None:
    wall.set_viewport_size({"width": width, "height": 844})
    wall.locator("[id='i-modules.1'] > summary").click()
    results = Axe().run(wall).response["violations"]
    assert [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in results
    ] == []


def test_modules_are_no_wider_than_a_narrow_telephone(
    wall: Page, widget_site: str, console: list[str]
) -> None:
    wall.set_viewport_size({"width": 320, "height": 640})
    widths = []
    for language in ("en", "de", "fr"):
        wall.goto(
            f"{widget_site}/embed/kitchens/shelving-wall/?step=modules&lang={language}&modules=5"
        )
        widths.append(wall.evaluate("document.documentElement.scrollWidth"))
    assert set(widths) == {320}
