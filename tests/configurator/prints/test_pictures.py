"""What a shopper uploads is on the picture, in the files and in the answers, or is refused in words."""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from catalog import drafts
from catalog.models import Merchant
from catalog.operations import publish
from catalog.print_checks import check_prints
from catalog.product_model import read
from catalog.uploaded import Uploaded, uploaded
from configurator import uploads
from configurator.answering import follow
from configurator.compiled_product import compile_product
from configurator.erasing import erase_configuration
from configurator.keeping import choose, save
from configurator.models import Upload
from configurator.offers import published
from configurator.prints import uploading
from configurator.prints.picture_files import laid, picture_file
from configurator.prints.placing import placed
from configurator.prints.printed import printed
from configurator.prints.refusals import PrintRefused
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import Api, told
from tests.configurator.prints.plates import PLATE
from tests.embed import Shopper, read_page
from tests.factories import make_merchant, picture

pytestmark = pytest.mark.database

MUG: dict[str, Any] = {
    **PLATE,
    "product": "mug",
    "options": [
        *PLATE["options"],
        {"key": "logo", "kind": "file", "label": "Logo", "required": False},
        {
            "key": "turn",
            "kind": "number",
            "label": "Turn",
            "default": 0,
            "number": {"first": 0, "last": 90, "step": 90},
        },
    ],
    "price_lines": [
        {"key": "all", "label": "Mug", "amount": 20},
        {"key": "logo", "label": "Logo", "amount": "width * 0.05", "when": "given(logo)"},
    ],
    "prints": [
        {
            "key": "front",
            "label": "Front",
            "file": "logo",
            "width": "width - 20",
            "height": "30",
            "turn": "turn",
        }
    ],
}
DRAWING = b"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://example.org/i" viewBox="0 0 20 10">
<title>Secret</title><i:secret/><style>.a{fill:#ff0000}</style>
<rect class="a" width="20" height="10" i:secret="1"/></svg>"""


@pytest.fixture
def shop(merchant: Merchant, settings: Settings, tmp_path: Any) -> Merchant:
    settings.DATA_DIR = tmp_path
    files = {"board.png": picture(400, 100, "#ffffff")}
    publish(import_product(merchant, ProductFile(read(MUG), ()), files))
    return merchant


@pytest.fixture(scope="session")
def logo() -> uploading.Kept:
    """A red picture, read once in the process that reads uploads."""
    return uploading.kept(picture(600, 300, "#ff0000"))


@pytest.fixture
def kept(logo: uploading.Kept, monkeypatch: pytest.MonkeyPatch) -> Uploaded:
    """Have every upload be that picture."""
    monkeypatch.setattr(uploading, "kept", lambda content: logo)
    return logo.file


def a_file(width: int = 600, height: int = 300, format: Any = "png") -> Uploaded:
    return Uploaded("ab" * 32, width, height, format)


def printed_with(file: Uploaded | None, **changes: Any) -> Any:
    model = read({**MUG, "prints": [{**MUG["prints"][0], **changes}]})
    values = {"width": 200, "turn": 0, "logo": file.name if file else ""}
    return printed(compile_product(model).prints, values)


# ---- names and places ----------------------------------------------------------------------------


def test_a_file_is_called_by_its_content_and_size() -> None:
    file = a_file()
    assert uploaded(file.name) == file
    for wrong in (
        "",
        "x",
        file.name.upper(),
        f"{'ab' * 32}-0x3.png",
        f"{'ab' * 32}-99999x3.png",
        7,
    ):
        assert uploaded(wrong) is None


def test_a_picture_fits_into_its_area_or_covers_it_however_it_is_turned() -> None:
    (fits,) = printed_with(a_file())
    assert (fits.picture.width, fits.picture.height) == pytest.approx((60, 30))
    assert (fits.picture.x, fits.picture.y) == (90, 15)
    (covers,) = printed_with(a_file(), fit="cover", scale=50, x="1 cm", y=-2)
    assert (covers.picture.width, covers.picture.height) == pytest.approx((90, 45))
    assert (covers.picture.x, covers.picture.y) == (100, 13)
    (turned,) = printed_with(a_file(), turn=90)
    assert (turned.picture.width, turned.picture.height) == pytest.approx((30, 15))
    assert printed_with(None) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"scale": 0}, "scale"), ({"x": 500}, "outside"), ({"width": 0}, "")],
)
def test_what_cannot_be_placed_is_told_and_not_ordered(changes: Any, reason: str) -> None:
    (found,) = printed_with(a_file(), **changes)
    assert (found.picture, found.problem.reason) == (None, reason)


def test_too_few_dots_are_warned_of_with_the_size_that_would_do() -> None:
    (found,) = printed_with(a_file(300, 150))
    assert found.picture.dpi == pytest.approx(127)
    assert found.warning.data == {"dpi": 127, "width": 355, "height": 178}
    assert found.problem is None
    for fine in (a_file(600, 300), a_file(10, 5, "svg")):
        assert printed_with(fine)[0].warning is None


@pytest.mark.parametrize(("turn", "middle"), [(0, (0, 0)), (30, (5, 3)), (90, (0, -4))])
def test_every_kind_of_file_shows_the_same(
    logo: uploading.Kept, turn: float, middle: tuple[float, float]
) -> None:
    found = placed(logo.file, (80, 60), "contain", 100, middle, turn)
    seen = np.asarray(laid(found, logo.content, 2))[..., 3] > 128
    rows, columns = np.nonzero(seen)
    # The middle of what is seen is where it was put, wherever nothing is cut off.
    if turn == 0:
        assert (columns.mean() / 2, 60 - rows.mean() / 2) == pytest.approx((40, 30), abs=0.5)
    assert seen.sum() / 4 <= found.width * found.height + 1
    svg = picture_file(found, logo.content, "svg").decode()
    assert f"rotate({-turn:g} {40 + middle[0]:g} {30 - middle[1]:g})" in svg


def test_a_png_has_its_resolution_and_a_pdf_is_a_page_of_the_area(logo: uploading.Kept) -> None:
    found = placed(logo.file, (50.8, 25.4))
    with Image.open(BytesIO(picture_file(found, logo.content, "png", 300))) as image:
        assert (image.size, image.info["dpi"]) == ((600, 300), pytest.approx((300, 300), abs=0.1))
        assert image.convert("RGBA").getpixel((5, 5)) == (255, 0, 0, 255)
    pdf = picture_file(found, logo.content, "pdf")
    assert pdf.startswith(b"%PDF")
    assert pdf == picture_file(found, logo.content, "pdf")
    with pytest.raises(PrintRefused, match="72 to 1200"):
        picture_file(found, logo.content, "png", 10)


# ---- uploads -------------------------------------------------------------------------------------


def test_a_photo_is_kept_upright_and_without_what_its_camera_wrote() -> None:
    written, image = BytesIO(), Image.new("RGB", (60, 40), "red")
    exif = image.getexif()
    exif[0x0112], exif[0x010E] = 6, "at home"
    image.save(written, "JPEG", exif=exif, comment=b"at home")
    kept = uploading.kept(written.getvalue())
    assert (kept.file.width, kept.file.height, kept.file.format) == (40, 60, "jpg")
    assert b"at home" in written.getvalue()
    assert b"at home" not in kept.content


def test_a_drawing_is_kept_as_its_shapes_with_a_picture_of_them() -> None:
    kept = uploading.kept(DRAWING)
    assert (kept.file.width, kept.file.height, kept.file.format) == (10_000, 5_000, "svg")
    assert kept.content == (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" width="20" height="10">'
        b'<rect fill="#ff0000" width="20" height="10" /></svg>'
    )
    with Image.open(BytesIO(kept.shown)) as shown:
        assert shown.size == (2_000, 1_000)
        assert shown.convert("RGBA").getpixel((9, 9)) == (255, 0, 0, 255)
    found = placed(kept.file, (50.8, 25.4))
    with Image.open(BytesIO(picture_file(found, kept.content, "png", 300))) as image:
        assert image.convert("RGBA").getpixel((599, 299)) == (255, 0, 0, 255)


def test_what_takes_too_long_to_read_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "MOST_SECONDS", 0.01)
    with pytest.raises(uploading.UploadRefused, match="too long"):
        uploading.kept(DRAWING)


def test_each_merchant_has_its_own_files(shop: Merchant, kept: Uploaded) -> None:
    assert uploads.keep_upload(shop, b"") == uploads.keep_upload(shop, b"")
    assert Upload.objects.for_merchant(shop).count() == 1
    other = make_merchant("other")
    assert uploads.missing_uploads(other, read(MUG), {"logo": kept.name}) == ("logo",)
    with pytest.raises(uploads.NotFound):
        uploads.upload_content(other, kept)


def test_files_that_no_configuration_names_go_after_some_days(
    shop: Merchant, kept: Uploaded
) -> None:
    offer = published(shop.slug, "mug")
    with pytest.raises(uploads.UploadMissing, match="upload it again"):
        save(offer, {"logo": kept.name})
    uploads.keep_upload(shop, b"")
    row = save(offer, {"logo": kept.name})
    Upload.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
    uploads.sweep_uploads.func()
    assert uploads.upload_content(shop, kept)
    choose(row, {"logo": None})
    uploads.sweep_uploads.func()
    assert not Upload.objects.exists()
    assert not default_storage.exists(uploads.stored_as(shop.pk, kept))


def test_what_is_erased_lets_go_of_its_file(shop: Merchant, kept: Uploaded) -> None:
    uploads.keep_upload(shop, b"")
    row = save(published(shop.slug, "mug"), {"logo": kept.name})
    assert kept.name in str(row.evaluation)

    erase_configuration(row, "maria")

    assert kept.name not in str([row.evaluation, row.choices, row.past])
    assert not Upload.objects.get().configurations.exists()
    assert row.evaluation["prints"][0]["picture"] is None


def test_a_merchant_has_so_many_loose_files_and_no_more(
    shop: Merchant, kept: Uploaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_LOOSE", 10)
    with pytest.raises(uploads.UploadsBusy, match="tomorrow"):
        uploads.keep_upload(shop, b"")


# ---- faces ---------------------------------------------------------------------------------------


def upload(client: Client, page: Any, content: bytes, button: str = "upload") -> Any:
    """Press the button of a page without scripts."""
    fields = {**dict(page.fields), button: "logo"}
    fields["file.logo"] = SimpleUploadedFile("logo.png", content)
    return read_page(client.post("/embed/joinery/mug/", fields))


def test_a_shopper_uploads_sees_removes_and_orders_it(
    client: Client, shop: Merchant, kept: Uploaded
) -> None:
    shopper = Shopper(client, "/embed/joinery/mug/")
    page = upload(client, shopper.opens(), b"any")
    assert page.status == 200
    assert f"logo={kept.name}" in page.values("state")[0]
    assert "600 × 300" in page.section("o-logo")
    address = next(
        part.split('"')[0] for part in page.text.split('src="') if part.startswith("/embed/")
    )
    shown = client.get(urlsplit(address).path)
    with Image.open(BytesIO(shown.content)) as image:
        red, green, blue = image.convert("RGB").getpixel((200, 50))
    assert red > 200 > 60 > max(green, blue)
    assert not client.cookies
    shopper.page = page
    done = shopper.presses("complete")
    assert done.status in (200, 302, 303), done.words[:400]
    assert shop.configurations.get().uploads.get().name == kept.name
    shopper.page = page
    gone = shopper.presses("clear", "logo")
    assert "logo=" not in gone.values("state")[0]


def test_a_file_that_is_refused_is_told_at_its_field(client: Client, shop: Merchant) -> None:
    page = Shopper(client, "/embed/joinery/mug/").opens()
    refused = upload(client, page, b"GIF89a")
    assert refused.status == 422
    assert "not a PNG, JPEG or WebP picture" in refused.section("o-logo")
    assert "logo=" not in refused.values("state")[0]
    empty = read_page(client.post("/embed/joinery/mug/", {**dict(page.fields), "upload": "logo"}))
    assert "choose a file first" in empty.section("o-logo").lower()


@pytest.mark.parametrize("limit", ["WIDGET_SAVES", "WIDGET_WORK_SECONDS"])
def test_uploads_from_one_address_have_a_limit(
    client: Client, shop: Merchant, kept: Uploaded, settings: Any, limit: str
) -> None:
    page = Shopper(client, "/embed/joinery/mug/").opens()
    assert upload(client, page, b"any").status == 200
    setattr(settings, limit, 1 if limit == "WIDGET_SAVES" else 0)

    assert upload(client, page, b"any").status == 429
    assert Shopper(client, "/embed/joinery/mug/").opens().status == 200


def test_a_link_to_a_file_that_is_gone_says_so(client: Client, shop: Merchant) -> None:
    page = Shopper(client, "/embed/joinery/mug/").opens(f"?logo={a_file().name}")
    assert page.status == 200
    assert "no longer exist" in page.words
    assert "logo=" not in page.values("state")[0]


def test_callers_upload_evaluate_and_get_the_files(shop: Merchant) -> None:
    api = Api(shop)
    given = {"content": b64encode(picture(600, 300, "#ff0000")).decode()}
    answer = api.post("uploads", given)
    assert answer.status_code == 201
    file = told(answer)
    assert (file["kind"], file["width"], file["height"]) == ("picture", 600, 300)
    body = {"choices": {"logo": file["name"]}}
    evaluation = told(api.post("products/mug/evaluate", body))
    (each,) = evaluation["prints"]
    assert (each["width"], each["height"], each["text"]) == (180, 30, "")
    assert each["picture"] == {
        "file": file["name"],
        "width": 60,
        "height": 30,
        "x": 90,
        "y": 15,
        "turn": 0,
        "dpi": 254,
    }
    assert evaluation["price"]["total"] == "30.00"
    assert evaluation["ready"]
    made = told(api.post("configurations", {"product": "mug", **body}))
    for path in (f"configurations/{made['id']}/prints/front?format=png",):
        print_file = api.get(path)
        assert print_file.headers["Content-Type"] == "image/png"
        with Image.open(BytesIO(print_file.content)) as image:
            assert image.size == (round(180 / 25.4 * 300), round(30 / 25.4 * 300))
    unknown = {"choices": {"logo": a_file().name}}
    problem = told(api.post("configurations", {"product": "mug", **unknown}))
    assert (problem["status"], problem["code"]) == (409, "upload-missing")
    refused = told(api.post("uploads", {"content": b64encode(b"<svg/>").decode()}))
    assert (refused["status"], refused["code"]) == (422, "upload-refused")
    assert told(api.post("products/mug/prints/front", unknown))["code"] == "not-found"
    wrong = told(api.post("products/mug/evaluate", {"choices": {"logo": "logo.png"}}))
    assert wrong["code"] == "choices-malformed"


# ---- the draft -----------------------------------------------------------------------------------


def test_a_print_is_of_a_text_or_of_a_file(merchant: Merchant) -> None:
    drafts.write(merchant, read(MUG))
    assert drafts.read(merchant.products.get(key="mug")) == read(MUG)

    def findings(**changes: Any) -> list[str]:
        model = read({**MUG, "prints": [{**MUG["prints"][0], **changes}]})
        return [each.code for each in check_prints(model)]

    assert findings() == []
    assert findings(text="name") == ["print-content"]
    assert findings(file=None, text="name") == ["print-size"]
    assert findings(file="name") == ["print-option"]


def test_an_evaluation_of_a_file_asks_no_database(shop: Merchant, kept: Uploaded) -> None:
    offer = published(shop.slug, "mug")
    assert follow(offer, {"logo": kept.name}).prints[0].picture is not None
