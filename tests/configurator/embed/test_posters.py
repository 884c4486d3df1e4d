"""Where a product has shapes and no picture of its own, its pages show what is drawn of them."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from catalog.models import Merchant
from catalog.operations import publish, retire
from configurator import scene_pictures
from configurator.draft_links import make_draft_link
from configurator.embed import poster_views
from configurator.embed.framing import FOREVER
from configurator.geometry.camera import FIELD_OF_VIEW, ROUND, VIEWS
from configurator.pictures import PicturesBusy
from configurator.scene_pictures import PictureFailed
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.drawing import needs_drawing
from tests.embed import Shopper
from tests.factories import make_merchant, picture

pytestmark = [pytest.mark.database, needs_drawing]

OAK = {"width": "800", "boards": "2", "wood": "oak"}
VIEWER = Path(__file__).parents[3] / "static" / "configurator" / "viewer.js"


@pytest.fixture(autouse=True)
def patient(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    # A test waits until the picture is there, however busy the machine is.
    monkeypatch.setattr(scene_pictures, "MOST_SECONDS_TO_WAIT", 30.0)


def sold(**changes: Any) -> Merchant:
    merchant = make_merchant("joinery")
    publish(import_product(merchant, ProductFile(shelf(**changes), ())))
    return merchant


@pytest.fixture
def shop(db: None) -> Merchant:
    return sold()


def opened(client: Client, path: str = "/embed/joinery/shelf/", **chosen: str) -> Shopper:
    shopper = Shopper(client, path)
    shopper.opens()
    shopper.chooses(**(chosen or OAK))
    return shopper


def on_stage(text: str) -> str:
    """Return the address of the picture on the stage; empty without one."""
    found = re.search(r'id="picture" src="([^"]+)"', text)
    return found[1] if found else ""


def shared(text: str) -> str:
    found = re.search(r'property="og:image" content="([^"]+)"', text)
    return found[1] if found else ""


def test_the_page_shows_what_is_chosen(shop: Merchant, client: Client) -> None:
    address = on_stage(opened(client).page.text)
    response = client.get(address)
    with Image.open(BytesIO(response.content)) as image:
        assert (image.format, image.height) == ("WEBP", 900)
        # It is higher than wide, and so is its picture.
        assert 300 < image.width < 600
        assert image.convert("RGBA").getpixel((2, 2)) == (0, 0, 0, 0)
        middle = image.convert("RGBA").crop((50, 100, image.width - 50, 800)).getcolors(1_000_000)
    assert middle is not None
    assert any(red > 90 > blue and cover == 255 for _, (red, _g, blue, cover) in middle)  # type: ignore[misc]


def test_a_picture_is_kept_for_good_without_a_cookie(shop: Merchant, client: Client) -> None:
    address = on_stage(opened(client).page.text)
    response = client.get(address)
    assert response.headers["Cache-Control"] == FOREVER
    assert "Set-Cookie" not in response.headers
    assert response.headers["ETag"][1:17] in address
    again = client.get(address, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_another_choice_is_another_picture(shop: Merchant, client: Client) -> None:
    shopper = opened(client)
    oak = on_stage(shopper.page.text)
    shopper.chooses(wood="ash")
    ash = on_stage(shopper.page.text)
    assert oak != ash
    shopper.chooses(wood="oak")
    assert on_stage(shopper.page.text) == oak


def test_what_cannot_be_built_yet_has_no_picture(shop: Merchant, client: Client) -> None:
    shopper = Shopper(client, "/embed/joinery/shelf/")
    shopper.opens()
    assert on_stage(shopper.page.text) == ""
    assert 'class="viewer' in shopper.page.text


def test_what_is_too_long_for_an_address_has_none(db: None, client: Client) -> None:
    """A page names nothing that is not there."""
    note = {"key": "note", "kind": "text", "label": "Note", "text": {"max_length": 3_000}}
    shapes = [{**SHELF["shapes"][0], "when": 'note != "none"'}, *SHELF["shapes"][1:]]
    sold(options=[*SHELF["options"], note], shapes=shapes)
    shopper = opened(client, **OAK, note="short")
    assert client.get(on_stage(shopper.page.text)).status_code == 200
    # Nothing in it repeats, so that it is no shorter when it is packed.
    shopper.chooses(note="".join(map(chr, range(0x4E00, 0x4E00 + 2_500))))
    text = shopper.page.text
    assert (on_stage(text), shared(text)) == ("", "")
    assert 'data-src=""' in text
    assert 'class="viewer' in text


def test_a_product_with_a_picture_of_its_own_shows_that(db: None, client: Client) -> None:
    merchant = make_merchant("joinery")
    model = shelf(image="shelf.png")
    publish(import_product(merchant, ProductFile(model, ()), {"shelf.png": picture()}))
    text = opened(client).page.text
    assert on_stage(text).startswith("/assets/")
    assert shared(client.get("/embed/joinery/shelf/?wood=oak").content.decode()).endswith(
        on_stage(text)
    )


def test_links_to_the_page_show_it_too(shop: Merchant, client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://configurator.example"
    query = "&".join(f"{key}={value}" for key, value in OAK.items())
    text = client.get(f"/embed/joinery/shelf/?{query}").content.decode()
    address = shared(text)
    assert address.startswith("https://configurator.example/embed/joinery/shelf/pictures/1/share-")
    response = client.get(address.removeprefix("https://configurator.example"))
    with Image.open(BytesIO(response.content)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (1200, 630), "RGB")


def test_only_pictures_that_a_page_named_are_drawn(shop: Merchant, client: Client) -> None:
    address = on_stage(opened(client).page.text)
    named = re.search(r"stage-[0-9a-f]{16}-", address)
    assert named is not None
    first = address[named.end()]
    other = f"{address[: named.end()]}{'A' if first != 'A' else 'B'}{address[named.end() + 1 :]}"
    assert client.get(other).status_code == 404
    assert not list(scene_pictures.folder().glob("*/*"))


def test_a_picture_is_of_its_own_merchant_and_product(shop: Merchant, client: Client) -> None:
    address = on_stage(opened(client).page.text)
    other = make_merchant("other")
    publish(import_product(other, ProductFile(shelf(name="Another"), ())))
    assert client.get(address.replace("/joinery/", "/other/")).status_code == 404


def test_a_picture_stays_after_a_new_version_and_off_sale(shop: Merchant, client: Client) -> None:
    address = on_stage(opened(client).page.text)
    deeper = [{**shape, "width": "400 mm"} for shape in SHELF["shapes"]]
    version = publish(import_product(shop, ProductFile(shelf(shapes=deeper), ())))
    retire(version.product)
    assert client.get(address).status_code == 200


def test_another_way_of_drawing_is_not_kept_under_the_old_name(
    shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = on_stage(opened(client).page.text)
    monkeypatch.setattr("configurator.geometry.picture_files.PAINTER", "another")
    response = client.get(address)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, poster_views.HOUR)


def test_a_picture_that_is_being_drawn_is_asked_for_again(
    shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the browser, without a script; at last there is a plain picture."""

    def busy(*_: object) -> None:
        raise PicturesBusy("It is being drawn.", retry_after=1)

    monkeypatch.setattr(poster_views, "scene_picture", busy)
    address = on_stage(opened(client).page.text)
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"{address}?again=1")
    assert response.headers["Cache-Control"] == "no-store"
    for given, then in (("7", "8"), ("-1", "1"), ("x", "1"), ("", "1")):
        again = client.get(f"{address}?again={given}")
        assert again.headers["Location"] == f"{address}?again={then}"
    response = client.get(f"{address}?again=8")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "image/svg+xml"


