#!/usr/bin/env bash
# xlsx2csv 0.8.6 and pylightxl 1.61 (PyPI), openpyxl 3.1.5 to compare, on a parts list written by XlsxWriter 3.2.9.
# Guess: a cell of 600 that shows "600 mm" comes as 600, and one of 12 that shows "12 Stk." as 12, as openpyxl has them.
# Seen: a format with m, d, h, s or y in it is taken for a date's, also where these stand between quotes. xlsx2csv makes
# '0 "08"' of the 600 mm (600 days after 1899 it was August) and '"c09f" #,##0.00' of CHF 48.90; the number is nowhere.
# pylightxl leaves the millimetres and makes "00:00:00" of the 12 pieces. "48,90 €" is right in all.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q xlsx2csv==0.8.6 pylightxl==1.61 openpyxl==3.1.5 XlsxWriter==3.2.9 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import csv
import io

import openpyxl
import pylightxl
import xlsx2csv
import xlsxwriter

CELLS = [(600, '0 "mm"'), (2.5, '0.00 "h"'), (12, '0 "Stk."'), (48.9, '"CHF" #,##0.00'), (48.9, '#,##0.00 "€"')]
book = xlsxwriter.Workbook("parts.xlsx")
sheet = book.add_worksheet()
for column, (number, shown) in enumerate(CELLS):
    sheet.write_number(0, column, number, book.add_format({"num_format": shown}))
book.close()

text = io.StringIO()
xlsx2csv.Xlsx2csv("parts.xlsx").convert(text)
(as_text,) = csv.reader(io.StringIO(text.getvalue()))
light = pylightxl.readxl("parts.xlsx").ws("Sheet1").row(1)
right = [cell.value for cell in openpyxl.load_workbook("parts.xlsx").active[1]]
rows = {"shown as": [shown for _, shown in CELLS], "openpyxl": right, "xlsx2csv": as_text, "pylightxl": light}
for name, row in rows.items():
    print(name.ljust(10), row)
assert right == [number for number, _ in CELLS]
assert as_text == ['0 "08"', '0.00 "12"', '0 "stk."', '"c09f" #,##0.00', "48.9"]
assert light == [600, 2.5, "00:00:00", 48.9, 48.9]
PY
