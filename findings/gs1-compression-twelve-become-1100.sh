#!/usr/bin/env bash
# gs1-compression 0.1.3 (PyPI), short addresses for a QR code from GS1 Digital Links, and back.
# Guess: what is compressed and decompressed is what it was: a carton of 12 pieces (37), a price of 12.99 (3922), the batch
# "0012" (10).
# Seen: the numbers come back written in binary: 1100 pieces, and 101,000,100.11 for the price. The batch comes back as "12",
# which is another batch. Weights, dates and batches with letters are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q gs1-compression==0.1.3 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from gs1 import compress_gs1_digital_link, decompress_gs1_digital_link

ARTICLE = "https://id.gs1.org/01/09780345418913"
seen = {}
for tail in ("/10/AB-12", "?3103=000189", "?17=270228", "?37=12", "?3922=1299", "/10/0012"):
    short = compress_gs1_digital_link(ARTICLE + tail)
    seen[tail] = decompress_gs1_digital_link(short, False).removeprefix(ARTICLE)
print("gs1-compression 0.1.3:", seen)
assert all(seen[tail] == tail for tail in ("/10/AB-12", "?3103=000189", "?17=270228"))
assert seen["?37=12"] == "?37=1100" and seen["?3922=1299"] == "?3922=10100010011" and seen["/10/0012"] == "/10/12"
PY
