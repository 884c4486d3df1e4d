"""The pictures of the base cabinet: one camera, two widths (one door, two doors), a layer for each
visible choice.
"""

import numpy as np
from PIL import Image

from configurator_site.demo.drawing.scene import (
    FINER,
    PIXELS_PER_MM,
    Camera,
    Sheet,
    as_image,
    cut,
    empty,
    laid,
    lit,
    painted,
    save,
    shaded,
    stacked,
    wood,
)

CAMERA = Camera(eye=(980, 1180, 3050), turn=15.5, focus=2230, centre=(632, -58))
WIDTHS = {"one": 470.0, "two": 838.0}
HEIGHT, DEPTH, KICK = 876.0, 590.0, 101.6
DOOR = 18.0

LACQUERS = {
    "white": "#eeeeea",
    "linen": "#e6ddcd",
    "sage": "#9fb49c",
    "midnight": "#2f3a44",
    "own": "#c9ccd1",
}
WOODS = {
    "maple": ("#e7c79b", "#c08f57"),
    "cherry": ("#b8714a", "#7f3f24"),
    "walnut": ("#8d6a50", "#4a3123"),
}
BOXES = ("white_melamine", "maple")
HANDLES = ("bar_pull", "knob", "cup_pull", "integrated")


def surface(
    finish: str, width: float, height: float, seed: int, upright: bool = True
) -> np.ndarray:
    if finish in WOODS:
        return wood(width, height, WOODS[finish], seed, upright)
    return painted(width, height, LACQUERS[finish], seed=seed)


def board(
    material: str, width: float, height: float, seed: int, upright: bool = True
) -> np.ndarray:
    if material == "maple":
        return wood(width, height, WOODS["maple"], seed, upright)
    return painted(width, height, "#f4f4f1", sheen=0.02, seed=seed)


def sheet() -> Sheet:
    return Sheet(CAMERA)


def edges(width: str) -> tuple[float, float]:
    return -WIDTHS[width] / 2, WIDTHS[width] / 2


def doors(width: str) -> list[tuple[float, float]]:
    """Return left and right of each door, seen from the front."""
    left, right = edges(width)
    reveal = 3.5
    if width == "one":
        return [(left + reveal, right - reveal)]
    return [(left + reveal, -reveal / 2), (reveal / 2, right - reveal)]


def floor(width: str) -> Sheet:
    left, right = edges(width)
    ground = sheet()
    reach = 26
    ground.shadow(
        [(left - 4, 0, 4), (right + 14, 0, 4), (right + 14, 0, -DEPTH), (left, 0, -DEPTH)],
        strength=0.5,
        blur=7,
    )
    ground.shadow(
        [
            (left - reach, 0, reach * 2),
            (right + 2 * reach, 0, reach * 1.4),
            (right + 5 * reach, 0, -DEPTH),
            (left, 0, -DEPTH),
        ],
        strength=0.30,
        blur=26,
    )
    return ground


def box(width: str, material: str) -> Sheet:
    left, right = edges(width)
    drawn = sheet()
    kick = painted(WIDTHS[width] - 2, KICK, "#4b524d", sheen=0.02)
    fall = np.linspace(0.62, 1, kick.shape[0])[:, None, None]
    kick[..., :3] *= fall
    drawn.front(kick, left + 10, right - 2, 0, KICK + 4, -58)
    above = board(material, WIDTHS[width], DEPTH, 11, upright=False)
    above[..., :3] *= (
        np.linspace(0.93, 0.985, above.shape[0])[:, None, None]
        * np.linspace(1, 0.975, above.shape[1])[None, :, None]
    )
    drawn.top(above, left, right, 0, -DEPTH, HEIGHT)
    right_side = board(material, DEPTH, HEIGHT - KICK, 12)
    drawn.side(_aside(right_side), right, 0, -DEPTH, KICK, HEIGHT)
    foot = board(material, DEPTH - 60, KICK, 13)
    drawn.side(lit(_aside(foot), 0.94), right, -60, -DEPTH, 0, KICK + 1)
    front = board(material, WIDTHS[width], HEIGHT - KICK, 14)
    drawn.front(lit(front, 0.90 if material == "maple" else 0.93), left, right, KICK, HEIGHT, 0)
    # The shadow that the doors throw on the edges of the box.
    shade = empty(WIDTHS[width], HEIGHT - KICK)
    shade[..., 3] = 0.16
    drawn.front(shade, left + 2.5, right - 2.5, KICK + 1.5, HEIGHT - 2.5, 1)
    return drawn


