"""What a shopper writes is on the picture, in the files and in the answers, or is refused in words."""

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pytest_django.fixtures import Settings

from catalog import drafts
from catalog.models import Merchant
from catalog.operations import publish
from catalog.print_checks import check_prints
from catalog.product_model import read
from configurator import pictures
from configurator.answering import follow
from configurator.compiled_product import compile_product
from configurator.embed.options import print_problem_text
from configurator.offers import published
from configurator.prints.printed import Problem
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import Api, told
from tests.configurator.prints.plates import PLATE
from tests.embed import Shopper
from tests.factories import make_user, picture

pytestmark = pytest.mark.database


@pytest.fixture
def shop(merchant: Merchant, settings: Settings, tmp_path: Path) -> Merchant:
    settings.DATA_DIR = tmp_path
    files = {"board.png": picture(400, 100, "#ffffff")}
    publish(import_product(merchant, ProductFile(read(PLATE), ()), files))
    return merchant


def plate(**changes: Any) -> Any:
    return read({**PLATE, **changes})


def red(content: bytes) -> np.ndarray:
    """Return where a picture is rather red than white."""
    with Image.open(BytesIO(content)) as image:
        pixels = np.asarray(image.convert("RGB"), int)
    return pixels[..., 0] - pixels[..., 1] > 100


