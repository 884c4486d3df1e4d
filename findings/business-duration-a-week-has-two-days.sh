#!/usr/bin/env bash
# business_duration 0.68 (PyPI), working time between two moments, for delivery times and deadlines.
# Guess: from Monday at 8 to Friday at 17 with hours from 8 to 17, the unit "day" gives 5: its guide says itself that 30 hours
# are three days of ten.
# Seen: it gives 1.875. Only working hours are counted, and then divided by 24. "Ready in ten working days" is reached after
# more than five weeks; the unit "hour" is right, 45.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q business_duration==0.68 pandas==3.1.1 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from datetime import time

import pandas
from business_duration import businessDuration


def between(begin, end, unit):
    begin, end = pandas.Timestamp(begin), pandas.Timestamp(end)
    return float(businessDuration(begin, end, starttime=time(8), endtime=time(17), unit=unit))


spans = {
    "one day": ("2026-11-30 08:00", "2026-11-30 17:00"),
    "a week": ("2026-11-30 08:00", "2026-12-04 17:00"),
    "five weeks": ("2026-11-02 08:00", "2026-12-04 17:00"),
}
seen = {name: [between(*span, unit) for unit in ("hour", "day")] for name, span in spans.items()}
print("business_duration 0.68, hours and days:", seen)
assert seen == {"one day": [9.0, 0.375], "a week": [45.0, 1.875], "five weeks": [225.0, 9.375]}
PY
