#!/usr/bin/env bash
# @jscad/modeling 2.13.0 with @jscad/stl-serializer 2.1.23, @jscad/3mf-serializer 2.1.17 and
# @jscad/svg-serializer 2.3.21 (npm): parametric solids in the browser.
# Guess: a box of 600 x 18 x 400 is written with corners at 300, 9 and 200.
# Seen: each serializer snaps corners to a grid that depends on the object's size. The panel of 18 mm is 17.99824 mm
# thick and 600.0024 mm long in STL and 3MF; its outline, once a hole is cut, is 599.9976 mm long in SVG.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jscad/modeling@2.13.0 @jscad/stl-serializer@2.1.23 \
  @jscad/3mf-serializer@2.1.17 @jscad/svg-serializer@2.3.21
node - <<'JS'
const assert = require("assert");
const { booleans, primitives } = require("@jscad/modeling");
const panel = primitives.cuboid({ size: [600, 18, 400] });
const extent = (text, pattern) => {
  const points = [...text.matchAll(pattern)].map((found) => found.slice(1).map(Number));
  return [0, 1, 2].map((axis) => {
    const along = points.map((point) => point[axis]);
    return +(Math.max(...along) - Math.min(...along)).toFixed(5);
  });
};
const stl = require("@jscad/stl-serializer").serialize({ binary: false }, panel).join("");
const threeMf = require("@jscad/3mf-serializer").serialize({ compress: false }, panel).join("");
const hole = primitives.circle({ radius: 4, center: [50, 50] });
const drilled = booleans.subtract(primitives.rectangle({ size: [600, 400] }), hole);
const svg = require("@jscad/svg-serializer").serialize({ unit: "mm" }, drilled).join("");
const size = {
  stl: extent(stl, /vertex (\S+) (\S+) (\S+)/g),
  threeMf: extent(threeMf, /x="(\S+)" y="(\S+)" z="(\S+)"/g),
  svg: svg.match(/width="([\d.]+)mm"/)[1],
};
console.log(size);
assert.deepEqual(size.stl, [600.00241, 17.99824, 399.99935]);
assert.deepEqual(size.threeMf, size.stl);
assert.equal(size.svg, "599.9976");
JS
