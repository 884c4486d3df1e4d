#!/usr/bin/env bash
# quantiphy 2.23 (PyPI), numbers with units as people write them, for science and engineering.
# Guess: "4 m" is a thousand times "4 mm"; "3 pcs" and "48.90 EUR" keep their numbers, as units it does not know.
# Seen: "4 m" and "4 mm" are both 0.004, the first without a unit: a letter after the number is a prefix first. p is a
# millionth of a millionth, so that 3 pieces are 3e-12, and E is a million million million: 48.90 euros are 4.89e19 "UR".
# "4 metres" is 0.004 "etres". kg, mm and cm are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q quantiphy==2.23 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from quantiphy import Quantity

seen = {}
for text in ("4 m", "4 mm", "4 metres", "3 pcs", "48.90 EUR", "12 kg", "7 doors"):
    read = Quantity(text)
    seen[text] = (read.real, read.units)
    print("quantiphy 2.23:", text.ljust(9), "is", read.real, repr(read.units))
assert seen == {
    "4 m": (0.004, ""), "4 mm": (0.004, "m"), "4 metres": (0.004, "etres"), "3 pcs": (3e-12, "cs"),
    "48.90 EUR": (48.9e18, "UR"), "12 kg": (12000, "g"), "7 doors": (7, "doors"),
}
PY
