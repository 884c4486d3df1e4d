#!/usr/bin/env bash
# zxing-cpp 3.1.1 with Pillow 13.0.0 (PyPI), reading labels in a photo: parts are counted as they leave the saw.
# Guess: three equal labels in one picture are three results with three places, in Code 128 as in QR, however they lie.
# Seen: side by side they are three. Above each other, as on a stack of boards or a roll of labels, three in Code 128 or Code 39
# are one result whose place reaches from the top of the first to the foot of the last, over the white between them. Labels of
# different text are three, QR codes as well, and equal ones that are two heights apart.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q zxing-cpp==3.1.1 pillow==13.0.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import zxingcpp
from PIL import Image

SAME, DIFFERENT = ["DESK-12"] * 3, ["DESK-12", "DESK-13", "DESK-14"]


def found(kind, texts, across, down):
    """Return what is read on a sheet with one label a text, each further by so many of its widths and heights."""
    sheet = Image.new("L", (2000, 1000), 255)
    for at, text in enumerate(texts):
        label = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=2)).convert("L")
        sheet.paste(label, (50 + at * across * label.width, 50 + at * down * label.height))
    return zxingcpp.read_barcodes(sheet)


seen = {}
for kind in [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.QRCode]:
    seen[str(kind)] = {
        "side by side": len(found(kind, SAME, 2, 0)),
        "above each other": len(found(kind, SAME, 0, 2)),
        "different": len(found(kind, DIFFERENT, 0, 2)),
        "far apart": len(found(kind, SAME, 0, 3)),
    }
    print(kind, seen[str(kind)])
(one,) = found(zxingcpp.BarcodeFormat.Code128, SAME, 0, 2)
print("labels of 100 at 50, 250 and 450; found from", one.position.top_left.y, "to", one.position.bottom_left.y)
linear = {"side by side": 3, "above each other": 1, "different": 3, "far apart": 3}
assert seen == {"Code 128": linear, "Code 39": linear, "QR Code": dict(linear, **{"above each other": 3})}
assert one.position.top_left.y == 50 and one.position.bottom_left.y == 549
PY
