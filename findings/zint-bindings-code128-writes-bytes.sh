#!/usr/bin/env bash
# zint-bindings 1.2.2 (PyPI), read back by zxing-cpp 3.1.1: part labels in Code 128.
# Guess: Code 128 holds Latin-1 by an extension, so the text "Tür-12" scans as "Tür-12".
# Seen: the default input mode is DATA, which takes the text's UTF-8 bytes one by one. The label scans as "TÃ¼r-12",
# and the line of text below the bars is wrong as well. With InputMode.UNICODE it is right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q zint-bindings==1.2.2 zxing-cpp==3.1.1 numpy==2.5.5 pillow==13.0.0
"$T/v/bin/python" - <<'PY'
import numpy
import zxingcpp
import zint
from PIL import Image


def scanned(mode=None):
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.CODE128
    if mode is not None:
        symbol.input_mode = mode
    symbol.encode("Tür-12")
    symbol.buffer()
    image = Image.fromarray(numpy.asarray(symbol.bitmap))
    found = zxingcpp.read_barcodes(image.resize((image.width * 3, image.height * 3), 0))
    return symbol.text, [each.text for each in found]


plain, unicode = scanned(), scanned(zint.InputMode.UNICODE)
print("by default:", plain, "| InputMode.UNICODE:", unicode)
assert plain == ("TÃ¼r-12", ["TÃ¼r-12"])
assert unicode == ("Tür-12", ["Tür-12"])
PY
