#!/usr/bin/env bash
# ifcopenshell 0.9.0.post1 (PyPI), models of buildings: a cabinet 0.9 m wide in a project in millimetres, by the library's own
# calls for everyday use (ifcopenshell.api).
# Guess: lengths are given in one way throughout: in metres, which are written as millimetres, or in the project's unit.
# Seen: place and shape are taken in metres and written as 1000 and 2000; the properties of the same cabinet are written as
# they are. Its width stands in the file as 0.9, a length in the project's unit, which is less than a millimetre.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q ifcopenshell==0.9.0.post1 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import ifcopenshell.api.context as context
import ifcopenshell.api.geometry as geometry
import ifcopenshell.api.project as project
import ifcopenshell.api.pset as pset
import ifcopenshell.api.root as root
import ifcopenshell.api.unit as unit
import numpy
from ifcopenshell.util.unit import calculate_unit_scale

model = project.create_file()
root.create_entity(model, ifc_class="IfcProject")
unit.assign_unit(model)
space = context.add_context(model, context_type="Model")
body = context.add_context(
    model, context_type="Model", context_identifier="Body", target_view="MODEL_VIEW", parent=space
)
cabinet = root.create_entity(model, ifc_class="IfcFurniture")
place = numpy.eye(4)
place[0, 3] = 1.0
geometry.edit_object_placement(model, product=cabinet, matrix=place)
geometry.add_wall_representation(model, context=body, length=0.9, height=2.0, thickness=0.6)
told = pset.add_pset(model, product=cabinet, name="Pset_FurnitureTypeCommon")
pset.edit_pset(model, pset=told, properties={"NominalLength": 0.9})

(solid,) = model.by_type("IfcExtrudedAreaSolid")
(width,) = told.HasProperties
seen = {
    "metres to the unit": calculate_unit_scale(model),
    "place": cabinet.ObjectPlacement.RelativePlacement.Location.Coordinates[0],
    "height": solid.Depth,
    "width": (width.NominalValue.is_a(), width.NominalValue.wrappedValue),
}
print("ifcopenshell 0.9.0.post1:", seen)
assert list(seen.values()) == [0.001, 1000.0, 2000.0, ("IfcPositiveLengthMeasure", 0.9)]
PY
