#!/usr/bin/env bash
# dxf-doc 0.1.6 (npm) writes, ezdxf 1.4.5 (PyPI) reads: an oval table top of 1600 x 900.
# Guess: a whole ellipse is written by one and measured by the other as 1600 x 900.
# Seen: the writer ends it at 6.2832, which is a little more than a full turn; the reader takes off the full turn and is left
# with an arc of 0.00001, a dot at the right end. The drawing measures 0 x 0, without an error in its audit. dxf 5.3.1 reads
# 1600 x 900 of the same file.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dxf-doc@0.1.6 dxf@5.3.1
node - <<'JS'
const assert = require("assert");
const { DxfDocument } = require("dxf-doc");
const { Ellipse } = require("dxf-doc/entities");
const { Helper } = require("dxf");
const drawing = new DxfDocument();
drawing.addEntities(new Ellipse(drawing, 0, 0, 800, 0, 450 / 800));
const text = drawing.dxf();
require("fs").writeFileSync("top.dxf", text);
const { vertices } = new Helper(text).toPolylines().polylines[0];
const size = [0, 1].map((axis) => {
  const along = vertices.map((corner) => corner[axis]);
  return Math.round(Math.max(...along) - Math.min(...along));
});
console.log("dxf", size);
assert.deepEqual(size, [1600, 900]);
JS
v/bin/python - <<'PY'
import ezdxf
from ezdxf import bbox

drawing = ezdxf.readfile("top.dxf")
(top,) = drawing.modelspace()
size = [round(value, 1) for value in bbox.extents([top]).size]
print("ezdxf", size, "from", top.dxf.start_param, "to", top.dxf.end_param, "errors", len(drawing.audit().errors))
assert size == [0, 0, 0] and top.dxf.end_param == 6.2832
PY
