import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import read
from configurator.models import Configuration
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import Api, told
from tests.browser.conftest import Shop, ShopSite
from tests.browser.waiting import until
from tests.configurator.engine.test_bounds import pigeons
from tests.examples.desk import DESK, desk
from tests.factories import make_version

pytestmark = pytest.mark.browser

type Visit = Callable[..., Shop]


# ---- inside the shop -----------------------------------------------------------------------------


def test_a_shopper_meets_a_conflict_repairs_it_and_orders(
    visit: Visit, cabinets: Merchant, context: BrowserContext, console: list[str]
) -> None:
    shop = visit("base-cabinet")
    widget = shop.widget
    widget.locator(".step[value=look]").click()
    widget.locator("label[for=o-series--contractor]").click()
    expect(widget.locator("label[for=o-box--maple]")).to_contain_text("Needs a change")

    widget.locator("label[for=o-box--maple]").click()
    expect(widget.locator("#conflict")).to_contain_text(
        "The Contractor series comes with a melamine box only."
    )
    widget.get_by_role("button", name="Apply").first.click()
    expect(widget.locator("#o-box--maple")).to_be_checked()
    expect(widget.locator("#conflict")).to_have_count(0)

    widget.get_by_role("button", name="Add to cart").click()
    expect(widget.locator("#finished")).to_be_visible()
    until(shop.page, "window.seen.some(each => each[0] === 'completed')")
    [event] = shop.events("completed")
    kept = told(Api(cabinets).get(f"configurations/{event['id']}"))
    assert kept["evaluation"]["price"]["total"] == event["total"]
    assert kept["evaluation"]["values"]["box"] == "maple"
    assert kept["fingerprint"] == event["fingerprint"]
    quoted = told(Api(cabinets).post("quotes/verify", {"token": event["quote"]}))
    assert (quoted["valid"], quoted["claims"]["total"]) == (True, event["total"])
    assert context.cookies() == []


def test_the_shops_page_can_set_choices(visit: Visit, console: list[str]) -> None:
    shop = visit("desk")
    shop.page.evaluate(
        "document.querySelector('[data-configurator]').configurator.set({top: 'glass', width: 1500})"
    )
    until(shop.page, "window.seen.some(each => each[0] === 'changed')")
    assert shop.events("changed")[-1]["choices"] == {"top": "glass", "width": 1500}


def test_choices_that_clash_are_refused_to_the_shops_page(visit: Visit, console: list[str]) -> None:
    shop = visit("desk")
    shop.page.evaluate(
        "document.querySelector('[data-configurator]').configurator.set({top: 'glass', frame: 'oak'})"
    )
    until(shop.page, "window.seen.some(each => each[0] === 'refused')")
    assert "A glass top needs the steel frame." in shop.events("refused")[0]["text"]


def test_choices_that_do_not_exist_are_refused_to_the_shops_page(
    visit: Visit, console: list[str]
) -> None:
    shop = visit("desk")
    shop.page.evaluate(
        "document.querySelector('[data-configurator]').configurator.set({tpo: 'glass', frame: 'oak'})"
    )
    until(shop.page, "window.seen.some(each => each[0] === 'refused')")
    assert shop.events("refused")[0]["text"] == "There is no option 'tpo'; did you mean 'top'?"
    assert shop.events("changed") == []


def test_a_link_to_the_shop_opens_the_widget_with_its_choices(
    visit: Visit, console: list[str]
) -> None:
    shop = visit("desk", query="?cfg=top%3Dglass")
    assert shop.events("ready")[0]["choices"] == {"top": "glass"}


def test_the_frame_is_as_high_as_the_widget(visit: Visit, console: list[str]) -> None:
    shop = visit("desk")
    until(shop.page, "document.querySelector('iframe').style.height.endsWith('px')")
    wanted = shop.widget.locator("#configurator").evaluate("element => element.offsetHeight")
    assert shop.page.locator("iframe").evaluate("element => element.offsetHeight") == wanted


def test_a_sandboxed_frame_without_an_origin_works_too(visit: Visit, console: list[str]) -> None:
    shop = visit(
        "desk",
        '<iframe data-configurator src="{address}" title="Desk" sandbox="allow-scripts allow-forms"></iframe>',
    )
    shop.widget.locator("label[for=o-top--glass]").click()
    expect(shop.widget.locator("#o-top--glass")).to_be_checked()
    until(shop.page, "window.seen.some(each => each[0] === 'changed')")
    assert shop.events("changed")[-1]["choices"] == {"top": "glass"}


