import hashlib
from contextlib import contextmanager

import numpy as np
import pytest
import trimesh

from catalog.glb_contents import held
from catalog.glb_facts import credited, facts_of
from catalog.glb_files import VARIANTS, opened
from catalog.product_model import ORIENTATIONS, read
from configurator.geometry.driving import drivers
from configurator.geometry.explaining import explanation
from configurator.geometry.glb import glb
from configurator.geometry.imported import imported, placing
from configurator.geometry.inspection import inspection
from configurator.geometry.marking import told_apart
from configurator.geometry.picture_files import Wish, picture_file, picture_fingerprint
from configurator.geometry.production import production
from configurator.geometry.scene import SceneRefused, compile_shapes, resolve, unworn
from configurator.geometry.scene_json import scene_json
from configurator.geometry.surfaces import surfaces_of
from configurator.geometry.viewing import viewing
from tests.drawing import needs_drawing
from tests.glb_files import CREDIT, needs_shared, shared, spoilt, stool_glb

COVER = {
    "key": "cover",
    "kind": "choice",
    "label": "Cover",
    "values": [
        {"key": "ruby_red", "label": "Ruby", "swatch": "#a01020"},
        {"key": "moss", "label": "Moss", "swatch": "#207020"},
    ],
}
WOOD = {
    "key": "wood",
    "kind": "choice",
    "label": "Wood",
    "values": [
        {"key": "oak", "label": "Oak", "swatch": "#b58a5a"},
        {"key": "ash", "label": "Ash", "swatch": "#dccaa5"},
    ],
}
STOOL = {"key": "stool", "label": "Stool", "form": "model", "model": "stool.glb"}
BOARD = {"key": "board", "label": "Board", "length": 900, "width": 300, "thickness": 20, "z": 700}
VALUES = {"cover": "moss", "wood": "oak"}


def product(*shapes, content=None, **more):
    """Return a product with these shapes, and what has to be held for its model."""
    content = content or stool_glb()
    digest = hashlib.sha256(content).hexdigest()
    model = read(
        {
            "product": "seat",
            "name": "Seat",
            "options": [COVER, WOOD],
            "materials": [{"key": "wood", "label": "Wood", "finishes": ["wood"]}],
            "shapes": list(shapes),
            "assets": {"stool.glb": digest},
            **more,
        }
    )
    return model, {digest: content}


@contextmanager
def built(*shapes, values=VALUES, **more):
    model, contents = product(*shapes, **more)
    with held(contents):
        yield resolve(compile_shapes(model), values)


def refused(*shapes, **more):
    with pytest.raises(SceneRefused) as caught, built(*shapes, **more):
        pass
    return caught.value


def shown(document, name, variant=None):
    """The colour or the texture of what is called `name`, as a viewer shows it."""
    (mesh,) = (each for each in document["meshes"] if each["name"] == name)
    (primitive,) = mesh["primitives"]
    names = [
        each["name"]
        for each in document.get("extensions", {}).get(VARIANTS, {}).get("variants", [])
    ]
    material = primitive["material"]
    for mapping in primitive.get("extensions", {}).get(VARIANTS, {}).get("mappings", []):
        if variant in [names[each] for each in mapping["variants"]]:
            material = mapping["material"]
    return document["materials"][material]["pbrMetallicRoughness"]


# ---- a product that is one model -----------------------------------------------------------------


def test_a_model_alone_leaves_with_its_bytes_and_only_its_look_picked():
    whole = opened(stool_glb())
    with built({**STOOL, "variant": "cover"}) as scene:
        left = opened(glb(scene))
    assert left.binary == whole.binary
    document = left.document
    assert {key for key in document if document[key] != whole.document.get(key)} == {
        *("nodes", "scenes", "meshes", "extensions"),
    }
    assert document["nodes"][:3] == whole.document["nodes"]
    assert document["nodes"][3] == {
        "name": "stool",
        "children": [0],
        "extras": {"shape": "stool", "label": "Stool", "size_mm": [400, 300, 500]},
    }
    assert document["asset"]["copyright"] == CREDIT
    names = [each["name"] for each in document["extensions"][VARIANTS]["variants"]]
    assert names == ["Ruby Red", "moss", "cover=ruby_red", "cover=moss"]
    green, red = document["materials"][1], document["materials"][0]
    assert shown(document, "seat") == green["pbrMetallicRoughness"]
    for name in ("Ruby Red", "cover=ruby_red"):
        assert shown(document, "seat", name) == red["pbrMetallicRoughness"]


