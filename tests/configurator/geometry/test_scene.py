from decimal import Decimal
from time import perf_counter

import pytest

from configurator.geometry.refusals import CheckFailed
from configurator.geometry.scene import SceneRefused, compile_shapes, resolve
from tests.configurator.geometry.shelves import SHELF, shelf

VALUES = {"width": Decimal(900), "boards": Decimal(3), "wood": "oak"}


def scene_of(model, **values):
    return resolve(compile_shapes(model), {**VALUES, **values})


def one_box(**fields):
    """A shelf of a single shape, 100 x 50 x 20, with these fields."""
    return shelf(
        shapes=[{"key": "a", "label": "A", "length": 100, "width": 50, "thickness": 20, **fields}]
    )


def refusal_of(model, **values):
    with pytest.raises(SceneRefused) as refused:
        scene_of(model, **values)
    return refused.value


def test_each_solid_is_named_after_its_shape_and_its_counters():
    assert [part.name for part in scene_of(shelf()).parts] == [
        "side.1",
        "side.2",
        "shelf.1",
        "shelf.2",
        "shelf.3",
    ]


def test_solids_stand_where_the_formulas_say():
    places = {part.name: (part.corner, part.upper) for part in scene_of(shelf()).parts}
    assert places["side.2"] == ((880, 0, 0), (900, 300, 2000))
    assert places["shelf.2"] == ((20, 0, 990), (880, 300, 1010))


def test_the_whole_has_the_size_weight_and_centre_of_its_parts():
    scene = scene_of(shelf())
    assert scene.bounds == ((0, 0, 0), (900, 300, 2000))
    assert scene.size == (900, 300, 2000)
    boards = 2 * 2 * 0.3 * 0.02 + 3 * 0.86 * 0.3 * 0.02
    assert scene.weight == pytest.approx(700 * boards)
    assert scene.centre_of_gravity[:2] == pytest.approx((450, 150))
    assert scene.surface == pytest.approx(
        2 * 2 * (2 * 0.3 + 2 * 0.02 + 0.3 * 0.02) + 3 * 2 * (0.86 * 0.3 + 0.86 * 0.02 + 0.3 * 0.02)
    )
    assert scene.counts == {"side": 2, "shelf": 3}


def test_no_weight_is_told_where_that_of_a_part_is_not_known():
    scene = scene_of(shelf(materials=[{"key": "board", "label": "Board"}]))
    assert (scene.weight, scene.centre_of_gravity) == (None, None)


def test_a_shape_that_counts_to_zero_is_not_there():
    assert scene_of(shelf(), boards=Decimal(0)).counts == {"side": 2}


def test_values_of_each_and_edges_are_told_solid_by_solid():
    lowest, other = scene_of(shelf()).parts[2:4]
    assert (lowest.numbers, other.numbers) == (
        {"i": 1, "gap": 495, "is_lowest": True},
        {"i": 2, "gap": 495, "is_lowest": False},
    )
    assert (lowest.edges, other.edges) == (("L1", "L2"), ("L1",))
    assert (lowest.banding, other.banding) == (1720, 860)


def test_a_counter_may_count_as_far_as_another_says():
    model = one_box(repeat={"i": 3, "j": "i"}, x="200 * i", y="100 * j")
    assert [part.name for part in scene_of(model).parts] == [
        "a.1.1",
        "a.2.1",
        "a.2.2",
        "a.3.1",
        "a.3.2",
        "a.3.3",
    ]


def test_a_condition_leaves_out_single_solids():
    assert [part.name for part in scene_of(one_box(repeat={"i": 4}, when="i != 2")).parts] == [
        "a.1",
        "a.3",
        "a.4",
    ]


def test_lengths_are_counted_in_millimetres_whatever_their_unit():
    (part,) = scene_of(one_box(length="1.2 m", width="3 in", thickness="2 cm")).parts
    assert part.lengths == (1200, 76.2, 20)


def test_a_material_looks_as_what_is_chosen():
    colours = [
        scene_of(shelf(), wood=wood).materials[0].look.colour for wood in ("oak", "ash", "raw")
    ]
    assert colours == ["#8b5a2b", "#e8dcc8", "#c8c8c8"]


def test_values_that_change_looks_alone_are_variants():
    variants = {
        variant.value: variant.looks["board"].colour for variant in scene_of(shelf()).variants
    }
    assert variants == {"oak": "#8b5a2b", "ash": "#e8dcc8", "raw": "#c8c8c8"}


def test_a_colour_of_ones_own_goes_before_the_finish_and_variants_are_without_it():
    own = {"key": "own", "kind": "colour", "label": "Own", "required": False}
    materials = [{"key": "board", "label": "Board", "finishes": ["own", "wood"]}]
    scene = scene_of(shelf(options=[*SHELF["options"], own], materials=materials), own="#0B6E4F")
    assert (scene.materials[0].look.colour, scene.materials[0].finish) == ("#0b6e4f", "own")
    assert [variant.looks["board"].colour for variant in scene.variants] == [
        "#8b5a2b",
        "#e8dcc8",
        "#c8c8c8",
    ]


