"""What the demo pictures are drawn with; `python -m configurator_site.demo.drawing` draws them all
anew.

Every picture is made of flat textures (wood, lacquer, glass, metal) laid onto rectangles in space
and seen by one camera, so that the layers of a product fit over one another. Lengths are
millimetres: x to the right, y up, z towards the viewer.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from configurator.perspective import perspective

type Point = tuple[float, float, float]
type Colour = tuple[float, float, float]

SIZE = (1200, 900)
FINER = 2  # drawn so many times larger, and reduced at the end: smooth edges
PIXELS_PER_MM = 1.6
FOLDER = Path(__file__).parent.parent


def colour(code: str) -> Colour:
    """Return `#rrggbb` as three numbers from 0 to 1."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


# -- textures: arrays of height × width × (red, green, blue, opacity), 0 to 1


def pixels(width: float, height: float, scale: float = PIXELS_PER_MM) -> tuple[int, int]:
    return max(4, round(width * scale)), max(4, round(height * scale))


def clouds(size: tuple[int, int], across: int, along: int, seed: int) -> np.ndarray:
    """Return smooth random numbers around 0, about ±1, with so many bumps across and along."""
    random = (
        np.random.default_rng(seed)
        .normal(0, 0.6, (max(along, 2), max(across, 2)))
        .astype(np.float32)
    )
    return np.asarray(Image.fromarray(random).resize(size, Image.Resampling.BICUBIC))


