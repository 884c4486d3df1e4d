#!/usr/bin/env bash
# js-money 0.6.3 and ts-money 0.4.8 (npm), two libraries with the same names and calls.
# Guess: fromDecimal(19.99, "EUR") is 1999 cents in both: it asks for no more digits than the currency has.
# Seen: js-money throws "Amount must be an integer", since it finds 1998.9999999999998 by itself. So it does for 9,175 of the
# 100,000 prices up to 1,000.00, among them 0.29, 1.15, 4.35 and 8.20, and for none of 932.80, 48.90 or whole euros. ts-money
# takes them all. Only a function for rounding as third argument helps.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund js-money@0.6.3 ts-money@0.4.8
node - <<'JS'
const assert = require("assert");
const readers = { "js-money 0.6.3": require("js-money"), "ts-money 0.4.8": require("ts-money").Money };
const cents = (Money, price) => {
  try {
    return Money.fromDecimal(price, "EUR").amount;
  } catch (error) {
    return error.message;
  }
};
const refused = {};
for (const [name, Money] of Object.entries(readers)) {
  console.log(name, [19.99, 4.35, 8.2, 932.8, 48.9].map((price) => cents(Money, price)));
  refused[name] = 0;
  for (let amount = 1; amount <= 100000; amount += 1) {
    if (cents(Money, amount / 100) !== amount) refused[name] += 1;
  }
}
console.log("prices refused of 100000:", refused);
assert.deepEqual(refused, { "js-money 0.6.3": 9175, "ts-money 0.4.8": 0 });
assert.equal(readers["js-money 0.6.3"].fromDecimal(19.99, "EUR", Math.round).amount, 1999);
JS
