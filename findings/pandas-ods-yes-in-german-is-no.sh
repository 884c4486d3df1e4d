#!/usr/bin/env bash
# pandas 3.1.1 with odfpy 1.4.1 (PyPI), on lists of articles in ODS as an office program in German, French or English writes
# them; python-calamine 0.9.1 (PyPI) to compare.
# Guess: a cell that is true (office:boolean-value="true") is True, whatever word the program shows for it.
# Seen: it is True where the cell shows TRUE and False where it shows WAHR, VRAI or true: pandas reads the word and not the
# value. Each article marked "on sale" in Germany is not. Numbers, dates and percentages are read by their values.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1 numpy==2.4.6 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import pandas
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

WORDS = ["TRUE", "WAHR", "VRAI", "true"]
book = OpenDocumentSpreadsheet()
table = Table(name="Articles")
book.spreadsheet.addElement(table)
for name, text, value in (
    ("on sale", WORDS, {"valuetype": "boolean", "booleanvalue": "true"}),
    ("rate", ["19 %"] * 4, {"valuetype": "percentage", "value": "0.19"}),
):
    row = TableRow()
    table.addElement(row)
    for shown, how in [(name, {"valuetype": "string"}), *((word, value) for word in text)]:
        cell = TableCell(**how)
        cell.addElement(P(text=shown))
        row.addElement(cell)
book.save("articles.ods")

seen = {
    "pandas": pandas.read_excel("articles.ods", engine="odf", header=None, dtype=object).iloc[:, 1:].values.tolist(),
    "calamine": [row[1:] for row in CalamineWorkbook.from_path("articles.ods").get_sheet_by_index(0).to_python()],
}
print("pandas", pandas.__version__, "| shown as", WORDS, seen)
assert seen["pandas"] == [[True, False, False, False], [0.19] * 4]
assert seen["calamine"] == [[True] * 4, [0.19] * 4]
PY