def test_another_site_cannot_frame_the_widget(
    page: Page, merchant: Merchant, shop_site: ShopSite, widget_site: str
) -> None:
    merchant.origins = ["https://elsewhere.example"]
    merchant.save()
    shop_site.pages["/"] = f'<iframe src="{widget_site}/embed/kitchens/desk/"></iframe>'
    page.goto(shop_site.url)
    expect(page.frame_locator("iframe").locator("pre")).to_have_text(shop_site.url)
    expect(page.frame_locator("iframe").locator("#choices")).to_have_count(0)


def test_a_site_that_says_nothing_of_itself_is_refused_by_the_browser(
    page: Page, merchant: Merchant, shop_site: ShopSite, widget_site: str
) -> None:
    merchant.origins = ["https://elsewhere.example"]
    merchant.save()
    shop_site.pages["/"] = (
        f'<iframe src="{widget_site}/embed/kitchens/desk/" referrerpolicy="no-referrer"></iframe>'
    )
    page.goto(shop_site.url)
    expect(page.frame_locator("iframe").locator("#choices")).to_have_count(0)
    assert page.frames[1].url.startswith("chrome-error:")


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_everything_works_with_scripts_off(
    without_scripts: Page, cabinets: Merchant, shop_site: ShopSite, widget_site: str
) -> None:
    shop_site.pages["/"] = (
        f'<iframe src="{widget_site}/embed/kitchens/base-cabinet/" width="900" height="700"></iframe>'
    )
    page = without_scripts
    page.goto(shop_site.url)
    widget = page.frame_locator("iframe")
    widget.locator(".step[value=look]").click()
    widget.locator("label[for=o-series--contractor]").click()
    widget.get_by_role("button", name="Update").last.click()
    widget.locator("label[for=o-box--maple]").click()
    widget.get_by_role("button", name="Update").last.click()
    expect(widget.locator("#conflict")).to_contain_text(
        "The Contractor series comes with a melamine box only."
    )
    widget.get_by_role("button", name="Apply").first.click()
    expect(widget.locator("#o-box--maple")).to_be_checked()
    widget.get_by_role("button", name="Add to cart").click()
    expect(widget.locator("#finished")).to_contain_text("Your configuration is ready")
    assert Configuration.objects.get().choices["box"] == "maple"


# ---- the page by itself --------------------------------------------------------------------------


@pytest.fixture
def desk_page(page: Page, merchant: Merchant, widget_site: str) -> Page:
    page.goto(f"{widget_site}/embed/kitchens/desk/")
    return page


def test_a_keyboard_is_enough(desk_page: Page, console: list[str]) -> None:
    page = desk_page
    page.locator("#o-frame--steel").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#o-frame--oak")).to_be_checked()
    expect(page.locator("#o-frame--oak")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("input[name=state]")).to_have_value("frame=oak&top=oak")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("A glass top needs the steel frame.")
    page.keyboard.press("Tab")
    expect(page.locator("#o-top--oak")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Apply").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#o-top--glass")).to_be_checked()


def test_the_keyboard_goes_on_at_the_option_after_a_repair(
    desk_page: Page, console: list[str]
) -> None:
    _clash(desk_page)
    desk_page.get_by_role("button", name="Apply").first.focus()
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator("#conflict")).to_have_count(0)
    expect(desk_page.locator("#o-top--glass")).to_be_focused()


def test_the_keyboard_goes_on_at_the_option_after_keeping_it_as_it_was(
    desk_page: Page, console: list[str]
) -> None:
    _clash(desk_page)
    desk_page.get_by_role("button", name="Keep as it was").focus()
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator("#conflict")).to_have_count(0)
    expect(desk_page.locator("#o-top--laminate")).to_be_focused()


def _clash(page: Page) -> None:
    page.goto(f"{page.url}?frame=oak")
    page.locator("label[for=o-top--glass]").click()
    expect(page.locator("#conflict")).to_be_visible()


@pytest.fixture
def many_tops(merchant: Merchant, widget_site: str) -> str:
    """The address of a desk that offers five tops beside glass."""
    woods = [{"key": key, "label": key.title()} for key in ("ash", "elm", "beech")]
    options = [
        {**each, "values": [*each["values"], *woods]} if each["key"] == "top" else each
        for each in DESK["options"]
    ]
    lines = [{"key": "base", "label": "Base", "amount": 100}]
    model = desk(product="many-tops", options=options, tables=[], price_lines=lines, bom_lines=[])
    publish(import_product(merchant, ProductFile(model, ())))
    return f"{widget_site}/embed/kitchens/many-tops/?top=glass"


