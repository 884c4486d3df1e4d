#!/usr/bin/env bash
# @jscad/svg-deserializer 2.5.14 with @jscad/modeling 2.13.0 (npm): outlines drawn elsewhere become solids.
# Guess: transform="matrix(1 0 0 1 100 0)" moves by 100 as transform="translate(100 0)" does; drawing programs write it
# for everything that was dragged, turned or mirrored.
# Seen: translate, rotate and scale are done, matrix is left out without a word: the part lies where it was first drawn.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jscad/svg-deserializer@2.5.14 @jscad/modeling@2.13.0
node - <<'JS'
const assert = require("assert");
const { measurements } = require("@jscad/modeling");
const { deserialize } = require("@jscad/svg-deserializer");
function from(transform) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600mm" height="400mm" viewBox="0 0 600 400">
    <g transform="${transform}"><rect x="0" y="0" width="10" height="5"/></g></svg>`;
  const [outline] = deserialize({ output: "geometry", target: "path", addMetaData: false }, svg);
  return measurements.measureBoundingBox(outline).map(([x]) => +x.toFixed(6));
}
const seen = { translate: from("translate(100 0)"), scale: from("scale(2)"), matrix: from("matrix(1 0 0 1 100 0)") };
console.log(seen);
assert.deepEqual(seen, { translate: [100, 110], scale: [0, 20], matrix: [0, 10] });
JS
