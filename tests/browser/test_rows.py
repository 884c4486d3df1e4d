"""Rows of typed values in a real browser: what was typed stays with its row, and so does what the
eye and hand hold.
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from catalog.models import Merchant
from catalog.operations import publish
from pricing.operations import import_product
from pricing.product_file import read_product_file
from tests.cases.reading import CASES, needs_cases

pytestmark = [pytest.mark.browser, needs_cases]

DOORS = "124-doors-with-plates.yaml"
SLIP = "125-a-typed-slip-in-another-row.md"


@pytest.fixture
def address(merchant: Merchant, widget_site: str) -> str:
    publish(import_product(merchant, read_product_file((CASES / DOORS).read_text(), DOORS)))
    query = "doors=3&doors.1.name=A&doors.2.name=B&doors.3.name=C&step=s"
    assert f"/doors/?{query}" in (CASES / SLIP).read_text()
    return f"{widget_site}/embed/kitchens/doors/?{query}"


@pytest.fixture
def doors(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def names(page: Page) -> list[str]:
    return [
        each.input_value() for each in page.get_by_role("textbox", name="Name on the door").all()
    ]


def settled(page: Page, state: str) -> None:
    expect(page.locator("input[name=state]")).to_have_value(state)


def test_a_typed_slip_stays_in_its_row_while_another_goes(doors: Page, console: list[str]) -> None:
    size = doors.locator("[id='o-doors.3.plates.1.size--']")
    size.fill("7")
    size.blur()
    expect(size).to_have_attribute("aria-invalid", "true")
    doors.get_by_role("button", name="Remove Door 1").click()
    settled(doors, "doors=2&doors.1.name=B&doors.2.name=C")
    moved = doors.locator("[id='o-doors.2.plates.1.size--']")
    expect(moved).to_have_value("7")
    expect(moved).to_have_attribute("aria-invalid", "true")
    assert names(doors) == ["B", "C"]


def test_a_copy_comes_after_its_original_with_all_that_was_typed(
    doors: Page, console: list[str]
) -> None:
    words = doors.get_by_role("textbox", name="Words – Plate 1 of Door 1")
    words.fill("a1")
    doors.get_by_role("button", name="Copy Door 1").click()
    expect(doors.get_by_role("textbox", name="Words – Plate 1 of Door 2")).to_have_value("a1")
    assert names(doors) == ["A", "A", "B", "C"]


def test_rows_move_by_keyboard_and_keep_focus_and_folding(doors: Page, console: list[str]) -> None:
    doors.locator("[id='row-doors.2']").click()
    expect(doors.locator("[id='i-doors.2']")).not_to_have_attribute("open", "")
    doors.get_by_role("button", name="Move Door 3 up").focus()
    doors.keyboard.press("Enter")
    settled(doors, "doors=3&doors.1.name=A&doors.2.name=C&doors.3.name=B")
    expect(doors.locator("[id='i-doors.3']")).not_to_have_attribute("open", "")
    expect(doors.locator("[id='i-doors.2']")).to_have_attribute("open", "")
    expect(doors.get_by_role("button", name="Move Door 2 up")).to_be_focused()
    expect(doors.locator("#said")).to_contain_text("Door 3 is now Door 2.")
    doors.locator("[id='row-doors.2']").focus()
    doors.keyboard.press("Alt+ArrowUp")
    settled(doors, "doors=3&doors.1.name=C&doors.2.name=A&doors.3.name=B")
    expect(doors.locator("[id='row-doors.1']")).to_be_focused()
    doors.keyboard.press("Alt+ArrowUp")
    doors.keyboard.press("Alt+ArrowDown")
    settled(doors, "doors=3&doors.1.name=A&doors.2.name=C&doors.3.name=B")


def test_what_is_being_typed_while_a_row_goes_stays_in_its_row(
    doors: Page, console: list[str]
) -> None:
    field = doors.get_by_role("textbox", name="Name on the door – Door 3")
    doors.route(
        "**/embed/kitchens/doors/", lambda route: (doors.wait_for_timeout(400), route.continue_())
    )
    doors.get_by_role("button", name="Remove Door 1").click()
    field.focus()
    doors.keyboard.press("End")
    doors.keyboard.type("hair", delay=10)
    settled(doors, "doors=2&doors.1.name=B&doors.2.name=Chair")


@pytest.mark.parametrize(
    ("removed", "focused"),
    [
        ("Remove Plate 1 of Door 1", "add-doors.1.plates"),
        ("Remove Door 2", "row-doors.2"),
        ("Remove Door 3", "row-doors.2"),
    ],
)
def test_the_focus_goes_somewhere_safe_after_a_removal(
    doors: Page, removed: str, focused: str, console: list[str]
) -> None:
    doors.get_by_role("button", name=removed).focus()
    doors.keyboard.press("Enter")
    expect(doors.locator(f"[id='{focused}']")).to_be_focused()
    expect(doors.locator("#said")).to_contain_text(
        f"{removed.removeprefix('Remove ')} was removed."
    )
    expect(doors.locator(f"[id='{focused}']")).to_be_in_viewport()


def test_the_names_of_controls_are_whole_and_stay_the_same(doors: Page, console: list[str]) -> None:
    buttons = doors.locator(".instances button")
    told = [each.get_attribute("aria-label") or each.inner_text() for each in buttons.all()]
    assert len(told) == len(set(told))
    box = doors.get_by_role("textbox", name="Size – Plate 1 of Door 2", exact=True)
    box.fill("30")
    box.blur()
    settled(doors, "doors=3&doors.1.name=A&doors.2.name=B&doors.2.plates.1.size=30&doors.3.name=C")
    expect(box).to_have_value("30")


@pytest.mark.parametrize("width", [1200, 768, 390, 320])
def test_rows_fit_and_axe_finds_nothing(doors: Page, width: int, console: list[str]) -> None:
    doors.set_viewport_size({"width": width, "height": 844})
    assert doors.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(doors).response["violations"]
    assert [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in found
    ] == []


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_rows_move_without_scripts(without_scripts: Page, address: str) -> None:
    page = without_scripts
    page.goto(address)
    page.locator("[id='o-doors.3.plates.1.size--']").fill("7")
    page.get_by_role("button", name="Move Door 3 up").click()
    assert names(page) == ["A", "C", "B"]
    expect(page.locator("[id='o-doors.2.plates.1.size--']")).to_have_value("7")
    page.get_by_role("button", name="Remove Door 1").click()
    expect(page.locator("[id='o-doors.1.plates.1.size--']")).to_have_value("7")
