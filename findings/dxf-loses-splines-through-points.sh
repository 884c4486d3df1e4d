#!/usr/bin/env bash
# dxf 5.3.1 (npm), on a drawing by ezdxf 1.4.5 (PyPI).
# Guess: a spline through given points (the SPLINE entity with fit points, as drawing programs and ezdxf write it) is
# drawn through them, or told as not supported.
# Seen: toPolylines() has an empty polyline in its place and toSVG() no line: the curved edge of a worktop is missing,
# and nothing is said. ezdxf itself draws it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dxf@5.3.1
v/bin/python - <<'PY'
import ezdxf
from ezdxf.path import make_path

drawing = ezdxf.new("R2010", units=4)
page = drawing.modelspace()
page.add_line((0, 0), (1000, 0))
edge = page.add_spline([(1000, 0), (600, 320), (300, 280), (0, 0)])
drawing.saveas("worktop.dxf")
points = list(make_path(edge).flattening(1))
print("ezdxf draws the edge up to", round(max(point.y for point in points)))
assert 300 < max(point.y for point in points) < 400
PY
node - <<'JS'
const assert = require("assert");
const { Helper } = require("dxf");
const drawing = new Helper(require("fs").readFileSync("worktop.dxf", "utf8"));
const { bbox, polylines } = drawing.toPolylines();
console.log(drawing.denormalised.map(({ type }) => type), polylines.map(({ vertices }) => vertices.length), bbox.max);
assert.deepEqual(polylines.map(({ vertices }) => vertices.length), [2, 0]);
assert.equal(bbox.max.y, 0);
JS
