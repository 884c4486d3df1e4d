"""How the widget looks and what it tells, in a real browser."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from catalog.memory import forget_all
from catalog.models import Merchant
from pricing.models import WorkCalendar
from tests.browser.conftest import Open, ShopSite

pytestmark = pytest.mark.browser


def violations(page: Page) -> list[Any]:
    results = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3], page.url)
        for each in results
    ]


def test_a_deadline_is_told_in_the_time_zone_of_who_reads_it(
    browser: Browser, widget_site: str, merchant: Merchant
) -> None:
    WorkCalendar.objects.create(merchant=merchant, time_zone="Africa/Lagos", order_until=time(12))
    with closing(browser.new_context(timezone_id="Asia/Tokyo")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/desk/?lang=de&step=-summary")
        told = page.locator(".summary .lead time")
        assert "20:00" in told.inner_text()
        assert told.inner_text().endswith("GMT+9")
        page.locator("#quantity").fill("2")
        page.locator("#quantity").blur()
        page.wait_for_selector(".pieces")
        assert "20:00" in told.inner_text()


@pytest.mark.parametrize(
    ("scheme", "accent"),
    [("dark", ""), ("dark", "#111111"), ("light", "#ffcc00")],
    ids=["ours", "black", "yellow"],
)
def test_everything_can_be_read_in_both_schemes_and_in_a_shops_own_colour(
    browser: Browser, widget_site: str, cabinets: Merchant, scheme: Any, accent: str
) -> None:
    Merchant.objects.filter(pk=cabinets.pk).update(accent=accent)
    forget_all()
    with closing(browser.new_context(color_scheme=scheme)) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look")
        page.locator("label[for=o-box--maple]").click()
        page.wait_for_selector("#conflict")
        found = violations(page)
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?step=-summary")
        found += violations(page)
        assert found == []


def test_the_page_is_dark_where_the_system_is_and_its_picture_stands_on_light(
    browser: Browser, widget_site: str, cabinets: Merchant
) -> None:
    with closing(browser.new_context(color_scheme="dark")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/")
        ground = "element => getComputedStyle(element).backgroundImage"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 27, 31)"
        assert "rgb(238, 240, 242)" in page.locator("#viewer").evaluate(ground)


GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(23, 27, 31)"


def ground_of(page: Page) -> str:
    """Wait until the widget in a shop's page is there, and return the colour of its ground."""
    page.frame_locator("iframe").locator("#bar").wait_for()
    return str(page.frames[1].evaluate(GROUND))


@pytest.fixture
def by_night(
    browser: Browser, shop_site: ShopSite, widget_site: str, merchant: Merchant
) -> Iterator[Callable[..., Page]]:
    """Open a shop page with this head and body on a dark system; {desk} and {script} as in
    `opened`.
    """
    with closing(browser.new_context(color_scheme="dark")) as context:

        def open_(head: str, body: str) -> Page:
            body = body.replace("{desk}", f"{widget_site}/embed/kitchens/desk/")
            body = body.replace(
                "{script}", f'<script src="{widget_site}/static/embed.js"></script>'
            )
            shop_site.pages["/"] = (
                f"<!doctype html><html><head><title>Shop</title>{head}</head><body>{body}</body></html>"
            )
            page = context.new_page()
            page.goto(shop_site.url)
            return page

        yield open_


SNIPPET = '<div data-configurator="{desk}"></div>{script}'


@pytest.mark.parametrize(
    ("head", "body", "ground"),
    [
        ("", SNIPPET, LIGHT),
        ("<style>:root { color-scheme: only light }</style>", SNIPPET, LIGHT),
        ("<style>:root { color-scheme: light dark }</style>", SNIPPET, DARK),
        ("<style>:root { color-scheme: dark }</style>", SNIPPET, DARK),
        ('<meta name="color-scheme" content="light dark">', SNIPPET, DARK),
        ("", f'<section style="color-scheme: dark">{SNIPPET}</section>', DARK),
        ("", SNIPPET.replace("<div", '<div data-scheme="dark"'), DARK),
        ("", SNIPPET.replace("<div", '<div data-scheme="auto"'), DARK),
        ("", SNIPPET.replace("{desk}", "{desk}?color-scheme=dark"), DARK),
        (
            "<style>:root { color-scheme: dark }</style>",
            SNIPPET.replace("<div", '<div data-scheme="light"'),
            LIGHT,
        ),
        (
            "<style>:root { color-scheme: dark }</style>",
            SNIPPET.replace("<div", '<div data-scheme="blue"'),
            DARK,
        ),
        ("", '<iframe src="{desk}"></iframe>', DARK),
        ("", '<iframe src="{desk}?color-scheme=light"></iframe>', LIGHT),
    ],
)
def test_on_a_dark_system_the_widget_follows_the_page_of_the_shop(
    by_night: Callable[..., Page], head: str, body: str, ground: str
) -> None:
    assert ground_of(by_night(head, body)) == ground


