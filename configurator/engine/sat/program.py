"""All that a search needs of a compiled product: variables, clauses, constraints and what is asked
of them.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import Formula, Truth, slots_read, truth
from configurator.engine.constraints.symmetry import Symmetry
from configurator.engine.sat.all_different import Grid
from configurator.engine.sat.clauses import facts_of
from configurator.engine.sat.lazy_constraints import LazyConstraint
from configurator.engine.sat.pigeonholes import Groups


class Program:
    """What a search works on.

    `literals` holds the literal of each class of each slot, one slot after the other; slot s has
    those from `offsets[s]` to `offsets[s + 1]`. `formulas` are all constraints, `constraints` those
    on each slot. `sets` are lists of slots of two classes (out, in), each with the literal that
    says that all are out. `lazy` are the constraints that the clauses do not say, `grids` what
    follows from clauses and is proved sooner by counting.

    `targets` are the literals a search may be asked about: first `literals`, then one for each set.
    """

    def __init__(
        self,
        variables: int,
        clauses: Sequence[Sequence[int]],
        owners: Sequence[int],
        constraint_count: int,
        literals: Array,
        offsets: Array,
        formulas: Sequence[Formula],
        sets: Sequence[tuple[Sequence[int], int]],
        lazy: Sequence[LazyConstraint] = (),
        symmetry: Symmetry | None = None,
        grids: Sequence[Grid | Groups] = (),
    ) -> None:
        self.variables = variables
        self.clauses = clauses
        self.owners = owners
        self.constraint_count = constraint_count
        self.literals = literals
        self.offsets = offsets
        self.formulas = formulas
        self.sets = sets
        self.lazy = lazy
        self.symmetry = symmetry or Symmetry()
        self.grids = grids
        self.constraints: list[list[Formula]] = [[] for _ in range(len(offsets) - 1)]
        for formula in formulas:
            for slot in slots_read(formula):
                self.constraints[slot].append(formula)
        self.starts: list[int] = offsets.tolist()
        self.classes = len(literals)
        self.slots_of_flat: Array = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        self.targets = np.array([*literals.tolist(), *(empty for _, empty in sets)], np.int64)
        self.names = np.abs(literals)
        self.last_name = int(self.names.max()) if len(literals) else 0
        self.positive = literals > 0
        self.target_names = np.abs(self.targets)
        self.target_signs = np.sign(self.targets).astype(np.int8)
        self.members = np.array([slot for slots, _ in sets for slot in slots], np.int64)
        self.set_of_member = np.repeat(
            np.arange(len(sets), dtype=np.int64), [len(slots) for slots, _ in sets]
        )
        of_sets = len(offsets) + np.arange(len(sets)) - 1
        self.slot_of_target = np.concatenate([self.slots_of_flat, of_sets])
        self.set_of_slot = {slot: place for place, (slots, _) in enumerate(sets) for slot in slots}

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (
            self.variables,
            self.clauses,
            self.owners,
            self.constraint_count,
            self.literals,
            self.offsets,
            self.formulas,
            self.sets,
            self.lazy,
            self.symmetry,
            self.grids,
        )

    @cached_property
    def slot_of_literal(self) -> Mapping[int, int]:
        """The slot that each of the `literals` speaks of."""
        return dict(zip(self.literals.tolist(), self.slots_of_flat.tolist(), strict=True))

    @cached_property
    def flat_of_literal(self) -> Mapping[int, int]:
        """The place of each of the `literals`."""
        return {literal: place for place, literal in enumerate(self.literals.tolist())}

    @cached_property
    def facts(self) -> Array:
        """For each variable: what unit propagation alone says of it, 1, -1 or 0."""
        return facts_of(self.clauses, self.variables)

    @cached_property
    def tests(self) -> tuple[tuple[Truth, ...], ...]:
        """For each slot: tests of a configuration, one for each constraint that reads the slot."""
        return tests_of(self.constraints)


def tests_of(constraints: Sequence[Sequence[Formula]]) -> tuple[tuple[Truth, ...], ...]:
    """Return for each slot: tests of a configuration, one for each of its constraints."""
    made: dict[int, Truth] = {}
    for own in constraints:
        for constraint in own:
            if id(constraint) not in made:
                made[id(constraint)] = truth(constraint)
    return tuple(tuple(made[id(constraint)] for constraint in own) for own in constraints)
