#!/usr/bin/env bash
# clingo 5.8.3 (PyPI), an answer set solver that research on product configuration uses.
# Guess: a sum of part costs is exact, or the solver complains when it grows too large.
# Seen: #sum wraps at 32 bits without a message. Two parts at 20,000,000.00 (2,000,000,000 cents each) cost
# -294,967,296 cents together, and a limit such as "at most 1,000,000,000" lets them pass.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q clingo==5.8.3
"$T/v/bin/python" - <<'PY'
import clingo

messages = []
control = clingo.Control(logger=lambda code, text: messages.append(text))
control.add("base", [], """
    cost(press, 2000000000). cost(oven, 2000000000).
    total(S) :- S = #sum { C, P : cost(P, C) }.
    affordable :- total(S), S <= 1000000000.
""")
control.ground([("base", [])])
with control.solve(yield_=True) as models:
    model = " ".join(sorted(map(str, next(iter(models)).symbols(atoms=True))))
print(clingo.__version__, model, messages)
assert "total(-294967296)" in model and "affordable" in model and messages == []
PY
