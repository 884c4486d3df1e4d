#!/usr/bin/env bash
# @microsoft/recognizers-text-number-with-unit 1.3.1 (npm), amounts out of what people write, in many languages.
# Guess: "EUR 48.90" and "48.90 EUR" are one amount, as "€ 48.90" is.
# Seen: with the code in front it is 0.489, a hundredth; so are all codes, in English and in German. With the sign in front,
# or the code behind, it is 48.9. Invoices put the code in front.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @microsoft/recognizers-text-number-with-unit@1.3.1
node - <<'JS'
const assert = require("assert");
const { recognizeCurrency, Culture } = require("@microsoft/recognizers-text-number-with-unit");
const read = (text, culture) => {
  const found = recognizeCurrency(text, culture);
  assert.equal(found.length, 1);
  return [text, found[0].resolution.value];
};
const seen = [
  ...["48.90 EUR", "€ 48.90", "EUR 48.90", "CHF 48.90"].map((text) => read(text, Culture.English)),
  ...["48,90 EUR", "EUR 48,90"].map((text) => read(text, Culture.German)),
];
console.log("recognizers-text-number-with-unit 1.3.1", Object.fromEntries(seen));
assert.deepEqual(seen.map(([, value]) => value), ["48.9", "48.9", "0.489", "0.489", "48.9", "0.489"]);
JS
