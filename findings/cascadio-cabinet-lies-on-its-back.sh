#!/usr/bin/env bash
# cascadio 0.1.1 (PyPI), STEP to GLB for the web, on a cabinet written by stepfg 2.0.0 (PyPI).
# Guess: a cabinet that stands 2 m high along z, as CAD has it, stands along y in the GLB, as glTF asks for and as other
# makers of GLB do it.
# Seen: millimetres become metres, and z stays z: in every viewer the cabinet lies on its back. There is no node that turns
# it, and no option.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q cascadio==0.1.1 stepfg==2.0.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import json

import cascadio
from stepfg import generate_step

with open("cabinet.stp", "w") as file:
    file.write(generate_step(polygons=[[[0, 0], [900, 0], [900, 600], [0, 600]]], z_range=[0, 2000], scale=1))
cascadio.step_to_glb("cabinet.stp", "cabinet.glb", 0.1, 0.5)
data = open("cabinet.glb", "rb").read()
model = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
turned = [node for node in model["nodes"] if {"rotation", "matrix"} & set(node)]
corners = [a for a in model["accessors"] if a["type"] == "VEC3" and "min" in a and max(a["max"]) > 1]
size = [
    round(max(a["max"][axis] for a in corners) - min(a["min"][axis] for a in corners), 3) for axis in range(3)
]
print("cascadio", cascadio.__version__, "metres along x, y, z:", size, "| nodes that turn:", len(turned))
assert size == [0.9, 0.6, 2.0] and not turned
PY
