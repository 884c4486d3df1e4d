#!/usr/bin/env bash
# pystrich 0.20 and python-barcode 0.16.1 (PyPI), labels of articles; zint-bindings 1.2.2 (PyPI) to compare, all read back by
# zxing-cpp 3.1.1 (PyPI).
# Guess: 4006381333931 typed with two digits swapped, 4003681333931, is refused: its last digit does not fit any more, and is
# there for that.
# Seen: both count the last digit anew and print 4003681333937, a proper EAN of another article, or of none; no scanner can
# tell. Nothing is said, and 12 digits, which ask for the last one, are taken in the same way. zint refuses.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q pystrich==0.20 python-barcode==0.16.1 zint-bindings==1.2.2 zxing-cpp==3.1.1 pillow==12.3.0 \
  numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import io

import barcode
import zxingcpp
from barcode.writer import ImageWriter
from PIL import Image
from pystrich.ean13 import EAN13Encoder
import zint as zint_library

RIGHT, TYPED = "4006381333931", "4003681333931"


def scanned(image):
    around = Image.new("L", (image.width + 100, image.height + 100), 255)
    around.paste(image.convert("L"), (50, 50))
    (code,) = zxingcpp.read_barcodes(around)
    return code.text


def pystrich(digits):
    return scanned(Image.open(io.BytesIO(EAN13Encoder(digits).get_imagedata())))


def python_barcode(digits):
    return scanned(barcode.get("ean13", digits, writer=ImageWriter()).render())


def zint(digits):
    symbol = zint_library.Symbol()
    symbol.symbology = zint_library.Symbology.EANX
    symbol.encode(digits)


for label in (pystrich, python_barcode):
    seen = [label(RIGHT), label(TYPED)]
    print(label.__name__, seen)
    assert seen == [RIGHT, "4003681333937"]
zint(RIGHT)
try:
    zint(TYPED)
except Exception as refused:
    print("zint", refused)
else:
    raise AssertionError("zint takes it")
PY
