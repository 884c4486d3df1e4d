"""Configurations more than one step away: another row of a lazy table, or two numbers changed
together.

What they prove holds under the choices at hand alone: unlike a single step, they may leave a choice
that is made later.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    Formula,
    Mask,
    Relation,
    Rows,
    SlotAxis,
    SumAxis,
    across,
    along,
    leaves,
    slots_read,
)
from configurator.engine.moves.compact_tables import Tables
from configurator.engine.moves.one_flip import OneFlip
from configurator.engine.moves.swap import Swap
from configurator.engine.sat.program import Program

MANY = 20
MOST_PARTNERS = 5
MOST_JOINED = 200
MOST_CELLS = 100_000
MOST_PAUSE = 8
MOST_FAILED = 8
FRUIT = 4

type Plan = tuple[int, tuple[tuple[int, ...], ...]]
"""A slot to change, and groups of others to change with it, in each the one with most classes last.
"""


class MultiVariable:
    """What changes of several slots at once prove in a program; `out` marks classes that the
    choices rule out.
    """

    def __init__(self, program: Program, one_flip: OneFlip) -> None:
        self.program = program
        self._one_flip = one_flip
        self.tables = Tables(program, one_flip.others)
        self._first = True
        self._failed = 0
        self._many = [
            slot
            for slot, others in enumerate(one_flip.others)
            if others and self._classes_of(slot) >= MANY
        ]
        self._swap = Swap(program)
        self._barren: dict[int, tuple[int, int]] = {}
        self._plans: dict[int, Plan] = {}
        self._lines: dict[tuple[int, int], Any] = {}

    @cached_property
    def _reads(self) -> Mapping[int, frozenset[int]]:
        """The slots that each constraint reads, by the constraint's id."""
        held = chain(self.program.constraints, self._one_flip.others)
        return {id(constraint): slots_read(constraint) for own in held for constraint in own}

    def proved(self, witness: Array, todo: Array, out: Array) -> Array:
        """Return classes (flat) that a configuration near `witness` has which leaves the choices
        alone.
        """
        found = np.zeros(self.program.classes, bool)
        if not self.tables.all and not self._many and self._swap.is_idle:
            return found
        cells = witness.tolist()
        self._swap.mark(witness, todo, out, found)
        self._lines.clear()
        if self.tables.all:
            around = self._one_flip.around(witness) & ~out[: self.program.classes]
            self.tables.mark_other_rows(cells, around, found)
        todo = todo[: self.program.classes] & ~found
        for slot in self._many:
            own = self._range(slot)
            if np.count_nonzero(todo[own] & ~found[own]) < FRUIT:
                continue
            wait, pause = self._barren.get(slot, (0, 0))
            if wait:
                self._barren[slot] = (wait - 1, pause)
                continue
            before = np.count_nonzero(found)
            plan = self._plans.get(slot) or self._plans.setdefault(
                slot, self._plan(slot, cells, out)
            )
            if plan[1]:
                self._together(plan, cells, todo & ~found, out, found)
            if np.count_nonzero(found) - before < FRUIT:
                # With another witness another plan may bring more; the more often none does, the
                # rarer one is tried.
                del self._plans[slot]
                self._barren[slot] = (pause, min(max(1, 2 * pause), MOST_PAUSE))
            else:
                self._barren[slot] = (0, 0)
        return found

    def begin(self) -> None:
        """Begin a new series of witnesses: what brought nothing in the last one is tried again."""
        self._barren, self._plans, self._first, self._failed = {}, {}, True, 0

    def _sparing(self, out: Array) -> list[int]:
        """Return literals that give every slot what takes least of all that is summed up against a
        bound.
        """
        found: list[int] = []
        for slot, burden in self._burdens.items():
            own = self._range(slot)
            cell = int(np.where(out[own], np.inf, burden).argmin())
            found.extend((-self.program.literals[own]).tolist())
            found.append(int(self.program.literals[own.start + cell]))
        return found

    @cached_property
    def _burdens(self) -> Mapping[int, Array]:
        """For each slot in sums with an upper bound: what each class adds to all of them, the
        largest amount as 1.
        """
        found: dict[int, Array] = {}
        for constraint in self.program.formulas:
            for leaf in leaves(constraint):
                if not isinstance(leaf, Relation) or not isinstance(axis := leaf.axes[0], SumAxis):
                    continue
                if len(leaf.axes) > 1 or leaf.table[-1] or not leaf.table[0]:
                    continue
                for share, amounts in axis.shares:
                    if isinstance(share, SlotAxis):
                        added = np.array(amounts, float)[share.positions] / max(
                            1, *map(abs, amounts)
                        )
                        found[share.slot] = found.get(share.slot, np.zeros(len(added))) + added
        return found

    def hints(self, out: Array) -> list[int]:
        """Return literals worth trying first in a series: what leaves most room."""
        first, self._first = self._first, False
        return self._sparing(out) if first else []

    def row(self, todo: Array, out: Array) -> list[int]:
        """Return literals that choose a row of a lazy table which the choices allow, with as much
        of `todo` as any.

        Empty where no row has any of it, or where several did not lead to a configuration.
        """
        return self.tables.row(todo, out) if self._failed < MOST_FAILED else []

    def fail(self) -> None:
        """Note that a row led to no configuration."""
        self._failed += 1

    def _classes_of(self, slot: int) -> int:
        return self.program.starts[slot + 1] - self.program.starts[slot]

    def _range(self, slot: int) -> slice:
        return slice(self.program.starts[slot], self.program.starts[slot + 1])

    # -- numbers together with others

    def _plan(self, slot: int, cells: Sequence[int], out: Array) -> Plan:
        """Return groups of open slots to change with `slot`; no constraint binds one group to
        another.
        """
        groups: list[tuple[int, ...]] = []
        free = np.add.reduceat(
            ~out[: self.program.classes], self.program.offsets[:-1], dtype=np.int64
        )
        for other in self._near(slot, cells):
            if free[other] < 2 or self._in_one_table((slot, other)):
                continue
            bound = [group for group in groups if self._neighbours[other].intersection(group)]
            joined = sorted(
                [other, *(each for group in bound for each in group)],
                key=lambda each: int(free[each]),
            )
            if prod(int(free[each]) for each in joined[:-1]) > MOST_JOINED or self._in_one_table(
                (slot, *joined)
            ):
                continue
            groups = [*(group for group in groups if group not in bound), tuple(joined)]
            if sum(map(len, groups)) == MOST_PARTNERS:
                break
        return slot, tuple(groups)

    @cached_property
    def _neighbours(self) -> list[frozenset[int]]:
        """For each slot: all that some constraint binds to it."""
        return [
            frozenset[int]().union(*(self._reads[id(constraint)] for constraint in own)) - {slot}
            for slot, own in enumerate(self.program.constraints)
        ]

    def _near(self, slot: int, cells: Sequence[int]) -> list[int]:
        """Return the slots that constraints bind to this one, first those of the constraint that
        leaves it least.
        """
        own = self._range(slot)
        count = own.stop - own.start
        near: dict[int, list[int]] = {}
        for constraint in self._one_flip.others[slot]:
            left = int(
                np.count_nonzero(np.broadcast_to(along(constraint, slot, cells, count), (count,)))
            )
            for other in self._reads[id(constraint)] - {slot}:
                near.setdefault(other, []).append(left)
        return sorted(near, key=lambda other: (min(near[other]), -len(near[other]), other))

    def _in_one_table(self, slots: Sequence[int]) -> bool:
        chosen = frozenset(slots)
        return any(len(chosen & table) > 1 for table in self._tabled)

    @cached_property
    def _tabled(self) -> set[frozenset[int]]:
        """The slots of each table."""
        return {
            frozenset(leaf.slots)
            for constraint in self.program.formulas
            for leaf in leaves(constraint)
            if isinstance(leaf, Rows)
        }

    def _together(
        self, plan: Plan, cells: Sequence[int], todo: Array, out: Array, found: Array
    ) -> None:
        """Mark what is proved by changing slots together, the first one to classes of `todo`.

        Given its class, what groups of the others do is independent: each group must have one
        combination.
        """
        slot, groups = plan
        moving = {slot, *(each for group in groups for each in group)}
        constraints = {
            id(constraint): constraint
            for each in moving
            for constraint in self.program.constraints[each]
        }
        masks: dict[int, Mask] = {each: ~out[self._range(each)] for each in moving}
        masks[slot] &= todo[self._range(slot)]
        binding: list[tuple[Formula, frozenset[int]]] = []
        for key, constraint in constraints.items():
            read = self._reads[key] & moving
            if len(read) > 1:
                binding.append((constraint, read))
            else:
                each = next(iter(read))
                masks[each] &= self._alone(constraint, each, cells)
        places: dict[int, Array] = {each: np.flatnonzero(mask) for each, mask in masks.items()}
        if not all(len(each) for each in places.values()):
            return
        grids: list[tuple[tuple[int, ...], Mask]] = []
        for group in groups:
            grid = self._grid((slot, *group), binding, places, cells)
            possible = grid.reshape(len(grid), -1).any(axis=1)
            if not possible.any():
                return
            if not possible.all():
                places[slot] = places[slot][possible]
                grid = grid[possible]
                grids = [(each, before[possible]) for each, before in grids]
            grids.append((group, grid))
        found[self.program.starts[slot] + places[slot]] = True
        for group, grid in grids:
            together = grid.any(axis=0)
            for index, each in enumerate(group):
                taken = together.any(
                    axis=tuple(other for other in range(len(group)) if other != index)
                )
                found[self.program.starts[each] + places[each][taken]] = True

    def _alone(self, constraint: Formula, slot: int, cells: Sequence[int]) -> Any:
        """Return which classes of a slot satisfy a constraint, the others as in the witness that is
        looked at.
        """
        key = (id(constraint), slot)
        known = self._lines.get(key)
        if known is None:
            known = self._lines[key] = across(
                constraint, {slot: np.arange(self._classes_of(slot))}, cells
            )
        return known

    def _grid(
        self,
        slots: Sequence[int],
        binding: Sequence[tuple[Formula, frozenset[int]]],
        places: dict[int, Array],
        cells: Sequence[int],
    ) -> Mask:
        """Return where the constraints that bind the slots hold; too many places of the last slot
        are thinned out.
        """
        rest = prod(len(places[each]) for each in slots[:-1])
        places[slots[-1]] = thinned(places[slots[-1]], max(1, MOST_CELLS // rest))
        moved = dict(zip(slots, np.ix_(*(places[each] for each in slots)), strict=True))
        grid = np.ones(tuple(len(places[each]) for each in slots), bool)
        for constraint, read in binding:
            if read.issubset(slots):
                grid &= across(constraint, moved, cells)
                if not grid.any():
                    break
        return grid


def thinned(places: Array, most: int) -> Array:
    """Return at most so many of the places, from end to end."""
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(np.int64)]
