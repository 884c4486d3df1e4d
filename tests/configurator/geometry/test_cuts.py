"""What is taken out of boards: in the scene, in the model, and refused where no board can have it."""

from decimal import Decimal
from math import pi

import pytest

from configurator.geometry.cuts import Cut, overlaps
from configurator.geometry.glb import fingerprint, glb
from configurator.geometry.inspection import inspection
from configurator.geometry.machining import machined
from configurator.geometry.production import production
from configurator.geometry.scene import SceneRefused, compile_shapes, resolve
from tests.configurator.geometry.shelves import SHELF, shelf

VALUES = {"width": Decimal(900), "boards": Decimal(3), "wood": "oak"}
ORIENTATIONS = ("flat", "flat_across", "side", "side_across", "front", "front_across")
BOARD = {
    "key": "board",
    "label": "Board",
    "length": 400,
    "width": 300,
    "thickness": 20,
    "material": "board",
    "x": 30,
    "y": -10,
}


def scene_of(*operations, values=VALUES, **board):
    model = shelf(shapes=[{**BOARD, **board, "operations": list(operations)}])
    return resolve(compile_shapes(model), values)


def hole(**fields):
    return {"key": "pin", "x": 50, "y": 60, "diameter": 8, **fields}


def volume_of(*operations, **board):
    """The volume of the only part in cubic millimetres, cuts taken out."""
    return production(scene_of(*operations, **board)).volume * 1e9


# ---- numbers -------------------------------------------------------------------------------------


def test_a_hole_has_the_numbers_of_its_formulas_and_is_not_repeated():
    made = hole(x="width / 10", nx="boards + 1", px="32 mm", depth="1 cm", sku="PIN")
    (part,) = scene_of(made).parts
    (cut,) = part.operations
    assert (cut.x, cut.nx, cut.px, cut.depth, cut.count) == (90, 4, 32, 10, 4)
    assert [left for left, _ in cut.corners()] == [86, 118, 150, 182]


def test_counters_and_values_of_the_shape_are_read_and_a_condition_leaves_out():
    pin = hole(face="A", when="i == 1", x="i * 40")
    other = hole(key="other", face="B", when="is_last", x="i * 40")
    scene = scene_of(pin, other, repeat={"i": 3}, each={"is_last": "i == 3"})
    told = [[(cut.key, cut.x) for cut in part.operations] for part in scene.parts]
    assert told == [[("pin", 40)], [], [("other", 120)]]


def test_pieces_are_counted_by_their_number():
    pins = hole(nx=5, px=32, sku="PIN")
    dowels = hole(key="dowel", face="x0", y=10, x=60, depth=25, sku="DW-8")
    scene = scene_of(pins, dowels, hole(key="plain", x=300), repeat={"i": 2})
    assert scene.hardware == {"PIN": 10, "DW-8": 2}


@pytest.mark.parametrize(
    ("operation", "field", "told"),
    [
        (hole(x=3), "pin, x", "it reaches from -1 to 7 mm, and face A ends at 400 mm"),
        (hole(nx=12, px=32), "pin, x", "reaches from 46 to 406 mm"),
        (hole(px=-32, nx=3), "pin, x", "reaches from -18 to 54 mm"),
        (hole(y=297), "pin, y", "face A ends at 300 mm"),
        (hole(face="y1", y=18), "pin, y", "face y1 ends at 20 mm"),
        (hole(depth=21), "pin, depth", "21 mm is deeper than the board, 20 mm"),
        (hole(face="x1", y=10, depth=401), "pin, depth", "deeper than the board, 400 mm"),
        (hole(depth="width - 900"), "pin, depth", "0 mm is no size"),
        (hole(diameter="0 - 5"), "pin, diameter", "-5 mm is no size"),
        (hole(nx="boards / 2"), "pin, nx", "1.5 is no whole number from 1 to 5,000"),
        (hole(nx="99999999"), "pin, nx", "no whole number"),
        (hole(nx=100, ny=100, px=1, py=1), "pin, nx", "more than 5,000 cuts"),
        (hole(nx=3), "pin, px", "all 3 of them lie on each other"),
        (hole(x="if boards > 2 then 1 / (boards - 3) else 0"), "pin, x", "no such number"),
        (
            {"key": "all", "kind": "cut_out", "length": 400, "width": 300},
            "all, length",
            "it leaves nothing of the board",
        ),
    ],
)
def test_what_no_board_can_have_is_refused_with_shape_operation_and_field(operation, field, told):
    with pytest.raises(SceneRefused) as refused:
        scene_of(operation)
    key, _, name = field.partition(", ")
    assert (refused.value.data["shape"], refused.value.data["field"]) == (
        "board",
        f"operations/{key}/{name}",
    )
    assert refused.value.sentence.startswith(f"Shape 'board', operation '{key}', {name}: ")
    assert told in refused.value.sentence


