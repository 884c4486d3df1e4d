#!/usr/bin/env bash
# font-source-sans-pro 0.0.1 (PyPI), Source Sans Pro for texts that shoppers have printed; read by fonttools 4.68.0 (PyPI).
# Guess: the italic of a family writes what its upright writes, so that a text that fits one may be switched to the other.
# Seen: the upright has all of Greek and Cyrillic, at every weight; no italic has any Cyrillic letter, and of Greek only those
# that are signs, such as the ohm. A name in Greek that is set in italics is empty boxes, or whatever the next program puts there.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q font-source-sans-pro==0.0.1 fonttools==4.68.0 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from pathlib import Path

import font_source_sans_pro
from fontTools.ttLib import TTFont

GREEK = [*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA)]
CYRILLIC = range(0x410, 0x450)
seen = {}
for path in sorted(Path(font_source_sans_pro.__path__[0], "files").glob("*.ttf")):
    known = TTFont(path, lazy=True).getBestCmap()
    seen[path.stem.removeprefix("SourceSansPro-")] = tuple(sum(each in known for each in letters) for letters in (GREEK, CYRILLIC))
print("Greek of 49, Cyrillic of 64:", seen)
uprights = {name: count for name, count in seen.items() if not name.endswith("It")}
italics = {name: count for name, count in seen.items() if name.endswith("It")}
assert len(uprights) == len(italics) == 6
assert set(uprights.values()) == {(49, 64)}
assert all(greek <= 2 and cyrillic == 0 for greek, cyrillic in italics.values())
PY
