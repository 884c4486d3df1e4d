#!/usr/bin/env bash
# numeric-quantity 3.3.3 (npm), numbers as people write them, with fractions: "23 5/8", "1½".
# Guess: "1,5" is 1.5, or no number, as "1 590" and "1’250" are none: a comma that ends thousands has three digits after it.
# Seen: commas are left out wherever they stand. A width of "1,5" m is 15, a price of "19,99" is 1999 and "0,5" is 5; even
# "1,5 1/2" is a number. "1.590,00" is 1.59. With decimalSeparator "," all are right, so it has to be known beforehand how
# the customer writes.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund numeric-quantity@3.3.3
cat >read.mjs <<'JS'
import assert from "assert";
import { numericQuantity } from "numeric-quantity";
const written = ["23 5/8", "1,590.00", "1,5", "0,5", "19,99", "1,5 1/2", "1.590,00", "1 590", "1’250"];
const seen = Object.fromEntries(written.map((text) => [text, numericQuantity(text)]));
console.log("numeric-quantity 3.3.3:", seen);
assert.deepEqual(Object.values(seen), [23.625, 1590, 15, 5, 1999, 15.5, 1.59, NaN, NaN]);
const told = ["1,5", "19,99", "1.590,00"].map((text) => numericQuantity(text, { decimalSeparator: "," }));
assert.deepEqual(told, [1.5, 19.99, 1590]);
JS
node read.mjs
