"""The solver at work: configurations that prove what is possible, and refutations of the rest.

A `Search` belongs to one compiled product and may be used by several threads; each question takes
its lock. What it answers never depends on what was asked before, only how fast.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from pysat.solvers import Minisat22

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.refusals import EngineExhausted
from configurator.engine.constraints.symmetry import asked, spread, touched
from configurator.engine.moves.multi_variable import MultiVariable
from configurator.engine.moves.one_flip import OneFlip
from configurator.engine.moves.room import Room
from configurator.engine.sat.clauses import STRUCTURE
from configurator.engine.sat.lazy_constraints import Learnt
from configurator.engine.sat.program import Program
from configurator.engine.solver.effort import effort

POOL = 1_024
FEW = 16
FEW_MOVED = 3
MOST_TOGETHER = 400
MOST_MEMORY = 16_000_000
MAX_QUESTIONS = 2_000
# The public models of up to 18,000 features take a few hundred conflicts for a series of questions.
MOST_CONFLICTS = 300_000
# Whether the choices stand together at all has to be known; a question on a budget may take so much
# to learn that.
MOST_TO_BEGIN = 200_000
MOST_ANSWERS = 256
MOST_PENDING = 256
MOST_LEARNT = 64


class Budget:
    """How many conflicts of the solver a series of questions may still take; shared by all it is
    handed to.

    Conflicts and not time, so that the same questions asked of a fresh engine get the same answers
    on any machine.
    """

    def __init__(self, conflicts: int) -> None:
        self.left = conflicts


class Undecided(Exception):
    """A question that could not be answered within the budget of its series."""


@dataclass(frozen=True, eq=False)
class Possible:
    """Which targets some configuration has (`seen`), and of which that is not known yet
    (`undecided`).
    """

    seen: Array
    undecided: Array


class Search:
    """One product's solver with the configurations it has found so far."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lock = threading.RLock()
        self._solver: Any = None
        self._found: Array | None = None
        self._explainer: Any = None
        self._answering: Any = None
        self._questions = 0
        self._depth = 0
        self._left = MOST_CONFLICTS
        self._counting, self._first_question = _counting(program, program.variables + 1)
        self._next = self._first_question
        self._learnt = Learnt(program.variables, program.lazy)
        self._one_flip = OneFlip(program)
        self._multi_variable = MultiVariable(program, self._one_flip)
        computed = [slot for slot, others in enumerate(self._one_flip.others) if others]
        self._leaving_room = Room(program.formulas, computed, program.starts)
        most = int(np.diff(program.offsets).max(initial=1))
        self._room = max(
            16, min(POOL, MOST_MEMORY // max(1, len(program.offsets) + len(program.targets)))
        )
        self._cells = np.zeros((self._room, len(program.offsets) - 1), np.min_scalar_type(most))
        self._proofs = np.zeros((self._room, (len(program.targets) + 7) // 8), np.uint8)
        self._kept = 0
        self._answers: OrderedDict[Hashable, Possible] = OrderedDict()
        self._pending: dict[tuple[frozenset[int], bytes], int] = {}
        self._budget: Budget | None = None
        self._too_hard: set[frozenset[int]] = set()
        self._closures: dict[int, tuple[Array, Array]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Search, (self.program,)

    def proofs(self) -> tuple[Array, Array, Possible | None]:
        """Return what was found so far and stays right for ever, for the `learn` of another search
        of the program.

        That are configurations, of each what it proves (a bit for each target), and what can be had
        without a choice.
        """
        with self.lock:
            rows = min(self._kept, self._room)
            return (
                self._cells[:rows].copy(),
                self._proofs[:rows].copy(),
                self._answers.get(frozenset()),
            )

    def learn(self, cells: Array, proofs: Array, without_choices: Possible | None = None) -> None:
        """Keep `proofs` that another search found, also one in another process: that saves those
        questions.
        """
        with self.lock:
            places = (self._kept + np.arange(len(cells))[-self._room :]) % self._room
            self._cells[places], self._proofs[places] = cells[-self._room :], proofs[-self._room :]
            self._kept += len(cells)
            if without_choices is not None:
                self._answers[frozenset()] = without_choices

    # -- single questions (the caller holds the lock)

    def solvable(self, assumptions: Sequence[int]) -> bool:
        """Tell whether some complete configuration satisfies the literals."""
        return self._answer(self._ready(), assumptions)

    def model(self) -> Array:
        """Return for each variable (by its number) whether it holds in what the last question
        found.
        """
        found = self._answering.get_model()
        true = np.zeros(max(len(found), self.program.variables) + 1, bool)
        true[1 : len(found) + 1] = np.array(found, np.int64) > 0
        return true

    def cells_of(self, true: Array) -> Array:
        """Return the class of each slot where those variables hold that are marked."""
        holds = np.flatnonzero(true[self.program.names] == self.program.positive)
        cells: Array = holds - self.program.offsets[:-1]
        return cells

    def agreeing(self, literals: Sequence[int]) -> Array:
        """Return which configurations found before are certain to satisfy the literals."""
        program, pool = self.program, self._pool
        known = program.flat_of_literal
        found = np.ones(len(pool), bool)
        for literal in literals:
            flat = known.get(literal, known.get(-literal))
            if flat is None:
                return np.zeros(len(pool), bool)
            slot = int(program.slots_of_flat[flat])
            found &= (pool[:, slot] == flat - program.starts[slot]) == (literal in known)
        return found

    def witness(self) -> Array:
        """Return the class of each slot in the configuration that the last question found."""
        if self._found is None:
            self._found = self._cells_of(self._ready().get_model())
        return self._found

    def _cells_of(self, model: Sequence[int]) -> Array:
        program = self.program
        true = np.zeros(program.last_name + 1, bool)
        found = np.array(model[: program.last_name], np.int64)
        true[1 : len(found) + 1] = found > 0
        return self.cells_of(true)

    def core_of_assumptions(self) -> frozenset[int]:
        """Return the literals of the last question that sufficed to answer no."""
        return frozenset(self._ready().get_core() or ())

    def consistent(self, assumptions: Sequence[int], selected: Sequence[int]) -> bool:
        """Tell whether the literals satisfy the constraints numbered in `selected` (and the
        structure).
        """
        first = self.program.variables + 1
        return self.stands([first + owner for owner in selected], assumptions)

    def selectors(self) -> range:
        """Return the literals that select constraints, in their order."""
        first = self.program.variables + 1
        return range(first, first + self.program.constraint_count)

    def stands(self, selectors: Sequence[int], assumptions: Sequence[int]) -> bool:
        """Tell whether the literals satisfy the constraints that `selectors` select (and the
        structure).
        """
        if self._explainer is None:
            self._take(explainer=self._new_explainer())
        return self._answer(self._explainer, [*assumptions, *selectors])

    def core_of_selectors(self) -> list[int]:
        """Return the selectors that sufficed for the last no of `stands`."""
        first = self.program.variables + 1
        return [literal for literal in self._explainer.get_core() or () if literal >= first]

    def any_with(
        self,
        fixed: Mapping[int, int],
        assumptions: Sequence[int],
        liked: Mapping[int, int] | None = None,
    ) -> Array | None:
        """Return some configuration with `fixed` (the literals `assumptions` say the same), or
        None.

        It has many of the classes in `liked`, slot by slot, as far as they come cheaply.
        """
        rows = self._pool[self._agreeing(fixed)]
        if liked:
            slots, classes = _as_arrays(liked)
            if len(rows):
                best: Array = rows[(rows[:, slots] == classes).sum(axis=1).argmax()]
                return best
            self._ready().set_phases(
                self.program.literals[self.program.offsets[slots] + classes].tolist()
            )
        elif len(rows):
            latest: Array = rows[-1]
            return latest
        if not self._stands_at_all(assumptions):
            return None
        witness = self.witness()
        self._keep(
            witness, self._one_flip.widened(witness, np.zeros(len(self.program.targets), bool))
        )
        return witness

    # -- all classes at once

    def valid(
        self,
        fixed: Mapping[int, int],
        assumptions: Sequence[int],
        wanted: Array | None = None,
    ) -> Possible | None:
        """Return which of the program's targets some configuration with the literals `assumptions`
        has.

        `fixed` maps slots to classes: the same as the assumptions, as far as those say that a slot
        has a class. The others must deny classes. None where there is no such configuration. With
        `wanted` only the targets marked there are certain to be told right. What the budget of the
        series does not suffice for is undecided; asked again, it goes on where it stopped.
        """
        key = frozenset(assumptions)
        asked = key if wanted is None else (key, np.flatnonzero(wanted).tobytes())
        known = self._answers.get(asked)
        if known is not None:
            self._answers.move_to_end(asked)
            return known
        program = self.program
        denied = self._denied(fixed, assumptions)
        ruled_out = self._ruled_out(fixed, denied)
        alike = program.symmetry.untouched(touched(fixed, denied, program.slots_of_flat))
        seen = self._proved(fixed, denied, ruled_out) | (
            self._one_step_off(fixed, denied) & ~ruled_out
        )
        spread(seen, alike)
        todo = ~seen & ~ruled_out
        if wanted is not None:
            todo &= wanted
        before = self._before(key)
        if before is not None:
            todo &= before
        undecided = np.zeros(len(todo), bool)
        self._multi_variable.begin()
        for row in self._agreeing(fixed, denied)[-FEW_MOVED:].tolist() if seen.any() else ():
            if todo.any():
                self._mark_moved(self._pool[row].astype(np.int64), seen, todo, ruled_out)
        if todo.any() or not seen.any():
            state, ruled_out = self._narrowed(assumptions, ruled_out)
            todo &= ~ruled_out
            if not seen.any():
                if not self._in_a_row(todo, assumptions, ruled_out) and not self._stands_at_all(
                    assumptions
                ):
                    return None
                self._prove(seen, todo, ruled_out, alike)
            self._close(key, assumptions, state, seen, todo, ruled_out, undecided, alike)
        answer = Possible(seen, undecided)
        if not undecided.any():
            self._answers[asked] = answer
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def kept(self, assumptions: Sequence[int]) -> Possible | None:
        """Return what `valid` answered before, if that is kept. Needs no lock."""
        return self._answers.get(frozenset(assumptions))

    def _stands_at_all(self, assumptions: Sequence[int]) -> bool:
        """Tell whether the assumptions can be satisfied, whatever the budget, within MOST_TO_BEGIN.

        What was too hard once is refused at once the next time.
        """
        key = frozenset(assumptions)
        if key in self._too_hard:
            raise _exhausted()
        budget, self._budget = self._budget, None
        left = self._left
        if budget is not None:
            self._left = min(left, MOST_TO_BEGIN)
        try:
            return self.solvable(assumptions)
        except EngineExhausted:
            if len(self._too_hard) < MOST_ANSWERS:
                self._too_hard.add(key)
            raise
        finally:
            self._budget = budget
            if budget is not None:
                self._left = left

    def _close(
        self,
        key: frozenset[int],
        assumptions: Sequence[int],
        state: Array,
        seen: Array,
        todo: Array,
        ruled_out: Array,
        undecided: Array,
        alike: Sequence[Array],
    ) -> None:
        """Prove or refute all targets in `todo`, all at once; where that is too hard, half of them
        after the other.
        """
        tries = np.zeros(len(todo), np.int64)
        groups = [todo.copy()]
        while groups:
            group = groups.pop() & todo
            if not group.any():
                continue
            answer = self._one_of(key, group, assumptions, state, tries, ruled_out, alike)
            if answer:
                self._prove(seen, todo, ruled_out, alike)
                groups.append(group)
            elif answer is not None:
                todo &= ~group
            else:
                places = np.flatnonzero(group)
                if len(places) == 1 or self._budget is None or self._budget.left <= 0:
                    undecided |= group
                    todo &= ~group
                    continue
                for half in np.array_split(places, 2):
                    part = np.zeros(len(todo), bool)
                    part[half] = True
                    groups.append(part)
        # Configurations found later may have proved some of them.
        undecided &= ~seen

    def _prove(self, seen: Array, todo: Array, ruled_out: Array, alike: Sequence[Array]) -> None:
        """Mark in `seen` what the configuration found last and those around it prove, and unmark it
        in `todo`.
        """
        witness = self.witness()
        proved = self._one_flip.widened(witness, todo)
        self._keep(witness, proved)
        seen |= proved & ~ruled_out
        spread(seen, alike)
        todo &= ~seen
        self._mark_moved(witness, seen, todo, ruled_out)

    def _mark_moved(self, witness: Array, seen: Array, todo: Array, ruled_out: Array) -> None:
        """Mark what configurations further away from the witness prove, the choices as they are."""
        if todo.any():
            found = self._multi_variable.proved(witness, todo, ruled_out)
            seen[: len(found)] |= found
            todo &= ~seen

    def _denied(self, fixed: Mapping[int, int], assumptions: Sequence[int]) -> list[int]:
        """Return the classes (flat) that assumptions deny of slots that are not fixed."""
        known = {
            self.program.literals[self.program.starts[slot] + cell] for slot, cell in fixed.items()
        }
        denials = [-literal for literal in assumptions if literal not in known]
        return np.flatnonzero(np.isin(self.program.literals, denials)).tolist() if denials else []

    def _ruled_out(self, fixed: Mapping[int, int], denied: Sequence[int]) -> Array:
        """Return the targets that the choices themselves rule out."""
        program = self.program
        found = np.zeros(len(program.targets), bool)
        if fixed:
            slots, classes = _as_arrays(fixed)
            starts, stops = program.offsets[slots], program.offsets[slots + 1]
            sizes = stops - starts
            found[
                np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
            ] = True
            found[starts + classes] = False
            for slot, cell in fixed.items():
                if cell and slot in program.set_of_slot:
                    found[len(program.literals) + program.set_of_slot[slot]] = True
        for flat in denied:
            found[flat] = True
            slot = int(program.slots_of_flat[flat])
            if flat == program.starts[slot] and slot in program.set_of_slot:
                found[len(program.literals) + program.set_of_slot[slot]] = True
        return found

    def _proved(self, fixed: Mapping[int, int], denied: Sequence[int], ruled_out: Array) -> Array:
        """Return the targets that configurations found before prove.

        Where few of those agree with the choices, some that would with one slot changed, and can
        have it so, are changed and kept as well.
        """
        program = self.program
        count = len(program.targets)
        rows = self._agreeing(fixed, denied)
        if len(rows) < FEW and len(fixed):
            self._step_near(fixed, FEW)
            rows = self._agreeing(fixed, denied)
        if not len(rows):
            return np.zeros(count, bool)
        proved = np.unpackbits(np.bitwise_or.reduce(self._proofs[rows], axis=0), count=count).view(
            bool
        )
        return np.asarray(proved & ~ruled_out)

    def _one_step_off(self, fixed: Mapping[int, int], denied: Sequence[int]) -> Array:
        """Return the classes in configurations found before that agree once one slot is changed,
        and can have it so.
        """
        found = np.zeros(len(self.program.targets), bool)
        if not fixed or not self._kept:
            return found
        slots, classes = _as_arrays(fixed)
        differs = self._pool[:, slots] != classes
        rows = np.flatnonzero(differs.sum(axis=1) == 1)
        places = differs[rows].argmax(axis=1)
        flats = self.program.offsets[slots[places]] + classes[places]
        rows = rows[(self._proofs[rows, flats >> 3] >> (7 - (flats & 7)) & 1).astype(bool)]
        own = self._pool[rows] + self.program.offsets[:-1]
        if len(denied):
            own = own[~np.isin(own, denied).any(axis=1)]
        found[own] = True
        return found

    def _step_near(self, fixed: Mapping[int, int], most: int) -> None:
        slots, classes = _as_arrays(fixed)
        differs = self._pool[:, slots] != classes
        for row in np.flatnonzero(differs.sum(axis=1) == 1)[-most:].tolist():
            place = int(differs[row].argmax())
            flat = self.program.starts[slots[place]] + int(classes[place])
            if self._proofs[row, flat >> 3] >> (7 - (flat & 7)) & 1:
                cells = self._pool[row].copy()
                cells[slots[place]] = classes[place]
                self._keep(
                    cells, self._one_flip.widened(cells, np.zeros(len(self.program.targets), bool))
                )

    def _before(self, key: frozenset[int]) -> Array | None:
        """Return what was valid with one assumption less, if that is known: nothing else can be
        with all.
        """
        found: Array | None = None
        for literal in key:
            known = self._answers.get(key - {literal})
            if known is not None:
                found = known.seen if found is None else found & known.seen
        return found

    def _narrowed(self, assumptions: Sequence[int], ruled_out: Array) -> tuple[Array, Array]:
        """Return what unit propagation and lazy tables tell: of each variable (see `_propagated`),
        and of targets.
        """
        program, tables = self.program, self._multi_variable.tables
        state = self._propagated(assumptions)
        if not tables.all:
            return state, ruled_out | self._denied_by(state)
        ruled_out = ruled_out | self._denied_by(state) | self._denied_by(program.facts)
        while (fallen := ~tables.supported(ruled_out) & ~ruled_out).any():
            ruled_out |= fallen
            state = self._propagated([*assumptions, *(-program.targets[ruled_out]).tolist()])
            ruled_out |= self._denied_by(state)
        return state, ruled_out

    def _denied_by(self, state: Array) -> Array:
        """Return the targets that are false where `state` tells 1 or -1 of variables."""
        return np.asarray(state[self.program.target_names] * self.program.target_signs < 0)

    def _propagated(self, assumptions: Sequence[int]) -> Array:
        """Return for each variable what unit propagation tells of it: 1, -1, or 0."""
        _, implied = self._ready().propagate(assumptions)
        state = np.zeros(self.program.variables + 1, np.int8)
        found = np.array(implied, np.int64)
        found = found[np.abs(found) <= self.program.variables]
        state[np.abs(found)] = np.sign(found)
        return state

    def _one_of(
        self,
        key: frozenset[int],
        todo: Array,
        assumptions: Sequence[int],
        state: Array,
        tries: Array,
        ruled_out: Array,
        alike: Sequence[Array],
    ) -> bool | None:
        """Ask for a configuration with at least one of the targets marked in `todo`, hoping for
        many.

        `state` tells for each variable what the assumptions imply: 1, -1, or 0 where that is not
        known. `tries` counts how often each target has been hoped for. Of interchangeable instances
        (`alike`) the first is asked for alone. None where half of what is left of the budget does
        not suffice.
        """
        solver = self._ready()
        if self._in_a_row(todo, assumptions, ruled_out):
            return True
        places = np.flatnonzero(todo)
        name = (key, places.tobytes())
        question = self._pending.pop(name, 0)
        if not question:
            question = self._next
            self._next += 1
            solver.add_clause([-question, *self.program.targets[asked(todo, alike)].tolist()])
        solver.set_phases(
            [
                *self._going_together(places, state, tries, ruled_out),
                *self._multi_variable.hints(ruled_out),
            ]
        )
        self._questions += 1
        try:
            answer = self._answer(solver, [*assumptions, question], share=2)
        except Undecided:
            if len(self._pending) < MOST_PENDING:
                # What the solver has learnt about this question helps when it is asked again.
                self._pending[name] = question
            else:
                solver.add_clause([-question])
            return None
        solver.add_clause([-question])
        return answer

    def _in_a_row(self, todo: Array, assumptions: Sequence[int], ruled_out: Array) -> bool:
        """Tell whether a configuration was found at once that takes a row of a lazy table with much
        of `todo`.

        What turns out to be impossible by itself is unmarked in `todo` and marked in `ruled_out`.
        """
        row = self._multi_variable.row(todo, ruled_out)
        if not row:
            return False
        try:
            found = self.solvable([*assumptions, *row])
        except Undecided:
            self._multi_variable.fail()
            return False
        if found:
            return True
        reasons = self.core_of_assumptions().difference(assumptions)
        if len(reasons) == 1:
            impossible = self.program.targets == next(iter(reasons))
            todo &= ~impossible
            ruled_out |= impossible
            return bool(todo.any()) and self._in_a_row(todo, assumptions, ruled_out)
        self._multi_variable.fail()
        return False

    def _going_together(
        self, places: Array, state: Array, tries: Array, ruled_out: Array
    ) -> list[int]:
        """Return literals of which, as far as unit propagation tells, many targets at `places` hold
        together.

        Those hoped for least often come first: what is impossible would stand in the way of others
        again and again. Slots without hope are to leave the others room.
        """
        state = state.copy()
        ordered = places[np.lexsort((self._one_flip.turns[places], tries[places]))]
        _, first = np.unique(self.program.slot_of_target[ordered], return_index=True)
        tried = ordered[np.sort(first)]  # one of each slot: two cannot hold together
        for place in tried[:MOST_TOGETHER].tolist():
            names, signs = self._implied(place)
            if (state[names] + signs).all():
                state[names] = signs
                tries[place] += 1
        hoped = set(self.program.slot_of_target[tried].tolist())
        for slot, place in self._leaving_room.most(ruled_out).items():
            if slot in hoped:
                continue
            names, signs = self._implied(place)
            if (state[names] + signs).all():
                state[names] = signs
        wanted = np.flatnonzero(state)
        found: list[int] = (wanted * state[wanted]).tolist()
        return found

    def _implied(self, place: int) -> tuple[Array, Array]:
        """Return all literals that a target implies by unit propagation: their variables, and 1 or
        -1 for each.
        """
        known = self._closures.get(place)
        if known is None:
            literal = int(self.program.targets[place])
            _, implied = self._ready().propagate([literal])
            found = np.array([literal, *implied], np.int64)
            found = found[np.abs(found) <= self.program.variables]
            known = self._closures[place] = (np.abs(found), np.sign(found).astype(np.int8))
        return known

    # -- what is kept

    def _agreeing(self, fixed: Mapping[int, int], denied: Sequence[int] = ()) -> Array:
        """Return the rows of the pool that have the classes `fixed` and none of those `denied`."""
        agree = np.ones(len(self._pool), bool)
        if fixed and len(agree):
            slots, classes = _as_arrays(fixed)
            agree = (self._pool[:, slots] == classes).all(axis=1)
        for flat in denied:
            slot = int(self.program.slots_of_flat[flat])
            agree &= self._pool[:, slot] != flat - self.program.starts[slot]
        return np.flatnonzero(agree)

    def _keep(self, cells: Array, proved: Array) -> None:
        place = self._kept % self._room
        self._cells[place] = cells
        self._proofs[place] = np.packbits(proved)
        self._kept += 1

    @property
    def _pool(self) -> Array:
        """The configurations found so far, as far as there was room."""
        return self._cells[: self._kept]

    def make_ready(self, explains: bool) -> None:
        """Build the solver, with `explains` that of `stands` too, before anybody asks. Safe beside
        those who ask.
        """
        program = self.program
        _ = program.facts, program.slot_of_literal, program.tests, self._one_flip.other_tests
        # Built outside the lock: who asks meanwhile does not wait for it.
        if self._solver is None:
            solver = self._new_solver()
            with self.lock:
                self._take(solver=solver)
        if explains and self._explainer is None:
            _ = program.flat_of_literal
            explainer = self._new_explainer()
            with self.lock:
                self._take(explainer=explainer)

    def _ready(self) -> Any:
        """Return the solver, made anew where questions have piled up."""
        if self._solver is None:
            self._take(solver=self._new_solver())
        return self._solver

    def _new_solver(self) -> Any:
        return Minisat22(bootstrap_with=chain(self.program.clauses, self._counting))

    def _new_explainer(self) -> Any:
        """Return a solver in which each constraint holds where its selector does."""
        program = self.program
        first = program.variables + 1
        with_selector = (
            clause if owner == STRUCTURE else [*clause, -first - owner]
            for clause, owner in zip(program.clauses, program.owners, strict=True)
        )
        return Minisat22(
            bootstrap_with=chain(
                with_selector, _counting(program, first + program.constraint_count, first)[0]
            )
        )

    def _take(self, solver: Any = None, explainer: Any = None) -> None:
        """Use new solvers, with all that was learnt meanwhile, unless there are others by now."""
        if solver is not None and self._solver is None:
            for clause in self._learnt.clauses:
                solver.add_clause(clause)
            self._solver = solver
        if explainer is not None and self._explainer is None:
            for clause in self._learnt.with_selector:
                explainer.add_clause(clause)
            self._explainer = explainer

    def _answer(self, solver: Any, assumptions: Sequence[int], share: int = 1) -> bool:
        """Ask the solver, within the budget of the series, or 1 / `share` of it; raises Undecided
        beyond.

        Without a budget it is MOST_CONFLICTS, and refused with EngineExhausted beyond.
        """
        self._answering = solver
        while self._asked(solver, assumptions, share):
            if not self.program.lazy or not self._corrected(solver, assumptions):
                return True
        return False

    def _corrected(self, solver: Any, assumptions: Sequence[int]) -> bool:
        """Tell the solvers what its latest answer breaks of the lazy constraints; whether it breaks
        anything.
        """
        model = solver.get_model()
        known = self.program.slot_of_literal
        fixed = {known[literal] for literal in assumptions if literal in known}
        cells = self._cells_of(model)
        found = self._learnt.against(model, cells.tolist(), fixed, solver is self._explainer)
        if solver is self._solver:
            self._found = cells
        self._spend(len(found))
        solver.set_phases(self._learnt.hints)
        for clause, with_selector in found:
            if self._solver is not None:
                self._solver.add_clause(clause)
            if self._explainer is not None:
                self._explainer.add_clause(with_selector)
        return bool(found)

    def _asked(self, solver: Any, assumptions: Sequence[int], share: int) -> bool:
        budget = self._budget
        left = self._left if budget is None else budget.left
        answer = None
        self._found = None
        if left > 0:
            before = solver.accum_stats()
            solver.conf_budget(max(left if budget is None else left // share, 1))
            answer = solver.solve_limited(assumptions)
            after = solver.accum_stats()
            conflicts = after["conflicts"] - before["conflicts"]
            self._spend(conflicts)
            if counts := effort():
                counts.solver_calls += 1
                counts.conflicts += conflicts
                counts.propagations += after["propagations"] - before["propagations"]
        if answer is None:
            if budget is not None:
                raise Undecided
            raise _exhausted()
        return bool(answer)

    def _spend(self, conflicts: int) -> None:
        if self._budget is None:
            self._left -= conflicts
        else:
            self._budget.left -= conflicts

    @contextmanager
    def asking(self, budget: Budget | None = None) -> Iterator["Search"]:
        """Hold the search for a series of questions, which together may take `budget`, or else
        MOST_CONFLICTS.
        """
        with self.lock:
            self._learnt.forget_some()
            if self._depth == 0:
                self._renew()
                self._left = MOST_CONFLICTS
            outer, self._budget = self._budget, budget
            self._depth += 1
            try:
                yield self
            finally:
                self._depth -= 1
                self._budget = outer

    def _renew(self) -> None:
        """Forget the solver where questions have piled up in it."""
        if self._questions > MAX_QUESTIONS and self._solver is not None:
            self._solver.delete()
            self._solver = None
            self._questions = 0
            self._next = self._first_question
            self._pending.clear()

    def known_of(self, slots: Sequence[int], targets: Array) -> tuple[Array, Array]:
        """Return the configurations found last, as far as they are about `slots` and `targets`: for
        `learn` there.
        """
        with self.lock:
            cells = self._pool[-MOST_LEARNT:][:, slots]
            proofs = self._proofs[: len(self._pool)][-MOST_LEARNT:]
            proved = np.unpackbits(proofs, axis=1, count=len(self.program.targets))[:, targets]
        # So few rows are told apart sooner by their bytes than by sorting them.
        rows = np.concatenate([cells, proved], axis=1)
        first: dict[bytes, int] = {}
        for place, row in enumerate(rows):
            first.setdefault(row.tobytes(), place)
        kept = list(first.values())
        return cells[kept], np.packbits(proved[kept], axis=1)


def _exhausted() -> EngineExhausted:
    return EngineExhausted(
        "Whether these choices stand together is too hard to be decided in reasonable time; make another one. The "
        "product should say fewer rules between the same options, for instance as one table of what is offered."
    )


def _counting(
    program: Program, following: int, first_selector: int = 0
) -> tuple[list[list[int]], int]:
    """Return the clauses of the program's grids with variables from `following` on, and the first
    that is free.

    With `first_selector`, the selector of the first constraint, a grid holds where all its
    constraints are selected.
    """
    found: list[list[int]] = []
    for grid in program.grids:
        selectors = [first_selector + owner for owner in grid.owners] if first_selector else []
        clauses, following = grid.clauses(following, selectors)
        found += clauses
    return found, following


def _as_arrays(cells: Mapping[int, int]) -> tuple[Array, Array]:
    """Return the slots, and the class of each."""
    return np.fromiter(cells.keys(), np.int64, len(cells)), np.fromiter(
        cells.values(), np.int64, len(cells)
    )
