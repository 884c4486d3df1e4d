"""Fittings find where boards meet, and drill both of them."""

import pytest

from configurator.geometry.fitting_library import LIBRARY
from configurator.geometry.production import production
from configurator.geometry.refusals import SceneRefused
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.scene_json import scene_json
from tests.configurator.geometry.shelves import shelf

VALUES = {"width": 600, "boards": 2, "wood": "oak"}
SIDE = {
    "key": "side",
    "label": "Side",
    "orientation": "side",
    "length": 700,
    "width": 300,
    "thickness": 16,
    "repeat": {"side": 2},
    "x": "(side - 1) * (width - 16)",
}
BOTTOM = {
    "key": "bottom",
    "label": "Bottom",
    "length": "width - 32",
    "width": 300,
    "thickness": 18,
    "x": 16,
    "z": 100,
}
DOOR = {
    "key": "door",
    "label": "Door",
    "orientation": "front",
    "length": 694,
    "width": "width - 6",
    "thickness": 19,
    "x": 3,
    "y": -19,
    "z": 3,
}


def built(*fittings, shapes=(SIDE, BOTTOM, DOOR), **values):
    rows = [{"key": f"f{number}", **each} for number, each in enumerate(fittings)]
    model = shelf(shapes=list(shapes), fittings=rows)
    return resolve(compile_shapes(model), {**VALUES, **values})


def holes(scene, name):
    """Every hole of a part: face, place, diameter and depth."""
    (part,) = [part for part in scene.parts if part.name == name]
    return sorted(
        (cut.face, round(x + cut.size[0] / 2, 3), round(y + cut.size[1] / 2, 3), *_size(cut))
        for cut in part.operations
        for x, y in cut.corners()
    )


def _size(cut):
    return cut.diameter, cut.depth


def refused(*fittings, **more):
    with pytest.raises(SceneRefused) as caught:
        built(*fittings, **more)
    return caught.value


JOINED = {"shape": "bottom", "to": ["side"]}


def test_a_dowel_stands_in_the_end_of_one_board_and_the_face_of_the_other():
    scene = built({**JOINED, "kind": "dowel", "count": 3, "at": 40, "sku": "DW"})
    ends = [("x0", y, 9, 8, 25) for y in (40, 150, 260)]
    assert holes(scene, "bottom") == [*ends, *(("x1", *each[1:]) for each in ends)]
    assert holes(scene, "side.1") == [("A", 109, y, 8, 13) for y in (40, 150, 260)]
    assert holes(scene, "side.2") == [("B", 109, y, 8, 13) for y in (40, 150, 260)]
    assert scene.hardware == {"DW": 6}
    assert scene_json(scene)["hardware"] == {"DW": 6}


def test_a_confirmat_screw_goes_through_and_its_core_into_the_end():
    scene = built({**JOINED, "kind": "confirmat", "edge": "x1", "pitch": 64})
    assert holes(scene, "bottom") == [("x1", 50, 9, 5, 40), ("x1", 114, 9, 5, 40)]
    assert holes(scene, "side.1") == []
    assert holes(scene, "side.2") == [("B", 109, 50, 7, None), ("B", 109, 114, 7, None)]


def test_a_cam_is_turned_where_it_looks_to_the_other_board_or_where_is_said():
    cam = {**JOINED, "kind": "cam", "edge": "x0", "count": 1, "at": 60}
    (turned,) = [each for each in holes(built(cam), "bottom") if each[3] == 15]
    assert turned == ("A", 34, 60, 15, 13.5)
    (turned,) = [each for each in holes(built({**cam, "face": "B"}), "bottom") if each[3] == 15]
    assert turned == ("B", 34, 60, 15, 13.5)
    assert holes(built(cam), "side.1") == [("A", 109, 60, 5, 11)]


def test_a_hinge_has_its_cup_beside_the_edge_and_its_plate_in_the_first_row_of_system_32():
    hinge = {"kind": "hinge", "shape": "door", "to": ["side"], "edge": "y0", "at": 97}
    scene = built(hinge)
    assert holes(scene, "door") == [("A", 97, 22.5, 35, 13), ("A", 597, 22.5, 35, 13)]
    plates = [("A", height, 37, 5, 12) for height in (84, 116, 584, 616)]
    assert holes(scene, "side.1") == plates
    assert holes(scene, "side.2") == []
    other = built({**hinge, "edge": "y1"})
    assert holes(other, "door")[0] == ("A", 97, 571.5, 35, 13)
    assert holes(other, "side.2") == [("B", *each[1:]) for each in plates]
    cup = built({**hinge, "kind": "hinge_cup"})
    assert (holes(cup, "door"), holes(cup, "side.1")) == (holes(scene, "door"), [])