def test_a_model_without_a_look_asked_for_is_as_its_file_shows_it():
    whole = opened(stool_glb())
    with built(STOOL) as scene:
        left = opened(glb(scene))
    assert {key for key in left.document if left.document[key] != whole.document[key]} == {
        *("nodes", "scenes"),
    }
    assert scene.variants == ()


@needs_shared
def test_the_shoe_keeps_its_variants_its_credit_and_its_bytes():
    shoe = shared("MaterialsVariantsShoe-small.glb")
    kept = credited(shoe, "Shopify, Inc., 2020", "CC BY 4.0")
    colours = {
        "key": "cover",
        "kind": "choice",
        "label": "Colour",
        "values": [{"key": key, "label": key} for key in ("midnight", "beach", "street")],
    }
    shape = {**STOOL, "variant": "cover"}
    with built(
        shape, content=kept, options=[colours], values={"cover": "beach"}, materials=[]
    ) as scene:
        left = opened(glb(scene))
    assert left.binary == opened(shoe).binary
    before, after = opened(shoe).document, left.document
    assert {key for key in after if after[key] != before.get(key)} == {
        *("asset", "nodes", "scenes", "meshes", "extensions"),
    }
    assert after["asset"]["copyright"] == "Shopify, Inc., 2020"
    assert after["asset"]["extras"] == {"license": "CC BY 4.0"}
    (primitive,) = after["meshes"][0]["primitives"]
    assert primitive["material"] == 1
    assert primitive["extensions"][VARIANTS]["mappings"] == [
        {"material": 0, "variants": [0, 3]},
        {"material": 1, "variants": [1, 4]},
        {"material": 2, "variants": [2, 5]},
    ]
    with held({hashlib.sha256(kept).hexdigest(): kept}):
        seen = inspection(glb(scene), "glb")
    assert seen.upper == pytest.approx(scene.bounds[1], abs=0.1)


# ---- beside other shapes -------------------------------------------------------------------------


def test_beside_other_shapes_a_model_keeps_its_bytes_textures_looks_and_credit():
    with built({**STOOL, "x": 1000, "variant": "cover"}, {**BOARD, "material": "wood"}) as scene:
        left = opened(glb(scene))
        seen = inspection(glb(scene), "glb")
    document, binary = left.document, opened(stool_glb()).binary
    begin = left.binary.index(binary)
    assert begin % 4 == 0
    image = document["bufferViews"][document["images"][0]["bufferView"]]
    inside = left.binary[image["byteOffset"] : image["byteOffset"] + image["byteLength"]]
    assert inside.startswith(b"\x89PNG")
    assert document["asset"]["copyright"] == CREDIT
    assert seen.lower == pytest.approx(scene.bounds[0], abs=1e-3)
    assert seen.upper == pytest.approx(scene.bounds[1], abs=1e-3)
    assert scene.bounds == ((0, 0, 0), (1400, 300, 720))
    names = [each["name"] for each in document["extensions"][VARIANTS]["variants"]]
    assert names == ["wood=oak", "wood=ash", "cover=ruby_red", "cover=moss", "Ruby Red", "moss"]
    assert "baseColorTexture" not in shown(document, "seat")
    assert "baseColorTexture" in shown(document, "seat", "cover=ruby_red")


def test_equal_models_share_their_meshes_and_another_look_has_its_own():
    shapes = [
        {**STOOL, "repeat": {"i": 3}, "x": "i * 500", "variant": '"moss"'},
        {**STOOL, "key": "other", "y": 900, "turn": 90},
    ]
    with built(*shapes) as scene:
        document = opened(glb(scene)).document
        assert [part.name for part in scene.parts] == ["stool.1", "stool.2", "stool.3", "other"]
        assert len(document["images"]) == 1
        assert [each["name"] for each in document["meshes"]] == ["seat", "leg", "seat", "leg"]
        assert viewing(scene, VALUES).meshes == ("stool", "stool", "other", "other")


def test_materials_of_a_file_look_as_materials_of_the_product():
    shape = {**STOOL, "slots": {"steel": "wood", "ruby": "wood"}}
    with built(shape, {**BOARD}) as scene:
        document = opened(glb(scene)).document
    oak, ash = [0.462077, 0.254152, 0.102242, 1], [0.715694, 0.590619, 0.376262, 1]
    assert shown(document, "leg")["baseColorFactor"] == pytest.approx(oak, abs=1e-5)
    assert shown(document, "leg")["metallicFactor"] == 0
    # Its picture stays, and is seen through the colour.
    assert shown(document, "seat")["baseColorTexture"] == {"index": 0}
    assert shown(document, "seat", "wood=ash")["baseColorFactor"] == pytest.approx(ash, abs=1e-5)
    assert shown(document, "seat", "moss")["baseColorFactor"] == [0.1, 0.4, 0.1, 1]
    assert viewing(scene, VALUES).looks == ("wood=oak",)


