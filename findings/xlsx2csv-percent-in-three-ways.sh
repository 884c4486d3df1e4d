#!/usr/bin/env bash
# xlsx2csv 0.8.6 (PyPI) on a list of discounts written by XlsxWriter 3.2.9 (PyPI).
# Guess: the rates of a column come in one way: as fractions, 0.19, or as they are shown, "19%".
# Seen: it depends on how many digits each cell shows. Without any, 7.75 % is the text "8%", rounded for good; with one it is
# the fraction 0.077, which has lost a digit too; with two it is "7.75%". A reader that takes off the sign and divides by a
# hundred gives 0.077 percent for some.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q xlsx2csv==0.8.6 XlsxWriter==3.2.9 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import csv
import io

import xlsx2csv
import xlsxwriter

SHOWN = ["0%", "0.0%", "0.00%", "0.000%"]
book = xlsxwriter.Workbook("discounts.xlsx")
sheet = book.add_worksheet()
for column, shown in enumerate(SHOWN):
    sheet.write_number(0, column, 0.0775, book.add_format({"num_format": shown}))
book.close()

text = io.StringIO()
xlsx2csv.Xlsx2csv("discounts.xlsx").convert(text)
(seen,) = csv.reader(io.StringIO(text.getvalue()))
print("xlsx2csv", xlsx2csv.__version__, "| 7.75 % shown as", dict(zip(SHOWN, seen, strict=True)))
assert seen == ["8%", "0.077", "7.75%", "0.07750"]
PY
