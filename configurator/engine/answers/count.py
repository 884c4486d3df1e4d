"""How many complete configurations a product has: exactly where that can be counted with bounded
work, else bounds.

The count goes through the slots one by one, like a search that never stops at the first answer: the
constraints are put as clauses over classes of slots, parts that share no slot are counted apart,
and a part counted before is remembered. A class counts as many times as it has cells, so that 2,000
widths are 2,000; a text or colour is given or not. Source: Thurley, "sharpSAT: counting models with
advanced component caching and implicit BCP", SAT 2006.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from catalog.product_model import Choice
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Search

MOST_STEPS = 600_000
LITERALS_OF_A_STEP = 4
# How many decisions one upon the other, and the frames that so many take with room for whoever
# asks.
MOST_DEPTH = 5_000
MOST_FRAMES = 20_000


@dataclass(frozen=True)
class Count:
    """How many complete configurations there are: at least `least`, at most `most`; both are the
    same when exact.
    """

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    @property
    def told(self) -> str:
        """The count as people read it: "4,831,838,208 configurations", "at least 12
        configurations".
        """
        noun = "configuration" if self.least == 1 else "configurations"
        if self.is_exact:
            return f"{_written(self.least)} {noun}"
        return f"at least {_written(self.least)} and at most {_written(self.most)} {noun}"


type Clauses = tuple[tuple[int, ...], ...]


class _Exhausted(Exception):
    """The work allowed is done."""


def count(
    compiled: Compiled, choices: Mapping[str, Choice] | None = None, most_steps: int = MOST_STEPS
) -> Count:
    """Return how many complete configurations have `choices`.

    Work is counted in steps, so that the answer does not depend on the machine. Beyond `most_steps`
    what could not be counted is bounded: at least the configurations around one that was found, at
    most all combinations.
    """
    return _Counter(compiled, choices or {}, most_steps).counted()


class _Counter:
    def __init__(self, compiled: Compiled, choices: Mapping[str, Choice], most_steps: int) -> None:
        self.compiled = compiled
        self.left = most_steps
        self.known: dict[Clauses, int] = {}
        program = compiled.search.program
        fixed = compiled.fixed(choices)
        self.chosen = fixed.keys()
        self.fixed = sorted(compiled.assumptions(fixed))
        possible = compiled.components.valid(fixed)
        self.seen = None if possible is None else possible.seen
        self.weights: dict[int, int] = {}
        # Variables that say what a configuration is; the others only have to be possible with them.
        self.told: set[int] = set()
        sizes = [compiled.classes.sizes[slot.index] for slot in compiled.slots.all]
        chosen = {key for key in choices if key in compiled.slots.of_option}
        for slot, own in zip(compiled.slots.all, compiled.literals, strict=True):
            is_chosen = slot.value is None and slot.option in chosen
            for cell, literal in enumerate(own.cells):
                self.weights[literal] = 1 if is_chosen else int(sizes[slot.index][cell])
                self.told.add(abs(literal))
        self.program = program

    def counted(self) -> Count:
        if self.seen is None:
            return Count(0, 0)
        sys.setrecursionlimit(max(sys.getrecursionlimit(), MOST_FRAMES))
        clauses = [tuple(sorted(clause)) for clause in self.program.clauses]
        clauses += [(literal,) for literal in self.fixed]
        try:
            total = self._count(clauses, frozenset(self.told), 0)
        except _Exhausted:
            return self._bounds()
        if self.program.lazy:
            # Not all that is demanded stands in the clauses: what they allow is only the most there
            # can be.
            bounds = self._bounds()
            return Count(bounds.least, min(bounds.most, total))
        return Count(total, total)

    def _weight(self, literal: int) -> int:
        return self.weights.get(literal, 1)

    def _count(self, clauses: Sequence[tuple[int, ...]], free: frozenset[int], depth: int) -> int:
        """Return the weighted number of models of `clauses`, told apart by the variables `free`."""
        simplified = self._propagated(clauses)
        if simplified is None:
            return 0
        rest, assigned = simplified
        total = prod(self._weight(literal) for literal in assigned if abs(literal) in free)
        left = free.difference(abs(literal) for literal in assigned)
        inside = frozenset(abs(literal) for clause in rest for literal in clause)
        # A variable in no clause can be either.
        total *= prod(
            self._weight(variable) + self._weight(-variable) for variable in left - inside
        )
        for part in _parts(rest):
            total *= self._part(part, depth)
            if not total:
                return 0
        return total

    def _part(self, clauses: Sequence[tuple[int, ...]], depth: int) -> int:
        key = tuple(sorted(clauses))
        known = self.known.get(key)
        if known is not None:
            return known
        if depth == MOST_DEPTH:
            raise _Exhausted
        inside = frozenset(abs(literal) for clause in clauses for literal in clause)
        free = inside & self.told
        variable = _busiest(clauses, free or inside)
        total = 0
        for literal in (variable, -variable):
            total += self._count([*clauses, (literal,)], free, depth + 1)
            if total and not free:
                total = 1
                break
        self.known[key] = total
        return total

    def _propagated(
        self, clauses: Sequence[tuple[int, ...]]
    ) -> tuple[list[tuple[int, ...]], set[int]] | None:
        """Return the clauses left after unit propagation, and the literals it found; None for a
        contradiction.
        """
        rest = list(clauses)
        self._spend(rest)
        assigned: set[int] = set()
        units = {clause[0] for clause in rest if len(clause) == 1}
        if any(not clause for clause in rest):
            return None
        while units:
            if any(-literal in units or -literal in assigned for literal in units):
                return None
            assigned |= units
            fresh: set[int] = set()
            kept: list[tuple[int, ...]] = []
            for clause in rest:
                if not assigned.isdisjoint(clause):
                    continue
                shorter = tuple(literal for literal in clause if -literal not in assigned)
                if not shorter:
                    return None
                if len(shorter) == 1:
                    fresh.add(shorter[0])
                kept.append(shorter)
            rest, units = kept, fresh
            self._spend(rest)
        return rest, assigned

    def _spend(self, clauses: Sequence[tuple[int, ...]]) -> None:
        """Take a step for every few literals that are gone through: it is they that take the time."""
        self.left -= sum(map(len, clauses)) // LITERALS_OF_A_STEP
        if self.left < 0:
            raise _Exhausted

    # -- bounds

    def _bounds(self) -> Count:
        """Return bounds: the product of what each slot can have, and what stands around one
        configuration.
        """
        assert self.seen is not None
        starts = self.program.starts
        most = 1
        for slot in self.compiled.slots.all:
            literals = self.compiled.literals[slot.index].cells
            own = self.seen[starts[slot.index] : starts[slot.index + 1]]
            most *= sum(
                self._weight(literal)
                for literal, is_possible in zip(literals, own, strict=True)
                if is_possible
            )
        return Count(self._around_one(), most)

    def _around_one(self) -> int:
        """Return how many configurations share all classes with one, or differ from it where
        nothing else depends.
        """
        # A search of its own: what others asked before decides which configuration is found.
        with Search(self.program).asking() as search:
            search.solvable(self.fixed)
            witness = search.witness().tolist()
        least = 1
        for slot, cell in zip(self.compiled.slots.all, witness, strict=True):
            literals = self.compiled.literals[slot.index].cells
            options = [cell]
            if not self.program.constraints[slot.index] and slot.index not in self.chosen:
                options = list(range(len(literals)))
            least *= sum(self._weight(literals[each]) for each in options)
        return least


def _written(number: int) -> str:
    """Return a number with commas, or beyond fifteen digits rounded to three of them."""
    if number < 10**15:
        return f"{number:,}"
    digits = str(number)
    return f"{digits[0]}.{digits[1:3]} × 10^{len(digits) - 1}"


def _parts(clauses: Sequence[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
    """Return the clauses in groups that share no variable."""
    leader: dict[int, int] = {}

    def find(variable: int) -> int:
        root = variable
        while leader.setdefault(root, root) != root:
            root = leader[root]
        while leader[variable] != root:
            leader[variable], variable = root, leader[variable]
        return root

    for clause in clauses:
        first = find(abs(clause[0]))
        for literal in clause[1:]:
            leader[find(abs(literal))] = first
    groups: dict[int, list[tuple[int, ...]]] = {}
    for clause in clauses:
        groups.setdefault(find(abs(clause[0])), []).append(clause)
    return list(groups.values())


def _busiest(clauses: Sequence[tuple[int, ...]], among: frozenset[int]) -> int:
    """Return the variable of `among` in most clauses, short ones counting more; the lowest of
    equals.
    """
    busy: dict[int, float] = {}
    for clause in clauses:
        share = 1.0 if len(clause) > 2 else 2.0
        for literal in clause:
            variable = abs(literal)
            if variable not in among:
                continue
            busy[variable] = busy.get(variable, 0.0) + share
    return min(busy, key=lambda variable: (-busy[variable], variable))
