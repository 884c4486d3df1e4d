"""Reads what shoppers upload, and draws it, in a process of its own with limits of memory and time.

`kept` and `drawn` are the caller's ends, `main` the other. What is kept is made anew: of a picture
its pixels, the right way up, of a drawing its shapes. So no place it was taken at, no name and
nothing hidden behind it goes along.
"""

import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Literal

import orjson

from catalog.children import ChildEnded, answered, command_of, limited
from catalog.pictures import MAX_BYTES, MEDIA_TYPES, PictureRefused, verified
from catalog.uploaded import Format, Uploaded
from configurator.prints.drawings import drawing, is_drawing
from configurator.prints.refusals import PrintRefused

MOST_SECONDS, MOST_CPU_SECONDS = 15.0, 10
MOST_MEMORY = 2 * 1024**3
"""Addresses, not pages: libraries set aside far more than they use."""
MOST_KEPT_PIXELS, MOST_KEPT_SIDE = 12_000_000, 10_000
"""Of a kept picture: 40 × 25 cm at 300 dots an inch."""
LEAST_PIXELS_ASIDE = 8
DRAWN_SIDE, MOST_DRAWN_PIXELS = 2_000, 24_000_000
PROPORTION = 10_000
"""The longer side of a drawing in its name, which tells a proportion alone."""
QUALITY = 92
COMMAND = command_of("configurator.prints.uploading")
_HEAD = struct.Struct("<I")
_TURNED = "Make it smaller, and upload it again."

type Job = Literal["keep", "png", "pdf"]


