#!/usr/bin/env bash
# hyperformula 3.5.0 (npm), a spreadsheet's formulas in JavaScript; @formulajs/formulajs 4.6.1 (npm) to compare.
# Guess: INT goes down to the next whole number, as in a spreadsheet: INT(-1.5) is -2, and a number is always INT(x) and
# MOD(x, 1) together.
# Seen: INT(-1.5) is -1 and INT(-0.1) is 0, what TRUNC gives, while MOD(-1.5, 1) is 0.5 and FLOOR(-1.5, 1) is -2, as they are
# in a spreadsheet. So a credit of 1.50 split into whole and rest comes to -0.50. Positive amounts do not show it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund hyperformula@3.5.0 @formulajs/formulajs@4.6.1
node - <<'JS'
const assert = require("assert");
const { FLOOR, INT, MOD } = require("@formulajs/formulajs");
const { HyperFormula } = require("hyperformula");
const sheet = HyperFormula.buildFromArray([[-1.5]], { licenseKey: "gpl-v3" });
const asked = ["INT(1.5)", "INT(A1)", "INT(-0.1)", "TRUNC(A1)", "FLOOR(A1,1)", "MOD(A1,1)", "INT(A1)+MOD(A1,1)"];
const seen = Object.fromEntries(asked.map((formula) => [formula, sheet.calculateFormula("=" + formula, 0)]));
console.log("hyperformula", HyperFormula.version, seen, "| formulajs INT(-1.5):", INT(-1.5));
assert.deepEqual(Object.values(seen), [1, -1, 0, -1, -2, 0.5, -0.5]);
assert.deepEqual([INT(-1.5), FLOOR(-1.5, 1), MOD(-1.5, 1)], [-2, -2, 0.5]);
JS
