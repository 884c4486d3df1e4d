#!/usr/bin/env bash
# trimesh 5.2.0 (PyPI) reads, writes and reads again a panel drawn by ezdxf 1.4.5 (PyPI) in millimetres.
# Guess: a drawing that trimesh has read in millimetres and written is in millimetres, or in no unit, when it reads it again.
# Seen: it is in miles. It is written without its unit ($INSUNITS), and with 4 for the way numbers are shown ($LUNITS, feet
# and inches); the reader takes that one for a unit, less one, and 3 is miles. Changed into millimetres, the panel of 600 mm
# is 965,606 m long. For the same reason a drawing in R12, which has no unit, is in inches: it shows numbers as decimals.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import ezdxf
import trimesh


def read(name):
    drawing = trimesh.load_path(name)
    return drawing.units, drawing.extents.round(1).tolist()


def drawn(name, release):
    drawing = ezdxf.new(release, units=0 if release == "R12" else ezdxf.units.MM)
    drawing.header["$LUNITS"] = 2
    drawing.modelspace().add_polyline2d([(0, 0), (600, 0), (600, 400), (0, 400)], close=True)
    drawing.saveas(name)


drawn("panel.dxf", "R2010")
drawn("r12.dxf", "R12")
trimesh.load_path("panel.dxf").export("again.dxf")
seen = [read(name) for name in ("panel.dxf", "again.dxf", "r12.dxf")]
again = trimesh.load_path("again.dxf")
again.convert_units("mm")
print("trimesh", trimesh.__version__, "drawn, written again, drawn in R12:", seen)
print("kilometres of the one written again:", round(again.extents[0] / 1e6, 3))
assert seen == [("millimeters", [600, 400]), ("miles", [600, 400]), ("inches", [600, 400])]
assert round(again.extents[0] / 1e6, 3) == 965.606
PY