def test_more_ways_out_come_by_keyboard(page: Page, many_tops: str, console: list[str]) -> None:
    page.goto(many_tops)
    page.locator("label[for=o-frame--oak]").click()
    expect(page.locator(".repair li")).to_have_count(3)
    page.get_by_role("button", name="More ways out").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".repair li")).to_have_count(5)
    expect(page.get_by_role("button", name="More ways out")).to_have_count(0)
    expect(page.locator("#conflict")).to_be_focused()
    page.get_by_role("button", name="Apply").last.click()
    expect(page.locator("#conflict")).to_have_count(0)


def test_more_ways_out_come_without_scripts(without_scripts: Page, many_tops: str) -> None:
    page = without_scripts
    page.goto(many_tops)
    page.locator("label[for=o-frame--oak]").click()
    page.get_by_role("button", name="Update").last.click()
    expect(page.locator(".repair li")).to_have_count(3)
    page.get_by_role("button", name="More ways out").click()
    expect(page.locator(".repair li")).to_have_count(5)


def test_the_keyboard_goes_on_at_the_tab_of_the_next_step(
    desk_page: Page, console: list[str]
) -> None:
    desk_page.locator(".onward .next").first.focus()
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator(".step[value=size]")).to_be_focused()
    expect(desk_page.locator(".step[value=size]")).to_be_in_viewport()


def test_escape_closes_the_reasons(desk_page: Page, console: list[str]) -> None:
    desk_page.locator("label[for=o-top--glass]").click()
    desk_page.get_by_role("button", name="Why? Frame").click()
    expect(desk_page.locator("#because")).to_be_focused()
    desk_page.keyboard.press("Escape")
    expect(desk_page.locator("#because")).to_have_count(0)
    expect(desk_page.locator("#o-frame--steel")).to_be_focused()


def test_a_step_with_open_choices_is_as_high_as_the_others(
    page: Page, merchant: Merchant, widget_site: str, console: list[str]
) -> None:
    page.goto(f"{widget_site}/embed/kitchens/desk/?top=oak&engraved=true")
    page.locator(".step.missing").wait_for()
    sizes = "all => new Set(all.map(each => getComputedStyle(each).fontSize)).size"
    assert page.locator(".step").evaluate_all(sizes) == 1


