#!/usr/bin/env bash
# @jscad/dxf-serializer 2.1.23 with @jscad/modeling 2.13.0 (npm), read back by dxf-parser 1.1.2.
# Guess: a rectangle is a closed polyline of four corners.
# Seen: it is a polyline of five corners, the first one twice, that is marked closed as well. So each outline ends in a
# line of length 0, a move that no tool can make.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jscad/dxf-serializer@2.1.23 @jscad/modeling@2.13.0 dxf-parser@1.1.2
node - <<'JS'
const assert = require("assert");
const { primitives } = require("@jscad/modeling");
const { serialize } = require("@jscad/dxf-serializer");
const DxfParser = require("dxf-parser");
const panel = primitives.rectangle({ size: [600, 400], center: [300, 200] });
const [outline] = new DxfParser().parseSync(serialize({}, panel).join("")).entities;
const corners = outline.vertices.map(({ x, y }) => [x, y]);
console.log(outline.type, { closed: outline.shape }, JSON.stringify(corners));
assert.equal(outline.shape, true);
assert.equal(corners.length, 5);
assert.deepEqual(corners[0], corners[4]);
JS
