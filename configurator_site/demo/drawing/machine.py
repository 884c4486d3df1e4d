"""The pictures of the whole CNC router, drawn at 1300 × 1000 mm: frame, table, gantry, spindle,
what stands around.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from configurator_site.demo.drawing.router import brushed, cast, gridded, slotted
from configurator_site.demo.drawing.scene import (
    SIZE,
    Camera,
    Sheet,
    empty,
    lit,
    painted,
    save,
    stacked,
)

CAMERA = Camera(eye=(1700, 2150, 4300), turn=19, focus=1720, centre=(600, -88))
SIDE, LONG, TABLE = 620.0, 1450.0, 800.0
BEAM = {
    "standard": (1180.0, 190.0, 210.0),
    "high": (1400.0, 190.0, 210.0),
    "reinforced": (1180.0, 290.0, 320.0),
}
TOPS = {"low": 1180.0, "high": 1400.0}
MIDDLE = -760.0
COLOURS = {
    "graphite": "#3b4047",
    "signal_white": "#eceae6",
    "teal": "#1f6f78",
    "orange": "#d9702b",
    "house": "#b4b9c0",
}
SPINDLES = {
    "s15": (70, 190),
    "s22": (84, 220),
    "s36": (104, 250),
    "s55": (126, 285),
    "s90": (152, 320),
    "s120": (182, 360),
}
REACHES = {"z150": 330.0, "z220": 430.0, "z300": 540.0}

type Size = tuple[float, float, float]
type Corner = tuple[float, float, float]


def sheet() -> Sheet:
    return Sheet(CAMERA)


def box(drawn: Sheet, corner: Corner, size: Size, code: str, sheen: float = 0.06) -> None:
    """Draw a painted box: light above, dark aside."""
    w, h, d = size
    faces = [painted(*face, code, sheen) for face in ((w, d), (d, h), (w, h))]
    drawn.block(corner, size, (lit(faces[0], 1.1), lit(faces[1], 0.7), lit(faces[2], 0.94)))


def disc(
    drawn: Sheet, x: float, y: float, z: float, radius: float, tones: tuple[float, float]
) -> None:
    """Draw a round face, light from above."""
    face = empty(2 * radius, 2 * radius)
    across = np.linspace(-1, 1, face.shape[1])[None, :]
    down = np.linspace(-1, 1, face.shape[0])[:, None]
    face[..., :3] = (tones[0] + (tones[1] - tones[0]) * (0.5 - 0.4 * down - 0.1 * across))[
        ..., None
    ]
    face[..., 3] = np.clip((1 - np.sqrt(across**2 + down**2)) * face.shape[0] / 3, 0, 1)
    drawn.front(face, x - radius, x + radius, y - radius, y + radius, z)


def striped(width: float, height: float) -> np.ndarray:
    """Return slanting stripes of warning: yellow and black."""
    answer = painted(width, height, "#f0b51e", 0.03)
    row, column = np.indices(answer.shape[:2])
    answer[(row + column) % 96 < 44, :3] = 0.12
    return answer


def floor() -> Sheet:
    ground = sheet()
    ground.shadow([(-720, 0, 40), (760, 0, 40), (900, 0, -LONG), (-640, 0, -LONG)], 0.34, 24)
    return ground


def frame(material: str) -> Sheet:
    drawn = sheet()
    under = TABLE - 40
    if material == "mineral":
        grain = cast(7)
        for z in (-LONG, -420):
            drawn.block(
                (-SIDE, 0, z),
                (2 * SIDE, under, 420),
                (lit(grain, 1.1), lit(grain, 0.68), lit(grain, 0.92)),
            )
        for x in (-SIDE, SIDE - 160):
            drawn.block(
                (x, under - 260, -LONG),
                (160, 260, LONG),
                (grain, lit(grain, 0.68), lit(grain, 0.92)),
            )
        return drawn
    thick, code = (84.0, "#c3c8cc") if material == "aluminium" else (130.0, "#7d848b")
    high = under - 140
    for x in (-SIDE, SIDE - thick):
        box(drawn, (x, 0, -LONG), (thick, high, thick), code)
    box(drawn, (-SIDE, 150, -LONG), (2 * SIDE, thick, thick), code)
    for x in (-SIDE, SIDE - thick):
        box(drawn, (x, 150, -LONG + thick), (thick, thick, LONG - 2 * thick), code)
        box(drawn, (x, high, -LONG), (thick, 140, LONG), code)
        box(drawn, (x, 0, -thick), (thick, high, thick), code)
        box(drawn, (x - 14, 0, -thick - 14), (thick + 28, 22, thick + 28), "#2b2e31")
    box(drawn, (-SIDE, high, -thick), (2 * SIDE, 140, thick), code)
    if material == "aluminium":
        for y in (high + 35, high + 105):
            _line(drawn, -SIDE, SIDE, y - 7, y + 7, 1)
        for x in (-SIDE + thick / 2, SIDE - thick / 2):
            _line(drawn, x - 7, x + 7, 22, high, 1)
    return drawn


def _line(
    drawn: Sheet, left: float, right: float, bottom: float, top: float, z: float, tone: float = 0.2
) -> None:
    line = empty(right - left, top - bottom)
    line[..., :3], line[..., 3] = tone, 0.85
    drawn.front(line, left, right, bottom, top, z)


def table(kind: str) -> Sheet:
    """Lay what the small picture of a table shows six times wider, over a plate."""
    drawn = sheet()
    phenolic = painted(225, 150, "#6a5348", sheen=0.05, seed=5)
    if kind == "slots":
        surface = slotted(brushed(0.74, 9), 30)
    elif kind == "vacuum":
        surface = gridded(phenolic, 7.5, 225)
    else:
        surface = slotted(brushed(0.74, 12), 30)
        half = surface.shape[1] // 2
        surface[:, :half] = gridded(phenolic, 7.5, 104)[:, :half]
    drawn.top(surface, -SIDE + 20, SIDE - 20, -20, -LONG + 20, TABLE)
    edge = painted(2 * SIDE - 40, 40, "#8d9398" if kind == "slots" else "#5c483f")
    drawn.front(edge, -SIDE + 20, SIDE - 20, TABLE - 40, TABLE, -20)
    drawn.side(
        lit(painted(LONG - 40, 40, "#8d9398"), 0.7), SIDE - 20, -20, -LONG + 20, TABLE - 40, TABLE
    )
    return drawn


def gantry(kind: str, code: str) -> Sheet:
    drawn = sheet()
    top, high, deep = BEAM[kind]
    thick = 130.0 if kind == "reinforced" else 90.0
    foot, plate = 560.0, deep + 130
    start = MIDDLE - deep
    box(drawn, (-SIDE - thick, foot, start - 40), (thick, top - foot, plate), code)
    box(drawn, (-SIDE, top - high, start), (2 * SIDE, high, deep), code)
    for y in (top - high + 35, top - 45):
        box(drawn, (-SIDE, y - 9, MIDDLE), (2 * SIDE, 18, 14), "#d3d6d8")
    box(drawn, (SIDE, foot, start - 40), (thick, top - foot, plate), code)
    if kind == "reinforced":
        for place in (0.3, 0.6):
            rib = empty(plate, 16)
            rib[..., 3] = 0.3
            y = foot + place * (top - foot)
            drawn.side(rib, SIDE + thick + 1, start - 40 + plate, start - 40, y, y + 16)
    return drawn


def z_axis(reach: str, at: str) -> Sheet:
    drawn = sheet()
    top, high = TOPS[at], REACHES[reach]
    box(drawn, (-112, top - 240, MIDDLE + 14), (224, high, 60), "#a9afb4")
    box(drawn, (-45, top - 240 + high, MIDDLE + 10), (90, 90, 70), "#2b2e31")
    return drawn


def spindle(size: str, at: str) -> Sheet:
    drawn = sheet()
    wide, high = SPINDLES[size]
    bottom, face = TOPS[at] - 225.0, MIDDLE + 74.0 + wide
    _round(drawn, wide, bottom, bottom + high, face, (0.42, 0.92))
    _round(drawn, wide + 26, bottom + 60, bottom + 110, face + 6, (0.12, 0.34))
    _round(drawn, wide * 0.6, bottom - 36, bottom, face - wide * 0.2, (0.30, 0.75))
    _round(drawn, 14, bottom - 100, bottom - 36, face - wide * 0.4, (0.35, 0.85))
    return drawn


def _round(
    drawn: Sheet, wide: float, bottom: float, top: float, z: float, tones: tuple[float, float]
) -> None:
    metal = empty(wide, top - bottom)
    place = np.linspace(0, 1, metal.shape[1])
    metal[..., :3] = np.interp(
        place, [0, 0.35, 0.6, 1], [tones[0], tones[1], tones[1] * 0.8, tones[0]]
    )[None, :, None]
    metal[..., 3] = 1
    drawn.front(metal, -wide / 2, wide / 2, bottom, top, z)


def changer(kind: str) -> Sheet:
    drawn = sheet()
    if kind == "linear":
        box(drawn, (-480, TABLE + 30, -110), (960, 26, 50), "#8d9398")
        for x in np.arange(-430.0, 431, 123):
            box(drawn, (x - 20, TABLE + 56, -105), (40, 46, 40), "#2f6fb0")
        for x in (-480.0, 454.0):
            box(drawn, (x, TABLE, -110), (26, 30, 50), "#6b7075")
        return drawn
    disc(drawn, 390, TOPS["low"] - 60, MIDDLE + 40, 165, (0.3, 0.55))
    for turn in np.arange(0, 2 * np.pi, np.pi / 5):
        disc(
            drawn,
            390 + 120 * np.cos(turn),
            TOPS["low"] - 60 + 120 * np.sin(turn),
            MIDDLE + 60,
            27,
            (0.1, 0.8),
        )
    disc(drawn, 390, TOPS["low"] - 60, MIDDLE + 60, 46, (0.2, 0.4))
    return drawn


def guard(kind: str) -> Sheet:
    drawn = sheet()
    if kind == "bumpers":
        for x in (-SIDE - 100, SIDE):
            drawn.block(
                (x, 580, MIDDLE + 90),
                (100, 150, 60),
                (striped(100, 60), lit(striped(60, 150), 0.7), striped(100, 150)),
            )
    elif kind == "curtain":
        red = empty(1700, 8)
        red[..., 0], red[..., 3] = 0.9, 0.45
        for y in np.arange(300.0, 1100, 160):
            drawn.front(red, -830, 830, y, y + 8, 190)
        for x in (-880.0, 830.0):
            box(drawn, (x, 0, 160), (60, 1180, 60), "#f0b51e")
            box(drawn, (x - 40, 0, 130), (140, 14, 120), "#2b2e31")
    else:
        left, right, back, ahead, top = -900.0, 900.0, -LONG - 150, 190.0, 1720.0
        pane = empty(200, 200)
        pane[..., :3], pane[..., 3] = (0.80, 0.88, 0.92), 0.24
        drawn.side(pane, right, ahead, back, 60, top)
        drawn.front(pane, left, right, 60, top, ahead)
        drawn.top(pane, left, right, ahead, back, top)
        post = "#4a5056"
        box(drawn, (right - 50, 0, back), (50, top, 50), post)
        box(drawn, (right - 50, top - 50, back), (50, 50, ahead - back), post)
        box(drawn, (right - 50, 30, back), (50, 50, ahead - back), post)
        for x in (left, -25.0, right - 50):
            box(drawn, (x, 0, ahead - 50), (50, top, 50), post)
        for y in (30.0, top - 50):
            box(drawn, (left, y, ahead - 50), (right - left, 50, 50), post)
        for x in (-75.0, 45.0):
            box(drawn, (x, 820, ahead), (26, 260, 30), "#d5d8da")
    return drawn


def lights(kind: str) -> Sheet:
    drawn = sheet()
    if kind == "tower":
        x, y, z = -SIDE - 20, 560.0, MIDDLE + 100
        box(drawn, (x - 60, y, z), (22, 980, 22), "#8d9398")
        for place, code in enumerate(("#2fa84f", "#f0b51e", "#d43a2f")):
            box(drawn, (x - 78, y + 980 + 62 * place, z - 15), (58, 60, 52), code)
    elif kind == "work":
        glow = empty(1000, 560)
        across = np.linspace(-1, 1, glow.shape[1])[None, :]
        down = np.linspace(-1, 1, glow.shape[0])[:, None]
        glow[..., :3] = (1, 0.91, 0.62)
        glow[..., 3] = 0.75 * np.clip(1 - across**2 - down**2, 0, 1)
        drawn.top(glow, -560, 560, MIDDLE + 540, MIDDLE - 20, TABLE + 2)
    else:
        beam = empty(400, 8)
        beam[..., 0], beam[..., 3] = 1, 0.8
        drawn.top(beam, -SIDE + 30, SIDE - 30, -404, -414, TABLE + 2)
        drawn.top(np.rot90(beam), 195, 205, -30, MIDDLE + 60, TABLE + 2)
    return drawn


def rotary() -> Sheet:
    drawn = sheet()
    box(drawn, (-540, TABLE, -330), (150, 190, 180), "#53585d")
    disc(drawn, -465, TABLE + 105, -148, 70, (0.35, 0.8))
    _tube(drawn, -390, 330, TABLE + 80, TABLE + 130, -220)
    box(drawn, (330, TABLE, -310), (100, 160, 140), "#53585d")
    return drawn


def _tube(drawn: Sheet, left: float, right: float, bottom: float, top: float, z: float) -> None:
    metal = empty(right - left, top - bottom)
    tone = np.interp(np.linspace(0, 1, metal.shape[0]), [0, 0.3, 1], [0.7, 0.9, 0.35])
    metal[..., :3], metal[..., 3] = tone[:, None, None], 1
    drawn.front(metal, left, right, bottom, top, z)


def controller(kind: str) -> Sheet:
    drawn = sheet()
    if kind == "panel":
        box(drawn, (880, 0, 60), (50, 1050, 50), "#8d9398")
        box(drawn, (820, 0, 20), (170, 16, 130), "#2b2e31")
        _screen(drawn, (770, 1050, 60), (270, 190, 70), "#3b4047")
        return drawn
    wide, high = (420.0, 1050.0) if kind == "pc" else (560.0, 1500.0)
    box(drawn, (860, 0, -420), (wide, high, 420), "#d8dadb" if kind == "pc" else "#9aa3aa")
    if kind == "pc":
        _screen(drawn, (890, high, -220), (360, 250, 50), "#2b2e31")
    else:
        _line(drawn, 860 + wide / 2 - 3, 860 + wide / 2 + 3, 40, high - 30, 1)
        _screen(drawn, (900, high - 330, 1), (190, 150, 6), "#2b2e31")
        for place in range(4):
            box(
                drawn,
                (1210, high - 220 - 55 * place, 1),
                (34, 34, 6),
                ("#d43a2f", "#2fa84f", "#f0b51e", "#2f6fb0")[place],
            )
    return drawn


def _screen(drawn: Sheet, corner: Corner, size: Size, code: str) -> None:
    (x, y, z), (w, h, d) = corner, size
    box(drawn, corner, size, code)
    drawn.front(
        painted(w - 44, h - 44, "#5ba4c9", 0.2), x + 22, x + w - 22, y + 22, y + h - 22, z + d + 1
    )


def handwheel() -> Sheet:
    drawn = sheet()
    box(drawn, (330, 440, 4), (90, 170, 36), "#e07b22")
    disc(drawn, 375, 500, 42, 36, (0.08, 0.3))
    return drawn


def extraction(kind: str) -> Sheet:
    drawn = sheet()
    wide, high = (260.0, 900.0) if kind == "small" else (380.0, 1500.0)
    left = -980.0 - wide
    box(drawn, (left, 0, -900), (wide, high * 0.45, 300), "#4a6a86")
    box(drawn, (left + 20, high * 0.45, -880), (wide - 40, high * 0.55, 260), "#dfe2e0", 0.14)
    if kind == "large":
        _line(drawn, left + wide / 2 - 6, left + wide / 2 + 6, high * 0.45, high, -619, 0.5)
    return drawn


def pump(kind: str) -> Sheet:
    drawn = sheet()
    code = {"side_channel": "#3f7d5a", "double": "#3f7d5a", "vane": "#a8512f"}[kind]
    for place in range(2 if kind == "double" else 1):
        x = -420.0 + 250 * place
        box(drawn, (x, 30, -420), (200, 200, 260), code)
        disc(drawn, x + 100, 140, -158, 80, (0.25, 0.6))
    if kind == "vane":
        box(drawn, (-220, 30, -420), (170, 120, 240), "#7a3b22")
    return drawn


def chiller() -> Sheet:
    drawn = sheet()
    box(drawn, (190, 30, -420), (230, 330, 260), "#e4e6e7")
    grille = empty(170, 170)
    grille[..., :3], grille[..., 3] = 0.2, 0.7
    grille[np.arange(grille.shape[0]) % 20 < 9, :, 3] = 0
    drawn.front(grille, 220, 390, 60, 230, -158)
    return drawn


def stops(kind: str) -> Sheet:
    drawn = sheet()
    places: Sequence[tuple[Corner, Size, str]]
    if kind == "fixed_stops":
        places = [((-590, TABLE, -1200 + 260 * at), (30, 46, 60), "#d8b13c") for at in range(5)]
    elif kind == "pop_up":
        places = [((-420 + 210 * at, TABLE, -40), (34, 30, 22), "#d5d8da") for at in range(5)]
    elif kind == "toe_clamps":
        places = [
            ((x, TABLE, z), (90, 34, 54), "#34383c") for z in (-620, -470) for x in (-300, 280)
        ]
    else:
        places = [
            ((60, TABLE, -420), (210, 50, 120), "#5d656c"),
            ((60, TABLE + 50, -420), (60, 50, 120), "#aab0b4"),
            ((210, TABLE + 50, -420), (60, 50, 120), "#aab0b4"),
        ]
    for corner, size, code in places:
        box(drawn, corner, size, code)
    return drawn


def pictures() -> dict[str, Sheet]:
    """Return every layer by its name, in the order in which they are laid over each other."""
    made = {"floor": floor()}
    made |= {f"extraction_{kind}": extraction(kind) for kind in ("small", "large")}
    made |= {f"pump_{kind}": pump(kind) for kind in ("side_channel", "double", "vane")}
    made |= {"chiller": chiller()}
    made |= {f"whole_{kind}": frame(kind) for kind in ("aluminium", "steel", "mineral")}
    made |= {f"top_{kind}": table(kind) for kind in ("slots", "vacuum", "both")}
    made |= {f"light_{kind}": lights(kind) for kind in ("laser", "work", "tower")}
    made |= {
        f"gantry_{kind}_{name}": gantry(kind, code)
        for kind in BEAM
        for name, code in COLOURS.items()
    }
    made |= {f"reach_{reach}_{at}": z_axis(reach, at) for at in TOPS for reach in REACHES}
    made |= {f"spindle_{size}_{at}": spindle(size, at) for at in TOPS for size in SPINDLES}
    made |= {"rotary": rotary()}
    made |= {
        f"stop_{kind}": stops(kind) for kind in ("fixed_stops", "pop_up", "toe_clamps", "vise")
    }
    made |= {f"changer_{kind}": changer(kind) for kind in ("carousel", "linear")}
    made |= {"guard_bumpers": guard("bumpers"), "handwheel": handwheel()}
    made |= {f"controller_{kind}": controller(kind) for kind in ("panel", "pc", "bus")}
    return made | {f"guard_{kind}": guard(kind) for kind in ("curtain", "cabin")}


def draw() -> None:
    """Draw and save every layer of the router, and the picture of the product."""
    layers = pictures()
    for name, drawn in layers.items():
        save(drawn.finished(), f"router/{name}", 60)
    whole = (
        "floor",
        "pump_double",
        "chiller",
        "whole_steel",
        "top_both",
        "gantry_reinforced_teal",
        "reach_z220_low",
    )
    picture = stacked(
        *(
            layers[name]
            for name in (*whole, "spindle_s55_low", "changer_linear", "controller_panel")
        )
    )
    save(picture.resize(SIZE, Image.Resampling.LANCZOS), "router/router", 76)
