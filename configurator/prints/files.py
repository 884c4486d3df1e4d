"""Prints as files: pictures of any resolution, and outlines for printers, cutters and engravers.

Equal letters give equal bytes. No file holds live text: what the printer's machine has for
typefaces does not matter.
"""

from io import BytesIO
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import uharfbuzz

from configurator.prints.fonts import font
from configurator.prints.letters import Lettering, outlines
from configurator.prints.placing import INCH
from configurator.prints.refusals import PrintRefused

type Format = Literal["svg", "pdf", "png"]
type Shares = npt.NDArray[np.uint8]

MEDIA_TYPES: Final[dict[Format, str]] = {
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "png": "image/png",
}
LEAST_DPI, MOST_DPI = 72, 1_200
MOST_PIXELS = 24_000_000
_UNITS_A_PIXEL = 64.0
"""HarfBuzz rounds points to whole units of its pictures: so many are in a pixel."""


def covered(lettering: Lettering, pixels_a_mm: float) -> Shares:
    """Return how much of each pixel of the area is ink: (rows, columns), the upper row first, 0 to
    255.

    Refuses with PrintRefused more than MOST_PIXELS.
    """
    area = lettering.area
    columns, rows = area_pixels(area.width, area.height, pixels_a_mm)
    drawing = uharfbuzz.RasterDraw()
    drawing.scale_factor = (_UNITS_A_PIXEL, _UNITS_A_PIXEL)
    drawing.extents = uharfbuzz.RasterExtents(0, 0, columns, rows)
    # Sides are whole pixels: what rounding them changed is taken out of the letters.
    across, up = columns / area.width, rows / area.height
    for letter in lettering.letters:
        a, b, c, d, e, f = (each * _UNITS_A_PIXEL for each in letter.placed)
        drawing.transform = (a * across, b * up, c * across, d * up, e * across, f * up)
        drawing.draw_glyph(font(lettering.typeface), letter.glyph)
    image = drawing.render()
    if image is None:
        raise MemoryError("HarfBuzz found no room for the picture.")
    found = image.extents
    stride = found.stride or found.width
    shares = np.frombuffer(image.buffer, np.uint8).reshape(found.height, stride)
    return shares[::-1, : found.width]


def area_pixels(width: float, height: float, pixels_a_mm: float) -> tuple[int, int]:
    """Return how many pixels an area is wide and high; refuses with PrintRefused more than
    MOST_PIXELS.
    """
    columns, rows = (max(1, round(length * pixels_a_mm)) for length in (width, height))
    if columns * rows > MOST_PIXELS:
        most = int((MOST_PIXELS / (width * height)) ** 0.5 * INCH)
        less = f"ask for at most {most} dpi, or " if most >= LEAST_DPI else ""
        raise PrintRefused(
            f"The picture would have {columns:,} × {rows:,} pixels; {less}take the SVG or PDF.",
            most=most,
        )
    return columns, rows


def refuse_dpi(dpi: int) -> None:
    """Refuse with PrintRefused a resolution beyond the limits."""
    if not LEAST_DPI <= dpi <= MOST_DPI:
        told = f"{dpi} dpi is no resolution that prints have"
        raise PrintRefused(f"{told}; ask for {LEAST_DPI} to {MOST_DPI}.")


def print_file(lettering: Lettering, colour: str, format: Format, dpi: int = 300) -> bytes:
    """Return the area as a file; `dpi` is that of a PNG."""
    if format == "svg":
        return svg_file(lettering, colour)
    return pdf_file(lettering, colour) if format == "pdf" else png_file(lettering, colour, dpi)


def png_file(lettering: Lettering, colour: str, dpi: int) -> bytes:
    """Return the area as PNG, clear but for the letters, with its resolution told.

    Refuses with PrintRefused a resolution beyond the limits, and too many pixels.
    """
    refuse_dpi(dpi)
    from PIL import Image

    shares = covered(lettering, dpi / INCH)
    pixels = np.empty((*shares.shape, 4), np.uint8)
    pixels[..., :3] = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    pixels[..., 3] = shares
    written = BytesIO()
    Image.fromarray(pixels).save(written, "PNG", dpi=(dpi, dpi), compress_level=6)
    return written.getvalue()


def svg_file(lettering: Lettering, colour: str) -> bytes:
    """Return the area as SVG in millimetres: one path, its letters as outlines."""
    area = lettering.area
    path = "".join(
        name
        + " ".join(
            number_told(at if place % 2 == 0 else area.height - at)
            for place, at in enumerate(numbers)
        )
        for name, numbers in outlines(lettering)
    )
    size = f'width="{number_told(area.width)}mm" height="{number_told(area.height)}mm"'
    box = f"0 0 {number_told(area.width)} {number_told(area.height)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}">'
        f'<path fill="{colour}" d="{path}"/></svg>\n'
    ).encode()


def pdf_file(lettering: Lettering, colour: str) -> bytes:
    """Return the area as a page of PDF of its size, its letters as outlines."""
    import typst

    page = f"width: {lettering.area.width:.6f}mm, height: {lettering.area.height:.6f}mm"
    drawn = svg_file(lettering, colour).decode().replace('"', '\\"').strip()
    # Without a date, or else the file would be another one each second.
    source = (
        "#set document(date: none)\n"
        f"#set page({page}, margin: 0mm)\n"
        f'#image(bytes("{drawn}"), format: "svg", width: 100%, height: 100%, alt: "Letters as outlines")\n'
    )
    return typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)


def number_told(value: float) -> str:
    """Return a length to the thousandth, as short as it can be."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
