#!/usr/bin/env bash
# numpy-stl 4.1.1 (PyPI), reading, moving and writing STL.
# Guess: rotate([0, 0, 1], radians(90)) turns by the right hand, as CAD, glTF, three.js and trimesh do: what lies along
# +x comes to lie along +y.
# Seen: it comes to lie along -y. A left-hand corner cupboard becomes a right-hand one's neighbour, and since 180 degrees
# and symmetrical parts look right, a test with those does not show it. trimesh 5.2.0 with the same numbers: +y.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q numpy-stl==4.1.1 trimesh==5.2.0 numpy==2.5.5 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from math import radians

import numpy
import trimesh
from stl.mesh import Mesh

wedge = trimesh.Trimesh([(0, 0, 0), (600, 0, 0), (600, 18, 0), (600, 0, 400)], [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)])
part = Mesh(numpy.zeros(len(wedge.faces), dtype=Mesh.dtype))
part.vectors[:] = wedge.triangles
part.rotate([0, 0, 1], radians(90))
by_stl = part.vectors.reshape(-1, 3)
wedge.apply_transform(trimesh.transformations.rotation_matrix(radians(90), [0, 0, 1]))
print("numpy-stl, y:", by_stl[:, 1].min().round(3), by_stl[:, 1].max().round(3), "| trimesh, y:", wedge.bounds[:, 1])
assert numpy.allclose([by_stl[:, 1].min(), by_stl[:, 1].max()], [-600, 0], atol=1e-3)
assert numpy.allclose(wedge.bounds[:, 1], [0, 600])
PY
