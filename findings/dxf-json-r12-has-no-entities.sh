#!/usr/bin/env bash
# dxf-json 0.14.1 (npm), a reader of DXF, on drawings by ezdxf 1.4.5 (PyPI); dxf-parser 1.1.2 to compare.
# Guess: a panel and its hole saved as R12, the plainest form of DXF, are read as from R2010, or R12 is refused.
# Seen: from R2010 there are three entities, from R12 none: the list is empty, as for an empty drawing, and nothing is
# said. Entities are known by a subclass mark (group 100) that R12 does not have. dxf-parser reads three from both.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dxf-json@0.14.1 dxf-parser@1.1.2
v/bin/python - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
import ezdxf

for version in ("R12", "R2010"):
    drawing = ezdxf.new(version, units=0)
    space = drawing.modelspace()
    space.add_line((0, 0), (600, 0))
    space.add_arc((300, 0), 300, 0, 180)
    space.add_circle((300, 100), 17.5)
    drawing.saveas(f"{version}.dxf")
PY
node - <<'JS'
const assert = require("assert");
const { readFileSync } = require("fs");
const { DxfParser } = require("dxf-json");
const Other = require("dxf-parser");
const count = (version) => {
  const text = readFileSync(`${version}.dxf`, "utf8");
  return [new DxfParser().parseSync(text).entities.length, new Other().parseSync(text).entities.length];
};
const [old, recent] = [count("R12"), count("R2010")];
console.log("R12: dxf-json %d, dxf-parser %d | R2010: dxf-json %d, dxf-parser %d", ...old, ...recent);
assert.deepEqual([old, recent], [[0, 3], [3, 3]]);
JS
