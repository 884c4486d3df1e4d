#!/usr/bin/env bash
# pyexcel-ods3 0.6.1 (PyPI) on a price list made with odfpy 1.4.1 (PyPI), read by python-calamine 0.9.1 for comparison.
# Guess: a cell of 48.90 formatted as money comes as 48.9, like the cell of 48.90 beside it that is formatted as a number.
# Seen: it comes as the text "48.9 EUR". The column has numbers and texts mixed, by how each cell happened to be
# formatted; a sum fails, a comparison of texts puts 9 above 48.9. calamine gives 48.9 for both.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q pyexcel-ods3==0.6.1 odfpy==1.4.1 python-calamine==0.9.1 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T" && "$T/v/bin/python" - <<'PY'
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pyexcel_ods3 import get_data
from python_calamine import CalamineWorkbook

book, row = OpenDocumentSpreadsheet(), TableRow()
for kind in ({"valuetype": "float"}, {"valuetype": "currency", "currency": "EUR"}):
    cell = TableCell(value="48.9", **kind)
    cell.addElement(P(text="48,90"))
    row.addElement(cell)
sheet = Table(name="Prices")
sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save("prices.ods")
by_pyexcel = get_data("prices.ods")["Prices"]
by_calamine = CalamineWorkbook.from_path("prices.ods").get_sheet_by_index(0).to_python()
print("pyexcel-ods3:", by_pyexcel, "| calamine:", by_calamine)
assert by_pyexcel == [[48.9, "48.9 EUR"]] and by_calamine == [[48.9, 48.9]]
PY
