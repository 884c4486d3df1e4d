"""The pictures of the desk: frame, tray, drawers and top as layers, drawn at a width of 1600 mm."""

import numpy as np
from PIL import Image

from configurator_site.demo.drawing.scene import (
    Camera,
    Sheet,
    as_image,
    clouds,
    empty,
    lit,
    painted,
    pixels,
    save,
    stacked,
    wood,
)

CAMERA = Camera(eye=(1150, 1520, 3300), turn=16, focus=1690, centre=(640, -75))
WIDTH, DEPTH, HEIGHT = 1600.0, 800.0, 735.0
TOP = 26.0
OAK = ("#dfbd8f", "#b1834f")
COLOURS = {"black": "#33363a", "white": "#eceae6", "sand": "#cdbba3", "sage": "#93a791", "own": "#aab0b8"}


def sheet() -> Sheet:
    return Sheet(CAMERA)


def steel(width: float, height: float, code: str) -> np.ndarray:
    return painted(width, height, code, sheen=0.07)


def bar(drawn: Sheet, corner: tuple[float, float, float], size: tuple[float, float, float], code: str) -> None:
    """Draw a coated steel bar: light above, dark aside."""
    w, h, d = size
    drawn.block(
        corner, size, (lit(steel(w, d, code), 1.10), lit(steel(d, h, code), 0.70), lit(steel(w, h, code), 0.95))
    )


def beam(drawn: Sheet, corner: tuple[float, float, float], size: tuple[float, float, float], seed: int) -> None:
    """Draw a bar of oak."""
    w, h, d = size
    lying = w > h
    drawn.block(
        corner,
        size,
        (
            lit(wood(w, d, OAK, seed, upright=False), 1.06),
            lit(wood(d, h, OAK, seed + 1, upright=h > d), 0.74),
            lit(wood(w, h, OAK, seed + 2, upright=not lying), 0.97),
        ),
    )


def floor() -> Sheet:
    ground = sheet()
    half = WIDTH / 2
    ground.shadow([(-half + 30, 0, 40), (half + 40, 0, 40), (half + 160, 0, -DEPTH), (-half + 60, 0, -DEPTH)], 0.15, 30)
    for x in (-half + 70, half - 130):
        ground.shadow([(x - 4, 0, -18), (x + 78, 0, -18), (x + 100, 0, -DEPTH + 30), (x, 0, -DEPTH + 30)], 0.34, 8)
    return ground


def steel_frame(code: str, adjustable: bool) -> Sheet:
    drawn = sheet()
    half = WIDTH / 2
    under = HEIGHT - TOP
    places = (-half + 80, half - 150)
    if adjustable:
        bar(drawn, (-half + 110, under - 62, -430), (WIDTH - 240, 40, 40), code)
        for x in places:
            bar(drawn, (x, 0, -DEPTH + 40), (74, 26, DEPTH - 80), code)
            bar(drawn, (x + 2, 26, -450), (70, 330, 90), code)
            bar(drawn, (x + 10, 356, -440), (54, under - 382, 70), "#c9ccd0")
            bar(drawn, (x + 2, under - 26, -DEPTH + 110), (70, 26, DEPTH - 220), code)
        return drawn
    bar(drawn, (-half + 110, under - 58, -520), (WIDTH - 240, 58, 30), code)
    for x in places:
        bar(drawn, (x, 0, -DEPTH + 40), (70, under, 34), code)
        bar(drawn, (x, 0, -DEPTH + 74), (70, 30, DEPTH - 148), code)
        bar(drawn, (x, under - 30, -DEPTH + 74), (70, 30, DEPTH - 148), code)
        bar(drawn, (x, 0, -74), (70, under, 34), code)
    return drawn


def oak_frame() -> Sheet:
    drawn = sheet()
    half = WIDTH / 2
    under = HEIGHT - TOP
    legs = (-half + 70, half - 142)
    for number, x in enumerate(legs):
        beam(drawn, (x, 0, -DEPTH + 50), (72, under, 72), 40 + 7 * number)
    beam(drawn, (-half + 100, under - 96, -DEPTH + 70), (WIDTH - 220, 96, 26), 60)
    beam(drawn, (legs[0] + 24, under - 96, -DEPTH + 100), (26, 96, DEPTH - 200), 66)
    beam(drawn, (legs[1] + 24, under - 96, -DEPTH + 100), (26, 96, DEPTH - 200), 70)
    for number, x in enumerate(legs):
        beam(drawn, (x, 0, -122), (72, under, 72), 80 + 7 * number)
    return drawn


def tray() -> Sheet:
    drawn = sheet()
    under = HEIGHT - TOP
    bar(drawn, (-430, under - 128, -DEPTH + 120), (900, 8, 130), "#6f757b")
    mesh = steel(900, 84, "#7b8188")
    mesh[:, np.arange(mesh.shape[1]) % 22 < 11, 3] = 0.25
    drawn.front(mesh, -430, 470, under - 124, under - 44, -DEPTH + 250)
    bar(drawn, (-430, under - 46, -DEPTH + 242), (900, 8, 8), "#8b9198")
    return drawn


