"""What the engine costs on large products: compiling, a click, an explanation, repairs, a whole
evaluation.

    python benchmarks/engine.py [--only NAME …] [--rows NAME …] [--soak CLICKS] [FILE.uvl …]

Without files, the feature models that stand beside the project in `shared/models`, and the made
products of `benchmarks/made_models.py`. Users make random choices that are still possible, as
shoppers do, each user from the start; every row asks its question at each state they come through,
of a product that only this row's questions have warmed. Beside it, what one call of a solver for
every value takes, and flamapy where it is installed (the same command with `PYTHONPATH` leading to
it), measured on samples. All times are CPU milliseconds on one core, each product in a process of
its own. Ends with status 1 when a goal is missed. `--soak` tells instead how memory grows over many
clicks.
"""

import gc
import os
import sys
from datetime import UTC, datetime

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse  # noqa: E402
import importlib.util  # noqa: E402
import math  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator, Mapping, Sequence  # noqa: E402
from concurrent.futures import ProcessPoolExecutor  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from functools import cached_property  # noqa: E402
from pathlib import Path  # noqa: E402

from pysat.solvers import Minisat22  # noqa: E402

from catalog.kinds.register import KINDS, kind_of  # noqa: E402
from catalog.product_model import Choice, ProductModel  # noqa: E402
from catalog.uvl.reader import read_uvl  # noqa: E402
from catalog.uvl.to_product import Place, product_and_places  # noqa: E402
from configurator.compiled_product import CompiledProduct, compile_product  # noqa: E402
from configurator.completion.completion import Wish, completion  # noqa: E402
from configurator.engine.face.choices import (  # noqa: E402
    Compiled,
    Domain,
    EngineExhausted,
    compile_model,
    deduce,
    default_completion,
)
from configurator.engine.face.conflicts import explain, repairs  # noqa: E402
from configurator.evaluation.evaluate import evaluate  # noqa: E402
from configurator.evaluation_json import evaluation_json  # noqa: E402
from pricing.breakdown import Prices, compile_prices  # noqa: E402
from pricing.in_force import Tariff, in_force  # noqa: E402

NOW = datetime(2026, 11, 25, tzinfo=UTC)

MODELS = Path(__file__).resolve().parents[2] / "shared" / "models"
USERS, CLICKS, SAMPLED_USERS, SAMPLED_CLICKS, CONFLICTS, DOCUMENTS = 5, 20, 2, (4, 14), 40, 3

type Choices = dict[str, Choice]
type Row = Callable[["Visit"], list[float]]


