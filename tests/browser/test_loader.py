"""The script in the shop's page: it finds widgets wherever and whenever they come, and touches
nothing else.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from catalog.models import Merchant
from tests.browser.conftest import Open, Shop, ShopSite, living
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

type Visit = Callable[..., Shop]


# ---- widgets that come and go --------------------------------------------------------------------

ROUTER = """<main id="m"></main>{script}<script>
    function show(path) {
      const view = document.getElementById("m");
      view.replaceChildren();
      if (!path) return;
      const place = document.createElement("div"), low = document.createElement("div");
      place.id = path; place.dataset.configurator = "{desk}"; low.style.height = "1500px";
      view.append(place, low);
    }
</script>"""


def test_a_second_visit_without_a_reload_finds_the_widget_and_its_bar(
    opened: Open, console: list[str]
) -> None:
    """Handed as "111-second-visit-without-a-reload.html"."""
    page = opened(ROUTER)
    for visit in ("first", "second"):
        page.evaluate("path => show(path)", visit)
        widget = living(page, visit)
        page.evaluate("scrollTo(0, 200)")
        expect(widget.locator("#bar")).to_be_in_viewport(ratio=0.9)
        page.evaluate("show('')")
        assert page.locator("iframe").count() == 0
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate("heard.filter(each => each === 'first').length") == 1


# What Turbo does with a link: another body takes the place of this one, and its scripts run.
TURBO = """<script>
    async function follow(link) {
      const text = await (await fetch(link.href)).text(), next = new DOMParser().parseFromString(text, "text/html");
      history.pushState({}, "", link.href);
      document.body.replaceWith(document.adoptNode(next.body));
      for (const old of document.body.querySelectorAll("script")) {
        const script = document.createElement("script");
        for (const each of old.attributes) script.setAttribute(each.name, each.value);
        script.text = old.text;
        old.replaceWith(script);
      }
    }
    addEventListener("click", event => {
      const link = event.target.closest("a");
      if (link) { event.preventDefault(); follow(link) }
    });
