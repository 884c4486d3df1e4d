"""Pictures for pages: the layers of a configuration laid over each other, and kept pictures in
smaller sizes.

What is made is kept on disk under a name that tells what it was made of, up to MOST_BYTES; the
least used goes first.
"""

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.crypto import constant_time_compare, salted_hmac

from catalog.errors import Refusal
from catalog.pictures import media_type_of, storage_name
from catalog.print_checks import is_square
from catalog.product_model import Choice, Layer, PictureView, ProductModel
from catalog.uploaded import Uploaded
from configurator.perspective import perspective
from configurator.prints.files import covered
from configurator.prints.letters import Lettering
from configurator.prints.picture_files import laid
from configurator.prints.placing import Placed
from configurator.prints.printed import Printed

if TYPE_CHECKING:
    from PIL import Image as Pillow

MOST_BYTES = 256 * 1024 * 1024
MOST_PIXELS_WIDE = 1_600
QUALITY = 88
WIDTHS = frozenset({160, 320, 640, 1280})
# Part of every name, so that another way of making pictures never shows an old one.
RECIPE = "1"
MOST_SECONDS_TO_WAIT = 4
NO_TINT = "xxxxxx"
# A layer's own plain light: that of half its pixels that are not see-through. The highlight is not
# all white.
LIT = 60
OPAQUE = 200
SHINE = 0.6
# Letters are drawn larger than they are seen, so that what is drawn aslant is still sharp.
SHARPER = 1.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

_at_once = threading.Semaphore(2)
_sweep_lock = threading.Lock()
_written = 0


@dataclass(frozen=True)
class Painted:
    """A layer with the contents of its picture and of its mask by digest, and its tint, if any; or
    with the letters that it shows, which are in its tint, or the picture of a shopper.
    """

    layer: Layer
    image: str
    mask: str
    tint: str
    letters: Lettering | None = None
    placed: Placed | None = None

    @property
    def is_print(self) -> bool:
        """Whether it shows what somebody wrote or uploaded."""
        return self.letters is not None or self.placed is not None

    @property
    def name(self) -> str:
        """What the layer shows; equal name, equal picture."""
        told = f"{self.image}#{self.tint}" if self.tint else self.image
        if self.is_print:
            written = repr((self.letters or self.placed, self.layer.corners)).encode()
            told = f"{hashlib.sha256(written).hexdigest()}#{self.tint}"
        if self.mask:
            told += f"/{self.mask}"
        if (self.layer.blend, self.layer.opacity) != ("normal", 100):
            told += f"*{self.layer.blend}{self.layer.opacity}"
        return told


@dataclass(frozen=True)
class Image:
    """A picture to answer with; equal `name`, equal content."""

    name: str
    content: bytes
    media_type: str


class _FileGone(Exception):
    """A file that a shopper uploaded is not here any more."""


class PicturesBusy(Refusal):
    """More pictures are asked for than can be made at once; asking again a little later helps."""

    slug = "pictures-busy"
    title = "Too many pictures at once"
    status = 503


def seal_of(model: ProductModel, mask: int, tints: str = "") -> str:
    """Return the 16 hexadecimal digits that show that one of our own pages named these layers.

    Of the many subsets of layers only those of configurations are worth the work of composing them.
    """
    return _seal(model, mask, tints, settings.SECRET_KEY)


