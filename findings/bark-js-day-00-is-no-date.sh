#!/usr/bin/env bash
# bark-js 1.2.1 (npm), a reader of GS1 codes, on the label of a tin of lacquer; biip 5.2.0 (PyPI) to compare.
# Guess: "use by 27 02 00" is the last day of February 2027: GS1 lets the day be 00 for that; year 51 is 2051, by GS1's rule
# of the nearest century.
# Seen: "2027-02-00", which looks like a date and is none, so that a comparison with today is neither before nor after; and
# "1951-01-01", so that a shelf life of 25 years has always run out. biip tells both right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q biip==5.2.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bark-js@1.2.1
node - <<'JS'
const assert = require("assert");
const bark = require("bark-js");
const useBy = (date) => bark("0109521101530001" + "17" + date).elements.find(({ ai }) => ai === "17").value;
const [monthEnd, far] = ["270200", "510101"].map(useBy);
console.log("bark-js", { monthEnd, far, comparable: !Number.isNaN(Date.parse(monthEnd)) });
assert.equal(monthEnd, "2027-02-00");
assert(Number.isNaN(Date.parse(monthEnd)));
assert.equal(far, "1951-01-01");
JS
v/bin/python - <<'PY'
from biip.gs1_messages import GS1Message

month_end, far = (str(GS1Message.parse("010952110153000117" + date).element_strings[1].date) for date in ("270200", "510101"))
print("biip", month_end, far)
assert (month_end, far) == ("2027-02-28", "2051-01-01")
PY
