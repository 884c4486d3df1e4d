#!/usr/bin/env bash
# edison-parser 0.5 (PyPI), a reader of EDIFACT with a syntax tree that knows of escaped separators.
# Guess: "?" is the release character, as ISO 9735 has it: the text "Klaus?' table" in an order is "Klaus' table".
# Seen: only a backslash escapes here. The segment ends at the released apostrophe, the rest of the text becomes a segment
# that no schema knows, and is skipped without a word. "5?+1" keeps its question mark. pydifact 0.2.3 reads both right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q edison-parser==0.5 pydifact==0.2.3 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" -W ignore - <<'PY'
from edison import BaseParser
from pydifact.segmentcollection import Interchange


class Order(BaseParser):
    schemas = {(0, 0): [["UNH"], ["BGM"], ["LIN", [["IMD", [], "text"], ["QTY", [], "text"]]], ["UNT"]]}

    def __init__(self):
        self.segments = []

    def text(self, segment):
        self.segments.append(segment)


def by_edison(text):
    order = Order()
    order.parse(f"UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'LIN+1++47:EN'IMD+F++:::{text}'QTY+21:2'UNT+6+1'")
    return order.segments


def by_pydifact(text):
    head = "UNB+UNOC:3+A+B+261129:1200+1'UNH+1+ORDERS:D:96A:UN'"
    (message,) = Interchange.from_str(f"{head}IMD+F++:::{text}'UNT+3+1'UNZ+1+1'").get_messages()
    return message.segments[0].elements[2][3]


for text in ("Klaus?' table", "5?+1 shelves"):
    print(text, "| edison:", by_edison(text), "| pydifact:", by_pydifact(text))
assert by_edison("Klaus?' table") == ["IMD+F++:::Klaus?", "QTY+21:2"]
assert by_edison("5?+1 shelves")[0] == "IMD+F++:::5?+1 shelves"
assert (by_pydifact("Klaus?' table"), by_pydifact("5?+1 shelves")) == ("Klaus' table", "5+1 shelves")
PY