</script>"""
HTMX = """<script src="{site}/static/vendor/htmx-2.0.11/htmx.min.js"></script>"""


@pytest.mark.parametrize("place", ["head", "body"])
@pytest.mark.parametrize("library", [HTMX, TURBO], ids=["htmx boost", "Turbo"])
def test_a_shop_that_swaps_its_pages_finds_the_widget_each_time(
    page: Page,
    merchant: Merchant,
    shop_site: ShopSite,
    widget_site: str,
    console: list[str],
    library: str,
    place: str,
) -> None:
    scripts = {"head": "", "body": ""} | {
        place: f'<script src="{widget_site}/static/embed.js" async></script>'
    }
    head = f"""<!doctype html><html><head><link rel="icon" href="data:,"><title>Shop</title>
        {library.replace("{site}", widget_site)}{scripts["head"]}</head>"""
    desk = f'<div id="one" data-configurator="{widget_site}/embed/kitchens/desk/"></div><p style="height: 1500px">'
    shop_site.pages["/"] = f"""{head}<body hx-boost="true"><a href="/desk">Desk</a></body></html>"""
    shop_site.pages["/desk"] = (
        f"""{head}<body hx-boost="true"><a href="/">Home</a>{desk}{scripts["body"]}</body></html>"""
    )
    page.goto(shop_site.url)
    for _ in range(2):
        page.get_by_role("link", name="Desk").click()
        widget = page.frame_locator("#one iframe")
        widget.locator("label[for=o-top--glass]").click()
        expect(widget.locator("#o-top--glass")).to_be_checked()
        expect(widget.locator("html")).to_have_class(re.compile("embedded"))
        page.evaluate("scrollTo(0, 200)")
        expect(widget.locator("#bar")).to_be_in_viewport(ratio=0.9)
        assert page.locator("iframe").count() == 1
        page.get_by_role("link", name="Home").press("Enter")
        expect(page.locator("iframe")).to_have_count(0)


def test_a_script_loaded_again_with_each_visit_makes_one_widget(
    opened: Open, console: list[str]
) -> None:
    page = opened('<div id="one" data-configurator="{desk}"></div>{script}{script}')
    living(page, "one")
    assert page.locator("iframe").count() == 1


def test_a_widget_may_get_its_address_later(opened: Open, console: list[str]) -> None:
    page = opened("""<div id="late" data-configurator></div>{script}
        <iframe id="asked" data-configurator data-src="{desk}" title="Desk"></iframe>""")
    assert page.frame_locator("iframe").locator("body > *").count() == 0
    page.evaluate(
        "document.getElementById('late').dataset.configurator = document.getElementById('asked').dataset.src"
    )
    living(page, "late")
    page.evaluate("const frame = document.getElementById('asked'); frame.src = frame.dataset.src")
    until(page, "heard.includes('asked')")


def test_a_copy_of_a_widget_is_a_widget(opened: Open, console: list[str]) -> None:
    page = opened('<div id="one" data-configurator="{desk}"></div>{script}')
    living(page, "one")
    page.evaluate(
        """const copy = document.getElementById("one").cloneNode(true); copy.id = "two"; document.body.append(copy)"""
    )
    copy = living(page, "two")
    copy.locator("label[for=o-top--glass]").click()
    until(page, "heard.some(each => each.top === 'glass')")


def test_a_widget_that_is_moved_keeps_its_choices(opened: Open, console: list[str]) -> None:
    page = opened(
        '<div id="one" data-configurator="{desk}"></div><dialog id="box"></dialog>{script}'
    )
    widget = living(page, "one")
    widget.locator("label[for=o-top--glass]").click()
    until(page, "heard.some(each => each.top === 'glass')")
    page.evaluate(
        "const box = document.getElementById('box'); box.append(document.getElementById('one')); box.showModal()"
    )
    expect(widget.locator("#o-top--glass")).to_be_checked()


def test_a_reload_of_the_shops_page_keeps_the_choices_where_the_shop_wants_it(
    opened: Open, console: list[str]
) -> None:
    page = opened('<div id="one" data-configurator="{desk}" data-keep></div>{script}')
    page.evaluate("history.replaceState({router: 1}, '', '?article=7')")
    entries = page.evaluate("history.length")
    living(page, "one").locator("label[for=o-top--glass]").click()
    until(page, "location.search === '?article=7&cfg=top%3Dglass'")
    assert page.evaluate("[history.state, history.length]") == [{"router": 1}, entries]
    page.reload()
    expect(living(page, "one").locator("#o-top--glass")).to_be_checked()


def test_price_details_stay_in_a_frame_of_which_little_is_seen(
    opened: Open, console: list[str]
) -> None:
    page = opened(
        '<div style="height: 320px">Header</div><div id="one" data-configurator="{desk}"></div>{script}'
    )
    page.set_viewport_size({"width": 390, "height": 664})
    widget = living(page, "one")
    widget.locator("#price-details summary").click()
    expect(widget.locator(".sheet")).to_be_visible()
    assert widget.locator(".sheet").evaluate("sheet => sheet.getBoundingClientRect().top") >= 0


# ---- pages that are not only ours ----------------------------------------------------------------


def test_one_wrong_address_does_not_take_the_next_widget_with_it(
    opened: Open, context: BrowserContext
) -> None:
    """Handed as "113-one-wrong-address-of-two.html"."""
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    page = opened("""<div id="wrong" data-configurator="https://[shop-address-goes-here]/embed/kitchens/desk/"></div>
        <div id="right" data-configurator="{desk}"></div>{script}""")
    living(page, "right")
    assert [text for text in said if "shop-address-goes-here" in text and "is no address" in text]


def test_names_and_attributes_of_others_are_left_alone(opened: Open, console: list[str]) -> None:
    page = opened("""<div id="Configurator"></div><div id="theirs" data-configurator='{"colour": "red"}'>Theirs</div>
        <div id="ours" data-configurator="{desk}"></div>{script}""")
    living(page, "ours")
    assert page.locator("#theirs").inner_text() == "Theirs"
    assert page.evaluate("Configurator === document.getElementById('Configurator')")
    assert page.evaluate("document.getElementById('theirs').configurator") is None


# ---- where a frame is seen -----------------------------------------------------------------------


def box_of(page: Page, widget: FrameLocator, selector: str) -> dict[str, float]:
    """Return where an element of the widget stands in the window, once it has come to rest."""
    before: Any = None
    for _time in range(50):
        box = widget.locator(selector).bounding_box()
        if box == before and box is not None:
            return dict(box)
        before = box
        page.wait_for_timeout(60)
    raise AssertionError(f"{selector} does not come to rest")


def test_the_bar_follows_the_scroll_of_a_box_around_it(opened: Open, console: list[str]) -> None:
    page = opened("""<div id="scrolled" style="height:500px;overflow:auto;margin-top:60px">
        <div id="one" data-configurator="{desk}"></div><p style="height:1200px"></p></div>{script}""")
    widget = living(page, "one")
    page.evaluate("document.getElementById('scrolled').scrollTop = 120")
    bar = box_of(page, widget, "#bar")
    assert abs(bar["y"] + bar["height"] - 560) <= 2


def test_a_header_of_the_shop_does_not_lie_over_the_picture(
    opened: Open, console: list[str]
) -> None:
    page = opened("""<header style="position:sticky;top:0;height:90px;background:#eee;z-index:9">Shop</header>
        <div id="one" data-configurator="{desk}"></div><p style="height:1500px"></p>{script}""")
    widget = living(page, "one")
    page.evaluate("scrollTo(0, 150)")
    assert box_of(page, widget, "#stage")["y"] >= 89


def test_a_frame_drawn_smaller_keeps_its_bar_in_the_window(
    opened: Open, console: list[str]
) -> None:
    page = opened("""<div style="transform:scale(.5);transform-origin:0 0"><div id="one" data-configurator="{desk}">
        </div><p style="height:2500px"></p></div>{script}""")
    page.set_viewport_size({"width": 1280, "height": 300})
    widget = living(page, "one")
    page.evaluate("scrollTo(0, 60)")
    # A point of the frame lies at half its distance from the frame's upper edge, which is 60 above
    # the window.
    box_of(page, widget, "#bar")
    bottom = widget.locator("#bar").evaluate("element => element.getBoundingClientRect().bottom")
    assert abs(bottom / 2 - 60 - 300) <= 3


def test_nothing_in_the_shops_page_moves_when_the_widget_comes(
    opened: Open, console: list[str]
) -> None:
    page = opened("""<script>window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(each => {
          if (!each.hadRecentInput) moved += each.value })).observe({type: "layout-shift", buffered: true})</script>
        <h1>Shop</h1><div id="one" data-configurator="{desk}" style="min-height: max(640px, 100vh)"></div>
        <h2>Below</h2><p>Text</p><script>
          const late = Object.assign(document.createElement("script"), { src: "{loader}" });
          setTimeout(() => document.body.append(late), 300);
        </script>""")
    living(page, "one")
    page.wait_for_timeout(500)
    assert page.evaluate("moved") <= 0.02
    assert page.evaluate(
        "document.getElementById('one').offsetHeight == document.querySelector('iframe').offsetHeight"
    )


# ---- every button, wherever it is ----------------------------------------------------------------


def test_a_frame_that_may_not_submit_forms_has_living_buttons(
    visit: Visit, console: list[str]
) -> None:
    shop = visit(
        "desk",
        '<iframe data-configurator src="{address}" title="Desk" sandbox="allow-scripts"></iframe>',
    )
    widget = shop.widget
    widget.locator("label[for=o-top--glass]").click()
    expect(widget.locator("#o-top--glass")).to_be_checked()
    widget.get_by_role("button", name="Undo").click()
    expect(widget.locator("#o-top--laminate")).to_be_checked()
    widget.get_by_role("button", name="Add to cart").click()
    expect(widget.locator("#finished")).to_be_visible()


@pytest.fixture(params=["with scripts", "without scripts"])
def either(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param == "with scripts")
    yield context.new_page()
    context.close()


def test_enter_applies_the_field_and_never_undoes_adds_or_completes(
    either: Page, merchant: Merchant, widget_site: str
) -> None:
    page = either
    page.goto(f"{widget_site}/embed/kitchens/desk/?top=oak&engraved=true&step=size")
    fields = {"#o-width--": "1500", "#o-depth--": "800", "#o-engraving--": "Anna", "#quantity": "3"}
    for field, value in fields.items():
        page.locator(field).fill(value)
        page.locator(field).press("Enter")
        expect(page.locator("input[name=state]")).to_have_value(re.compile("top=oak"))
        expect(page.locator(field)).to_have_value(value)
    for field in ("#o-extras--lamp", "#o-drawers--one"):
        page.locator(field).check(force=True)
        page.locator(field).press("Enter")
        expect(page.locator(field)).to_be_checked()
    for field, value in fields.items():
        expect(page.locator(field)).to_have_value(value)
    expect(page.locator("#finished")).to_have_count(0)


# ---- links and paper -----------------------------------------------------------------------------


def test_a_link_shared_from_a_frame_of_the_shop_leads_to_the_page_around_it(
    opened: Open, context: BrowserContext, console: list[str]
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened("""<iframe id="builder" style="width:100%;height:900px" srcdoc='<body>
        <div id="one" data-configurator="{desk}"></div>{script}</body>'></iframe>""")
    widget = page.frame_locator("#builder").frame_locator("iframe")
    widget.locator("label[for=o-top--glass]").click()
    expect(widget.locator("#o-top--glass")).to_be_checked()
    widget.locator("#share").click()
    expect(widget.locator("#toast")).to_contain_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith(page.url)


def test_the_summary_is_whole_on_paper(opened: Open, console: list[str]) -> None:
    """Handed as "126-printing-the-shop-page.html"."""
    page = opened(
        '<h1>Shop</h1><div id="one" data-configurator="{desk}?step=-summary"></div><p>after</p>{script}'
    )
    widget = living(page, "one")
    # Columns that stand beside each other in the window stand below each other on paper.
    needed = widget.locator("#panel").evaluate("element => element.offsetHeight") + 460
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("iframe").evaluate("element => element.offsetHeight") >= needed
    page.emulate_media(media="print")
    total = widget.locator(".sums .sum dd")
    expect(total).to_be_visible()
    frame, last = (
        page.locator("iframe").bounding_box(),
        widget.locator(".summary .lead").bounding_box(),
    )
    assert frame is not None and last is not None
    assert last["y"] + last["height"] <= frame["y"] + frame["height"]
    bar = widget.locator("#bar").bounding_box()
    assert bar is not None and bar["y"] >= last["y"] + last["height"]
