from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import ProductModel
from configurator import pictures
from configurator.embed.options import image_address
from pricing.operations import import_product
from pricing.product_file import ProductFile
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
