"""The pictures of the desk: frame, tray, drawers and top as layers, drawn at a width of 1600 mm."""

from itertools import pairwise

import numpy as np
from PIL import Image

from configurator_site.demo.drawing.scene import (
    Camera,
    Sheet,
    as_image,
    clouds,
    colour,
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
ROUND = 40.0
HANGING = 90.0  # so low that one sees the tray below the front edge
OAK = ("#dfbd8f", "#b1834f")
COLOURS = {
    "black": "#33363a",
    "white": "#eceae6",
    "sand": "#cdbba3",
    "sage": "#93a791",
    "own": "#aab0b8",
}


def sheet() -> Sheet:
    return Sheet(CAMERA)


def steel(width: float, height: float, code: str) -> np.ndarray:
    return painted(width, height, code, sheen=0.07)


def bar(
    drawn: Sheet, corner: tuple[float, float, float], size: tuple[float, float, float], code: str
) -> None:
    """Draw a coated steel bar: light above, dark aside."""
    w, h, d = size
    drawn.block(
        corner,
        size,
        (lit(steel(w, d, code), 1.10), lit(steel(d, h, code), 0.70), lit(steel(w, h, code), 0.95)),
    )


def beam(
    drawn: Sheet, corner: tuple[float, float, float], size: tuple[float, float, float], seed: int
) -> None:
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
    ground.shadow(
        [(-half + 30, 0, 40), (half + 40, 0, 40), (half + 160, 0, -DEPTH), (-half + 60, 0, -DEPTH)],
        0.15,
        30,
    )
    for x in (-half + 70, half - 130):
        ground.shadow(
            [(x - 4, 0, -18), (x + 78, 0, -18), (x + 100, 0, -DEPTH + 30), (x, 0, -DEPTH + 30)],
            0.34,
            8,
        )
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
    under = HEIGHT - TOP - HANGING
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
    body = (
        wood(deep, whole, OAK, seed, upright=False)
        if oaken
        else painted(deep, whole, "#edebe7", 0.02)
    )
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
        drawn.front(
            slot, left + wide / 2 - 75, left + wide / 2 + 75, above - 14, above - 2, front + 1
        )
    # The shadow of the top.
    shade = empty(wide, 60)
    shade[..., 3] = np.linspace(0.32, 0, shade.shape[0])[:, None]
    drawn.front(shade, left, left + wide, under - 60, under, front + 2)
    return drawn


def top(material: str, is_round: bool = False) -> Sheet:
    drawn = sheet()
    if material == "glass":
        surface, thick, opacity = _glass(), 12.0, 0.90
        front, aside = (
            painted(WIDTH, 12, "#8fc4b4", 0.10),
            lit(painted(DEPTH, 12, "#6fa795", 0.05), 0.95),
        )
    elif material == "oak":
        surface, thick, opacity = wood(WIDTH, DEPTH, OAK, 7, upright=False), TOP, 1.0
        front = lit(wood(WIDTH, TOP, OAK, 8, upright=False), 0.90)
        aside = lit(wood(DEPTH, TOP, OAK, 9, upright=False), 0.72)
    else:
        surface, thick, opacity = painted(WIDTH, DEPTH, "#f2f0ec", 0.02), TOP, 1.0
        front, aside = lit(_layered(WIDTH), 0.90), lit(_layered(DEPTH), 0.72)
    if material != "glass":
        light = (
            np.linspace(0.95, 1.04, surface.shape[0])[:, None]
            * np.linspace(1.02, 0.985, surface.shape[1])[None, :]
        )
        surface[..., :3] = np.clip(surface[..., :3] * light[..., None], 0, 1)
    _lay_top(
        drawn,
        surface,
        _faded(front, opacity),
        _faded(aside, opacity),
        thick,
        ROUND if is_round else 0,
    )
    return drawn


def _lay_top(
    drawn: Sheet,
    surface: np.ndarray,
    front: np.ndarray,
    aside: np.ndarray,
    thick: float,
    radius: float,
) -> None:
    """Lay a top and those of its edges that one sees, its corners cut off round by `radius` mm."""
    half, under = WIDTH / 2, HEIGHT - thick
    if radius:
        surface = _rounded(surface, radius)
    drawn.top(surface, -half, half, 0, -DEPTH, HEIGHT)
    drawn.side(aside, half, -radius, -DEPTH + radius, under, HEIGHT)
    strip = front[:, : max(4, front.shape[1] // 100)]
    shade = float(aside[..., :3].mean() / front[..., :3].mean())
    steps = np.linspace(0, np.pi / 2, 7) if radius else np.empty(0)
    for x, z, start in ((half, -DEPTH, 0.0), (-half, 0.0, np.pi), (half, 0.0, np.pi / 2)):
        # Angles go clockwise from the back; what faces away from the eye is left out.
        centre = (x - np.sign(x) * radius, z + (radius if z else -radius))
        for first, last in pairwise(steps):
            (x1, z1), (x2, z2) = (
                (
                    centre[0] + radius * np.sin(start + each),
                    centre[1] - radius * np.cos(start + each),
                )
                for each in (first, last)
            )
            ahead = -np.cos(start + (first + last) / 2)
            facing = (CAMERA.eye[0] - x1) * np.sin(start + (first + last) / 2) + (
                CAMERA.eye[2] - z1
            ) * ahead
            if facing > 0:
                corners = [(x2, HEIGHT, z2), (x1, HEIGHT, z1), (x1, under, z1), (x2, under, z2)]
                drawn.lay(lit(strip, shade + (1 - shade) * float(max(ahead, 0))), corners)
    drawn.front(front, -half + radius, half - radius, under, HEIGHT, 0)


def _rounded(surface: np.ndarray, radius: float) -> np.ndarray:
    answer = surface.copy()
    rows, columns = answer.shape[:2]
    x = np.abs((np.arange(columns) + 0.5) / columns - 0.5)[None, :] * WIDTH - (WIDTH / 2 - radius)
    z = np.abs((np.arange(rows) + 0.5) / rows - 0.5)[:, None] * DEPTH - (DEPTH / 2 - radius)
    answer[(x > 0) & (z > 0) & (x**2 + z**2 > radius**2), 3] = 0
    return answer


def accessory(kind: str) -> Sheet:
    """Draw what stands on the desk or hangs beneath it."""
    drawn = sheet()
    under = HEIGHT - TOP
    if kind == "lamp":
        bar(drawn, (-640, HEIGHT, -640), (150, 14, 150), "#2f3337")
        bar(drawn, (-576, HEIGHT + 14, -575), (20, 400, 20), "#3b4045")
        bar(drawn, (-576, HEIGHT + 414, -575), (330, 20, 20), "#3b4045")
        bar(drawn, (-330, HEIGHT + 384, -600), (170, 30, 70), "#2f3337")
    elif kind == "monitor_arm":
        bar(drawn, (60, HEIGHT, -760), (110, 22, 90), "#4a5056")
        bar(drawn, (102, HEIGHT + 22, -730), (30, 300, 30), "#aab0b5")
        bar(drawn, (102, HEIGHT + 292, -700), (30, 30, 190), "#aab0b5")
        bar(drawn, (57, HEIGHT + 247, -510), (120, 120, 16), "#3b4045")
    elif kind == "power_dock":
        bar(drawn, (-330, under - HANGING - 118, -DEPTH + 252), (460, 52, 26), "#24272a")
        for x in np.arange(-300.0, 100, 84):
            socket = painted(46, 34, "#d8dadb")
            drawn.front(
                socket, x, x + 46, under - HANGING - 109, under - HANGING - 75, -DEPTH + 279
            )
    else:
        bar(drawn, (575, under - 34, -60), (30, 34, 30), "#3b4045")
        bar(drawn, (575, under - 110, -60), (30, 80, 12), "#3b4045")
        bar(drawn, (575, under - 110, -48), (30, 12, 40), "#3b4045")
        bar(drawn, (575, under - 98, -20), (30, 26, 12), "#3b4045")
    return drawn


def engraving() -> Sheet:
    """Draw where the front edge is engraved: small burnt strokes, too small to be read."""
    drawn = sheet()
    strokes = empty(150, 10)
    rows, columns = np.indices(strokes.shape[:2])
    wave = np.sin(columns * 0.55) + 0.6 * np.sin(columns * 0.23 + 1)
    strokes[..., :3] = colour("#4a2f18")
    strokes[..., 3] = 0.85 * (np.abs(rows / rows.max() * 2 - 1 - wave * 0.45) < 0.42)
    drawn.front(strokes, 480, 630, HEIGHT - 18, HEIGHT - 8, 1)
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
        save(top(material, is_round=True).finished(), f"desk/round_{material}", 80)
    for kind in ("lamp", "monitor_arm", "power_dock", "headset_hook"):
        save(accessory(kind).finished(), f"desk/{kind}")
    save(engraving().finished(), "desk/engraving")
