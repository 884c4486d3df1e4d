"""What a scene, its model and its picture cost: `python benchmarks/geometry.py` prints times and ratios, one
line a question.

A wardrobe of 68 parts is given numbers and written as GLB, with nothing remembered and again with
its meshes known. The same parts are built and exported as a scene of trimesh. A picture of them is held
against the casting of two million rays by the same library. Ends with status 1 where a goal is
missed; a picture that takes too long is told function by function.
"""

import os
import sys

# Beside this file stands one that is called as a module of the standard library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)

import cProfile  # noqa: E402
import gzip  # noqa: E402
import pstats  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import replace  # noqa: E402
from decimal import Decimal  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import trimesh  # noqa: E402

from catalog.memory import forget_all  # noqa: E402
from catalog.product_model import ProductModel, read  # noqa: E402
from configurator.geometry.camera import VIEWS, camera_for, directions, outer_points  # noqa: E402
from configurator.geometry.glb import glb  # noqa: E402
from configurator.geometry.machining import machined_measures  # noqa: E402
from configurator.geometry.picture import Shot, picture  # noqa: E402
from configurator.geometry.production import production  # noqa: E402
from configurator.geometry.scene import CompiledShapes, Scene, compile_shapes, resolve  # noqa: E402
from configurator.geometry.solids import measures, mesh  # noqa: E402
from configurator.geometry.surfaces import Caster, surfaces_of  # noqa: E402

ROUNDS, PICTURE_ROUNDS = 30, 5
PARTS = 68
# At most so large a share of the first time, where every cut is made and one number changed back.
DETAIL_ROUNDS, MOST_AGAIN = 5, 1 / 20
# At most so large a share of the time that trimesh takes, and so many bytes for browsers that take
# gzip.
MOST_SHARE, MOST_BYTES = 1 / 5, 45_000
# A picture of this size takes at most so many times as long as casting so many rays of its camera.
PICTURE, RAYS, MOST_TIMES = (600, 450), 2_000_000, 4
VALUES = {"width": Decimal(1800), "height": Decimal(2200), "depth": Decimal(600), "wood": "oak"}


def board(key: str, orientation: str, size: str, place: str, **more: Any) -> dict[str, Any]:
    """Return a board of 18 mm with its length and width, and its lower corner."""
    length, width = size.split(" | ")
    x, y, z = place.split(" | ")
    placed = {
        "orientation": orientation,
        "length": length,
        "width": width,
        "thickness": 18,
        "x": x,
        "y": y,
        "z": z,
    }
    return {"key": key, "label": key, "material": "board", **placed, **more}


def rows_of_pins(key: str, face: str, when: str = "true") -> dict[str, Any]:
    """Return two rows of holes for shelf pins, 32 mm apart along a board that stands."""
    row = {"nx": "floor((height - 300) / 32)", "px": 32, "ny": 2, "py": "depth - 100"}
    return {
        "key": key,
        "face": face,
        "x": 96,
        "y": 37,
        **row,
        "diameter": 5,
        "depth": 12,
        "when": when,
    }


def dowels(key: str, face: str, across: str, depth: float) -> dict[str, Any]:
    """Return five holes for dowels in a row across a board."""
    row = {"x": 50, "y": 9} if face in ("x0", "x1") else {"x": across, "y": 50}
    along = "x" if face in ("x0", "x1") else "y"
    often = {f"n{along}": 5, f"p{along}": "(depth - 140) / 4"}
    return {"key": key, "face": face, **row, **often, "diameter": 8, "depth": depth, "sku": "DW-8"}


def hinges() -> list[dict[str, Any]]:
    """Return the cups of four hinges with their two pilot holes each."""
    row = {"nx": 4, "px": "(height - 306) / 3"}
    pilots = {"y": 31, "diameter": 3, "depth": 10, **row}
    return [
        {"key": "cup", "x": 100, "y": 22.5, "diameter": 35, "depth": 13, **row, "sku": "HG-35"},
        {"key": "pilot", "x": 77.5, **pilots},
        {"key": "other_pilot", "x": 122.5, **pilots},
    ]


