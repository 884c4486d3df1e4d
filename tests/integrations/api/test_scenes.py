"""Scenes and models over the API: of a stored configuration, and of choices that nobody keeps."""

import json
import struct

import pytest

from catalog import drafts
from catalog.operations import publish
from configurator.geometry.inspection import inspection
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import SHELF, shelf

pytestmark = pytest.mark.database

CHOICES = {"width": 900, "boards": 2, "wood": "ash"}


@pytest.fixture
def api(db):
    return Api(make_shop(model=shelf()))


@pytest.fixture
def made(api):
    return told(api.post("configurations", {"product": "shelf", "choices": CHOICES}))["id"]


def path_of(url):
    return url.partition("/api/v1/")[2]


def variants_in(content):
    (size,) = struct.unpack_from("<I", content, 12)
    document = json.loads(content[20 : 20 + size])
    return [
        each["name"]
        for each in document.get("extensions", {})
        .get("KHR_materials_variants", {})
        .get("variants", ())
    ]


def test_a_scene_tells_parts_sizes_and_weight(api, made):
    answer = told(api.get(f"configurations/{made}/scene"))
    scene = answer["scene"]
    assert (scene["lower"], scene["upper"], scene["size"]) == (
        [0, 0, 0],
        [900, 300, 2000],
        [900, 300, 2000],
    )
    assert scene["counts"] == {"side": 2, "shelf": 2}
    assert scene["weight"] == pytest.approx(680 * 0.3 * 0.02 * (2 * 2 + 2 * 0.86))
    assert scene["materials"][0]["colour"] == "#e8dcc8"
    part = scene["parts"][2]
    assert (part["name"], part["sku"], part["lower"], part["banding"]) == (
        "shelf.1",
        "SH-1",
        [20, 0, 660],
        1720,
    )
    assert [(each["name"], each["label"]) for each in scene["variants"]] == [
        ("wood=oak", "Oak"),
        ("wood=ash", "Ash"),
        ("wood=raw", "Raw"),
    ]


def test_the_model_is_as_large_as_the_scene_says(api, made):
    scene = told(api.get(f"configurations/{made}/scene"))["scene"]
    answer = api.get(f"configurations/{made}/model.glb")
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    seen = inspection(answer.content, "glb")
    assert (seen.lower, seen.upper) == (
        pytest.approx(scene["lower"]),
        pytest.approx(scene["upper"]),
    )
    assert seen.solids.keys() == {part["name"] for part in scene["parts"]}


