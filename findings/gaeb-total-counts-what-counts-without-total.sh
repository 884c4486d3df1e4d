#!/usr/bin/env bash
# gaeb 0.5.4 (PyPI), bills of quantities in the format of German tenders, and pygaeb 1.20.0 (PyPI) to compare.
# Guess: the total of a bill holds what is ordered: neither the alternative beside what it would replace, nor items on
# demand, nor what was dropped; and a lump sum counts.
# Seen: all of these are added up, and the lump sum is left out, since it has no quantity to multiply by: 2,777 in place of
# 1,500. The same library writes the items on demand as "WithoutTotal", which pygaeb reads as not counting, and the wrong
# total into the file.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q gaeb==0.5.4 pygaeb==1.20.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python -W ignore - <<'PY'
import re

from gaeb import BoQBuilder, Phase, PositionTyp, write_xml
from pygaeb import GAEBParser


def bill(phase):
    items = BoQBuilder(phase=phase, titel_lv="Shop", projekt="Branch").titel("Tables")
    items.position("Oak", einheit="St", menge="10", ep="100", typ=PositionTyp.GRUNDPOSITION)
    items.position("Walnut in its place", einheit="St", menge="10", ep="140", typ=PositionTyp.ALTERNATIV)
    items.position("Perhaps a bench", einheit="St", menge="3", ep="50", typ=PositionTyp.EVENTUELL)
    items.position("On demand, a bench", einheit="St", menge="3", ep="50", typ=PositionTyp.BEDARFSPOSITION)
    items.position("Dropped", einheit="St", menge="1", ep="77", entfaellt=True)
    items.position("Assembly", einheit="psch", ep="500", pauschale=True)
    return items.end().build()


order, tender = bill(Phase.AUFTRAGSERTEILUNG), bill(Phase.ANGEBOTSAUFFORDERUNG)
write_xml(order, "order.x86")
write_xml(tender, "tender.x83")
(written,) = re.findall("<Total>(.*?)</Total>", open("order.x86").read())
marks = open("tender.x83").read().count("<Provis>WithoutTotal</Provis>")
counting = [item.affects_total for item in GAEBParser.parse("tender.x83").award.boq.iter_items()]
print("gaeb: total", order.gesamtsumme, "written", written, "marks", marks, "| pygaeb: counting", counting)
assert order.gesamtsumme == 2777 and written == "2777.00"
assert marks == 2 and counting == [True, True, False, False, True, True]
PY
