#!/usr/bin/env bash
# cpmpy 1.1.1 (PyPI), constraint models in Python; solved by OR-Tools 9.15.6755.
# Guess: Python's own `and` between two rules is refused, as it is for "(doors >= 2) and (shelves == 1)": an error says to
# use & and not to ask an expression whether it is true.
# Seen: it is refused after >=, > and !=, and not after ==: "(doors == 2) and (shelves == 1)" is just one of the two, and
# "not (doors == 5)" is nothing at all. The model is solved, with a configuration that breaks the rule.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q cpmpy==1.1.1 ortools==9.15.6755 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import cpmpy

doors, shelves = cpmpy.intvar(0, 5, name="doors"), cpmpy.intvar(0, 5, name="shelves")


def most(rule):
    try:
        model = cpmpy.Model(rule())
    except ValueError as error:
        return str(error)[:21]
    model.maximize(doors + shelves)
    assert model.solve()
    return int(doors.value()), int(shelves.value())


found = {
    "(doors == 2) & (shelves == 1)": most(lambda: (doors == 2) & (shelves == 1)),
    "(doors >= 2) and (shelves == 1)": most(lambda: (doors >= 2) and (shelves == 1)),
    "(doors == 2) and (shelves == 1)": most(lambda: (doors == 2) and (shelves == 1)),
    "not (doors == 5)": most(lambda: not (doors == 5)),
}
print(found)
assert found["(doors == 2) and (shelves == 1)"] == (2, 5) and found["not (doors == 5)"] == (5, 5)
assert found["(doors == 2) & (shelves == 1)"] == (2, 1)
assert isinstance(found["(doors >= 2) and (shelves == 1)"], str)
PY
