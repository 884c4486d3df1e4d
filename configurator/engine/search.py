"""The solver at work: configurations that prove what is possible, and refutations of the rest.

A `Search` belongs to one compiled product and may be used by several threads; each question takes its lock. What it
answers never depends on what was asked before, only how fast.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
from pysat.solvers import Minisat22

from configurator.engine.clauses import STRUCTURE
from configurator.engine.exact import Array
from configurator.engine.formulas import Formula, Truth, along, truth

POOL = 256
ONE_BY_ONE = 8
MAX_QUESTIONS = 2_000


class Program:
    """All that a search needs of a compiled product.

    `literals` holds the literal of each class of each slot, one slot after the other; slot s has those from
    `offsets[s]` to `offsets[s + 1]`. `demands[s]` lists the formulas that read slot s.
    """

    def __init__(
        self,
        variables: int,
        clauses: Sequence[Sequence[int]],
        owners: Sequence[int],
        constraints: int,
        literals: Array,
        offsets: Array,
        demands: Sequence[Sequence[Formula]],
    ) -> None:
        self.variables = variables
        self.clauses = clauses
        self.owners = owners
        self.constraints = constraints
        self.literals = literals
        self.offsets = offsets
        self.demands = demands
        self.starts: list[int] = offsets.tolist()
        self.slots_of_flat: list[int] = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)).tolist()
        self.names = np.abs(literals)
        self.last_name = int(self.names.max()) if len(literals) else 0
        self.positive = literals > 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (
            self.variables,
            self.clauses,
            self.owners,
            self.constraints,
            self.literals,
            self.offsets,
            self.demands,
        )

    @cached_property
    def tests(self) -> tuple[tuple[Truth, ...], ...]:
        """For each slot: tests of a configuration, one for each demand that reads the slot."""
        made: dict[int, Truth] = {}
        for demands in self.demands:
            for demand in demands:
                if id(demand) not in made:
                    made[id(demand)] = truth(demand)
        return tuple(tuple(made[id(demand)] for demand in demands) for demands in self.demands)


class Search:
    """One product's solver with the configurations it has found so far."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lock = threading.RLock()
        self._solver: Any = None
        self._explainer: Any = None
        self._questions = 0
        self._next = program.variables
        self._pool = np.zeros((0, len(program.offsets) - 1), np.int64)
        self._place = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Search, (self.program,)

    # -- single questions (the caller holds the lock)

    def solvable(self, assumptions: Sequence[int]) -> bool:
        """Tell whether some complete configuration satisfies the literals."""
        return bool(self._ready().solve(assumptions))

    def witness(self) -> Array:
        """Return the class of each slot in the configuration that the last question found."""
        program = self.program
        true = np.zeros(program.last_name + 1, bool)
        found = np.array(self._ready().get_model()[: program.last_name], np.int64)
        true[1 : len(found) + 1] = found > 0
        holds = np.flatnonzero(true[program.names] == program.positive)
        cells: Array = holds - program.offsets[:-1]
        self._keep(cells)
        return cells

    def core(self) -> frozenset[int]:
        """Return the literals of the last question that sufficed to answer no."""
        return frozenset(self._ready().get_core() or ())

    def consistent(self, assumptions: Sequence[int], switched_on: Sequence[int]) -> bool:
        """Tell whether the literals satisfy the constraints numbered in `switched_on` (and the structure)."""
        if self._explainer is None:
            explainer = Minisat22()
            for clause, owner in zip(self.program.clauses, self.program.owners, strict=True):
                explainer.add_clause(clause if owner == STRUCTURE else [*clause, -self._switch(owner)])
            self._explainer = explainer
        return bool(self._explainer.solve([*(self._switch(owner) for owner in switched_on), *assumptions]))

    def _switch(self, owner: int) -> int:
        return self.program.variables + 1 + owner

    def any_with(
        self, fixed: Mapping[int, int], assumptions: Sequence[int], liked: Mapping[int, int] | None = None
    ) -> Array | None:
        """Return some configuration with `fixed` (the literals `assumptions` say the same), or None.

        It has many of the classes in `liked`, slot by slot, as far as they come cheaply.
        """
        rows = self._agreeing(fixed)
        if liked:
            slots, classes = _as_arrays(liked)
            if len(rows):
                best: Array = rows[(rows[:, slots] == classes).sum(axis=1).argmax()]
                return best
            self._ready().set_phases(self.program.literals[self.program.offsets[slots] + classes].tolist())
        elif len(rows):
            latest: Array = rows[-1]
            return latest
        return self.witness() if self.solvable(assumptions) else None

    # -- all classes at once

    def valid(self, fixed: Mapping[int, int], assumptions: Sequence[int], wanted: Array | None = None) -> Array | None:
        """Return which classes of which slots (flat, as `Program.literals`) some configuration with `fixed` has.

        `fixed` maps slots to classes, `assumptions` are the literals that say the same. None where there is no such
        configuration. With `wanted` only the classes marked there are certain to be told right.
        """
        program = self.program
        seen = np.zeros(len(program.literals), bool)
        witness = self.any_with(fixed, assumptions)
        if witness is None:
            return None
        seen[(self._agreeing(fixed) + program.offsets[:-1]).ravel()] = True
        todo = ~seen if wanted is None else wanted & ~seen
        todo &= ~self._refuted(assumptions)
        while todo.any():
            self._widen(witness, fixed, todo, seen)
            todo &= ~seen
            if not todo.any() or not self._one_of(program.literals[todo].tolist(), assumptions):
                break
            witness = self.witness()
            seen[witness + program.offsets[:-1]] = True
            todo &= ~seen
        return seen

    def _refuted(self, assumptions: Sequence[int]) -> Array:
        """Return the classes that unit propagation alone rules out."""
        program = self.program
        _, implied = self._ready().propagate(assumptions)
        state = np.zeros(program.last_name + 1, np.int8)
        found = np.array(implied, np.int64)
        found = found[np.abs(found) <= program.last_name]
        state[np.abs(found)] = np.sign(found)
        return np.asarray(state[program.names] * np.sign(program.literals) < 0)

    def _one_of(self, literals: list[int], assumptions: Sequence[int]) -> bool:
        """Ask for a configuration with at least one of the literals."""
        solver = self._ready()
        self._next += 1
        question = self._next
        solver.add_clause([-question, *literals])
        solver.set_phases(literals)
        answer = bool(solver.solve([*assumptions, question]))
        solver.add_clause([-question])
        self._questions += 1
        return answer

    def _widen(self, witness: Array, fixed: Mapping[int, int], todo: Array, seen: Array) -> None:
        """Mark in `seen` the classes to do that make the witness another configuration when it has them instead."""
        program = self.program
        cells = witness.tolist()
        todo_of: dict[int, list[int]] = {}
        for flat in np.flatnonzero(todo).tolist():
            todo_of.setdefault(program.slots_of_flat[flat], []).append(flat)
        for slot, flats in todo_of.items():
            if slot in fixed:
                continue
            start = program.starts[slot]
            if len(flats) <= ONE_BY_ONE:
                now = cells[slot]
                for flat in flats:
                    cells[slot] = flat - start
                    seen[flat] = _passes(program.tests[slot], cells)
                cells[slot] = now
                continue
            stop = program.starts[slot + 1]
            possible: Any = todo[start:stop]
            for demand in program.demands[slot]:
                possible = possible & along(demand, slot, cells, stop - start)
                if not possible.any():
                    break
            else:
                seen[start:stop] |= possible

    # -- what is kept

    def _agreeing(self, fixed: Mapping[int, int]) -> Array:
        if not fixed or not len(self._pool):
            return self._pool
        slots, classes = _as_arrays(fixed)
        rows: Array = self._pool[(self._pool[:, slots] == classes).all(axis=1)]
        return rows

    def _keep(self, cells: Array) -> None:
        if len(self._pool) < POOL:
            self._pool = np.concatenate([self._pool, cells[None, :]])
        else:
            self._pool[self._place] = cells
            self._place = (self._place + 1) % POOL

    def _ready(self) -> Any:
        """Return the solver, made anew where questions have piled up."""
        if self._solver is None:
            self._solver = Minisat22(bootstrap_with=self.program.clauses)
        return self._solver

    @contextmanager
    def asking(self) -> Iterator["Search"]:
        """Hold the search for a series of questions."""
        with self.lock:
            if self._questions > MAX_QUESTIONS and self._solver is not None:
                self._solver.delete()
                self._solver = None
                self._questions = 0
                self._next = self.program.variables
            yield self


def _as_arrays(cells: Mapping[int, int]) -> tuple[Array, Array]:
    """Return the slots, and the class of each."""
    return np.fromiter(cells.keys(), np.int64, len(cells)), np.fromiter(cells.values(), np.int64, len(cells))


def _passes(tests: Sequence[Truth], cells: Sequence[int]) -> bool:
    for test in tests:  # noqa: SIM110  (twice as fast as all() here)
        if not test(cells):
            return False
    return True
