#!/usr/bin/env bash
# fpdf2 2.8.9 (PyPI), PDF files, on a drilling template in SVG; measured on the page that pypdfium2 5.15.2 (PyPI) shows.
# Guess: image("template.svg") of a drawing 100 mm wide is 100 mm wide on a page that counts in millimetres, since the file
# says so itself; with w=100 it is anyway.
# Seen: without a width it is 283 mm wide: its points are taken for millimetres. On a page that counts in points it is right,
# and so it is in millimetres by SVGObject.draw_to_page().
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q fpdf2==2.8.9 pypdfium2==5.15.2 pillow==12.0.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import io

import numpy
import pypdfium2
from fpdf import FPDF
from fpdf.svg import SVGObject

TEMPLATE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">
  <rect width="100" height="50" fill="black"/></svg>"""
MILLIMETRE = 72 / 25.4


def width(draw, unit="mm"):
    scale = 1 if unit == "mm" else MILLIMETRE
    pdf = FPDF(unit=unit, format=(400 * scale, 200 * scale))
    pdf.set_margin(0)
    pdf.add_page()
    draw(pdf)
    page = numpy.asarray(pypdfium2.PdfDocument(bytes(pdf.output()))[0].render(scale=2).to_pil().convert("L"))
    return round(int((page.min(axis=0) < 128).sum()) / 2 / MILLIMETRE)


seen = {
    "image": width(lambda pdf: pdf.image(io.BytesIO(TEMPLATE), x=0, y=0)),
    "image, w=100": width(lambda pdf: pdf.image(io.BytesIO(TEMPLATE), x=0, y=0, w=100)),
    "image in points": width(lambda pdf: pdf.image(io.BytesIO(TEMPLATE), x=0, y=0), unit="pt"),
    "draw_to_page": width(lambda pdf: SVGObject(TEMPLATE).draw_to_page(pdf, x=0, y=0)),
}
print("fpdf2 2.8.9, width in mm:", seen)
assert seen.pop("image") in (283, 284) and list(seen.values()) == [100, 100, 100]
PY
