#!/usr/bin/env bash
# @microsoft/recognizers-text-number-with-unit 1.3.1 (npm), amounts out of what people write, in many languages.
# Guess: told that a text is German, it reads "1.595,50 Euro" as 1595.5, as it reads "19,99 €" as 19.99.
# Seen: it is 2.095: the dot is taken for a decimal mark and so is the comma, and 1.595 and 0.50 are added up. "1.590,00 €"
# is 1.59, and a worktop of "1.200 mm" is 1.2 mm. Without the dot, 1590 is right. In English 1,590.00 is 1590.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @microsoft/recognizers-text-number-with-unit@1.3.1
node - <<'JS'
const assert = require("assert");
const { recognizeCurrency, recognizeDimension, Culture } = require("@microsoft/recognizers-text-number-with-unit");
const read = (recognize, text, culture) => {
  const found = recognize(text, culture);
  assert.equal(found.length, 1);
  return [text, found[0].resolution.value];
};
const seen = [
  ...["19,99 €", "1590 €", "1.590,00 €", "1.595,50 Euro"].map((text) => read(recognizeCurrency, text, Culture.German)),
  read(recognizeDimension, "1.200 mm", Culture.German),
  read(recognizeCurrency, "€1,590.00", Culture.English),
];
console.log("recognizers-text-number-with-unit 1.3.1", Object.fromEntries(seen));
assert.deepEqual(seen.map(([, value]) => value), ["19.99", "1590", "1.59", "2.095", "1.2", "1590"]);
JS
