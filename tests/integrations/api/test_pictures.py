"""Pictures over the API: of a stored configuration, and of choices that nobody keeps."""

from io import BytesIO

import pytest
from PIL import Image

from configurator import pictures, scene_pictures
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.drawing import needs_drawing
from tests.integrations.api.test_scenes import CHOICES, path_of
from tests.integrations.api.test_scenes import api as api
from tests.integrations.api.test_scenes import made as made

pytestmark = [pytest.mark.database, needs_drawing]

SMALL = {"width": 64, "height": 48}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    # A test waits until the picture is there, however busy the machine is.
    monkeypatch.setattr(scene_pictures, "MOST_SECONDS_TO_WAIT", 30.0)


def image(answer):
    assert answer.status_code == 200, answer.content
    with Image.open(BytesIO(answer.content)) as opened:
        opened.load()
        return opened


def drawn_by(monkeypatch):
    """What is drawn from now on, in order."""
    drawn, draw = [], scene_pictures.painter.draw

    def counted(scene, wish, seconds):
        drawn.append(wish)
        return draw(scene, wish, seconds)

    monkeypatch.setattr(scene_pictures.painter, "draw", counted)
    return drawn


@pytest.mark.parametrize(
    ("asked", "format", "media_type"),
    [
        ("", "WEBP", "image/webp"),
        ("&format=png", "PNG", "image/png"),
        ("&format=avif", "AVIF", "image/avif"),
    ],
)
def test_a_picture_has_the_size_and_format_that_are_asked_for(api, made, asked, format, media_type):
    answer = api.get(f"configurations/{made}/pictures/front?width=64&height=48{asked}")
    seen = image(answer)
    assert (seen.format, seen.size, answer.headers["Content-Type"]) == (
        format,
        (64, 48),
        media_type,
    )


def test_a_clear_ground_is_clear(api, made):
    path = f"configurations/{made}/pictures/front?width=64&height=48&format=png"
    assert image(api.get(path)).mode == "RGB"
    assert image(api.get(f"{path}&ground=none")).getpixel((0, 0))[3] == 0


def test_choices_that_nobody_keeps_have_the_same_picture(api, made):
    stored = api.get(f"configurations/{made}/pictures/corner?width=64&height=48")
    free = api.post("products/shelf/pictures/corner", {"choices": CHOICES, **SMALL})
    assert free.content == stored.content
    assert free.headers["ETag"] == stored.headers["ETag"]
    assert free.headers["Cache-Control"] == "private, no-store"


def test_equal_content_is_drawn_once(api, made, monkeypatch):
    drawn = drawn_by(monkeypatch)
    path = f"configurations/{made}/pictures/corner?width=64&height=48"
    first = api.get(path)
    again = told(api.post("configurations", {"product": "shelf", "choices": CHOICES}))["id"]
    assert api.get(path).content == first.content
    assert api.get(path.replace(made, again)).content == first.content
    assert len(drawn) == 1


def test_a_picture_under_its_fingerprint_is_kept_for_good(api, made, monkeypatch):
    told_ = told(api.get(f"configurations/{made}/scene"))["pictures"]
    assert [each["view"] for each in told_] == ["corner", "front", "side", "back", "top"]
    picture = told_[0]
    drawn = drawn_by(monkeypatch)
    path = path_of(picture["url"])
    # Who has it already is answered without drawing.
    known = api.get(path, If_None_Match=f'"{picture["fingerprint"]}"')
    assert (known.status_code, known.content, drawn) == (304, b"", [])
    assert known.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    api.patch(f"configurations/{made}/choices", {"changes": {"width": 950}})
    assert api.get(path).status_code == 404