def test_a_model_under_its_fingerprint_is_kept_for_good(api, made):
    model = told(api.get(f"configurations/{made}/scene"))["model"]
    answer = api.get(path_of(model["url"]))
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["ETag"] == f'"{model["fingerprint"]}"'
    again = api.get(path_of(model["url"]), If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_model_without_its_fingerprint_is_asked_for_again(api, made):
    answer = api.get(f"configurations/{made}/model.glb")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (
        api.get(
            f"configurations/{made}/model.glb", If_None_Match=answer.headers["ETag"]
        ).status_code
        == 304
    )


def test_the_fingerprint_of_a_model_that_was_is_not_found(api, made):
    before = told(api.get(f"configurations/{made}/scene"))["model"]
    api.patch(f"configurations/{made}/choices", {"changes": {"width": 950}})
    assert api.get(path_of(before["url"])).status_code == 404
    after = told(api.get(f"configurations/{made}/scene"))["model"]
    assert after["fingerprint"] != before["fingerprint"]
    assert api.get(path_of(after["url"])).status_code == 200


def test_a_scene_that_did_not_change_is_known_by_its_tag(api, made):
    answer = api.get(f"configurations/{made}/scene")
    assert (
        api.get(f"configurations/{made}/scene", If_None_Match=answer.headers["ETag"]).status_code
        == 304
    )


def test_choices_that_nobody_keeps_have_the_same_scene_and_model(api, made):
    stored = told(api.get(f"configurations/{made}/scene"))
    free = told(api.post("products/shelf/scene", {"choices": CHOICES}))
    assert free["scene"] == stored["scene"]
    assert (free["fingerprint"], free["model"]["fingerprint"]) == (
        stored["fingerprint"],
        stored["model"]["fingerprint"],
    )
    model = api.post(path_of(free["model"]["url"]), {"choices": CHOICES})
    assert model.content == api.get(f"configurations/{made}/model.glb").content
    assert model.headers["ETag"] == f'"{free["model"]["fingerprint"]}"'


def test_texts_of_a_scene_are_in_the_language_that_is_asked_for(api):
    german = told(api.post("products/shelf/scene", {"choices": CHOICES, "locale": "de"}))
    assert german["scene"]["parts"][2]["label"] == "Boden"


def test_what_is_still_open_is_told_by_shape_and_field(api):
    answer = api.post("products/shelf/scene", {"choices": {"boards": 2, "wood": "ash"}})
    problem = told(answer)
    assert (answer.status_code, problem["code"]) == (409, "scene-refused")
    assert (problem["shape"], problem["field"]) == ("side", "x")
    assert "no such number" in problem["detail"]


def test_choices_that_clash_have_no_scene(db):
    api = Api(
        make_shop(
            model=shelf(rules=[{"key": "wide", "when": "width > 600", "then": "wood == oak"}])
        )
    )
    answer = api.post("products/shelf/model.glb", {"choices": CHOICES})
    assert (answer.status_code, told(answer)["code"]) == (409, "choices-conflict")


def test_a_product_without_shapes_has_no_scene(db):
    api = Api(make_shop())
    made = told(api.post("configurations", {"product": "desk", "choices": {}}))["id"]
    answers = [
        api.get(f"configurations/{made}/scene"),
        api.post("products/desk/model.glb", {"choices": {}}),
    ]
    assert [(answer.status_code, told(answer)["code"]) for answer in answers] == [
        (404, "not-found")
    ] * 2


def test_a_configuration_keeps_the_shapes_of_its_version(db):
    shop = make_shop(model=shelf())
    api = Api(shop)
    made = told(api.post("configurations", {"product": "shelf", "choices": CHOICES}))["id"]
    deeper = [{**shape, "width": "400 mm"} for shape in SHELF["shapes"]]
    publish(drafts.write(shop, shelf(shapes=deeper)))
    assert told(api.get(f"configurations/{made}/scene"))["scene"]["size"] == [900, 300, 2000]
    newest = told(api.post("products/shelf/scene", {"choices": CHOICES}))
    assert (newest["version"], newest["scene"]["size"]) == (2, [900, 400, 2000])


def test_internal_options_are_not_told_by_scene_and_model(db):
    wood = {**SHELF["options"][2], "internal": True, "default": "ash"}
    shop = make_shop(model=shelf(options=[*SHELF["options"][:2], wood]))
    choices = {"width": 900, "boards": 2}
    outsider = Api(shop, ["configurator:evaluate"])
    scene = told(outsider.post("products/shelf/scene", {"choices": choices}))["scene"]
    assert (scene["variants"], scene["materials"][0]["finish"]) == ([], None)
    assert (
        variants_in(outsider.post("products/shelf/model.glb", {"choices": choices}).content) == []
    )
    assert (
        len(variants_in(Api(shop).post("products/shelf/model.glb", {"choices": choices}).content))
        == 3
    )


# ---- operations ----------------------------------------------------------------------------------

PINS = {"key": "pins", "x": 50, "y": 60, "diameter": 8, "nx": 3, "px": 32, "sku": "PIN"}


@pytest.fixture
def drilled(db):
    shelves = [{**shape, "operations": [PINS]} for shape in SHELF["shapes"]]
    return Api(make_shop(model=shelf(shapes=shelves)))


def test_a_scene_tells_operations_and_the_pieces_they_take(drilled):
    scene = told(drilled.post("products/shelf/scene", {"choices": CHOICES}))["scene"]
    assert scene["hardware"] == {"PIN": 12}
    assert scene["parts"][0]["operations"] == [
        {
            **dict.fromkeys(("length", "width", "depth")),
            "kind": "hole",
            "face": "A",
            "ny": 1,
            "py": 0,
            **PINS,
        }
    ]


def test_production_detail_is_lighter_and_a_file_of_its_own(drilled):
    body = {"product": "shelf", "choices": CHOICES}
    made = told(drilled.post("configurations", body))["id"]
    address = f"configurations/{made}/scene"
    seen, cut = (told(drilled.get(f"{address}?detail={each}")) for each in ("view", "production"))
    removed = 12 * 3.141592653589793 * 0.004**2 * 0.02
    assert cut["scene"]["volume"] == pytest.approx(seen["scene"]["volume"] - removed, abs=1e-9)
    assert cut["scene"]["weight"] == pytest.approx(680 * (seen["scene"]["volume"] - removed))
    files = [drilled.get(path_of(each["model"]["url"])) for each in (seen, cut)]
    assert [each.headers["ETag"].strip('"') for each in files] == [
        seen["model"]["fingerprint"],
        cut["model"]["fingerprint"],
    ]
    assert len(files[1].content) > 2 * len(files[0].content)
    assert all(solid.sound for solid in inspection(files[1].content, "glb").solids.values())


def test_choices_that_nobody_keeps_have_both_details(drilled):
    body = {"choices": CHOICES, "detail": "production"}
    answer = drilled.post("products/shelf/model.glb", body)
    scene = told(drilled.post("products/shelf/scene", body))
    assert answer.headers["ETag"] == f'"{scene["model"]["fingerprint"]}"'


def test_another_detail_is_malformed(api, made):
    assert api.get(f"configurations/{made}/model.glb?detail=all").status_code == 400
