#!/usr/bin/env bash
# @formulajs/formulajs 4.6.1 (npm), a spreadsheet's functions in JavaScript.
# Guess: CONVERT(1, "m3", "cm3") is 1,000,000, as in a spreadsheet; or the prefix before a cube is refused.
# Seen: it is 100, and "dm3" 10: the prefix is not cubed. A freight volume of 2,000,000 cm3 reads as 20,000 m3. Litres and
# cubic feet are right, and so is "m3" itself, so a test with those does not show it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @formulajs/formulajs@4.6.1
node - <<'JS'
const assert = require("assert");
const { CONVERT } = require("@formulajs/formulajs");
const seen = {
  m3_cm3: CONVERT(1, "m3", "cm3"), m3_dm3: CONVERT(1, "m3", "dm3"), carton: CONVERT(2_000_000, "cm3", "m3"),
  m3_l: CONVERT(1, "m3", "l"), ft3_l: CONVERT(1, "ft3", "l"),
};
console.log(seen);
assert.deepEqual(seen, { m3_cm3: 100, m3_dm3: 10, carton: 20000, m3_l: 1000, ft3_l: 28.316846592 });
JS
