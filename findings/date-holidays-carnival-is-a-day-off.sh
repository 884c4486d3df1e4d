#!/usr/bin/env bash
# date-holidays 3.37.0 (npm), holidays for delivery times; holidays 0.109 (PyPI) to compare.
# Guess: isHoliday(day) is true on days on which nobody works in Germany, and false on all others, as the name says.
# Seen: it is true on the Monday of carnival and, in Bavaria, on a Wednesday on which only schools are shut, both of them
# days of work for a carrier. What it gives is a list of all that the day is called, and each entry has to be
# looked at for type "public". Holidays by law are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q holidays==0.109 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund date-holidays@3.37.0
cat >days.js <<'JS'
const Holidays = require("date-holidays");
const bavaria = new Holidays("DE", "BY");
const asked = JSON.parse(process.argv[2]).map((day) => bavaria.isHoliday(new Date(`${day}T12:00:00+01:00`)));
console.log(JSON.stringify(asked.map((found) => [Boolean(found), (found || []).map(({ type }) => type)])));
JS
v/bin/python - <<'PY'
import json
import subprocess

import holidays

DAYS = ["2026-02-16", "2026-11-18", "2026-11-19", "2026-12-25"]
run = subprocess.run(["node", "days.js", json.dumps(DAYS)], capture_output=True, text=True, check=True)
seen = dict(zip(DAYS, json.loads(run.stdout), strict=True))
bavaria = holidays.country_holidays("DE", subdiv="BY")
print("date-holidays 3.37.0:", seen, "| holidays:", {day: day in bavaria for day in DAYS})
assert list(seen.values()) == [[True, ["observance"]], [True, ["school"]], [False, []], [True, ["public"]]]
assert [day in bavaria for day in DAYS] == [False, False, False, True]
PY
