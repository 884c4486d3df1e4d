#!/usr/bin/env bash
# cutting-engine 0.3.2 (PyPI), guillotine nesting for panel saws.
# Guess: parts with GrainDirection.VERTICAL and HORIZONTAL lie across each other on the sheet, so that a front with
# upright grain and a rail with lying grain both come out right.
# Seen: either direction only forbids to turn the part. The same part lies the same way for both, and what the sheet's
# own grain is cannot be said: whoever has both directions in one order gets one of them wrong.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q cutting-engine==0.3.2
"$T/v/bin/python" - <<'PY'
from cutting_engine import CuttingRequest, CuttingSettings, GrainDirection, Part, Sheet, optimize


def laid(grain):
    result = optimize(CuttingRequest(
        sheet=Sheet(2750, 1830), parts=(Part("front", 1000, 500, 1, True, grain),), settings=CuttingSettings(),
    ))
    return [(each.width, each.height, each.rotated) for sheet in result.sheets for each in sheet.placements]


print({grain.value: laid(grain) for grain in GrainDirection})
assert laid(GrainDirection.VERTICAL) == laid(GrainDirection.HORIZONTAL) == [(1000, 500, False)]
PY