def test_a_model_led_by_two_options_at_once_has_a_file_of_its_own():
    shape = {**STOOL, "variant": "cover", "slots": {"ruby": "wood"}}
    with built(shape) as scene:
        assert viewing(scene, VALUES).looks == ()
    with built({**shape, "slots": {"steel": "wood"}}) as scene:
        assert viewing(scene, VALUES).looks == ("wood=oak", "cover=moss")
    with built({**STOOL, "variant": "cover"}, {**BOARD, "material": "wood"}) as scene:
        assert viewing(scene, VALUES).looks == ("wood=oak", "cover=moss")
        form = viewing(scene, VALUES).form
    other = {"cover": "ruby_red", "wood": "ash"}
    shapes = {**STOOL, "variant": "cover"}, {**BOARD, "material": "wood"}
    with built(*shapes, values=other) as scene:
        assert viewing(scene, other).form == form


def test_what_nothing_here_knows_is_left_out_beside_other_shapes_and_stays_alone():
    def more(document):
        document["extensionsUsed"].append("ACME_glow")
        document["materials"][2]["extensions"] = {"ACME_glow": {"strength": 2}}
        document["cameras"] = [{"type": "perspective", "perspective": {"yfov": 1, "znear": 1}}]
        document["nodes"][2]["camera"] = 0

    content = spoilt(more)
    assert [each for each in facts_of(content).warnings if "left out" in each]
    with built(STOOL, content=content) as scene:
        alone = opened(glb(scene)).document
    assert alone["materials"] == opened(content).document["materials"]
    with built(STOOL, BOARD, content=content) as scene:
        merged = opened(glb(scene)).document
    assert "ACME_glow" not in str(merged)
    assert "camera" not in str(merged)


# ---- size and place ------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("quarters", [0, 1])
def test_a_model_is_turned_and_never_mirrored(orientation, quarters):
    facts = facts_of(stool_glb())
    solid = imported(facts, "", {"length": 800.0}, orientation, quarters)
    matrix, begin = placing(solid)
    assert np.linalg.det(matrix) == pytest.approx(8)
    corners = np.array([facts.lower, facts.upper]) @ matrix.T + begin
    assert corners.min(axis=0) == pytest.approx(0, abs=1e-6)
    assert corners.max(axis=0) == pytest.approx(solid.size)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({}, (400, 300, 500)),
        ({"thickness": 250}, (200, 150, 250)),
        ({"length": "40 cm", "width": 600, "thickness": 250}, (400, 600, 250)),
        ({"turn": 90}, (300, 400, 500)),
        ({"turn": -90}, (300, 400, 500)),
        ({"orientation": "front"}, (300, 500, 400)),
    ],
)
def test_a_model_keeps_its_size_or_takes_one(given, size):
    with built({**STOOL, **given, "x": 10, "y": 20, "z": 30}, BOARD) as scene:
        part = scene.parts[0]
        assert part.solid.size == pytest.approx(size)
        assert part.corner == (10, 20, 30)
        whole = trimesh.load_scene(trimesh.util.wrap_as_stream(glb(scene)), file_type="glb")
    nodes = [each for each in whole.graph.nodes_geometry if each != "board"]
    points = np.vstack(
        [
            trimesh.transform_points(
                whole.geometry[whole.graph[each][1]].vertices, whole.graph[each][0]
            )
            for each in nodes
        ]
    )
    placed = points[:, [0, 2, 1]] * [1000, -1000, 1000]
    assert placed.min(axis=0) == pytest.approx(part.corner, abs=1e-3)
    assert placed.max(axis=0) == pytest.approx(part.upper, abs=1e-3)


def test_a_scene_tells_of_a_model_what_is_known_of_it():
    with built({**STOOL, "weight": "4200 g", "sku": "ST-1", "variant": "cover"}) as scene:
        told = scene_json(scene)
        assert production(scene) == scene
    part = told["parts"][0]
    assert (part["form"], part["variant"], part["weight"]) == ("model", "moss", 4.2)
    assert (part["volume"], part["surface"], told["volume"], told["surface"]) == (None,) * 4
    assert (told["weight"], told["centre_of_gravity"]) == (4.2, [200, 150, 250])
    assert told["credits"] == [{"credit": CREDIT, "licence": "CC BY 4.0"}]
    assert told["variants"][0]["models"] == {"stool": "Ruby Red"}


