#!/usr/bin/env bash
# bomkit 0.2.0 (PyPI), a parts list of several levels from spreadsheets: totals, packs to buy, cost.
# Guess: a desk with 2.5 m of edging of its own and 4.8 m on its top takes 7.3 m, which are eight packs of 1 m; or a quantity
# that is not whole is refused.
# Seen: each line is cut to whole numbers before it is added: 6 m, six packs. A top of 0.98 m2 of board takes no board at all
# and costs nothing.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q bomkit==0.2.0 openpyxl==3.1.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from pathlib import Path

import openpyxl
from bomkit import BOM


def sheet(name, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(f"desk/{name}.xlsx")


Path("desk").mkdir()
sheet(
    "Parts list",
    ["PN", "Name", "Description", "Supplier", "Supplier PN", "Pkg QTY", "Pkg Price"],
    ["EDGE", "Edging", "metre", "S", "1", 1, 1.1],
    ["BOARD", "Board", "square metre", "S", "2", 1, 25.0],
    ["LEG", "Leg", "piece", "S", "3", 4, 20.0],
)
sheet("DESK", ["PN", "QTY"], ["TOP", 1], ["EDGE", 2.5], ["LEG", 4])
sheet("TOP", ["PN", "QTY"], ["BOARD", 0.98], ["EDGE", 4.8])
table = BOM.from_folder("desk").summary.set_index("PN")
seen = {part: (table.loc[part, "Total QTY"], table.loc[part, "Purchase QTY"]) for part in ("LEG", "EDGE", "BOARD")}
print("bomkit 0.2.0, total and packs:", {part: [int(n) for n in numbers] for part, numbers in seen.items()})
assert seen == {"LEG": (4, 1), "EDGE": (6, 6), "BOARD": (0, 0)}
PY
