"""Two slots, or two instances of a sub-assembly, that exchange what they have: both are then one
step from a witness.

Sums over two slots that count alike stay as they are, so only what reads the two in another way has
to be looked at. Of interchangeable instances nothing has to be: any two that exist may change
places.
"""

from collections.abc import Sequence

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    All,
    Axis,
    Computed,
    Formula,
    Relation,
    Rows,
    SlotAxis,
    Some,
    SumAxis,
    TruthAxis,
    across,
    leaves,
    slots_read,
)
from configurator.engine.constraints.symmetry import Orbit
from configurator.engine.sat.program import Program

MOST_EACH = 2
MOST_ROWS = 400
MOST_SLOTS = 256
# What is made of more takes longer to look at than a question to the solver.
MOST_LEAVES = 64


class Swap:
    """The slots of a program that count alike, in groups, and its interchangeable instances."""

    def __init__(self, program: Program) -> None:
        self.program = program
        instances = [_Instances(orbit, program.offsets) for orbit in program.symmetry.orbits]
        self._instances = [each for each in instances if each.are_whole]
        self._groups = self._alike(program)
        self.is_idle = not self._instances and not self._groups

    def mark(self, witness: Array, todo: Array, out: Array, found: Array) -> None:
        """Mark in `found` the classes of `todo`, and others, that are had once two have exchanged
        theirs in a witness.

        `out` marks the classes that no slot may have: all are flat, of all slots.
        """
        for each in self._instances:
            found[each.swapped(witness, out)] = True
        cells = witness.tolist()
        for group in self._groups:
            group.mark(cells, todo[: len(found)] & ~found, out, found)

    @staticmethod
    def _alike(program: Program) -> list["_Group"]:
        """Return the slots that count alike in groups; those of tables, and of instances that are
        told, are in none.
        """
        counts: dict[int, list[tuple[int, bytes]]] = {}
        every = [leaf for constraint in program.formulas for leaf in leaves(constraint)]
        for leaf in every:
            for axis in leaf.axes if isinstance(leaf, Relation | Computed) else ():
                for slot, amounts in _amounts(axis):
                    counts.setdefault(slot, []).append((id(axis), amounts.tobytes()))
        alike: dict[tuple[tuple[int, bytes], ...], list[int]] = {}
        for slot, own in counts.items():
            alike.setdefault(tuple(sorted(own)), []).append(slot)
        tabled = set[int]().union(*(leaf.slots for leaf in every if isinstance(leaf, Rows)))
        groups = [
            slots
            for slots in alike.values()
            if 1 < len(slots) <= MOST_SLOTS and tabled.isdisjoint(slots)
        ]
        return [group for slots in groups if (group := _Group(program, slots)).is_light]


class _Group:
    """Slots that count alike, and the constraints that read them otherwise than by such a count."""

    def __init__(self, program: Program, slots: Sequence[int]) -> None:
        own = frozenset(slots)
        constraints = {
            id(constraint): constraint for slot in slots for constraint in program.constraints[slot]
        }.values()
        self._slots = np.array(slots, np.int64)
        self._starts = program.offsets[self._slots]
        self._otherwise = [
            (each, slots_read(each) & own) for each in constraints if _reads_otherwise(each, own)
        ]
        self.is_light = all(
            sum(1 for _ in leaves(each)) <= MOST_LEAVES for each, _ in self._otherwise
        )

    def mark(self, cells: Sequence[int], todo: Array, out: Array, found: Array) -> None:
        slots, starts = self._slots.tolist(), self._starts
        now = np.array([cells[slot] for slot in slots], np.int64)
        # Which slot (row) is to have what another one (column) has, and may leave it its own.
        places = starts[:, None] + now
        wanted = todo[places] & ~out[places.T]
        wanted &= np.cumsum(wanted, axis=1) <= MOST_EACH
        to, by = (each[:MOST_ROWS] for each in np.nonzero(wanted))
        if not len(to):
            return
        moved = np.repeat(now[:, None], len(to), axis=1)
        rows = np.arange(len(to))
        moved[to, rows], moved[by, rows] = now[by], now[to]
        of_slot = dict(zip(slots, moved, strict=True))
        holds = np.ones(len(to), bool)
        for constraint, read in self._otherwise:
            holds &= across(constraint, {slot: of_slot[slot] for slot in read}, cells)
        found[starts[to[holds]] + now[by[holds]]] = True
        found[starts[by[holds]] + now[to[holds]]] = True