def drawers(count: int, oaken: bool) -> Sheet:
    drawn = sheet()
    under = HEIGHT - TOP
    left, wide, deep, high = 120.0, 420.0, 520.0, 128.0
    whole = 16 + count * high
    bottom, front = under - whole, -70.0
    seed = 90
    body = wood(deep, whole, OAK, seed, upright=False) if oaken else painted(deep, whole, "#edebe7", 0.02)
    drawn.side(lit(body, 0.72), left + wide, front - 18, front - 18 - deep, bottom, under)
    face = wood(wide, whole, OAK, seed + 1) if oaken else painted(wide, whole, "#edebe7", 0.02)
    drawn.front(lit(face, 0.60), left, left + wide, bottom, under, front - 18)
    for number in range(count):
        above = under - 12 - number * high
        below = above - high + 6
        panel = (
            wood(wide - 6, high - 6, OAK, seed + 2 + number, upright=False)
            if oaken
            else painted(wide - 6, high - 6, "#f3f1ee", 0.03)
        )
        drawn.side(lit(panel, 0.68), left + wide - 3, front, front - 18, below, above)
        panel[:3, :, :3] = np.clip(panel[:3, :, :3] * 1.05, 0, 1)
        panel[-3:, :, :3] *= 0.85
        drawn.front(panel, left + 3, left + wide - 3, below, above, front)
        slot = empty(150, 12)
        slot[..., :3] = 0.13
        slot[..., 3] = 0.85
        drawn.front(slot, left + wide / 2 - 75, left + wide / 2 + 75, above - 14, above - 2, front + 1)
    # The shadow of the top.
    shade = empty(wide, 60)
    shade[..., 3] = np.linspace(0.32, 0, shade.shape[0])[:, None]
    drawn.front(shade, left, left + wide, under - 60, under, front + 2)
    return drawn


def top(material: str) -> Sheet:
    drawn = sheet()
    half = WIDTH / 2
    if material == "glass":
        surface = _glass()
        drawn.top(surface, -half, half, 0, -DEPTH, HEIGHT)
        edge = painted(WIDTH, 12, "#8fc4b4", 0.10)
        edge[..., 3] = 0.90
        drawn.side(_faded(lit(painted(DEPTH, 12, "#6fa795", 0.05), 0.95), 0.9), half, 0, -DEPTH, HEIGHT - 12, HEIGHT)
        drawn.front(edge, -half, half, HEIGHT - 12, HEIGHT, 0)
        return drawn
    if material == "oak":
        surface = wood(WIDTH, DEPTH, OAK, 7, upright=False)
        front = wood(WIDTH, TOP, OAK, 8, upright=False)
        aside = wood(DEPTH, TOP, OAK, 9, upright=False)
    else:
        surface = painted(WIDTH, DEPTH, "#f2f0ec", 0.02)
        front = _layered(WIDTH)
        aside = _layered(DEPTH)
    light = np.linspace(0.95, 1.04, surface.shape[0])[:, None] * np.linspace(1.02, 0.985, surface.shape[1])[None, :]
    surface[..., :3] = np.clip(surface[..., :3] * light[..., None], 0, 1)
    drawn.top(surface, -half, half, 0, -DEPTH, HEIGHT)
    drawn.side(lit(aside, 0.72), half, 0, -DEPTH, HEIGHT - TOP, HEIGHT)
    drawn.front(lit(front, 0.90), -half, half, HEIGHT - TOP, HEIGHT, 0)
    return drawn


def _faded(texture: np.ndarray, opacity: float) -> np.ndarray:
    texture[..., 3] = opacity
    return texture


def _layered(width: float) -> np.ndarray:
    """The edge of a laminate board on plywood: light between two thin white lines."""
    edge = wood(width, TOP, ("#e3cda6", "#c8a877"), 15, upright=False)
    line = max(2, edge.shape[0] // 8)
    edge[:line, :, :3] = edge[-line:, :, :3] = 0.94
    for row in range(line, edge.shape[0] - line, max(4, edge.shape[0] // 6)):
        edge[row : row + 1, :, :3] *= 0.82
    return edge


def _glass() -> np.ndarray:
    size = pixels(WIDTH, DEPTH)
    across = np.linspace(0, 1, size[0])[None, :]
    down = np.linspace(0, 1, size[1])[:, None]
    sheen = np.exp(-(((across * 1.15 - down * 0.55 - 0.28) / 0.10) ** 2)) + 0.7 * np.exp(
        -(((across * 1.15 - down * 0.55 - 0.47) / 0.035) ** 2)
    )
    answer = np.zeros((size[1], size[0], 4))
    answer[..., :3] = np.asarray([0.83, 0.93, 0.90]) + 0.15 * sheen[..., None]
    answer[..., 3] = 0.36 + 0.30 * sheen * (0.9 + 0.1 * clouds(size, 6, 4, 3))
    return np.clip(answer, 0, 1)


def draw() -> None:
    """Draw and save every picture of the desk."""
    whole = stacked(floor(), steel_frame(COLOURS["black"], False), drawers(2, True), top("oak"))
    save(whole.resize((600, 450), Image.Resampling.LANCZOS), "desk/desk")
    save(floor().finished(), "desk/floor", 70)
    save(oak_frame().finished(), "desk/frame_oak")
    for name, code in COLOURS.items():
        save(steel_frame(code, False).finished(), f"desk/frame_{name}")
        save(steel_frame(code, True).finished(), f"desk/lift_{name}")
    save(tray().finished(), "desk/tray")
    for count in (1, 2, 3):
        save(drawers(count, False).finished(), f"desk/drawers_{count}_white")
        save(drawers(count, True).finished(), f"desk/drawers_{count}_oak")
    save(as_image(wood(225, 150, OAK, 52)).convert("RGB"), "desk/wood_oak", 70)
    for material in ("glass", "oak", "laminate"):
        save(top(material).finished(), f"desk/top_{material}")
