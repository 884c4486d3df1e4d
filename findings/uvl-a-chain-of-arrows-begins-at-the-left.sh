#!/usr/bin/env bash
# UVL, the language of feature models, by two readers of its own makers' grammar: flamapy-fm 2.6.0 and uvllang 0.4.1 (PyPI).
# Guess: "Glass => Steel => Wide" is read as logic reads it: with glass, steel asks for the wide frame. A desk of nothing but
# itself is allowed, and 7 of 8 choices are.
# Seen: it is "(Glass => Steel) => Wide": the wide frame is asked for wherever there is no glass, and 5 of 8 choices are left,
# the bare desk not among them. Both readers agree, so it is the language. Brackets help.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q flamapy-fm==2.6.0 flamapy-bdd==2.6.0 uvllang==0.4.1 python-sat==1.9.dev24 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
from flamapy.metamodels.bdd_metamodel.operations import BDDConfigurationsNumber
from flamapy.metamodels.bdd_metamodel.transformations import FmToBDD
from flamapy.metamodels.fm_metamodel.transformations import UVLReader
from pysat.solvers import Solver
from uvllang.uvl import UVL

DESK = "features\n    Desk\n        optional\n            Glass\n            Steel\n            Wide\nconstraints\n    "


def counts(rule):
    text = f"{DESK}{rule}\n"
    open("desk.uvl", "w").write(text)
    flamapy = BDDConfigurationsNumber().execute(FmToBDD(UVLReader("desk.uvl").transform()).transform()).get_result()
    clauses = UVL(from_str=text).to_cnf()
    names = {int(number): name for _, number, name in (line.split(" ", 2) for line in clauses.comments)}
    with Solver(bootstrap_with=clauses) as solver:
        desks = [[names[each] for each in found if each > 0] for found in solver.enum_models()]
    return flamapy, len(desks), ["Desk"] in desks


rules = ["Glass => Steel => Wide", "(Glass => Steel) => Wide", "Glass => (Steel => Wide)"]
seen = {rule: counts(rule) for rule in rules}
print("flamapy, uvllang, bare desk:", seen)
assert list(seen.values()) == [(5, 5, False), (5, 5, False), (7, 7, True)]
PY
