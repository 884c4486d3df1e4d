"""What the engine costs on large products: compiling, a click, an explanation, three repairs, beside the naive way.

    python benchmarks/engine.py [FILE.uvl …]

Without files, the feature models that stand beside the project in `shared/models`. Users make random choices that are
still possible, as shoppers do, each user from the start. Each line tells of one model: CPU milliseconds, memory of the
compiled product, and how much longer one call of a solver for every value takes, measured on samples. Everything runs
on one core. Ends with status 1 when a goal is missed.
"""

import gc
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402

from pysat.solvers import Minisat22  # noqa: E402

from catalog.product_model import Choice, Kind, ProductModel  # noqa: E402
from catalog.uvl.reader import read_uvl  # noqa: E402
from catalog.uvl.to_product import product_of  # noqa: E402
from configurator.engine.compiled import Compiled, compile_model  # noqa: E402
from configurator.engine.deduce import deduce  # noqa: E402
from configurator.engine.explain import explain  # noqa: E402
from configurator.engine.repair import repairs  # noqa: E402

MODELS = Path(__file__).resolve().parents[2] / "shared" / "models"
USERS, CLICKS, SAMPLES, CONFLICTS = 5, 20, 2, 40


@dataclass(frozen=True)
class Goal:
    """The most milliseconds of CPU, and the least times faster than the naive way."""

    compile: float = 1000
    click: float = 25
    explanation: float = 15
    ratio: float = 1


GOALS = {
    "automotive02_v4": Goal(click=15, ratio=2000),
    "automotive01": Goal(),
    "financialservices01": Goal(),
    "pc_richmond": Goal(click=3),
    "busybox_2010": Goal(click=3),
}


@dataclass
class Measured:
    compile: float
    memory: float
    clicks: list[float] = field(default_factory=list)
    explanations: list[float] = field(default_factory=list)
    repairs: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)


def timed[Answer](ask: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return the answer and the milliseconds of CPU it took."""
    start = time.process_time()
    answer = ask()
    return answer, (time.process_time() - start) * 1000


def resident() -> float:
    """Return the memory of this process in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(model: ProductModel) -> Measured:
    before = resident()
    compiled, taken = timed(lambda: compile_model(model))
    found = Measured(taken, 0)
    for user in range(USERS):
        chance = random.Random(f"user {user}")
        choices: dict[str, Choice] = {}
        for click in range(CLICKS):
            change = possible(compiled, choices, chance)
            if change is None:
                break
            choices |= change
            deduction, taken = timed(lambda choices=choices: deduce(compiled, dict(choices)))
            assert deduction.consistent
            found.clicks.append(taken)
            if user < SAMPLES and click in (4, 14):
                found.naive.append(naive(compiled, choices))
            if len(found.explanations) < CONFLICTS and (blocked := impossible(compiled, choices, chance)):
                wanted = {**choices, **blocked}
                found.explanations.append(timed(lambda wanted=wanted: explain(compiled, wanted))[1])
                kept = frozenset(blocked)
                found.repairs.append(timed(lambda w=wanted, k=kept: repairs(compiled, w, k, 3))[1])
    found.memory = resident() - before
    return found


def possible(compiled: Compiled, choices: dict[str, Choice], chance: random.Random) -> dict[str, Choice] | None:
    """Return a choice on an option that is still open, of a value that is still possible."""
    domains = deduce(compiled, choices).domains
    for key in chance.sample(sorted(domains), len(domains)):
        domain = domains[key]
        if key not in choices and len(domain.values) + domain.none > 1 and domain.values:
            value = chance.choice(domain.values)
            return {key: (str(value),) if domain.kind is Kind.MULTI else value}
    return None


def impossible(compiled: Compiled, choices: dict[str, Choice], chance: random.Random) -> dict[str, Choice] | None:
    """Return a choice that clashes with those made, though it could be made alone."""
    domains, alone = deduce(compiled, choices).domains, deduce(compiled, {}).domains
    for key in chance.sample(sorted(domains), len(domains)):
        if key in choices:
            continue
        lost = [value for value in alone[key].values if value not in domains[key].values]
        if lost:
            value = chance.choice(lost)
            return {key: (str(value),) if domains[key].kind is Kind.MULTI else value}
    return None


def naive(compiled: Compiled, choices: dict[str, Choice]) -> float:
    """Return the milliseconds that one call for each value takes, from a sample of the values."""
    program = compiled.search.program
    assumptions = compiled.assumptions(compiled.fixed(choices))
    literals = program.targets.tolist()
    sample = literals if len(literals) < 1000 else random.Random(1).sample(literals, 500)
    with Minisat22(bootstrap_with=program.clauses) as solver:
        solver.solve(assumptions)
        _, taken = timed(lambda: [solver.solve([*assumptions, literal]) for literal in sample])
    values = sum(max(len(option.values), 1 + (option.kind is Kind.BOOLEAN)) for option in compiled.model.options)
    return taken / len(sample) * values


def at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files or [MODELS / f"{name}.uvl" for name in GOALS]
    missed = 0
    print(
        f"{'model':22}{'values':>8}{'compile':>9}{'MB':>6}{'click':>8}{'p95':>7}{'max':>7}"
        f"{'explain':>9}{'p95':>7}{'repairs':>9}{'p95':>7}{'naive':>9}{'ratio':>8}{'at p95':>8}"
    )
    for path in files:
        if not path.exists():
            print(f"{path.stem:22}is not here")
            continue
        model = product_of(read_uvl(path.read_text(encoding="utf-8")), "product")
        found = measure(model)
        goal = GOALS.get(path.stem, Goal())
        click, slow, naive_click = at(found.clicks, 0.5), at(found.clicks, 0.95), at(found.naive, 0.5)
        values = sum(max(len(option.values), 1) for option in model.options)
        print(
            f"{path.stem:22}{values:8,}{found.compile:9.0f}{found.memory:6.0f}"
            f"{click:8.2f}{slow:7.1f}{at(found.clicks, 1):7.1f}"
            f"{at(found.explanations, 0.5):9.2f}{at(found.explanations, 0.95):7.1f}"
            f"{at(found.repairs, 0.5):9.2f}{at(found.repairs, 0.95):7.1f}"
            f"{naive_click:9.0f}{naive_click / click:8,.0f}{naive_click / slow:8,.0f}"
        )
        reached = (
            found.compile <= goal.compile
            and slow <= goal.click
            and at(found.explanations, 0.95) <= goal.explanation
            and naive_click / click >= goal.ratio
        )
        missed += not reached
    print(f"{missed} models miss a goal" if missed else "all goals are reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
