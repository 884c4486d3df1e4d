"""Pictures and 3D models over the API."""

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import drafts, operations
from catalog.models import Merchant
from catalog.product_model import read
from tests.api import Api, make_shop, told
from tests.examples.desk import DESK
from tests.factories import make_merchant, picture
from tests.glb_files import CREDIT, spoilt, stool_glb

pytestmark = pytest.mark.database


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Api:
    return Api(shop)


def file(content: bytes, **more: str) -> dict[str, str]:
    return {"content": b64encode(content).decode(), **more}


def test_a_model_is_uploaded_read_and_listed(api: Api, shop: Merchant) -> None:
    answer = api.post("assets", file(stool_glb(), name="chairs/stool.glb"))
    assert answer.status_code == 201
    kept = told(answer)
    assert answer.headers["Location"] == kept["url"]
    assert kept["url"].endswith("/api/v1/assets/chairs/stool.glb")
    assert (kept["kind"], kept["credit"], kept["licence"]) == ("model", CREDIT, "CC BY 4.0")
    assert kept["model"]["size"] == [400, 300, 500]
    assert kept["model"]["variants"] == ["Ruby Red", "moss"]
    assert (kept["picture"], kept["width"]) == (None, None)
    for path in ("assets/chairs/stool.glb", "assets/chairs%2Fstool.glb"):
        assert told(api.get(path)) == kept
    assert told(api.get("assets")) == {"data": [kept], "next": None}
    assert operations.model_content(kept["digest"]) == stool_glb()


def test_an_upload_that_is_repeated_takes_effect_once(api: Api, shop: Merchant) -> None:
    given = file(picture(), name="oak.png")
    first = api.post("assets", given, Idempotency_Key="once")
    again = api.post("assets", given, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert told(api.post("assets", given))["code"] == "key-taken"
    assert shop.assets.count() == 1


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        (file(stool_glb()[:-30], name="a.glb"), "model-refused", "cut off"),
        (
            file(spoilt(lambda it: it["asset"].pop("copyright")), name="a.glb"),
            "model-refused",
            "licence",
        ),
        (file(b"<svg/>", name="a.png"), "picture-refused", "PNG, JPEG or WebP"),
        (file(stool_glb(), name="a.png"), "malformed", "called .glb"),
        ({"content": "no base64!", "name": "a.png"}, "malformed-input", "base64"),
        (file(picture(), name="../a.png"), "malformed-input", ""),
    ],
)
def test_what_cannot_be_kept_is_refused_and_keeps_nothing(api, shop, given, code, place) -> None:
    problem = told(api.post("assets", given))
    assert problem["code"] == code
    assert place in problem["detail"]
    assert not shop.assets.exists()


def test_a_larger_body_is_taken_here_and_nowhere_else(api: Api, settings) -> None:
    settings.API_MOST_BODY = 100
    assert api.post("assets", file(picture(), name="oak.png")).status_code == 201
    assert told(api.post("products/desk/evaluate", {"choices": {"frame": "x" * 200}}))["code"] == (
        "body-too-large"
    )


def test_the_file_itself_is_downloaded_and_never_a_page(api: Api) -> None:
    kept = told(api.post("assets", file(stool_glb(), name="chairs/stool.glb")))
    path = kept["content"].partition("/api/v1/")[2]
    answer = api.get(path)
    assert answer.content == stool_glb()
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stool.glb"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert api.get(path, If_None_Match=answer.headers["ETag"]).status_code == 304
    assert api.get("asset-contents/none.png").status_code == 404


def test_a_file_is_replaced_and_goes_once_no_draft_names_it(api: Api, shop: Merchant) -> None:
    before = told(api.post("assets", file(picture(), name="oak.png")))
    drafts.write(shop, read({**DESK, "product": "bureau", "image": "oak.png"}))
    other = picture(colour="#000000")
    after = told(api.call("PUT", "assets/oak.png", file(other, credit="Jo", licence="CC0")))
    assert after["digest"] != before["digest"]
    assert (after["credit"], after["used_by"]) == ("Jo", ["bureau"])
    problem = told(api.call("DELETE", "assets/oak.png"))
    assert (problem["status"], problem["code"], problem["products"]) == (
        *(409, "asset-in-use", ["bureau"]),
    )
    shop.products.get(key="bureau").delete()
    assert api.call("DELETE", "assets/oak.png").status_code == 200
    assert told(api.get("assets/oak.png"))["code"] == "not-found"
    # What a version shows stays.
    assert operations.picture_content(after["digest"]) == other


def test_pages_of_a_list_follow_one_another(api: Api, shop: Merchant) -> None:
    for name in ("a.png", "b.png", "c.png"):
        operations.keep_asset(shop, name, picture())
    operations.keep_asset(make_merchant("other"), "d.png", picture())
    first = told(api.get("assets?limit=2"))
    assert [each["name"] for each in first["data"]] == ["a.png", "b.png"]
    rest = told(api.get(first["next"].partition("/api/v1/")[2]))
    assert [each["name"] for each in rest["data"]] == ["c.png"]
    assert told(api.get("assets?after=x"))["code"] == "not-found"


def test_a_list_asks_as_often_for_many_assets_as_for_one(
    api: Api, shop: Merchant, django_assert_num_queries: Any
) -> None:
    operations.keep_asset(shop, "oak.png", picture())
    drafts.write(shop, read({**DESK, "product": "bureau", "image": "oak.png"}))
    api.get("assets")
    with CaptureQueriesContext(connection) as one:
        api.get("assets")
    for name in ("a.png", "b.png", "c.png"):
        operations.keep_asset(shop, name, picture())
    with django_assert_num_queries(len(one)):
        used = {each["name"]: each["used_by"] for each in told(api.get("assets"))["data"]}
    assert used == {"oak.png": ["bureau"], "a.png": [], "b.png": [], "c.png": []}
