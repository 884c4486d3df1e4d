"""The 3D model in the widget, drawn by a browser without a graphics card."""

import json
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, Route, expect

from catalog.models import Merchant
from catalog.operations import publish
from configurator_site.demo import loading
from pricing.operations import import_product
from tests.api import Api, told
from tests.browser.test_looks import violations
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

SAGE, MIDNIGHT, RED = (159, 180, 156), (47, 58, 68), (200, 0, 0)
WHITE, MAPLE = (244, 243, 239), (217, 178, 124)
SIDE = 0.78
COVERS = {"sand": (205, 187, 155), "midnight": (61, 70, 96)}
CUSHION = 0.45
WAITED = "() => document.documentElement.classList.contains('modelled')"
LINES = "() => [...document.querySelectorAll('.lines text')].map(each => each.textContent)"
DIMENSIONS = "() => { const {x, y, z} = document.querySelector('model-viewer').getDimensions(); return [x, z, y] }"
SOURCE = "() => document.getElementById('model').dataset.src"
GIVEN = """source => {
  document.getElementById('model').dataset.src = source;
  document.dispatchEvent(new CustomEvent('htmx:afterSettle'));
}"""
ENDS = """() => [...document.querySelectorAll('.lines text')].map(each => {
  const { x, width } = each.getBBox();
  return [x, x + width];
})"""
MOST_WAITED = 60_000


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


def opened(page: Page, site: str) -> list[str]:
    """Open the base cabinet, wait for its model, and return the addresses of models, which grow."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if ".glb" in request.url else None)
    page.goto(f"{site}/embed/kitchens/base-cabinet/")
    until(page, WAITED, timeout=MOST_WAITED)
    return asked


def colour(page: Page, across: float = 0.4) -> tuple[int, ...]:
    """Return a colour at half the height: that of the left door, or further `across`."""
    box = page.locator("#model").bounding_box()
    assert box is not None
    place = {"x": box["x"] + box["width"] * across, "y": box["y"] + box["height"] / 2}
    shot = page.screenshot(clip={**place, "width": 4, "height": 4})
    with Image.open(BytesIO(shot)) as image:
        return tuple(image.convert("RGB").getpixel((2, 2)))


def is_near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Tell whether two colours have about the same hue and light."""
    return all(abs(one - another) < 45 for one, another in zip(colour, other, strict=True))


def becomes(page: Page, wanted: tuple[int, ...], across: float = 0.4) -> bool:
    """Tell whether a place is drawn in about the colour `wanted` before long."""
    for _time in range(50):
        if is_near(colour(page, across), wanted):
            return True
        page.wait_for_timeout(100)
    return False


def size_of(cabinets: Merchant, **choices: Any) -> list[float]:
    scene = told(Api(cabinets).post("products/base-cabinet/scene", {"choices": choices}))["scene"]
    return [float(each) for each in scene["size"]]


def test_the_model_follows_what_is_chosen(
    drawing: Page, cabinets: Merchant, widget_site: str
) -> None:
    page = drawing
    asked = opened(page, widget_site)
    assert becomes(page, SAGE)
    assert page.evaluate(LINES) == ["838 mm", "876 mm", "663 mm"]
    assert violations(page) == []

    # Another colour is a variant of the file that is there.
    page.locator(".step[value=look]").click()
    page.locator("label[for=o-finish--midnight]").click()
    assert becomes(page, MIDNIGHT)
    assert is_near(colour(page, SIDE), WHITE)

    # Of two options each keeps its own.
    page.locator("label[for=o-box--maple]").click()
    assert becomes(page, MAPLE, SIDE)
    assert is_near(colour(page), MIDNIGHT)
    assert len(asked) == 1

    # Another size is another file; until it is there, the former model stays, turned as it was.
    page.evaluate("document.querySelector('model-viewer').cameraOrbit = '20deg 80deg 118%'")
    held: list[Route] = []
    page.route("**/*.glb", lambda route: held.append(route))
    page.locator(".step[value=size]").click()
    width = page.locator("#o-width input[type=text]")
    width.fill("700")
    width.press("Enter")
    expect(page.locator("#o-width .picked")).to_have_text("700 mm")
    seen = [colour(page), colour(page)]
    assert page.evaluate(LINES)[0] == "838 mm"
    held[0].continue_()
    while page.evaluate(LINES)[0] != "700 mm":
        seen.append(colour(page))
    assert all(is_near(each, MIDNIGHT) for each in [*seen, colour(page)])
    assert len(asked) == 2
    orbit = page.evaluate("document.querySelector('model-viewer').getCameraOrbit().theta")
    assert abs(orbit - 0.349) < 0.01
    wanted = size_of(cabinets, width=700, finish="midnight", box="maple")
    measured = [each * 1000 for each in page.evaluate(DIMENSIONS)]
    assert max(abs(one - other) for one, other in zip(measured, wanted, strict=True)) < 0.1

    # From near, what a line says is still read whole.
    for _time in range(6):
        page.locator("#closer").click()
    page.wait_for_timeout(1_000)
    assert page.evaluate("document.querySelector('model-viewer').getFieldOfView()") < 15
    width = page.evaluate("document.querySelector('model-viewer').clientWidth")
    assert all(left > -1 and right < width + 1 for left, right in page.evaluate(ENDS))

    # A part leads to the option that it is about.
    box = page.locator("#model").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    expect(page.locator("#o-finish input:checked")).to_be_focused()

    page.locator("#measure").click()
    assert page.evaluate(LINES) == []
    page.locator("#model-options button[value=box]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#o-box input:checked")).to_be_focused()
    assert page.evaluate(LINES) == []

    page.locator(".room summary").click()
    expect(page.locator(".room-code img")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".room-code img")).to_be_hidden()

    # Where none can be built the picture is back, and the model when one can.
    for source, is_shown in (("", False), (page.evaluate(SOURCE), True)):
        page.evaluate(GIVEN, source)
        assert page.evaluate(WAITED) is is_shown
        expect(page.locator("#picture")).to_be_visible(visible=not is_shown)


ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
)
NOTED = "HTMLAnchorElement.prototype.click = function () { window.led = this.href }"


