#!/usr/bin/env bash
# convert-units 2.3.4 (npm), units in JavaScript.
# Guess: 1 in = 25.4 mm, by definition since 1959.
# Seen: inches go to metres by way of feet at 3.28084 to the metre. 1 in = 25.399999187 mm, 1 lb = 0.453592 kg:
# a width typed in inches misses a step of a 32nd by a little, and an exact comparison fails.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund convert-units@2.3.4
node - <<'JS'
const assert = require("assert");
const convert = require("convert-units");
const inch = convert(1).from("in").to("mm");
const pound = convert(1).from("lb").to("kg");
console.log({ inch, cabinet: convert(96).from("in").to("mm"), pound });
assert.equal(inch.toFixed(9), "25.399999187");
assert.notEqual(convert(96).from("in").to("mm").toFixed(4), "2438.4000");
assert.equal(pound, 0.453592);
JS
