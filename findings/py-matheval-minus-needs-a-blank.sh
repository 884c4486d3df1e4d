#!/usr/bin/env bash
# py_matheval 0.5.0 (PyPI), formulas for prices and sizes with exact decimals.
# Guess: "600-36" is 564, like "600 - 36"; "-3^2" is -9 as in Python and in mathematics (a spreadsheet says 9).
# Seen: "-36" is read as one number, so "600-36" and "width-36" are refused as not understood, while "600 - 36" and
# "600-width" pass. For the same reason "-3^2" is 9; and with a = 3, "-a^2" is 9 as well but "0 - a^2" is -9.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q py_matheval==0.5.0 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from py_matheval import evaluate


def answer(formula):
    try:
        return int(evaluate(formula, vars={"width": 600, "a": 3}))
    except ValueError as error:
        return str(error).split(" `")[0]


found = {each: answer(each) for each in ("600 - 36", "600-36", "width-36", "600-width", "-3^2", "-a^2", "0 - a^2")}
print(found)
refused = "Parse error: Unrecognized token"
assert list(found.values()) == [564, refused, refused, 0, 9, 9, -9]
PY