def _aside(texture: np.ndarray) -> np.ndarray:
    """Return the texture as the right side shows it: darker than the front, darkest at the back and
    the floor.
    """
    across = np.linspace(0.86, 0.74, texture.shape[1])[None, :]
    down = np.linspace(1.02, 0.95, texture.shape[0])[:, None]
    answer = texture.copy()
    answer[..., :3] *= (across * down)[..., None]
    return answer


def finished_side(width: str, finish: str) -> Sheet:
    _, right = edges(width)
    drawn = sheet()
    whole = surface(finish, DEPTH, HEIGHT - KICK, 21)
    drawn.side(_aside(whole), right + 0.5, 0, -DEPTH, KICK, HEIGHT)
    foot = surface(finish, DEPTH - 60, KICK, 22)
    drawn.side(lit(_aside(foot), 0.94), right + 0.5, -60, -DEPTH, 0, KICK + 1)
    return drawn


def decorative_gable(width: str) -> Sheet:
    """A frame with a sunken panel, as light and shadow over whatever the side is made of."""
    _, right = edges(width)
    drawn = sheet()
    high = HEIGHT - KICK
    relief = _relief(DEPTH, high, [(70, 78, DEPTH - 70, high - 78)], 0.5, 12)
    drawn.side(relief, right + 1, 0, -DEPTH, KICK, HEIGHT)
    return drawn


def finished_gable(width: str) -> Sheet:
    """A panel before the whole side: its edge band all round, as light and shadow over whatever the
    side is made of.
    """
    _, right = edges(width)
    drawn = sheet()
    high = HEIGHT - KICK
    relief = _relief(DEPTH, high, [(20, 20, DEPTH - 20, high - 20)], -0.8, 9)
    drawn.side(relief, right + 1, 0, -DEPTH, KICK, HEIGHT)
    return drawn


def _relief(
    width: float,
    height: float,
    panels: list[tuple[float, float, float, float]],
    strength: float,
    depth: float,
) -> np.ndarray:
    """Return light and shadow alone, to be laid over any surface, of panels sunken into it."""
    grey = np.full((*empty(width, height).shape[:2], 4), 0.5)
    grey[..., 3] = 1
    for panel in panels:
        grey = shaded(grey, panel, strength, depth)
    difference = grey[..., 0] - 0.5
    answer = np.zeros_like(grey)
    answer[..., :3] = (difference > 0)[..., None] * 1.0
    answer[..., 3] = np.clip(np.abs(difference) * 1.25, 0, 0.7)
    return answer


def front(width: str, finish: str, five_piece: bool = False) -> Sheet:
    drawn = sheet()
    bottom, top = KICK + 3.5, HEIGHT - 3.5
    for number, (left, right) in enumerate(doors(width)):
        wide, high = right - left, top - bottom
        seed = 31 + 10 * number
        if five_piece:
            face = _five_piece(finish, wide, high, seed)
        else:
            face = surface(finish, wide, high, 31 if finish in LACQUERS else seed)
            if finish in WOODS:
                face = _sheen(face)
        edge = surface(finish, DOOR, high, 5)
        drawn.side(lit(edge, 0.66), right, DOOR, 0, bottom, top)
        rim = surface(finish, wide, DOOR, 6, upright=False)
        drawn.top(lit(rim, 1.06), left, right, DOOR, 0, top)
        drawn.front(_eased(face), left, right, bottom, top, DOOR)
    return drawn


def _sheen(face: np.ndarray) -> np.ndarray:
    across = np.linspace(1.05, 0.95, face.shape[1])[None, :]
    down = np.linspace(1.02, 0.98, face.shape[0])[:, None]
    answer = face.copy()
    answer[..., :3] = np.clip(answer[..., :3] * (across * down)[..., None], 0, 1)
    return answer


