#!/usr/bin/env bash
# maxrects-packer 2.7.4 (npm), rectangles on sheets: a side panel of 600 x 2400 that has to be turned to fit on 2800 x 2070.
# Guess: add(600, 2400) and add({width: 600, height: 2400}) are one thing, and what comes back says how the part lies.
# Seen: the first comes back as 2400 x 600, as it lies, the second as 600 x 2400, as it was; both are marked as turned, at
# the same place. Drawn by what it says, the second leaves the board by 330 and lies over its neighbours.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund maxrects-packer@2.7.4
cat >pack.mjs <<'JS'
import assert from "assert";
import { MaxRectsPacker } from "./node_modules/maxrects-packer/dist/maxrects-packer.mjs";
const placed = (add) => {
  const packer = new MaxRectsPacker(2800, 2070, 4, { smart: false, pot: false, allowRotation: true });
  add(packer);
  const [{ x, y, width, height, rot }] = packer.rects;
  return { x, y, width, height, rot };
};
const numbers = placed((packer) => packer.add(600, 2400));
const object = placed((packer) => packer.add({ width: 600, height: 2400 }));
console.log("maxrects-packer 2.7.4: numbers", numbers, "object", object);
assert.deepEqual(numbers, { x: 0, y: 0, width: 2400, height: 600, rot: true });
assert.deepEqual(object, { x: 0, y: 0, width: 600, height: 2400, rot: true });
JS
node pack.mjs
