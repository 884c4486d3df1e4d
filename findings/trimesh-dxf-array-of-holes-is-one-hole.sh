#!/usr/bin/env bash
# trimesh 5.2.0 reads drawings by ezdxf 1.4.5 (both PyPI): a side panel with two rows of holes for shelves.
# Guess: one hole as a block, inserted with 20 columns of 32 and 2 rows, as drawing programs write an array, is 40 holes; or
# it is told that arrays are not read.
# Seen: it is one hole, and nothing is said. Of a block within a block there is none at all. The panel's area, from which
# price and weight are counted, is that of a panel with fewer holes.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import ezdxf
import trimesh


def holes(fill):
    drawing = ezdxf.new(units=ezdxf.units.MM)
    space = drawing.modelspace()
    drawing.blocks.new("HOLE").add_circle((0, 0), 2.5)
    space.add_lwpolyline([(0, 0), (700, 0), (700, 560), (0, 560)], close=True)
    fill(drawing, space)
    drawing.saveas("side.dxf")
    return sum(type(entity).__name__ == "Arc" for entity in trimesh.load_path("side.dxf").entities)


def one_by_one(drawing, space):
    for column in range(20):
        for row in range(2):
            space.add_blockref("HOLE", (46 + 32 * column, 37 + 486 * row))


def array(drawing, space):
    grid = {"column_count": 20, "column_spacing": 32, "row_count": 2, "row_spacing": 486}
    row = space.add_blockref("HOLE", (46, 37), dxfattribs=grid)
    assert len(list(row.multi_insert())) == 40


def within(drawing, space):
    outer = drawing.blocks.new("ROWS")
    one_by_one(drawing, outer)
    outer.add_lwpolyline([(46, 17), (654, 17)])
    space.add_blockref("ROWS", (0, 0))


seen = {fill.__name__: holes(fill) for fill in (one_by_one, array, within)}
print("trimesh", trimesh.__version__, "of 40 holes:", seen)
assert seen == {"one_by_one": 40, "array": 1, "within": 0}
PY