def _eased(face: np.ndarray) -> np.ndarray:
    """Return the face with its edges eased: a thin light line above and left, a thin dark one below
    and right.
    """
    answer = face.copy()
    line = max(2, round(1.6 * PIXELS_PER_MM))
    answer[:line, :, :3] = np.clip(answer[:line, :, :3] * 1.06 + 0.02, 0, 1)
    answer[:, :line, :3] = np.clip(answer[:, :line, :3] * 1.05 + 0.015, 0, 1)
    answer[-line:, :, :3] *= 0.86
    answer[:, -line:, :3] *= 0.88
    return answer


def _five_piece(finish: str, wide: float, high: float, seed: int) -> np.ndarray:
    """Two stiles, two rails with lying grain, and a panel sunken between them."""
    frame = 62.0
    face = surface(finish, wide, high, seed)
    panel = lit(surface(finish, wide - 2 * frame, high - 2 * frame, seed + 1), 0.965)
    rails = surface(finish, wide - 2 * frame, frame, seed + 2, upright=False)
    face = laid(face, lit(rails, 1.02), frame, 0)
    face = laid(
        face,
        lit(surface(finish, wide - 2 * frame, frame, seed + 3, upright=False), 0.99),
        frame,
        high - frame,
    )
    face = laid(face, panel, frame, frame)
    # Joints of stiles and rails, then the sunken panel with its bevel.
    line = max(1, round(0.8 * PIXELS_PER_MM))
    for x in (frame, wide - frame):
        at = round(x * PIXELS_PER_MM)
        for start, end in ((0, frame), (high - frame, high)):
            face[
                round(start * PIXELS_PER_MM) : round(end * PIXELS_PER_MM), at - line : at + line, :3
            ] *= 0.80
    face = shaded(face, (frame, frame, wide - frame, high - frame), 0.62, 13)
    face = shaded(face, (frame + 9, frame + 9, wide - frame - 9, high - frame - 9), 0.22, 5)
    return _sheen(face)


def custom_relief(width: str) -> Sheet:
    """Upright flutes, as light and shadow over any finish."""
    drawn = sheet()
    bottom, top = KICK + 3.5, HEIGHT - 3.5
    for left, right in doors(width):
        wide, high = right - left, top - bottom
        size = empty(wide, high).shape[:2]
        count = max(6, round(wide / 26))
        position = (np.arange(size[1])[None, :] + 0.5) / size[1] * count
        wave = position - np.floor(position)
        light = np.cos(wave * 2 * np.pi - 0.7)
        groove = np.clip(1 - np.minimum(wave, 1 - wave) / 0.075, 0, 1)
        value = 0.13 * light - 0.62 * groove
        value = np.repeat(value, size[0], axis=0)
        relief = np.zeros((*size, 4))
        relief[..., :3] = (value > 0)[..., None] * 1.0
        relief[..., 3] = np.abs(value)
        drawn.front(relief, left, right, bottom, top, DOOR + 0.5)
    return drawn


def hands(width: str, hinge: str, kind: str) -> list[float]:
    """Return for each door where its handle sits (x)."""
    places = doors(width)
    inset = 64 if kind == "cup_pull" else 48
    if width == "two":
        return [places[0][1] - inset, places[1][0] + inset]
    left, right = places[0]
    return [right - inset] if hinge == "left" else [left + inset]


def handle(width: str, hinge: str, kind: str) -> Sheet:
    drawn = sheet()
    top = HEIGHT - 3.5
    for x, (left, right) in zip(hands(width, hinge, kind), doors(width), strict=True):
        if kind == "bar_pull":
            _bar(drawn, x, top - 70, 170)
        elif kind == "knob":
            _knob(drawn, x, top - 92)
        elif kind == "cup_pull":
            _cup(drawn, x, top - 72)
        else:
            _profile(drawn, left, right, top)
    return drawn


