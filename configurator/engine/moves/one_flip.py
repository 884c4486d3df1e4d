"""All configurations one step away, at once: which other class each slot could have with all other
slots as they are.

Constraints that are a few disjunctions of "the slot has one of these classes" are held as flat
arrays. In a configuration, a disjunction with two true members stays true whatever one slot does;
one with a single true member keeps its slot within that member's classes. All other constraints are
told by slot, to be looked at one by one.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    All,
    Formula,
    Mask,
    Some,
    Truth,
    Within,
    along,
    slots_read,
)
from configurator.engine.sat.program import Program, tests_of

MOST_CLAUSES = 64
MOST_CLASSES = 256
ONE_BY_ONE = 8


class OneFlip:
    """The one-flip neighbourhood of configurations of a program.

    `others[s]` are the constraints on slot s that are not held as flat arrays; a flat class
    `is_simple` where its slot has none. `turns` tells which target of a slot is hoped for first.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        constraints, offsets = program.formulas, program.offsets
        sizes = np.diff(offsets)
        clauses: list[Mapping[int, Mask]] = []
        self.others: list[list[Formula]] = [[] for _ in sizes]
        for constraint in constraints:
            for part in constraint.parts if isinstance(constraint, All) else (constraint,):
                found = disjunctions(part)
                if found is None or any(
                    sizes[slot] > MOST_CLASSES for clause in found for slot in clause
                ):
                    for slot in slots_read(part):
                        self.others[slot].append(part)
                else:
                    clauses += found
        self.is_simple = np.array([not others for others in self.others], bool)[
            program.slots_of_flat
        ]
        # Where numbers are computed with, the last comes first: the step from it to those before it
        # is more often possible than the step back.
        places = np.arange(len(program.targets))
        self.turns = np.where(
            np.append(self.is_simple, np.ones(len(program.sets), bool)), places, -places
        )
        members = [(slot, mask) for clause in clauses for slot, mask in clause.items()]
        lengths = [len(clause) for clause in clauses]
        self._firsts = np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, np.int64)
        self._clause = np.repeat(np.arange(len(lengths)), lengths)
        self._slot = np.array([slot for slot, _ in members], np.int64)
        self._holds = (
            np.concatenate([mask for _, mask in members]) if members else np.zeros(0, bool)
        )
        own = sizes[self._slot]
        self._base = np.cumsum(own) - own
        # What a member rules out when its clause hangs on it: all classes of its slot that are not
        # in it.
        outside = np.flatnonzero(~self._holds)
        member = np.repeat(np.arange(len(members)), own)[outside]
        self._outside = outside - self._base[member] + offsets[self._slot[member]]
        self._outside_count = np.bincount(member, minlength=len(members))
        self._outside_first = np.cumsum(self._outside_count) - self._outside_count

    def around(self, cells: Array) -> Array:
        """Return the classes (flat) that their slot could have, its own too, if nothing else in
        `cells` changed.
        """
        allowed = np.ones(self.program.classes, bool)
        if not len(self._firsts):
            return allowed
        holds = self._holds[self._base + cells[self._slot]]
        counts = np.add.reduceat(holds.view(np.int8), self._firsts, dtype=np.int32)
        needed = np.flatnonzero(holds & (counts == 1)[self._clause])
        lengths = self._outside_count[needed]
        places = np.arange(lengths.sum()) + np.repeat(
            self._outside_first[needed] - (np.cumsum(lengths) - lengths), lengths
        )
        allowed[self._outside[places]] = False
        return allowed

    @cached_property
    def other_tests(self) -> tuple[tuple[Truth, ...], ...]:
        """For each slot: tests of a configuration, one for each of its `others`."""
        return tests_of(self.others)

    def widened(self, witness: Array, todo: Array) -> Array:
        """Return the targets that hold in a configuration or in one that differs from it in one
        slot.

        Of slots with constraints that have to be looked at one by one, only what is marked in
        `todo` is tried.
        """
        program = self.program
        proved = np.zeros(len(program.targets), bool)
        around = self.around(witness)
        proved[: len(around)] = around & self.is_simple
        tried = np.flatnonzero(todo[: len(around)] & around & ~self.is_simple)
        if len(tried):
            self._try(witness, tried, around, proved)
        proved[witness + program.offsets[:-1]] = True
        within = witness[program.members] != 0
        stuck = within & ~proved[program.offsets[program.members]]
        counts = np.bincount(program.set_of_member[within], minlength=len(program.sets))
        kept = np.bincount(program.set_of_member[stuck], minlength=len(program.sets))
        proved[len(program.literals) :] = (counts == 0) | ((counts == 1) & (kept == 0))
        return proved

    def _try(self, witness: Array, tried: Array, around: Array, proved: Array) -> None:
        """Mark in `proved` which of the classes `tried` the witness could have instead."""
        program = self.program
        cells = witness.tolist()
        by_slot: dict[int, list[int]] = {}
        for flat, slot in zip(tried.tolist(), program.slots_of_flat[tried].tolist(), strict=True):
            by_slot.setdefault(slot, []).append(flat)
        for slot, flats in by_slot.items():
            start = program.starts[slot]
            if len(flats) <= ONE_BY_ONE:
                now = cells[slot]
                for flat in flats:
                    cells[slot] = flat - start
                    proved[flat] = _passes(self.other_tests[slot], cells)
                cells[slot] = now
                continue
            stop = program.starts[slot + 1]
            possible: Any = around[start:stop]
            for constraint in self.others[slot]:
                possible = possible & along(constraint, slot, cells, stop - start)
                if not possible.any():
                    break
            proved[start:stop] |= possible


def disjunctions(formula: Formula, most: int = MOST_CLAUSES) -> list[Mapping[int, Mask]] | None:
    """Return disjunctions that say together what the formula does, each by slot; None where they
    are too many.

    A disjunction that always holds is left out.
    """
    match formula:
        case Within():
            return [{formula.slot: formula.mask}]
        case All():
            parts = [disjunctions(part, most) for part in formula.parts]
            if any(part is None for part in parts):
                return None
            found = list(chain.from_iterable(part or () for part in parts))
            return found if len(found) <= most else None
        case Some():
            return _crossed(formula.parts, most)
        case _:
            return None


def _crossed(parts: Sequence[Formula], most: int) -> list[Mapping[int, Mask]] | None:
    crossed: list[Mapping[int, Mask]] = [{}]
    for part in parts:
        own = disjunctions(part, most)
        if own is None or len(own) * len(crossed) > most:
            return None
        crossed = [_either(left, right) for left in crossed for right in own]
    return [clause for clause in crossed if not any(mask.all() for mask in clause.values())]


def _either(left: Mapping[int, Mask], right: Mapping[int, Mask]) -> Mapping[int, Mask]:
    joined = dict(left)
    for slot, mask in right.items():
        joined[slot] = joined[slot] | mask if slot in joined else mask
    return joined


def _passes(tests: Sequence[Truth], cells: Sequence[int]) -> bool:
    for test in tests:  # noqa: SIM110  (twice as fast as all() here)
        if not test(cells):
            return False
    return True
