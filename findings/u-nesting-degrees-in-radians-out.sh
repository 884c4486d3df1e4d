#!/usr/bin/env bash
# u-nesting 0.28.1 (PyPI): nesting parts on a sheet.
# Guess: a part that may be turned by 90 comes back with rotation 90, and with the position of its lower left corner.
# Seen: `rotations` is asked in degrees and `rotation` is told in radians, 1.5707963; and `position` is where the part's
# own origin goes, which after a quarter turn is its lower right corner. Cut at the told place, the part of 900 that
# begins at x = 900 leaves the sheet of 1000.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q u-nesting==0.28.1 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from math import cos, isclose, pi, sin

from u_nesting import solve_2d

side = {"id": "side", "polygon": [[0, 0], [400, 0], [400, 900], [0, 900]], "rotations": [90]}
(found,) = solve_2d([side], {"width": 1000, "height": 500}, {"strategy": "blf"})["placements"]
(turn,), (x, y) = found["rotation"], found["position"]
corners = [(x + a * cos(turn) - b * sin(turn), y + a * sin(turn) + b * cos(turn)) for a, b in side["polygon"]]
print(found, [(round(a), round(b)) for a, b in corners])
assert isclose(turn, pi / 2) and (round(x), round(y)) == (900, 0)
assert sorted((round(a), round(b)) for a, b in corners) == [(0, 0), (0, 400), (900, 0), (900, 400)]
PY
