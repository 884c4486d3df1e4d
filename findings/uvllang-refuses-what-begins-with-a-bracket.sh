#!/usr/bin/env bash
# uvllang 0.4.1 and uvlparser 2.5.0 (PyPI): two readers of UVL.
# Guess: "a > b" is "b < a": whoever reads one reads the other, and both readers agree on what is UVL.
# Seen: uvllang takes "2 < (Shelf.load - 1)" and "Shelf.load - 1 > 2", and refuses "(Shelf.load - 1) > 2" as an
# unexpected token: a bracket that opens a constraint must hold a Boolean. uvlparser takes all three. So a model written
# by one tool, with brackets for safety, is lost on the other.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q uvllang==0.4.1 uvlparser==2.5.0 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - 2>"$T/log" <<'PY' || { cat "$T/log"; exit 1; }
from antlr4 import CommonTokenStream, InputStream
from uvl.UVLCustomLexer import UVLCustomLexer
from uvl.UVLPythonParser import UVLPythonParser
from uvllang.uvl import UVL

MODEL = "features\n    Rack\n        optional\n            Shelf {{load 3}}\nconstraints\n    {}\n"


def by_uvllang(constraint):
    try:
        return bool(UVL(from_str=MODEL.format(constraint), drop_non_boolean=True).features)
    except ValueError as error:
        return str(error)


def by_uvlparser(constraint):
    parser = UVLPythonParser(CommonTokenStream(UVLCustomLexer(InputStream(MODEL.format(constraint)))))
    parser.featureModel()
    return parser.getNumberOfSyntaxErrors() == 0


for constraint in ("2 < (Shelf.load - 1)", "Shelf.load - 1 > 2", "(Shelf.load - 1) > 2"):
    print(constraint, "| uvllang:", by_uvllang(constraint), "| uvlparser:", by_uvlparser(constraint))
    assert by_uvlparser(constraint) is True
    assert (by_uvllang(constraint) is True) == (constraint[0] != "(")
assert "UnexpectedToken" in by_uvllang("(Shelf.load - 1) > 2")
PY