def test_cuts_of_all_parts_count_together():
    pins = hole(nx=30, ny=10, px=10, py=20)
    with pytest.raises(SceneRefused, match="more than 5,000 cuts"):
        scene_of(pins, repeat={"i": 17}, x="i * 400")
    assert sum(len(part.operations) for part in scene_of(pins, repeat={"i": 16}).parts) == 16


# ---- solids --------------------------------------------------------------------------------------


def test_the_scene_to_look_at_is_without_cuts():
    scene = scene_of(hole(depth=12, nx=3, px=32))
    plain = scene_of()
    assert (scene.volume, scene.weight) == (plain.volume, plain.weight)
    assert scene.parts[0].solid == plain.parts[0].solid


@pytest.mark.parametrize(
    ("operation", "removed"),
    [
        (hole(), pi * 16 * 20),
        (hole(depth=12), pi * 16 * 12),
        (hole(face="B", depth=12, nx=5, px=32, ny=2, py=100), 10 * pi * 16 * 12),
        (hole(diameter=35, depth=13), pi * 17.5**2 * 13),
        (hole(face="x0", y=10, depth=30), pi * 16 * 30),
        (hole(face="x1", y=10, depth=30), pi * 16 * 30),
        (hole(face="y0", y=10, depth=30), pi * 16 * 30),
        (hole(face="y1", y=10), pi * 16 * 300),
        (
            {"key": "groove", "kind": "groove", "y": 280, "length": 400, "width": 8, "depth": 9},
            400 * 8 * 9,
        ),
        (
            {
                "key": "rebate",
                "kind": "groove",
                "face": "y1",
                "length": 400,
                "width": 10,
                "depth": 6,
            },
            400 * 10 * 6,
        ),
        (
            {
                "key": "hinge",
                "kind": "pocket",
                "x": 9,
                "y": 9,
                "length": 60,
                "width": 20,
                "depth": 3,
            },
            60 * 20 * 3,
        ),
        (
            {"key": "notch", "kind": "cut_out", "length": 50, "width": 40, "nx": 2, "px": 350},
            2 * 50 * 40 * 20,
        ),
    ],
)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_exactly_what_is_cut_out_is_gone_and_the_rest_is_closed(operation, removed, orientation):
    scene = production(scene_of(operation, orientation=orientation))
    seen = inspection(glb(scene), "glb")
    assert scene.volume * 1e9 == pytest.approx(400 * 300 * 20 - removed, rel=1e-9)
    assert scene.weight == pytest.approx(scene.volume * 700)
    assert seen.solids["board"].sound
    assert seen.solids["board"].volume == pytest.approx(scene.volume * 1e9, rel=1e-4)
    assert (seen.lower, seen.upper) == (
        pytest.approx(scene.bounds[0], abs=1e-3),
        pytest.approx(scene.bounds[1], abs=1e-3),
    )


