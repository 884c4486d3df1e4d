"""Tables of many rows as a whole: which rows the choices leave, what these support, what other rows
prove.

Columns are pruned as in compact-table propagation: a value stays as long as some row that is left
takes it. Source: Demeulenaere, Hartert, Lecoutre, Perez, Perron, Régin, Schaus, "Compact-Table:
efficiently filtering table constraints with reversible sparse bit-sets", CP 2016.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    Formula,
    Mask,
    Positions,
    Rows,
    along,
    slots_read,
)
from configurator.engine.sat.program import Program


class Tables:
    """The tables that a program holds beside its clauses; `out` marks classes (flat) that are
    impossible.

    `others` are, by slot, the constraints that a one-flip move has to look at one by one.
    """

    def __init__(self, program: Program, others: Sequence[Sequence[Formula]]) -> None:
        self.program = program
        self._others = others
        self.all = [
            constraint.leaf
            for constraint in program.lazy
            if isinstance(constraint.leaf, Rows) and not constraint.guard
        ]
        self._left: tuple[bytes, list[Positions]] = (b"", [])

    def supported(self, out: Array) -> Array:
        """Return the targets that no table rules out by itself."""
        found = np.ones(len(self.program.targets), bool)
        for table, rows in zip(self.all, self._rows_left(out), strict=True):
            for column, slot in enumerate(table.slots):
                found[self._range(slot)] &= table.taken(column, rows)
        return found

    def row(self, todo: Array, out: Array) -> list[int]:
        """Return literals that choose a row which is left, with as much of `todo` as any; empty
        where none has any.
        """
        program = self.program
        for table, rows in zip(self.all, self._rows_left(out), strict=True):
            score = np.zeros(len(rows), np.int64)
            for slot, marks, kinds in zip(table.slots, table.marks, table.kinds, strict=True):
                wanted = todo[self._range(slot)]
                if wanted.any():
                    score += marks.marking_any(wanted)[kinds[rows]]
            if not score.any():
                continue
            row = rows[int(score.argmax())]
            found: list[int] = []
            for slot, marks, kinds in zip(table.slots, table.marks, table.kinds, strict=True):
                own = self._range(slot)
                taken = marks.of(int(kinds[row])) & ~out[own]
                wanted = taken & todo[own]
                found.append(
                    int(
                        program.literals[
                            own.start + int((wanted if wanted.any() else taken).argmax())
                        ]
                    )
                )
            return found
        return []

    def mark_other_rows(self, cells: Sequence[int], around: Array, found: Array) -> None:
        """Mark in `found` the classes of all rows that the configuration `cells` could have instead
        of its own.

        `around` are the classes that each slot could have alone as far as short disjunctions and
        choices go.
        """
        for table in self.all:
            allowed = [self._allowed(table, slot, cells, around) for slot in table.slots]
            for moving in self._movable(table):
                rows = table.taking_any(
                    [
                        mask if column in moving else _only(cells[slot], len(mask))
                        for column, (slot, mask) in enumerate(
                            zip(table.slots, allowed, strict=True)
                        )
                    ]
                )
                for column in moving:
                    found[self._range(table.slots[column])] |= (
                        table.taken(column, rows) & allowed[column]
                    )

    def _range(self, slot: int) -> slice:
        return slice(self.program.starts[slot], self.program.starts[slot + 1])

    def _rows_left(self, out: Array) -> list[Positions]:
        """Return for each table the numbers of the rows that take possible classes alone."""
        key = out.tobytes()
        if self._left[0] != key:
            left = [
                table.taking_any([~out[self._range(slot)] for slot in table.slots])
                for table in self.all
            ]
            self._left = (key, left)
        return self._left[1]

    def _allowed(self, table: Rows, slot: int, cells: Sequence[int], around: Array) -> Mask:
        """Return the classes that a slot could have as far as all other constraints go."""
        own = self._range(slot)
        allowed: Mask = around[own].copy()
        for constraint in self._others[slot]:
            if not _is(constraint, table):
                allowed &= along(constraint, slot, cells, own.stop - own.start)
        return allowed

    def _movable(self, table: Rows) -> list[frozenset[int]]:
        """Return sets of columns that may change together: no other constraint reads two of them."""
        return self._moves[self.all.index(table)]

    @cached_property
    def _moves(self) -> list[list[frozenset[int]]]:
        return [list(dict.fromkeys(self._sets_of(table))) for table in self.all]

    def _sets_of(self, table: Rows) -> Iterator[frozenset[int]]:
        columns = {
            slot: column for column, slot in enumerate(table.slots) if table.slots.count(slot) == 1
        }
        bound: dict[int, set[int]] = {column: set() for column in columns.values()}
        for slot, column in columns.items():
            for constraint in self.program.constraints[slot]:
                if not _is(constraint, table):
                    bound[column].update(
                        columns[other] for other in slots_read(constraint) if other in columns
                    )
        for first in bound:
            chosen = {first}
            for column in sorted(bound, key=lambda each: len(bound[each])):
                if chosen.isdisjoint(bound[column]) and column not in chosen:
                    chosen.add(column)
            yield frozenset(chosen)


def _only(cell: int, count: int) -> Mask:
    found = np.zeros(count, bool)
    found[cell] = True
    return found


def _is(constraint: Formula, table: Rows) -> bool:
    """Tell whether a constraint is the table, perhaps numbered anew."""
    return (
        isinstance(constraint, Rows)
        and constraint.kinds is table.kinds
        and constraint.slots == table.slots
    )