def shown(client: Client, query: str) -> bytes:
    page = Shopper(client, "/embed/joinery/plate/").opens(query).text
    address = page.partition('id="picture" src="')[2].partition('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content


def test_what_is_written_is_on_the_picture_in_its_colour(shop: Merchant, client: Client) -> None:
    assert not red(shown(client, "")).any()
    short, long = red(shown(client, "?name=I")), red(shown(client, "?name=IIIIIIIII"))
    assert 0 < short.sum() < long.sum()
    rows, columns = np.nonzero(long)
    assert rows.min() >= 24 and rows.max() <= 76 and columns.min() >= 39 and columns.max() <= 361
    assert not red(shown(client, "?name=I&ink=%230000ff")).any()


def test_a_text_without_limits_of_its_own_is_told_those_of_all(
    shop: Merchant, client: Client
) -> None:
    page = Shopper(client, "/embed/joinery/plate/").opens("")
    assert "Up to 200 characters." in page.text


def test_the_same_text_has_the_same_picture_and_another_one_has_another(
    shop: Merchant, client: Client
) -> None:
    assert shown(client, "?name=Ada") == shown(client, "?name=Ada")
    assert len({shown(client, f"?name=Ada{more}") for more in ("", "m", "&letters=sans")}) == 3


def test_a_text_that_none_of_our_pages_wrote_is_not_drawn(shop: Merchant, client: Client) -> None:
    page = Shopper(client, "/embed/joinery/plate/").opens("?name=Ada").text
    address = page.partition('id="picture" src="')[2].partition('"')[0]
    known, _, written = address.partition("~")
    assert written
    forged = f"{known}~{'A' * (len(written) - 5)}.webp"
    assert client.get(forged).status_code == 404


def test_what_cannot_be_written_is_told_at_its_field_and_cannot_be_ordered(
    shop: Merchant, client: Client
) -> None:
    shopper = Shopper(client, "/embed/joinery/plate/")
    shopper.opens("?name=%D0%96")
    page = shopper.presses("complete")
    told_there = "This typeface has no Ж. Leave it out, or take another: Sans."
    assert page.words.count(told_there) == 2
    assert 'role="alert"' in page.text
    lacking = Problem("", "lacking", {"characters": ["Ж"], "typefaces": ["hand"]})
    with translation.override("de"):
        assert print_problem_text(lacking).endswith("nehmen Sie eine andere: Handschrift.")
    assert told_there not in shopper.opens("?name=%D0%96&letters=sans").words


def test_the_api_tells_how_high_letters_are_or_why_there_are_none(shop: Merchant) -> None:
    api = Api(shop)

    def answer(**choices: Any) -> Any:
        return told(api.post("products/plate/evaluate", {"choices": choices, "pictures": True}))

    [front] = answer(name="Ada")["prints"]
    assert (front["key"], front["text"], front["typeface"]) == ("front", "Ada", "serif")
    assert (front["width"], front["height"], front["size"]) == (180, 30, 20)
    [long] = answer(name="Ada" * 6, width=120)["prints"]
    assert 6 <= long["size"] < 20
    evaluation = answer(name="Ada" * 30)
    assert evaluation["complete"] and not evaluation["ready"]
    assert "Write less" in evaluation["prints"][0]["problem"]
    assert answer()["prints"] == []
    refused = api.post("configurations", {"product": "plate", "choices": {"name": "Ж"}})
    identity = told(refused)["id"]
    completed = api.post(f"configurations/{identity}/complete", {})
    assert completed.status_code == 409
    assert "Front: The typeface has no 'Ж'" in completed.json()["detail"]


def test_the_api_names_a_picture_with_the_text(shop: Merchant, client: Client) -> None:
    body = {"choices": {"name": "Ada"}, "pictures": True}
    [shown_there] = told(Api(shop).post("products/plate/evaluate", body))["pictures"]
    content = client.get(urlsplit(shown_there["url"]).path).content
    assert content == shown(client, "?name=Ada")


def test_a_size_that_is_open_prints_nothing_yet() -> None:
    width = {**PLATE["options"][1]}
    del width["default"]
    options = [PLATE["options"][0], width, *PLATE["options"][2:]]
    product = compile_product(replace(plate(options=options), layers=(), assets={}))
    assert product.prints[0].numbers["width"]({"name": "Ada"}) is None


@pytest.mark.parametrize("width", ["width * 999999999", "-width", "width * 0"])
def test_an_area_that_nobody_can_print_on_is_a_problem_and_no_fault(
    merchant: Merchant, width: str
) -> None:
    prints = [{**PLATE["prints"][0], "width": width}]
    publish(import_product(merchant, ProductFile(plate(prints=prints, layers=[]), ())))
    [front] = follow(published("joinery", "plate"), {"name": "Ada"}).prints
    assert front.problem is not None and front.lettering is None


@pytest.mark.parametrize("changes", [{"corners": []}, {"corners": [[5, 5]] * 4}])
def test_letters_without_an_area_and_below_all_pictures_are_left_out(
    shop: Merchant, changes: dict[str, Any]
) -> None:
    """A draft is looked at before it is checked, and what lies below a print has a condition."""
    board, front = PLATE["layers"]
    for layers in ([board, {**front, **changes}], [front, board]):
        offer = published("joinery", "plate")
        spoilt = replace(plate(layers=layers), assets=offer.product.model.assets)
        prints = follow(offer, {"name": "Ada"}).prints
        shown = pictures.composed(spoilt, 3, "", prints)
        assert shown is not None and not red(shown.content).any()
    alone = plate(layers=[{**board, "view": "front"}, {**front, "view": "back"}])
    assert pictures.layer_mask(alone, ["board", "front"], "back") == 0


@pytest.mark.parametrize("text", ["\ue000", "Ada\tLove", "\U000e0fff", "\u2060"])
def test_what_nobody_would_see_and_boxes_for_it_are_never_ready(shop: Merchant, text: str) -> None:
    [front] = follow(published("joinery", "plate"), {"name": text}).prints
    assert front.problem is not None
    assert front.problem.sentence.isprintable()


def test_who_must_not_see_an_option_reads_no_print_of_it(shop: Merchant) -> None:
    secret = {**PLATE["options"][0], "internal": True, "default": "Ada"}
    model = plate(options=[secret, *PLATE["options"][1:]])
    publish(import_product(shop, ProductFile(model, ())))
    file, choices = "products/plate/prints/front", {"choices": {"width": 200}}
    few = Api(shop, ["configurator:evaluate"])
    assert told(few.post("products/plate/evaluate", choices))["prints"] == []
    refused = few.post(file, choices)
    assert (refused.status_code, "it has none" in told(refused)["detail"]) == (404, True)
    every = Api(shop)
    assert [
        each["text"] for each in told(every.post("products/plate/evaluate", choices))["prints"]
    ] == ["Ada"]
    assert every.post(file, choices).status_code == 200


def test_a_condition_leaves_a_print_out(merchant: Merchant) -> None:
    prints = [{**PLATE["prints"][0], "when": "width > 200"}]
    publish(import_product(merchant, ProductFile(plate(prints=prints, layers=[]), ())))
    offer = published("joinery", "plate")
    assert follow(offer, {"name": "Ada"}).prints == ()
    assert len(follow(offer, {"name": "Ada", "width": Decimal(250)}).prints) == 1


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"prints": [{**PLATE["prints"][0], "text": "width"}]}, "prints/front/text"),
        ({"prints": [{**PLATE["prints"][0], "typeface_of": "ink"}]}, "prints/front/typeface_of"),
        ({"prints": [{**PLATE["prints"][0], "colour_of": "name"}]}, "prints/front/colour_of"),
        ({"layers": [PLATE["layers"][1]]}, "layers/front/print"),
        ({"layers": [{**PLATE["layers"][0], "print": "front"}]}, "layers/board/image"),
        (
            {
                "layers": [
                    {**PLATE["layers"][0], "view": "front"},
                    {**PLATE["layers"][1], "view": "back"},
                ]
            },
            "layers/front/print",
        ),
        (
            {"layers": [PLATE["layers"][0], {**PLATE["layers"][1], "print": "back"}]},
            "layers/front/print",
        ),
        (
            {"layers": [PLATE["layers"][0], {**PLATE["layers"][1], "corners": [[0, 0]]}]},
            "layers/front/corners",
        ),
        (
            {
                "layers": [
                    PLATE["layers"][0],
                    {**PLATE["layers"][1], "corners": [[0, 0], [0, 9], [9, 9], [9, 0]]},
                ]
            },
            "layers/front/corners",
        ),
    ],
)
def test_a_print_that_cannot_be_shown_is_a_finding(changes: dict[str, Any], path: str) -> None:
    assert [each.path for each in check_prints(plate(**changes))] == [path]


