#!/usr/bin/env bash
# epcpy 0.1.8 (PyPI), the codes of RFID tags by GS1's Tag Data Standard, for chairs with serial numbers.
# Guess: a serial number that the short tag of 96 bits cannot hold is refused, as "A1" is: the standard gives it 38 bits and
# no zeros in front.
# Seen: "0012" is written as 12, so that two chairs have the same tag. 274877906944, one more than fits, gives 28 digits in
# hex in place of 24 and is read as 137438953472, a third chair's. The long tag of 198 bits keeps all of them.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q epcpy==0.1.8 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from epcpy.epc_schemes.sgtin import SGTIN, SGTINFilterValue

SHORT, LONG = SGTIN.BinaryCodingScheme.SGTIN_96, SGTIN.BinaryCodingScheme.SGTIN_198


def tag(serial, scheme):
    chair = SGTIN.from_epc_uri(f"urn:epc:id:sgtin:4012345.112345.{serial}")
    return chair.hex(binary_coding_scheme=scheme, filter_value=SGTINFilterValue.POS_ITEM)


def read(serial, scheme):
    return SGTIN.from_hex(tag(serial, scheme)).epc_uri.rpartition(".")[2]


serials = ["12", "0012", "274877906943", "274877906944"]
short = {serial: read(serial, SHORT) for serial in serials}
print("epcpy 0.1.8:", short, "| digits of the tags:", [len(tag(serial, SHORT)) for serial in serials])
assert all(read(serial, LONG) == serial for serial in [*serials, "A1"])
assert tag("12", SHORT) == tag("0012", SHORT)
assert short["274877906943"] == "274877906943" and short["274877906944"] == "137438953472"
try:
    tag("A1", SHORT)
except ValueError:
    pass
else:
    raise AssertionError("A1 is taken")
PY
