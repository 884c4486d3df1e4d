"""The demo's products have the shapes of what is made: in the scene, in the model, and as the API
tells them.
"""

import random
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import pytest

from catalog.kinds.register import kind_of
from catalog.product_model import Kind
from configurator.compiled_product import compile_product
from configurator.engine.face.choices import deduce, default_completion
from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.scene_json import scene_json
from configurator.production.bom import bom
from tests.configurator_site.test_demo_products import product_file

CONFIGURATIONS = 120
SEED = 15


PRODUCTS = (
    "base_cabinet.yaml",
    "desk.yaml",
    "cnc_router.yaml",
    "wardrobe.yaml",
    "shelving_wall.yaml",
)
every_product = pytest.mark.parametrize("name", PRODUCTS)


@lru_cache
def product(name):
    return compile_product(product_file(name).model)


def cabinet():
    return product("base_cabinet.yaml")


def random_choice(option, chance):
    if option.kind is Kind.NUMBER:
        return option.number.at(chance.randrange(len(option.number)))
    if option.kind is Kind.BOOLEAN:
        return chance.random() < 0.5
    if option.kind is Kind.COLOUR:
        return f"#{chance.randrange(1 << 24):06x}"
    keys = [value.key for value in option.values]
    return (
        tuple(key for key in keys if chance.random() < 0.4)
        if kind_of(option).is_several
        else chance.choice(keys)
    )


@lru_cache
def random_configurations(name="base_cabinet.yaml"):
    """Valid configurations: answers by chance in an order by chance, each as far as it stands with
    those before.
    """
    made, chance = product(name), random.Random(SEED)
    asked = [option for option in made.model.options if option.kind is not Kind.TEXT]
    found = []
    while len(found) < CONFIGURATIONS:
        choices = {}
        for option in chance.sample(asked, len(asked)):
            more = {**choices, option.key: random_choice(option, chance)}
            if deduce(made.engine, more).consistent:
                choices = more
        found.append(default_completion(made.engine, choices).values)
    return tuple(found)


@lru_cache
def scenes(name="base_cabinet.yaml"):
    compiled = compile_shapes(product(name).model)
    return tuple(resolve(compiled, values) for values in random_configurations(name))


@every_product
def test_the_configurations_differ_in_what_is_built(name):
    kinds = {tuple(sorted(scene.counts.items())) for scene in scenes(name)}
    assert len(kinds) > 15
    placed = {tuple(part.corner for part in scene.parts) for scene in scenes(name)}
    assert len(placed) > CONFIGURATIONS * 0.75


@every_product
def test_scene_model_and_api_tell_the_same_size(name):
    for scene in scenes(name):
        seen, told = inspection(glb(scene), "glb"), scene_json(scene)
        assert seen.lower == pytest.approx(scene.bounds[0], abs=0.1)
        assert seen.upper == pytest.approx(scene.bounds[1], abs=0.1)
        assert told["lower"] == pytest.approx(scene.bounds[0], abs=0.1)
        assert told["size"] == pytest.approx(scene.size, abs=0.1)
        assert [part["name"] for part in told["parts"]] == [part.name for part in scene.parts]


@every_product
def test_every_solid_of_every_model_is_closed_and_not_inside_out(name):
    for scene in scenes(name):
        seen = inspection(glb(scene), "glb")
        assert seen.solids.keys() == {part.name for part in scene.parts}
        assert all(solid.sound for solid in seen.solids.values())


def test_the_cabinet_is_as_wide_deep_and_high_as_what_was_chosen():
    for values, scene in zip(random_configurations(), scenes(), strict=True):
        box = [
            part for part in scene.parts if part.shape in ("side", "finished_side", "top", "bottom")
        ]
        assert max(part.upper[0] for part in box) == pytest.approx(float(values["width"]))
        assert max(part.upper[1] for part in box) == pytest.approx(float(values["depth"]))
        assert scene.size[2] == pytest.approx(float(values["height"]))


