#!/usr/bin/env bash
# u-nesting 0.28.1 (PyPI): packing boxes into a container.
# Guess: a carton of 600 x 400 x 100 in a container of 400 x 600 x 200 is placed with the turn that makes it fit.
# Seen: it is placed, and `rotation` says [0, 0, 0], whatever way it had to be turned (also one of 100 x 200 x 600, which
# has to lie down). With "fixed" it is rightly refused, so the turn was made and is not told: drawn by its own words, the
# carton sticks out of the container by 200.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q u-nesting==0.28.1 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from u_nesting import solve_3d

ROOM = [400, 600, 200]


def placed(*size, orientation="any"):
    box = {"id": "carton", "dimensions": list(size), "orientation": orientation}
    found = solve_3d([box], {"dimensions": ROOM}, {"strategy": "ep"})
    return [(each["position"], each["rotation"]) for each in found["placements"]]


for size in ((600, 400, 100), (100, 200, 600)):
    print(size, placed(*size), "| fixed:", placed(*size, orientation="fixed"))
    assert placed(*size) == [([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])]
    assert any(side > room for side, room in zip(size, ROOM)) and placed(*size, orientation="fixed") == []
PY
