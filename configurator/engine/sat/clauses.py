"""Clauses about slots: literals for "the cell is this one" and "at least this one", and what
defines new literals.

A literal is a non-zero integer, negative for its denial; a clause is a list of which at least one
holds. Each clause belongs to a constraint by number, or to none (the structure, which nothing
switches off).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import neg

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import Mask

STRUCTURE = -1
_PAIRWISE = 6


@dataclass
class SlotLiterals:
    """The literals of one slot with `len(cells)` cells.

    `cells[i]` says that the cell is i; `at_least[i]` (only where the slot has a ladder; [0] is not
    used) that it is i or a later one.
    """

    cells: list[int]
    at_least: list[int] = field(default_factory=list)

    def hints(self, cell: int) -> list[int]:
        """Return what a solver that is to try `cell` first has to try of each variable."""
        cells = [literal if place == cell else -literal for place, literal in enumerate(self.cells)]
        steps = [
            literal if place <= cell else -literal for place, literal in enumerate(self.at_least)
        ]
        return [*cells, *steps[1:]]

    def renamed(self, literal: Callable[[int], int]) -> "SlotLiterals":
        """Return the same over other literals; 0 stands for none."""

        def renamed(literals: list[int]) -> list[int]:
            return [literal(each) if each else 0 for each in literals]

        return SlotLiterals(renamed(self.cells), renamed(self.at_least))


class Clauses:
    """A growing set of clauses over numbered variables."""

    def __init__(self) -> None:
        self.variables = 0
        self.clauses: list[list[int]] = []
        self.owners: list[int] = []
        self.owner = STRUCTURE
        self._runs: dict[tuple[int, int, int], int] = {}

    def variable(self) -> int:
        """Return a new variable."""
        self.variables += 1
        return self.variables

    def add(self, clause: Sequence[int], structure: bool = False) -> None:
        """Add a clause, to the present constraint unless it is structure; a clause that always
        holds is left out.
        """
        literals = dict.fromkeys(clause)
        if literals.keys().isdisjoint(map(neg, literals)):
            self.clauses.append(list(literals))
            self.owners.append(STRUCTURE if structure else self.owner)

    def slot_variables(self, count: int) -> SlotLiterals:
        """Return the cell literals of a new slot; `exactly_one` says what they mean, once all slots
        have theirs.
        """
        if count == 2:
            yes = self.variable()
            return SlotLiterals([-yes, yes])
        return SlotLiterals([self.variable() for _ in range(count)])

    def exactly_one(self, slot: SlotLiterals, ordered: bool) -> None:
        """Demand that exactly one cell of the slot holds; a ladder is built for ordered and for
        long slots.
        """
        cells = slot.cells
        if len(cells) == 2:
            slot.at_least = [0, cells[1]] if ordered else []
            return
        if len(cells) == 1:
            self.add(cells, structure=True)
            return
        if not ordered and len(cells) <= _PAIRWISE:
            self.add(cells, structure=True)
            for place, cell in enumerate(cells):
                for other in cells[:place]:
                    self.add([-cell, -other], structure=True)
            return
        steps = slot.at_least = [0, *(self.variable() for _ in cells[1:])]
        last = len(cells) - 1
        for place in range(2, last + 1):
            self.add([-steps[place], steps[place - 1]], structure=True)
        for place, cell in enumerate(cells):
            above = [] if place == last else [steps[place + 1]]
            below = [] if place == 0 else [-steps[place]]
            self.add([cell, *below, *above], structure=True)
            for literal in (*above, *below):
                self.add([-cell, -literal], structure=True)

    def any_of(self, slot: SlotLiterals, mask: Mask) -> list[int] | None:
        """Return literals of which one holds exactly if the cell is marked; None if that is always
        so.
        """
        if mask.all():
            return None
        marked = np.flatnonzero(mask).tolist()
        count = len(slot.cells)
        if len(marked) == 1:
            return [slot.cells[marked[0]]]
        if len(marked) == count - 1:
            return [-slot.cells[int(np.flatnonzero(~mask)[0])]]
        if not slot.at_least:
            return [slot.cells[cell] for cell in marked]
        changes = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).tolist()
        found: list[int] = []
        for first, stop in zip(changes[::2], changes[1::2], strict=True):
            if stop - first <= 2 and first > 0 and stop < count:
                found.extend(slot.cells[first:stop])
            elif stop == count:
                found.append(slot.at_least[first])
            elif first == 0:
                found.append(-slot.at_least[stop])
            else:
                found.append(self._run(slot, first, stop))
        return found

    def _run(self, slot: SlotLiterals, first: int, stop: int) -> int:
        """Return a literal that says exactly that the cell is one of `first` to `stop - 1`."""
        key = (slot.cells[0], first, stop)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = self.variable()
            above, below = slot.at_least[first], -slot.at_least[stop]
            self.add([-run, above], structure=True)
            self.add([-run, below], structure=True)
            self.add([run, -above, -below], structure=True)
        return run


def facts_of(clauses: Sequence[Sequence[int]], variables: int) -> Array:
    """Return for each variable what unit propagation alone says of it: 1 or -1, 0 where nothing."""
    facts = np.zeros(variables + 1, np.int8)
    containing: dict[int, list[int]] = {}
    for place, clause in enumerate(clauses):
        for literal in clause:
            containing.setdefault(literal, []).append(place)
    left = [len(clause) for clause in clauses]
    waiting = [clause[0] for clause in clauses if len(clause) == 1]
    while waiting:
        literal = waiting.pop()
        if facts[abs(literal)]:
            continue
        facts[abs(literal)] = 1 if literal > 0 else -1
        for place in containing.get(-literal, ()):
            left[place] -= 1
            if left[place] == 1:
                waiting.extend(each for each in clauses[place] if not facts[abs(each)])
    return facts
