#!/usr/bin/env bash
# svg-path-bounds 1.0.2 (npm), the size of a path, for what a cut-out or an engraving needs.
# Guess: the box that the line fills. A curve with handles at a height of 100 rises to 75.
# Seen: the box of the handles: 100. A curved front is charged and nested a third higher than it is. svg-pathdata 7.2.0 and
# svg-path-commander 2.3.3 say 75.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund svg-path-bounds@1.0.2 svg-pathdata@7.2.0 svg-path-commander@2.3.3
cat > run.mjs <<'JS'
import assert from "assert";
import bounds from "svg-path-bounds";
import { SVGPathData } from "svg-pathdata";
import SVGPathCommander from "svg-path-commander";
const front = "M 0 0 C 0 100 100 100 100 0";
const seen = {
  bounds: bounds(front)[3],
  pathdata: new SVGPathData(front).toAbs().getBounds().maxY,
  commander: SVGPathCommander.getPathBBox(front).y2,
};
console.log(seen);
assert.deepEqual(seen, { bounds: 100, pathdata: 75, commander: 75 });
JS
node run.mjs
