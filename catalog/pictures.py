"""Pictures as content: what is accepted, and the name under which storage keeps each content once."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from catalog.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000
_MOST = f"{MAX_PIXELS // 1_000_000} million"
MOST_SCANS = 100
"""Of a progressive JPEG each scan goes over all of the picture, and may take two bytes."""
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_JPEG, _SCAN = b"\xff\xd8\xff", b"\xff\xda"
_SEVERAL = "MPO"
"""What Pillow calls a JPEG with others behind it, as telephones write them: everybody shows the first."""


class PictureRefused(Refusal):
    """A file that is no picture we keep."""

    slug = "picture-refused"
    title = "This picture cannot be kept"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a verified picture: its SHA-256 in hexadecimal, media type, size in pixels
    and bytes.
    """

    digest: str
    media_type: str
    width: int
    height: int
    size: int


def verified(content: bytes) -> Picture:
    """Return what `content` is; refuse with PictureRefused all but whole PNG, JPEG and WebP files
    within the limits.
    """
    from PIL import Image, UnidentifiedImageError

    if len(content) > MAX_BYTES:
        raise PictureRefused(
            f"The picture has {len(content) / 1048576:.1f} MB; at most {MAX_BYTES // 1048576} MB are kept."
        )
    if content.startswith(_JPEG) and content.count(_SCAN) > MOST_SCANS:
        raise PictureRefused(
            f"The picture is drawn in more than {MOST_SCANS} passes; save it again as JPEG."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
                width, height = image.size
                media_type = MEDIA_TYPES.get(image.format or "", MEDIA_TYPES["JPEG"])
                if width * height > MAX_PIXELS:
                    raise PictureRefused(
                        f"The picture has {width} × {height} pixels; at most {_MOST} are kept."
                    )
                frames = 1 if image.format == _SEVERAL else getattr(image, "n_frames", 1)
                if frames > 1:
                    raise PictureRefused(
                        f"The picture moves: it has {frames:,} frames; save one of them."
                    )
                # Only decoding all of it shows that a file is whole and what it says it is.
                image.load()
    except UnidentifiedImageError as error:
        raise PictureRefused("The file is not a PNG, JPEG or WebP picture.") from error
    except Image.DecompressionBombError as error:
        raise PictureRefused(
            f"The picture has far too many pixels; at most {_MOST} are kept."
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureRefused(
            "The picture is damaged; save it again as PNG, JPEG or WebP."
        ) from error
    return Picture(hashlib.sha256(content).hexdigest(), media_type, width, height, len(content))


def media_type_of(content: bytes) -> str:
    """Return the media type of a kept picture from its first 12 bytes."""
    if content.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if content[8:12] == b"WEBP" else "image/jpeg"


def storage_name(digest: str, folder: str = "pictures") -> str:
    """Return the name under which storage keeps the content with this SHA-256."""
    return f"{folder}/{digest[:2]}/{digest}"
