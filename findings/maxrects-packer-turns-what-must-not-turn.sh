#!/usr/bin/env bash
# maxrects-packer 2.7.4 (npm), rectangles on sheets: fronts with upright grain on a board of 2800 x 2070.
# Guess: a part {width: 600, height: 2000, allowRotation: false} stays upright, and one of 600 x 2400 does not fit: its guide
# shows allowRotation in such a part.
# Seen: both are turned, so that the grain runs across. In a plain object the word is not looked at. In a Rectangle of its
# own class it counts, and then the one that does not fit is on no board and not among the oversized: it is gone.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund maxrects-packer@2.7.4
cat >pack.mjs <<'JS'
import assert from "assert";
import { MaxRectsPacker, Rectangle } from "./node_modules/maxrects-packer/dist/maxrects-packer.mjs";
const FRONTS = [[600, 2400], [600, 2000]];
const turned = (parts) => {
  const packer = new MaxRectsPacker(2800, 2070, 4, { smart: false, pot: false, allowRotation: true });
  packer.addArray(parts);
  return packer.rects.map(({ height, rot, oversized }) => [rot ? height + " turned" : height, oversized ?? false]);
};
const plain = turned(FRONTS.map(([width, height]) => ({ width, height, allowRotation: false })));
const own = turned(FRONTS.map(([width, height]) => {
  const front = new Rectangle(width, height);
  front.allowRotation = false;
  return front;
}));
console.log("maxrects-packer 2.7.4: plain parts, oversized:", plain, "its own:", own);
assert.deepEqual(plain, [["2400 turned", false], ["2000 turned", false]]);
assert.deepEqual(own, [[2000, false]]);
JS
node pack.mjs