class UploadRefused(PrintRefused):
    """A file that is no picture or drawing that can be printed."""

    slug = "upload-refused"
    title = "This file cannot be printed"
    status = 422


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an upload; of a drawing `shown` is a picture, to be laid into others."""

    file: Uploaded
    content: bytes
    shown: bytes = b""


def kept(content: bytes) -> Kept:
    """Return what is kept of an upload: PNG, JPEG, WebP or SVG, known by its content.

    Refuses with UploadRefused what is none of them, is damaged, moves, is too large, or takes more
    time or memory than a picture may; of drawings what `drawing` refuses.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024**2:.1f} MB; at most {MAX_BYTES // 1024**2} MB"
        raise UploadRefused(f"The file has {size} are taken.", reason="bytes")
    told, parts = _asked("keep", content)
    file = Uploaded(sha256(parts[0]).hexdigest(), told["width"], told["height"], told["format"])
    return Kept(file, *parts)


def png_of_drawing(content: bytes, width: int, height: int) -> bytes:
    """Return a kept drawing as PNG of this size, clear where nothing is drawn; refuses with
    UploadRefused what takes too much.
    """
    return _asked("png", content, width=width, height=height)[1][0]


def pdf_of_drawing(content: bytes, width: float, height: float) -> bytes:
    """Return an SVG of ours as a page of PDF of this size in millimetres; refuses as
    `png_of_drawing`.
    """
    return _asked("pdf", content, width=width, height=height)[1][0]


def _asked(job: Job, content: bytes, **numbers: float) -> tuple[dict[str, Any], list[bytes]]:
    """Return what the other end tells of a job, and the contents that it made."""
    try:
        answer = answered(COMMAND, _packed({"job": job, **numbers}, content), MOST_SECONDS)
    except ChildEnded as ended:
        what = "long" if ended.slow else "much"
        raise UploadRefused(f"The file takes too {what} to be read. {_TURNED}") from ended
    told, rest = _unpacked(answer)
    if "refused" in told:
        raise UploadRefused(told["refused"], **told["data"])
    parts, place = [], 0
    for size in told["sizes"]:
        parts.append(rest[place : place + size])
        place += size
    return told, parts


def _packed(told: Mapping[str, Any], *contents: bytes) -> bytes:
    head = orjson.dumps({**told, "sizes": [len(each) for each in contents]})
    return b"".join([_HEAD.pack(len(head)), head, *contents])


def _unpacked(content: bytes) -> tuple[dict[str, Any], bytes]:
    (size,) = _HEAD.unpack_from(content)
    begin = _HEAD.size + size
    told: dict[str, Any] = orjson.loads(content[_HEAD.size : begin])
    return told, content[begin:]


# ---- the other end -------------------------------------------------------------------------------


def main() -> None:
    """Do the job on the standard input, and write what came of it."""
    told, content = _unpacked(limited(MOST_MEMORY, MOST_CPU_SECONDS))
    try:
        if told["job"] == "keep":
            answer = _keep(content)
        elif told["job"] == "png":
            answer = _packed({}, _drawn(content, told["width"], told["height"]))
        else:
            answer = _packed({}, _page(content, told["width"], told["height"]))
    except (PrintRefused, PictureRefused) as refused:
        answer = _packed({"refused": refused.sentence, "data": dict(refused.data)})
    sys.stdout.buffer.write(answer)


def _keep(content: bytes) -> bytes:
    if is_drawing(content):
        found = drawing(content)
        longest = max(found.width, found.height)
        sides = [max(1, round(each / longest * PROPORTION)) for each in (found.width, found.height)]
        shown = _drawn(found.content, *(max(1, each * DRAWN_SIDE // PROPORTION) for each in sides))
        told = {"format": "svg", "width": sides[0], "height": sides[1]}
        return _packed(told, found.content, shown)
    verified(content)
    return _picture(content)


def _picture(content: bytes) -> bytes:
    """Return the pixels of a picture that is whole: as JPEG where they were one, as PNG otherwise."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as opened:
        is_photo = opened.format != "PNG" and not opened.has_transparency_data
        image = ImageOps.exif_transpose(opened)
        profile = opened.info.get("icc_profile")
    image = _in_srgb(image, profile, "RGB" if is_photo else "RGBA")
    share = min(
        1.0,
        (MOST_KEPT_PIXELS / (image.width * image.height)) ** 0.5,
        MOST_KEPT_SIDE / max(image.size),
    )
    if share < 1:
        size = tuple(max(1, int(each * share)) for each in image.size)
        image = image.resize(size, Image.Resampling.LANCZOS)
    if min(image.size) < LEAST_PIXELS_ASIDE:
        raise PrintRefused(
            f"The picture has {image.width} × {image.height} pixels; take one of at least "
            f"{LEAST_PIXELS_ASIDE} × {LEAST_PIXELS_ASIDE}.",
            reason="small",
        )
    # Neither place nor camera, neither profile nor thumbnail: pixels alone.
    image.info = {}
    written = BytesIO()
    format: Format = "jpg" if is_photo else "png"
    if is_photo:
        image.save(written, "JPEG", quality=QUALITY, subsampling=0)
    else:
        image.save(written, "PNG", compress_level=6)
    told = {"format": format, "width": image.width, "height": image.height}
    return _packed(told, written.getvalue())


def _in_srgb(image: Any, profile: bytes | None, mode: str) -> Any:
    """Return a picture in the colours of screens; as it is where its own colours are not told, or
    wrongly.
    """
    from PIL import ImageCms

    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert(mode)


def _drawn(content: bytes, width: int, height: int) -> bytes:
    import typst

    if width * height > MOST_DRAWN_PIXELS:
        raise PrintRefused(f"More than {MOST_DRAWN_PIXELS:,} pixels are not drawn.")
    # A point of the page is a pixel of the picture.
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)\n"
    image = f'#image(bytes("{_quoted(content)}"), format: "svg", width: 100%, height: 100%, fit: "stretch")\n'
    source = (page + image).encode()
    return typst.compile(source, format="png", ppi=72, ignore_system_fonts=True)


def _page(content: bytes, width: float, height: float) -> bytes:
    import typst

    # Without a date, or else the file would be another one each second.
    source = (
        "#set document(date: none)\n"
        f"#set page(width: {width:.6f}mm, height: {height:.6f}mm, margin: 0mm)\n"
        f'#image(bytes("{_quoted(content)}"), format: "svg", width: 100%, height: 100%, alt: "Picture to be printed")\n'
    )
    return typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)


def _quoted(content: bytes) -> str:
    return content.decode().replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
