"""A real Chromium, a widget on 127.0.0.1 and a shop on localhost: two sites to every browser."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from playwright.sync_api import BrowserContext, ConsoleMessage, FrameLocator, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

import configurator_site.demo
from catalog.models import Merchant
from catalog.operations import publish
from pricing.operations import import_product
from pricing.product_file import ProductFile, read_product_file
from tests.browser.waiting import until
from tests.examples.desk import desk
from tests.factories import make_merchant

# Playwright keeps an event loop in this thread, in which Django would not speak to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DEMO = Path(configurator_site.demo.__file__).parent


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    arguments = ["--no-sandbox", "--test-third-party-cookie-phaseout", "--disable-3d-apis"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address is the base of others here; the plugin's own fixture is written in a way that
    warns.
    """
    return ""


@pytest.fixture(autouse=True)
def own_pictures(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


class _Patient(ThreadedWSGIServer):
    """Waits for open connections when it stops, so that each is closed while the database may still
    be spoken to.
    """

    daemon_threads = False


@pytest.fixture(autouse=True)
def widget_site(transactional_db: None) -> Iterator[str]:
    """The address of our own site; there before any page is opened, so that it outlives their
    connections.
    """
    server = LiveServer("127.0.0.1", start=False)
    server.thread.server_class = _Patient
    server.start()
    yield server.url
    server.stop()


@dataclass
class ShopSite:
    """A shop's own web server; `pages` are its pages by path."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)


class _Shop(BaseHTTPRequestHandler):
    def __init__(self, pages: dict[str, str], *arguments: Any) -> None:
        self.pages = pages
        super().__init__(*arguments)

    def do_GET(self) -> None:
        page = self.pages.get(self.path.partition("?")[0])
        self.send_response(200 if page is not None else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def shop_site() -> Iterator[ShopSite]:
    pages: dict[str, str] = {}
    server = ThreadingHTTPServer(("localhost", 0), partial(_Shop, pages))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ShopSite(f"http://localhost:{server.server_port}", pages)
    server.shutdown()
    thread.join()
    server.server_close()


def demo_file(name: str) -> ProductFile:
    return read_product_file((DEMO / name).read_text(encoding="utf-8"), name)


@pytest.fixture
def merchant(widget_site: str, shop_site: ShopSite) -> Merchant:
    """A shop that sells the desk."""
    merchant = make_merchant("kitchens", origins=[shop_site.url])
    publish(import_product(merchant, ProductFile(desk(), ())))
    return merchant


@pytest.fixture
def cabinets(merchant: Merchant) -> Merchant:
    """The same shop, which now sells the demo's base cabinet too, with its pictures."""
    pictures = {str(path.relative_to(DEMO)): path.read_bytes() for path in DEMO.rglob("*.webp")}
    publish(import_product(merchant, demo_file("base_cabinet.yaml"), pictures))
    return merchant


@dataclass
class Shop:
    """A browser at a shop page with the widget in it."""

    page: Page
    widget: FrameLocator
    address: str

    def events(self, kind: str) -> list[Any]:
        """Return the details of the events of this kind that the shop's page got so far."""
        found: list[Any] = self.page.evaluate(
            "kind => window.seen.filter(each => each[0] === kind)", kind
        )
        return [detail for _kind, detail in found]


SHOP_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><title>A kitchen shop</title></head><body><h1>A kitchen shop</h1>
<script>window.seen = [];
for (const type of ["ready", "changed", "completed", "refused"])
  document.addEventListener("configurator:" + type, event => window.seen.push([type, event.detail]));</script>
{snippet}
<script src="{site}/static/embed.js" async></script></body></html>"""


@pytest.fixture
def visit(
    page: Page, merchant: Merchant, shop_site: ShopSite, widget_site: str
) -> Callable[..., Shop]:
    """Open a shop page with the snippet for a product, or with `snippet` in which {address} is the
    widget's.
    """

    def visited(product: str = "desk", snippet: str = "", query: str = "") -> Shop:
        address = f"{widget_site}/embed/kitchens/{product}/"
        pasted = (snippet or '<div data-configurator="{address}"></div>').replace(
            "{address}", address
        )
        shop_site.pages["/"] = SHOP_PAGE.replace("{snippet}", pasted).replace("{site}", widget_site)
        page.goto(f"{shop_site.url}/{query}")
        shop = Shop(page, page.frame_locator("iframe"), address)
        until(page, "window.seen.length > 0")
        reached(page, shop.widget)
        return shop

    return visited


type Open = Callable[[str], Page]


@pytest.fixture
def opened(page: Page, merchant: Merchant, shop_site: ShopSite, widget_site: str) -> Open:
    """Open a shop page with this body: {desk} is the widget's address, {loader} the loader's,
    {script} its tag.
    """

    def open_(body: str) -> Page:
        body = body.replace("{desk}", f"{widget_site}/embed/kitchens/desk/")
        body = body.replace("{script}", '<script src="{loader}"></script>')
        body = body.replace("{loader}", f"{widget_site}/static/embed.js")
        shop_site.pages[
            "/"
        ] = f"""<!doctype html><html><head><link rel="icon" href="data:,"><title>Shop</title>
            <script>window.heard = []; document.addEventListener("configurator:ready", e => heard.push(e.target.id));
            document.addEventListener("configurator:changed", e => heard.push(e.detail.choices))</script></head>
            <body style="margin:0">{body}</body></html>"""
        page.goto(shop_site.url)
        return page

    return open_


def living(page: Page, name: str) -> FrameLocator:
    """Wait until the widget in the element with this id has spoken to the page, and return its
    frame.
    """
    until(page, "name => heard.includes(name)", arg=name)
    widget = page.frame_locator(f"#{name} iframe")
    reached(page, widget)
    return widget


def reached(page: Page, widget: FrameLocator) -> None:
    """Wait until the pointer gets into the frame of the widget, so that a click does.

    Chromium draws a frame of another site in a process of its own. Until it shows what is drawn
    there, it gives what the pointer does at that place to the page around it, however ready the
    frame is.
    """
    root = widget.locator("html")
    root.evaluate(
        "() => addEventListener('mousemove', () => { window.isReached = true }, { once: true })"
    )
    for time in range(500):
        box, window = widget.owner.bounding_box(), page.viewport_size
        assert box is not None and window is not None
        top, bottom = max(box["y"], 0), min(box["y"] + box["height"], window["height"])
        if bottom - top < 9:
            widget.owner.scroll_into_view_if_needed()
            continue
        page.mouse.move(box["x"] + box["width"] / 2, (top + bottom) / 2 + time % 2)
        if root.evaluate("() => window.isReached"):
            page.mouse.move(0, 0)
            return
        page.wait_for_timeout(20)
    raise AssertionError("the frame of the widget is never shown")


@pytest.fixture
def console(context: BrowserContext) -> Iterator[list[str]]:
    """What pages complained about; a test that uses this fails when there is anything."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context.on("console", heard)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield complaints
    assert complaints == []