def test_without_the_fingerprint_it_is_asked_for_again(api, made):
    answer = api.get(f"configurations/{made}/pictures/corner?width=64&height=48")
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_viewer_is_told_where_the_picture_was_taken_from(api, made):
    picture = told(api.get(f"configurations/{made}/scene"))["pictures"][1]
    assert picture["camera_orbit"].startswith("0deg 86deg ")
    assert picture["field_of_view"] == "30deg"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("corner?width=15", 400, "malformed-input"),
        ("corner?height=2001", 400, "malformed-input"),
        ("corner?format=gif", 400, "malformed-input"),
        ("corner?ground=grass", 400, "malformed-input"),
        ("corner?width=2000&height=1001", 422, "picture-unknown"),
        ("below", 422, "picture-unknown"),
        (f"corner?fingerprint={'0' * 64}", 404, "not-found"),
    ],
)
def test_what_is_no_picture_is_refused_and_not_drawn(api, made, monkeypatch, query, status, code):
    drawn = drawn_by(monkeypatch)
    answer = api.get(f"configurations/{made}/pictures/{query}")
    assert (answer.status_code, told(answer)["code"], drawn) == (status, code, [])


def test_a_picture_of_another_merchant_is_not_found(api, made):
    other = Api(make_shop("other", shelf()))
    path = f"configurations/{made}/pictures/corner?width=64&height=48"
    assert image(api.get(path)).size == (64, 48)
    answer = other.get(path)
    assert (answer.status_code, told(answer)["code"]) == (404, "not-found")


def test_what_cannot_be_built_has_no_picture(api):
    answer = api.post("products/shelf/pictures/front", {"choices": {"boards": 2, "wood": "ash"}})
    assert (answer.status_code, told(answer)["code"]) == (409, "scene-refused")


def test_a_product_without_shapes_has_no_picture(db):
    api = Api(make_shop())
    answer = api.post("products/desk/pictures/front", {"choices": {}})
    assert (answer.status_code, told(answer)["code"]) == (404, "not-found")


def test_who_would_wait_for_long_is_told_to_ask_again(api, made, monkeypatch):
    monkeypatch.setattr(scene_pictures, "MOST_SECONDS_TO_WAIT", 0.0)
    path = f"configurations/{made}/pictures/corner?width=64&height=48"
    answer = api.get(path)
    assert (answer.status_code, told(answer)["code"]) == (503, "pictures-busy")
    assert answer.headers["Retry-After"] == "1"
    monkeypatch.setattr(scene_pictures, "MOST_SECONDS_TO_WAIT", 30.0)
    assert image(api.get(path)).size == (64, 48)


def test_internal_options_make_no_picture_another_one(db):
    """What is not told is seen, as the part itself will be."""
    wood = {**SHELF["options"][2], "internal": True, "default": "ash"}
    shop = make_shop(model=shelf(options=[*SHELF["options"][:2], wood]))
    body = {"choices": {"width": 900, "boards": 2}, **SMALL}
    outsider = Api(shop, ["configurator:evaluate"])
    seen = outsider.post("products/shelf/pictures/front", body)
    assert image(seen).size == (64, 48)
    assert (
        seen.headers["ETag"]
        == Api(shop).post("products/shelf/pictures/front", body).headers["ETag"]
    )


def test_pictures_are_kept_within_the_bounds_of_all_made_pictures(api, made):
    for width in (64, 65, 66):
        api.get(f"configurations/{made}/pictures/corner?width={width}&height=48")
    kept = list(pictures.folder().glob("*/*.webp"))
    assert len(kept) == 3
    pictures.sweep(max(path.stat().st_size for path in kept))
    assert len(list(pictures.folder().glob("*/*.webp"))) == 1


def test_production_detail_shows_what_is_taken_out_of_boards(db):
    hole = {"key": "hole", "face": "B", "x": "500 mm", "y": "150 mm", "diameter": "200 mm"}
    boards = [{**SHELF["shapes"][0], "operations": [hole]}]
    api = Api(make_shop(model=shelf(shapes=boards)))
    body = {"choices": CHOICES, **SMALL, "format": "png"}
    plain = api.post("products/shelf/pictures/side", body)
    made = api.post("products/shelf/pictures/side", {**body, "detail": "production"})
    assert image(plain).size == image(made).size
    assert plain.content != made.content
