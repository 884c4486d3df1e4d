#!/usr/bin/env bash
# shapely 2.2.0 (PyPI), outlines of panels and the paths of tools around them.
# Guess: offset_curve() of a ring, a panel of 600 x 400, is a closed ring of 592 x 392 by 4 to its inside and of 608 x 408 to
# its outside, with corners of each kind.
# Seen: inwards it is closed. Outwards with mitred corners it is a line of two sides in place of four, with round ones an open
# line without its last corner; bounds are right in both, and so are bevelled corners. A tool that follows the line leaves the
# panel on its board. buffer() of the panel has all four sides.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q shapely==2.2.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import shapely
from shapely import LinearRing, Polygon

CORNERS = [(0, 0), (600, 0), (600, 400), (0, 400)]
panel = LinearRing(CORNERS)
seen = {}
for side, distance in {"inside": 4, "outside": -4}.items():
    for corners in ["mitre", "round", "bevel"]:
        path = panel.offset_curve(distance, join_style=corners)
        left, low, right, high = path.bounds
        seen[side, corners] = [right - left, high - low, round(path.length), path.is_closed]
        print(shapely.__version__, shapely.geos_version, side, corners, seen[side, corners])
print(panel.offset_curve(-4, join_style="mitre"))
assert {how: path for how, path in seen.items() if how[0] == "inside"} == {
    ("inside", corners): [592, 392, 1968, True] for corners in ["mitre", "round", "bevel"]
}
assert seen["outside", "mitre"] == [608, 408, 608 + 408, False]
assert seen["outside", "round"] == [608, 408, 2019, False]
assert seen["outside", "bevel"] == [608, 408, 2023, True]
assert Polygon(CORNERS).buffer(4, join_style="mitre").exterior.length == 2 * (608 + 408)
PY
