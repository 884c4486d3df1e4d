#!/usr/bin/env bash
# stepfg 2.0.0 (PyPI) writes a panel as STEP, OpenCASCADE (cadquery-ocp-novtk 8.0.1.1.0, PyPI) reads it.
# Guess: a panel of 600 x 18 x 400, written as MANIFOLD_SOLID_BREP, is one solid of 4,320,000 mm3 with 12 edges.
# Seen: it is six faces that touch and hold nothing: no solid, no volume, 24 edges. Each face brings edges of its own, so no
# two faces share one. On the screen it is a panel; weight is 0, and a hole cannot be drilled into it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q stepfg==2.0.0 cadquery-ocp-novtk==8.0.1.1.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import os
import sys

from OCP.BRepGProp import BRepGProp
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
from OCP.GProp import GProp_GProps
from OCP.STEPControl import STEPControl_AsIs, STEPControl_Reader, STEPControl_Writer
from OCP.TopAbs import TopAbs_EDGE, TopAbs_FACE, TopAbs_SOLID
from OCP.TopExp import TopExp
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as Found
from stepfg import generate_step


def contents(name):
    reader = STEPControl_Reader()
    reader.ReadFile(name)
    reader.TransferRoots()
    shape = reader.OneShape()
    counts = []
    for kind in (TopAbs_SOLID, TopAbs_FACE, TopAbs_EDGE):
        found = Found()
        TopExp.MapShapes_s(shape, kind, found)
        counts.append(found.Extent())
    mass = GProp_GProps()
    BRepGProp.VolumeProperties_s(shape, mass, True)
    return [*counts, round(mass.Mass())]


with open("panel.stp", "w") as file:
    file.write(generate_step(polygons=[[[0, 0], [600, 0], [600, 18], [0, 18]]], z_range=[0, 400], scale=1))
quiet, loud = os.open(os.devnull, os.O_WRONLY), os.dup(1)
os.dup2(quiet, 1)
writer = STEPControl_Writer()
writer.Transfer(BRepPrimAPI_MakeBox(600, 18, 400).Shape(), STEPControl_AsIs)
writer.Write("box.stp")
seen = {name: contents(name) for name in ("box.stp", "panel.stp")}
sys.stdout.flush()
os.dup2(loud, 1)
assert "MANIFOLD_SOLID_BREP" in open("panel.stp").read()
print("solids, faces, edges, mm3: OpenCASCADE's own", seen["box.stp"], "| stepfg 2.0.0", seen["panel.stp"])
assert seen == {"box.stp": [1, 6, 12, 4320000], "panel.stp": [0, 6, 24, 0]}
PY
