#!/usr/bin/env bash
# footinch 1.0.2 (npm), a reader of imperial lengths such as 5' 10 1/4".
# Guess: 23-5/8" is 23 and five eighths of an inch, 600 mm, as on any American drawing: there is a sign for inches and none
# for feet; with a blank, 23 5/8", it is read so.
# Seen: with the hyphen it is 23 feet and five eighths, 7,026 mm, the depth of a room in place of that of a cupboard. And
# 8'-6 1/2", the usual way to write feet and inches, is NaN.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund footinch@1.0.2
node - <<'JS'
const assert = require("assert");
const { parse } = require("footinch");
const millimetres = (text) => Math.round(parse.M(text) * 1e6) / 1e3;
const texts = ['23 5/8"', '23-5/8"', `8' 6 1/2"`, `8'-6 1/2"`];
const seen = texts.map(millimetres);
console.log(Object.fromEntries(texts.map((text, at) => [text, seen[at]])));
assert.deepEqual(seen, [600.075, 7026.275, 2603.5, NaN]);
JS