def test_a_choice_of_typefaces_names_one_for_each_value() -> None:
    letters = {**PLATE["options"][2], "values": [{"key": "serif", "label": "Serif"}]}
    options = [*PLATE["options"][:2], letters, PLATE["options"][3]]
    [finding] = check_prints(plate(options=options))
    assert finding.path == "options/letters/values/serif"


def test_prints_and_their_layers_are_edited_in_the_administration(
    merchant: Merchant, client: Client
) -> None:
    product = drafts.write(merchant, plate())
    client.force_login(make_user("maria", merchant))
    row = product.prints.get()
    page = reverse("admin:catalog_print_change", args=[row.pk])
    data = {
        name: "" if value is None else value
        for name, value in client.get(page).context["adminform"].form.initial.items()
    }
    assert client.post(page, {**data, "width": "width - 40"}).status_code == 302
    assert drafts.read(product).prints[0].width == "width - 40"
    assert client.post(page, {**data, "width": "wide"}).status_code == 200
    layer = product.layers.get(key="front")
    page = reverse("admin:catalog_layer_change", args=[layer.pk])
    form = client.get(page).context["adminform"].form
    assert form["corners"].value() == "10.0, 25.0\n90.0, 25.0\n90.0, 75.0\n10.0, 75.0"
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    corners = "5, 20.5\n95, 20.5\n95, 80\n5, 80"
    assert client.post(page, {**data, "corners": corners}).status_code == 302
    assert drafts.read(product).layers[1].corners == ((5, 20.5), (95, 20.5), (95, 80), (5, 80))
    for wrong in ("a, b", "nan, 0\n1, 2\n3, 4\n5, 6", "1e400, 0", "-5, 0", "0, 101"):
        refused = client.post(page, {**data, "corners": wrong})
        assert "Write numbers from 0 to 100" in refused.content.decode(), wrong
    refused = client.post(page, {**data, "corners": "0, 0\n9, 0\n9, 9"})
    assert "An area has 4 corners" in refused.content.decode()


def test_a_print_follows_the_keys_that_are_renamed(merchant: Merchant) -> None:
    from catalog.renaming import Name, renamed

    model = plate()
    names = {Name("option", "name"): "words", Name("print", "front"): "face"}
    new = renamed(model, names).model
    assert (new.prints[0].key, new.prints[0].text, new.layers[1].print) == ("face", "words", "face")
    assert re.search(r"length\(words\)", new.price_lines[0].amount or "")
    assert pictures.picture_views(new) == (None,)


def test_a_print_is_a_file_for_the_workshop(shop: Merchant) -> None:
    api = Api(shop)
    kept = told(api.post("configurations", {"product": "plate", "choices": {"name": "Ada"}}))
    begin = {"svg": b"<svg ", "pdf": b"%PDF-", "png": b"\x89PNG"}
    for kind, first in begin.items():
        file = api.get(f"configurations/{kept['id']}/prints/front?format={kind}&dpi=150")
        assert file.status_code == 200 and file.content.startswith(first)
        assert file["Content-Disposition"] == f'attachment; filename="front.{kind}"'
        body = {"choices": {"name": "Ada"}, "format": kind, "dpi": 150}
        assert api.post("products/plate/prints/front", body).content == file.content
    tagged = api.get(f"configurations/{kept['id']}/prints/front")
    again = api.get(f"configurations/{kept['id']}/prints/front", If_None_Match=tagged["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("choices", "print", "status", "detail"),
    [
        ({}, "front", 404, "Nothing is written"),
        ({"name": "Ada"}, "back", 404, "it has front"),
        ({"name": "Ж"}, "front", 409, "choose sans"),
    ],
)
def test_there_is_no_file_of_what_is_not_printed(
    shop: Merchant, choices: dict[str, Any], print: str, status: int, detail: str
) -> None:
    answer = Api(shop).post(f"products/plate/prints/{print}", {"choices": choices})
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
