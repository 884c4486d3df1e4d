#!/usr/bin/env bash
# trimesh 5.2.0 reads and writes, lib3mf 2.5.0 (both PyPI) makes the file and reads it again: a bracket drawn in inches.
# Guess: 3MF says what its numbers mean, and trimesh tells "inch" on reading, so written again it still says inch, or has
# been converted: 6 inches stay 152.4 mm.
# Seen: it is written as millimetres with the same numbers: 6 inches become 6 mm, and the slicer prints a toy. Only after
# convert_units("mm") is the file right; the unit that the mesh carries is not looked at.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 lib3mf==2.5.0 networkx==3.6.1 lxml==6.0.2 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import lib3mf
import trimesh

library = lib3mf.get_wrapper()
MILLIMETRES = {lib3mf.ModelUnit.MilliMeter: 1, lib3mf.ModelUnit.Inch: 25.4}


def length(name):
    model = library.CreateModel()
    model.QueryReader("3mf").ReadFromFile(name)
    outbox = model.GetOutbox()
    return round((outbox.MaxCoordinate[0] - outbox.MinCoordinate[0]) * MILLIMETRES[lib3mf.ModelUnit(model.GetUnit())], 4)


bracket = trimesh.creation.box((6, 1, 4))
model = library.CreateModel()
model.SetUnit(lib3mf.ModelUnit.Inch)
mesh = model.AddMeshObject()
for corner in bracket.vertices:
    mesh.AddVertex(lib3mf.Position((lib3mf.ctypes.c_float * 3)(*corner)))
for face in bracket.faces:
    mesh.AddTriangle(lib3mf.Triangle((lib3mf.ctypes.c_uint32 * 3)(*face)))
model.AddBuildItem(mesh, library.GetIdentityTransform())
model.QueryWriter("3mf").WriteToFile("drawn.3mf")

read = trimesh.load("drawn.3mf")
read.export("again.3mf")
unit = read.units
read = read.convert_units("mm")
read.export("converted.3mf")
seen = [length(name) for name in ("drawn.3mf", "again.3mf", "converted.3mf")]
print("unit read:", unit, "| millimetres drawn, again, converted:", seen)
assert unit == "inch" and seen == [152.4, 6, 152.4]
PY
