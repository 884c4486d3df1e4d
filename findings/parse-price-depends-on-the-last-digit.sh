#!/usr/bin/env bash
# parse-price 1.1.8 (npm), a reader of prices as people write them.
# Guess: "1.590 €" and "1.595 €" are five apart, and what stands behind the price does not change it.
# Seen: they are 1590 and 1.595: the dot ends thousands only where the price ends in 0. So a price list of whole euros is
# right or a thousandth by its last digit. The dot of "19,99 EUR inkl. MwSt." counts too, so that the price is 1999.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse-price@1.1.8
node - <<'JS'
const assert = require("assert");
const parsePrice = require("parse-price");
const texts = ["1.590 €", "1.595 €", "$1,299", "19,99 EUR", "19,99 EUR inkl. MwSt."];
const seen = texts.map(parsePrice);
console.log(Object.fromEntries(texts.map((text, at) => [text, seen[at]])));
assert.deepEqual(seen, [1590, 1.595, 1.299, 19.99, 1999]);
JS
