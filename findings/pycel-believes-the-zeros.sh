#!/usr/bin/env bash
# pycel 1.0b30 (PyPI) computes a workbook's formulas in Python; one written by XlsxWriter 3.2.9, one by openpyxl 3.1.5.
# Guess: =B1*1.19 with 600 in B1 is 714, whoever wrote the file.
# Seen: it is 714 of openpyxl's file and 0 of XlsxWriter's. That one stores 0 beside each formula, as its guide says, for
# spreadsheets to count anew on opening; pycel, which is there to count, answers with what is stored until recalculate().
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q pycel==1.0b30 xlsxwriter==3.2.9 openpyxl==3.1.5 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
import openpyxl
import xlsxwriter
from pycel import ExcelCompiler

first = openpyxl.Workbook()
first.active.title = "S"
first.active["B1"], first.active["A1"] = 600, "=B1*1.19"
first.save("openpyxl.xlsx")
second = xlsxwriter.Workbook("xlsxwriter.xlsx")
sheet = second.add_worksheet("S")
sheet.write("B1", 600)
sheet.write_formula("A1", "=B1*1.19")
second.close()
seen = {}
for name in ("openpyxl", "xlsxwriter"):
    book = ExcelCompiler(f"{name}.xlsx")
    price = book.evaluate("S!A1")
    book.recalculate()
    seen[name] = price, book.evaluate("S!A1")
print(seen)
assert seen == {"openpyxl": (714, 714), "xlsxwriter": (0, 714)}
PY
