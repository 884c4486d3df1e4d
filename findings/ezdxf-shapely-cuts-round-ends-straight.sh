#!/usr/bin/env bash
# ezdxf-shapely 1.0 with ezdxf 1.4.5 (PyPI), drawings as shapes to count areas and to nest.
# Guess: a slot of 200 x 40 with round ends (a polyline with bulges, as drawing programs write it) is 240 long; or it is
# refused, as circles, ellipses, splines and blocks are.
# Seen: it is 200 long: bulges are left out, and nothing is said. A round table top of 900 drawn as four quarters is a
# diamond of 0.405 m2 in place of 0.636. The same slot exploded into lines and arcs is 240 long.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q ezdxf-shapely==1.0 ezdxf==1.4.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import math

import ezdxf
from ezdxf import bbox
from ezdxf_shapely import convert_all_generator
from shapely import Polygon, unary_union

QUARTER = math.tan(math.pi / 8)


def outline(*corners):
    space = ezdxf.new(units=ezdxf.units.MM).modelspace()
    space.add_lwpolyline(corners, format="xyb", close=True)
    return space


def length(space):
    left, _, right, _ = unary_union(list(convert_all_generator(space))).bounds
    return round(right - left)


slot, parts = [outline((0, 0, 0), (200, 0, 1), (200, 40, 0), (0, 40, 1)) for _ in range(2)]
parts[0].explode()
drawn = round(bbox.extents(slot).size.x)
(top,) = convert_all_generator(outline(*((x, y, QUARTER) for x, y in [(450, 0), (900, 450), (450, 900), (0, 450)])))
area = round(Polygon(top).area / 1e6, 3)
print("slot drawn:", drawn, "| as one polyline by ezdxf-shapely 1.0:", length(slot), "| as lines and arcs:", length(parts))
print("round top of 900, m2:", round(math.pi * 0.45**2, 3), "| by ezdxf-shapely 1.0:", area)
assert [drawn, length(slot), length(parts), area] == [240, 200, 240, 0.405]
PY