def _metal(
    width: float, height: float, tones: tuple[float, float, float], upright: bool
) -> np.ndarray:
    """Return brushed metal rounded across its breadth: dark, light, dark."""
    answer = empty(width, height)
    count = answer.shape[1] if upright else answer.shape[0]
    place = np.linspace(0, 1, count)
    light = np.interp(place, [0, 0.3, 0.55, 1], [tones[0], tones[2], tones[1], tones[0]])
    light = light[None, :] if upright else light[:, None]
    answer[..., :3] = (light * np.ones(answer.shape[:2]))[..., None] * np.asarray([1, 1.005, 1.015])
    answer[..., 3] = 1
    answer[..., :3] = np.clip(answer[..., :3], 0, 1)
    return answer


GRAPHITE = (0.16, 0.26, 0.40)


def _bar(drawn: Sheet, x: float, top: float, length: float) -> None:
    out = DOOR + 30
    drawn_shadow = sheet()
    drawn_shadow.shadow(
        [
            (x - 2, top - 8, DOOR),
            (x + 18, top - 8, DOOR),
            (x + 18, top - length - 12, DOOR),
            (x - 2, top - length - 12, DOOR),
        ],
        strength=0.42,
        blur=3.2,
    )
    drawn.image.alpha_composite(drawn_shadow.image)
    for foot in (top - 16, top - length + 16):
        drawn.side(_metal(30, 12, (0.12, 0.16, 0.2), False), x + 5, out, DOOR, foot - 6, foot + 6)
        drawn.front(_metal(10, 12, GRAPHITE, True), x - 5, x + 5, foot - 6, foot + 6, out - 2)
    drawn.side(
        _metal(12, length, (0.10, 0.14, 0.17), True), x + 6.5, out + 7, out - 5, top - length, top
    )
    drawn.top(_metal(13, 12, (0.4, 0.45, 0.5), False), x - 6.5, x + 6.5, out + 7, out - 5, top)
    drawn.front(_metal(13, length, GRAPHITE, True), x - 6.5, x + 6.5, top - length, top, out + 7)


def _disc(radius: float, tones: tuple[float, float]) -> np.ndarray:
    """Return a round knob lit from the upper left."""
    answer = empty(2 * radius, 2 * radius)
    count = answer.shape[0]
    grid = (np.arange(count) + 0.5) / count * 2 - 1
    x, y = grid[None, : answer.shape[1]], grid[:, None]
    away = np.sqrt(x**2 + y**2)
    light = np.clip(1 - np.sqrt((x + 0.35) ** 2 + (y + 0.4) ** 2) / 1.5, 0, 1)
    value = tones[0] + (tones[1] - tones[0]) * light**1.3
    answer[..., :3] = value[..., None]
    answer[..., 3] = np.clip((1 - away) * count / 3, 0, 1)
    return answer


def _knob(drawn: Sheet, x: float, y: float) -> None:
    shade = sheet()
    shade.shadow(
        [
            (x - 10, y + 6, DOOR),
            (x + 24, y + 6, DOOR),
            (x + 24, y - 28, DOOR),
            (x - 10, y - 28, DOOR),
        ],
        0.5,
        4.5,
    )
    drawn.image.alpha_composite(shade.image)
    drawn.front(_disc(11, (0.10, 0.22)), x - 11, x + 11, y - 11, y + 11, DOOR + 12)
    drawn.front(_disc(17, (0.15, 0.62)), x - 17, x + 17, y - 17, y + 17, DOOR + 28)


def _cup(drawn: Sheet, x: float, y: float) -> None:
    wide, high = 92.0, 40.0
    shade = sheet()
    shade.shadow(
        [
            (x - 40, y, DOOR),
            (x + 54, y, DOOR),
            (x + 50, y - high - 16, DOOR),
            (x - 36, y - high - 16, DOOR),
        ],
        0.45,
        4,
    )
    drawn.image.alpha_composite(shade.image)
    texture = empty(wide, high)
    rows, columns = texture.shape[:2]
    u = (np.arange(columns)[None, :] + 0.5) / columns * 2 - 1
    v = (np.arange(rows)[:, None] + 0.5) / rows
    dome = np.sqrt(np.clip(1 - np.abs(u) ** 2.6, 0, 1))
    inside = np.clip((dome - (1 - v) * 1.0) * rows / 2.5, 0, 1)
    light = (
        0.22
        + 0.42 * np.exp(-(((v - (1 - 0.72 * dome)) / 0.16) ** 2))
        + 0.10 * (1 - v)
        - 0.10 * u * v
    )
    lip = v > 0.93
    light = np.where(lip, 0.12, light)
    texture[..., :3] = np.clip(light, 0, 1)[..., None] * np.asarray([1.0, 0.985, 0.95])
    texture[..., 3] = inside
    drawn.front(texture, x - wide / 2, x + wide / 2, y - high, y, DOOR + 22)


