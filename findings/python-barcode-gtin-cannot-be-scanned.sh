#!/usr/bin/env bash
# python-barcode 0.16.1 with Pillow 12.0.0, read back by zxing-cpp 3.1.1 (all PyPI): the label of a carton.
# Guess: barcode.get("gtin", …), also called "ean14", draws a code in which scanners find the 14 digits of a carton's GTIN.
# Seen: it draws bars of its own making, an EAN-13 with one digit more, and prints the number below them. There is no such
# code: nothing reads it. The same digits as "itf" are read, and an EAN-13 by the same library is as well.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q python-barcode==0.16.1 pillow==12.0.0 zxing-cpp==3.1.1 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import io

import barcode
import zxingcpp
from barcode.writer import ImageWriter
from PIL import Image


def scan(kind, digits):
    drawn = io.BytesIO()
    barcode.get(kind, digits, writer=ImageWriter()).write(drawn, {"module_width": 0.3})
    return [found.text for found in zxingcpp.read_barcodes(Image.open(drawn).convert("L"))]


seen = {kind: scan(kind, digits) for kind, digits in (
    ("gtin", "09521101530001"), ("ean14", "09521101530001"), ("itf", "09521101530001"), ("ean13", "9521101530018"),
)}
print(seen)
assert seen == {"gtin": [], "ean14": [], "itf": ["09521101530001"], "ean13": ["9521101530018"]}
PY
