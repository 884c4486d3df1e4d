#!/usr/bin/env bash
# to-3mf 0.1.0 (PyPI), 3MF out of STL, read by lib3mf 2.5.0 (PyPI), which is the reader of those who make the standard, and by
# trimesh 5.2.0 (PyPI).
# Guess: a panel made to 3MF is read by both.
# Seen: trimesh reads it, lib3mf refuses it for a word where a number has to be: 3MF numbers its resources from 1, and here the
# colour is called "m0" and the panel 0. Programs that do not look closely show the part, so the fault is met at the printer.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q to-3mf==0.1.0 lib3mf==2.5.0 trimesh==5.2.0 networkx==3.7 lxml==6.1.3 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import re
import zipfile

import trimesh
from lib3mf import get_wrapper
from to_3mf.stl_to_3mf import stl_to_3mf


def lib3mf(name):
    try:
        model = get_wrapper().CreateModel()
        model.QueryReader("3mf").ReadFromFile(name)
    except Exception as refused:
        return str(refused)
    return "read"


panel = trimesh.creation.box((600, 18, 400))
panel.export("panel.stl")
stl_to_3mf(["panel.stl"], "panel.3mf")
trimesh.Scene(panel).export("other.3mf")
(model,) = (name for name in zipfile.ZipFile("panel.3mf").namelist() if name.endswith(".model"))
numbers = re.findall(r' id="(\w+)"', zipfile.ZipFile("panel.3mf").read(model).decode())
size = trimesh.load("panel.3mf").extents.round(3).tolist()
seen = {"to-3mf": lib3mf("panel.3mf"), "trimesh": lib3mf("other.3mf")}
print("lib3mf on a file of", seen, "| resources:", numbers, "| size for trimesh:", size)
assert seen["trimesh"] == "read" and "integer" in seen["to-3mf"]
assert numbers == ["m0", "0"] and size == [600, 18, 400]
PY