def test_a_telephone_shows_in_the_room_what_is_chosen(
    drawing: Page, cabinets: Merchant, widget_site: str
) -> None:
    browser = drawing.context.browser
    assert browser is not None
    page = browser.new_page(user_agent=ANDROID, viewport={"width": 390, "height": 800})
    page.add_init_script(NOTED)
    opened(page, widget_site)
    page.locator(".step[value=look]").click()
    page.locator("label[for=o-finish--midnight]").click()
    expect(page.locator("#o-finish .picked")).to_have_text("Midnight")
    page.locator("#room").click()
    until(page, "() => window.led")
    asked = parse_qs(urlsplit(page.evaluate("window.led")).query)
    assert asked["file"] == [f"{widget_site}{page.evaluate(SOURCE)}"]
    assert asked["resizable"] == ["false"]


def painted(image: bytes) -> bytes:
    """Return a GLB of one square metre that stands upright and has `image` (a PNG) on it."""
    floats = struct.pack("<12f8f", -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0)
    binary = floats + struct.pack("<6H", 0, 1, 2, 0, 2, 3) + image
    binary += bytes(-len(binary) % 4)
    lengths, start, views = (48, 32, 12, len(image)), 0, []
    for length in lengths:
        views.append({"buffer": 0, "byteOffset": start, "byteLength": length})
        start += length
    accessors = [
        {"componentType": 5126, "count": 4, "type": "VEC3", "min": [-1, -1, 0], "max": [1, 1, 0]},
        {"componentType": 5126, "count": 4, "type": "VEC2"},
        {"componentType": 5123, "count": 6, "type": "SCALAR"},
    ]
    primitive = {"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}
    look = {"baseColorTexture": {"index": 0}, "metallicFactor": 0}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [{"pbrMetallicRoughness": look}],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "accessors": [{"bufferView": place, **each} for place, each in enumerate(accessors)],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary))
    chunks = struct.pack("<I4s", len(text), b"JSON"), struct.pack("<I4s", len(binary), b"BIN\0")
    return head + chunks[0] + text + chunks[1] + binary


def test_textures_are_drawn_under_the_policy_of_the_page_and_motion_is_reduced(
    drawing: Page, cabinets: Merchant, widget_site: str
) -> None:
    written = BytesIO()
    Image.new("RGB", (8, 8), RED).save(written, "PNG")
    content = painted(written.getvalue())

    def answered(route: Route) -> None:
        route.fulfill(body=content, content_type="model/gltf-binary")

    drawing.route("**/*.glb", answered)
    drawing.emulate_media(reduced_motion="reduce")
    opened(drawing, widget_site)
    assert drawing.locator("model-viewer").get_attribute("interpolation-decay") == "1"
    assert becomes(drawing, RED)


def test_without_3d_the_picture_stays_and_no_library_is_asked_for(
    page: Page, cabinets: Merchant, widget_site: str, console: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/", wait_until="networkidle")
    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator("#model, .model-tools").first).to_be_hidden()
    assert not any("model-viewer" in each or each.endswith(".glb") for each in asked)


def test_without_scripts_the_picture_stays(
    browser: Browser, cabinets: Merchant, widget_site: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{widget_site}/embed/kitchens/base-cabinet/")
    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator(".model-tools")).to_be_hidden()
    page.close()


def test_a_makers_model_is_shown_in_each_of_its_looks_and_beside_what_is_made_here(
    drawing: Page, merchant: Merchant, widget_site: str
) -> None:
    file, files = loading.demo_file("lounge")
    publish(import_product(merchant, file, files))
    page = drawing
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if ".glb" in request.url else None)
    page.goto(f"{widget_site}/embed/kitchens/lounge/")
    until(page, WAITED, timeout=MOST_WAITED)
    expect(page.locator(".credits")).to_be_visible()
    assert becomes(page, COVERS["sand"], CUSHION)
    assert violations(page) == []

    # A look of the file is a variant of it, and so is the wood that a slot has.
    page.locator("label[for=o-cover--midnight]").click()
    assert becomes(page, COVERS["midnight"], CUSHION)
    page.locator("label[for=o-wood--black]").click()
    page.wait_for_timeout(300)
    assert is_near(colour(page, CUSHION), COVERS["midnight"])
    assert len(asked) == 1
    scene = told(Api(merchant).post("products/lounge/scene", {"choices": {}}))["scene"]
    measured = [each * 1000 for each in page.evaluate(DIMENSIONS)]
    assert max(abs(one - other) for one, other in zip(measured, scene["size"], strict=True)) < 0.1

    # Beside what is made here it is another file, in the same look.
    page.locator(".step[value=beside]").click()
    page.locator("#o-table .switch").click()
    until(page, "() => document.querySelector('model-viewer').getDimensions().x > 1")
    assert len(asked) == 2
    scene = told(Api(merchant).post("products/lounge/scene", {"choices": {"table": True}}))["scene"]
    measured = [each * 1000 for each in page.evaluate(DIMENSIONS)]
    assert max(abs(one - other) for one, other in zip(measured, scene["size"], strict=True)) < 0.1