def _profile(drawn: Sheet, left: float, right: float, top: float) -> None:
    """A rail milled into the upper edge: a dark groove with a thin light lip."""
    wide, high = right - left, 24.0
    groove = empty(wide, high)
    rows = groove.shape[0]
    fall = np.linspace(0, 1, rows)[:, None]
    groove[..., :3] = (0.09 + 0.20 * fall**2)[..., None]
    groove[..., 3] = 0.92
    drawn.front(groove, left, right, top - high, top, DOOR + 0.8)
    lip = empty(wide, 4)
    lip[..., :3] = 0.86
    lip[..., 3] = 0.9
    drawn.front(lip, left, right, top - high - 4, top - high, DOOR + 0.9)


def draw_values() -> None:
    """Draw and save the small pictures of door styles, handles and materials."""
    carcass = box("two", "white_melamine")
    middle = CAMERA.sees((0, HEIGHT - 160, DOOR))
    centre = (middle[0] / FINER, middle[1] / FINER)
    cut(stacked(carcass, front("two", "sage")), centre, 330, "cabinet/style_slab")
    cut(
        stacked(carcass, front("two", "cherry", five_piece=True)),
        centre,
        330,
        "cabinet/style_five_piece",
    )
    cut(
        stacked(carcass, front("two", "linen"), custom_relief("two")),
        centre,
        330,
        "cabinet/style_custom",
    )
    for kind in HANDLES:
        x = hands("two", "", kind)[0]
        below = {"bar_pull": 160, "integrated": 42}.get(kind, 95)
        seen = CAMERA.sees((x, HEIGHT - below, DOOR))
        wide = 210 if kind == "bar_pull" else 120
        picture = stacked(carcass, front("two", "linen"), handle("two", "", kind))
        cut(picture, (seen[0] / FINER, seen[1] / FINER), wide, f"cabinet/value_{kind}")
    for name, tones in WOODS.items():
        save(as_image(wood(225, 150, tones, 51)).convert("RGB"), f"cabinet/wood_{name}", 70)


def draw() -> None:
    """Draw and save every picture of the cabinet."""
    draw_values()
    whole = stacked(
        floor("two"), box("two", "maple"), front("two", "sage"), handle("two", "", "bar_pull")
    )
    save(whole.resize((600, 450), Image.Resampling.LANCZOS), "cabinet/base_cabinet")
    for width in WIDTHS:
        save(floor(width).finished(), f"cabinet/{width}_floor", 70)
        for material in BOXES:
            save(box(width, material).finished(), f"cabinet/{width}_box_{material}")
        for finish in (*LACQUERS, *WOODS):
            save(finished_side(width, finish).finished(), f"cabinet/{width}_side_{finish}")
            save(front(width, finish).finished(), f"cabinet/{width}_front_{finish}")
        for finish in WOODS:
            save(
                front(width, finish, five_piece=True).finished(),
                f"cabinet/{width}_five_piece_{finish}",
            )
        save(custom_relief(width).finished(), f"cabinet/{width}_fluted")
        save(decorative_gable(width).finished(), f"cabinet/{width}_gable")
        save(finished_gable(width).finished(), f"cabinet/{width}_gable_finished")
        for kind in HANDLES:
            for hinge in ("left", "right") if width == "one" and kind != "integrated" else ("",):
                name = f"cabinet/{width}_{kind}" + (f"_{hinge}" if hinge else "")
                save(handle(width, hinge, kind).finished(), name)
