"""What the page tells the 3D viewer, and the files of models that it leads to."""

import html
import json
import struct
from io import BytesIO
from typing import Any

import pytest
import segno
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import Merchant
from catalog.operations import publish, retire
from catalog.product_model import read
from configurator.draft_links import make_draft_link
from configurator.embed.framing import FOREVER
from configurator.geometry.glb import fingerprint
from configurator.geometry.scene import compile_shapes, resolve
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.configurator.geometry.test_instances import BOX, ROW, row
from tests.embed import Shopper
from tests.factories import make_merchant

OAK = {"width": "800", "boards": "2", "wood": "oak"}


@pytest.fixture
def shop(db: None) -> Merchant:
    merchant = make_merchant("joinery")
    publish(import_product(merchant, ProductFile(shelf(), ())))
    return merchant


@pytest.fixture
def shopper(shop: Merchant, client: Client) -> Shopper:
    shopper = Shopper(client, "/embed/joinery/shelf/")
    shopper.opens()
    shopper.chooses(**OAK)
    return shopper


def told(shopper: Shopper) -> dict[str, str]:
    """Return what the page tells its viewer, by the name of the attribute."""
    text = shopper.page.text
    found = text[text.index('id="model"') :].partition(">")[0]
    return {
        name.removeprefix("data-"): value
        for name, _mark, value in (
            each.partition('="') for each in found.split('" ') if each.startswith("data-")
        )
    }


def document(content: bytes) -> Any:
    length = struct.unpack("<I", content[12:16])[0]
    return json.loads(content[20 : 20 + length])


def test_the_page_leads_to_the_model_of_what_is_chosen(shopper: Shopper, client: Client) -> None:
    viewer = told(shopper)
    response = client.get(viewer["src"])
    file = document(response.content)
    assert response.headers["Content-Type"] == "model/gltf-binary"
    assert len(file["nodes"]) == 1 + 2 + 2
    assert [each["name"] for each in file["meshes"]] == ["side", "shelf"]
    assert (viewer["drivers"], viewer["looks"]) == ("wood boards", "wood=oak")
    assert (viewer["sizes"], viewer["box"]) == ("800 mm|2000 mm|300 mm", "0 0 -0.3 0.8 2 0")


