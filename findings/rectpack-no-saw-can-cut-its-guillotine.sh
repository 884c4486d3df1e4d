#!/usr/bin/env bash
# rectpack 0.2.2 (PyPI), nesting for panel saws, which cut from edge to edge of what lies on them.
# Guess: a sheet laid out by GuillotineBssfSas, and by any class of that name, can be cut by a saw: "guillotine" says just that.
# Seen: eleven parts on a board of 2800 x 2070 cannot: some of them lie round each other, so that each straight cut goes through
# a part. Free pieces from both sides of an earlier cut are put together again, unless the class is made with merge=False, for
# which newPacker() has no word. Of 500 layouts some cannot be cut as it makes them, and all can with merge=False.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q rectpack==0.2.2 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import random

from rectpack import GuillotineBssfSas, newPacker

BOARD = (2800, 2070)


def stuck(parts):
    """Return parts (left, low, right, high) that no cut from edge to edge separates, with none in two."""
    if len(parts) < 2:
        return []
    for low, high in [(0, 2), (1, 3)]:
        for cut in sorted({part[high] for part in parts}):
            before = [part for part in parts if part[high] <= cut]
            behind = [part for part in parts if part[low] >= cut]
            if before and behind and len(before) + len(behind) == len(parts):
                return stuck(before) or stuck(behind)
    return parts


def layout(sizes, algorithm):
    packer = newPacker(rotation=False, pack_algo=algorithm)
    for size in sizes:
        packer.add_rect(*size)
    packer.add_bin(*BOARD)
    packer.pack()
    return [(part.x, part.y, part.x + part.width, part.y + part.height) for part in packer[0]]


def apart(width, height, **options):
    return GuillotineBssfSas(width, height, merge=False, **options)


sizes = [(800, 600), (500, 800), (500, 500), (800, 500), (700, 500), (400, 400), (900, 700), (200, 300), (600, 400)]
sizes += [(300, 900), (900, 600)]
left = stuck(layout(sizes, GuillotineBssfSas))
print("parts that no straight cut separates:", len(left), "of", len(sizes), left)
chance = random.Random(11)
orders = [[tuple(chance.randrange(200, 1000, 100) for _ in "wh") for _ in range(14)] for _ in range(500)]
merged, kept = (sum(bool(stuck(layout(order, how))) for order in orders) for how in (GuillotineBssfSas, apart))
print("layouts of 500 that no saw can cut:", merged, "| with merge=False:", kept)
assert left and not stuck(layout(sizes, apart))
assert merged and not kept
PY
