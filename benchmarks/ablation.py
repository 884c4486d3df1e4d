"""What each piece of the engine saves that only makes it faster: switched off in turn, over eight
products.

    python benchmarks/ablation.py [--only PRODUCT …] [--without PIECE …] [--repeat TIMES]

Two users make random choices that are still possible. Asked after each are the domains and the
default completion, and of choices that clash an explanation and three ways out. A cell tells how
many times as many calls of the solver and how many times as much CPU a product takes without the
piece; "=" stands where neither changes by a tenth. The answers must be the same, or the run fails.
A piece whose absence no product notices should go.

Every cell is a process of its own. CPU is the least of several runs (2), taken in turns with those
of the whole engine.
"""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse  # noqa: E402
import hashlib  # noqa: E402
import multiprocessing  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Mapping, Sequence  # noqa: E402
from concurrent.futures import ProcessPoolExecutor  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from benchmarks.engine import MODELS, Choices, feature_model, impossible, possible  # noqa: E402
from benchmarks.made_models import MADE  # noqa: E402
from benchmarks.rack import rack as rack_of_instances  # noqa: E402
from catalog.product_model import ProductModel  # noqa: E402
from configurator.engine.constraints.symmetry import Symmetry  # noqa: E402
from configurator.engine.face.choices import compile_model, deduce, default_completion  # noqa: E402
from configurator.engine.face.conflicts import explain, repairs  # noqa: E402
from configurator.engine.face.examination import counted  # noqa: E402
from configurator.engine.moves.compact_tables import Tables  # noqa: E402
from configurator.engine.moves.multi_variable import MultiVariable  # noqa: E402
from configurator.engine.moves.one_flip import OneFlip  # noqa: E402
from configurator.engine.moves.room import Room  # noqa: E402
from configurator.engine.moves.swap import Swap  # noqa: E402
from configurator.engine.sat import encode  # noqa: E402
from configurator.engine.solver import compiled, components  # noqa: E402
from configurator.engine.solver.memory import Memory  # noqa: E402
from configurator.engine.solver.search import Search  # noqa: E402
from pricing.product_file import read_product_file  # noqa: E402

USERS, CLICKS, CLASHES = 2, 8, 4
DEMO = Path(__file__).parents[1] / "configurator_site" / "demo"

type Patch = tuple[Any, str, Any]
"""Where something stands, its name, and what stands in for it."""


def nothing(*_given: Any, **_named: Any) -> None:
    """Do what a move does that proves nothing."""


def without_one_flip(self: OneFlip, witness: Any, todo: Any) -> Any:
    """Return what a configuration proves by itself alone."""
    program = self.program
    proved = np.zeros(len(program.targets), bool)
    proved[witness + program.offsets[:-1]] = True
    within = witness[program.members] != 0
    counts = np.bincount(program.set_of_member[within], minlength=len(program.sets))
    proved[len(program.literals) :] = counts == 0
    return proved


PIECES: Mapping[str, Sequence[Patch]] = {
    "one-flip moves": [(OneFlip, "widened", without_one_flip)],
    "one-flip moves, one by one": [(OneFlip, "_try", nothing)],
    "swap moves": [(Swap, "mark", nothing)],
    "multi-variable moves": [
        (MultiVariable, "proved", lambda self, *_: np.zeros(self.program.classes, bool))
    ],
    "moves of several at once": [(MultiVariable, "_together", nothing)],
    "other rows of tables": [(Tables, "mark_other_rows", nothing)],
    "rows as questions": [(Tables, "row", lambda *_: [])],
    "rows that are left": [
        (Tables, "supported", lambda self, _: np.ones(len(self.program.targets), bool))
    ],
    "room": [(Room, "most", lambda *_: {})],
    "sparing hints": [(MultiVariable, "hints", lambda *_: [])],
    "hints that go together": [(Search, "_going_together", lambda *_: [])],
    "known configurations": [
        (Search, "_proved", lambda self, *_: np.zeros(len(self.program.targets), bool))
    ],
    "known ones a step away": [
        (Search, "_one_step_off", lambda self, *_: np.zeros(len(self.program.targets), bool)),
        (Search, "_step_near", nothing),
    ],
    "what held a choice before": [(Search, "_before", nothing)],
    "answers remembered": [
        (Memory, "answer", lambda self, question, choices, make, keep=None: make())
    ],
    "connected components": [(components, "LEAST_SLOTS", 10**9)],
    "symmetry": [(compiled, "symmetry_of", lambda *_: Symmetry())],
    "all-different counted": [(compiled, "grids_of", lambda *_: ())],
    "pigeonholes counted": [(compiled, "groups_of", lambda *_: ())],
    "tables beside the clauses": [(encode, "MAX_ROWS", 10**9)],
}


def demo(name: str) -> ProductModel:
    path = DEMO / f"{name}.yaml"
    return read_product_file(path.read_text(encoding="utf-8"), path.name).model


