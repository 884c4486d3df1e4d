"""Nothing covers a control: whoever points at the middle of one meets it, at every size of window."""

from typing import Any

import pytest
from playwright.sync_api import Page

from catalog.models import Merchant
from tests.browser.conftest import Open, living

pytestmark = pytest.mark.browser

SIZES = (
    (320, 640),
    (360, 640),
    (390, 664),
    (430, 900),
    (650, 800),
    (768, 1024),
    (850, 700),
    (900, 700),
    (1024, 768),
    (1200, 800),
    (844, 390),
    (1920, 800),
)

COVERED = """() => [...document.querySelectorAll("button, a[href], input, summary")].filter(control => {
  if (control.type === "hidden") return false;
  if (control.tabIndex < 0 || !control.checkVisibility({ visibilityProperty: true })) return false;
  control.focus();
  control.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = control.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.width && !(control.contains(at) || at?.closest("label")?.control === control
    || (at?.contains(control) && at.matches("label, summary")));
}).map(control => control.id || control.value || control.textContent.trim())"""


# Twice as large, a window of the same pixels has half of them to either side.
@pytest.mark.parametrize("zoom", [1, 2, 4])
def test_nothing_covers_a_control(
    page: Page, cabinets: Merchant, widget_site: str, zoom: int
) -> None:
    covered: dict[str, Any] = {}
    for width, height in SIZES:
        if width // zoom < 320:
            continue
        page.set_viewport_size({"width": width // zoom, "height": height // zoom})
        for product, step in (("desk", "size"), ("base-cabinet", "look")):
            page.goto(f"{widget_site}/embed/kitchens/{product}/?step={step}")
            page.locator("#complete").wait_for()
            covered[f"{product} {width}x{height}"] = page.evaluate(COVERED)
    assert {name: found for name, found in covered.items() if found} == {}


@pytest.mark.parametrize("width", [390, 650, 850])
def test_the_bar_lies_over_the_picture_of_a_narrow_frame(opened: Open, width: int) -> None:
    opened_at = {"width": width, "height": 664}
    page = opened(
        '<p style="height:250px">Shop</p><div id="one" data-configurator="{desk}"></div>{script}'
    )
    page.set_viewport_size(opened_at)
    widget = living(page, "one")
    page.wait_for_timeout(300)
    middle = """control => { const box = control.getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2) === control }"""
    assert widget.locator("#complete").evaluate(middle)