def groove(key: str, face: str, when: str = "true") -> dict[str, Any]:
    """Return the groove of a back, along a board that stands."""
    size = {"length": "height - 136", "width": 8.5, "depth": 6}
    return {"key": key, "kind": "groove", "face": face, "y": "depth - 38", **size, "when": when}


def wardrobe() -> ProductModel:
    """Return a wardrobe of three bays with doors, shelves, rails and a block of drawers.

    Its boards are drilled for pins, dowels and hinges, and grooved for the backs.
    """
    ends = [dowels("left", "x0", "", 25), dowels("right", "x1", "", 25)]
    bay = {"b": 3}
    left = {"left": "18 + (b - 1) * (bay + 18)"}
    drawer = {"front": "100 + (d - 1) * 180"}
    inner = "36 + bay"
    shapes = [
        board(
            "side",
            "side",
            "height - 100 | depth",
            "(s - 1) * (width - 18) | 0 | 100",
            repeat={"s": 2},
            operations=[
                *(
                    rows_of_pins(f"pins_{face.lower()}", face, f"s == {s}")
                    for s, face in ((1, "A"), (2, "B"))
                ),
                *(
                    groove(f"back_{face.lower()}", face, f"s == {s}")
                    for s, face in ((1, "A"), (2, "B"))
                ),
            ],
        ),
        board(
            "divider",
            "side",
            "height - 136 | depth - 20",
            "b * (bay + 18) | 0 | 118",
            repeat={"b": 2},
            operations=[
                *(rows_of_pins(f"pins_{face.lower()}", face) for face in "AB"),
                *(groove(f"back_{face.lower()}", face) for face in "AB"),
                *({**each, "px": "(depth - 160) / 4"} for each in ends),
            ],
        ),
        board("top", "flat", "width - 36 | depth", "18 | 0 | height - 18", operations=ends),
        board("bottom", "flat", "width - 36 | depth", "18 | 0 | 100", operations=ends),
        board("plinth", "front_across", "width - 36 | 80", "18 | 40 | 10"),
        board(
            "back", "front", "height - 136 | bay", "left | depth - 18 | 118", repeat=bay, each=left
        ),
        board(
            "shelf",
            "flat",
            "bay - 1 | depth - 40",
            "left | 10 | 118 + i * 480",
            repeat={**bay, "i": 3},
            each=left,
        ),
        board(
            "door",
            "front",
            "height - 106 | (bay - 3) / 2",
            "left + (i - 1) * (bay + 3) / 2 | -21 | 103",
            repeat={**bay, "i": 2},
            each=left,
            operations=hinges(),
        ),
        board(
            "drawer_front",
            "front_across",
            "bay - 4 | 176",
            f"{inner} | 4 | 100 + front",
            repeat={"d": 4},
            each=drawer,
        ),
        board(
            "drawer_side",
            "side_across",
            "depth - 80 | 140",
            f"{inner} + 10 + (s - 1) * (bay - 42) | 22 | 110 + front",
            repeat={"d": 4, "s": 2},
            each=drawer,
        ),
        board(
            "drawer_back",
            "front_across",
            "bay - 60 | 140",
            f"{inner} + 28 | depth - 76 | 110 + front",
            repeat={"d": 4},
            each=drawer,
        ),
        board(
            "drawer_bottom",
            "flat",
            "bay - 60 | depth - 100",
            f"{inner} + 28 | 22 | 112 + front",
            repeat={"d": 4},
            each=drawer,
        ),
        board(
            "cornice",
            "flat",
            "width | 60",
            "0 | -20 | height",
            form="profile",
            width=None,
            thickness=None,
            outline=[[0, 0], [60, 0], [60, 18], [12, 40], [0, 40]],
        ),
        {
            "key": "strip",
            "label": "strip",
            "form": "profile",
            "material": "steel",
            "length": "width - 36",
            "outline": [[0, 0], [14, 0], [14, 3], [3, 3], [3, 9], [0, 9]],
            "x": 18,
            "y": 20,
            "z": "height - 27",
        },
        {
            "key": "rail",
            "label": "rail",
            "form": "turned",
            "material": "steel",
            "outline": [[12, 0], [12, "bay"]],
            "repeat": bay,
            "each": left,
            "x": "left",
            "y": "depth / 2",
            "z": "height - 120",
        },
        {
            "key": "knob",
            "label": "knob",
            "form": "turned",
            "orientation": "flat_across",
            "material": "steel",
            "outline": [[12, 0], [15, 4], [15, 9], [6, 14], [6, 24]],
            "repeat": {**bay, "i": 2},
            "each": left,
            "x": "left + bay / 2 - 55 + (i - 1) * 80",
            "y": -45,
            "z": 1000,
        },
        {
            "key": "drawer_knob",
            "label": "drawer knob",
            "form": "turned",
            "orientation": "flat_across",
            "material": "steel",
            "outline": [[10, 0], [12, 4], [5, 20]],
            "repeat": {"d": 4},
            "each": drawer,
            "x": f"{inner} + bay / 2 - 12",
            "y": -16,
            "z": "180 + front",
        },
        {
            "key": "foot",
            "label": "foot",
            "form": "turned",
            "orientation": "side",
            "material": "steel",
            "outline": [[25, 0], [25, 8], [14, 12], [14, 100]],
            "repeat": {"i": 4, "j": 2},
            "x": "40 + (i - 1) * (width - 130) / 3",
            "y": "if j == 1 then 40 else depth - 90",
        },
    ]
    for each in shapes:
        for name in [name for name, content in each.items() if content is None]:
            del each[name]
    number = {"kind": "number", "number": {"first": 0, "last": 9000, "unit": "mm"}}
    return read(
        {
            "product": "wardrobe",
            "name": "Wardrobe",
            "options": [
                *({"key": key, "label": key, **number} for key in ("width", "height", "depth")),
                {
                    "key": "wood",
                    "kind": "choice",
                    "label": "Wood",
                    "values": [
                        {"key": key, "label": key, "swatch": swatch}
                        for key, swatch in (
                            ("oak", "#b58a5a"),
                            ("ash", "#e8dcc8"),
                            ("walnut", "#5d4030"),
                        )
                    ],
                },
            ],
            "derived": [
                {"key": "bay", "label": "Bay", "formula": "(width - 4 * 18) / 3", "unit": "mm"}
            ],
            "materials": [
                {"key": "board", "label": "Board", "finishes": ["wood"], "density": 680},
                {
                    "key": "steel",
                    "label": "Steel",
                    "colour": "#a9adb0",
                    "density": 7850,
                    "metallic": 1,
                },
            ],
            "shapes": shapes,
        }
    )


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Return the least of several times in milliseconds, and what came of it."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        found = work()
        times.append((time.process_time() - began) * 1000)
    return min(times), found


