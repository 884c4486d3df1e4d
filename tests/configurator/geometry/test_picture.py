"""Pictures show what stands there, where it stands, in its colours, and the same each time."""

import hashlib
import subprocess
import sys
from io import BytesIO
from math import cos, radians, sin, tan

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from catalog.product_model import read
from configurator.geometry.camera import (
    FIELD_OF_VIEW,
    VIEWS,
    View,
    camera_for,
    outer_points,
    places_of,
    turning_aspect,
)
from configurator.geometry.glb import glb
from configurator.geometry.light import shaded_floor, spread
from configurator.geometry.picture import Shot, picture
from configurator.geometry.picture_files import (
    GROUNDS,
    MEDIA_TYPES,
    PictureUnknown,
    Wish,
    picture_file,
    picture_fingerprint,
)
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.shading import as_srgb, toned, veil
from configurator.geometry.surfaces import Caster, linear, surfaces_of
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.configurator.geometry.test_glb import KNOB, VALUES, scene_of
from tests.drawing import needs_drawing

pytestmark = needs_drawing

SIZE = 320, 240
WITH_KNOB = shelf(shapes=[*SHELF["shapes"], {**KNOB, "y": -40, "z": 900, "material": "board"}])


def cube(colour="#808080", **more):
    shape = {"key": "cube", "label": "Cube", "length": 600, "width": 600, "thickness": 600}
    material = {"key": "paint", "label": "Paint", "colour": colour, **more}
    model = {
        "product": "cube",
        "name": "Cube",
        "options": [],
        "materials": [material],
        "shapes": [{**shape, "material": "paint"}],
    }
    return resolve(compile_shapes(read(model)), {})


def projected(scene, view, width, height):
    """The silhouette by another reader and another way: triangles of the GLB, drawn as polygons.

    The camera is what `camera-orbit` says to a viewer, whose y points up.
    """
    azimuth, polar, distance = (
        float(each.removesuffix("deg").removesuffix("m"))
        for each in camera_for(VIEWS[view], outer_points(scene), width / height).orbit.split()
    )
    azimuth, polar = radians(azimuth), radians(polar)
    whole = trimesh.load(BytesIO(glb(scene)), file_type="glb").to_geometry()
    back = np.array([sin(polar) * sin(azimuth), cos(polar), sin(polar) * cos(azimuth)])
    right = np.array([cos(azimuth), 0, -sin(azimuth)])
    seen = whole.vertices - whole.bounds.mean(axis=0)
    depth = distance - seen @ back
    half = tan(radians(FIELD_OF_VIEW / 2))
    across = (seen @ right / depth / half / (width / height) + 1) * width / 2
    down = (1 - seen @ np.cross(back, right) / depth / half) * height / 2
    # Drawn larger: a polygon covers each pixel that it touches.
    mask = Image.new("L", (8 * width, 8 * height))
    draw = ImageDraw.Draw(mask)
    places = np.column_stack([across, down]) * 8 - 0.5
    for triangle in whole.faces:
        draw.polygon([tuple(places[corner]) for corner in triangle], fill=255)
    return np.asarray(mask.resize((width, height), Image.Resampling.BOX)) / 255


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_picture_covers_is_what_the_model_projects_to(view):
    scene = scene_of(WITH_KNOB)
    drawn = picture(scene, Shot(VIEWS[view]), *SIZE, "none")[..., 3] / 255
    wanted = projected(scene, view, *SIZE)

    def overlap(down=0, across=0):
        moved = np.roll(drawn, (down, across), (0, 1))
        return np.minimum(moved, wanted).sum() / np.maximum(moved, wanted).sum()

    assert overlap() > 0.97
    # A pixel beside it is worse.
    assert overlap() > max(overlap(1), overlap(-1), overlap(0, 1), overlap(0, -1))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", [SIZE, (240, 320), (400, 100)])
def test_everything_is_in_the_picture_and_fills_it(view, size):
    covered = picture(scene_of(), Shot(VIEWS[view]), *size, "none")[..., 3] > 0
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    width, height = size
    assert rows[0] > 0 < columns[0]
    assert rows[-1] < height - 1
    assert columns[-1] < width - 1
    nearest = min(rows[0] / height, 1 - rows[-1] / height, columns[0] / width)
    assert min(nearest, 1 - columns[-1] / width) < 0.06