def test_the_current_step_is_in_view_on_a_narrow_screen(
    page: Page, cabinets: Merchant, widget_site: str, console: list[str]
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?step=-summary")
    expect(page.locator(".step.current")).to_be_in_viewport(ratio=1)


def test_a_repair_has_its_button_under_its_text_on_a_narrow_screen(
    page: Page, cabinets: Merchant, widget_site: str, console: list[str]
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look&lang=de")
    page.locator("label[for=o-box--maple]").click()
    text, button = (
        page.locator(".repair li em").first.bounding_box(),
        page.locator(".apply").first.bounding_box(),
    )
    assert text and button
    assert button["y"] >= text["y"] + text["height"]


def test_undo_keeps_the_focus_when_nothing_is_left_to_undo(
    desk_page: Page, console: list[str]
) -> None:
    desk_page.locator("label[for=o-top--oak]").click()
    expect(desk_page.get_by_role("button", name="Undo")).to_be_enabled()
    desk_page.get_by_role("button", name="Undo").focus()
    desk_page.keyboard.press("Enter")
    expect(desk_page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(desk_page.get_by_role("button", name="Undo")).to_be_focused()


def test_typing_keeps_focus_and_caret(
    page: Page, merchant: Merchant, widget_site: str, console: list[str]
) -> None:
    page.goto(f"{widget_site}/embed/kitchens/desk/?top=oak&engraved=true&step=size")
    field = page.locator("#o-engraving--")
    field.press_sequentially("Ab cd")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#bar")).to_contain_text("€444.70")
    page.keyboard.type("X")
    expect(field).to_have_value("Ab cXd")
    expect(field).to_be_focused()


def test_the_latest_of_two_clicks_counts(desk_page: Page, console: list[str]) -> None:
    slow: list[Route] = []

    def hold(route: Route) -> None:
        if slow:
            route.continue_()
        else:
            slow.append(route)

    desk_page.route("**/embed/kitchens/desk/", hold)
    desk_page.locator("label[for=o-top--oak]").click()
    desk_page.locator("label[for=o-frame--oak]").click()
    expect(desk_page.locator("input[name=state]")).to_have_value("frame=oak&top=oak")
    expect(desk_page.locator("#o-frame--oak")).to_be_checked()
    expect(desk_page.locator("#o-top--oak")).to_be_checked()


def test_a_reload_restores_what_was_chosen(desk_page: Page, console: list[str]) -> None:
    desk_page.locator("label[for=o-top--glass]").click()
    desk_page.wait_for_url(re.compile(r"top=glass"))
    desk_page.reload()
    expect(desk_page.locator("#o-top--glass")).to_be_checked()
    assert desk_page.evaluate("history.length") <= 2


@pytest.fixture
def late_scripts(page: Page) -> Callable[[], None]:
    """Hold back the scripts of the page until this is called."""
    held: list[Route] = []
    page.route("**/htmx*.js", lambda route: held.append(route))

    def come() -> None:
        assert held
        for route in held:
            route.continue_()

    return come


@pytest.mark.parametrize(
    ("query", "clicked", "typed", "state"),
    [
        ("", "o-top--glass", "", "top=glass"),
        ("?step=size", "o-extras--lamp", "", "extras=lamp"),
        ("?step=size&extras=lamp", "o-extras--lamp", "", ""),
        ("?step=size", "", "o-width--", "width=1500"),
    ],
)
def test_what_is_chosen_before_the_scripts_are_there_counts(
    page: Page,
    merchant: Merchant,
    widget_site: str,
    late_scripts: Callable[[], None],
    query: str,
    clicked: str,
    typed: str,
    state: str,
    console: list[str],
) -> None:
    before = query.partition("&")[2]
    page.goto(f"{widget_site}/embed/kitchens/desk/{query}", wait_until="commit")
    if clicked:
        page.locator(f"label[for={clicked}]").click()
    else:
        page.locator(f"#{typed}").fill("1500")
    expect(page.locator("input[name=state]")).to_have_value(before)
    late_scripts()
    expect(page.locator("input[name=state]")).to_have_value(state)


def test_a_reload_of_a_page_whose_scripts_never_came_shows_what_its_address_says(
    page: Page, merchant: Merchant, widget_site: str
) -> None:
    """Browsers would fill in what was chosen there, which nobody could see the price of."""
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{widget_site}/embed/kitchens/desk/")
    page.locator("label[for=o-top--glass]").click()
    expect(page.locator("#o-top--glass")).to_be_checked()
    page.unroute_all()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload(wait_until="networkidle")
    expect(page.locator("#o-top--laminate")).to_be_checked()
    assert "POST" not in sent


def test_undo_takes_back_one_choice_after_another(desk_page: Page, console: list[str]) -> None:
    state = desk_page.locator("input[name=state]")
    desk_page.locator("label[for=o-top--oak]").click()
    expect(state).to_have_value("top=oak")
    desk_page.locator("label[for=o-frame--oak]").click()
    expect(state).to_have_value("frame=oak&top=oak")
    desk_page.get_by_role("button", name="Undo").click()
    expect(state).to_have_value("top=oak")
    desk_page.get_by_role("button", name="Undo").click()
    expect(desk_page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(desk_page.locator("#o-top--laminate")).to_be_checked()


def test_completing_adds_nothing_to_the_history(desk_page: Page, console: list[str]) -> None:
    desk_page.locator("label[for=o-top--glass]").click()
    desk_page.wait_for_url(re.compile(r"top=glass"))
    before = desk_page.evaluate("history.length")
    desk_page.get_by_role("button", name="Add to cart").click()
    expect(desk_page.locator("#finished")).to_be_visible()
    assert desk_page.evaluate("history.length") == before
    desk_page.get_by_role("link", name="Change it").click()
    expect(desk_page.locator("#o-top--glass")).to_be_checked()


def test_open_price_details_stay_open(desk_page: Page, console: list[str]) -> None:
    desk_page.get_by_text("Price details").first.click()
    desk_page.locator("label[for=o-top--oak]").dispatch_event("click")
    expect(desk_page.locator("#bar")).to_contain_text("Top: Oak")
    expect(desk_page.locator(".sheet")).to_be_visible()


def test_the_picture_stays_the_same_element(
    page: Page, cabinets: Merchant, widget_site: str, console: list[str]
) -> None:
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?step=look")
    address = page.locator("#picture").get_attribute("src") or ""
    page.locator("#picture").evaluate("element => { window.before = element }")
    page.locator("label[for=o-finish--midnight]").click()
    expect(page.locator("#picture")).not_to_have_attribute("src", address)
    assert page.evaluate("window.before === document.getElementById('picture')")


STEPS = [
    "?step=size",
    "?series=contractor&step=look",
    "?step=inside",
    "?step=extras",
    "?step=-summary",
]


@pytest.mark.parametrize("width", [1200, 390])
def test_axe_finds_nothing_to_complain_about(
    page: Page, cabinets: Merchant, widget_site: str, width: int, console: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    found: list[Any] = []
    for query in STEPS:
        page.goto(f"{widget_site}/embed/kitchens/base-cabinet/{query}")
        found += _violations(page)
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?series=contractor&step=look")
    page.locator("label[for=o-box--maple]").click()
    expect(page.locator("#conflict")).to_be_visible()
    found += _violations(page)
    page.get_by_text("Price details").first.click()
    found += _violations(page)
    page.get_by_role("button", name="Why? Box material").click()
    expect(page.locator("#because")).to_be_visible()
    found += _violations(page)
    page.goto(f"{widget_site}/embed/kitchens/desk/?top=oak&engraved=true&step=size")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#alert")).to_be_visible()
    found += _violations(page)
    page.goto(f"{widget_site}/embed/kitchens/desk/")
    found += _violations(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#finished")).to_be_visible()
    found += _violations(page)
    assert console == []
    page.goto(f"{widget_site}/embed/kitchens/nothing/")
    found += _violations(page)
    # A page that does not exist answers so, and browsers tell that in the console.
    console.clear()
    assert found == []


def _violations(page: Page) -> list[Any]:
    results = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3], page.url)
        for each in results
    ]


@pytest.mark.parametrize("product", ["base-cabinet", "desk"])
def test_nothing_is_wider_than_a_narrow_telephone(
    page: Page, cabinets: Merchant, widget_site: str, product: str, console: list[str]
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    widths = []
    for query in [*STEPS, "?lang=de&step=-summary", "?lang=de&step=look"]:
        page.goto(f"{widget_site}/embed/kitchens/{product}/{query}")
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert set(widths) == {320}


def test_no_fact_beside_the_picture_is_cut_on_a_narrow_telephone(
    page: Page, cabinets: Merchant, widget_site: str, console: list[str]
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/?lang=de")
    seen = page.locator(
        ".facts"
    ).evaluate("""facts => [...facts.children]
        .filter(each => each.getBoundingClientRect().top < facts.getBoundingClientRect().bottom)
        .map(each => [each.innerText, each.getBoundingClientRect().right <= facts.getBoundingClientRect().right])""")
    assert [each for each, _ in seen] == ["Breite\n838 mm", "Höhe\n876 mm"]
    assert all(is_whole for _, is_whole in seen)


@pytest.mark.parametrize("look", [{}, {"swatch": "#38573f"}], ids=["words", "colours"])
def test_a_long_list_is_two_screens_of_a_small_telephone(
    page: Page, merchant: Merchant, widget_site: str, look: Any, console: list[str]
) -> None:
    values = [{"key": f"f{place}", "label": f"Fabric {place:04}", **look} for place in range(200)]
    fabric = {
        "key": "fabric",
        "kind": "choice",
        "label": "Fabric",
        "default": "f3",
        "values": values,
    }
    line = {
        "key": "fabric",
        "label": "Fabric",
        "option": "fabric",
        "amounts": {each["key"]: 50 for each in values},
    }
    make_version(
        merchant,
        read({"product": "blind", "name": "Blind", "options": [fabric], "price_lines": [line]}),
    )
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{widget_site}/embed/kitchens/blind/")
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * 640


def test_what_is_being_checked_is_told_without_anybody_asking(
    page: Page,
    merchant: Merchant,
    widget_site: str,
    console: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("decision", "evaluate", "alternatives"):
        monkeypatch.setattr(f"configurator.evaluation.{module}.MOST_CONFLICTS", 200)
    make_version(merchant, pigeons(9, 4, when="apart"))
    page.goto(f"{widget_site}/embed/kitchens/pigeons/")
    expect(page.locator("#o-apart")).to_contain_text("Being checked")
    expect(page.locator("#o-apart--true")).to_be_disabled()
    expect(page.locator("#o-apart")).to_contain_text("Needs a change", timeout=20_000)
    expect(page.get_by_text("Some answers are still being checked.")).to_have_count(0)