def whole_detail(compiled: CompiledShapes) -> tuple[float, float, float, Scene]:
    """Return the milliseconds of a model with every hole: at first, with a width changed back and
    all numbers anew, and with its scene known; then that scene.
    """
    wider = {**VALUES, "width": Decimal(1900)}

    def made(values: Any = VALUES) -> bytes:
        return glb(production(resolve(compiled, values)))

    def anew() -> bytes:
        forget_all()
        machined_measures.cache_clear()
        return made()

    first, _ = best(anew, DETAIL_ROUNDS)
    made(wider)
    again, _ = best(made)
    scene = resolve(compiled, VALUES)
    known, _ = best(lambda: glb(production(scene)))
    return first, again, known, production(scene)


def by_trimesh(scene: Scene) -> bytes:
    """Return the same parts built and exported by trimesh: boxes as its own, all else as their
    triangles.
    """
    built = trimesh.Scene()
    for part in scene.parts:
        if part.solid.form == "box":
            made = trimesh.creation.box([each / 1000 for each in part.solid.size])
            made.apply_translation(
                [(low + high) / 2000 for low, high in zip(part.corner, part.upper, strict=True)]
            )
        else:
            shape = mesh(part.solid)
            made = trimesh.Trimesh(shape.positions / 1000, shape.corners, process=False)
            made.apply_translation([each / 1000 for each in part.corner])
        built.add_geometry(made, node_name=part.name, geom_name=part.name)
    written: bytes = built.export(file_type="glb")
    return written