def test_panels_are_those_of_the_parts_list():
    """How many there are, and their length, width and thickness."""
    for values, scene in zip(random_configurations(), scenes(), strict=True):
        listed, placed = Counter(), Counter()
        for item in bom(cabinet().bom, values):
            if item.key in ("side", "top", "bottom", "back", "shelf", "door", "gable"):
                sizes = tuple(
                    round(float(item.measures[name]), 3)
                    for name in ("length", "width", "thickness")
                )
                listed[item.key, sizes] += int(item.quantity)
        for part in scene.parts:
            key = "side" if part.shape == "finished_side" else part.shape
            if key in ("side", "top", "bottom", "back", "shelf", "door", "gable"):
                placed[key, tuple(round(length, 3) for length in part.lengths)] += 1
        assert placed == listed


def test_edges_that_are_banded_are_as_long_as_the_parts_list_says():
    for values, scene in zip(random_configurations(), scenes(), strict=True):
        (item,) = [item for item in bom(cabinet().bom, values) if item.key == "edge_banding"]
        assert sum(part.banding for part in scene.parts) / 1000 == pytest.approx(
            float(item.quantity), abs=1e-4
        )


def test_doors_do_not_overlap_and_shelves_stand_between_top_and_bottom():
    for scene in scenes():
        doors = sorted(part.corner[0] for part in scene.parts if part.shape == "door")
        wide = next(part for part in scene.parts if part.shape == "door").solid.size[0]
        assert all(after - before == pytest.approx(wide + 3) for before, after in pairwise(doors))
        levels = sorted(
            (part.corner[2], part.upper[2])
            for part in scene.parts
            if part.shape in ("bottom", "shelf", "top")
        )
        assert all(below[1] < above[0] for below, above in pairwise(levels))


def test_a_finish_is_a_variant_and_a_colour_of_ones_own_is_seen():
    compiled = compile_shapes(cabinet().model)
    start = default_completion(cabinet().engine, {}).values
    sage = resolve(compiled, start)
    # The box changes its density with its material, and not one size.
    assert {variant.option for variant in sage.variants} == {"box", "finish"}
    chosen = {
        "series": "signature",
        "door_style": "custom",
        "finish": "own",
        "own_colour": "#123456",
    }
    own = resolve(compiled, default_completion(cabinet().engine, chosen).values)
    assert {each.key: each.look.colour for each in own.materials}["front"] == "#123456"


def test_the_weight_is_that_of_its_boards():
    start = {**default_completion(cabinet().engine, {}).values, "handle": "push"}
    scene = resolve(compile_shapes(cabinet().model), start)
    width, height, depth = (float(start[key]) / 1000 for key in ("width", "height", "depth"))
    inside, board = width - 0.03175, 0.015875
    box = board * (
        2 * height * depth + 2 * inside * depth + 2 * (inside - 0.0015) * (depth - 0.0254)
    )
    back = 0.00635 * (inside + 0.0127) * (height - 0.03175 + 0.0127)
    doors = 2 * 0.018 * (height - 0.006) * (width - 0.009) / 2
    assert scene.weight == pytest.approx(680 * box + 850 * back + 750 * doors)
    assert isinstance(start["width"], Decimal)


def test_the_desk_is_as_large_as_its_top_and_stands_on_the_floor():
    name = "desk.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        top = float(values["width"]), float(values["depth"]), 740.0
        assert scene.bounds == ((0, 0, 0), pytest.approx(top))


def test_the_top_of_the_desk_weighs_what_its_area_weighs():
    name = "desk.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        (top,) = [part for part in scene.parts if part.shape in ("top", "round_top")]
        area = float(values["width"] * values["depth"]) / 1e6
        weight = {"glass": 30, "oak": 19, "laminate": 17}[values["top"]]
        cut_off = 0.0 if values["corners"] == "eased" else 0.002
        assert top.weight == pytest.approx(weight * area, rel=1e-9 + 2 * cut_off)
        assert scene.weight is None


def test_the_desk_has_as_many_drawers_as_were_chosen():
    name = "desk.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        wanted = {"one": 1, "two": 2, "three": 3}.get(values.get("drawers", ""), 0)
        assert (scene.counts.get("drawer_front", 0), scene.counts.get("drawer_box", 0)) == (
            wanted,
            wanted,
        )