# ---- what is measured ----------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """Where a user is after a click: the choices, one more that clashes with them, and whether
    peers are asked here.
    """

    choices: Choices
    blocked: Choices | None
    is_sample: bool


@dataclass
class Visit:
    """One product that rows ask questions of, with the `states` that its users come through.

    `places` tells which option and value each feature of the feature model in `path` has become.
    """

    model: ProductModel
    path: Path | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    states: Sequence[State] = ()

    @cached_property
    def compiled(self) -> Compiled:
        return compile_model(self.model)

    @property
    def clashes(self) -> Iterator[tuple[Choices, Choices]]:
        """The choices before a clash, and the choice that clashes, at the first CONFLICTS states
        that have one.
        """
        found = [(state.choices, state.blocked) for state in self.states if state.blocked]
        return iter(found[:CONFLICTS])

    def product(self) -> tuple[CompiledProduct, Prices]:
        """Return the product made ready to be evaluated, at plain amounts in its own currency."""
        return compile_product(self.model), compile_prices(
            self.model, in_force(Tariff(), self.model.currency, NOW)
        )


def walk(compiled: Compiled) -> Iterator[State]:
    for user in range(USERS):
        chance = random.Random(f"user {user}")
        choices: Choices = {}
        for click in range(CLICKS):
            change = possible(compiled, choices, chance)
            if change is None:
                break
            choices = choices | change
            is_sample = user < SAMPLED_USERS and click in SAMPLED_CLICKS
            yield State(choices, impossible(compiled, choices, chance), is_sample)


def possible(compiled: Compiled, choices: Choices, chance: random.Random) -> Choices | None:
    """Return a choice on an option that is still open, of a value that is still possible."""
    domains = deduce(compiled, choices).domains
    for key in chance.sample(sorted(domains), len(domains)):
        domain = domains[key]
        if key in choices:
            continue
        if domain.runs and (domain.none or domain.only is None):
            return {key: number_in(domain, chance)}
        if domain.values and len(domain.values) + domain.none > 1:
            value = chance.choice(domain.values)
            return {key: (str(value),) if KINDS[domain.kind].is_several else value}
    return None


def impossible(compiled: Compiled, choices: Choices, chance: random.Random) -> Choices | None:
    """Return a choice that clashes with those made, though it could be made alone."""
    domains, alone = deduce(compiled, choices).domains, deduce(compiled, {}).domains
    for key in chance.sample(sorted(domains), len(domains)):
        if key in choices:
            continue
        if alone[key].runs != domains[key].runs:
            lost = [
                number
                for run in alone[key].runs
                for number in run
                if not domains[key].allows(number)
            ]
            if lost:
                return {key: chance.choice(lost)}
        gone = [value for value in alone[key].values if value not in domains[key].values]
        if gone:
            value = chance.choice(gone)
            return {key: (str(value),) if KINDS[domains[key].kind].is_several else value}
    return None


def number_in(domain: Domain, chance: random.Random) -> Choice:
    first, last = chance.choice(domain.runs)
    assert domain.step is not None
    return first + domain.step * chance.randint(0, int((last - first) / domain.step))


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


# ---- rows: each returns the milliseconds of every time its question was asked --------------------


def first_click(visit: Visit) -> list[float]:
    """Return how long the domains of the untouched product take, the engine just compiled."""
    return [timed(lambda: deduce(visit.compiled, {}))[1]]


def clicks(visit: Visit) -> list[float]:
    deduce(visit.compiled, {})
    found = []
    for state in visit.states:
        deduction, taken = timed(lambda state=state: deduce(visit.compiled, state.choices))
        assert deduction.consistent
        found.append(taken)
    return found


def explanations(visit: Visit) -> list[float]:
    return [
        timed(lambda wanted=choices | blocked: explain(visit.compiled, wanted))[1]
        for choices, blocked in visit.clashes
    ]


def three_repairs(visit: Visit) -> list[float]:
    """Return how long it takes to find which choices to take back, the refused one kept."""
    return [
        timed(
            lambda wanted=choices | blocked, kept=frozenset(blocked): repairs(
                visit.compiled, wanted, kept, 3
            )
        )[1]
        for choices, blocked in visit.clashes
    ]


def evaluations(visit: Visit) -> list[float]:
    """Return how long an evaluation takes after each click; what other values would change is told
    when looked at.
    """
    product, prices = visit.product()
    evaluate(product, prices, {})
    return [
        timed(lambda state=state: evaluate(product, prices, state.choices))[1]
        for state in visit.states
    ]


def documents(visit: Visit) -> list[float]:
    """Return how long an evaluation takes that tells of every value what it would change, as the
    API does.
    """
    product, prices = visit.product()
    evaluation_json(evaluate(product, prices, {}))
    states = visit.states[:DOCUMENTS]
    return [
        timed(lambda state=state: evaluation_json(evaluate(product, prices, state.choices)))[1]
        for state in states
    ]


def refused_evaluations(visit: Visit) -> list[float]:
    """Return how long a click that clashes takes: why, and three repairs in order, with price and
    lead time.
    """
    product, prices = visit.product()
    found = []
    for choices, blocked in visit.clashes:
        evaluate(product, prices, choices)
        found.append(timed(lambda c=choices, b=blocked: evaluate(product, prices, c, b))[1])
    return found


def cheapest_completions(visit: Visit) -> list[float]:
    """Return how long the cheapest completion takes, with an amount for each value; no end where it
    is not proved.
    """
    import ortools.sat.python.cp_model  # noqa: F401  (its import is told apart from the answers)

    from benchmarks.completions import priced

    product = compile_product(priced(visit.model))
    prices = compile_prices(product.model, in_force(Tariff(), product.model.currency, NOW))
    found = []
    for choices in [{}, *(state.choices for state in visit.states[:DOCUMENTS])]:
        default_completion(product.engine, choices)
        try:
            answer, taken = timed(
                lambda c=choices: completion(product, prices, c, Wish("cheapest"))
            )
            found.append(taken if answer.proven else math.inf)
        except EngineExhausted:
            found.append(math.inf)
    return found


def one_call_per_value(visit: Visit) -> list[float]:
    """Return how long one call of a solver for each value takes, estimated from a sample of the
    values.

    Nothing where the clauses are not all that is demanded: a solver alone could not tell.
    """
    program = visit.compiled.search.program
    if program.lazy:
        return []
    literals = program.targets.tolist()
    sample = literals if len(literals) < 1000 else random.Random(1).sample(literals, 500)
    values = sum(
        max(len(option.values), 1 + (kind_of(option).is_truth)) for option in visit.model.options
    )
    found = []
    for state in visit.states:
        if not state.is_sample:
            continue
        assumptions = visit.compiled.assumptions(visit.compiled.fixed(state.choices))
        with Minisat22(bootstrap_with=program.clauses) as solver:
            solver.solve(assumptions)
            _, taken = timed(lambda: [solver.solve([*assumptions, each]) for each in sample])  # noqa: B023
        found.append(taken / len(sample) * values)
    return found


def flamapy(visit: Visit) -> list[float]:
    """Return how long flamapy takes for the features that all or no configurations have, after the
    same choices.
    """
    if visit.path is None or importlib.util.find_spec("flamapy") is None:
        return []
    from flamapy.metamodels.fm_metamodel.transformations import UVLReader
    from flamapy.metamodels.pysat_metamodel.operations import PySATBackbone
    from flamapy.metamodels.pysat_metamodel.transformations import FmToPysat

    features = {(place.option, place.value): name for name, place in visit.places.items()}
    found = []
    for state in visit.states:
        if not state.is_sample:
            continue
        peer = FmToPysat(UVLReader(str(visit.path)).transform()).transform()
        for option, choice in state.choices.items():
            values = (
                choice
                if isinstance(choice, tuple)
                else ("" if isinstance(choice, bool) else choice,)
            )
            for value in values:
                literal = peer.variables[features[option, value]]
                peer.add_clause([-literal if choice is False else literal])
        found.append(timed(lambda peer=peer: PySATBackbone().execute(peer).get_result())[1])
    return found


ROWS: dict[str, Row] = {
    "first click": first_click,
    "click": clicks,
    "explanation": explanations,
    "three repairs": three_repairs,
    "whole evaluation": evaluations,
    "with every value": documents,
    "refused evaluation": refused_evaluations,
    "cheapest completion": cheapest_completions,
    "one call per value": one_call_per_value,
    "flamapy": flamapy,
}
PEERS = ("one call per value", "flamapy")


# ---- goals ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    """The most milliseconds: of compiling, and by row of 19 in 20 questions; the least times the
    click beats a peer.
    """

    compile: float = 1000
    rows: Mapping[str, float] = field(default_factory=dict)
    ratio: float = 1


def within(click: float, evaluation: float = 60, ratio: float = 1, **more: float) -> Goal:
    rows = {
        "click": click,
        "explanation": 15,
        "whole evaluation": evaluation,
        "refused evaluation": 60,
        "cheapest completion": 1500,
        **more,
    }
    return Goal(rows=rows, ratio=ratio)


GOALS = {
    "automotive02_v4": within(15, evaluation=150, ratio=2000),
    "automotive01": within(25),
    "financialservices01": within(25),
    "pc_richmond": within(3),
    "busybox_2010": within(3),
    "furniture": Goal(compile=2000, rows={"click": 25}),
    "two_numbers": Goal(compile=2000, rows={"click": 50}),
    "big_table": Goal(compile=2000, rows={"click": 25}),
    "rack": Goal(compile=2000, rows={"click": 100}),
}


# ---- one run -------------------------------------------------------------------------------------


def feature_model(path: Path) -> Visit:
    model, places = product_and_places(read_uvl(path.read_text(encoding="utf-8")), "product")
    return Visit(model, path, places)


def made_models() -> dict[str, Callable[[], ProductModel]]:
    """Return the made products, by name."""
    if importlib.util.find_spec("benchmarks.made_models") is None:
        return {}
    from benchmarks.made_models import MADE

    return dict(MADE)


def visits(files: Sequence[Path]) -> dict[str, Callable[[], Visit]]:
    """Return what can be visited, by name; a feature model that is not there is left out."""
    paths = files or [MODELS / f"{name}.uvl" for name in GOALS if name not in made_models()]
    found: dict[str, Callable[[], Visit]] = {
        path.stem: lambda path=path: feature_model(path) for path in paths if path.exists()
    }
    if not files:
        found |= {name: lambda make=make: Visit(make()) for name, make in made_models().items()}
    return found


def states_of(name: str, files: Sequence[Path]) -> list[State]:
    """Return the states of all users of a product."""
    return list(walk(compile_model(visits(files)[name]().model)))


def report(name: str, files: Sequence[Path], rows: Sequence[str], states: Sequence[State]) -> bool:
    """Print what one product costs; tell whether all its goals are reached."""
    visit = visits(files)[name]()
    visit.states = states
    goal = GOALS.get(name, Goal())
    values = sum(max(len(option.values), 1) for option in visit.model.options)
    print(f"{name}: {len(visit.model.options):,} options, {values:,} values")
    print(f"  {'':20}{'times':>6}{'median':>10}{'p95':>10}{'max':>10}{'goal':>8}")
    before = resident()
    _, compiling = timed(lambda: visit.compiled)
    is_reached = told("compile", [compiling], goal.compile)
    found: dict[str, list[float]] = {}
    for row in rows:
        found[row] = ROWS[row](visit)
        is_reached &= told(row, found[row], goal.rows.get(row))
        if row == "click":
            print(f"  {'MB after the clicks':26}{resident() - before:10.0f}")
        elif row not in PEERS:
            vars(visit).pop("compiled", None)
    for peer in PEERS:
        if found.get("click") and found.get(peer):
            ratio, worst = (
                at(found[peer], 0.5) / at(found["click"], share) for share in (0.5, 0.95)
            )
            is_enough = peer != PEERS[0] or ratio >= goal.ratio
            print(
                f"  a click is {ratio:,.0f} times faster than {peer}, {worst:,.0f} at p95{'' if is_enough else '  !'}"
            )
            is_reached &= is_enough
    sys.stdout.flush()
    return is_reached


def soak(name: str, files: Sequence[Path], count: int) -> None:
    """Print the memory of one product's engine while users who never make the same choices twice
    click on it.
    """
    compiled = compile_model(visits(files)[name]().model)
    clicked, user, seen = 0, 0, []
    while clicked < count:
        chance = random.Random(f"soak {user}")
        choices: Choices = {}
        user += 1
        for _ in range(CLICKS):
            change = possible(compiled, choices, chance)
            if change is None:
                break
            choices = choices | change
            default_completion(compiled, choices)
            clicked += 1
            if clicked % max(count // 10, 1) == 0:
                seen.append(f"{resident():.0f}")
    print(f"{name}: MB after each tenth of {count:,} clicks: {', '.join(seen)}")
    sys.stdout.flush()


def told(row: str, times: Sequence[float], goal: float | None) -> bool:
    """Print a row; tell whether its goal is reached."""
    if not times:
        return True
    is_reached = goal is None or at(times, 0.95) <= goal
    print(
        f"  {row:20}{len(times):6}{at(times, 0.5):10.2f}{at(times, 0.95):10.2f}{at(times, 1):10.2f}"
        f"{'' if goal is None else f'{goal:,.0f}':>8}{'' if is_reached else '  !'}"
    )
    return is_reached


def at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="the products to visit")
    parser.add_argument(
        "--rows", nargs="+", metavar="NAME", choices=ROWS, help="the rows to measure"
    )
    parser.add_argument(
        "--soak", type=int, metavar="CLICKS", help="tell how memory grows over this many clicks"
    )
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    missed = 0
    for name in visits(asked.files):
        if asked.only and name not in asked.only:
            continue
        with ProcessPoolExecutor(1, max_tasks_per_child=1) as process:
            if asked.soak:
                process.submit(soak, name, asked.files, asked.soak).result()
                continue
            states = process.submit(states_of, name, asked.files).result()
            missed += not process.submit(
                report, name, asked.files, asked.rows or list(ROWS), states
            ).result()
    if not asked.soak:
        print(f"{missed} products miss a goal" if missed else "all goals are reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
