#!/usr/bin/env bash
# uvllang 0.4.1 (PyPI), feature models in UVL as clauses for a solver; solved by python-sat 1.9.dev24.
# Guess: with conversion=True a group "[0..1]" means the same wherever it stands: two feet of which none or one is taken.
# Seen: that is so at the top. Below a feature that itself is one of an `alternative`, the members of the counted group
# are taken for members of the alternative: each excludes its own parent, so a foot can never be chosen. The same model
# with `alternative` written for the inner group is right. No message but "converted to Boolean clauses".
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q uvllang==0.4.1 python-sat==1.9.dev24 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
from pysat.solvers import Solver
from uvllang.uvl import UVL

LAMP = """features
    Lamp
        alternative
            Stand
                {group}
                    Felt
                    Cork
            Hook
"""
TOP = """features
    Lamp
        [0..1]
            Felt
            Cork
"""


def chosen(text):
    clauses = UVL(from_str=text, conversion=True).to_cnf()
    names = {int(number): name for _, number, name in (line.split(" ", 2) for line in clauses.comments)}
    with Solver(bootstrap_with=clauses) as solver:
        return sorted(sorted(names[each] for each in found if each > 0) for found in solver.enum_models())


inside, exact, top = chosen(LAMP.format(group="[0..1]")), chosen(LAMP.format(group="alternative")), chosen(TOP)
print("[0..1] inside:", inside, "| alternative inside:", exact, "| [0..1] at the top:", top)
assert len(top) == 3 and ["Felt", "Lamp"] in top
assert exact == [["Cork", "Lamp", "Stand"], ["Felt", "Lamp", "Stand"], ["Hook", "Lamp"]]
assert inside == [["Hook", "Lamp"], ["Lamp", "Stand"]]
PY