def test_on_a_light_system_a_dark_shop_has_a_dark_widget_whose_paper_is_light(opened: Open) -> None:
    page = opened(f"<style>:root {{ color-scheme: dark }}</style>{SNIPPET}")
    assert ground_of(page) == DARK
    page.emulate_media(media="print")
    assert page.frames[1].evaluate(GROUND) == LIGHT


def test_the_first_paint_has_the_colours_of_the_shop(by_night: Callable[..., Page]) -> None:
    page = by_night("", SNIPPET)
    assert ground_of(page) == LIGHT
    assert "color-scheme=light" in page.frames[1].url
    assert (
        page.frames[1].evaluate("document.querySelector('meta[name=color-scheme]').content")
        == "light"
    )


def test_a_frame_that_was_pasted_takes_the_colours_of_the_shop_from_the_loader(
    by_night: Callable[..., Page],
) -> None:
    page = by_night("", '<iframe data-configurator src="{desk}"></iframe>{script}')
    page.frame_locator("iframe").locator("html[data-scheme=light]").wait_for()
    assert ground_of(page) == LIGHT


@pytest.mark.parametrize("height", ["auto", "700px"])
def test_a_shop_with_a_switch_for_its_colours_takes_the_widget_along(
    by_night: Callable[..., Page], height: str
) -> None:
    page = by_night(
        "<style>.night { color-scheme: dark }</style>",
        SNIPPET.replace("<div", f'<div data-height="{height}"'),
    )
    assert ground_of(page) == LIGHT
    page.frame_locator("iframe").locator("html.hosted").wait_for()
    page.evaluate("document.documentElement.className = 'night'")
    page.frame_locator("iframe").locator("html[data-scheme=dark]").wait_for()
    assert ground_of(page) == DARK
    page.evaluate("document.documentElement.className = ''")
    page.frame_locator("iframe").locator("html[data-scheme=light]").wait_for()


def test_a_choice_and_a_move_in_the_page_keep_the_colours(by_night: Callable[..., Page]) -> None:
    page = by_night("", SNIPPET.replace("{desk}", "{desk}?country=DE"))
    widget = page.frame_locator("iframe")
    widget.locator("label[for=o-top--glass]").click()
    widget.locator("input[name=state][value*=glass]").wait_for(state="attached")
    assert (ground_of(page), "color-scheme=light" in page.frames[1].url) == (LIGHT, True)
    widget.locator("html").evaluate("element => { element.id = 'before' }")
    page.evaluate("document.body.append(document.querySelector('[data-configurator]'))")
    widget.locator("html:not(#before) input[name=state][value*=glass]").wait_for(state="attached")
    said = [
        part in page.frames[1].url for part in ("color-scheme=light", "country=DE", "top=glass")
    ]
    assert (ground_of(page), said) == (LIGHT, [True, True, True])


def test_without_scripts_the_colours_stay_through_every_form(
    browser: Browser, widget_site: str, merchant: Merchant
) -> None:
    with closing(browser.new_context(color_scheme="dark", java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/desk/?color-scheme=light")
        for step in range(2):
            page.locator(".step").nth(step).click()
            assert page.locator("html").get_attribute("data-scheme") == "light"
        page.locator("button[name=complete]").click()
        assert page.locator("html").get_attribute("data-scheme") == "light"


def test_with_colours_of_the_system_what_is_chosen_is_still_told_apart(
    browser: Browser, widget_site: str, cabinets: Merchant
) -> None:
    with closing(browser.new_context(forced_colors="active")) as context:
        page = context.new_page()
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look")
        outline = "element => getComputedStyle(element).outlineStyle"
        cards = page.locator("#o-series .value")
        styles = [cards.nth(place).evaluate(outline) for place in range(cards.count())]
        assert styles.count("solid") == 1
        border = "element => getComputedStyle(element).borderTopStyle"
        assert page.locator(".value.blocked").first.evaluate(border) == "dashed"
