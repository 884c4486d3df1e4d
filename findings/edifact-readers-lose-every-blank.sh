#!/usr/bin/env bash
# pydifact 0.2.3 and edifactlib 0.6.0 (PyPI), edifact 1.2.12 (npm), readers of EDIFACT: an order that begins "UNA:+.  '".
# Guess: the blank in the place of the release character says that there is none, as ISO 9735 has it ("if not used, insert
# space"): the text of the line is "Oak table, oiled".
# Seen: all three take the blank for the release character itself, so that each blank in the order vanishes: "Oaktable,oiled",
# and the order number "PO 123" is "PO123", which the buyer does not know. Nothing is said.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q pydifact==0.2.3 edifactlib==0.6.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund edifact@1.2.12
printf %s "UNB+UNOC:3+5412345000013:14+4012345000006:14+260704:1200+REF1'UNH+1+ORDERS:D:24A:UN'BGM+220+PO 123+9'" \
  "LIN+1++4712345:EN'IMD+F++:::Oak table, oiled'QTY+21:12'UNS+S'UNT+7+1'UNZ+1+REF1'" >order.edi
cat >read.js <<'JS'
const { Reader } = require("edifact");
const text = require("fs").readFileSync("order.edi", "utf8");
const read = (beginning) =>
  new Reader({ autoDetectEncoding: true }).parse(beginning + text)
    .filter(({ name }) => /BGM|IMD/.test(name)).map(({ elements }) => elements.flat().find((part) => / |O/.test(part)));
const seen = ["UNA:+.? '", "UNA:+.  '"].map(read);
console.log("edifact", seen);
require("assert").deepEqual(seen, [["PO 123", "Oak table, oiled"], ["PO123", "Oaktable,oiled"]]);
JS
v/bin/python -W ignore - <<'PY'
from edifactlib import Parser
from pydifact.segmentcollection import Interchange

text = open("order.edi").read()


def pydifact(beginning):
    segments = {segment.tag: segment.elements for segment in Interchange.from_str(beginning + text).segments}
    return [segments["BGM"][1], segments["IMD"][2][3]]


def edifactlib(beginning):
    (message,) = Parser().parse(beginning + text).messages
    segments = {segment.tag: segment.data_elements for segment in message.segments}
    return [segments["BGM"][1].components[0].content, segments["IMD"][2].components[3].content]


for read in (pydifact, edifactlib):
    seen = [read("UNA:+.? '"), read("UNA:+.  '")]
    print(read.__name__, seen)
    assert seen == [["PO 123", "Oak table, oiled"], ["PO123", "Oaktable,oiled"]]
PY
node read.js
