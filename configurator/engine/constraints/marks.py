"""Which cells the entries of a table's column mark, kept as runs: no larger than what is written in
the table.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

type Mask = npt.NDArray[np.bool_]
type Numbers = npt.NDArray[np.int64]


class Marks:
    """For each of `kinds` entries the cells it marks of `cells` there are: runs from `first` up to
    before `stop`.

    `owner` tells whose a run is. Runs ascend by owner, then by cell; those of one entry do not
    touch.
    """

    def __init__(
        self, kinds: int, cells: int, owner: Numbers, first: Numbers, stop: Numbers
    ) -> None:
        self.kinds = kinds
        self.cells = cells
        self.owner = owner
        self.first = first
        self.stop = stop

    def __reduce__(self) -> tuple[Any, ...]:
        return Marks, (self.kinds, self.cells, self.owner, self.first, self.stop)

    def __len__(self) -> int:
        return self.kinds

    @cached_property
    def _starts(self) -> list[int]:
        """Where the runs of each entry begin, and where they all end."""
        found: list[int] = np.searchsorted(self.owner, np.arange(self.kinds + 1)).tolist()
        return found

    def of(self, kind: int) -> Mask:
        """Return the cells that an entry marks."""
        found = np.zeros(self.cells, bool)
        for run in range(self._starts[kind], self._starts[kind + 1]):
            found[self.first[run] : self.stop[run]] = True
        return found

    def of_any(self, wanted: Mask) -> Mask:
        """Return the cells that some of the entries `wanted` mark."""
        own = wanted[self.owner]
        steps = np.bincount(self.first[own], minlength=self.cells + 1)
        steps -= np.bincount(self.stop[own], minlength=self.cells + 1)
        marked: Mask = np.cumsum(steps[:-1]) > 0
        return marked

    def marking(self, cell: int) -> Mask:
        """Return which entries mark a cell."""
        found = np.zeros(self.kinds, bool)
        found[self.owner[(self.first <= cell) & (cell < self.stop)]] = True
        return found

    def marking_any(self, cells: Mask) -> Mask:
        """Return which entries mark some of the `cells`."""
        before = np.concatenate([[0], np.cumsum(cells)])
        found = np.zeros(self.kinds, bool)
        found[self.owner[before[self.stop] > before[self.first]]] = True
        return found

    def projected(self, representatives: Numbers) -> "Marks":
        """Return the marks over merged cells: cell i stands for all that are like
        `representatives[i]`, ascending.
        """
        first = np.searchsorted(representatives, self.first)
        stop = np.searchsorted(representatives, self.stop)
        kept = first < stop
        return marks_of(self.kinds, len(representatives), self.owner[kept], first[kept], stop[kept])

    def without_repeats(self) -> tuple["Marks", Numbers]:
        """Return the marks of different entries only, and for each entry its number among them."""
        numbers = np.empty(self.kinds, np.int64)
        known: dict[bytes, int] = {}
        runs: list[Numbers] = []
        both = np.stack([self.first, self.stop], axis=1)
        for kind, (begin, end) in enumerate(zip(self._starts, self._starts[1:], strict=False)):
            key = both[begin:end].tobytes()
            if key not in known:
                known[key] = len(known)
                runs.append(np.arange(begin, end))
            numbers[kind] = known[key]
        kept = np.concatenate([np.zeros(0, np.int64), *runs])
        owner = np.repeat(np.arange(len(runs)), [len(each) for each in runs])
        return Marks(len(runs), self.cells, owner, self.first[kept], self.stop[kept]), numbers

    @cached_property
    def apart(self) -> Numbers:
        """For each cell a number: equal for two exactly if the same entries mark both."""
        ends = np.unique(np.concatenate([[0], self.first, self.stop]))
        pieces = ends[ends < self.cells]
        first, stop = (
            np.searchsorted(pieces, self.first).tolist(),
            np.searchsorted(pieces, self.stop).tolist(),
        )
        number_of: list[int] = [0] * len(pieces)
        sizes = [len(pieces)]
        for begin, end in zip(self._starts, self._starts[1:], strict=False):
            own = [piece for run in range(begin, end) for piece in range(first[run], stop[run])]
            counts: dict[int, int] = {}
            for piece in own:
                counts[number_of[piece]] = counts.get(number_of[piece], 0) + 1
            split: dict[int, int] = {}
            for number, count in counts.items():
                if count < sizes[number]:
                    split[number] = len(sizes)
                    sizes[number] -= count
                    sizes.append(count)
            for piece in own if split else ():
                number_of[piece] = split.get(number_of[piece], number_of[piece])
        lengths = np.diff(np.append(pieces, self.cells))
        return np.repeat(np.array(number_of, np.int64), lengths)


def marks_of(kinds: int, cells: int, owner: Numbers, first: Numbers, stop: Numbers) -> Marks:
    """Return marks of runs that may overlap, touch, and come in any order."""
    order = np.lexsort((stop, first, owner))
    kept: list[tuple[int, int, int]] = []
    for own, begin, end in zip(
        owner[order].tolist(), first[order].tolist(), stop[order].tolist(), strict=True
    ):
        if kept and kept[-1][0] == own and begin <= kept[-1][2]:
            kept[-1] = (own, kept[-1][1], max(end, kept[-1][2]))
        elif begin < end:
            kept.append((own, begin, end))
    runs = np.array(kept, np.int64).reshape(len(kept), 3)
    return Marks(kinds, cells, runs[:, 0], runs[:, 1], runs[:, 2])


def marks_of_runs(cells: int, runs: Sequence[Sequence[tuple[int, int]]]) -> Marks:
    """Return the marks of entries of which each marks some runs, given by first cell and the one
    after the last.
    """
    flat = [(owner, first, stop) for owner, own in enumerate(runs) for first, stop in own]
    columns = np.array(flat, np.int64).reshape(len(flat), 3)
    return marks_of(len(runs), cells, columns[:, 0], columns[:, 1], columns[:, 2])
