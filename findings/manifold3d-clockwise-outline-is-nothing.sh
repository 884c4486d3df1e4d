#!/usr/bin/env bash
# manifold3d 3.5.4 (PyPI), solids for machined panels.
# Guess: an outline drawn clockwise (as it comes out of an SVG or a mirrored DXF) is turned round, or refused.
# Seen: CrossSection fills by the rule "Positive" unless told otherwise. A clockwise outline is an empty section; only
# its extrusion says so, by a status that somebody has to read. An inner outline in the outer one's direction is no
# hole, and nothing says so at all.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q manifold3d==3.5.4 numpy==2.5.5
"$T/v/bin/python" - <<'PY'
from manifold3d import CrossSection, FillRule, Manifold

outline = [(0, 0), (600, 0), (600, 400), (0, 400)]
cut_out = [(100, 100), (200, 100), (200, 200), (100, 200)]
clockwise = CrossSection([outline[::-1]])
panel = Manifold.extrude(clockwise, 18)
print("clockwise:", clockwise.area(), panel.volume(), panel.status(), panel.is_empty())
print("cut-out drawn like the outline:", CrossSection([outline, cut_out]).area())
print("by EvenOdd:", CrossSection([outline[::-1], cut_out], FillRule.EvenOdd).area())
assert clockwise.area() == 0 and panel.is_empty() and str(panel.status()) == "Error.InvalidConstruction"
assert CrossSection([outline, cut_out]).area() == 600 * 400
assert CrossSection([outline[::-1], cut_out], FillRule.EvenOdd).area() == 600 * 400 - 100 * 100
PY
