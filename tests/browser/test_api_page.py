"""The page of the API in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1200, 390, 320])
def test_it_reads_well_at_every_width_and_complains_of_nothing(widget_site, page, console, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{widget_site}/api/docs/#evaluateProduct")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#evaluateProduct h3").inner_text() == "Evaluate choices"
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
