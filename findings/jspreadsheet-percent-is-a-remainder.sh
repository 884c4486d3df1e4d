#!/usr/bin/env bash
# @jspreadsheet/formula 2.0.2 (npm), a spreadsheet's formulas in the browser, on a price.
# Guess: =A1-A1*10%-5 takes ten percent and five more from a price of 200: 175.
# Seen: 200. The sign % is handed to JavaScript, where it asks for a remainder: 2000 % -5 is 0. So =A1*10%+5 is 0 and not 25.
# Only where nothing follows, as in =A1*10%, there is an error.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jspreadsheet/formula@2.0.2
node - <<'JS'
const assert = require("assert");
const formula = require("@jspreadsheet/formula");
const price = { A1: 200 };
const seen = ["A1-A1*10%-5", "A1*10%+5", "A1-A1*0.1-5"].map((text) => [text, formula(text, price)]);
console.log(Object.fromEntries(seen));
assert.deepEqual(seen.map(([, value]) => value), [200, 0, 175]);
assert.throws(() => formula("A1*10%", price), SyntaxError);
JS