def test_a_model_is_kept_for_good_under_its_content(shopper: Shopper, client: Client) -> None:
    address = told(shopper)["src"]
    response = client.get(address)
    assert response.headers["Cache-Control"] == FOREVER
    assert "Set-Cookie" not in response.headers
    scene = resolve(compile_shapes(shelf()), {"width": 800, "boards": 2, "wood": "oak"})
    assert f"/{fingerprint(scene)[:16]}-" in address
    again = client.get(address, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_another_colour_needs_no_other_file_and_another_size_does(shopper: Shopper) -> None:
    oak = told(shopper)
    shopper.chooses(wood="ash")
    ash = told(shopper)
    shopper.chooses(width="900")
    assert (ash["form"], ash["looks"]) == (oak["form"], "wood=ash")
    assert told(shopper)["form"] != oak["form"]


def test_a_click_on_a_part_leads_to_its_option(shopper: Shopper) -> None:
    assert ("goto", "boards") in shopper.page.buttons
    assert shopper.presses("goto", "boards").text.count('data-focus="o-boards"') == 1


def test_a_name_that_no_page_gave_has_no_model(shopper: Shopper, client: Client) -> None:
    address = told(shopper)["src"]
    folder, _mark, name = address.rpartition("/")
    content, sealed = name[:16], name[17:]
    changed = f"{'B' if sealed[0] == 'A' else 'A'}{sealed[1:]}"
    for other in (f"{content}-{changed}", f"{'0' * 16}-{sealed}", f"{content}-AAAA.glb"):
        assert client.get(f"{folder}/{other}").status_code == 404


def test_another_shop_has_no_model_under_that_name(
    shopper: Shopper, client: Client, db: None
) -> None:
    other = make_merchant("another")
    address = told(shopper)["src"].replace("/joinery/", "/another/")
    assert client.get(address).status_code == 404
    publish(import_product(other, ProductFile(shelf(name="Other shelf"), ())))
    assert client.get(address).status_code == 404


def test_a_model_stays_when_the_secret_key_changes_and_the_product_is_retired(
    shopper: Shopper, shop: Merchant, client: Client, settings: Settings
) -> None:
    address = told(shopper)["src"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    retire(shop.products.get(key="shelf"))
    assert client.get(address).status_code == 200


def test_the_values_of_internal_options_are_told_by_no_address(
    shop: Merchant, client: Client
) -> None:
    options = [*SHELF["options"][1:], {**SHELF["options"][0], "internal": True, "default": 777}]
    publish(import_product(shop, ProductFile(shelf(product="inside", options=options), ())))
    shopper = Shopper(client, "/embed/joinery/inside/")
    shopper.opens("?boards=2&wood=oak")
    viewer = told(shopper)
    assert client.get(viewer["src"]).status_code == 200
    assert "777" not in viewer["src"] and "width" not in viewer["drivers"]


def test_what_cannot_be_built_has_no_model_and_the_page_stays(shopper: Shopper) -> None:
    shopper.opens()
    assert (shopper.page.status, told(shopper)["src"]) == (200, "")


def test_the_model_of_a_draft_is_behind_its_link(shop: Merchant, client: Client) -> None:
    link = make_draft_link(shop.products.get(key="shelf"))
    shopper = Shopper(client, link.path)
    shopper.opens("?width=800&boards=2&wood=oak")
    response = client.get(told(shopper)["src"])
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, max-age=3600"


def test_only_pages_with_a_model_have_the_policy_and_the_script_for_it(
    shopper: Shopper, shop: Merchant, client: Client
) -> None:
    plain = shelf(product="plain", shapes=[], materials=[])
    publish(import_product(shop, ProductFile(plain, ())))
    pages = client.get("/embed/joinery/shelf/"), client.get("/embed/joinery/plain/")
    policies = [each.headers["Content-Security-Policy"] for each in pages]
    assert ["connect-src 'self' blob:" in each for each in policies] == [True, False]
    assert ["sha256-" in each for each in policies] == [True, False]
    assert ["viewer.js" in each.content.decode() for each in pages] == [True, False]
    assert not any("unsafe" in each for each in policies)


def test_a_code_leads_a_telephone_to_the_same_choices(shopper: Shopper, client: Client) -> None:
    address = "/embed/joinery/shelf/code.svg?width=800&boards=2&wood=oak"
    assert f'src="{address.replace("&", "&amp;")}"' in shopper.page.text
    response = client.get(address)
    page = "http://testserver/embed/joinery/shelf/?width=800&boards=2&wood=oak"
    assert response.content == drawn(page)
    assert response.headers["Content-Type"] == "image/svg+xml"


def drawn(text: str) -> bytes:
    content = BytesIO()
    made = segno.make(text, micro=False, error="m")
    made.save(content, kind="svg", xmldecl=False, omitsize=True, light="#fff")
    return content.getvalue()


def test_choices_that_are_too_long_for_a_code_have_none(shop: Merchant, client: Client) -> None:
    text = {"key": "word", "kind": "text", "label": "Word", "text": {"max_length": 900}}
    model = shelf(product="long", options=[*SHELF["options"], text])
    publish(import_product(shop, ProductFile(model, ())))
    shopper = Shopper(client, "/embed/joinery/long/")
    shopper.opens(f"?width=800&boards=2&wood=oak&word={'a' * 600}")
    assert "code.svg" not in shopper.page.text
    assert client.get(f"/embed/joinery/long/code.svg?word={'a' * 600}").status_code == 404


def test_the_viewer_speaks_the_language_of_the_page(shop: Merchant, client: Client) -> None:
    model = shelf(product="regal", locale="de", name="Regal")
    publish(import_product(shop, ProductFile(model, ())))
    shopper = Shopper(client, "/embed/joinery/regal/")
    shopper.opens("?lang=de&width=800&boards=2&wood=oak")
    spoken = json.loads(html.unescape(told(shopper)["spoken"].rstrip('"')))
    assert spoken["upper-front"] == "Von vorn gesehen und von oben"


def row_sold(client: Client, **changes: Any) -> Shopper:
    boxes = {**ROW["assemblies"][0], "at_least": 2}
    changes = {"assemblies": [boxes], **changes}
    publish(import_product(make_merchant("joinery"), ProductFile(row(**changes), ())))
    shopper = Shopper(client, "/embed/joinery/row/")
    shopper.opens()
    return shopper


def spoken_twice(document: Any) -> Any:
    """Return a product file whose names are in German as well."""
    if isinstance(document, list):
        return [spoken_twice(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {
        key: {"default": each, "de": each}
        if key in ("name", "label") and isinstance(each, str)
        else spoken_twice(each)
        for key, each in document.items()
    }


def test_where_a_shape_check_fails_the_page_says_why(db: None, client: Client) -> None:
    message = {"default": "Too <wide> to carry.", "de": "Zu breit."}
    check = {"key": "narrow", "then": "width < 700", "message": message}
    model = read(spoken_twice({**SHELF, "shape_checks": [check]}))
    publish(import_product(make_merchant("joinery"), ProductFile(model, ())))
    shopper = Shopper(client, "/embed/joinery/shelf/")
    shopper.opens()
    # Nobody chose a width that could be too wide.
    assert "to carry" not in shopper.page.text
    shopper.chooses(**OAK)
    assert (told(shopper)["src"], told(shopper)["sizes"]) == ("", "")
    assert '<p class="notice unbuilt" role="status">Too &lt;wide&gt; to carry.</p>' in (
        shopper.page.text
    )
    shopper.chooses(width="600")
    assert "to carry" not in shopper.page.text
    assert told(shopper)["sizes"].startswith("600 mm")
    query = "&".join(f"{key}={value}" for key, value in OAK.items())
    german = client.get(f"/embed/joinery/shelf/?lang=de&{query}").content.decode()
    assert "Zu breit." in german


TWO = {
    "boxes.1.width": "400",
    "boxes.2.width": "250",
    "boxes.1.wood": "oak",
    "boxes.2.wood": "ash",
}


def test_shapes_of_contained_products_are_shown_beside_those_of_the_product(
    db: None, client: Client
) -> None:
    shopper = row_sold(client)
    shopper.chooses(height="300", width="1000", **TWO)
    viewer = told(shopper)
    assert client.get(viewer["src"]).status_code == 200
    # Meshes are those of the posts, the base, and the lid of each box.
    assert viewer["drivers"] == "boxes.1.width boxes.1.width width boxes.1.wood boxes.2.wood"
    assert set(viewer["looks"].split()) == {"boxes.1.wood=oak", "boxes.2.wood=ash"}
    former = viewer["src"]
    shopper.chooses(**{"boxes.2.width": "260"})
    assert told(shopper)["src"] != former


def test_shapes_that_contained_products_alone_have_are_shown(db: None, client: Client) -> None:
    boxes = {**ROW["assemblies"][0], "at_least": 2, "spacing": {"x": "width"}}
    shopper = row_sold(client, options=[], materials=[], shapes=[], assemblies=[boxes])
    shopper.chooses(**TWO)
    viewer = told(shopper)
    assert client.get(viewer["src"]).status_code == 200
    assert viewer["sizes"].startswith("650 mm|")
    assert 'id="picture" src="/embed/joinery/row/pictures/' in shopper.page.text


def test_a_contained_shape_whose_numbers_are_fixed_is_of_no_option(
    db: None, client: Client
) -> None:
    foot = {"key": "foot", "label": "Foot", "length": 50, "width": 50, "thickness": 20}
    boxes = {**ROW["assemblies"][0], "at_least": 2, "definition": {**BOX, "shapes": [foot]}}
    shopper = row_sold(client, assemblies=[boxes])
    shopper.chooses(height="300", width="1000", **TWO)
    assert told(shopper)["drivers"] == "boxes.1.width boxes.1.width width -"


def test_a_draft_of_too_many_shapes_has_a_page_without_a_model(db: None, client: Client) -> None:
    lids = [{**BOX["shapes"][0], "key": f"lid{number}"} for number in range(501)]
    boxes = {**ROW["assemblies"][0], "at_most": 2, "definition": {**BOX, "shapes": lids}}
    drafted = import_product(make_merchant("joinery"), ProductFile(row(assemblies=[boxes]), ()))
    response = client.get(make_draft_link(drafted).path)
    assert response.status_code == 200
    assert 'data-src=""' in response.content.decode()


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("", "public, max-age=86400"),
        ("draft/token/", "private, max-age=3600"),
        ("c/made/", "private, max-age=3600"),
    ],
)
def test_a_code_of_a_secret_address_lies_in_no_shared_cache(
    shop: Merchant, client: Client, path: str, caching: str
) -> None:
    response = client.get(f"/embed/joinery/shelf/{path}code.svg?width=800")
    assert response.headers["Cache-Control"] == caching
