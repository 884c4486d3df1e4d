#!/usr/bin/env bash
# @jscad/dxf-deserializer 2.3.30 with @jscad/modeling 2.13.0 (npm), on a drawing by ezdxf 1.4.5 (PyPI).
# Guess: a hinge cup drawn once as a block and inserted at three places is three circles at those places.
# Seen: it is one circle at the origin, where the block was drawn; what inserts it is left out. A side panel comes with
# one wrong hole in the place of three, and nothing is said.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jscad/dxf-deserializer@2.3.30 @jscad/modeling@2.13.0
v/bin/python - <<'PY'
import ezdxf

drawing = ezdxf.new("R2010", units=4)
drawing.blocks.new("CUP").add_circle((0, 0), 17.5)
for height in (100, 900, 1700):
    drawing.modelspace().add_blockref("CUP", (22.5, height))
drawing.saveas("panel.dxf")
PY
node - <<'JS'
const assert = require("assert");
const { measurements } = require("@jscad/modeling");
const { deserialize } = require("@jscad/dxf-deserializer");
const shapes = [deserialize({ output: "geometry" }, require("fs").readFileSync("panel.dxf", "utf8"))].flat();
const boxes = shapes.map((shape) => measurements.measureBoundingBox(shape).map(([x, y]) => [x, y]));
console.log(JSON.stringify(boxes));
assert.deepEqual(boxes, [[[-17.5, -17.5], [17.5, 17.5]]]);
JS