def painted(
    width: float, height: float, code: str, sheen: float = 0.05, seed: int = 1
) -> np.ndarray:
    """Return lacquer or foil: an even colour with light that falls off to the right and downwards."""
    size = pixels(width, height)
    across = np.linspace(1, -1, size[0])[None, :]
    down = np.linspace(1, -1, size[1])[:, None]
    light = (
        1
        + sheen * (0.75 * across + 0.45 * down)
        + 0.004 * clouds(size, size[0] // 3, size[1] // 3, seed)
    )
    return _opaque(np.clip(np.asarray(colour(code))[None, None, :] * light[..., None], 0, 1))


def wood(
    width: float, height: float, tones: tuple[str, str], seed: int, upright: bool = True
) -> np.ndarray:
    """Return wood with the grain upright or lying: from the first tone to the darker second."""
    size = pixels(width, height) if upright else pixels(height, width)
    length, breadth = size[1] / PIXELS_PER_MM, size[0] / PIXELS_PER_MM
    bend = 42 * clouds(size, max(2, round(breadth / 260)), max(2, round(length / 420)), seed)
    position = np.arange(size[0])[None, :] / PIXELS_PER_MM + bend
    rings = 0.5 + 0.5 * np.sin(
        position * (2 * math.pi / 38) + 2.2 * clouds(size, round(breadth / 40) + 2, 2, seed + 1)
    )
    fibres = clouds(size, round(breadth / 2.2), round(length / 160) + 2, seed + 2)
    streaks = clouds(size, round(breadth / 11), round(length / 420) + 2, seed + 3)
    broad = clouds(size, round(breadth / 120) + 2, 2, seed + 4)
    tone = 0.34 + 0.26 * (rings**2.2) + 0.11 * fibres + 0.13 * streaks + 0.10 * broad
    pores = np.clip(
        clouds(size, round(breadth / 1.4), round(length / 26) + 2, seed + 5) - 0.95, 0, 1
    )
    tone = np.clip(tone + 0.35 * pores, 0, 1)[..., None]
    light, dark = np.asarray(colour(tones[0])), np.asarray(colour(tones[1]))
    wooden = light * (1 - tone) + dark * tone
    return _opaque(wooden if upright else np.rot90(wooden).copy())


def empty(width: float, height: float) -> np.ndarray:
    size = pixels(width, height)
    return np.zeros((size[1], size[0], 4))


def _opaque(paint: np.ndarray) -> np.ndarray:
    return np.dstack([paint, np.ones(paint.shape[:2])])


def lit(texture: np.ndarray, factor: float) -> np.ndarray:
    """Return the texture lighter or darker."""
    answer = texture.copy()
    answer[..., :3] = np.clip(answer[..., :3] * factor, 0, 1)
    return answer


def as_image(texture: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(texture, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")


def shaded(
    texture: np.ndarray, box: tuple[float, float, float, float], strength: float, depth: float
) -> np.ndarray:
    """Return the texture with the inside of `box` (left, top, right, bottom in mm) sunken: shadow
    above and left, a thin light below and right; a negative strength raises it instead.
    """
    answer = texture.copy()
    height, width = answer.shape[:2]
    left, top, right, bottom = (edge * PIXELS_PER_MM for edge in box)
    x, y = np.arange(width)[None, :] + 0.5, np.arange(height)[:, None] + 0.5
    inside = (x > left) & (x < right) & (y > top) & (y < bottom)
    reach = depth * PIXELS_PER_MM
    dark = np.maximum(_fall(y - top, reach), 0.8 * _fall(x - left, reach)) * inside
    bright = np.maximum(_fall(bottom - y, reach), 0.8 * _fall(right - x, reach)) * inside
    if strength < 0:
        dark, bright, strength = bright, dark, -strength
    answer[..., :3] = np.clip(
        answer[..., :3] * (1 - strength * dark[..., None])
        + (1 - answer[..., :3]) * (0.26 * strength * bright[..., None]),
        0,
        1,
    )
    return answer


def _fall(distance: np.ndarray, reach: float) -> np.ndarray:
    return np.clip(1 - distance / reach, 0, 1) ** 1.6


def laid(below: np.ndarray, above: np.ndarray, left: float, top: float) -> np.ndarray:
    """Return `below` with the opaque texture `above` placed at `left`, `top` (mm)."""
    answer = below.copy()
    x, y = round(left * PIXELS_PER_MM), round(top * PIXELS_PER_MM)
    h, w = min(above.shape[0], answer.shape[0] - y), min(above.shape[1], answer.shape[1] - x)
    answer[y : y + h, x : x + w] = above[:h, :w]
    return answer


# -- the camera


@dataclass(frozen=True)
class Camera:
    """An eye that looks level, turned by `turn` degrees; upright lines stay upright."""

    eye: Point
    turn: float
    focus: float
    centre: tuple[float, float] = (600, 450)

    def sees(self, point: Point) -> tuple[float, float]:
        """Return where `point` is in the picture, in pixels of the finer drawing."""
        angle = math.radians(self.turn)
        x, y, z = (a - b for a, b in zip(point, self.eye, strict=True))
        ahead = -(z * math.cos(angle) + x * math.sin(angle))
        aside = x * math.cos(angle) - z * math.sin(angle)
        return (
            (self.centre[0] + self.focus * aside / ahead) * FINER,
            (self.centre[1] - self.focus * y / ahead) * FINER,
        )


@dataclass
class Sheet:
    """One layer in the making."""

    camera: Camera
    image: Image.Image = field(
        default_factory=lambda: Image.new("RGBA", (SIZE[0] * FINER, SIZE[1] * FINER), (0, 0, 0, 0))
    )

    def lay(self, texture: np.ndarray, corners: Sequence[Point]) -> None:
        """Lay a texture onto the rectangle whose corners are top left, top right, bottom right,
        bottom left.
        """
        seen_corners = [self.camera.sees(corner) for corner in corners]
        flat = as_image(texture)
        # A texture much finer than it is seen would flicker: reduce it first.
        wide, high = (
            max(4, min(length, round(1.25 * max(math.dist(*pair) for pair in pairs))))
            for length, pairs in (
                (
                    flat.width,
                    ((seen_corners[0], seen_corners[1]), (seen_corners[3], seen_corners[2])),
                ),
                (
                    flat.height,
                    ((seen_corners[0], seen_corners[3]), (seen_corners[1], seen_corners[2])),
                ),
            )
        )
        flat = flat.resize((wide, high), Image.Resampling.BOX)
        padded = Image.new("RGBA", (wide + 4, high + 4), (0, 0, 0, 0))
        padded.paste(flat.resize((wide + 4, high + 4)))  # the colours under the transparent rim
        padded.putalpha(0)
        padded.paste(flat, (2, 2))
        source = [(2, 2), (2 + wide, 2), (2 + wide, 2 + high), (2, 2 + high)]
        # Only the part of the sheet that the rectangle is seen in is worth drawing.
        left, above = (
            max(0, math.floor(min(each)) - 4) for each in zip(*seen_corners, strict=True)
        )
        right, below = (math.ceil(max(each)) + 4 for each in zip(*seen_corners, strict=True))
        right, below = min(right, self.image.width), min(below, self.image.height)
        if right <= left or below <= above:
            return
        seen = padded.transform(
            (right - left, below - above),
            Image.Transform.PERSPECTIVE,
            perspective([(x - left, y - above) for x, y in seen_corners], source),
            Image.Resampling.BICUBIC,
        )
        self.image.alpha_composite(seen, (left, above))

    def front(
        self, texture: np.ndarray, left: float, right: float, bottom: float, top: float, z: float
    ) -> None:
        self.lay(texture, [(left, top, z), (right, top, z), (right, bottom, z), (left, bottom, z)])

    def side(
        self, texture: np.ndarray, x: float, front: float, back: float, bottom: float, top: float
    ) -> None:
        self.lay(texture, [(x, top, front), (x, top, back), (x, bottom, back), (x, bottom, front)])

    def top(
        self, texture: np.ndarray, left: float, right: float, front: float, back: float, y: float
    ) -> None:
        self.lay(texture, [(left, y, back), (right, y, back), (right, y, front), (left, y, front)])

    def polygon(self, points: Iterable[Point], fill: tuple[int, int, int, int]) -> None:
        layer = Image.new("RGBA", self.image.size, (*fill[:3], 0))
        ImageDraw.Draw(layer).polygon([self.camera.sees(point) for point in points], fill=fill)
        self.image = Image.alpha_composite(self.image, layer)

    def shadow(
        self, points: Iterable[Point], strength: float, blur: float, ink: str = "#20242a"
    ) -> None:
        """Lay a soft shadow of the polygon under what is drawn so far; `blur` in pixels of the
        finished picture.
        """
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).polygon(
            [self.camera.sees(point) for point in points], fill=round(255 * strength)
        )
        mask = mask.filter(ImageFilter.GaussianBlur(blur * FINER))
        red, green, blue = (round(255 * part) for part in colour(ink))
        layer = Image.new("RGBA", self.image.size, (red, green, blue, 0))
        layer.putalpha(mask)
        self.image = Image.alpha_composite(layer, self.image)

    def block(
        self,
        corner: Point,
        size: tuple[float, float, float],
        faces: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Draw a box from its left lower back corner: its top, right side and front texture, as far
        as seen.
        """
        (x, y, z), (w, h, d) = corner, size
        above, right, ahead = faces
        if y + h < self.camera.eye[1]:
            self.top(above, x, x + w, z + d, z, y + h)
        if x + w < self.camera.eye[0]:
            self.side(right, x + w, z + d, z, y, y + h)
        self.front(ahead, x, x + w, y, y + h, z + d)

    def finished(self) -> Image.Image:
        return self.image.resize(SIZE, Image.Resampling.LANCZOS)


def save(image: Image.Image, name: str, quality: int = 88) -> None:
    path = FOLDER / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=quality, alpha_quality=85, method=6)


def stacked(*layers: Sheet) -> Image.Image:
    """Return layers one over another, as finely as they were drawn."""
    image = layers[0].image.copy()
    for layer in layers[1:]:
        image.alpha_composite(layer.image)
    return image


def cut(image: Image.Image, centre: tuple[float, float], width: float, name: str) -> None:
    """Save the part of a finer drawing around `centre` (pixels of the finished picture) as the
    picture of a value.
    """
    high = width * 2 / 3
    left, top = centre[0] - width / 2, centre[1] - high / 2
    part = image.resize(
        (360, 240),
        Image.Resampling.LANCZOS,
        box=(left * FINER, top * FINER, (left + width) * FINER, (top + high) * FINER),
    )
    ground = Image.new("RGBA", part.size, (245, 246, 247, 255))
    save(Image.alpha_composite(ground, part).convert("RGB"), name, 78)
