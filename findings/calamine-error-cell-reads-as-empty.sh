#!/usr/bin/env bash
# python-calamine 0.9.1 (PyPI), the quick reader of spreadsheets, on a price list written by XlsxWriter 3.2.9.
# Guess: a price cell that shows #N/A or #DIV/0! comes as an error of some kind, as openpyxl gives its text.
# Seen: it comes as "", just like a cell that nobody filled. A price that could not be looked up reads as "no price".
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q python-calamine==0.9.1 xlsxwriter==3.2.9 openpyxl==3.1.5
cd "$T" && "$T/v/bin/python" - <<'PY'
import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

book = xlsxwriter.Workbook("prices.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["oak", 48.9])
sheet.write(1, 0, "ash")
sheet.write_formula(1, 1, "=VLOOKUP(A2,Z:Z,1,FALSE)", None, "#N/A")
sheet.write(2, 0, "elm")
sheet.write_blank(2, 1, None, book.add_format({"bold": True}))
book.close()

quick = CalamineWorkbook.from_path("prices.xlsx").get_sheet_by_index(0).to_python()
careful = [[cell.value for cell in row] for row in openpyxl.load_workbook("prices.xlsx", data_only=True).active]
print("calamine:", quick)
print("openpyxl:", careful)
assert quick[1] == ["ash", ""] and quick[2] == ["elm", ""]
assert careful[1] == ["ash", "#N/A"] and careful[2] == ["elm", None]
PY
