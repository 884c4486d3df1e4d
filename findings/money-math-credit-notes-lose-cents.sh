#!/usr/bin/env bash
# money-math 2.6.3 (npm), amounts as texts such as "-42.10", exact and rounded half up.
# Guess: a credit note takes back what the invoice had: a third of -20.00 is -6.67, as a third of 20.00 is 6.67; at the
# worst a half cent is rounded the other way.
# Seen: it is -6.65, and half of -0.09 is -0.03. Where the digit behind the cent is 5 or more, a negative amount moves up
# where it should move down: one or two cents are lost on half of all credits.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund money-math@2.6.3
node - <<'JS'
const assert = require("assert");
const money = require("money-math");
const pairs = [
  [money.div("20.00", "3.00"), money.div("-20.00", "3.00")],
  [money.div("10.00", "3.00"), money.div("-10.00", "3.00")],
  [money.mul("0.09", "0.50"), money.mul("-0.09", "0.50")],
  [money.percent("48.90", "19.00"), money.percent("-48.90", "19.00")],
];
console.log("money-math 2.6.3, invoice and credit:", JSON.stringify(pairs));
assert.deepEqual(pairs, [["6.67", "-6.65"], ["3.33", "-3.33"], ["0.05", "-0.03"], ["9.29", "-9.28"]]);
let odd = 0;
for (let cents = 1; cents <= 1000; cents += 1) {
  const amount = (cents / 100).toFixed(2);
  if ("-" + money.mul(amount, "0.19") !== money.mul("-" + amount, "0.19")) odd += 1;
}
console.log("of 1000 amounts, taxes at 19 % that the credit note does not take back:", odd);
JS
