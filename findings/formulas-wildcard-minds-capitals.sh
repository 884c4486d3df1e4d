#!/usr/bin/env bash
# formulas 1.3.4 (PyPI), a workbook's formulas in Python, on a parts list made with openpyxl 3.1.5.
# Guess: SUMIF(…, "oak", …) and SUMIF(…, "oak*", …) find "Oak" and "oak" alike: a spreadsheet does not mind capitals.
# Seen: the first does, the second does not: once there is a star, the line that begins with a capital is left out of the
# sum and of COUNTIF. 14 m2 of board to order become 5, and nothing is said.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q formulas==1.3.4 openpyxl==3.1.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
import formulas
import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Parts"
for row in (("oak", 5), ("ash", 7), ("Oak", 9)):
    sheet.append(row)
for at, formula in enumerate(('SUMIF(A1:A3,"oak",B1:B3)', 'SUMIF(A1:A3,"oak*",B1:B3)', 'COUNTIF(A1:A3,"oak*")'), 1):
    sheet[f"D{at}"] = "=" + formula
book.save("parts.xlsx")
cells = formulas.ExcelModel().loads("parts.xlsx").finish().calculate()
seen = [float(cells[f"'[parts.xlsx]PARTS'!D{at}"].value[0, 0]) for at in (1, 2, 3)]
print("oak:", seen[0], "oak*:", seen[1], "count of oak*:", seen[2])
assert seen == [14, 5, 1]
PY
