#!/usr/bin/env bash
# fast-formula-parser 1.0.19 (npm), formulas of a spreadsheet in JavaScript; @formulajs/formulajs 4.6.1 to compare.
# Guess: =TRUNC(12.999, 2) is 12.99, as spreadsheets have it, or the second number is refused.
# Seen: it is 12. The second number is not looked at: a price cut to cents loses its cents, a length in metres its
# millimetres. ROUNDDOWN, which asks for the same, is right, and TRUNC of one number as well.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fast-formula-parser@1.0.19 @formulajs/formulajs@4.6.1
node - <<'JS'
const assert = require("assert");
const FormulaParser = require("fast-formula-parser");
const { TRUNC } = require("@formulajs/formulajs");
const parser = new FormulaParser();
const at = { row: 1, col: 1 };
const seen = [parser.parse("TRUNC(12.999,2)", at), parser.parse("ROUNDDOWN(12.999,2)", at), TRUNC(12.999, 2)];
console.log("TRUNC", seen[0], "ROUNDDOWN", seen[1], "formulajs TRUNC", seen[2]);
assert.deepEqual(seen, [12, 12.99, 12.99]);
JS
