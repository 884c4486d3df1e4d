#!/usr/bin/env bash
# python-libnest2d 0.1.3 (PyPI), nesting parts on a sheet.
# Guess: nest() with its own default of distance=0, for a knife or a laser, puts two parts of 600 x 400 on a board of
# 2800 x 2070 edge to edge.
# Seen: it puts none, and answers with 0 boards, as if parts were too large: so it does for its guide's own example without
# the gap. With a gap of 1 all fit, 2 apart. With a gap of 4 a part may be 2796 wide, since half of it is kept to each edge.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q python-libnest2d==0.1.3 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from pynest2d import Box, Item, Point, nest


def placed(width, height, count, **gap):
    parts = [Item([Point(0, 0), Point(width, 0), Point(width, height), Point(0, height)]) for _ in range(count)]
    boards = nest(parts, Box(2800, 2070), **gap)
    return boards, sum(part.binId() >= 0 for part in parts)


seen = {
    "2 parts, no gap": placed(600, 400, 2),
    "2 parts, gap 0": placed(600, 400, 2, distance=0),
    "2 parts, gap 1": placed(600, 400, 2, distance=1),
    "2796 wide, gap 4": placed(2796, 400, 1, distance=4),
    "2798 wide, gap 4": placed(2798, 400, 1, distance=4),
}
print("python-libnest2d 0.1.3, boards and parts placed:", seen)
assert list(seen.values()) == [(0, 0), (0, 0), (1, 2), (1, 1), (0, 0)]
PY