def test_a_runner_joins_faces_half_an_inch_apart():
    drawer = {
        "key": "box",
        "label": "Box",
        "orientation": "side_across",
        "length": 280,
        "width": 120,
        "thickness": 12,
        "x": 28.7,
        "y": 10,
        "z": 200,
    }
    runner = {"kind": "runner", "shape": "box", "to": ["side"], "at": 27, "pitch": 224}
    scene = built(runner, shapes=[SIDE, drawer])
    assert holes(scene, "box") == [("B", 27, 60, 3, 6), ("B", 251, 60, 3, 6)]
    assert holes(scene, "side.1") == [("A", 260, 37, 5, 12), ("A", 260, 261, 5, 12)]
    assert "does not meet 'side'" in refused(runner, shapes=[SIDE, {**drawer, "x": 40}]).sentence


def test_formulas_read_the_counters_and_values_of_the_shape():
    boards = {**BOTTOM, "repeat": {"i": "boards"}, "each": {"twice": "2 * i"}, "z": "i * 100"}
    dowel = {"kind": "dowel", "shape": "bottom", "to": ["side"], "edge": "x0"}
    scene = built({**dowel, "count": "twice", "when": "i > 1"}, shapes=[SIDE, boards])
    assert (len(holes(scene, "bottom.1")), len(holes(scene, "bottom.2"))) == (0, 4)


def test_what_leaves_the_workshop_has_every_hole():
    scene = built({**JOINED, "kind": "cam"}, {**JOINED, "kind": "dowel", "at": 90})
    made = production(scene)
    assert made.bounds == scene.bounds
    assert made.volume < scene.volume


@pytest.mark.parametrize(
    ("fitting", "field", "told"),
    [
        ({"kind": "cam", "to": ["door"], "edge": "x0"}, "to", "'bottom' does not meet 'door' by"),
        ({"kind": "dowel", "edge": "y0"}, "to", "by its y0"),
        ({"kind": "hinge"}, "to", "does not meet"),
        ({"kind": "dowel", "at": 2}, "at", "it reaches from -2"),
        ({"kind": "dowel", "count": 2.5}, "count", "no whole number"),
        ({"kind": "dowel", "pitch": 500}, "at", "and face x0 ends at 300 mm"),
        ({"kind": "dowel", "count": 5000}, "count", "more than 5,000 cuts"),
    ],
)
def test_what_cannot_be_joined_is_refused_by_fitting_and_field(fitting, field, told):
    found = refused({**JOINED, **fitting})
    assert (found.data["fitting"], found.data["field"]) == ("f0", field)
    assert found.data["part"] == "bottom"
    assert told in found.sentence
    assert found.sentence.startswith(f"Fitting 'f0', {field}: ")


def test_pairs_of_boards_are_counted_over_all_fittings(monkeypatch):
    dowels = [{**JOINED, "kind": "dowel", "edge": edge} for edge in ("x0", "x1")]
    monkeypatch.setattr("configurator.geometry.scene.MOST_PAIRS", 4)
    assert holes(built(*dowels), "bottom")
    monkeypatch.setattr("configurator.geometry.scene.MOST_PAIRS", 3)
    assert refused(*dowels).data["field"] == "to"
    built(dowels[0], {**dowels[1], "when": "width > 9000"})


def test_a_bore_that_is_deeper_than_its_board_is_refused():
    thin = {**SIDE, "thickness": 10, "x": "(side - 1) * (width - 10)"}
    found = refused({**JOINED, "kind": "dowel"}, shapes=[thin, {**BOTTOM, "x": 10, "length": 580}])
    assert "13 mm is deeper than the board, 10 mm" in found.sentence
    assert found.data["field"] == "kind"


def test_a_board_that_is_not_there_needs_no_fitting():
    none = {**BOTTOM, "when": "width > 900"}
    scene = built({**JOINED, "kind": "dowel"}, shapes=[SIDE, none])
    assert scene.hardware == {}


@pytest.mark.parametrize("kind", LIBRARY)
def test_every_bore_of_the_library_is_one_that_a_board_of_16_mm_can_have(kind):
    for bore in LIBRARY[kind].bores:
        assert 3 <= bore.diameter <= 35
        assert bore.along == 0 or abs(bore.along) == 16
        by_edge = LIBRARY[kind].meets[bore.board == "second"] == "edge" and not bore.is_turned
        if bore.depth is not None and not by_edge:
            assert bore.depth < 16
