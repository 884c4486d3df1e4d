"""Pictures that are composed of layers, and pictures of values."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from catalog.model_checks import check_pictures
from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import ProductModel, read
from configurator import pictures
from configurator.embed.options import image_address
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import Api, told
from tests.embed import Shopper
from tests.examples.desk import DESK, desk
from tests.factories import picture

pytestmark = pytest.mark.database
LAYERED = desk(
    layers=[
        {"key": "floor", "image": "floor.png"},
        {"key": "oak", "image": "oak.png", "when": "top == oak"},
    ],
    options=[
        {**option, "values": [{**value, "image": "oak.png"} for value in option["values"]]}
        if option["key"] == "top"
        else option
        for option in DESK["options"]
    ],
)


@pytest.fixture
def model(merchant: Merchant, settings: Settings, tmp_path: Path) -> ProductModel:
    settings.DATA_DIR = tmp_path
    files = {"floor.png": picture(400, 300, "#ffffff"), "oak.png": _half(400, 300)}
    version = publish(import_product(merchant, ProductFile(LAYERED, ()), files))
    published: ProductModel = version.model
    return published


def _half(width: int, height: int) -> bytes:
    """Return a picture whose left half is red and whose right half is clear."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, width // 2, height))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _pixel(content: bytes, x: int, y: int) -> tuple[int, ...]:
    with Image.open(BytesIO(content)) as image:
        found: tuple[int, ...] = image.convert("RGB").getpixel((x, y))  # type: ignore[assignment]
        return found


def test_layers_lie_over_each_other(model: ProductModel) -> None:
    composed = pictures.composed(model, 0b11)
    assert composed is not None
    left, right = _pixel(composed.content, 50, 150), _pixel(composed.content, 350, 150)
    assert left[0] > 240 > 20 > left[1]
    assert min(right) > 240


def test_a_layer_that_does_not_show_is_left_out(model: ProductModel) -> None:
    composed = pictures.composed(model, 0b01)
    assert composed is not None
    assert min(_pixel(composed.content, 50, 150)) > 240


@pytest.mark.parametrize("mask", [0, 0b100, -1])
def test_there_is_no_picture_of_layers_that_do_not_exist(model: ProductModel, mask: int) -> None:
    assert pictures.composed(model, mask) is None


def test_a_picture_is_made_once(model: ProductModel, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pictures.composed(model, 0b11)
    monkeypatch.setattr(pictures, "_laid_over", lambda digests: b"made again")
    assert pictures.composed(model, 0b11) == first


def test_the_least_used_pictures_go_when_there_is_no_room(model: ProductModel) -> None:
    pictures.composed(model, 0b11)
    pictures.composed(model, 0b01)
    pictures.sweep(most_bytes=0)
    assert list(pictures.folder().glob("*/*.webp")) == []


def test_the_page_names_the_picture_of_its_layers(model: ProductModel, client: Client) -> None:
    assert (
        "/embed/joinery/desk/pictures/1/3-"
        in client.get("/embed/joinery/desk/?top=oak").content.decode()
    )
    assert (
        "/embed/joinery/desk/pictures/1/1-" in client.get("/embed/joinery/desk/").content.decode()
    )


def test_a_picture_is_kept_by_browsers_for_good(model: ProductModel, client: Client) -> None:
    address = f"/embed/joinery/desk/pictures/1/3-{pictures.seal_of(model, 3)}.webp"
    response = client.get(address)
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "image/webp",
        "public, max-age=31536000, immutable",
    )
    assert (again.status_code, again.content) == (304, b"")


def test_layers_that_none_of_our_pages_named_are_not_laid_over_each_other(
    model: ProductModel, client: Client
) -> None:
    seal = pictures.seal_of(model, 3)
    assert client.get(f"/embed/joinery/desk/pictures/1/2-{seal}.webp").status_code == 404
    assert list(pictures.folder().glob("*/*.webp")) == []


def test_a_picture_that_was_named_before_the_secret_changed_is_still_served(
    model: ProductModel, client: Client, settings: Settings
) -> None:
    address = f"/embed/joinery/desk/pictures/1/3-{pictures.seal_of(model, 3)}.webp"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 20, [settings.SECRET_KEY]
    assert client.get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(address).status_code == 404