def is_sealed(model: ProductModel, mask: int, seal: str, tints: str = "") -> bool:
    """Return whether one of our own pages named these layers, also under an earlier secret key.

    Addresses of pictures lie in carts and mails for longer than a key stands.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(seal, _seal(model, mask, tints, key)) for key in keys)


def _seal(model: ProductModel, mask: int, tints: str, key: str) -> str:
    what = " ".join(filter(None, (model.digest, f"{mask:x}", tints)))
    return salted_hmac("configurator.pictures", what, secret=key, algorithm="sha256").hexdigest()[
        :16
    ]


def tints_of(model: ProductModel, mask: int, values: Mapping[str, Choice]) -> str:
    """Return the colours of the layers of `mask` that take one, six hexadecimal digits each, or x
    where none is.
    """
    chosen = (values.get(key) for key in _tinting(model, mask))
    return "".join(
        each[1:] if isinstance(each, str) and _COLOUR.fullmatch(each) else NO_TINT
        for each in chosen
    ).lower()


def _tinting(model: ProductModel, mask: int) -> tuple[str, ...]:
    """Return the options whose colours the layers of `mask` take, each once."""
    layers = (layer for index, layer in enumerate(model.layers) if mask >> index & 1)
    return tuple(dict.fromkeys(layer.colour for layer in layers if layer.colour is not None))


def picture_views(model: ProductModel) -> tuple[PictureView | None, ...]:
    """Return the views that the layers of `model` have, the first one first; None alone where no
    layer tells any.
    """
    views = dict.fromkeys(each.view for each in model.layers if each.view is not None)
    return tuple(views) or (None,)


def layer_mask(model: ProductModel, shown: Sequence[str], view: PictureView | None) -> int:
    """Return which layers show in `view` as a number with one bit a layer, the lowest for the
    first; 0 without any picture among them, on which prints would be.
    """
    keys = set(shown)
    seen = {
        index: layer
        for index, layer in enumerate(model.layers)
        if layer.key in keys and layer.view in (None, view)
    }
    return sum(1 << index for index in seen) if any(each.image for each in seen.values()) else 0


def composed(
    model: ProductModel,
    mask: int,
    tints: str = "",
    prints: Sequence[Printed] = (),
    files: Callable[[Uploaded], bytes | None] = lambda _file: None,
) -> Image | None:
    """Return the layers of `model` whose bit is set in `mask` (the lowest for the first) laid over
    each other, as WebP.

    `tints` are the colours of those that take one, as `tints_of` tells, `prints` what those show
    that show a print; one that is not among them is left out, and so is one below all pictures, or
    without an area (a draft may be so). `files` gives what shoppers uploaded; what is gone is left
    out. None when there is no such layer, or the content of one is
    not kept here.
    """
    if not 0 < mask < 1 << len(model.layers):
        return None
    colours = dict(zip(_tinting(model, mask), re.findall("." * len(NO_TINT), tints), strict=False))
    shown = {each.print.key: each for each in prints if each.lettering or each.picture}
    painted: list[Painted] = []
    for index, layer in enumerate(model.layers):
        if not mask >> index & 1:
            continue
        if layer.print is not None and not (
            layer.print in shown and painted and is_square(layer.corners)
        ):
            continue
        image, mask_image = (model.assets.get(name or "", "") for name in (layer.image, layer.mask))
        tint = colours.get(layer.colour or "", NO_TINT).replace(NO_TINT, "")
        printed = shown.get(layer.print or "")
        if not (image or printed) or (layer.mask and not mask_image):
            return None
        painted.append(
            Painted(layer, image, mask_image, tint)
            if printed is None
            else _printed(layer, mask_image, tint, printed)
        )
    if not any(each.image for each in painted):
        return None
    what = " ".join(each.name for each in painted)
    try:
        return _made(f"layers {what}", lambda: _laid_over(painted, files))
    except _FileGone:
        # The product without it is better than no picture.
        written = [each for each in prints if each.picture is None]
        return composed(model, mask, tints, written, files)


def _printed(layer: Layer, mask: str, tint: str, printed: Printed) -> Painted:
    """Return a layer that shows a print; pictures of shoppers keep their own colours."""
    if printed.picture is not None:
        return Painted(layer, "", mask, "", placed=printed.picture)
    return Painted(layer, "", mask, tint or printed.colour[1:], printed.lettering)


def kept(digest: str) -> Image | None:
    """Return the kept picture with this SHA-256; None when there is none."""
    content = _content(digest)
    return None if content is None else Image(digest, content, media_type_of(content))


def narrowed(digest: str, width: int) -> Image | None:
    """Return a kept picture as WebP, at most `width` pixels wide; None when there is none, or no
    such size.
    """
    if width not in WIDTHS or not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    return _made(f"narrowed {width} {digest}", lambda: _narrow(digest, width))


# ---- making --------------------------------------------------------------------------------------


def _laid_over(painted: list[Painted], files: Callable[[Uploaded], bytes | None]) -> bytes | None:
    canvas: Pillow.Image | None = None
    layer: Pillow.Image | None
    for each in painted:
        if each.is_print and canvas is not None:
            content = b"" if each.placed is None else files(each.placed.file)
            if content is None:
                raise _FileGone
            layer = _aslant(each, canvas, content)
        else:
            layer = _opened(each.image)
        if layer is None:
            return None
        if each.tint and not each.is_print:
            layer = _pillow().fromarray(_tinted(np.asarray(layer), each.tint))
        if canvas is not None and layer.size != canvas.size:
            layer = layer.resize(canvas.size)
        if each.mask:
            mask = _opened(each.mask)
            if mask is None:
                return None
            layer.putalpha(_cut(layer, mask))
        if each.layer.opacity < 100:
            share = each.layer.opacity / 100
            layer.putalpha(layer.getchannel("A").point(lambda seen, share=share: seen * share))
        if canvas is None:
            canvas = layer
        else:
            canvas.alpha_composite(_blended(canvas, layer, each.layer.blend))
    return _webp(canvas) if canvas is not None else None


def _aslant(each: Painted, canvas: "Pillow.Image", content: bytes) -> "Pillow.Image":
    """Return letters, or the picture of a shopper, as a layer as large as `canvas`, their area drawn
    to its four corners.
    """
    corners = np.array(each.layer.corners) / 100 * canvas.size
    longest = max(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1))
    if each.placed is not None:
        sides = each.placed.area_width, each.placed.area_height
        seen = laid(each.placed, content, float(longest) * SHARPER / max(sides))
    else:
        assert each.letters is not None
        area = each.letters.area
        shares = covered(each.letters, float(longest) * SHARPER / max(area.width, area.height))
        seen = _pillow().fromarray(shares)
    width, height = seen.size
    drawn: Pillow.Image = seen.transform(
        canvas.size,
        _pillow().Transform.PERSPECTIVE,
        perspective(corners.tolist(), [(0, 0), (width, 0), (width, height), (0, height)]),
        _pillow().Resampling.BICUBIC,
    )
    if each.letters is None:
        return drawn
    layer: Pillow.Image = _pillow().new("RGBA", canvas.size, f"#{each.tint}")
    layer.putalpha(drawn)
    return layer


def _pillow() -> ModuleType:
    """Return Pillow, which costs each start of a process more than most of them ever use."""
    from PIL import Image as Pillow

    return Pillow


def _opened(digest: str) -> "Pillow.Image | None":
    """Return a kept picture as RGBA, not wider than composed pictures are; None where it is gone."""
    content = _content(digest)
    if content is None:
        return None
    with _pillow().open(BytesIO(content)) as opened:
        layer: Pillow.Image = opened.convert("RGBA")
    return at_most_wide(layer, MOST_PIXELS_WIDE)


def at_most_wide(image: "Pillow.Image", width: int) -> "Pillow.Image":
    """Return `image`, smaller where it is wider than `width`."""
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), _pillow().Resampling.LANCZOS)


def _cut(layer: "Pillow.Image", mask: "Pillow.Image") -> "Pillow.Image":
    """Return how much of `layer` is seen where `mask` is bright and not see-through."""
    from PIL import ImageChops

    if mask.size != layer.size:
        mask = mask.resize(layer.size)
    bright = ImageChops.multiply(mask.convert("L"), mask.getchannel("A"))
    return ImageChops.multiply(layer.getchannel("A"), bright)


def _blended(below: "Pillow.Image", layer: "Pillow.Image", blend: str) -> "Pillow.Image":
    """Return `layer` in the colours that it has over `below`: its own where nothing is below.

    Source: W3C, Compositing and Blending Level 1, section 5.
    """
    from PIL import ImageChops

    if blend == "normal":
        return layer
    mix = {
        "multiply": ImageChops.multiply,
        "screen": ImageChops.screen,
        "overlay": ImageChops.overlay,
        "soft_light": _soft_light,
        "darken": ImageChops.darker,
        "lighten": ImageChops.lighter,
    }[blend]
    own = layer.convert("RGB")
    mixed = mix(below.convert("RGB"), own)
    result: Pillow.Image = _pillow().composite(mixed, own, below.getchannel("A"))
    result.putalpha(layer.getchannel("A"))
    return result


def _tinted(layer: np.ndarray, tint: str) -> np.ndarray:
    """Return a layer (rows, columns, RGBA as 8 bits) in the colour `tint`: shadows darken it, what
    shines is whiter.

    What is lit plainly, as most of the layer is, has that very colour.
    """
    colour = np.array([int(tint[place : place + 2], 16) for place in (0, 2, 4)], float)
    light = layer[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
    seen = light[layer[..., 3] > OPAQUE]
    plain = max(float(np.percentile(seen, LIT)) if seen.size else 255.0, 1.0)
    share = (light / plain)[..., None]
    shining = np.clip((share - 1) * plain / max(255 - plain, 1.0), 0, 1)
    rgb = np.where(share <= 1, colour * share, colour + (255 - colour) * shining * SHINE)
    return np.dstack([np.clip(np.rint(rgb), 0, 255).astype(np.uint8), layer[..., 3]])


def _soft_light(below: "Pillow.Image", layer: "Pillow.Image") -> "Pillow.Image":
    """Return two pictures in soft light, as CSS has it: Pillow's own is darker by up to a tenth."""
    under, over = (np.asarray(each, float) / 255 for each in (below, layer))
    lifted = np.where(under <= 0.25, ((16 * under - 12) * under + 4) * under, np.sqrt(under))
    dark = under - (1 - 2 * over) * under * (1 - under)
    light = under + (2 * over - 1) * (lifted - under)
    mixed: Pillow.Image = _pillow().fromarray(
        np.rint(np.where(over <= 0.5, dark, light) * 255).astype(np.uint8)
    )
    return mixed