def test_equal_scenes_give_equal_bytes_in_another_process():
    wish = Wish("corner", 160, 120)
    here = hashlib.sha256(picture_file(scene_of(), wish)).hexdigest()
    code = (
        "import hashlib; from tests.configurator.geometry.test_glb import scene_of;"
        "from configurator.geometry.picture_files import *;"
        "print(hashlib.sha256(picture_file(scene_of(), Wish('corner', 160, 120))).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
    assert hashlib.sha256(picture_file(scene_of(), wish)).hexdigest() == here


def test_a_picture_is_the_same_however_many_rows_are_drawn_at_once(monkeypatch):
    wanted = picture(scene_of(), Shot(VIEWS["corner"]), 400, 400)
    monkeypatch.setattr("configurator.geometry.picture.PIXELS_AT_ONCE", 5_000)
    monkeypatch.setattr("configurator.geometry.picture.EDGES_AT_ONCE", 100)
    apart = np.abs(picture(scene_of(), Shot(VIEWS["corner"]), 400, 400).astype(int) - wanted)
    # Sums of many numbers end otherwise in their last digit.
    assert apart.max() <= 2
    assert (apart > 0).mean() < 1e-4


def test_a_colour_is_seen_as_it_was_given():
    """In full light, on top; not paler, and of no other hue."""
    for colour in ("#8b5a2b", "#c23a3a", "#2f5d8a", "#808080", "#e8dcc8"):
        seen = picture(cube(colour), Shot(VIEWS["top"]), 80, 60, "none")[25, 40, :3].astype(int)
        given = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
        assert np.abs(seen - given).max() <= 28, (colour, seen)
        assert (np.argsort(seen, stable=True) == np.argsort(given, stable=True)).all()


def test_a_face_towards_the_lamp_is_lighter_than_one_away_from_it():
    drawn = picture(cube(), Shot(VIEWS["corner"]), *SIZE, "none")[..., :3].mean(axis=2)
    front, side = drawn[150, 110], drawn[150, 245]
    assert drawn[70, 160] > front > side > 60


def test_steel_is_not_shaded_as_paint():
    paint = picture(cube(), Shot(VIEWS["corner"]), *SIZE, "none")
    steel = picture(cube(metallic="1", roughness="0.2"), Shot(VIEWS["corner"]), *SIZE, "none")
    assert np.abs(paint[150, 110].astype(int) - steel[150, 110]).max() > 10


def test_it_is_darker_where_light_does_not_come():
    """Between shelves near the back, and not before them."""
    boards = [
        {**SHELF["shapes"][1], "width": "if i == 2 then 20 else 300", "key": "board"},
        {**SHELF["shapes"][0], "key": "wall"},
    ]
    drawn = picture(scene_of(shelf(shapes=boards)), Shot(VIEWS["front"]), *SIZE, "none")
    open_ = picture(scene_of(shelf(shapes=boards[1:])), Shot(VIEWS["front"]), *SIZE, "none")
    inner = np.argwhere((drawn[..., 3] == 255) & (open_[..., 3] == 255))
    assert drawn[tuple(inner.T)][:, :3].mean() < open_[tuple(inner.T)][:, :3].mean()


def test_the_ground_is_white_or_clear_with_or_without_a_shadow():
    white, shadow, none = (picture(cube(), Shot(VIEWS["corner"]), *SIZE, each) for each in GROUNDS)
    assert (white[..., 3] == 255).all()
    assert (white[0, 0] == 255).all()
    assert shadow[0, 0, 3] == none[0, 0, 3] == 0
    clear = none[..., 3] == 0
    assert (shadow[clear][:, :3] == 0).all()
    assert shadow[clear][:, 3].max() > 60
    # On white both are the same picture.
    laid = Image.new("RGBA", SIZE, "white")
    laid.alpha_composite(Image.fromarray(shadow))
    assert np.abs(np.asarray(laid).astype(int) - white).max() <= 2


def test_a_shadow_is_dark_beneath_and_ends_before_the_border():
    drawn = picture(cube(), Shot(VIEWS["corner"]), *SIZE, "shadow")
    border = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])[:, 3]
    assert border.max() <= 2
    surfaces = surfaces_of(cube())
    floor = float(surfaces.corners[..., 2].min())
    places = np.array([[0, 0, floor], [9, 0, floor]], np.float32)
    lamp = np.array([0, -0.6, 0.8], np.float32)
    own = spread(np.array([[0, 0], [1, 0]], np.int32))
    beneath, far = shaded_floor(Caster(surfaces), lamp, places, own)
    assert beneath < 0.2 < 0.95 < far