def test_pictures_of_values_are_served_small_and_whole(model: ProductModel, client: Client) -> None:
    small = client.get(image_address(model, "oak.png", 160))
    whole = client.get(image_address(model, "oak.png"))
    with Image.open(BytesIO(small.content)) as image:
        assert image.size == (160, 120)
    assert whole["Content-Type"] == "image/png"
    assert whole["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_unknown_pictures_are_not_found(client: Client, db: None) -> None:
    assert client.get(f"/assets/{'0' * 64}").status_code == 404
    assert client.get(f"/assets/{'0' * 64}-320.webp").status_code == 404


FLAT = {
    "product": "flat",
    "name": "Flat",
    "options": [{"key": "lit", "kind": "boolean", "label": "Lit"}],
}


def flat(colour: tuple[int, ...]) -> bytes:
    """Return a picture of 8 by 8 pixels in one colour (RGBA)."""
    file = BytesIO()
    Image.new("RGBA", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def laid(
    merchant: Merchant, below: tuple[int, ...], above: tuple[int, ...], **layer: object
) -> tuple[int, ...]:
    """Return the colour (RGBA) of one flat layer over another, a little off as WebP is."""
    layers = [{"key": "a", "image": "a.png"}, {"key": "b", "image": "b.png", **layer}]
    files = {"a.png": flat(below), "b.png": flat(above), "m.png": _half(8, 8)}
    document = {**FLAT, "layers": layers}
    model = publish(import_product(merchant, ProductFile(read(document), ()), files)).model
    image = pictures.composed(model, 0b11)
    assert image is not None
    with Image.open(BytesIO(image.content)) as opened:
        found: tuple[int, ...] = opened.convert("RGBA").getpixel((1, 4))  # type: ignore[assignment]
        return found


BLENDED = {
    "normal": (100, 200, 250),
    "multiply": (78, 78, 49),
    "screen": (222, 222, 251),
    "overlay": (188, 157, 98),
    "soft_light": (191, 134, 111),
    "darken": (100, 100, 50),
    "lighten": (200, 200, 250),
}


@pytest.mark.parametrize(("blend", "wanted"), BLENDED.items())
def test_a_layer_blends_as_css_says(
    merchant: Merchant,
    settings: Settings,
    tmp_path: Path,
    blend: str,
    wanted: tuple[int, int, int],
) -> None:
    settings.DATA_DIR = tmp_path
    found = laid(merchant, (200, 100, 50, 255), (100, 200, 250, 255), blend=blend)
    assert found[3] == 255
    assert np.abs(np.subtract(found[:3], wanted)).max() <= 4, found


def test_a_blended_layer_has_its_own_colour_where_nothing_is_below(
    merchant: Merchant, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    found = laid(merchant, (0, 0, 0, 0), (100, 200, 250, 255), blend="multiply")
    assert np.abs(np.subtract(found, (100, 200, 250, 255))).max() <= 4, found


def test_half_a_layer_is_half_seen(merchant: Merchant, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    found = laid(merchant, (255, 255, 255, 255), (0, 0, 0, 255), opacity=50)
    assert np.abs(np.subtract(found, (128, 128, 128, 255))).max() <= 4, found


def test_a_layer_is_cut_out_by_what_is_bright_and_not_clear(
    merchant: Merchant, settings: Settings, tmp_path: Path
) -> None:
    """The mask is red, of a brightness of 30 %, on the left, and clear on the right."""
    settings.DATA_DIR = tmp_path
    found = laid(merchant, (0, 0, 0, 0), (100, 200, 250, 255), mask="m.png")
    assert abs(found[3] - 76) <= 2, found


def test_a_mask_is_a_picture_that_has_to_be_there() -> None:
    document = {**FLAT, "layers": [{"key": "a", "image": "a", "mask": "m"}]}
    model = replace(read(document), assets={"a": "0" * 64})
    [finding] = check_pictures(model)
    assert (finding.path, finding.code) == ("layers/a/mask", "unknown-picture")


def test_each_view_has_its_own_picture_in_a_row(
    merchant: Merchant, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    layers = [
        {"key": "front", "image": "a.png", "view": "front"},
        {"key": "open", "image": "b.png", "view": "inside"},
        {"key": "logo", "image": "m.png"},
    ]
    files = {
        "a.png": flat((255, 255, 255, 255)),
        "b.png": flat((0, 0, 0, 255)),
        "m.png": _half(8, 8),
    }
    document = {**FLAT, "layers": layers}
    publish(import_product(merchant, ProductFile(read(document), ()), files))
    page = Shopper(client, "/embed/joinery/flat/").opens("").text
    row = page.partition('id="viewer"')[2].partition("<dl")[0]
    assert re.findall(r"<figcaption>(.*?)</figcaption>", row) == ["Front", "Inside"]
    shown = [client.get(each).content for each in re.findall(r'src="(.*?)"', row)]
    assert [_pixel(each, 6, 4)[0] > 128 for each in shown] == [True, False]
    assert [_pixel(each, 1, 4)[0] > 128 for each in shown] == [True, True]


def test_the_api_names_the_pictures_that_shoppers_see(
    merchant: Merchant, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    layers = [
        {"key": "front", "image": "a.png", "view": "front"},
        {"key": "open", "image": "b.png", "view": "inside", "when": "lit"},
    ]
    files = {"a.png": flat((255, 255, 255, 255)), "b.png": flat((0, 0, 0, 255))}
    publish(import_product(merchant, ProductFile(read({**FLAT, "layers": layers}), ()), files))
    for lit, views in ((True, ["front", "inside"]), (False, ["front"])):
        body = {"choices": {"lit": lit}, "pictures": True}
        shown = told(Api(merchant).post("products/flat/evaluate", body))["pictures"]
        page = Shopper(client, "/embed/joinery/flat/").opens(f"?lit={str(lit).lower()}").text
        assert [each["view"] for each in shown] == views
        assert all(urlsplit(each["url"]).path in page for each in shown)
        assert client.get(urlsplit(shown[-1]["url"]).path).status_code == 200
