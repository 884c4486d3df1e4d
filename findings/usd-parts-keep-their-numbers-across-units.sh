#!/usr/bin/env bash
# usd-core 26.11 (PyPI), OpenUSD: a hinge drawn in millimetres is referenced by a cabinet drawn in metres.
# Guess: both stages say what their numbers mean (metersPerUnit 0.001 and 1), so the hinge of 35 mm is 0.035 wide there.
# Seen: it is 35 wide: a hinge of 35 metres, and one whose up is z lies on its side below a stage whose up is y. Nothing is
# said, neither when it is composed nor by a flattened copy, which has lost the hinge's own unit for good.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q usd-core==26.11 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T" && "$T/v/bin/python" - <<'PY'
from pxr import Usd, UsdGeom

hinge = Usd.Stage.CreateNew("hinge.usda")
UsdGeom.SetStageMetersPerUnit(hinge, UsdGeom.LinearUnits.millimeters)
UsdGeom.SetStageUpAxis(hinge, UsdGeom.Tokens.z)
cup = UsdGeom.Cylinder.Define(hinge, "/Hinge")
cup.GetRadiusAttr().Set(17.5)
cup.GetHeightAttr().Set(13)
hinge.SetDefaultPrim(cup.GetPrim())
hinge.Save()

cabinet = Usd.Stage.CreateInMemory()
UsdGeom.SetStageMetersPerUnit(cabinet, UsdGeom.LinearUnits.meters)
UsdGeom.SetStageUpAxis(cabinet, UsdGeom.Tokens.y)
placed = cabinet.DefinePrim("/Cabinet/Hinge")
placed.GetReferences().AddReference("hinge.usda")
size = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(placed).ComputeAlignedRange().GetSize()
copy = cabinet.Flatten().ExportToString()
print("size in metres:", size, "| the copy speaks of millimetres:", "0.001" in copy)
assert [round(each, 6) for each in size] == [35, 35, 13]
assert "0.001" not in copy
PY