def test_thin_gaps_are_seen_in_small_pictures():
    """Two boards a hair apart: the line between them has no holes."""
    door = {"key": "door", "label": "Door", "orientation": "front", "length": 700, "width": 300}
    shapes = [
        {**door, "thickness": 18, "repeat": {"i": 2}, "x": "(i - 1) * 302", "material": "board"},
        {**door, "key": "back", "width": 602, "thickness": 5, "y": 18, "material": "board"},
    ]
    drawn = picture(scene_of(shelf(shapes=shapes)), Shot(VIEWS["front"]), 160, 120, "none")
    light = drawn[20:100, :, :3].astype(int).sum(axis=2)
    middle = light[:, 70:90]
    assert (middle.min(axis=1) < np.median(middle, axis=1) - 15).all()


def test_round_parts_are_shaded_as_if_they_were_round():
    post = {**KNOB, "outline": [[200, 0], [200, 900]], "key": "post", "x": 0, "z": 0}
    drawn = picture(scene_of(shelf(shapes=[post])), Shot(VIEWS["front"]), 480, 360, "none")
    line = drawn[180, :, :3].astype(int).sum(axis=1)[drawn[180, :, 3] == 255]
    assert np.abs(np.diff(line))[3:-3].max() < 24


def test_the_camera_of_a_view_is_what_a_viewer_is_told():
    camera = camera_for(VIEWS["side"], outer_points(cube()), 1.5)
    assert camera.target == (300, 300, 300)
    assert camera.place[0] - 300 > 0.99 * camera.distance
    assert camera.orbit == f"90deg 82deg {camera.distance / 1000:.4f}m"


@pytest.mark.parametrize("aspect", [0.4, 0.7, 1, 2])
def test_what_is_turned_round_stays_in_the_picture(aspect):
    points = outer_points(scene_of(WITH_KNOB))
    narrowest = turning_aspect(points)
    assert 0.3 < narrowest <= 1
    for azimuth in range(0, 360, 15):
        camera = camera_for(View(azimuth, 60), points, aspect, "round")
        assert camera.reach[1] == pytest.approx(
            tan(radians(FIELD_OF_VIEW / 2)) * max(1, narrowest / aspect)
        )
        for places in places_of(camera, points):
            assert 0 < places.min() < places.max() < 1


def test_tone_and_srgb_keep_plain_colours():
    """Black stays black, white is white, and the two ways of sRGB undo each other."""
    assert as_srgb(np.array([linear("#8b5a2b")], np.float32)) * 255 == pytest.approx(
        np.array([[139, 90, 43]]), abs=0.01
    )
    light = np.array([[0, 0, 0], [0.3, 0.3, 0.3], [9, 9, 9]], np.float32)
    shown = toned(light)
    assert shown[0] == pytest.approx(np.zeros(3), abs=1e-6)
    assert shown[1] == pytest.approx(np.full(3, 0.26), abs=1e-6)
    assert (shown[2] > 0.95).all()
    assert (shown[2] < 1).all()
    assert veil(np.array([1, 0], np.float32)) == pytest.approx(np.array([0, 1]), abs=1e-6)


# ---- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", MEDIA_TYPES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_a_file_has_the_format_and_the_size_that_was_asked_for(format, ground):
    content = picture_file(scene_of(), Wish("corner", 64, 48, ground, format))
    with Image.open(BytesIO(content)) as image:
        assert (image.format.lower(), image.size) == (format, (64, 48))
        assert image.has_transparency_data == (ground != "white")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"view": "below"}, "no view 'below'; take one of corner, front"),
        ({"format": "gif"}, "no format 'gif'"),
        ({"ground": "grass"}, "no ground 'grass'"),
        ({"width": 15}, "from 16 to 2,000 pixels wide and high"),
        ({"height": 2001}, "from 16 to 2,000 pixels wide and high"),
        ({"width": 2000, "height": 1001}, "2,000 × 1,001 pixels are more than 2,000,000"),
    ],
)
def test_what_is_not_drawn_is_refused_in_a_sentence(fields, told):
    with pytest.raises(PictureUnknown, match=told):
        Wish(**{"view": "corner", **fields})


def test_a_fingerprint_tells_what_is_seen_and_nothing_else():
    wish = Wish("corner", 64, 48)
    known = picture_fingerprint(scene_of(), wish)
    renamed = [{**shape, "label": "Other", "sku": "X"} for shape in SHELF["shapes"]]
    assert picture_fingerprint(scene_of(shelf(shapes=renamed)), wish) == known
    others = [
        picture_fingerprint(scene_of(wood="ash"), wish),
        picture_fingerprint(scene_of(width=VALUES["width"] + 1), wish),
        *(
            picture_fingerprint(scene_of(), each)
            for each in (
                Wish("front", 64, 48),
                Wish("corner", 65, 48),
                Wish("corner", 64, 48, "none"),
                Wish("corner", 64, 48, format="png"),
            )
        ),
    ]
    assert len({known, *others}) == 7
