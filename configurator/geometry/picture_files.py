"""Pictures of scenes as files: which ones there are, what tells them apart, and their bytes."""

import hashlib
from dataclasses import asdict, dataclass
from io import BytesIO

import orjson

from catalog.errors import Refusal
from configurator.geometry.camera import VIEWS, Framing
from configurator.geometry.dressing import worn_looks
from configurator.geometry.picture import Ground, Shot, picture
from configurator.geometry.scene import Scene
from configurator.geometry.surfaces import PLAIN_LOOK

# Part of what tells pictures apart, so that another way of drawing is another picture.
PAINTER = "2"
LEAST_SIDE, MOST_SIDE, MOST_PIXELS = 16, 2_000, 2_000_000
GROUNDS: tuple[Ground, ...] = ("white", "shadow", "none")
MEDIA_TYPES = {"webp": "image/webp", "png": "image/png", "avif": "image/avif"}
_WRITING = {
    "webp": {"quality": 86, "method": 4},
    "png": {"compress_level": 6},
    # One thread writes the same bytes wherever it runs.
    "avif": {"quality": 70, "speed": 8, "max_threads": 1},
}


class PictureUnknown(Refusal):
    """A picture that is not made: too small, too large, or in a way there is not."""

    slug = "picture-unknown"
    title = "There is no such picture"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which picture of a scene: `view` one of VIEWS, `ground` one of GROUNDS, `format` one of
    MEDIA_TYPES, sides in pixels.

    Refuses with PictureUnknown all others.
    """

    view: str
    width: int = 1200
    height: int = 900
    ground: Ground = "white"
    format: str = "webp"
    framing: Framing = "near"

    def __post_init__(self) -> None:
        for told, value, known in (
            ("view", self.view, VIEWS),
            ("ground", self.ground, GROUNDS),
            ("format", self.format, MEDIA_TYPES),
        ):
            if value not in known:
                names = ", ".join(known)
                raise PictureUnknown(f"There is no {told} '{value[:40]}'; take one of {names}.")
        if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (self.width, self.height)):
            sides = f"from {LEAST_SIDE} to {MOST_SIDE:,} pixels"
            raise PictureUnknown(f"A picture is {sides} wide and high; ask for such a size.")
        if self.width * self.height > MOST_PIXELS:
            told = f"{self.width:,} × {self.height:,} pixels are more than {MOST_PIXELS:,}"
            raise PictureUnknown(f"{told}; ask for a smaller picture.")

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


def picture_fingerprint(scene: Scene, wish: Wish) -> str:
    """Return what tells a picture from others without drawing it: names, texts and variants of the
    scene do not.
    """
    looks = {each.key: each.look for each in scene.materials}
    seen = [
        (part.solid, part.corner, looks.get(part.material or "", PLAIN_LOOK))
        if part.worn is None
        else (part.solid, part.corner, part.worn.variant, [*worn_looks(part.worn, looks).items()])
        for part in scene.parts
    ]
    return hashlib.sha256(orjson.dumps([PAINTER, seen, asdict(wish)])).hexdigest()


def picture_file(scene: Scene, wish: Wish) -> bytes:
    """Return the picture; equal scenes and wishes give equal bytes on machines of one kind."""
    from PIL import Image

    drawn = picture(
        scene, Shot(VIEWS[wish.view], wish.framing), wish.width, wish.height, wish.ground
    )
    image = Image.fromarray(drawn if wish.ground != "white" else drawn[..., :3].copy())
    written = BytesIO()
    image.save(written, wish.format.upper(), **_WRITING[wish.format])
    return written.getvalue()
