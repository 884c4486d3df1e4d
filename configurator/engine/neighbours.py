"""All configurations one step away, at once: which other class each slot could have with all other slots as they are.

Demands that are a few disjunctions of "the slot has one of these classes" are held as flat arrays. In a configuration,
a disjunction with two true members stays true whatever one slot does; one with a single true member keeps its slot
within that member's classes. All other demands are told by slot, to be looked at one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from configurator.engine.exact import Array
from configurator.engine.formulas import All, Formula, Mask, Some, Within, slots_read

MOST_CLAUSES = 64
MOST_CLASSES = 256


class Neighbourhood:
    """Demands over slots with `offsets` into the list of all classes (slot s has those from offsets[s] on).

    `others[s]` are the demands on slot s that are not held here.
    """

    def __init__(self, demands: Iterable[Formula], offsets: Array) -> None:
        sizes = np.diff(offsets)
        clauses: list[Mapping[int, Mask]] = []
        self.others: list[list[Formula]] = [[] for _ in sizes]
        for demand in demands:
            for part in demand.parts if isinstance(demand, All) else (demand,):
                found = disjunctions(part)
                if found is None or any(sizes[slot] > MOST_CLASSES for clause in found for slot in clause):
                    for slot in slots_read(part):
                        self.others[slot].append(part)
                else:
                    clauses += found
        self.classes = int(offsets[-1])
        members = [(slot, mask) for clause in clauses for slot, mask in clause.items()]
        lengths = [len(clause) for clause in clauses]
        self._firsts = np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, np.int64)
        self._clause = np.repeat(np.arange(len(lengths)), lengths)
        self._slot = np.array([slot for slot, _ in members], np.int64)
        self._holds = np.concatenate([mask for _, mask in members]) if members else np.zeros(0, bool)
        own = sizes[self._slot]
        self._base = np.cumsum(own) - own
        # What a member rules out when its clause hangs on it: all classes of its slot that are not in it.
        outside = np.flatnonzero(~self._holds)
        member = np.repeat(np.arange(len(members)), own)[outside]
        self._outside = outside - self._base[member] + offsets[self._slot[member]]
        self._outside_count = np.bincount(member, minlength=len(members))
        self._outside_first = np.cumsum(self._outside_count) - self._outside_count

    def around(self, cells: Array) -> Array:
        """Return the classes (flat) that their slot could have, its own too, if nothing else in `cells` changed."""
        allowed = np.ones(self.classes, bool)
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


def disjunctions(formula: Formula, most: int = MOST_CLAUSES) -> list[Mapping[int, Mask]] | None:
    """Return disjunctions that say together what the formula does, each by slot; None where they are too many.

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
