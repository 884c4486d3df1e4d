#!/usr/bin/env bash
# fpdf2 2.8.9 (PyPI), PDF files, on drawings in SVG; measured on the page that pypdfium2 5.15.2 (PyPI) shows.
# Guess: a drawing whose origin is in its middle (viewBox="-50 -25 100 50", as CAD writes it) lies where one from 0 to 100
# lies: SVGObject.draw_to_page(pdf, x=0, y=0) puts both at the corner of a page in millimetres.
# Seen: it is shifted by 92 and 46 mm, since the shift of the viewBox is counted in points and taken for millimetres. So it is
# with a drawing that is centred in a wider sheet. The size is right. image() with a width puts the first one right.
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

SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="{}">{}</svg>'
PANEL = '<rect x="{}" y="{}" width="{}" height="{}" fill="black"/>'
MILLIMETRE = 72 / 25.4


def box(svg, draw):
    pdf = FPDF(unit="mm", format=(300, 200))
    pdf.set_margin(0)
    pdf.add_page()
    draw(pdf, svg.encode())
    page = numpy.asarray(pypdfium2.PdfDocument(bytes(pdf.output()))[0].render(scale=4).to_pil().convert("L"))
    rows, columns = numpy.nonzero(page < 128)
    return [round(float(n) / 4 / MILLIMETRE) for n in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]


def draw_to_page(pdf, svg):
    SVGObject(svg).draw_to_page(pdf, x=0, y=0)


def image(pdf, svg):
    pdf.image(io.BytesIO(svg), x=0, y=0, w=100)


drawings = {
    "from the corner": SHEET.format("0 0 100 50", PANEL.format(10, 5, 60, 30)),
    "from the middle": SHEET.format("-50 -25 100 50", PANEL.format(-40, -20, 60, 30)),
    "centred": SHEET.format("0 0 50 50", PANEL.format(0, 0, 50, 50)),
}
seen = {name: [box(svg, draw_to_page), box(svg, image)] for name, svg in drawings.items()}
print("fpdf2 2.8.9, left, top, right and bottom by draw_to_page and image:", seen)
assert seen["from the corner"] == [[10, 5, 70, 35]] * 2
assert seen["from the middle"] == [[102, 51, 162, 81], [10, 5, 70, 35]]
assert seen["centred"][0] == [71, 0, 121, 50]
PY
