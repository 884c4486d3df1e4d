"""The small pictures of the CNC router's values: materials of the frame and kinds of table, seen
from above.
"""

import numpy as np

from configurator_site.demo.drawing.scene import as_image, clouds, painted, pixels, save, shaded

WIDE, HIGH = 225.0, 150.0


def brushed(tone: float, seed: int) -> np.ndarray:
    """Return brushed metal, the marks lying."""
    size = pixels(WIDE, HIGH)
    marks = 0.030 * clouds(size, 14, size[1], seed) + 0.016 * clouds(
        size, 4, size[1] // 3, seed + 1
    )
    across = 0.05 * np.cos(np.linspace(-0.6, 2.6, size[0]))[None, :]
    answer = np.ones((size[1], size[0], 4))
    answer[..., :3] = np.clip(tone + marks + across, 0, 1)[..., None] * np.asarray(
        [0.985, 0.995, 1.0]
    )
    return answer


def cast(seed: int) -> np.ndarray:
    """Return mineral casting: grains of stone in dark resin."""
    answer = painted(WIDE, HIGH, "#5b6064", sheen=0.05, seed=seed)
    size = (answer.shape[1], answer.shape[0])
    for number, (grain, tone) in enumerate(((2, 0.16), (3, -0.14), (6, 0.10))):
        stones = clouds(size, size[0] // grain, size[1] // grain, seed + number)
        answer[..., :3] += (np.clip(stones - 0.45, 0, 0.5) * tone * 2)[..., None]
    return np.asarray(np.clip(answer, 0, 1))


def slotted(texture: np.ndarray, every: float) -> np.ndarray:
    """Return the texture with lying T-slots."""
    for top in np.arange(every / 2, HIGH, every):
        texture = shaded(texture, (-20, top - 6, WIDE + 20, top + 6), 0.85, 5)
        texture = shaded(texture, (-20, top - 2.5, WIDE + 20, top + 2.5), 0.9, 5)
    return texture


def gridded(texture: np.ndarray, left: float, right: float) -> np.ndarray:
    """Return the texture with the grooves of a vacuum table between `left` and `right`."""
    for x in np.arange(left, right, 15):
        texture = shaded(texture, (x - 1.2, -9, x + 1.2, HIGH + 9), 0.75, 1.4)
    for y in np.arange(7.5, HIGH, 15):
        texture = shaded(texture, (left - 7, y - 1.2, right + 7, y + 1.2), 0.75, 1.4)
    return texture


def draw() -> None:
    """Draw and save every picture of the router."""
    phenolic = painted(WIDE, HIGH, "#6a5348", sheen=0.05, seed=5)
    both = brushed(0.74, 12)
    split = round(both.shape[1] * 0.5)
    both[:, :split] = phenolic[:, :split]
    whole = slotted(both.copy(), 37.5)
    whole[:, :split] = gridded(both, 7.5, WIDE / 2 - 8)[:, :split]
    pictures = {
        "frame_aluminium": brushed(0.80, 3),
        "frame_steel": painted(WIDE, HIGH, "#7d848b", sheen=0.12, seed=4),
        "frame_mineral": cast(7),
        "table_slots": slotted(brushed(0.74, 9), 37.5),
        "table_vacuum": gridded(phenolic, 7.5, WIDE),
        "table_both": whole,
    }
    for name, texture in pictures.items():
        save(as_image(texture).convert("RGB"), f"router/{name}", 76)
