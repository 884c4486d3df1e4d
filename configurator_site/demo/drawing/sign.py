"""The pictures of the door sign from two sides: a wall, the plate in each material, and its screws.
What is written on it is drawn where it is asked for. Four units are a millimetre.
"""

import numpy as np

from configurator_site.demo.drawing.scene import (
    FINER,
    SIZE,
    Camera,
    Sheet,
    clouds,
    empty,
    lit,
    painted,
    pixels,
    save,
    stacked,
    wood,
)

CAMERA = Camera(eye=(520, 90, 2500), turn=12, focus=2050, centre=(585, 460))
AHEAD = Camera(eye=(0, 30, 2500), turn=0, focus=2750, centre=(600, 430))
WIDTH, HEIGHT, DEPTH = 960.0, 400.0, 44.0
SCREWS = ((-420, 0), (420, 0))
OAK = ("#dfbd8f", "#b1834f")
WALNUT = ("#8a6246", "#573724")


def wall(camera: Camera = CAMERA) -> Sheet:
    """Draw plaster with the shadow of the plate."""
    drawn = Sheet(camera)
    plaster = painted(2600, 2000, "#dcd8d0", sheen=0.06)
    size = pixels(2600, 2000)
    grain = clouds(size, size[0] // 9, size[1] // 9, 3) + clouds(
        size, size[0] // 90, size[1] // 70, 4
    )
    plaster[..., :3] = np.clip(plaster[..., :3] * (1 + 0.014 * grain[..., None]), 0, 1)
    left, right, low, high = -WIDTH / 2, WIDTH / 2, -HEIGHT / 2, HEIGHT / 2
    drawn.shadow(
        [
            (left + 26, high - 34, 0),
            (right + 40, high - 34, 0),
            (right + 40, low - 52, 0),
            (left + 26, low - 52, 0),
        ],
        0.42,
        12,
    )
    ground = Sheet(camera)
    ground.front(plaster, -1300, 1300, -1000, 1000, 0)
    ground.image.alpha_composite(drawn.image)
    return ground


def slate() -> np.ndarray:
    face = painted(WIDTH, HEIGHT, "#3d4347", sheen=0.05)
    size = pixels(WIDTH, HEIGHT)
    veins = clouds(size, 9, 40, 21) + 0.7 * clouds(size, size[0] // 6, size[1] // 5, 22)
    face[..., :3] = np.clip(face[..., :3] * (1 + 0.07 * veins[..., None]), 0, 1)
    return face


def brass() -> np.ndarray:
    face = painted(WIDTH, HEIGHT, "#c9a45a", sheen=0.14)
    size = pixels(WIDTH, HEIGHT)
    brushed = clouds(size, 6, size[1] // 2, 31)
    face[..., :3] = np.clip(face[..., :3] * (1 + 0.035 * brushed[..., None]), 0, 1)
    return face


FACES = {
    "oak": lambda: wood(WIDTH, HEIGHT, OAK, 12, upright=False),
    "walnut": lambda: wood(WIDTH, HEIGHT, WALNUT, 15, upright=False),
    "slate": slate,
    "brass": brass,
}


def plate(face: np.ndarray, camera: Camera = CAMERA) -> Sheet:
    drawn = Sheet(camera)
    light = (
        np.linspace(1.05, 0.95, face.shape[1])[None, :]
        * np.linspace(1.02, 0.98, face.shape[0])[:, None]
    )
    ahead = face.copy()
    ahead[..., :3] = np.clip(ahead[..., :3] * light[..., None], 0, 1)
    # A chamfer catches the light above and loses it below.
    rim = 8
    ahead[:rim, :, :3] = np.clip(ahead[:rim, :, :3] * 1.16, 0, 1)
    ahead[-rim:, :, :3] *= 0.78
    ahead[:, -rim:, :3] = np.clip(ahead[:, -rim:, :3] * 1.10, 0, 1)
    strip = face[:, : max(4, round(DEPTH * 1.6))]
    drawn.block(
        (-WIDTH / 2, -HEIGHT / 2, 0),
        (WIDTH, HEIGHT, DEPTH),
        (lit(face[: max(4, round(DEPTH * 1.6))], 1.1), lit(strip, 0.62), ahead),
    )
    return drawn


def screws(camera: Camera = CAMERA) -> Sheet:
    drawn = Sheet(camera)
    size = 46.0
    rows, columns = np.indices(empty(size, size).shape[:2])
    middle = (rows.max() / 2, columns.max() / 2)
    away = np.hypot(rows - middle[0], columns - middle[1]) / middle[0]
    head = empty(size, size)
    shine = 1.05 - 0.35 * (rows - middle[0]) / middle[0] * away
    head[..., :3] = np.clip(np.array([0.78, 0.66, 0.40]) * shine[..., None], 0, 1)
    slot = (np.abs((rows - middle[0]) + 0.6 * (columns - middle[1])) < 4) & (away < 0.72)
    head[slot, :3] *= 0.45
    head[..., 3] = np.clip((1 - away) * 16, 0, 1)
    for x, y in SCREWS:
        drawn.front(head, x - size / 2, x + size / 2, y - size / 2, y + size / 2, DEPTH + 4)
    for x, y in SCREWS:
        drawn.shadow(
            [
                (x - 18, y - 26, DEPTH),
                (x + 24, y - 26, DEPTH),
                (x + 24, y + 12, DEPTH),
                (x - 18, y + 12, DEPTH),
            ],
            0.35,
            3,
        )
    return drawn


def corners(
    left: float, bottom: float, width: float, height: float, camera: Camera = CAMERA
) -> list[list[float]]:
    """Return where a rectangle on the plate is in the picture, in percent, as layers tell it."""
    right, top = left + width, bottom + height
    seen = (
        camera.sees((x, y, DEPTH))
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    )
    return [
        [round(100 * x / FINER / SIZE[0], 2), round(100 * y / FINER / SIZE[1], 2)] for x, y in seen
    ]


def draw() -> None:
    """Draw and save every layer, and the picture of the whole."""
    for folder, camera in (("sign", CAMERA), ("sign/front", AHEAD)):
        save(wall(camera).finished(), f"{folder}/wall")
        for name, face in FACES.items():
            save(plate(face(), camera).finished(), f"{folder}/{name}")
        save(screws(camera).finished(), f"{folder}/screws")
    save(stacked(wall(), plate(FACES["oak"]()), screws()).resize(SIZE), "sign/sign")