def test_values_that_change_a_size_are_no_variants():
    """Another board is another shape: only a new file shows it."""
    sides = [{**SHELF["shapes"][0], "thickness": "wood.board"}]
    assert scene_of(shelf(shapes=sides)).variants == ()


@pytest.mark.parametrize(
    ("fields", "place", "told"),
    [
        ({"length": "width - 900"}, "length", "0 mm is no size"),
        ({"thickness": -20}, "thickness", "-20 mm is no size"),
        ({"width": "100 / (boards - 3)"}, "width", "no such number"),
        ({"x": "10 km"}, "x", "farther"),
        ({"repeat": {"i": "boards / 2"}}, "repeat/i", "1.5 is no whole number"),
        ({"repeat": {"i": "0 - boards"}}, "repeat/i", "-3 is no whole number"),
        (
            {"form": "profile", "outline": [[0, 0], [10, 0], ["boards - 3", 0]]},
            "outline",
            "bound no area",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_with_shape_and_field(fields, place, told):
    refused = refusal_of(one_box(**fields))
    assert refused.data == {"shape": "a", "field": place}
    assert told in refused.sentence


@pytest.mark.parametrize(
    "repeat",
    [
        {"i": 99_999_999},
        {"i": 10**11},
        {"i": 2_000, "j": 2_000, "k": 2_000},
        {"i": 1_999, "j": 0, "k": 1_000, "l": 2},
        {"i": 2_000, "j": 2},
    ],
)
def test_a_count_beyond_all_limits_is_refused_before_anything_is_repeated(repeat):
    model = one_box(repeat=repeat)
    compiled = compile_shapes(model)
    began = perf_counter()
    if repeat.get("j") == 0:
        with pytest.raises(SceneRefused):
            resolve(compiled, VALUES)
    else:
        with pytest.raises(SceneRefused, match=r"2,000"):
            resolve(compiled, VALUES)
    assert perf_counter() - began < 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"form": "turned", "outline": [[9, 9 * n] for n in range(50)], "repeat": {"i": 81}},
            "4,000 points",
        ),
        (
            {"form": "turned", "outline": [["i", 9 * n] for n in range(50)], "repeat": {"i": 60}},
            "200,000 triangles",
        ),
    ],
)
def test_what_would_be_too_much_to_draw_is_refused_before_it_is_drawn(fields, told):
    refused = refusal_of(one_box(**fields, length=None, width=None, thickness=None))
    assert refused.data == {"shape": "a", "field": "outline"}
    assert told in refused.sentence


def test_the_limit_is_that_of_the_whole_product():
    boards = [
        {**SHELF["shapes"][0], "key": key, "x": 0, "repeat": {"side": 1_500}} for key in ("a", "b")
    ]
    refused = refusal_of(shelf(shapes=boards))
    assert refused.data == {"shape": "b", "field": "repeat/side"}


def test_a_shape_check_that_does_not_hold_is_told_in_its_own_words():
    check = {
        "key": "room",
        "when": "boards > 0",
        "then": "boards <= 2",
        "message": {"default": "Few", "de": "Wenige"},
    }
    model = shelf(shape_checks=[check])
    refused = refusal_of(model)
    assert (refused.sentence, refused.data) == ("Few", {"check": "room"})
    assert scene_of(model, boards=Decimal(2)).counts["shelf"] == 2


def test_equal_scenes_have_one_digest_and_others_another():
    compiled = compile_shapes(shelf())
    same = [resolve(compiled, VALUES).digest for _ in range(2)]
    others = [scene_of(shelf(), wood="ash").digest, scene_of(shelf(), width=Decimal(901)).digest]
    assert len({*same, *others}) == 3


def test_what_is_open_is_told_before_a_check_that_reads_it():
    check = {"key": "narrow", "then": "width < 700", "message": "Too wide."}
    model = shelf(shape_checks=[check])
    with pytest.raises(SceneRefused) as refused:
        resolve(compile_shapes(model), {"boards": 2, "wood": "oak"})
    assert (refused.value.data["shape"], "wide" in refused.value.sentence) == ("side", False)
    with pytest.raises(CheckFailed, match="Too wide"):
        resolve(compile_shapes(model), {"width": 800, "boards": 2, "wood": "oak"})


def test_a_check_of_what_no_size_reads_cannot_be_told_while_that_is_open():
    check = {"key": "light", "then": "wood.density < 690", "message": "Too heavy."}
    model = shelf(shape_checks=[check])
    with pytest.raises(SceneRefused, match="'light' cannot be told while 'wood' has no value"):
        resolve(compile_shapes(model), {"width": 800, "boards": 2})
    assert resolve(compile_shapes(model), {"width": 800, "boards": 2, "wood": "ash"})