def _narrow(digest: str, width: int) -> bytes | None:
    content = _content(digest)
    if content is None:
        return None
    with _pillow().open(BytesIO(content)) as opened:
        image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    return _webp(at_most_wide(image, width))


def _webp(image: object) -> bytes:
    written = BytesIO()
    image.save(written, "WEBP", quality=QUALITY, method=4)  # type: ignore[attr-defined]
    return written.getvalue()


def _content(digest: str) -> bytes | None:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    try:
        with default_storage.open(storage_name(digest)) as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None


# ---- keeping -------------------------------------------------------------------------------------


def folder() -> Path:
    """Return where made pictures are kept; deleting it loses nothing."""
    return Path(settings.DATA_DIR) / "composed"


def made_before(name: str, media_type: str) -> Image | None:
    """Return what was made and kept under `name`; None where it is not there, or not any more."""
    path = _path(name, media_type)
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    return Image(name, content, media_type)


def keep_made(image: Image) -> None:
    """Keep a picture that was made, as long as there is room."""
    _keep(_path(image.name, image.media_type), image.content)


def _path(name: str, media_type: str) -> Path:
    return folder() / name[:2] / f"{name}.{media_type.partition('/')[2]}"


def _made(what: str, make: Callable[[], bytes | None]) -> Image | None:
    name = hashlib.sha256(f"{RECIPE} {what}".encode()).hexdigest()
    known = made_before(name, "image/webp")
    if known is not None:
        return known
    content = _newly_made(_path(name, "image/webp"), make)
    return None if content is None else Image(name, content, "image/webp")


