#!/usr/bin/env bash
# dxf-parser 1.1.2 and dxf 5.3.1 (npm), on a drawing by ezdxf 1.4.5 (PyPI).
# Guess: a hole whose extrusion is (0, 0, -1), which is how CAD writes a circle that was mirrored, comes with that
# extrusion, as arcs, polylines and inserts do, so that a reader can put it where it is.
# Seen: dxf-parser gives it for arcs and not for circles. The centre reads x = -50 with nothing to tell that it means
# x = 50: mirrored holes land on the other side of the panel, and outside it. dxf 5.3.1 puts it right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dxf-parser@1.1.2 dxf@5.3.1
v/bin/python - <<'PY'
import ezdxf

drawing = ezdxf.new("R2010", units=4)
hole = drawing.modelspace().add_circle((-50, 30), 4, dxfattribs={"extrusion": (0, 0, -1)})
arc = drawing.modelspace().add_arc((-50, 30), 4, 0, 90, dxfattribs={"extrusion": (0, 0, -1)})
drawing.saveas("panel.dxf")
assert hole.ocs().to_wcs(hole.dxf.center).isclose((50, 30, 0))
PY
node - <<'JS'
const assert = require("assert");
const DxfParser = require("dxf-parser");
const { Helper } = require("dxf");
const text = require("fs").readFileSync("panel.dxf", "utf8");
const [hole, arc] = new DxfParser().parseSync(text).entities;
const xs = new Helper(text).toPolylines().polylines[0].vertices.map(([x]) => x);
const side = (entity) => Object.keys(entity).filter((key) => /extrusion/i.test(key));
console.log({ x: hole.center.x, circle: side(hole), arc: side(arc), dxf: (Math.min(...xs) + Math.max(...xs)) / 2 });
assert.equal(hole.center.x, -50);
assert.deepEqual(side(hole), []);
assert.equal(Math.round((Math.min(...xs) + Math.max(...xs)) / 2), 50);
JS
