"""The pictures of the shelving wall: five bays from the front, light and shadow over one picture of
each finish.

A finish is drawn once, as large as the wall can be. What lies in a bay is shadow alone, and what is
not there is covered by the wall of the room. So a bay needs no picture of its own in each finish.
Every bay is drawn 800 mm wide.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from configurator_site.demo.drawing.scene import (
    FINER,
    FOLDER,
    SIZE,
    Camera,
    Point,
    Sheet,
    colour,
    lit,
    painted,
    save,
    wood,
)

CAMERA = Camera(eye=(2000, 1150, 5200), turn=0, focus=1400)
BAYS, WIDE, DEPTH, BOARD, PLINTH, DRAWERS = 5, 800.0, 340.0, 22.0, 80.0, 440.0
HEIGHTS = {"low": (880.0, 3), "middle": (1480.0, 6), "tall": (2200.0, 6)}
WHOLE = 2200.0
LACQUERS = {"white": "#f4f4f0", "sand": "#d9cbb3"}
WOODS = {"oak": ("#cda777", "#95683c"), "walnut": ("#7d5a43", "#4a3123")}
WALL, SKIRTING, FLOOR = "#cbd1d0", "#e2e5e4", "#b3a491"
FINE = (SIZE[0] * FINER, SIZE[1] * FINER)

type Shade = tuple[Sequence[Point], float]


def room() -> Image.Image:
    """Return the empty room: wall, skirting and floor, each in one even colour: any part of it is a
    cover.
    """
    picture = Image.new("RGBA", FINE, _ink(WALL))
    drawn = ImageDraw.Draw(picture)
    above, below = (CAMERA.sees((0, y, -DEPTH))[1] for y in (70, 0))
    drawn.rectangle((0, above, FINE[0], below), _ink(SKIRTING))
    drawn.rectangle((0, below, FINE[0], FINE[1]), _ink(FLOOR))
    return picture


def _ink(code: str) -> tuple[int, int, int, int]:
    red, green, blue = (round(255 * part) for part in colour(code))
    return red, green, blue, 255


def _seen(points: Iterable[Point]) -> list[tuple[float, float]]:
    return [CAMERA.sees(point) for point in points]


def _front(left: float, right: float, bottom: float, top: float, z: float = 0) -> list[Point]:
    return [(left, top, z), (right, top, z), (right, bottom, z), (left, bottom, z)]


def _mask(*polygons: Sequence[Point]) -> Image.Image:
    mask = Image.new("L", FINE, 0)
    for polygon in polygons:
        ImageDraw.Draw(mask).polygon(_seen(polygon), fill=255)
    return mask


def _shadow(shades: Iterable[Shade], ink: tuple[int, int, int] = (18, 16, 14)) -> Image.Image:
    """Return polygons of one ink, each as opaque as said; a later one takes the place of an
    earlier.
    """
    alpha = Image.new("L", FINE, 0)
    for polygon, strength in shades:
        ImageDraw.Draw(alpha).polygon(_seen(polygon), fill=round(255 * strength))
    picture = Image.new("RGBA", FINE, (*ink, 0))
    picture.putalpha(alpha)
    return picture


def finish(name: str) -> Sheet:
    """Return the closed front of all five bays, and the tops and sides that show of fewer and lower
    ones.
    """
    drawn = Sheet(CAMERA)
    for bay in range(BAYS):
        if name in WOODS:
            # Half as fine as for furniture seen close by.
            face = wood(WIDE / 2, WHOLE / 2, WOODS[name], 50 + 11 * bay)
        else:
            face = painted(WIDE / 4, WHOLE / 4, LACQUERS[name], sheen=0.02, seed=3)
        drawn.front(lit(face, 0.98), bay * WIDE, (bay + 1) * WIDE, 0, WHOLE, 0)
    return drawn


def floor_shadow() -> Image.Image:
    alpha = _mask(
        [(-40, 0, -DEPTH), (BAYS * WIDE + 40, 0, -DEPTH), (BAYS * WIDE + 30, 0, 90), (-30, 0, 90)]
    )
    picture = Image.new("RGBA", FINE, (30, 26, 22, 0))
    picture.putalpha(
        alpha.filter(ImageFilter.GaussianBlur(7 * FINER)).point(lambda light: light * 0.4)
    )
    return picture


def lower(height: str) -> Image.Image:
    """Return the room above a lower wall, and the light on its top where one sees it."""
    top = HEIGHTS[height][0]
    edge = -DEPTH if top < CAMERA.eye[1] else 0
    picture = room()
    picture.putalpha(_mask(_front(-300, BAYS * WIDE + 300, top, 4000, edge)))
    if edge:
        light = _shadow(
            [([(0, top, edge), (4000, top, edge), (4000, top, 0), (0, top, 0)], 0.35)],
            (255, 255, 255),
        )
        picture = Image.alpha_composite(light, picture)
    return picture


def fewer(count: int, height: str) -> Image.Image:
    """Return the room to the right of `count` bays, and the shadow on the side of the last one
    where one sees it.
    """
    end, top = count * WIDE, HEIGHTS[height][0]
    side = [(end, top, 0), (end, top, -DEPTH), (end, 0, -DEPTH), (end, 0, 0)]
    covered = _mask([(end, 4000, 0), (9000, 4000, 0), (9000, -4000, 0), (end, -4000, 0)])
    shadow = Image.new("RGBA", FINE, (0, 0, 0, 0))
    if end < CAMERA.eye[0]:
        covered = ImageChops.subtract(covered, _mask(side))
        shadow = _shadow([(side, 0.42)])
    picture = room()
    picture.putalpha(covered)
    return Image.alpha_composite(picture, shadow)


def plinth(in_one_piece: bool) -> Image.Image:
    whole = BAYS * WIDE
    if in_one_piece:
        return _shadow(
            [(_front(0, whole, 0, PLINTH), 0.10), (_front(0, whole, PLINTH - 8, PLINTH), 0.45)]
        )
    shades: list[Shade] = []
    for bay in range(BAYS):
        left, right = bay * WIDE, (bay + 1) * WIDE
        shades.append((_front(left + BOARD, right - BOARD, 0, PLINTH), 0.72))
        shades.append((_front(right - 3, right + 3, 0, PLINTH), 0.5))
    return _shadow(shades)


def _hollow(left: float, right: float, bottom: float, top: float) -> Image.Image:
    """Return the inside of an opening as shadow: its back, and of its four sides those that one
    sees.
    """
    eye_x, eye_y, _ = CAMERA.eye
    opening = _mask(_front(left, right, bottom, top))
    shades: list[Shade] = [(_front(left, right, bottom, top), 0.34)]
    shades.append((_front(left, right, bottom, top, -DEPTH), 0.26))
    for x, is_seen, strength in ((left, eye_x > left, 0.44), (right, eye_x < right, 0.40)):
        if is_seen:
            shades.append(
                ([(x, top, 0), (x, top, -DEPTH), (x, bottom, -DEPTH), (x, bottom, 0)], strength)
            )
    for y, is_seen, strength in ((bottom, eye_y > bottom, 0.12), (top, eye_y < top, 0.56)):
        if is_seen:
            shades.append(
                ([(left, y, 0), (left, y, -DEPTH), (right, y, -DEPTH), (right, y, 0)], strength)
            )
    shade = _shadow(shades)
    shade.putalpha(ImageChops.multiply(shade.getchannel("A"), opening))
    return shade


def _joints(bay: int, top: float) -> list[Shade]:
    left, right = bay * WIDE, (bay + 1) * WIDE
    return [
        (_front(left - 1.5, left + 1.5, PLINTH, top), 0.42),
        (_front(right - 1.5, right + 1.5, PLINTH, top), 0.42),
    ]


def shelves(bay: int, height: str, count: int, with_drawers: bool) -> Image.Image:
    """Return a bay that one can look into, with `count` shelves, over two drawers or down to its
    floor.
    """
    left, right, top = bay * WIDE + BOARD, (bay + 1) * WIDE - BOARD, HEIGHTS[height][0] - BOARD
    bottom = (DRAWERS if with_drawers else PLINTH) + BOARD
    picture = _shadow([*_joints(bay, top + BOARD), *(_drawer_lines(bay) if with_drawers else ())])
    each = (top - bottom - count * BOARD) / (count + 1)
    for place in range(count + 1):
        start = bottom + place * (each + BOARD)
        picture = Image.alpha_composite(picture, _hollow(left, right, start, start + each))
    return picture


def _drawer_lines(bay: int) -> Iterable[Shade]:
    left, right = bay * WIDE, (bay + 1) * WIDE
    half = (PLINTH + DRAWERS) / 2
    for y in (PLINTH, half, DRAWERS):
        yield _front(left, right, y - 3, y + 3), 0.55
    for top in (half, DRAWERS):
        yield _front(left + WIDE / 2 - 90, left + WIDE / 2 + 90, top - 40, top - 26), 0.80


def doors(bay: int, height: str) -> Image.Image:
    left, right, top = bay * WIDE, (bay + 1) * WIDE, HEIGHTS[height][0]
    middle, grip = (left + right) / 2, min(1050.0, top - 120)
    shades = [
        *_joints(bay, top),
        (_front(left, right, PLINTH - 3, PLINTH + 3), 0.55),
        (_front(middle - 3, middle + 3, PLINTH, top), 0.60),
        (_front(middle - 38, middle - 24, grip - 180, grip), 0.80),
        (_front(middle + 24, middle + 38, grip - 180, grip), 0.80),
    ]
    return _shadow(shades)


def glass(bay: int, height: str) -> Image.Image:
    """Return two glass doors in narrow dark frames: a cold tint and a slanting shine."""
    left, right, top = bay * WIDE, (bay + 1) * WIDE, HEIGHTS[height][0]
    middle = (left + right) / 2
    frames: list[Shade] = []
    panes: list[Shade] = []
    shine: list[Shade] = []
    for start, end in ((left + 4, middle - 2), (middle + 2, right - 4)):
        frames += [
            (_front(start, end, PLINTH + 4, top - 4), 0.88),
            (_front(start + 26, end - 26, PLINTH + 30, top - 30), 0),
        ]
        panes.append((_front(start + 26, end - 26, PLINTH + 30, top - 30), 0.22))
        high = top - 30
        shine.append(
            (
                [
                    (start + 26, high - 60, 0),
                    (start + 170, high, 0),
                    (start + 270, high, 0),
                    (start + 26, high - 240, 0),
                ],
                0.26,
            )
        )
    picture = Image.alpha_composite(
        _shadow(panes, (196, 224, 226)), _shadow(shine, (255, 255, 255))
    )
    return Image.alpha_composite(picture, _shadow(frames, (38, 40, 43)))


def light(bay: int, height: str) -> Image.Image:
    """Return the glow of a strip under the top board."""
    left, right, top = bay * WIDE + BOARD, (bay + 1) * WIDE - BOARD, HEIGHTS[height][0] - BOARD
    glow = _mask(_front(left + 60, right - 60, top - 300, top)).filter(
        ImageFilter.GaussianBlur(32 * FINER)
    )
    glow = ImageChops.multiply(glow, _mask(_front(left, right, PLINTH + BOARD, top))).point(
        lambda each: each * 0.85
    )
    picture = Image.new("RGBA", FINE, (255, 226, 168, 0))
    picture.putalpha(glow)
    return Image.alpha_composite(
        picture, _shadow([(_front(left + 30, right - 30, top - 16, top), 0.95)], (255, 246, 222))
    )


def _keep(
    picture: Image.Image, name: str, how: Literal["shadow", "cover", "glow"] = "shadow"
) -> None:
    """Save a layer. One of few even tones is smallest without loss; a cover must not overshoot at
    its edges.
    """
    filtered = Image.Resampling.BOX if how == "cover" else Image.Resampling.LANCZOS
    path = FOLDER / "wall" / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    small = picture.resize(SIZE, filtered)
    if how == "glow":
        small.save(path, quality=70, alpha_quality=60, method=6)
    else:
        small.save(path, lossless=True, quality=100, method=6)


def _save_whole() -> None:
    """Save the picture of the product: four oak modules, each as an example of another front."""
    names = [
        "room",
        "floor",
        "finish_oak",
        "plinth",
        "open_tall_1_4",
        "drawers_tall_2_3",
        "doors_tall_3",
    ]
    names += ["open_tall_4_3", "light_tall_4", "glass_tall_4", "only_4_tall"]
    whole = Image.new("RGBA", SIZE)
    for name in names:
        with Image.open(FOLDER / "wall" / f"{name}.webp") as layer:
            whole.alpha_composite(layer.convert("RGBA"))
    save(whole.convert("RGB"), "wall/wall", 76)


def draw() -> None:
    """Draw and save every picture of the shelving wall."""
    _keep(room(), "room", "cover")
    _keep(floor_shadow(), "floor", "glow")
    for name in (*LACQUERS, *WOODS):
        save(finish(name).finished(), f"wall/finish_{name}", 66)
    for height in ("low", "middle"):
        _keep(lower(height), f"height_{height}", "cover")
    for in_one_piece, name in ((True, "plinth"), (False, "feet")):
        _keep(plinth(in_one_piece), name)
    for height, (_, most) in HEIGHTS.items():
        for count in range(1, BAYS):
            _keep(fewer(count, height), f"only_{count}_{height}", "cover")
        for bay in range(BAYS):
            for count in range(1, most + 1):
                _keep(shelves(bay, height, count, False), f"open_{height}_{bay + 1}_{count}")
                _keep(shelves(bay, height, count, True), f"drawers_{height}_{bay + 1}_{count}")
            _keep(doors(bay, height), f"doors_{height}_{bay + 1}")
            _keep(glass(bay, height), f"glass_{height}_{bay + 1}")
            _keep(light(bay, height), f"light_{height}_{bay + 1}", "glow")
    _save_whole()
