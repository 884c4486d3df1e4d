#!/usr/bin/env bash
# @easymoney/money 1.0.2 (npm), "operate with monetary values": has a cart reached the amount for free delivery?
# Guess: 100.00 is greater than 90.00, and 10.00 less than 50.00.
# Seen: the second is, the first is not: amounts are compared as words, digit by digit from the left, as in a dictionary.
# A cart of 100.00 does not reach a limit of 90.00, one of 9.00 reaches a limit of 50.00. Between amounts of equal length
# all is right, and sums are too, so a test within one range of prices does not show it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @easymoney/money@1.0.2
node - <<'JS'
const assert = require("assert");
const { createMoney } = require("@easymoney/money");
const euros = (cents) => createMoney({ amount: cents, currency: "EUR" });
const reaches = (cart, limit) => euros(cart).greaterThanOrEqual(euros(limit));
const seen = [[6000, 5000], [4000, 5000], [10000, 9000], [900, 5000]].map(([cart, limit]) => reaches(cart, limit));
console.log("@easymoney/money 1.0.2: 60 of 50, 40 of 50, 100 of 90, 9 of 50:", JSON.stringify(seen));
assert.deepEqual(seen, [true, false, false, true]);
assert.equal(euros(10000).lessThan(euros(9000)), true);
assert.equal(euros(9000).add(euros(1000)).getAmount(), "10000");
JS