def _newly_made(path: Path, make: Callable[[], bytes | None]) -> bytes | None:
    if not _at_once.acquire(timeout=MOST_SECONDS_TO_WAIT):
        raise PicturesBusy("Please ask for this picture again in a moment.")
    try:
        if path.exists():
            # Somebody else made it while this request stood in line.
            return path.read_bytes()
        content = make()
        if content is not None:
            _keep(path, content)
        return content
    finally:
        _at_once.release()


def _keep(path: Path, content: bytes) -> None:
    """Write `content` whole or not at all; a full disk costs the picture its place, not the answer."""
    global _written
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    except OSError:
        return
    with _sweep_lock:
        _written += len(content)
        if _written < MOST_BYTES // 16:
            return
        _written = 0
        sweep(MOST_BYTES)


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            Path(file.name).replace(path)
        except OSError:
            # On a full disk what was begun would take the last of it.
            Path(file.name).unlink(missing_ok=True)
            raise


def sweep(most_bytes: int) -> None:
    """Delete the pictures that were not asked for the longest, until at most `most_bytes` remain."""
    found = []
    for path in folder().glob("*/*"):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _time, size, _path in found)
    for _time, size, path in sorted(found):
        if total <= most_bytes:
            return
        try:
            path.unlink(missing_ok=True)
        except OSError:
            # It is there to stay, and costs nobody a picture.
            continue
        total -= size
