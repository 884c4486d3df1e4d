"""A slot changed to many classes at once, and others after it where that breaks a demand, one after the other.

A row is a configuration that differs from a witness in some slots. What a row breaks is mended by another slot, until
nothing is broken or too many have moved. All rows move the same slots in the same order, each to classes of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from configurator.engine.exact import Array
from configurator.engine.formulas import Formula, across
from configurator.engine.program import Program

MOST_MOVED = 5
MOST_TRIED = 3
MOST_ROWS = 600
MOST_PLACES = 100_000
# A class that mends one demand may break one other, which the next slot mends.
MOST_BROKEN = 1

type Rows = dict[int, Array]
"""By slot that has moved: its class in each row."""


class Mending:
    """What mending proves in a program. `reads` tells the slots of a demand by its id.

    Slots of which `apart` says so are not moved together.
    """

    def __init__(
        self, program: Program, reads: Mapping[int, Collection[int]], apart: Callable[[Sequence[int]], bool]
    ) -> None:
        self.program = program
        self._reads = reads
        self._apart = apart

    def mark(self, slot: int, cells: Sequence[int], wanted: Array, out: Array, found: Array) -> None:
        """Mark in `found` what is proved by moving a slot away from the witness `cells`.

        `wanted` marks the classes it is moved to, `out` those that no slot may have: both, as `found`, of all slots.
        """
        demands = self.program.demands
        rows: Rows = {slot: np.flatnonzero(wanted[self._range(slot)])}
        concerned = {id(demand): demand for demand in demands[slot]}
        while True:
            broken = self._broken(concerned.values(), rows, cells)
            rows, broken = self._told(slot, rows, broken, found)
            if not len(rows[slot]) or len(rows) == MOST_MOVED:
                return
            taken: tuple[int, Array, Array] | None = None
            for other in self._partners(rows, broken, out):
                index, classes = self._mended(other, rows, broken, cells, out)
                if len(index) and (taken is None or len(index) > len(taken[1])):
                    taken = other, index, classes
            if taken is None:
                return
            other, index, classes = taken
            rows = {each: before[index] for each, before in rows.items()}
            rows[other] = classes
            concerned |= {id(demand): demand for demand in demands[other]}

    def _broken(self, demands: Collection[Formula], rows: Rows, cells: Sequence[int]) -> dict[int, Array]:
        """Return the demands that are broken in some row, by id, with the rows."""
        count = len(next(iter(rows.values())))
        found: dict[int, Array] = {}
        for demand in demands:
            moved = {each: rows[each] for each in self._reads[id(demand)] if each in rows}
            holds = np.broadcast_to(across(demand, moved, cells), (count,))
            if not holds.all():
                found[id(demand)] = ~holds
        return found

    def _told(self, slot: int, rows: Rows, broken: dict[int, Array], found: Array) -> tuple[Rows, dict[int, Array]]:
        """Mark what rows that break nothing prove, and return the rows whose class of `slot` is still open."""
        starts = self.program.starts
        fine = np.ones(len(rows[slot]), bool)
        for in_rows in broken.values():
            fine &= ~in_rows
        if not fine.any():
            return rows, broken
        for each, classes in rows.items():
            found[starts[each] + classes[fine]] = True
        left = ~found[starts[slot] + rows[slot]]
        rows = {each: classes[left] for each, classes in rows.items()}
        return rows, {key: each[left] for key, each in broken.items()}

    def _partners(self, rows: Rows, broken: Mapping[int, Array], out: Array) -> list[int]:
        """Return the slots most likely to mend: those that what most rows break reads, with most classes."""
        weights: dict[int, int] = {}
        for key, each in broken.items():
            for other in self._reads[key]:
                if other not in rows:
                    weights[other] = weights.get(other, 0) + int(np.count_nonzero(each))
        free = {other: int(np.count_nonzero(~out[self._range(other)])) for other in weights}
        able = [other for other in weights if free[other] > 1 and not self._apart((*rows, other))]
        return sorted(able, key=lambda other: (-weights[other], -free[other], other))[:MOST_TRIED]

    def _mended(
        self, other: int, rows: Rows, broken: Mapping[int, Array], cells: Sequence[int], out: Array
    ) -> tuple[Array, Array]:
        """Return which rows some class of `other` mends in part, and the class; two of a row where there is room."""
        count = len(next(iter(rows.values())))
        classes = thinned(np.flatnonzero(~out[self._range(other)]), max(2, MOST_PLACES // count))
        breaks = np.zeros((count, len(classes)), np.int16)
        mends = np.zeros((count, len(classes)), bool)
        for demand in self.program.demands[other]:
            key = id(demand)
            moved = {each: rows[each][:, None] for each in self._reads[key] if each in rows}
            holds = np.broadcast_to(across(demand, moved | {other: classes[None, :]}, cells), breaks.shape)
            breaks += ~holds
            if key in broken:
                mends |= holds & broken[key][:, None]
        breaks[~mends] = np.iinfo(np.int16).max
        least = breaks.min(axis=1)
        index = np.flatnonzero(least <= MOST_BROKEN)
        best = breaks[index] == least[index, None]
        first, last = best.argmax(axis=1), best.shape[1] - 1 - best[:, ::-1].argmax(axis=1)
        if 2 * count > MOST_ROWS:
            return index, classes[first]
        differs = first != last
        return np.concatenate([index, index[differs]]), classes[np.concatenate([first, last[differs]])]

    def _range(self, slot: int) -> slice:
        return slice(self.program.starts[slot], self.program.starts[slot + 1])


def thinned(places: Array, most: int) -> Array:
    """Return at most so many of the places, from end to end."""
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(np.int64)]
