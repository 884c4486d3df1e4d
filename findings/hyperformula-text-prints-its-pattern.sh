#!/usr/bin/env bash
# hyperformula 3.5.0 (npm), a spreadsheet's formulas in JavaScript.
# Guess: TEXT(1590.5, "#,##0.00") is "1,590.50" and TEXT(0.19, "0%") is "19%", as in a spreadsheet, or a pattern that is not
# known is an error, as an unknown function is.
# Seen: the first is "1591,##0.00", a price with half of its pattern behind it, and the second "0%", so that each discount
# below a half reads as none and each above as "1%". "0.00" and "$#0.00" are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund hyperformula@3.5.0
node - <<'JS'
const assert = require("assert");
const { HyperFormula } = require("hyperformula");
const sheet = HyperFormula.buildFromArray([[]], { licenseKey: "gpl-v3" });
const text = (number, pattern) => sheet.calculateFormula(`=TEXT(${number},"${pattern}")`, 0);
const seen = [[1590.5, "0.00"], [1590.5, "$#0.00"], [1590.5, "#,##0.00"], [0.19, "0%"], [0.75, "0%"]]
  .map(([number, pattern]) => [number, pattern, text(number, pattern)]);
console.log("hyperformula", HyperFormula.version, seen);
assert.deepEqual(seen.map(([, , told]) => told), ["1590.50", "$1590.50", "1591,##0.00", "0%", "1%"]);
JS
