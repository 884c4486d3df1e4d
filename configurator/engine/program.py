"""All that a search needs of a compiled product: variables, clauses, demands and what is asked of them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from configurator.engine.clauses import facts_of
from configurator.engine.exact import Array
from configurator.engine.formulas import Formula, Truth, slots_read, truth
from configurator.engine.grids import Grid
from configurator.engine.groups import Groups
from configurator.engine.neighbours import Neighbourhood
from configurator.engine.symmetry import Symmetry
from configurator.engine.wide import WideDemand


class Program:
    """What a search works on.

    `literals` holds the literal of each class of each slot, one slot after the other; slot s has those from
    `offsets[s]` to `offsets[s + 1]`. `formulas` are the demands. `sets` are lists of slots of two classes (out, in),
    each with the literal that says that all are out. `wide` are the demands that the clauses do not say, `grids` what
    follows from clauses and is proved sooner by counting.

    `targets` are the literals a search may be asked about: first `literals`, then one for each set.
    """

    def __init__(
        self,
        variables: int,
        clauses: Sequence[Sequence[int]],
        owners: Sequence[int],
        constraints: int,
        literals: Array,
        offsets: Array,
        formulas: Sequence[Formula],
        sets: Sequence[tuple[Sequence[int], int]],
        wide: Sequence[WideDemand] = (),
        symmetry: Symmetry | None = None,
        grids: Sequence[Grid | Groups] = (),
    ) -> None:
        self.variables = variables
        self.clauses = clauses
        self.owners = owners
        self.constraints = constraints
        self.literals = literals
        self.offsets = offsets
        self.formulas = formulas
        self.sets = sets
        self.wide = wide
        self.symmetry = symmetry or Symmetry()
        self.grids = grids
        self.demands: list[list[Formula]] = [[] for _ in range(len(offsets) - 1)]
        for formula in formulas:
            for slot in slots_read(formula):
                self.demands[slot].append(formula)
        self.neighbourhood = Neighbourhood(formulas, offsets)
        self.starts: list[int] = offsets.tolist()
        self.classes = len(literals)
        self.slots_of_flat: Array = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        self.is_simple = np.array([not others for others in self.neighbourhood.others], bool)[self.slots_of_flat]
        self.targets = np.array([*literals.tolist(), *(empty for _, empty in sets)], np.int64)
        self.names = np.abs(literals)
        self.last_name = int(self.names.max()) if len(literals) else 0
        self.positive = literals > 0
        # Which target of a slot is hoped for first. Where numbers are computed with, the last: the step from it to
        # those before it is more often possible than the step back.
        places = np.arange(len(self.targets))
        self.turns = np.where(np.append(self.is_simple, np.ones(len(sets), bool)), places, -places)
        self.target_names = np.abs(self.targets)
        self.target_signs = np.sign(self.targets).astype(np.int8)
        self.members = np.array([slot for slots, _ in sets for slot in slots], np.int64)
        self.set_of_member = np.repeat(np.arange(len(sets), dtype=np.int64), [len(slots) for slots, _ in sets])
        of_sets = len(offsets) + np.arange(len(sets)) - 1
        self.slot_of_target = np.concatenate([self.slots_of_flat, of_sets])
        self.set_of_slot = {slot: place for place, (slots, _) in enumerate(sets) for slot in slots}

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (
            self.variables,
            self.clauses,
            self.owners,
            self.constraints,
            self.literals,
            self.offsets,
            self.formulas,
            self.sets,
            self.wide,
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
        """For each slot: tests of a configuration, one for each demand that reads the slot."""
        return _tests(self.demands)

    @cached_property
    def other_tests(self) -> tuple[tuple[Truth, ...], ...]:
        """The same for demands that the neighbourhood does not hold."""
        return _tests(self.neighbourhood.others)


def _tests(demands: Sequence[Sequence[Formula]]) -> tuple[tuple[Truth, ...], ...]:
    made: dict[int, Truth] = {}
    for own in demands:
        for demand in own:
            if id(demand) not in made:
                made[id(demand)] = truth(demand)
    return tuple(tuple(made[id(demand)] for demand in own) for own in demands)
