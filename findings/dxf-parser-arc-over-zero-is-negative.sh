#!/usr/bin/env bash
# dxf-parser 1.1.2 (npm), on a rounded rectangle written by makerjs 0.19.2 (npm).
# Guess: `angleLength` of each of the four quarter arcs is a quarter turn, so that radius x angleLength is the length of
# edging or of the tool's way.
# Seen: an arc that ends at 0 or passes it has end minus start: -4.71 in place of 1.57. The four corners of a radius of 20
# come to no length at all: three quarter turns less three quarter turns.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dxf-parser@1.1.2 makerjs@0.19.2
node - <<'JS'
const assert = require("assert");
const DxfParser = require("dxf-parser");
const makerjs = require("makerjs");
const front = { models: { outline: new makerjs.models.RoundRectangle(600, 400, 20) }, units: "mm" };
const { entities } = new DxfParser().parseSync(makerjs.exporter.toDXF(front));
const arcs = entities.filter(({ type }) => type === "ARC");
const turns = arcs.map(({ angleLength }) => +(angleLength / (Math.PI / 2)).toFixed(9)).sort();
const length = arcs.reduce((sum, { radius, angleLength }) => sum + radius * angleLength, 0);
console.log({ quarterTurns: turns, length: +length.toFixed(6), right: +(2 * Math.PI * 20).toFixed(6) });
assert.deepEqual(turns, [-3, 1, 1, 1]);
assert.ok(Math.abs(length) < 1e-9);
JS
