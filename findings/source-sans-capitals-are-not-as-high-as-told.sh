#!/usr/bin/env bash
# font-source-sans-pro 0.0.1, font-amatic-sc 0.0.4 and font-caladea 0.0.2 (PyPI), typefaces for engraving; read by fonttools
# 4.68.0 (PyPI).
# Guess: the height of capitals that a typeface declares (OS/2, sCapHeight) is how high its H is, so that letters of 20 mm are
# set by it.
# Seen: all six upright weights of Source Sans Pro declare 660, and an H is 660 high only at one of them: the bolder, the lower, so
# that letters of 20 mm come out up to 0.3 mm too low. In Amatic SC the regular is higher than it says, and the bold
# lower. Caladea tells the truth. Only the outline of an H says how high capitals are.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q font-source-sans-pro==0.0.1 font-amatic-sc==0.0.4 font-caladea==0.0.2 fonttools==4.68.0 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from pathlib import Path

import font_amatic_sc
import font_caladea
import font_source_sans_pro
from fontTools.ttLib import TTFont

seen = {}
for package in (font_source_sans_pro, font_amatic_sc, font_caladea):
    for path in sorted(Path(package.__path__[0], "files").glob("*.ttf")):
        if "It" in path.stem.rpartition("-")[2]:
            continue
        font = TTFont(path, lazy=True)
        high = font["glyf"][font.getBestCmap()[ord("H")]].yMax
        seen[path.stem] = (font["OS/2"].sCapHeight, high, round(20 * high / font["OS/2"].sCapHeight, 2))
print("declared, H, what letters of 20 mm become:", seen)
heights = [seen[f"SourceSansPro-{weight}"] for weight in ("ExtraLight", "Light", "Regular", "Semibold", "Bold", "Black")]
assert {declared for declared, *_ in heights} == {660}
assert [high for _, high, _ in heights] == [660, 659, 656, 654, 652, 650]
assert seen["AmaticSC-Regular"][2] > 20 > seen["AmaticSC-Bold"][2]
assert seen["Caladea-Regular"][2] == seen["Caladea-Bold"][2] == 20
PY
