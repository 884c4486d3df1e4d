#!/usr/bin/env bash
# usd2gltf 0.3.5 with usd-core 26.11 (PyPI), scenes made in CAD to GLB for the web: a cabinet of 900 x 600 x 2000 mm.
# Guess: both formats say what their numbers mean, so a stage in millimetres whose up is z becomes metres with y up: 2 m high,
# whatever unit the stage is in.
# Seen: numbers go over as they are, and no node turns or scales them: 2000 m long and lying on its back in millimetres, 200 m
# in centimetres, which is what a stage is in that does not say. Only a stage in metres with y up is right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q usd2gltf==0.3.5 usd-core==26.11 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import json
import subprocess

from pxr import Usd, UsdGeom

FACES = [0, 1, 3, 2, 4, 6, 7, 5, 0, 4, 5, 1, 2, 3, 7, 6, 0, 2, 6, 4, 1, 5, 7, 3]


def converted(name, metres, up):
    stage = Usd.Stage.CreateNew(f"{name}.usda")
    UsdGeom.SetStageUpAxis(stage, up)
    if metres:
        UsdGeom.SetStageMetersPerUnit(stage, metres)
    width, depth, height = (size / UsdGeom.GetStageMetersPerUnit(stage) for size in (0.9, 0.6, 2.0))
    across = (width, depth, height) if up == "Z" else (width, height, depth)
    cabinet = UsdGeom.Mesh.Define(stage, "/cabinet")
    stage.SetDefaultPrim(cabinet.GetPrim())
    cabinet.CreatePointsAttr([tuple(s * (i >> k & 1) for k, s in zip((2, 1, 0), across)) for i in range(8)])
    cabinet.CreateFaceVertexCountsAttr([4] * 6)
    cabinet.CreateFaceVertexIndicesAttr(FACES)
    cabinet.CreateSubdivisionSchemeAttr("none")
    stage.Save()
    command = ["v/bin/usd2gltf", "-i", f"{name}.usda", "-o", f"{name}.glb"]
    subprocess.run(command, check=True, capture_output=True)
    data = open(f"{name}.glb", "rb").read()
    model = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    assert not any({"scale", "rotation", "matrix"} & set(node) for node in model["nodes"])
    (size,) = {tuple(a["max"]) for a in model["accessors"] if a["type"] == "VEC3" and "max" in a and max(a["max"]) > 1}
    return [round(metre, 3) for metre in size]


seen = {
    "metres, y up": converted("metres", 1, "Y"),
    "millimetres, z up": converted("millimetres", 0.001, "Z"),
    "not said, z up": converted("unsaid", None, "Z"),
}
print("usd2gltf 0.3.5, metres along x, y, z:", seen)
assert list(seen.values()) == [[0.9, 2.0, 0.6], [900, 600, 2000], [90, 60, 200]]
PY
