#!/usr/bin/env bash
# edifact 1.2.12 (npm), a reader of EDIFACT messages, on an order whose UNA says that the decimal mark is a comma.
# Guess: all numbers come in one way: with a point, as it does for the price, or all as they are written.
# Seen: price and percentage come with a point, "48.90"; quantity, measure and amount keep the comma, "2,5". Who has tried it
# with the price goes on with Number or parseFloat: 2.5 m become NaN or 2, a length of 600,5 becomes 600.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund edifact@1.2.12
node - <<'JS'
const assert = require("assert");
const { Reader } = require("edifact");
const order = [
  "UNA:+,? ", "UNB+UNOC:3+SHOP+WORKSHOP+261129:1200+1", "UNH+1+ORDERS:D:96A:UN", "LIN+1++4006381333931:EN",
  "MEA+AAE+LN+MMT:600,5", "QTY+21:2,5", "MOA+203:122,25", "PRI+AAA:48,90", "PCD+3:2,5", "UNS+S", "UNT+9+1", "UNZ+1+1", "",
].join("'");
const numbers = Object.fromEntries(
  new Reader().parse(order).filter(({ name }) => /MEA|QTY|MOA|PRI|PCD/.test(name))
    .map(({ name, elements }) => [name, elements.at(-1).at(-1)]),
);
console.log(numbers, "quantity read as a number:", parseFloat(numbers.QTY));
assert.deepEqual(numbers, { MEA: "600,5", QTY: "2,5", MOA: "122,25", PRI: "48.90", PCD: "2.5" });
JS
