"""Uploaded pictures in their areas as files: SVG, PDF and PNG, and as pixels to be laid into others."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

from catalog.pictures import MEDIA_TYPES as PICTURES
from configurator.prints.files import Format, area_pixels, number_told, refuse_dpi
from configurator.prints.placing import INCH, Placed
from configurator.prints.uploading import (
    MOST_DRAWN_PIXELS,
    pdf_of_drawing,
    png_of_drawing,
)

if TYPE_CHECKING:
    from PIL import Image as Pillow

_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def picture_file(placed: Placed, content: bytes, format: Format, dpi: int = 300) -> bytes:
    """Return an area with the picture whose kept content is `content` as a file.

    `dpi` is that of a PNG, which is clear where the picture is not. Refuses with PrintRefused a
    resolution beyond the limits, and too many pixels.
    """
    if format == "svg":
        return picture_svg(placed, content)
    if format == "pdf":
        svg = picture_svg(placed, content)
        return pdf_of_drawing(svg, placed.area_width, placed.area_height)
    refuse_dpi(dpi)
    area_pixels(placed.area_width, placed.area_height, dpi / INCH)
    if placed.file.is_drawing:
        width, height = placed.pixels_at(dpi)
        share = min(1.0, (MOST_DRAWN_PIXELS / (width * height)) ** 0.5)
        content = png_of_drawing(content, max(1, int(width * share)), max(1, int(height * share)))
    written = BytesIO()
    laid(placed, content, dpi / INCH).save(written, "PNG", dpi=(dpi, dpi), compress_level=6)
    return written.getvalue()


def picture_svg(placed: Placed, content: bytes) -> bytes:
    """Return an area as SVG in millimetres, cut off at its edges: a drawing stays one, pixels are
    those that are kept.
    """
    told = number_told
    width, height = placed.area_width, placed.area_height
    left, top = placed.x - placed.width / 2, height - placed.y - placed.height / 2
    box = f'x="{told(left)}" y="{told(top)}" width="{told(placed.width)}" height="{told(placed.height)}"'
    if placed.file.is_drawing:
        inner = content.decode()
        # Its own size gives way to the one that it is printed in.
        opening, rest = inner.split(">", 1)
        view = opening[opening.index('viewBox="') :].split('"')[1]
        shown = f'<svg {box} viewBox="{view}" preserveAspectRatio="none">{rest}'
    else:
        data = b64encode(content).decode()
        media_type = _MEDIA_TYPES[placed.file.format]
        shown = f'<image {box} preserveAspectRatio="none" href="data:{media_type};base64,{data}"/>'
    turn = f"rotate({told(-placed.turn)} {told(placed.x)} {told(height - placed.y)})"
    size = f'width="{told(width)}mm" height="{told(height)}mm" viewBox="0 0 {told(width)} {told(height)}"'
    area = f'<clipPath id="area"><rect width="{told(width)}" height="{told(height)}"/></clipPath>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{area}<g clip-path="url(#area)">'
        f'<g transform="{turn}">{shown}</g></g></svg>\n'
    ).encode()


def laid(placed: Placed, content: bytes, pixels_a_mm: float) -> "Pillow.Image":
    """Return an area as pixels (RGBA), clear where the picture is not; `content` is that of a
    picture, whatever its own resolution.
    """
    from PIL import Image

    size = area_pixels(placed.area_width, placed.area_height, pixels_a_mm)
    with Image.open(BytesIO(content), formats=tuple(PICTURES)) as opened:
        image = opened.convert("RGBA")
    # Smaller first, or else fine lines would be lost between the pixels.
    wanted = [max(1, round(each * pixels_a_mm)) for each in (placed.width, placed.height)]
    if image.width > wanted[0] or image.height > wanted[1]:
        smaller = (min(wanted[0], image.width), min(wanted[1], image.height))
        image = image.resize(smaller, Image.Resampling.LANCZOS)
    return image.transform(
        size, Image.Transform.AFFINE, _back(placed, image.size, size), Image.Resampling.BICUBIC
    )


def _back(
    placed: Placed, image: tuple[int, int], area: tuple[int, int]
) -> tuple[float, float, float, float, float, float]:
    """Return where in the picture each pixel of the area is: u = a·x + b·y + c, v = d·x + e·y + f."""
    from math import cos, radians, sin

    turn = radians(placed.turn)
    cosine, sine = cos(turn), sin(turn)
    # Millimetres a pixel of the area, and pixels of the picture a millimetre.
    right, down = placed.area_width / area[0], placed.area_height / area[1]
    across, along = image[0] / placed.width, image[1] / placed.height
    middle_x, middle_y = placed.x, placed.area_height - placed.y
    # Pictures count downwards, so against the clock is with the angle taken the other way.
    a, b = across * cosine * right, -across * sine * down
    d, e = along * sine * right, along * cosine * down
    c = image[0] / 2 - across * (cosine * middle_x - sine * middle_y)
    f = image[1] / 2 - along * (sine * middle_x + cosine * middle_y)
    return a, b, c, d, e, f