def casting(scene: Scene) -> Callable[[], Any]:
    """Return what casts RAYS rays of the camera of a picture, row by row; all else is done before."""
    surfaces = surfaces_of(scene)
    width, height = PICTURE
    points = (outer_points(scene) - surfaces.middle) / surfaces.scale
    camera = camera_for(VIEWS["corner"], points, width / height)
    caster = Caster(surfaces)
    rows = round((RAYS * height / width) ** 0.5) + 1
    columns = RAYS // rows + 1
    down, across = np.mgrid[0:rows, 0:columns].reshape(2, -1)[:, :RAYS]
    along = directions(camera, (across + 0.5) / columns, (down + 0.5) / rows)
    origins = np.tile(np.array(camera.place, np.float32), (RAYS, 1))
    caster.met(origins[:1], along[:1])
    return lambda: caster.met(origins, along)


def main() -> int:
    model = wardrobe()
    # Of the machined wardrobe only what is made of its cuts; trimesh is given none either.
    uncut = tuple(replace(shape, operations=()) for shape in model.shapes)
    machined, compiled = compile_shapes(model), compile_shapes(replace(model, shapes=uncut))

    def anew() -> bytes:
        forget_all()
        measures.cache_clear()
        return glb(resolve(compiled, VALUES))

    numbers, scene = best(lambda: resolve(compiled, VALUES))
    uncached, content = best(anew)
    known, _ = best(lambda: glb(scene))
    other, _ = best(lambda: by_trimesh(scene))
    packed = len(gzip.compress(content, 9, mtime=0))
    print(
        f"parts                           {len(scene.parts):8}   different solids {len({p.solid for p in scene.parts})}"
    )
    print(f"numbers and places              {numbers:8.2f} ms")
    print(f"numbers, places and model       {uncached:8.2f} ms, nothing remembered")
    print(f"model                           {known:8.2f} ms, meshes remembered")
    print(f"the same as a trimesh scene     {other:8.2f} ms, 1/{other / uncached:.1f}")
    print(f"bytes                           {len(content):8}   with gzip {packed}")

    rows, drilled = best(lambda: resolve(machined, VALUES))
    first, again, built, detailed = whole_detail(machined)
    holes = sum(cut.count for part in drilled.parts for cut in part.operations)
    print(
        f"cuts                            {holes:8}   as {sum(len(p.operations) for p in drilled.parts)} rows"
    )
    print(f"numbers and places with cuts    {rows:8.2f} ms")
    print(f"model with every cut            {first:8.2f} ms, nothing remembered")
    print(f"one width changed back          {again:8.2f} ms, 1/{first / again:.1f}")
    print(f"the same, its numbers known     {built:8.2f} ms, 1/{first / built:.1f}")
    print(f"bytes with every cut            {len(glb(detailed)):8}")

    def draw() -> Any:
        return picture(scene, Shot(VIEWS["corner"]), *PICTURE)

    cast, _ = best(casting(scene), PICTURE_ROUNDS)
    drawn, _ = best(draw, PICTURE_ROUNDS)
    size = " × ".join(map(str, PICTURE))
    print(f"{RAYS:,} rays of its camera     {cast:8.0f} ms")
    print(f"picture of {size}            {drawn:8.0f} ms, {drawn / cast:.2f} times the rays")
    goals = {
        "parts": len(scene.parts) == PARTS,
        "share of trimesh": uncached <= MOST_SHARE * other,
        "bytes with gzip": packed <= MOST_BYTES,
        "every cut, changed back": again <= MOST_AGAIN * first,
        "picture": drawn <= MOST_TIMES * cast,
    }
    if not goals["picture"]:
        profile = cProfile.Profile()
        profile.runcall(draw)
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)
    missed = [name for name, is_met in goals.items() if not is_met]
    print("missed: " + ", ".join(missed) if missed else "all goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
