#!/usr/bin/env bash
# python-libnest2d 0.1.3 (PyPI), nesting parts on a sheet.
# Guess: parts on a board of 2800 x 2070 lie between 0 and 2800, 0 and 2070, measured from a corner as a saw does.
# Seen: the origin is in the middle of the board. One part of 600 x 2000 lies from -300 to 300 and -1000 to 1000; sent to the
# machine, three quarters of it are beside the board. The corner can be asked for as starting point, and stays at
# -1400, -1035 all the same.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q python-libnest2d==0.1.3 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from pynest2d import Alignment, Box, Item, NfpConfig, Point, nest

corner = NfpConfig()
corner.alignment = corner.starting_point = Alignment.BOTTOM_LEFT
corner.rotations = [0.0]
upright = NfpConfig()
upright.rotations = [0.0]
seen = {}
for name, config in {"as it is": upright, "from the corner": corner}.items():
    part = Item([Point(0, 0), Point(600, 0), Point(600, 2000), Point(0, 2000)])
    assert nest([part], Box(2800, 2070), 4, config) == 1 and part.rotation() == 0
    x, y = part.translation().x(), part.translation().y()
    seen[name] = [x, y, x + 600, y + 2000]
print("python-libnest2d 0.1.3, a part of 600 x 2000 on 2800 x 2070:", seen)
assert seen == {"as it is": [-300, -1000, 300, 1000], "from the corner": [-1398, -1033, -798, 967]}
PY
