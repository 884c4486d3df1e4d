#!/usr/bin/env bash
# svgelements 1.9.6 and svglib 2.3.2 (PyPI), @resvg/resvg-js 2.6.2 (npm) to compare: a sheet with a part's drawing in it.
# Guess: <svg x="50" y="5" width="20" height="20" viewBox="0 0 10 10"> on a sheet in millimetres is 20 wide and begins at 50,
# for whoever reads it.
# Seen: svgelements has it begin at 150, outside the sheet of 100: x is scaled by the inner viewBox and added once more.
# svglib has it 15 wide: the inner width is taken for pixels of 0.75. A panel is cut elsewhere by one, smaller by the other.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q svgelements==1.9.6 svglib==2.3.2 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @resvg/resvg-js@2.6.2
cat >sheet.svg <<'SVG'
<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">
  <svg x="50" y="5" width="20" height="20" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>
</svg>
SVG
v/bin/python - <<'PY'
from svgelements import SVG, Rect
from svglib.svglib import svg2rlg

(part,) = SVG.parse("sheet.svg").select(lambda each: isinstance(each, Rect))
left, _, right, _ = (round(value * 25.4 / 96, 3) for value in part.bbox())
drawn = [round(value * 25.4 / 72, 3) for value in svg2rlg("sheet.svg").getBounds()]
print("svgelements", (left, right), "svglib", (drawn[0], drawn[2]))
assert (left, right) == (150, 170)
assert (drawn[0], drawn[2]) == (50, 65)
PY
node - <<'JS'
const assert = require("assert");
const { Resvg } = require("@resvg/resvg-js");
const { x, width } = new Resvg(require("fs").readFileSync("sheet.svg")).getBBox();
console.log("resvg", [x, x + width]);
assert.deepEqual([x, width], [50, 20]);
JS