def test_a_picture_that_cannot_be_drawn_is_not_asked_for_again(
    shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(*_: object) -> None:
        raise PictureFailed("It could not be drawn.", retry_after=300)

    monkeypatch.setattr(poster_views, "scene_picture", failed)
    response = client.get(on_stage(opened(client).page.text))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "300")
    assert response.headers["Content-Type"] == "image/svg+xml"


def test_internal_options_are_not_told_by_an_address(db: None, client: Client) -> None:
    wood = {**SHELF["options"][2], "internal": True, "default": "ash"}
    sold(options=[*SHELF["options"][:2], wood])
    address = on_stage(opened(client, width="900", boards="2").page.text)
    assert "ash" not in address
    assert client.get(address).status_code == 200


def test_a_link_to_a_draft_shows_the_draft(shop: Merchant, client: Client) -> None:
    path = make_draft_link(shop.products.get(key="shelf")).path
    address = on_stage(opened(client, path).page.text)
    assert address.startswith(path)
    assert client.get(address).headers["Cache-Control"] == "private, max-age=3600"


def test_the_viewer_begins_where_the_picture_was_taken() -> None:
    view = VIEWS["corner"]
    start = f'START = "{view.azimuth:g}deg {view.polar:g}deg {100 * ROUND:g}%"'
    assert start in VIEWER.read_text()
    # What model-viewer has without being told.
    assert FIELD_OF_VIEW == 30
