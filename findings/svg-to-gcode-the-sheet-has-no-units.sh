#!/usr/bin/env bash
# svg-to-gcode 1.5.4 (PyPI), tool paths for lasers and routers from drawings.
# Guess: a cut-out drawn on a sheet of 100 x 50 mm is cut in that place and size, whether the sheet says 100mm or 10cm, and
# whether its viewBox counts millimetres or tenths: each is one drawing to a browser.
# Seen: units and viewBox are not looked at. In tenths all is ten times as large; in centimetres the size is right but the
# height of the sheet is taken for 5, so that the path lies from -35 to -5, in front of the table. Nothing is said.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q svg-to-gcode==1.5.4 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import re

from svg_to_gcode.compiler import Compiler, interfaces
from svg_to_gcode.svg_parser import parse_string

SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="{}"><path d="{}"/></svg>'


def extent(*sheet):
    compiler = Compiler(interfaces.Gcode, movement_speed=1000, cutting_speed=300, pass_depth=5)
    compiler.append_curves(parse_string(SHEET.format(*sheet)))
    code = compiler.compile(passes=1)
    along = [[float(text) for text in re.findall(axis + r"(-?[\d.]+)", code)] for axis in "XY"]
    return [(min(values), max(values)) for values in along]


millimetres = extent("100mm", "50mm", "0 0 100 50", "M10 10h80v30h-80z")
centimetres = extent("10cm", "5cm", "0 0 100 50", "M10 10h80v30h-80z")
tenths = extent("100mm", "50mm", "0 0 1000 500", "M100 100h800v300h-800z")
print("mm:", millimetres, "| cm:", centimetres, "| tenths:", tenths)
assert millimetres == [(10, 90), (10, 40)]
assert centimetres == [(10, 90), (-35, -5)]
assert tenths == [(100, 900), (-350, -50)]
PY