def test_nodes_are_counted_wherever_a_model_stands(monkeypatch):
    row = {**STOOL, "repeat": {"i": 3}, "x": "i * 500"}
    monkeypatch.setattr("configurator.geometry.scene.MOST_NODES", 9)
    with built(row) as scene:
        assert len(scene.parts) == 3
    monkeypatch.setattr("configurator.geometry.scene.MOST_NODES", 8)
    told = refused(row)
    assert (told.data["field"], "more than 8 nodes" in told.sentence) == ("model", True)


def test_a_click_on_a_model_leads_to_the_option_of_its_look():
    model, _ = product({**STOOL, "variant": "cover", "slots": {"steel": "wood"}})
    assert drivers(model)["stool"] == ("wood", "cover")


def test_who_models_shapes_sees_a_model_in_its_look_and_reads_how_it_came_about():
    shape = {**STOOL, "variant": "cover", "weight": "4200 g", "slots": {"steel": "wood"}}
    model, contents = product(shape, {**BOARD, "material": "wood"})
    with held(contents):
        scene = resolve(compile_shapes(model), VALUES)
        apart = opened(glb(told_apart(scene, "stool"))).document
    assert shown(apart, "leg") == shown(opened(_held(contents, scene)).document, "leg")
    lines = {each.place: each for each in explanation(model, VALUES, scene.parts[0])}
    assert (lines["variant"].worth, lines["weight"].worth) == ("moss", 4.2)


def _held(contents, scene):
    with held(contents):
        return glb(scene)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"variant": "wood"}, "variant", "no look 'oak'; it has Ruby Red, moss"),
        ({"slots": {"gold": "wood"}}, "slots", "no material 'gold'; it has ruby, moss, steel"),
        ({"turn": 45}, "turn", "45 is no quarter; turn it by 0, 90"),
        ({"length": 0}, "length", "0 mm is no size"),
        ({"weight": "-1 kg"}, "weight", "-1 kg is below zero"),
        ({"model": "chair.glb"}, "model", "there is no 3D model 'chair.glb'; upload it"),
    ],
)
def test_a_model_that_cannot_be_shown_is_refused_by_shape_and_field(given, field, told):
    refusal = refused({**STOOL, **given})
    assert (refusal.data["shape"], refusal.data["field"]) == ("stool", field)
    assert told in refusal.sentence


def test_a_model_whose_file_is_gone_is_refused():
    model, _ = product(STOOL)
    with held({}), pytest.raises(SceneRefused, match="upload it again"):
        compile_shapes(model)


def test_values_that_a_model_has_no_look_for_are_found_and_are_no_variants():
    options = [{**COVER, "values": [*COVER["values"], {"key": "sand", "label": "Sand"}]}, WOOD]
    model, contents = product({**STOOL, "variant": "cover"}, options=options)
    with held(contents):
        compiled = compile_shapes(model)
        assert [each[:3] for each in unworn(compiled, VALUES)] == [("stool", "cover", "sand")]
        names = [each.name for each in resolve(compiled, VALUES).variants]
    assert names == ["cover=ruby_red", "cover=moss"]


def test_triangles_of_models_count(monkeypatch):
    monkeypatch.setattr("configurator.geometry.scene.MOST_TRIANGLES", 15)
    told = "with it the solids come to more than 15 triangles"
    assert told in refused(STOOL, {**BOARD}).sentence


# ---- pictures ------------------------------------------------------------------------------------


def test_triangles_of_a_model_have_the_colours_of_its_look_and_textures():
    with built({**STOOL, "variant": '"ruby_red"', "slots": {"steel": "wood"}}) as scene:
        surfaces = surfaces_of(scene)
        seen = surfaces.looks[surfaces.look_of]
    # Its picture is #c82828; the legs, which come first, are oak.
    assert seen[:2, :3] == pytest.approx(np.tile([0.462077, 0.254152, 0.102242], (2, 1)), abs=1e-4)
    assert seen[2:, :3] == pytest.approx(np.tile([0.577580, 0.021219, 0.021219], (2, 1)), abs=1e-4)


@needs_drawing
def test_another_look_is_another_picture():
    wish = Wish("corner", 64, 48, format="png")
    found = {}
    for cover in ("ruby_red", "moss"):
        with built({**STOOL, "variant": "cover"}, values={**VALUES, "cover": cover}) as scene:
            found[cover] = picture_fingerprint(scene, wish), picture_file(scene, wish)
    assert found["moss"][0] != found["ruby_red"][0]
    assert found["moss"][1] != found["ruby_red"][1]
