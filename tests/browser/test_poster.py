"""The picture that the server draws of shapes, and the 3D model that comes in its place."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from catalog.models import Merchant
from catalog.operations import publish
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.browser.test_viewer import MOST_WAITED, WAITED
from tests.browser.test_viewer import drawing as drawing
from tests.browser.waiting import until
from tests.configurator.geometry.shelves import shelf
from tests.drawing import needs_drawing

pytestmark = [pytest.mark.browser, needs_drawing]

CHOSEN = "?width=900&boards=3&wood=oak"
# A shadow is less dense than this.
SOLID = 0.9
CANVAS = """async () => {
  const viewer = document.querySelector('model-viewer');
  const content = await (await viewer.toBlob()).arrayBuffer();
  return [...new Uint8Array(content)];
}"""


@pytest.fixture
def address(merchant: Merchant, widget_site: str) -> str:
    publish(import_product(merchant, ProductFile(shelf(), ())))
    return f"{widget_site}/embed/{merchant.slug}/shelf/{CHOSEN}"


def drawn(page: Page, address: str) -> bytes:
    """Return the picture that the page at `address` names, once it is drawn."""
    found = re.search(r'id="picture" src="([^"]+)"', page.request.get(address).text())
    assert found is not None
    for _ in range(60):
        answer = page.request.get(f"{address.partition('/embed/')[0]}{found[1]}")
        if answer.status == 200:
            return answer.body()
        page.wait_for_timeout(500)
    raise AssertionError(answer.status)


def test_without_scripts_the_shapes_are_seen(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    drawn(page, address)
    page.goto(address)
    assert page.locator(".picture").evaluate("picture => picture.naturalHeight") == 900
    page.context.close()


def test_the_model_comes_where_the_picture_was(drawing: Page, address: str) -> None:
    """The more of what either covers is covered by both, the less is seen of the change."""
    content = drawn(drawing, address)
    drawing.goto(address)
    until(drawing, WAITED, timeout=MOST_WAITED)
    model = covered(bytes(drawing.evaluate(CANVAS)))
    height, width = model.shape
    with Image.open(BytesIO(content)) as image:
        scale = min(width / image.width, height / image.height)
        shown = image.convert("RGBA").resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX
        )
    laid = Image.new("RGBA", (width, height))
    laid.paste(shown, ((width - shown.width) // 2, (height - shown.height) // 2))
    picture = np.asarray(laid)[..., 3] > SOLID * 255
    assert (picture & model).sum() / (picture | model).sum() > 0.97


def covered(content: bytes) -> np.ndarray:
    """Return which pixels of a picture are covered by more than a shadow."""
    with Image.open(BytesIO(content)) as image:
        return np.asarray(image.convert("RGBA"))[..., 3] > SOLID * 255
