#!/usr/bin/env bash
# makerjs 0.19.2 (npm), drawings for laser and router; read from the path of an SVG.
# Guess: "a50 50 0 0 1 100 0" and the same with its flags written together, "a50 50 0 01100 0" (SVG's grammar allows it, and
# minifiers write it), are one half circle.
# Seen: the short form gives an arc whose numbers are NaN, and no error. Its DXF is written all the same, with NaN in it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund makerjs@0.19.2
node - <<'JS'
const assert = require("assert");
const makerjs = require("makerjs");
function read(path) {
  const model = makerjs.importer.fromSVGPathData(path);
  const { low, high } = makerjs.measure.modelExtents(model);
  return { size: [high[0] - low[0], high[1] - low[1]].map((each) => +each.toFixed(6)), nan: makerjs.exporter.toDXF(model).includes("NaN") };
}
const long = read("M0 0a50 50 0 0 1 100 0z"), short = read("M0 0a50 50 0 01100 0z");
console.log({ long, short });
assert.deepEqual(long, { size: [100, 50], nan: false });
assert.deepEqual(short, { size: [NaN, NaN], nan: true });
JS
