#!/usr/bin/env bash
# trimesh 5.2.0 reads drawings by ezdxf 1.4.5 (both PyPI): a hinge plate drawn once as a block and placed in a panel.
# Guess: the block lies where the drawing shows it: turned by 90 to the left, doubled, or mirrored, about its place at
# x = 300, y = 200.
# Seen: only as it was drawn. Turned, it is turned to the right; doubled, it has moved to 600, 400; mirrored, to -300, outside
# the panel. Half turns are right, and so is a plain copy, so a test with those does not show it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import ezdxf
import numpy
import trimesh
from ezdxf import bbox

PLACED = {"plain": {}, "turned": {"rotation": 90}, "doubled": {"xscale": 2, "yscale": 2}, "mirrored": {"xscale": -1}}
seen = {}
for name, how in PLACED.items():
    drawing = ezdxf.new(units=ezdxf.units.MM)
    drawing.blocks.new("PLATE").add_lwpolyline([(0, 0), (100, 0), (100, 20), (0, 20)], close=True)
    drawing.modelspace().add_lwpolyline([(0, 0), (600, 0), (600, 400), (0, 400)], close=True)
    plate = drawing.modelspace().add_blockref("PLATE", (300, 200), dxfattribs=how)
    drawing.saveas("panel.dxf")
    right = bbox.extents(plate.virtual_entities())
    read = trimesh.load_path("panel.dxf")
    corners = read.entities[1].discrete(read.vertices)
    seen[name] = (
        [round(number) for number in (*right.extmin.xyz[:2], *right.extmax.xyz[:2])],
        numpy.concatenate([corners.min(0), corners.max(0)]).round().astype(int).tolist(),
    )
    print(name.ljust(9), "ezdxf", seen[name][0], "trimesh", trimesh.__version__, seen[name][1])
assert seen == {
    "plain": ([300, 200, 400, 220], [300, 200, 400, 220]),
    "turned": ([280, 200, 300, 300], [300, 100, 320, 200]),
    "doubled": ([300, 200, 500, 240], [600, 400, 800, 440]),
    "mirrored": ([200, 200, 300, 220], [-400, 200, -300, 220]),
}
PY
