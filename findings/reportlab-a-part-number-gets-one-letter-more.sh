#!/usr/bin/env bash
# reportlab 5.1.0 (PyPI), labels as PDF, shown by pypdfium2 5.15.2 and read back by zxing-cpp 3.1.1 (PyPI).
# Guess: createBarcodeDrawing("Standard39", value="DESK-12") scans as "DESK-12", and the 14 digits of a carton's GTIN as
# "I2of5" scan as these 14: both kinds of code work without a check digit.
# Seen: a check digit is added to each unless told otherwise, and scanners hand it on: "DESK-12S", which no table of parts
# has, and 16 digits for the carton, with a zero in front to make them even. checksum=0 helps. Code 128 is as it is given.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q reportlab==5.1.0 pypdfium2==5.15.2 zxing-cpp==3.1.1 pillow==12.0.0 numpy==2.4.6 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import pypdfium2
import zxingcpp
from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing


def scanned(kind, value, **how):
    label = renderPDF.drawToString(createBarcodeDrawing(kind, value=value, barHeight=40, barWidth=1.2, **how))
    bars = pypdfium2.PdfDocument(label)[0].render(scale=4).to_pil().convert("L")
    around = Image.new("L", (bars.width + 200, bars.height + 200), 255)
    around.paste(bars, (100, 100))
    (code,) = zxingcpp.read_barcodes(around)
    return code.text


CARTON = "14012345123453"
seen = {
    "Code 39": (scanned("Standard39", "DESK-12"), scanned("Standard39", "DESK-12", checksum=0)),
    "2 of 5": (scanned("I2of5", CARTON), scanned("I2of5", CARTON, checksum=0)),
    "Code 128": (scanned("Code128", "DESK-12"), scanned("Code128", CARTON)),
}
print("reportlab 5.1.0:", seen)
assert seen["Code 39"] == ("DESK-12S", "DESK-12")
assert seen["2 of 5"] == ("0140123451234538", CARTON)
assert seen["Code 128"] == ("DESK-12", CARTON)
PY
