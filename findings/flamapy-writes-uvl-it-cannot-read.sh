#!/usr/bin/env bash
# flamapy-fm 2.6.0 (PyPI), feature models in UVL, a language in which a name with a blank stands in quotes.
# Guess: a model that is read, say to add a feature, and written is read again, by this library and by others.
# Seen: names keep their quotes in the tree and lose them in the constraints: '"Oak top" => "2 drawers"' is written as
# 'Oak top => 2 drawers', which is refused as a syntax error. A model without constraints, or with names of one word, comes
# back, so the loss is seen when somebody else opens the file.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q flamapy-fm==2.6.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
from flamapy.core.exceptions import FlamaException
from flamapy.metamodels.fm_metamodel.transformations import UVLReader, UVLWriter

TREE = 'features\n    Desk\n        optional\n            "{}"\n            "{}"\n'
RULE = 'constraints\n    "{}" => "{}"\n'


def again(text):
    open("desk.uvl", "w").write(text)
    UVLWriter("again.uvl", UVLReader("desk.uvl").transform()).transform()
    try:
        UVLReader("again.uvl").transform()
    except FlamaException as refused:
        return open("again.uvl").read().splitlines()[-1].strip(), str(refused)
    return "read"


blanks, plain = ("Oak top", "2 drawers"), ("Oak", "Drawers")
seen = [again(TREE.format(*blanks)), again((TREE + RULE).format(*plain, *plain)), again((TREE + RULE).format(*blanks, *blanks))]
print("flamapy-fm 2.6.0:", seen)
assert seen[:2] == ["read", "read"] and seen[2][0] == "Oak top => 2 drawers" and "syntax" in seen[2][1]
PY
