#!/usr/bin/env bash
# python-sat 1.9.dev24 (PyPI), SAT solvers in Python, with a limit on the work of one question.
# Guess: conf_budget(200) gives each later solve_limited() 200 conflicts; the guide's own example sets it once, before its
# loop that makes an explanation smaller.
# Seen: with MiniSat the 200 are for all calls together. After one hard question an easy one, which takes some 30 conflicts
# on its own, is answered None without any work, and so is each that follows: an explanation is never made smaller. Set it
# anew before each call. Glucose 4 does count anew for each call.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q python-sat==1.9.dev24 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from itertools import combinations, count

from pysat.solvers import Solver

numbers = count(1)


def crowded(holes):
    """One drawer too many for so many bays: a selector, and clauses that hold when it is chosen."""
    chosen = next(numbers)
    lies = [[next(numbers) for _ in range(holes)] for _ in range(holes + 1)]
    clauses = [[-chosen, *row] for row in lies]
    return chosen, clauses + [[-chosen, -a, -b] for bay in zip(*lies) for a, b in combinations(bay, 2)]


hard, hard_clauses = crowded(7)
easy, easy_clauses = crowded(4)


def ask(name, *questions, anew=False):
    with Solver(name=name, bootstrap_with=hard_clauses + easy_clauses) as solver:
        solver.conf_budget(200)
        told = []
        for question in questions:
            if anew:
                solver.conf_budget(200)
            before = solver.accum_stats()["conflicts"]
            answer = solver.solve_limited(assumptions=question)
            told.append((answer, solver.accum_stats()["conflicts"] - before))
        return told


crowd, few = [hard, -easy], [easy, -hard]
alone, after, anew = ask("m22", few), ask("m22", crowd, few, few), ask("m22", crowd, few, anew=True)
glucose = ask("g4", crowd, few)
print("easy alone:", alone, "| hard, easy, easy:", after, "| set anew:", anew, "| Glucose 4:", glucose)
assert alone[0][0] is False and alone[0][1] < 100
assert after[0][0] is None and after[1:] == [(None, 0), (None, 0)]
assert anew[1][0] is False and glucose[1][0] is False
PY
