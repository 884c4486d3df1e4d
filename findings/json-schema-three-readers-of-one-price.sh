#!/usr/bin/env bash
# jsonschema 4.26.0, fastjsonschema 2.22.3, jsonschema-rs 0.60.3 (PyPI): {"multipleOf": 0.01}, so that a price has cents.
# Guess: 19.99 passes in all three, at the latest when it is read as a Decimal, since that is what it says.
# Seen: as a float jsonschema refuses it, the others take it. As a Decimal jsonschema raises a TypeError and
# fastjsonschema an InvalidOperation of the decimal module (neither is its own error, so a "price refused" becomes a
# server error). Only jsonschema-rs takes both. And 20.00 as a Decimal is an {"type": "integer"} for it alone.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q jsonschema==4.26.0 fastjsonschema==2.22.3 jsonschema-rs==0.60.3 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from decimal import Decimal

import fastjsonschema
import jsonschema
import jsonschema_rs

READERS = {
    "jsonschema": (lambda schema, value: jsonschema.validate(value, schema), jsonschema.ValidationError),
    "fastjsonschema": (lambda schema, value: fastjsonschema.compile(schema)(value), fastjsonschema.JsonSchemaException),
    "jsonschema-rs": (jsonschema_rs.validate, jsonschema_rs.ValidationError),
}


def answers(schema, value):
    found = []
    for read, refusal in READERS.values():
        try:
            read(schema, value)
            found.append("taken")
        except refusal:
            found.append("refused")
        except Exception as error:
            found.append(type(error).__name__)
    return found


cents, whole = {"multipleOf": 0.01}, {"type": "integer"}
print(list(READERS), answers(cents, 19.99), answers(cents, Decimal("19.99")), answers(whole, Decimal("20.00")))
assert answers(cents, 19.99) == ["refused", "taken", "taken"]
assert answers(cents, Decimal("19.99")) == ["TypeError", "InvalidOperation", "taken"]
assert answers(whole, Decimal("20.00")) == ["refused", "refused", "taken"]
assert answers(whole, 20.0) == ["taken", "taken", "taken"]
PY
