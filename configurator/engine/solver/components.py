"""The connected components of a product: no rule ties them, so what is chosen on one changes
nothing on another.

Configurations of the product are exactly the combinations of configurations of its components. So a
choice is answered by the component it is on, and all other answers stay as they are.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    All,
    Formula,
    Known,
    Within,
    renumbered,
    slots_read,
)
from configurator.engine.sat.clauses import STRUCTURE, facts_of
from configurator.engine.sat.lazy_constraints import LazyConstraint
from configurator.engine.sat.program import Program
from configurator.engine.solver.search import Budget, Possible, Search

# Smaller components are joined: a solver of its own would cost each more than it gains.
LEAST_SLOTS = 48


@dataclass(frozen=True)
class Tie:
    """Slots and variables that have to be on one component, and further slots that are to be known
    there.
    """

    slots: Sequence[int]
    variables: Sequence[int] = ()
    known: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Component:
    """One piece: the slots that are on it, and a search over them.

    `slots` are those of the whole product, by their number here; the last of them, from `own` on,
    are only copied from other components since they can have one class alone. `variables`
    translates those of the whole product. `places` are the targets of the whole product, by their
    number here; those of copied slots come last and are left out.
    """

    slots: tuple[int, ...]
    own: int
    place_of_slot: Mapping[int, int]
    variables: Mapping[int, int]
    targets: Array
    places: Array
    search: Search

    def here(self, literals: Iterable[int]) -> list[int]:
        """Return literals of the whole product as those of the component."""
        return [self.variables[abs(each)] * (1 if each > 0 else -1) for each in literals]


class Components:
    """The components of a product whose whole is `search`, each made when first needed. Threads may
    share it.
    """

    def __init__(self, search: Search, ties: Sequence[Tie]) -> None:
        self.search = search
        self.program = program = search.program
        self._lock = threading.Lock()
        total = len(program.offsets) - 1
        if 0 < total <= LEAST_SLOTS:
            # However many pieces there are, they would be joined.
            variables, slots = np.zeros(program.variables + 1, np.int64), np.zeros(total, np.int64)
        else:
            variables, slots = _pieces(program, ties, self.facts)
        self.of_variable = variables
        self.of_slot = slots
        count = int(max(slots.max(initial=-1), variables.max(initial=-1))) + 1
        self._is_void = False
        self._first: Possible | None = None
        self._made: list[Component | None] = [None] * count
        self._slots_on: list[list[int]] = _grouped(enumerate(slots.tolist()), count)
        self._sets_on: list[list[int]] = [[] for _ in range(count)]
        for place, (members, empty) in enumerate(program.sets):
            self._sets_on[int(slots[members[0]] if members else variables[abs(empty)])].append(
                place
            )
        self._with_targets = {int(place) for place in slots} | {
            place for place, sets in enumerate(self._sets_on) if sets
        }
        self._variables_on: list[list[int]] = _grouped(enumerate(variables.tolist()), count)
        self._clauses_on: list[list[list[int]]] = [[] for _ in range(count)]
        self._owners_on: list[list[int]] = [[] for _ in range(count)]
        self._formulas_on: list[list[Formula]] = [[] for _ in range(count)]
        self._lazy_on: list[list[LazyConstraint]] = [[] for _ in range(count)]
        self._known_on: list[set[int]] = [set() for _ in range(count)]
        if count > 1 or not self._with_targets:
            self._sort(ties)

    @cached_property
    def facts(self) -> Array:
        """What unit propagation alone says of each variable of the product: 1 or -1, 0 where
        nothing.
        """
        return facts_of(self.program.clauses, self.program.variables)

    def _sort(self, ties: Sequence[Tie]) -> None:
        """Put what is demanded on its component, and tell whether the facts break any of it."""
        program, variables, slots = self.program, self.of_variable, self.of_slot
        whole = next(iter(self._with_targets)) if len(self._with_targets) == 1 else -1
        for clause, owner in zip(program.clauses, program.owners, strict=True):
            left = [
                literal
                for literal in clause
                if self.facts[abs(literal)] != (-1 if literal > 0 else 1)
            ]
            if not left:
                self._is_void = True
            if not left or any(self.facts[abs(literal)] for literal in left):
                continue
            place = int(variables[abs(left[0])])
            if place != whole:
                self._clauses_on[place].append(left)
                self._owners_on[place].append(owner)
        if whole >= 0:
            # On other components are only variables that no slot is connected with.
            return
        for formula in program.formulas:
            for part in formula.parts if isinstance(formula, All) else (formula,):
                for place in {
                    int(slots[slot]) for slot in slots_read(part) if not self._is_known(slot)
                }:
                    self._formulas_on[place].append(part)
        for constraint in program.lazy:
            self._lazy_on[self._place_of(constraint)].append(constraint)
        for tie in ties:
            for slot in tie.slots[:1]:
                self._known_on[int(slots[slot])].update(tie.known)

    def _place_of(self, constraint: LazyConstraint) -> int:
        """Return the component of what is open about a constraint."""
        found = [int(self.of_slot[slot]) for slot in constraint.slots if not self._is_known(slot)]
        if constraint.guard and not self.facts[abs(constraint.guard)]:
            found.append(int(self.of_variable[abs(constraint.guard)]))
        found += [int(self.of_slot[slot]) for slot in constraint.slots]
        return next((place for place in found if place >= 0), 0)

    def _is_known(self, slot: int) -> bool:
        """Tell whether the slot can have one class alone, whatever is chosen."""
        literals = self.program.literals[self.program.starts[slot] : self.program.starts[slot + 1]]
        return bool(self.facts[np.abs(literals)].all())

    def place_of(self, slot: int | None) -> int:
        """Return which component a slot is on; the first for what has none."""
        return 0 if slot is None else int(self.of_slot[slot])

    def component(self, place: int) -> Component:
        """Return a component, made now if nobody needed it yet."""
        found = self._made[place]
        if found is None:
            with self._lock:
                found = self._made[place]
                if found is None:
                    found = self._made[place] = self._component(place)
        return found

    def make_ready(self) -> None:
        """Make all components, with their solvers, before anybody asks. Safe beside those who ask."""
        for place in range(len(self._made)):
            self.component(place).search.make_ready(explains=False)

    def _component(self, place: int) -> Component:
        program = self.program
        if self._with_targets == {place}:
            # What makes up the whole product needs no second solver.
            everything = np.arange(len(program.targets))
            slots = tuple(range(len(program.offsets) - 1))
            same_slots = {slot: slot for slot in slots}
            variables = {variable: variable for variable in range(1, program.variables + 1)}
            return Component(
                slots, len(slots), same_slots, variables, everything, everything, self.search
            )
        own = self._slots_on[place]
        formulas = self._formulas_on[place]
        lazy = self._lazy_on[place]
        read = self._known_on[place].union(
            *(slots_read(formula) for formula in formulas),
            *(constraint.slots for constraint in lazy),
        )
        slots = (*own, *sorted(read.difference(own)))
        place_of_slot = {slot: number for number, slot in enumerate(slots)}
        numbers = np.array(slots, np.int64)
        starts, stops = program.offsets[numbers], program.offsets[numbers + 1]
        flats = np.concatenate(
            [np.arange(start, stop) for start, stop in zip(starts, stops, strict=True)] or [starts]
        )
        literals = program.literals[flats]
        variables = {
            variable: number for number, variable in enumerate(self._variables_on[place], 1)
        }
        for variable in np.abs(literals).tolist():
            variables.setdefault(variable, len(variables) + 1)
        sets = [program.sets[each] for each in self._sets_on[place]]
        for _, empty in sets:
            variables.setdefault(abs(empty), len(variables) + 1)
        for constraint in lazy:
            for variable in constraint.variables:
                variables.setdefault(variable, len(variables) + 1)

        def here(literal: int) -> int:
            return variables[literal] if literal > 0 else -variables[-literal]

        made: Known = {}
        formulas = [
            *(renumbered(formula, place_of_slot, made) for formula in formulas),
            *self._said_by_facts(slots),
        ]
        known = [
            variable * int(self.facts[variable]) for variable in variables if self.facts[variable]
        ]
        clauses = [[here(literal)] for literal in known]
        clauses += [[here(literal) for literal in clause] for clause in self._clauses_on[place]]
        sizes = stops - starts
        own_flats = int(sizes[: len(own)].sum())
        numbers_here = np.full(len(program.targets), -1, np.int64)
        numbers_here[flats[:own_flats]] = np.arange(own_flats)
        search = Search(
            Program(
                variables=len(variables),
                clauses=clauses,
                owners=[*([STRUCTURE] * len(known)), *self._owners_on[place]],
                constraint_count=program.constraint_count,
                literals=np.array([here(literal) for literal in literals.tolist()], np.int64),
                offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
                formulas=formulas,
                sets=[
                    ([place_of_slot[slot] for slot in members], here(empty))
                    for members, empty in sets
                ],
                lazy=[constraint.renamed(here, place_of_slot) for constraint in lazy],
                symmetry=program.symmetry.on(numbers_here, place_of_slot),
                grids=[grid.renamed(here, variables.__contains__) for grid in program.grids],
            )
        )
        of_sets = len(program.literals) + np.array(self._sets_on[place], np.int64)
        targets = np.concatenate([flats[:own_flats], of_sets])
        places = np.concatenate([np.arange(own_flats), len(flats) + np.arange(len(of_sets))])
        component = Component(slots, len(own), place_of_slot, variables, targets, places, search)
        every = np.concatenate([flats, of_sets])
        search.learn(*self.search.known_of(list(slots), every))
        return component

    def _said_by_facts(self, slots: Sequence[int]) -> Iterator[Formula]:
        """Return which classes the facts leave to slots, by their place in `slots`."""
        for number, slot in enumerate(slots):
            literals = self.program.literals[
                self.program.starts[slot] : self.program.starts[slot + 1]
            ]
            left = self.facts[np.abs(literals)] != np.where(literals > 0, -1, 1)
            if not left.all():
                yield Within(number, left)

    def touched(
        self, fixed: Mapping[int, int], denied: Iterable[int]
    ) -> dict[int, tuple[dict[int, int], list[int]]]:
        """Return for each component that the question concerns its part: fixed classes, by its
        slots, and all literals.

        `fixed` and `denied` are as in `valid`.
        """
        found: dict[int, tuple[dict[int, int], list[int]]] = {}
        for slot, cell in fixed.items():
            place = int(self.of_slot[slot])
            component = self.component(place)
            here, literals = found.setdefault(place, ({}, []))
            here[component.place_of_slot[slot]] = cell
            literals += component.here(
                [int(self.program.literals[self.program.starts[slot] + cell])]
            )
        for literal in denied:
            place = int(self.of_variable[abs(literal)])
            found.setdefault(place, ({}, []))[1].extend(self.component(place).here([literal]))
        return found

    def nothing_chosen(self, budget: Budget | None = None) -> Possible | None:
        """Return what is possible before any choice; None where nothing is."""
        if self._first is None:
            with self.search.asking(budget) as search:
                first = search.valid({}, [])
            if first is None or first.undecided.any():
                return first
            self._first = first
            # Who asks first waits for the large ones, and nobody later.
            for place, slots in enumerate(self._slots_on):
                if len(slots) > LEAST_SLOTS:
                    self.component(place)
        return self._first

    @cached_property
    def _stands_beside(self) -> bool:
        """Tell whether all is well on components without targets: what there is to tell about known
        slots.
        """
        for place in set(range(len(self._made))) - self._with_targets:
            with self.component(place).search.asking() as search:
                if not search.solvable([]):
                    return False
        return True

    def valid(
        self,
        fixed: Mapping[int, int],
        denied: Sequence[int] = (),
        budget: Budget | None = None,
        wanted: Array | None = None,
    ) -> Possible | None:
        """Return which targets of the whole product some configuration with the classes `fixed`
        has.

        `denied` are literals that deny classes of other slots. None where there is no such
        configuration. With `wanted` only those targets are certain to be told right.
        """
        if self._is_void or not self._stands_beside:
            return None
        touched = self.touched(fixed, denied)
        parts: dict[int, Possible] = {}
        for place, (here, literals) in touched.items():
            search = self.component(place).search
            part = search.kept(literals)
            if part is None:
                with search.asking(budget):
                    part = search.valid(
                        here, literals, None if wanted is None else self._marked(place, wanted)
                    )
            if part is None:
                return None
            parts[place] = part
        if touched.keys() >= self._with_targets:
            count = len(self.program.targets)
            seen, undecided = np.zeros(count, bool), np.zeros(count, bool)
        else:
            first = self.nothing_chosen(budget)
            if first is None:
                return None
            seen, undecided = first.seen.copy(), first.undecided.copy()
        for place, part in parts.items():
            component = self.component(place)
            seen[component.targets] = part.seen[component.places]
            undecided[component.targets] = part.undecided[component.places]
        return Possible(seen, undecided)

    def _marked(self, place: int, targets: Array) -> Array:
        """Return which targets of a component are among some of the whole product."""
        component = self.component(place)
        found = np.zeros(len(component.search.program.targets), bool)
        found[component.places] = np.isin(component.targets, targets)
        return found


def _pieces(program: Program, ties: Sequence[Tie], facts: Array) -> tuple[Array, Array]:
    """Return the component of each variable (-1 for facts that no slot speaks of) and of each slot."""
    first_slot = program.variables + 1
    slots = len(program.offsets) - 1
    parent = list(range(first_slot + slots))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(nodes: Iterable[int]) -> None:
        last = -1
        for node in nodes:
            found = root(node)
            if last >= 0:
                parent[found] = last
            last = root(found)

    free = (facts == 0).tolist()
    truths = facts.tolist()
    for clause in program.clauses:
        if not any(truths[abs(literal)] == (1 if literal > 0 else -1) for literal in clause):
            join(abs(literal) for literal in clause if free[abs(literal)])
    is_open = []
    for slot in range(slots):
        names = np.abs(program.literals[program.starts[slot] : program.starts[slot + 1]]).tolist()
        is_open.append(any(free[name] for name in names))
        join((first_slot + slot, *(name for name in names if free[name])))
    for formula in program.formulas:
        for part in formula.parts if isinstance(formula, All) else (formula,):
            join(first_slot + slot for slot in slots_read(part) if is_open[slot])
    for constraint in program.lazy:
        open_slots = (first_slot + slot for slot in constraint.slots if is_open[slot])
        join((*open_slots, *(variable for variable in constraint.variables if free[variable])))
    for members, empty in program.sets:
        join(
            (*(first_slot + slot for slot in members), *((abs(empty),) if free[abs(empty)] else ()))
        )
    for tie in ties:
        open_slots = (first_slot + slot for slot in tie.known if is_open[slot])
        join(
            (
                *(first_slot + slot for slot in tie.slots),
                *open_slots,
                *(abs(each) for each in tie.variables if free[abs(each)]),
            )
        )
    return _numbered(program, [root(node) for node in range(len(parent))], facts)


def _numbered(program: Program, roots: Sequence[int], facts: Array) -> tuple[Array, Array]:
    """Return components as numbers, small ones joined with their neighbours."""
    first_slot = program.variables + 1
    sizes: dict[int, int] = {}
    for found in roots[first_slot:]:
        sizes[found] = sizes.get(found, 0) + 1
    numbers: dict[int, int] = {}
    count, room = 0, 0
    small = -1
    for found, size in sizes.items():
        if size >= LEAST_SLOTS:
            numbers[found], count = count, count + 1
            continue
        if small < 0 or room < size:
            small, room, count = count, LEAST_SLOTS, count + 1
        numbers[found] = small
        room -= size
    of_slot = np.array([numbers[found] for found in roots[first_slot:]], np.int64)
    rest = count
    of_variable = np.full(first_slot, -1, np.int64)
    for variable in range(1, first_slot):
        if not facts[variable]:
            # What no slot is connected with is on a last component of its own.
            of_variable[variable] = numbers.get(roots[variable], rest)
    for slot in range(len(of_slot)):
        names = np.abs(program.literals[program.starts[slot] : program.starts[slot + 1]])
        of_variable[names] = of_slot[slot]
    for members, empty in program.sets:
        if of_variable[abs(empty)] < 0:
            of_variable[abs(empty)] = of_slot[members[0]] if len(members) else rest
    return of_variable, of_slot


def _grouped(placed: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for thing, place in placed:
        if place >= 0:
            found[place].append(thing)
    return found
