#!/usr/bin/env bash
# zint-bindings 1.2.2 (PyPI), read back by zxing-cpp 3.1.1: article labels in EAN.
# Guess: an article number of four digits is refused where an EAN is asked for, as a wrong check digit is.
# Seen: it becomes "01234", the five-digit add-on that stands beside a magazine's EAN. No warning, and a scanner
# that looks for articles reads nothing.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q zint-bindings==1.2.2 zxing-cpp==3.1.1 numpy==2.5.5 pillow==13.0.0
"$T/v/bin/python" - <<'PY'
import numpy
import zxingcpp
import zint
from PIL import Image


def made(text):
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.EANX
    symbol.encode(text)
    symbol.buffer()
    image = Image.fromarray(numpy.asarray(symbol.bitmap))
    found = zxingcpp.read_barcodes(image.resize((image.width * 3, image.height * 3), 0))
    return symbol.text, symbol.errtxt, [each.text for each in found]


print("12 digits:", made("400638133393"), "| 4 digits:", made("1234"))
assert made("400638133393") == ("4006381333931", "", ["4006381333931"])
assert made("1234") == ("01234", "", [])
try:
    made("4006381333932")
except RuntimeError as error:
    print("wrong check digit:", error)
else:
    raise SystemExit("a wrong check digit is taken now")
PY
