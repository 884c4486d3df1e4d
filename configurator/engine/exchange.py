"""Two slots that exchange their classes: of slots that count alike in sums, what one has another can mostly have.

A row is a configuration in which two slots of a witness have exchanged their classes. Sums over both stay as they are,
so only what reads the two in another way has to be looked at.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from configurator.engine.exact import Array
from configurator.engine.formulas import (
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

if TYPE_CHECKING:
    from configurator.engine.search import Program

MOST_EACH = 2
MOST_ROWS = 400


class Exchange:
    """The slots of a program that count alike, in groups."""

    def __init__(self, program: "Program") -> None:
        self.program = program
        counts: dict[int, list[tuple[int, bytes]]] = {}
        every = [leaf for demand in program.formulas for leaf in leaves(demand)]
        for leaf in every:
            for axis in leaf.axes if isinstance(leaf, Relation | Computed) else ():
                for slot, amounts in _amounts(axis):
                    counts.setdefault(slot, []).append((id(axis), amounts.tobytes()))
        alike: dict[tuple[tuple[int, bytes], ...], list[int]] = {}
        for slot, own in counts.items():
            alike.setdefault(tuple(sorted(own)), []).append(slot)
        tabled = set[int]().union(*(leaf.slots for leaf in every if isinstance(leaf, Rows)))
        # Of each group: its slots, and what reads them otherwise than by such a sum.
        self.groups: list[tuple[Array, list[tuple[Formula, frozenset[int]]]]] = []
        for slots in alike.values():
            if len(slots) < 2 or not tabled.isdisjoint(slots):
                continue
            own = frozenset(slots)
            demands = {id(demand): demand for slot in slots for demand in program.demands[slot]}
            otherwise = [
                (demand, slots_read(demand) & own) for demand in demands.values() if _reads_otherwise(demand, own)
            ]
            self.groups.append((np.array(slots, np.int64), otherwise))

    def mark(self, cells: Sequence[int], todo: Array, out: Array, found: Array) -> None:
        """Mark in `found` the classes of `todo` that slots have once two have exchanged theirs in the witness `cells`.

        `out` marks the classes that no slot may have: all are flat, of all slots.
        """
        for slots, otherwise in self.groups:
            now = np.array([cells[slot] for slot in slots], np.int64)
            starts = self.program.offsets[slots]
            # Which slot (row) is to have what another one (column) has, and may leave it its own.
            places = starts[:, None] + now
            wanted = todo[places] & ~out[places.T]
            wanted &= np.cumsum(wanted, axis=1) <= MOST_EACH
            to, by = (each[:MOST_ROWS] for each in np.nonzero(wanted))
            if not len(to):
                continue
            moved = np.repeat(now[:, None], len(to), axis=1)
            rows = np.arange(len(to))
            moved[to, rows], moved[by, rows] = now[by], now[to]
            of_slot: Mapping[int, Array] = dict(zip(slots.tolist(), moved, strict=True))
            holds = np.ones(len(to), bool)
            for demand, read in otherwise:
                holds &= across(demand, {slot: of_slot[slot] for slot in read}, cells)
            found[starts[to[holds]] + now[by[holds]]] = True
            found[starts[by[holds]] + now[to[holds]]] = True


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
    """Tell whether a formula reads some of the `slots` otherwise than by sums that count all of them."""
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
            return counted not in (set(), slots) or any(not slots.isdisjoint(slots_read(each)) for each in below)