def test_rails_and_drives_of_the_router_are_those_of_the_parts_list():
    """How many there are of each, and how long they are."""
    name = "cnc_router.yaml"
    shapes = {"screw_x": "drive_x", "rack_x": "drive_x", "screw_y": "drive_y", "rack_y": "drive_y"}
    keys = {"rail_x", "rail_y", "drive_x", "drive_y"}
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        listed, placed = Counter(), Counter()
        for item in bom(product(name).bom, values):
            if item.key in keys:
                listed[item.key, float(item.measures["length"])] += int(item.quantity)
        for part in scene.parts:
            if shapes.get(part.shape, part.shape) in keys:
                placed[shapes.get(part.shape, part.shape), part.lengths[0]] += 1
        assert placed == listed


def test_the_tool_of_the_router_stays_above_its_table_and_below_its_gantry():
    name = "cnc_router.yaml"
    for scene in scenes(name):
        found = {part.shape: part for part in scene.parts}
        table = found.get("plank") or found["vacuum_table"]
        assert scene.bounds[0][2] == 0
        assert table.upper[2] == 800
        assert 800 < found["tool"].corner[2] < found["gantry_beam"].corner[2]


def test_the_wardrobe_starts_with_68_parts_as_wide_and_high_as_chosen():
    started = default_completion(product("wardrobe.yaml").engine, {}).values
    scene = resolve(compile_shapes(product("wardrobe.yaml").model), started)
    assert (len(scene.parts), scene.size) == (68, (1800, 646, 2200))
    name = "wardrobe.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        assert scene.size[::2] == pytest.approx((float(values["width"]), float(values["height"])))


def test_boards_of_the_wardrobe_are_those_of_the_parts_list():
    """How many there are, and their length, width and thickness."""
    name = "wardrobe.yaml"
    shapes = {"side": "upright", "top": "horizontal", "bottom": "horizontal", "door": "door"}
    shapes |= {"short_door": "door", "plain_drawer_front": "drawer_front"}
    same = ("divider", "shelf", "hat_shelf", "cover", "back", "drawer_front", "drawer_side")
    shapes |= {key: key for key in (*same, "drawer_back", "drawer_bottom")}
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        listed, placed = Counter(), Counter()
        for item in bom(product(name).bom, values):
            if (item.key in shapes or item.key in shapes.values()) and item.quantity:
                lengths = (item.measures[each] for each in ("length", "width", "thickness"))
                key = shapes.get(item.key, item.key)
                listed[key, tuple(round(float(each), 3) for each in lengths)] += int(item.quantity)
        for part in scene.parts:
            if part.shape in shapes:
                sizes = tuple(round(length, 3) for length in part.lengths)
                placed[shapes[part.shape], sizes] += 1
        assert placed == listed


def test_knobs_and_feet_of_the_wardrobe_are_counted_as_handles_and_feet():
    name = "wardrobe.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        wanted = Counter({item.key: int(item.quantity) for item in bom(product(name).bom, values)})
        kind = values.get("handle")
        found = scene.counts.get(f"door_{kind}", 0) + scene.counts.get(f"drawer_{kind}", 0)
        assert found == (0 if kind == "push" else wanted["handle"])
        assert scene.counts["foot"] == wanted["foot"]


def test_modules_of_the_wall_stand_side_by_side_and_fill_its_width():
    name = "shelving_wall.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        count = int(values["modules"])
        wide = [float(values[f"modules.{number}.width"]) for number in range(1, count + 1)]
        found = {part.name: part for part in scene.parts}
        begins = [found[f"modules.{number}.back"].corner[0] for number in range(1, count + 1)]
        assert begins == pytest.approx([18 + sum(wide[:before]) for before in range(count)])
        assert scene.size[0] == pytest.approx(sum(wide))
        assert scene.counts["side"] + scene.counts["last_side"] == count + 1


def test_shelves_of_the_wall_are_those_of_the_parts_list():
    name = "shelving_wall.yaml"
    for values, scene in zip(random_configurations(name), scenes(name), strict=True):
        listed, placed = Counter(), Counter()
        for item in bom(product(name).bom, values):
            if item.key.endswith(".shelf"):
                listed[item.key, float(item.measures["length"])] += int(item.quantity)
        for part in scene.parts:
            if part.shape == "shelf":
                placed[part.name.rpartition(".")[0], part.lengths[0]] += 1
        assert placed == listed
