#!/usr/bin/env bash
# gaeb 0.5.4 (PyPI), bills of quantities in the format of German tenders: a credit for two frames that are not needed.
# Guess: an item of 2 at -25.50 comes back as -51.00 from each format that the library writes and reads, or the format that
# cannot hold it refuses.
# Seen: from GAEB XML and GAEB 2000 it does. In GAEB 90, whose fields have fixed places, the sign pushes the digits one place
# to the right; read again by the same library, the price is +255.00 and the amount +51.00, so that what was to be taken off
# the bill is added. It warns only that a negative price is unusual.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q gaeb==0.5.4 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python -W ignore - <<'PY'
import gaeb

items = gaeb.BoQBuilder(phase=gaeb.Phase.ANGEBOTSABGABE, titel_lv="Shop", projekt="Branch").titel("Tables")
items.position("Table", einheit="St", menge="12", ep="932.80")
items.position("Frames taken back", einheit="St", menge="2", ep="-25.50")
bill = items.end().build()

seen = {}
for name, write, read in (
    ("bid.x84", gaeb.write_xml, gaeb.read_xml),
    ("bid.p84", gaeb.write_gaeb2000, gaeb.read_gaeb2000),
    ("bid.d84", gaeb.write_gaeb90, gaeb.read_gaeb90),
):
    write(bill, name)
    again = read(name)
    seen[name] = [float(again.alle_positionen[1].einheitspreis), float(again.gesamtsumme)]
print("gaeb 0.5.4, built:", [-25.5, float(bill.gesamtsumme)], "read:", seen)
assert seen == {"bid.x84": [-25.5, 11142.6], "bid.p84": [-25.5, 11142.6], "bid.d84": [255.0, 11244.6]}
PY
