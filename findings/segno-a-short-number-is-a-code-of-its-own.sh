#!/usr/bin/env bash
# segno 1.6.6 (PyPI), QR codes for labels; read by zxing-cpp 3.1.1 (PyPI), as in a scanner, and jsqr 1.4.0 (npm), as in a page
# that uses the camera of a phone.
# Guess: segno.make("DESK-12") and segno.make("DESK-12 in oak, 1600 x 800") are two QR codes that both read.
# Seen: what is short becomes a Micro QR code, another kind with one corner mark in place of three, which jsqr does not see
# at all. So labels of the same series are read or not by the length of their text. make_qr(), or micro=False, makes the code
# that all read.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q segno==1.6.6 zxing-cpp==3.1.1 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsqr@1.4.0
cat >read.js <<'JS'
const jsQR = require("jsqr").default ?? require("jsqr");
const codes = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(codes.map(({ size, pixels }) => {
  const colours = Uint8ClampedArray.from(pixels.flatMap((light) => [light, light, light, 255]));
  return jsQR(colours, size, size)?.data ?? null;
})));
JS
v/bin/python - <<'PY'
import json
import subprocess

import numpy
import segno
import zxingcpp

SHORT, LONG = "DESK-12", "DESK-12 in oak, 1600 x 800"
codes = {"short": segno.make(SHORT), "long": segno.make(LONG), "short by make_qr": segno.make_qr(SHORT)}
images = []
for code in codes.values():
    rows = [[0 if dark else 255 for dark in row] for row in code.matrix_iter(scale=6, border=4)]
    images.append(numpy.array(rows, dtype=numpy.uint8))
asked = json.dumps([{"size": len(image), "pixels": image.ravel().tolist()} for image in images])
run = subprocess.run(["node", "read.js"], input=asked, capture_output=True, text=True, check=True)
scanned = [zxingcpp.read_barcodes(image)[0].text for image in images]
seen = dict(zip(codes, zip((code.designator for code in codes.values()), scanned, json.loads(run.stdout)), strict=True))
print("segno 1.6.6, kind, zxing, jsqr:", seen)
assert scanned == [SHORT, LONG, SHORT] and codes["short"].is_micro and not codes["long"].is_micro
assert json.loads(run.stdout) == [None, LONG, SHORT]
PY
