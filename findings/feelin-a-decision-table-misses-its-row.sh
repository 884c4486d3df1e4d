#!/usr/bin/env bash
# feelin 8.2.0 (npm), FEEL, the language of decision tables (DMN), and @gorules/zen-engine 0.54.0 (npm), a rule engine with a
# language of its own, to compare.
# Guess: a row for a discount of 0.3 is met by 0.1 + 0.2, and round half up(1.005, 2) is 1.01: numbers of FEEL are decimals
# of 34 digits by the DMN standard.
# Seen: it counts in binary. The row is missed, 1.005 is rounded to 1, and floor(4.35 * 100) is 434 cents. zen-engine counts
# in decimals.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0 @gorules/zen-engine@0.54.0
cat >rows.mjs <<'JS'
import assert from "assert";
import { evaluateExpressionSync } from "@gorules/zen-engine";
import { evaluate, unaryTest } from "feelin";
const asked = {
  "0.1 + 0.2 = 0.3": "0.1 + 0.2 == 0.3",
  "round half up(1.005, 2)": "round(1.005, 2)",
  "floor(4.35 * 100)": "floor(4.35 * 100)",
  "1.1 + 2.2": "1.1 + 2.2",
};
const seen = Object.entries(asked).map(([feel, zen]) => [feel, evaluate(feel, {}).value, evaluateExpressionSync(zen, {})]);
const { value: discount } = evaluate("0.1 + 0.2", {});
const row = unaryTest("0.3", { "?": discount }).value;
console.log("asked, feelin, zen-engine:", seen, "| the row for 0.3 is met:", row);
assert.deepEqual(seen.map(([, feel]) => feel), [false, 1, 434, 3.3000000000000003]);
assert.deepEqual(seen.map(([, , zen]) => zen), [true, 1.01, 435, 3.3]);
assert.equal(row, false);
JS
node rows.mjs
