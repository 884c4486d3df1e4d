#!/usr/bin/env bash
# @half0wl/money 1.0.2 (npm), money as whole cents, on prices as a supplier's list has them.
# Guess: fromString("EUR", "19.00") is 1900 cents, as "19.90" is 1990: its guide says of "10.00" that it is 1000.
# Seen: it is 19 cents. What has nothing behind the point is taken for a number of cents already, so that of two prices
# side by side the round one is a hundredth. "19.50" is right, and a test with such a price does not show it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @half0wl/money@1.0.2
node - <<'JS'
const assert = require("assert");
const { Money } = require("@half0wl/money");
const cents = (text) => Money.fromString("EUR", text).getAmount();
const seen = ["19.90", "19.50", "19.00", "120.00", "10.00"].map((text) => [text, cents(text)]);
console.log("@half0wl/money 1.0.2", Object.fromEntries(seen));
assert.deepEqual(seen.map(([, amount]) => amount), [1990, 1950, 19, 120, 10]);
JS
