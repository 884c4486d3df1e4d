#!/usr/bin/env bash
# clipper2-js 1.2.4 (npm), offsets for the path of a tool; clipper2-ts 2.0.1 (npm), another copy of the same original.
# Guess: a panel of 600 x 400 grown by the radius of a cutter of 8 mm is 608 x 408.
# Seen: it is 604 x 408 with six corners: the right side is left where it was, and the upper edge runs slanting across the
# panel. Shrunk by 4 it is 600 x 403.737 in place of 592 x 392. Numbers are whole (micrometres), the outline runs the right
# way, and with round or square corners it is wrong as well. clipper2-ts is right, called in the same way.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund clipper2-js@1.2.4 clipper2-ts@2.0.1
node - <<'JS'
const assert = require("assert");
const grown = ({ Clipper, JoinType, EndType }, inflate, by) => {
  const panel = Clipper.makePath([0, 0, 600000, 0, 600000, 400000, 0, 400000]);
  const [outline, ...others] = Clipper[inflate]([panel], by, JoinType.Miter, EndType.Polygon, 2);
  assert.equal(others.length, 0);
  const size = ["x", "y"].map((axis) => {
    const along = outline.map((corner) => Number(corner[axis]));
    return (Math.max(...along) - Math.min(...along)) / 1000;
  });
  return { corners: outline.length, size, area: Math.round(Number(Clipper.area(outline)) / 1e6) };
};
(async () => {
  const right = await import("clipper2-ts");
  const wrong = require("clipper2-js");
  const seen = [4000, -4000].map((by) => [grown(right, "inflatePaths", by), grown(wrong, "InflatePaths", by)]);
  console.log("clipper2-ts 2.0.1, clipper2-js 1.2.4:", JSON.stringify(seen));
  assert.deepEqual(seen, [
    [{ corners: 4, size: [608, 408], area: 248064 }, { corners: 6, size: [604, 408], area: 244012 }],
    [{ corners: 4, size: [592, 392], area: 232064 }, { corners: 4, size: [600, 403.737], area: 235994 }],
  ]);
})();
JS
