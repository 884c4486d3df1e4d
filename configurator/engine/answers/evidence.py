"""What comes to light on the way to one explanation: what stands together, and what clashes.

A configuration that a solver finds shows more than was asked: all else that holds in it stands as
well. So most of the questions that lead to a smallest explanation need no solver. No answer is
another one for it.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Search

type Bits = int
"""A set of places as the bits of a number."""


class Evidence[Part: Hashable]:
    """Answers whether parts of what is `given` stand, beside the literals `always`, and remembers
    what that shows.

    `given` tells the literals of each part. The caller holds the search.
    """

    def __init__(
        self,
        compiled: Compiled,
        search: Search,
        given: Mapping[Part, Sequence[int]],
        always: Sequence[int],
    ) -> None:
        self._compiled = compiled
        self._search = search
        self._given = given
        self._always = list(always)
        self._bits = {part: 1 << place for place, part in enumerate(given)}
        self._first_selector = search.selectors().start
        self._standing: list[Bits] | None = None
        self._clashing: list[Bits] = []
        self._trials: list[_Trial] = []
        self._cores: list[tuple[Bits, Bits]] = []

    def core(self, chosen: Sequence[Part]) -> Collection[Part] | None:
        """Return some of the parts `chosen` that clash; None where all stand together."""
        bits = _all_of(self._bits[part] for part in chosen)
        known = next((each for each in self._clashing if not each & ~bits), None)
        if known is not None:
            return [part for part in chosen if self._bits[part] & known]
        if self._standing is None:
            self._standing = self._found_before()
        if any(not bits & ~each for each in self._standing):
            return None
        literals = self._literals(chosen)
        if self._search.solvable(literals):
            self._standing.insert(0, self._holding(self._search.model()))
            return None
        core = self._search.core_of_assumptions()
        clashing = [part for part in chosen if not core.isdisjoint(self._given[part])]
        self._clashing.insert(0, _all_of(self._bits[part] for part in clashing))
        return clashing

    def constraint_core(
        self, chosen: Sequence[Part]
    ) -> Callable[[Sequence[int]], Collection[int] | None]:
        """Return a function that tells which constraints, by selectors, clash with the parts
        `chosen`, or None.
        """
        literals = self._literals(chosen)
        given = _all_of(self._bits[part] for part in chosen)
        first = self._first_selector

        def core(selectors: Sequence[int]) -> Collection[int] | None:
            constraints = _all_of(1 << selector - first for selector in selectors)
            for parts, known in self._cores:
                if not parts & ~given and not known & ~constraints:
                    return [selector for selector in selectors if known >> selector - first & 1]
            if any(trial.shows(given, constraints, self._compiled.holds) for trial in self._trials):
                return None
            if self._search.stands(selectors, literals):
                model = self._search.model()
                cells = self._search.cells_of(model).tolist()
                self._trials.insert(0, _Trial(self._holding(model), constraints, cells))
                return None
            found = self._search.core_of_selectors()
            self._cores.insert(0, (given, _all_of(1 << selector - first for selector in found)))
            return found

        return core

    def _literals(self, chosen: Sequence[Part]) -> list[int]:
        return [*self._always, *(literal for part in chosen for literal in self._given[part])]

    def _holding(self, model: Array) -> Bits:
        """Return which parts of what is given hold in a model."""
        return _all_of(
            bit
            for part, bit in self._bits.items()
            if all(model[abs(literal)] == (literal > 0) for literal in self._given[part])
        )

    def _found_before(self) -> list[Bits]:
        """Return which parts stand together in configurations that were found before."""
        rows = self._search.agreeing(self._always)
        holding = [self._search.agreeing(self._given[part]) for part in self._bits]
        if not rows.any() or not holding:
            return []
        packed = np.packbits(np.array(holding)[:, rows], axis=0, bitorder="little")
        every = sorted(
            {int.from_bytes(column.tobytes(), "little") for column in packed.T}, key=int.bit_count
        )
        most: list[Bits] = []
        for each in reversed(every):
            if all(each & ~other for other in most):
                most.append(each)
        return most


class _Trial:
    """A configuration with the parts `given`, of which it comes to light which constraints it
    satisfies.
    """

    def __init__(self, given: Bits, satisfied: Bits, cells: Sequence[int]) -> None:
        self._given = given
        self._satisfied = satisfied
        self._broken = 0
        self._cells = cells

    def shows(
        self, given: Bits, constraints: Bits, holds: Callable[[int, Sequence[int]], bool]
    ) -> bool:
        """Tell whether the parts `given` hold in it and all `constraints` are satisfied; `holds`
        tells that of one.
        """
        unknown = constraints & ~self._satisfied
        if given & ~self._given or unknown & self._broken:
            return False
        while unknown:
            constraint = unknown & -unknown
            if not holds(constraint.bit_length() - 1, self._cells):
                self._broken |= constraint
                return False
            self._satisfied |= constraint
            unknown ^= constraint
        return True


def _all_of(bits: Iterable[Bits]) -> Bits:
    found = 0
    for each in bits:
        found |= each
    return found
