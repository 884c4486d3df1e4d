#!/usr/bin/env bash
# js-quantities 1.8.0 (npm), quantities with units in JavaScript.
# Guess: "100 sqft" and "100 ft2" are two ways to write 9.29 square metres.
# Seen: "sqft" is listed as a unit of area and is one square metre: 100 sqft are 100 m2, and 1,076.39 ft2. A worktop
# ordered by the square foot is priced at more than ten times its size. "ft2" is right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund js-quantities@1.8.0
node - <<'JS'
const assert = require("assert");
const Qty = require("js-quantities");
const area = (text, unit = "m2") => +Qty(text).to(unit).scalar.toFixed(6);
console.log({ sqft: area("100 sqft"), ft2: area("100 ft2"), back: area("100 sqft", "ft2") }, Qty.getUnits("area"));
assert.ok(Qty.getUnits("area").includes("sqft"));
assert.equal(area("100 ft2"), 9.290304);
assert.equal(area("100 sqft"), 100);
JS
