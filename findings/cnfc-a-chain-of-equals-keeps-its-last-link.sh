#!/usr/bin/env bash
# cnfc 2.1.0 (PyPI), rules as clauses for a solver; solved by the solver that comes with it.
# Guess: "left == middle == right" makes three doors alike, since the guide's own "3 <= NumTrue(…) <= 4" keeps both its limits,
# which is rare in Python; or it is refused.
# Seen: chains of < and <= are kept whole, of a chain with == only the last link: the left door may differ. So it is with
# "1 <= NumTrue(hinges) == NumTrue(plates)", which allows none of either. Nothing is said. Two rules in place of one are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q cnfc==2.1.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from itertools import product

from cnfc import Formula, Not, NumTrue


def allowed(count, *rules):
    """Return the assignments of `count` variables that the rules leave, as texts of 0 and 1."""
    found = []
    for bits in product((0, 1), repeat=count):
        formula = Formula()
        variables = [formula.AddVar(f"v{index}") for index in range(count)]
        for rule in rules:
            formula.Add(rule(*variables))
        for variable, bit in zip(variables, bits, strict=True):
            formula.Add(variable if bit else Not(variable))
        if formula.Solve():
            found.append("".join(map(str, bits)))
    return found


seen = {
    "1 <= number <= 2": allowed(3, lambda *doors: 1 <= NumTrue(*doors) <= 2),
    "left == middle == right": allowed(3, lambda left, middle, right: left == middle == right),
    "two rules": allowed(3, lambda left, middle, right: left == middle, lambda left, middle, right: middle == right),
    "1 <= hinges == plates": allowed(4, lambda a, b, c, d: 1 <= NumTrue(a, b) == NumTrue(c, d)),
}
for name, found in seen.items():
    print("cnfc 2.1.0 |", name.ljust(23), *found)
assert list(seen.values()) == [
    ["001", "010", "011", "100", "101", "110"],
    ["000", "011", "100", "111"],
    ["000", "111"],
    ["0000", "0101", "0110", "1001", "1010", "1111"],
]
PY
