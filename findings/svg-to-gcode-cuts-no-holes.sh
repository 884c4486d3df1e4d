#!/usr/bin/env bash
# svg-to-gcode 1.5.4 (PyPI), tool paths for lasers and routers from drawings.
# Guess: a panel drawn as a path with a <circle>, a <rect> and a <line> in it is cut with all four, or they are refused.
# Seen: the panel is cut, without hole, slot and mark: of all shapes only <path> is read, and nothing is said as long as
# there is one. The same hole drawn as a path of two arcs is cut.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q svg-to-gcode==1.5.4 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python -W error - <<'PY'
from svg_to_gcode.compiler import Compiler, interfaces
from svg_to_gcode.svg_parser import parse_string

SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">{}</svg>'
PANEL = '<path d="M0 0h100v50h-100z"/>'
HOLE = '<path d="M45 25a5 5 0 0 1 10 0a5 5 0 0 1 -10 0"/>'
SHAPES = '<circle cx="50" cy="25" r="5"/><rect x="10" y="10" width="20" height="4"/><line x1="0" y1="5" x2="100" y2="5"/>'


def cuts(body):
    compiler = Compiler(interfaces.Gcode, movement_speed=1000, cutting_speed=300, pass_depth=5)
    compiler.append_curves(parse_string(SHEET.format(body)))
    return compiler.compile(passes=1).count("F300")


panel, shapes, hole = cuts(PANEL), cuts(PANEL + SHAPES), cuts(PANEL + HOLE)
print("panel:", panel, "with shapes:", shapes, "with the hole as a path:", hole)
assert panel == shapes and hole > panel
PY
