#!/usr/bin/env bash
# flamapy-bdd 2.6.0 with flamapy-fm 2.6.0 (PyPI): counting the configurations of a feature model.
# Guess: a group "[1..*]" is right with any number of features in it, also while there is only one yet.
# Seen: with one feature it raises 'Syntax error at ")"' from deep inside a formula parser, and nothing says which group
# it was. "[0..1]" of one and "[1..*]" of two are counted. A catalogue whose range has shrunk to one article is lost.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q flamapy-bdd==2.6.0 flamapy-fm==2.6.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T" && "$T/v/bin/python" - <<'PY'
from flamapy.metamodels.bdd_metamodel.operations import BDDConfigurationsNumber
from flamapy.metamodels.bdd_metamodel.transformations import FmToBDD
from flamapy.metamodels.fm_metamodel.transformations import UVLReader


def counted(group, *features):
    lines = ["features", "    Lamp", "        optional", "            Shade", f"                {group}"]
    with open("lamp.uvl", "w") as file:
        file.write("\n".join(lines + [f"                    {name}" for name in features]) + "\n")
    count = BDDConfigurationsNumber()
    try:
        return count.execute(FmToBDD(UVLReader("lamp.uvl").transform()).transform()).get_result()
    except RuntimeError as error:
        return str(error).splitlines()[0]


found = {(group, names): counted(group, *names) for group in ("[0..1]", "[0..*]", "[1..*]") for names in ("A", "AB")}
print(found)
assert found["[0..1]", "A"] == 3 and found["[1..*]", "AB"] == 4 and found["[0..*]", "AB"] == 5
assert found["[0..*]", "A"] == found["[1..*]", "A"] == 'Syntax error at ")"'
PY
