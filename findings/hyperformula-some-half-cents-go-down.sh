#!/usr/bin/env bash
# hyperformula 3.5.0 (npm), a spreadsheet's formulas in JavaScript; @formulajs/formulajs 4.6.1 (npm) to compare.
# Guess: ROUND(18.435, 2) is 18.44, as in a spreadsheet: half a cent goes up, and the library smooths what binary numbers do
# to 0.1 + 0.2 = 0.3, which it answers with true.
# Seen: it is 18.43, and ROUND(1.005, 2) is 1; so it is for one half cent in thirty, with no rule to see from outside, since
# the others go up. A test with 2.675 or 8.345 does not show it. formulajs is right for all.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund hyperformula@3.5.0 @formulajs/formulajs@4.6.1
node - <<'JS'
const assert = require("assert");
const { ROUND } = require("@formulajs/formulajs");
const { HyperFormula } = require("hyperformula");
const sheet = HyperFormula.buildFromArray([[]], { licenseKey: "gpl-v3" });
const asked = ["0.1+0.2=0.3", "ROUND(8.345,2)", "ROUND(2.675,2)", "ROUND(18.435,2)", "ROUND(1.005,2)"];
const seen = Object.fromEntries(asked.map((formula) => [formula, sheet.calculateFormula("=" + formula, 0)]));
const wrong = { hyperformula: 0, formulajs: 0 };
const halves = Array.from({ length: 2000 }, (_, step) => step * 5);
for (const cents of halves) {
  const [half, up] = [`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}5`, (cents + 1) / 100];
  if (sheet.calculateFormula(`=ROUND(${half},2)`, 0) !== up) wrong.hyperformula += 1;
  if (ROUND(Number(half), 2) !== up) wrong.formulajs += 1;
}
console.log("hyperformula", HyperFormula.version, seen, "| of", halves.length, "half cents go down:", wrong);
assert.deepEqual(Object.values(seen), [true, 8.35, 2.68, 18.43, 1]);
assert.ok(wrong.hyperformula > halves.length / 50 && wrong.formulajs === 0);
JS
