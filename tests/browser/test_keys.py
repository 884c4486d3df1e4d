"""Keys that are proposed while somebody writes a label, in a real browser."""

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

ROWS = "".join(
    f'<input name="values-{row}-label"><input name="values-{row}-key">'
    for row in ("0", "1", "2", "__prefix__")
)


@pytest.fixture
def rows(page: Page) -> Page:
    page.set_content(ROWS)
    page.add_script_tag(path=finders.find("catalog/keys.js"))
    return page


def proposed(rows: Page, *labels: str) -> list[str]:
    for row, label in enumerate(labels):
        rows.locator(f"[name=values-{row}-label]").press_sequentially(label)
    return [rows.locator(f"[name=values-{row}-key]").input_value() for row in range(len(labels))]


def test_figures_at_the_beginning_tell_keys_apart(rows: Page) -> None:
    assert proposed(rows, "2 seats", "3 seats", "1.5 m") == ["seats_2", "seats_3", "m_1_5"]


def test_a_key_of_figures_alone_begins_with_a_letter(rows: Page) -> None:
    assert proposed(rows, "90", "120") == ["n90", "n120"]


def test_rows_of_one_option_get_keys_of_their_own(rows: Page) -> None:
    assert proposed(rows, "Oak!", "Oak?", "Öäk") == ["oak", "oak_2", "oak_3"]


def test_a_rule_has_its_key_from_its_message(page: Page) -> None:
    page.set_content('<input name="message"><input name="key">')
    page.add_script_tag(path=finders.find("catalog/keys.js"))
    page.locator("[name=message]").press_sequentially("Larch is 2 m at most.")
    assert page.locator("[name=key]").input_value() == "larch_is_2_m_at_most"


def test_a_key_that_was_written_by_hand_stays(rows: Page) -> None:
    rows.fill("[name=values-0-key]", "mine")
    assert proposed(rows, "Yours") == ["mine"]
