"""What is written stands on the model, in the same letters as on the picture."""

from typing import Any

import numpy as np
import pytest
import trimesh

from catalog.print_checks import check_prints
from catalog.product_model import ORIENTATIONS, read
from catalog.shape_checks import check_shapes
from configurator.geometry.compiling import compile_shapes
from configurator.geometry.scene import Scene, SceneRefused, resolve
from configurator.geometry.solids import mesh, triangle_count
from configurator.prints.letters import Area, inked, lettering
from tests.configurator.prints.plates import PLATE

INK = {"key": "ink", "label": "Ink", "finishes": ["ink"]}
BOARD = {"key": "board", "label": "Board", "length": "width", "width": 50, "thickness": 8}
LETTERS = {
    "key": "letters",
    "label": "Letters",
    "form": "letters",
    "print": "front",
    "thickness": "0.5 mm",
    "x": 10,
    "y": 10,
    "z": 8,
    "material": "ink",
}


def plate(**letters: Any) -> Any:
    shapes = [BOARD, {**LETTERS, **letters}]
    return read({**PLATE, "layers": [], "materials": [INK], "shapes": shapes})


def scene(text: str | None, **letters: Any) -> Scene:
    values = {"width": 200, "letters": "serif", "ink": "#ff0000"}
    return resolve(compile_shapes(plate(**letters)), values | ({"name": text} if text else {}))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_letters_are_closed_and_as_large_as_on_the_picture(orientation: str) -> None:
    [_, part] = scene("Ada & Bo 8%", orientation=orientation).parts
    letters = lettering("Ada & Bo 8%", "serif", Area(180, 30, 20, 6))
    points = np.array([point for ring in inked(letters) for point in ring])
    wide, high = points.max(axis=0) - points.min(axis=0)
    assert part.lengths == pytest.approx((wide, high, 0.5))
    found = mesh(part.solid)
    assert len(found.corners) <= triangle_count(part.solid)
    assert found.positions.min(axis=0) == pytest.approx((0, 0, 0))
    assert found.positions.max(axis=0) == pytest.approx(part.solid.size)
    seen = trimesh.Trimesh(found.positions, found.corners, process=True)
    seen.merge_vertices(merge_norm=True, merge_tex=True)
    assert seen.is_watertight and seen.is_winding_consistent
    assert seen.volume == pytest.approx((part.volume or 0) * 1e9, rel=1e-6)
    assert seen.area == pytest.approx((part.surface or 0) * 1e6, rel=1e-6)
    assert seen.center_mass + part.corner == pytest.approx(part.centre, abs=1e-3)


def test_letters_stand_where_their_area_is() -> None:
    [_, part] = scene("Ada").parts
    letters = lettering("Ada", "serif", Area(180, 30, 20, 6))
    left, bottom = np.array([p for ring in inked(letters) for p in ring]).min(axis=0)
    assert part.corner == pytest.approx((10 + left, 10 + bottom, 8))
    assert part.material == "ink"


def test_letters_that_repeat_stand_at_one_height() -> None:
    parts = scene("Ada", repeat={"row": 3}, z="8 + row * 20").parts[1:]
    first, *_ = (each.corner for each in parts)
    assert [each.corner for each in parts] == [
        (*first[:2], pytest.approx(8 + row * 20)) for row in (1, 2, 3)
    ]


def test_where_nothing_is_written_there_is_no_solid() -> None:
    assert [each.name for each in scene(None).parts] == ["board"]
    assert [each.name for each in scene("Ж").parts] == ["board"]


def test_the_smallest_letters_are_solids_too() -> None:
    tiny = {**PLATE["prints"][0], "size": "0.1", "least": "0.1"}
    model = read({**PLATE, "layers": [], "materials": [INK], "shapes": [LETTERS], "prints": [tiny]})
    values = {"width": 200, "letters": "serif", "ink": "#ff0000", "name": "."}
    [part] = resolve(compile_shapes(model), values).parts
    assert 0 < max(part.lengths[:2]) < 0.1


def test_another_text_is_another_scene_and_the_option_is_named() -> None:
    assert scene("Ada").digest != scene("Bo").digest
    assert {"name", "letters", "width"} <= compile_shapes(plate()).reads


def test_letters_of_no_print_are_a_finding() -> None:
    model = plate(print="back")
    assert [each.path for each in check_prints(model)] == ["shapes/letters/print"]
    with pytest.raises(SceneRefused, match="no print 'back'"):
        compile_shapes(model)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"thickness": None}, "thickness"),
        ({"print": None}, "print"),
        ({"length": 3}, "length"),
        ({"form": "box", "length": 3, "width": 3}, "print"),
    ],
)
def test_letters_have_what_they_need_and_nothing_else(wrong: dict[str, Any], path: str) -> None:
    written = {key: value for key, value in {**LETTERS, **wrong}.items() if value is not None}
    model = read({**PLATE, "layers": [], "materials": [INK], "shapes": [BOARD, written]})
    assert [each.path for each in check_shapes(model)] == [f"shapes/letters/{path}"]
