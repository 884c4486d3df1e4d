#!/usr/bin/env bash
# @jscad/svg-deserializer 2.5.14 with @jscad/modeling 2.13.0 (npm): outlines drawn elsewhere become solids.
# Guess: a closed path of 100 x 50 read with target "geom2" is an area of 5,000 that spans 100 by 50.
# Seen: it spans nothing at all (its box is one point), and the area is 500; a cut-out drawn in the same path is added
# instead of taken away. As <rect> the same outline is right, and as target "path" as well.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jscad/svg-deserializer@2.5.14 @jscad/modeling@2.13.0
node - <<'JS'
const assert = require("assert");
const { measurements } = require("@jscad/modeling");
const { deserialize } = require("@jscad/svg-deserializer");
function from(shape, target = "geom2") {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600mm" height="400mm" viewBox="0 0 600 400">${shape}</svg>`;
  const [outline] = deserialize({ output: "geometry", target, addMetaData: false }, svg);
  const [low, high] = measurements.measureBoundingBox(outline);
  return { area: measurements.measureArea(outline), size: [0, 1].map((axis) => +(high[axis] - low[axis]).toFixed(6)) };
}
const plain = "M 10 10 H 110 V 60 H 10 Z";
const seen = {
  rect: from('<rect x="10" y="10" width="100" height="50"/>'),
  path: from(`<path d="${plain}"/>`),
  cutOut: from(`<path d="${plain} M 20 20 H 30 V 30 H 20 Z"/>`),
  asPath: from(`<path d="${plain}"/>`, "path"),
};
console.log(seen);
assert.deepEqual([seen.rect.size, Math.round(Math.abs(seen.rect.area))], [[100, 50], 5000]);
assert.deepEqual(seen.asPath.size, [100, 50]);
assert.deepEqual([seen.path.size, Math.round(seen.path.area)], [[0, 0], 500]);
assert.equal(Math.round(seen.cutOut.area), 600);
JS
