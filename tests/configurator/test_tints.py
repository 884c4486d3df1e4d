"""The colour that was chosen is that of the picture."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from catalog.model_checks import check_pictures
from catalog.models import Asset, Merchant
from catalog.operations import publish
from catalog.product_model import Layer, ProductModel, read
from configurator import pictures
from configurator.pictures import tints_of
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.embed import Shopper
from tests.factories import make_merchant

PAINT = {"key": "paint", "kind": "colour", "label": "Paint", "required": False}
GREYS = np.tile(np.array([90, 180, 180, 180, 215], np.uint8), (8, 4))


def chair(**more: object) -> ProductModel:
    layers = [
        {"key": "seat", "image": "seat.png", "colour": "paint"},
        {"key": "legs", "image": "legs.png"},
    ]
    return read({"product": "chair", "name": "Chair", "options": [PAINT], "layers": layers, **more})


def png(greys: np.ndarray, alpha: int = 255) -> bytes:
    written = BytesIO()
    Image.fromarray(np.dstack([greys, greys, greys, np.full_like(greys, alpha)])).save(
        written, "PNG"
    )
    return written.getvalue()


@pytest.fixture
def shop(db: None, settings: Settings, tmp_path: Path) -> Merchant:
    settings.DATA_DIR = tmp_path
    merchant = make_merchant("joinery")
    product = import_product(
        merchant, ProductFile(chair(), ()), {"seat.png": png(GREYS), "legs.png": png(GREYS, 0)}
    )
    publish(product)
    return merchant


def seen(client: Client, query: str) -> np.ndarray:
    """Return the pixels of the picture that the widget shows for these choices."""
    page = Shopper(client, "/embed/joinery/chair/").opens(query)
    address = page.text.partition('id="picture" src="')[2].partition('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200, address
    return np.asarray(Image.open(BytesIO(answer.content)).convert("RGB")).astype(int)


@pytest.mark.parametrize("colour", ["#b3261e", "#1f5fd6", "#0a0a0a"])
def test_the_picture_has_the_chosen_colour_where_it_is_lit(
    shop: Merchant, client: Client, colour: str
) -> None:
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    lit = np.median(seen(client, f"?paint=%23{colour[1:]}").reshape(-1, 3), axis=0)
    assert np.abs(lit - wanted).max() <= 16


def test_without_a_colour_the_picture_stays_as_it_was_made(shop: Merchant, client: Client) -> None:
    assert np.abs(np.median(seen(client, "").reshape(-1, 3), axis=0) - 180).max() <= 3


def test_the_address_is_sealed_with_its_colour(shop: Merchant, client: Client) -> None:
    page = Shopper(client, "/embed/joinery/chair/").opens("?paint=%23b3261e")
    address = page.text.partition('id="picture" src="')[2].partition('"')[0]
    assert "-b3261e-" in address
    assert client.get(address.replace("-b3261e-", "-b3261f-")).status_code == 404


def test_shadow_stays_darker_and_what_shines_lighter() -> None:
    layer = np.dstack([GREYS, GREYS, GREYS, np.full_like(GREYS, 255)])
    dark, plain, shining = (
        pictures._tinted(layer, "b3261e")[0, place, :3].astype(int) for place in (0, 1, 4)
    )
    assert (plain == [0xB3, 0x26, 0x1E]).all()
    assert (dark < plain).all()
    assert (shining > plain).all()


def test_only_layers_that_show_ask_for_a_colour() -> None:
    assert tints_of(chair(), 0b10, {"paint": "#B3261E"}) == ""
    assert tints_of(chair(), 0b11, {"paint": "#B3261E"}) == "b3261e"
    assert tints_of(chair(), 0b01, {}) == "xxxxxx"


def test_a_layer_that_takes_the_colour_of_nothing_is_an_error() -> None:
    model = replace(
        chair(), layers=(Layer("seat", "seat.png", colour="pant"),), assets={"seat.png": "0"}
    )
    (finding,) = check_pictures(model)
    assert (finding.code, finding.path) == ("layer-colour", "layers/seat/colour")
    assert "did you mean 'paint'" in finding.sentence


def test_a_draft_keeps_which_colour_a_layer_takes(shop: Merchant) -> None:
    assert list(shop.products.get(key="chair").layers.values_list("colour", flat=True)) == [
        "paint",
        "",
    ]
    assert Asset.objects.filter(merchant=shop).count() == 2
