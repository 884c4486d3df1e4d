#!/usr/bin/env bash
# trimesh 5.2.0 with svg.path 7.1 (PyPI), shapes for solids; svgelements 1.9.6 (PyPI) to compare.
# Guess: an oval table top of 1600 x 900, a path of two elliptical arcs, is 1600 x 900, or arcs of two radii are refused.
# Seen: it is a circle of 1872 that leaves the drawing on three sides. Of each arc three points are kept, and a circle is laid
# through them. A panel with an edge rounded by 300 x 100 is 407 high in place of 400. Arcs of one radius are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 svg.path==7.1 lxml==6.1.3 svgelements==1.9.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import svgelements
import trimesh

OUTLINES = {
    "oval": "M0 450 A800 450 0 0 1 1600 450 A800 450 0 0 1 0 450 Z",
    "rounded by 300 x 100": "M0 0 H600 A300 100 0 0 1 900 100 V400 H0 Z",
    "rounded by 100": "M0 0 H800 A100 100 0 0 1 900 100 V400 H0 Z",
}
seen = {}
for name, outline in OUTLINES.items():
    with open("top.svg", "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900"><path d="{outline}"/></svg>')
    left, low, right, high = svgelements.Path(outline).bbox()
    read = trimesh.load_path("top.svg").extents
    seen[name] = [[round(right - left), round(high - low)], [round(size) for size in read]]
    print(name, "| svgelements", seen[name][0], "trimesh", trimesh.__version__, seen[name][1])
assert seen == {
    "oval": [[1600, 900], [1872, 1872]],
    "rounded by 300 x 100": [[900, 400], [900, 407]],
    "rounded by 100": [[900, 400], [900, 400]],
}
PY