class _Instances:
    """Interchangeable instances, by the classes of their slots; slot s has those from `offsets[s]`
    on.

    They `are_whole` where all slots of an instance are known by what another instance has alike.
    """

    def __init__(self, orbit: Orbit, offsets: Array) -> None:
        of_target = np.searchsorted(offsets, orbit.targets, side="right") - 1
        _, first, kinds = np.unique(of_target[0], return_index=True, return_inverse=True)
        # Rows are instances. Columns of `_slots` are options of them, columns of `_targets` the
        # classes of all options.
        self._slots = of_target[:, first]
        self._starts = offsets[self._slots]
        self._targets = orbit.targets
        self._columns = [
            np.flatnonzero(kinds.reshape(-1) == option) for option in range(len(first))
        ]
        self.are_whole = all(
            own == set(row) for own, row in zip(orbit.slots, self._slots.tolist(), strict=True)
        )
        # The class of each option that is no such class: it is not asked, or has no value, or is
        # out; -1 for none.
        self._rest = np.full(self._slots.shape, -1)
        for (row, option), slot in np.ndenumerate(self._slots):
            classes = np.arange(offsets[slot], offsets[slot + 1])
            rest = np.setdiff1d(classes, orbit.targets[row, self._columns[option]])
            self.are_whole &= len(rest) < 2
            if len(rest) == 1:
                self._rest[row, option] = rest[0]

    def swapped(self, witness: Array, out: Array) -> Array:
        """Return the classes (flat) that instances have once any two that exist in a witness have
        changed places.

        Where one of them would have a class that is marked in `out`, they do not.
        """
        own = witness[self._slots] + self._starts
        has = np.full(own.shape, -1)
        for option, columns in enumerate(self._columns):
            rows, places = np.nonzero(self._targets[:, columns] == own[:, [option]])
            has[rows, option] = columns[places]
        exists = (has >= 0).any(axis=1)
        # then[i, j]: what i has once it has changed places with j.
        then = np.where(has >= 0, self._targets[:, has], self._rest[:, None, :])
        may = ~((then < 0) | out[then]).any(axis=2) & exists & exists[:, None]
        found: Array = then[may & may.T].reshape(-1)
        return found


def _amounts(axis: Axis) -> list[tuple[int, Array]]:
    """Return the slots that a sum counts directly, with the amount of each class."""
    if not isinstance(axis, SumAxis):
        return []
    return [
        (share.slot, np.array(amounts, np.int64)[share.positions])
        for share, amounts in axis.shares
        if isinstance(share, SlotAxis)
    ]


def _reads_otherwise(formula: Formula, slots: frozenset[int]) -> bool:
    """Tell whether a formula reads some of the `slots` otherwise than by sums that count all of
    them.
    """
    match formula:
        case All() | Some():
            return any(_reads_otherwise(part, slots) for part in formula.parts)
        case Relation() | Computed():
            return any(_axis_reads_otherwise(axis, slots) for axis in formula.axes)
        case _:
            return not slots.isdisjoint(slots_read(formula))


def _axis_reads_otherwise(axis: Axis, slots: frozenset[int]) -> bool:
    match axis:
        case SlotAxis():
            return axis.slot in slots
        case TruthAxis():
            return not slots.isdisjoint(slots_read(axis.formula))
        case SumAxis():
            counted = {slot for slot, _ in _amounts(axis)} & slots
            below = [share.formula for share, _ in axis.shares if isinstance(share, TruthAxis)]
            return counted not in (set(), slots) or any(
                not slots.isdisjoint(slots_read(each)) for each in below
            )
