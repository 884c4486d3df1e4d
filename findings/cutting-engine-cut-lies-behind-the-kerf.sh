#!/usr/bin/env bash
# cutting-engine 0.3.2 (PyPI), guillotine nesting for panel saws.
# Guess: the cut that frees a part of 500 mm at x = 0 is told at x = 500, where its edge is.
# Seen: it is told at x = 504, on the far side of a kerf of 4. A saw that sets its fence by the list of cuts makes
# every part too large by the kerf; the placements are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q cutting-engine==0.3.2
"$T/v/bin/python" - <<'PY'
from cutting_engine import CuttingRequest, CuttingSettings, Part, Sheet, optimize

result = optimize(CuttingRequest(
    sheet=Sheet(1000, 500), parts=(Part("side", 500, 500), Part("door", 496, 500)),
    settings=CuttingSettings(kerf=4, trim=0),
))
(sheet,) = result.sheets
placed = [(each.part_id, each.x, each.width) for each in sheet.placements]
cuts = [(each.direction.value, each.x1, each.x2) for each in sheet.cuts]
print("placed", placed, "cuts", cuts)
assert placed == [("side", 0, 500), ("door", 504, 496)]
assert cuts == [("V", 504, 504)]
PY
