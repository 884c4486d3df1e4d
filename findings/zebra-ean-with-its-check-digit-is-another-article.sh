#!/usr/bin/env bash
# ZPL, the language of label printers, drawn by zplkit 0.3.2 (PyPI) as the printer does it and by zpl-renderer-js 3.4.0 (npm),
# read back by zxing-cpp 3.1.1 (PyPI).
# Guess: ^BE with all 13 digits of an article's EAN, as the database has it, prints that EAN, or is refused for its length.
# Seen: ^BE takes 12 digits and counts the 13th itself. The language's guide says that a printer cuts what is too long, and it
# cuts on the left: 4006381333931 is printed as 0063813339316, a proper EAN of another article. So it is with ^B8 and ^BU.
# The preview in a browser shows what was meant.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q zplkit==0.3.2 zxing-cpp==3.1.1 pillow==12.0.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zpl-renderer-js@3.4.0
cat >preview.mjs <<'JS'
import { writeFileSync } from "fs";
import { ready } from "zpl-renderer-js";
const { api } = await ready;
const image = await api.zplToBase64Async("^XA^FO50,50^BY2^BEN,100,Y^FD4006381333931^FS^XZ", 100, 60, 8);
writeFileSync("preview.png", Buffer.from(image, "base64"));
JS
node preview.mjs
v/bin/python - <<'PY'
import io

import zxingcpp
from PIL import Image
from zplkit import Options, render

printer = Options(profile="specification", width=800, height=400, dpi=203)


def scanned(image):
    (code,) = zxingcpp.read_barcodes(Image.open(image).convert("L"))
    return code.text


def printed(command, digits):
    label = f"^XA^FO50,50^BY2^{command}N,100,Y^FD{digits}^FS^XZ"
    return scanned(io.BytesIO(render(label.encode(), printer).labels[0].png()))


seen = {
    "EAN without its last digit": printed("BE", "400638133393"),
    "EAN": printed("BE", "4006381333931"),
    "short EAN": printed("B8", "96385074"),
    "UPC": printed("BU", "036000291452"),
    "EAN in the preview": scanned("preview.png"),
}
print(seen)
assert seen["EAN without its last digit"] == seen["EAN in the preview"] == "4006381333931"
assert seen["EAN"] == "0063813339316" and seen["short EAN"] == "63850741" and seen["UPC"] == "0360002914522"
PY
