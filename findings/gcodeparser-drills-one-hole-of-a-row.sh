#!/usr/bin/env bash
# gcodeparser 0.3.0 (PyPI), a reader of G-code, and pygcode 0.2.1 (PyPI) to compare: a program as CAM writes it.
# Guess: a line "X42" after "G81 X10 …" is one more hole, and "X600" after "G1 …" one more cut: G-code is modal, and CAM
# names a command only when it changes.
# Seen: lines without a letter G, M or T are left out, without a word. Of a row of three holes one is left, of a
# rectangle's four sides two. pygcode moves to all of them.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q gcodeparser==0.3.0 pygcode==0.2.1 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from gcodeparser import parse_gcode_lines
from pygcode import Line, Machine

PROGRAM = """G0 X0 Y0
G1 X600 F3000
Y400
X0
G1 Y0
G81 X10 Y37 Z-12 R2 F500
X42
X74
G80"""

lines = list(parse_gcode_lines(PROGRAM))
cuts = sum(line.command == ("G", 1) for line in lines)
holes = sum(line.command == ("G", 81) for line in lines)
machine, places = Machine(), []
for text in PROGRAM.splitlines():
    machine.process_block(Line(text).block)
    places.append((machine.pos.X, machine.pos.Y))
print("gcodeparser: cuts", cuts, "holes", holes, "lines", len(lines), "| pygcode:", places)
assert (cuts, holes, len(lines)) == (2, 1, 5)
assert places[1:8] == [(600, 0), (600, 400), (0, 400), (0, 0), (10, 37), (42, 37), (74, 37)]
PY
