"""The shapes of a draft, modelled before one's eyes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserType, Page, expect

from catalog import drafts
from catalog.models import Merchant
from tests.browser.test_looks import violations
from tests.browser.waiting import until
from tests.configurator.geometry.shelves import shelf
from tests.drawing import needs_drawing
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.database]

HEIGHT = "() => document.querySelector('model-viewer').getDimensions().y"
LOOK = """name => {
  const { materials } = document.querySelector('model-viewer').model;
  const found = materials.find(each => each.name === name);
  return [found.getAlphaMode(), found.pbrMetallicRoughness.baseColorFactor[3]];
}"""


@pytest.fixture
def drawing(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Page]:
    """A page of a browser that draws in 3D; a test fails when any of it complains."""
    plain = [each for each in browser_type_launch_args["args"] if each != "--disable-3d-apis"]
    arguments = {**browser_type_launch_args, "args": [*plain, "--enable-unsafe-swiftshader"]}
    browser = browser_type.launch(**arguments)
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    browser.close()
    assert complaints == []


def opened(page: Page, client: Client, merchant: Merchant, site: str) -> str:
    """Open the preview of a shelf as an editor, and return its address."""
    product = drafts.write(merchant, shelf())
    client.force_login(make_user("maria", merchant))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}]
    )
    address = reverse("admin:configurator_configuration_shape_preview", args=[product.pk])
    page.goto(f"{site}{address}?o.width=900&o.boards=2&o.wood=oak")
    return address


def test_a_part_and_its_row_are_found_by_each_other_and_a_saved_row_shows_at_once(
    drawing: Page, client: Client, merchant: Merchant, widget_site: str
) -> None:
    page = drawing
    opened(page, client, merchant, widget_site)
    until(page, "() => !!document.querySelector('.preview-stage.modelled')", timeout=60_000)
    assert violations(page) == []
    page.evaluate("document.documentElement.dataset.kept = 'yes'")

    page.locator("[data-shape=shelf] .shape-pick").click()
    expect(page.locator("#preview-picked")).to_have_text("Shelf")
    until(page, f"() => ({LOOK})('side')[0] === 'BLEND'")
    assert page.evaluate(LOOK, "shelf") == ["OPAQUE", 1]
    page.keyboard.press("Escape")
    until(page, f"() => ({LOOK})('side')[0] === 'OPAQUE'")

    # The right side is in front, to the right of the middle.
    stage = page.locator("model-viewer").bounding_box()
    assert stage is not None
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    for across in range(0, 200, 12):
        page.mouse.click(middle[0] + across, middle[1])
        if page.locator("#preview-picked").text_content() == "Side":
            break
    expect(page.locator("[data-shape=side].picked")).to_have_count(1)

    page.locator("[data-shape=side] .shape-do a").click()
    length, button = (page.locator(f".shape-editor {each}") for each in ("[name=length]", "button"))
    length.fill("1500 mm")
    assert violations(page) == []
    # A button that moves as it takes the focus is not pressed by who pressed it.
    place = button.first.bounding_box()
    button.first.evaluate("each => each.focus({ preventScroll: true })")
    assert button.first.bounding_box() == place
    button.first.click()
    expect(page.locator("[data-shape=side] .shape-now")).to_contain_text("1500 × 300 × 20")
    until(page, f"() => Math.abs(({HEIGHT})() - 1.5) < 0.001")
    assert page.evaluate("document.documentElement.dataset.kept") == "yes"


@needs_drawing
def test_without_webgl_the_picture_follows_the_choices_and_what_is_picked(
    page: Page, client: Client, merchant: Merchant, widget_site: str
) -> None:
    opened(page, client, merchant, widget_site)
    picture = page.locator("#preview-picture")
    drawn = "() => document.getElementById('preview-picture').naturalWidth > 100"
    until(page, drawn, timeout=60_000)
    page.locator("[data-shape=shelf] .shape-pick").click()
    expect(picture).to_have_attribute("src", re.compile(r"shape=shelf"))
    until(page, drawn, timeout=60_000)
    width = page.locator("[name='o.width']")
    width.fill("600")
    width.press("Tab")
    expect(picture).to_have_attribute("src", re.compile(r"o.width=600"))
    expect(page.locator(".preview-facts")).to_contain_text("600 × 2000 × 300")
