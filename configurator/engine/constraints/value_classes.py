"""Cells that no rule can tell apart, merged: what is valid for one of a class is valid for all of
it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    Computed,
    Formula,
    Positions,
    Relation,
    Rows,
    Within,
    leaves,
    slot_positions,
)
from configurator.engine.constraints.slots import Slot, Slots
from configurator.engine.constraints.tabulate import distinct_rows


@dataclass(frozen=True)
class Classes:
    """For each slot: the class of each cell, the first cell of each class, and how many cells a
    class has.

    Classes are numbered by their first cell; those of a stepped range are runs. "No value" is
    always a class by itself.
    """

    of_cell: tuple[Positions, ...]
    first: tuple[Positions, ...]
    sizes: tuple[Positions, ...]

    def none(self, slot: Slot) -> int | None:
        """Return the class "no value" of the slot, if it has one."""
        return None if slot.none is None else int(self.of_cell[slot.index][slot.none])


def classes_of(slots: Slots, formulas: Sequence[Formula]) -> Classes:
    """Return the coarsest classes that respect all `formulas`."""
    told: list[list[Array]] = [[] for _ in slots.all]
    for formula in formulas:
        for leaf in leaves(formula):
            match leaf:
                case Within():
                    told[leaf.slot].append(leaf.mask)
                case Relation() | Computed():
                    for index, positions in slot_positions(leaf.axes):
                        told[index].append(positions)
                case Rows():
                    for slot, marks in zip(leaf.slots, leaf.marks, strict=True):
                        told[slot].append(marks.apart)
    of_cell, first = (
        zip(
            *(_merged(slot, columns) for slot, columns in zip(slots.all, told, strict=True)),
            strict=True,
        )
        if slots.all
        else ((), ())
    )
    sizes = tuple(np.bincount(found) for found in of_cell)
    return Classes(tuple(of_cell), tuple(first), sizes)


def _merged(slot: Slot, columns: Sequence[Array]) -> tuple[Positions, Positions]:
    if slot.value is not None or (slot.cells <= 3 and not slot.ordered):
        return np.arange(slot.cells), np.arange(slot.cells)
    if not slot.ordered:
        alone = np.zeros(slot.cells, bool)
        alone[slot.none] = True
        return distinct_rows([alone, *columns], slot.cells)
    changes = np.zeros(slot.cells, bool)
    changes[0] = True
    changes[slot.none] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes) - 1, np.flatnonzero(changes)