def test_overlapping_cuts_are_counted_once():
    groove = {"key": "groove", "kind": "groove", "y": 56, "length": 400, "width": 8, "depth": 9}
    removed = 400 * 8 * 9 + pi * 16 * (20 - 9)
    assert volume_of(hole(), groove) == pytest.approx(2_400_000 - removed, rel=1e-5)


def test_a_hole_lies_where_its_face_and_place_say():
    """Weight moves away from it, along the axes of the board's orientation."""
    one = {"diameter": 80, "depth": 10}
    flat = production(scene_of(hole(x=60, y=50, **one))).parts[0]
    middle = [200, 150, 10]
    moved = [
        own - at - start for own, at, start in zip(flat.centre, flat.corner, middle, strict=True)
    ]
    assert moved[0] > 0 and moved[1] > 0 and moved[2] < 0
    side = production(scene_of(hole(x=60, y=50, face="B", **one), orientation="side")).parts[0]
    middle = [10, 150, 200]
    moved = [
        own - at - start for own, at, start in zip(side.centre, side.corner, middle, strict=True)
    ]
    assert moved[0] > 0 and moved[1] > 0 and moved[2] > 0


def test_a_board_of_which_nothing_is_left_is_refused_with_its_shape():
    half = {"key": "half", "kind": "cut_out", "length": 400, "width": 150}
    with pytest.raises(SceneRefused, match="Shape 'board', operations: ") as refused:
        production(scene_of(half, {**half, "key": "rest", "y": 150}))
    assert refused.value.data["shape"] == "board"


def test_pairs_of_cuts_that_overlap_are_counted_once_each():
    lengths = (400, 300, 20)
    groove = Cut("g", "groove", "A", 0, 56, length=400, width=8, depth=9)
    pins = Cut("p", "hole", "A", 50, 60, diameter=8, depth=12, nx=5, px=32)
    below = Cut("b", "hole", "B", 50, 60, diameter=8, depth=8)
    through = Cut("t", "hole", "A", 50, 60, diameter=2)
    assert overlaps((pins,), lengths) == 0
    assert (
        overlaps(
            (
                groove,
                pins,
            ),
            lengths,
        )
        == 5
    )
    assert (
        overlaps(
            (
                groove,
                below,
            ),
            lengths,
        )
        == 0
    )
    assert (
        overlaps(
            (
                groove,
                pins,
                below,
                through,
            ),
            lengths,
        )
        == 5 + 3
    )
    assert (
        overlaps((Cut("c", "hole", "A", 50, 60, diameter=9, nx=300, px=1),), lengths)
        == 300 * 8 - 36
    )


def test_cuts_that_overlap_too_often_are_refused_before_they_are_made():
    entangled = hole(diameter=200, x=110, y=150, nx=150, px=1, depth=5)
    with pytest.raises(SceneRefused, match="cuts overlap more than 4,000 times") as refused:
        production(scene_of(entangled))
    assert refused.value.data["shape"] == "board"
    assert production(scene_of({**entangled, "nx": 40}, repeat={"i": 20}))


def test_equal_boards_are_made_once_whatever_their_operations_are_called():
    one, other = hole(depth=11.5), hole(key="peg", depth=11.5, sku="PEG")
    first = production(scene_of(one)).parts[0].solid
    again = production(scene_of(other, repeat={"i": 4})).parts[2].solid
    assert machined(first) is machined(again)


def test_both_details_are_files_of_their_own():
    scene = scene_of(hole())
    detailed = production(scene)
    assert fingerprint(scene) != fingerprint(detailed)
    assert len(glb(detailed)) > 2 * len(glb(scene))
    assert glb(detailed) == glb(production(scene_of(hole())))


def test_a_scene_without_operations_is_the_same_in_production():
    scene = resolve(compile_shapes(shelf(shapes=SHELF["shapes"])), VALUES)
    assert fingerprint(production(scene)) == fingerprint(scene)