PRODUCTS: Mapping[str, Callable[[], ProductModel]] = {
    "base_cabinet": lambda: demo("base_cabinet"),
    "cnc_router": lambda: demo("cnc_router"),
    "automotive02_v4": lambda: feature_model(MODELS / "automotive02_v4.uvl").model,
    **MADE,
    "instances": rack_of_instances,
}


@dataclass(frozen=True)
class Run:
    """What one process took: its answers as a digest, calls of the solver, propagations, and
    seconds of CPU.
    """

    answers: str
    calls: int
    propagations: int
    seconds: float


type Story = Sequence[tuple[Choices, Choices | None]]
"""The choices after each click, and one more that clashes with them."""


def story(name: str) -> Story:
    """Return what the users of a product choose."""
    product = compile_model(PRODUCTS[name]())
    found: list[tuple[Choices, Choices | None]] = []
    clashes = 0
    for user in range(USERS):
        chance = random.Random(f"ablation {user}")
        choices: Choices = {}
        for _ in range(CLICKS):
            change = possible(product, choices, chance)
            if change is None:
                break
            choices = choices | change
            blocked = impossible(product, choices, chance) if clashes < CLASHES else None
            clashes += blocked is not None
            found.append((choices, blocked))
    return found


def switch_off(piece: str | None) -> None:
    """Take a piece out of this process."""
    for owner, name, instead in PIECES[piece] if piece else ():
        assert hasattr(owner, name), f"{piece}: there is no {name}"
        setattr(owner, name, instead)


def run(name: str, asked: Story, piece: str | None) -> Run:
    """Ask everything of a product just compiled, without a piece."""
    switch_off(piece)
    model = PRODUCTS[name]()
    start = time.process_time()
    answers: list[str] = []
    with counted() as effort:
        product = compile_model(model)
        for choices, blocked in [({}, None), *asked]:
            answers.append(repr(deduce(product, choices)))
            answers.append(repr(sorted(default_completion(product, choices).values.items())))
            if blocked:
                wanted = choices | blocked
                answers.append(repr(explain(product, wanted)))
                answers.append(repr(repairs(product, wanted, frozenset(blocked), 3)))
    taken = time.process_time() - start
    return Run(
        hashlib.sha256(repr(answers).encode()).hexdigest(),
        effort.solver_calls,
        effort.propagations,
        taken,
    )


def fresh[*Given, Answer](ask: Callable[[*Given], Answer], *given: *Given) -> Answer:
    """Return the answer of a process that does nothing else."""
    # Forked, not started anew: what is imported once is no part of the answer.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as process:
        return process.submit(ask, *given).result()


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else float(part > 0) + 1


def cell(without: Run, whole: Run) -> str:
    calls, seconds = ratio(without.calls, whole.calls), ratio(without.seconds, whole.seconds)
    if abs(calls - 1) < 0.1 and abs(seconds - 1) < 0.1:
        return "="
    return f"{calls:.2f} {seconds:.2f}"


def report(name: str, pieces: Sequence[str], times: int) -> dict[str, tuple[Run, Run]]:
    """Return for each piece what a product takes without and with it."""
    asked = fresh(story, name)
    found: dict[str, tuple[Run, Run]] = {}
    whole = fresh(run, name, asked, None)
    for piece in pieces:
        without = fresh(run, name, asked, piece)
        assert without.answers == whole.answers, f"{name} answers otherwise without {piece}"
        for _ in range(times - 1):
            again, other = fresh(run, name, asked, None), fresh(run, name, asked, piece)
            whole = min(whole, again, key=lambda each: each.seconds)
            without = min(without, other, key=lambda each: each.seconds)
        found[piece] = (without, whole)
        print(
            f"{name:18}{piece:28}{without.calls:7}{whole.calls:7}{without.propagations:12,}{whole.propagations:12,}"
            f"{without.seconds:8.2f}{whole.seconds:8.2f}   {cell(without, whole)}",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", metavar="PRODUCT", choices=PRODUCTS, default=list(PRODUCTS)
    )
    parser.add_argument(
        "--without", nargs="+", metavar="PIECE", choices=PIECES, default=list(PIECES)
    )
    parser.add_argument("--repeat", type=int, metavar="TIMES", default=2)
    asked = parser.parse_args()
    print(
        f"{'product':18}{'without':28}{'calls':>7}{'whole':>7}{'propagations':>12}{'whole':>12}{'CPU s':>8}{'whole':>8}"
    )
    rows = {name: report(name, asked.without, asked.repeat) for name in asked.only}
    print(f"\n{'without':28}" + "".join(f"{name[:12]:>14}" for name in rows) + "   (calls, CPU)")
    for piece in asked.without:
        cells = [cell(*rows[name][piece]) for name in rows]
        print(f"{piece:28}" + "".join(f"{each:>14}" for each in cells))


if __name__ == "__main__":
    main()
