#!/usr/bin/env bash
# fpdf2 2.8.9 (PyPI), PDF files, on drawings in SVG, shown by pypdfium2 5.15.2; @resvg/resvg-js 2.6.2 (npm) to compare.
# Guess: a layer of dimensions or of alternatives that the drawing program has switched off (display="none", or in its style,
# or visibility="hidden") is not printed.
# Seen: all of it is printed, over the rest, and nothing is said, while a clipping path or a nested <svg> is told to be
# ignored. resvg shows none of it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q fpdf2==2.8.9 pypdfium2==5.15.2 pillow==12.0.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @resvg/resvg-js@2.6.2
v/bin/python - <<'PY'
import io
import logging
import subprocess

import numpy
import pypdfium2
from fpdf import FPDF
from PIL import Image

SHEET = """<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">
  <g {}><rect x="10" y="5" width="60" height="30" fill="black"/></g></svg>"""
HOW = ["", 'display="none"', 'style="display:none"', 'visibility="hidden"']
told = io.StringIO()
logging.basicConfig(stream=told, level=logging.WARNING)


def black(image):
    return bool((numpy.asarray(image.convert("L")) < 128).any())


def printed(svg):
    pdf = FPDF(unit="mm", format=(200, 100))
    pdf.add_page()
    pdf.image(io.BytesIO(svg.encode()), x=0, y=0, w=100)
    return black(pypdfium2.PdfDocument(bytes(pdf.output()))[0].render().to_pil())


def shown(svg):
    script = """const { Resvg } = require("@resvg/resvg-js");
      const svg = require("fs").readFileSync(0, "utf8");
      require("fs").writeFileSync("shown.png", new Resvg(svg, { background: "white" }).render().asPng());"""
    subprocess.run(["node", "-e", script], input=svg, text=True, check=True)
    return black(Image.open("shown.png"))


seen = {how or "plain": (printed(SHEET.format(how)), shown(SHEET.format(how))) for how in HOW}
print("printed by fpdf2 2.8.9, shown by resvg 2.6.2:", seen, "| told:", repr(told.getvalue()))
assert list(seen.values()) == [(True, True), (True, False), (True, False), (True, False)] and not told.getvalue()
PY
