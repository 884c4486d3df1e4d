#!/usr/bin/env bash
# trimesh 5.2.0 (PyPI), volume and surface of a scene, from which weight and lacquer are counted.
# Guess: a shelf of 600 x 18 x 300 that its node stretches to 1200, and a cabinet in millimetres whose node turns them into the
# metres of a GLB, have the volume of what is drawn: extents are those of the scene, and a mirrored part counts as positive.
# Seen: scales of nodes are left out of volume and area: the shelf of 1200 has the volume of 600, and a GLB of 0.6 m holds
# 3,240,000. Put together by to_mesh(), the same scene has the right ones.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import io

import numpy
import trimesh


def scene(*scales):
    """Return a scene with one shelf of 600 x 18 x 300 below a node of these scales."""
    made = trimesh.Scene()
    made.add_geometry(trimesh.creation.box((600, 18, 300)), transform=numpy.diag([*scales, 1.0]))
    return made


def measured(made):
    whole = made.to_mesh()
    return [[float(f"{value:.4g}") for value in (of.extents[0], of.volume, of.area)] for of in (made, whole)]


in_metres = io.BytesIO(scene(0.001, 0.001, 0.001).export(file_type="glb"))
seen = {
    "as made": measured(scene(1, 1, 1)),
    "mirrored": measured(scene(-1, 1, 1)),
    "stretched": measured(scene(2, 1, 1)),
    "GLB in metres": measured(trimesh.load_scene(in_metres, file_type="glb")),
}
for name, (as_scene, as_mesh) in seen.items():
    print(name, "| width, volume, area of the scene", as_scene, "| of its one mesh", as_mesh)
plain = [600, 3_240_000, 392_400]
assert seen["as made"] == seen["mirrored"] == [plain, plain]
assert seen["stretched"] == [[1200, *plain[1:]], [1200, 6_480_000, 774_000]]
assert seen["GLB in metres"] == [[0.6, *plain[1:]], [0.6, 0.00324, 0.3924]]
PY
