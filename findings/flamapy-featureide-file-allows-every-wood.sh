#!/usr/bin/env bash
# flamapy-fm 2.6.0 (PyPI), feature models for other tools; counted by flamapy-bdd 2.6.0.
# Guess: a desk of one wood out of three, with a drawer if wanted and not below glass, has 5 configurations, and as many in
# each format that is written and read again; what a format cannot say is written in another way, or refused.
# Seen: in FeatureIDE's XML it has 12, any woods or none: where a feature has a group and an option beside it, or a group with
# numbers, all become options. In Glencoe's there are 4, since the drawer has joined the woods. Without the drawer, both have
# 3, and JSON and UVL are right throughout.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q flamapy-fm==2.6.0 flamapy-bdd==2.6.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from flamapy.metamodels.bdd_metamodel.operations import BDDConfigurationsNumber
from flamapy.metamodels.bdd_metamodel.transformations import FmToBDD
from flamapy.metamodels.fm_metamodel import transformations as formats

WOODS = "features\n    Desk\n        {group}\n            Oak\n            Glass\n            Steel\n"
DRAWER = "        optional\n            Drawer\nconstraints\n    Glass => !Drawer\n"


def counted(model):
    return BDDConfigurationsNumber().execute(FmToBDD(model).transform()).get_result()


def counts(text):
    open("desk.uvl", "w").write(text)
    model = formats.UVLReader("desk.uvl").transform()
    seen = {"as written": counted(model)}
    for name, ending in (("UVL", "uvl"), ("JSON", "json"), ("FeatureIDE", "xml"), ("Glencoe", "gfm.json")):
        getattr(formats, f"{name}Writer")(f"out.{ending}", model).transform()
        seen[name] = counted(getattr(formats, f"{name}Reader")(f"out.{ending}").transform())
    return seen


seen = [
    counts(WOODS.format(group="alternative")),
    counts(WOODS.format(group="alternative") + DRAWER),
    counts(WOODS.format(group="[0..1]")),
]
print("flamapy 2.6.0, configurations:", *seen, sep="\n")
assert seen == [
    {"as written": 3, "UVL": 3, "JSON": 3, "FeatureIDE": 3, "Glencoe": 3},
    {"as written": 5, "UVL": 5, "JSON": 5, "FeatureIDE": 12, "Glencoe": 4},
    {"as written": 4, "UVL": 4, "JSON": 4, "FeatureIDE": 8, "Glencoe": 8},
]
PY
