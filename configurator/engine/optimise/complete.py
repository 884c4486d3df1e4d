"""The rest of a configuration, chosen for the least of something: price, days, or changes.

A model of OR-Tools' CP-SAT is made of the engine's own clauses and of what each amount is for the
cells it reads. What does not fit into it exactly is left out at first and held against every
answer: an answer that breaks it is forbidden, with as much around it as breaks it too, and the
question is asked again. So the last answer is exact, and the solver's bound holds at all times.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

from catalog.kinds.kind import GIVEN, NOT_GIVEN
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice
from configurator.engine.answers.default_completion import DefaultCompletion, default_completion
from configurator.engine.constraints.formulas import Formula, along, slots_read, truth
from configurator.engine.constraints.refusals import EngineExhausted
from configurator.engine.optimise.cell_model import CellModel
from configurator.engine.optimise.cells import cells_worth_asking
from configurator.engine.optimise.greedy import greedy
from configurator.engine.optimise.linear import Linear, total
from configurator.engine.optimise.objective import Question, Rest
from configurator.engine.optimise.objective_sums import LazyNumber, ObjectiveSums, least, most
from configurator.engine.optimise.read_objectives import read_objectives
from configurator.engine.optimise.sat_model import LARGEST, LARGEST_TOTAL, Solved
from configurator.engine.solver.compiled import Compiled

MOST_WORK = 4.0
"""In the solver's own measure, which counts steps and not time: one takes from a fraction of a
second to some.
"""
MOST_ROUNDS = 100
MOST_NEIGHBOURS = 200
LARGE = 200_000
"""From how many constraints on a good configuration is looked for before the best is."""


def rest(compiled: Compiled, question: Question, most_work: float = MOST_WORK) -> Rest | None:
    """Return the best complete configuration with the choices of `question`, which must be
    consistent; None without.

    Every configuration is the default completion of its own values as choices: nothing is left out
    that a default would bring back. The same question has the same answer in every process: a
    single worker with a fixed seed, and work counted in steps. Where `most_work` does not suffice,
    the best found, not proven; without any, it refuses with EngineExhausted.
    """
    found = _Asking(compiled, question, most_work, without_texts=True).answer()
    if found is None:
        # A text that is not required may be demanded by a rule all the same.
        found = _Asking(compiled, question, most_work, without_texts=False).answer()
    return found


@dataclass(frozen=True)
class _Answer:
    """A configuration: the cell of each slot, its values, what it comes to for each goal."""

    cells: tuple[int, ...]
    values: Mapping[str, Choice]
    texts: tuple[str, ...]
    reached: tuple[int, ...]


class _Asking:
    """One question: the model that is refined answer by answer, and the best configuration so far."""

    def __init__(
        self, compiled: Compiled, question: Question, most_work: float, without_texts: bool
    ) -> None:
        self.compiled = compiled
        self.question = question
        self.left = most_work
        self.best: _Answer | None = None
        texts = {
            option.key: str(text)
            for option in compiled.model.options
            if kind_of(option).is_open
            and (text := question.choices.get(option.key, option.default)) not in (None, NOTHING)
        }
        self.left_empty = {
            key: choice for key, choice in question.choices.items() if choice == NOTHING
        }
        self.read = read_objectives(compiled, texts, question.objectives)
        self.reader = self.read.reader
        self.tests = [truth(constraint.formula) for constraint in compiled.constraints]
        self.model = CellModel(compiled, self.reader, cells_worth_asking(self.read, question))
        self.sums = ObjectiveSums(self.model, self.read)
        self.solved = Solved("UNKNOWN", (), None, 0.0)
        self.assumptions = compiled.assumptions(compiled.fixed(question.choices))
        if without_texts:
            for option in compiled.model.options:
                if kind_of(option).is_open and not option.required and option.key not in texts:
                    slot = compiled.slots.of_option[option.key]
                    self.assumptions.append(compiled.literal(slot.index, NOT_GIVEN))
        for literal in self.assumptions:
            self.model.clause([literal])
        self.objectives = {name: self.sums.priced(name) for name in question.objectives}

    def answer(self) -> Rest | None:
        bound: int | None = None
        proven = True
        is_large = self.model.size > LARGE
        if is_large:
            # Where nothing is known yet, the solver that proves is lost.
            self._try_greedily(self.question.goals[0])
        for place, goal in enumerate(self.question.goals):
            is_proven, least = self._least_of(goal, place == len(self.question.goals) - 1)
            if place == 0 and not is_proven and not is_large:
                self._try_greedily(goal)
            if self.best is not None:
                # What cannot be is had: then the solver is mistaken, and what it says proves
                # nothing.
                least = least if least is not None and least <= self.best.reached[place] else None
                is_proven = least == self.best.reached[place]
            if place == 0:
                proven, bound = is_proven, least
            if self.best is None:
                if is_proven:
                    return None
                raise EngineExhausted(
                    "No complete configuration was found in reasonable time. Choose a little more first, then ask for "
                    "the rest again."
                )
            if not is_proven:
                break
            self._hold(goal, place, is_last=place == len(self.question.goals) - 1)
        assert self.best is not None
        reached = dict(zip(self.question.goals, self.best.reached, strict=True))
        first = self.best.reached[0]
        if bound is not None and bound >= first:
            proven, bound = True, first
        return Rest(self.best.values, self.best.texts, reached, proven, bound)

    # -- goals

    def _least_of(self, goal: str, is_last: bool) -> tuple[bool, int | None]:
        """Ask for the least of a goal; return whether that is proven, and what it cannot be less
        than.

        Without an answer, "proven" says that there is no configuration at all.
        """
        sought, fine = self._sought(goal, is_last)
        if sought is None:
            sought = Linear()
        known: int | None = None
        for _ in range(MOST_ROUNDS):
            solved = self._solve(sought)
            if solved.status == "INFEASIBLE":
                return True, None
            if solved.bound is not None and fine is not None:
                known = max(solved.bound, known) if known is not None else solved.bound
            if solved.solution and self._holds(self._cells()) and solved.status == "OPTIMAL":
                is_proven = fine is not None and self.sums.is_exact
                return is_proven, self._in_units(goal, known, fine)
            if solved.status != "OPTIMAL":
                break
        return False, self._in_units(goal, known, fine)

    def _sought(self, goal: str, is_last: bool) -> tuple[Linear | None, int | None]:
        """Return what is to be least, and how many of it make one unit of the goal; None where it
        cannot be held.
        """
        if goal in self.objectives:
            priced = self.objectives[goal]
            return (priced.total, priced.fine) if priced is not None else (None, None)
        changes = self._changes(goal)
        if not is_last:
            return changes, 1
        # Among equals the first cells of all, so that as little as possible is left to the solver.
        places = Linear()
        for slot, literals in enumerate(self.model.literals):
            for place, cell in enumerate(self.model.cells[slot]):
                if place:
                    places.add_literal(literals[cell], place)
            places.high += len(literals) - 1
        fine = places.high + 1
        if fine * (changes.high + 1) > LARGEST_TOTAL:
            return changes, 1
        return total([changes.times(fine), places]), fine

    def _changes(self, goal: str) -> Linear:
        found = Linear()
        for slot, liked in self.question.likings[goal].items():
            literal = self.model.literals[slot].get(liked)
            found.high += 1
            if literal is None:
                found.constant += 1
                found.low += 1
            else:
                found.add_literal(-literal, 1)
        return found

    def _hold(self, goal: str, place: int, is_last: bool) -> None:
        """Demand from now on what has been reached of a goal."""
        if is_last or self.best is None:
            return
        reached = self.best.reached[place]
        priced = self.objectives.get(goal)
        if priced is not None:
            objective = self.question.objectives[goal]
            self.model.within(priced.total, priced.total.low, most(objective, priced.fine, reached))
        else:
            self.model.within(self._changes(goal), 0, reached)

    def _in_units(self, goal: str, least: int | None, fine: int | None) -> int | None:
        """Return a bound of the solver in units of the goal, rounded as the goal is."""
        if least is None or fine is None or not self.sums.is_exact:
            return None
        objective = self.question.objectives.get(goal)
        if objective is None:
            return -(-least // fine) if fine == 1 else least // fine
        return least // fine if objective.by_line else objective.rounded(Fraction(least, fine))

    # -- answers

    def _solve(self, sought: Linear) -> Solved:
        """Ask the solver, from the latest answer on, as far as there is work left."""
        hint: dict[int, int] = {}
        if self.solved.solution:
            hint = dict(enumerate(self.solved.solution, 1))
        elif self.best is not None:
            for own, literals in zip(self.best.cells, self.model.literals, strict=True):
                hint |= {
                    abs(literal): int((cell == own) == (literal > 0))
                    for cell, literal in literals.items()
                }
        solved = self.model.solve(sought, self.left, hint)
        self.left -= solved.work
        if solved.solution:
            self.solved = solved
        return solved

    def _cells(self) -> list[int]:
        """Return the cell of each slot in the latest answer of the solver."""
        holds = self.solved.holds
        return [
            next(cell for cell, literal in literals.items() if holds(literal))
            for literals in self.model.literals
        ]

    def _holds(self, cells: Sequence[int]) -> bool:
        """Tell whether an answer is a configuration worth what the model says; else forbid what is
        wrong with it.
        """
        classes = self._classes(cells)
        broken = [
            constraint.formula
            for constraint, test in zip(self.compiled.constraints, self.tests, strict=True)
            if not test(classes)
        ]
        if broken and not self._forbid_lazy(classes):
            for formula in broken:
                self._forbid_classes(formula, classes)
        if broken:
            return False
        values = self._values(cells, classes)
        ends_well = self._stays(cells, classes, values)
        texts = self._unknown_texts(cells, values)
        is_told = ends_well and self.read.is_defined(cells)
        totals = self.question.totals(values, texts) if is_told else None
        if totals is not None:
            self._note(cells, values, texts, totals)
        refined = [each for each in self.sums.lazy if not self._sharpened(each, cells)]
        if not ends_well or refined:
            return False
        if totals is None:
            self._forbid_refused(cells)
            return False
        doubted = [name for name, total in totals.items() if not self._agrees(name, cells, total)]
        return not doubted

    def _classes(self, cells: Sequence[int]) -> list[int]:
        return [
            int(of_cell[cell])
            for of_cell, cell in zip(self.compiled.classes.of_cell, cells, strict=True)
        ]

    def _values(self, cells: Sequence[int], classes: Sequence[int]) -> dict[str, Choice]:
        values = self.reader.values(dict(enumerate(cells)))
        for option in self.compiled.model.options:
            # A multi-choice without members has a value only where it is asked.
            if kind_of(option).is_several and not values.get(option.key):
                if self._asked(option.key, classes):
                    values[option.key] = ()
                else:
                    values.pop(option.key, None)
        return values

    def _asked(self, key: str, classes: Sequence[int]) -> bool:
        test = self.compiled.condition_tests.get(key)
        return test is None or bool(test(classes))

    def _unknown_texts(self, cells: Sequence[int], values: Mapping[str, Choice]) -> tuple[str, ...]:
        return tuple(
            option.key
            for option in self.compiled.model.options
            if kind_of(option).is_open
            and option.key not in values
            and cells[self.compiled.slots.of_option[option.key].index] == GIVEN
        )

    def _note(
        self,
        cells: Sequence[int],
        values: Mapping[str, Choice],
        texts: tuple[str, ...],
        totals: Mapping[str, int],
    ) -> None:
        """Keep an answer if it is the best so far."""
        reached = tuple(
            totals[goal]
            if goal in self.objectives
            else sum(cells[slot] != liked for slot, liked in self.question.likings[goal].items())
            for goal in self.question.goals
        )
        # The latest of equals: it was asked for with more in mind.
        if self.best is None or reached <= self.best.reached:
            self.best = _Answer(tuple(cells), values, texts, reached)

    def _agrees(self, goal: str, cells: Sequence[int], total: int) -> bool:
        """Tell whether the model says of an answer what it comes to; else demand that it says at
        least as much.
        """
        objective, priced = self.question.objectives[goal], self.objectives[goal]
        if goal not in self.question.goals or priced is None or not self.sums.is_exact:
            return True
        told = self.solved.worth(priced.total)
        low, high = least(objective, priced.fine, total), most(objective, priced.fine, total)
        if told < low and priced.is_floored:
            where = [self.model.literals[slot][cells[slot]] for slot in self.read.reads[goal]]
            self.model.within(priced.total, low, LARGEST, where)
            return False
        if not low <= told <= high:
            # What a model says that is mistaken proves nothing.
            self.sums.doubt()
        return True

    def _stays(
        self, cells: Sequence[int], classes: Sequence[int], values: Mapping[str, Choice]
    ) -> bool:
        """Tell whether these values are their own default completion: no default or preference adds
        any.

        That needs a look only where an option that is asked has no value in spite of its default,
        or a preference does not hold.
        """
        model = self.compiled.model
        lost = [
            option
            for option in model.options
            if option.key in self.compiled.defaults
            and option.key not in self.left_empty
            and cells[slot := self.compiled.slots.of_option[option.key].index]
            == self.compiled.slots.all[slot].none
            and not kind_of(option).is_truth
            and self._asked(option.key, classes)
        ]
        if not lost and all(test(classes) for test in self.compiled.preference_tests.values()):
            return True
        decided = {
            slot.index
            for key in values
            for slot in self.reader.slots_of_option(model.option_by_key[key])
        }
        is_left = True
        # Where there are preferences, they may keep a default from coming back.
        for option in () if self.compiled.preferences else lost:
            slot, wanted = self.compiled.defaults[option.key]
            changed = list(classes)
            changed[slot] = wanted
            is_certain = self.compiled.condition_reads.get(option.key, frozenset()) <= decided
            if is_certain and all(test(changed) for test in self.compiled.tests[slot]):
                constraints = self.compiled.search.program.constraints[slot]
                others = frozenset[int]().union(
                    *(slots_read(constraint) for constraint in constraints)
                ) - {slot}
                self.model.clause(
                    [-self.compiled.literal(slot, classes[slot]), *self._differing(others, classes)]
                )
                is_left = False
        if not is_left:
            return False
        settled = self._settled(values)
        if settled.values == values and not settled.unsettled:
            return True
        # Any value more, wherever rules reach, may be what keeps a default or a preference away.
        components = self.compiled.components.of_slot
        reached = {
            int(components[slot.index])
            for option in model.options
            if settled.values.get(option.key) != values.get(option.key)
            or option.key in settled.unsettled
            for slot in self.reader.slots_of_option(option)
        }
        self.model.clause(
            self._differing(
                (slot for slot, place in enumerate(components) if place in reached), classes
            )
        )
        return False

    def _settled(self, values: Mapping[str, Choice]) -> DefaultCompletion:
        """Return what `default_completion` shows where these values are chosen, and what was left
        empty stays so.
        """
        return default_completion(self.compiled, {**self.left_empty, **values})

    def _differing(self, slots: Iterable[int], classes: Sequence[int]) -> list[int]:
        return [-self.compiled.literal(slot, classes[slot]) for slot in sorted(slots)]

    def _forbid_classes(self, formula: Formula, classes: Sequence[int]) -> None:
        """Forbid the answer's classes of the slots that a formula reads, and along one of them all
        that break it.
        """
        slots = sorted(slots_read(formula))
        widest: tuple[int, list[int]] = (-1, [])
        for slot in slots:
            count = len(self.compiled.literals[slot].cells)
            holds = np.broadcast_to(along(formula, slot, classes, count), (count,))
            breaking = np.flatnonzero(~np.asarray(holds, bool)).tolist()
            if len(breaking) > len(widest[1]):
                widest = (slot, breaking)
        chosen, breaking = widest
        others = [slot for slot in slots if slot != chosen]
        outside = [
            literal
            for cell, literal in enumerate(self.compiled.literals[chosen].cells)
            if cell not in set(breaking)
        ]
        self.model.clause([*self._differing(others, classes), *outside])

    def _forbid_lazy(self, classes: Sequence[int]) -> bool:
        """Forbid what an answer breaks of the lazy constraints; False where that is nothing."""
        chosen = self.compiled.fixed(self.question.choices).keys()
        found = False
        for constraint in self.compiled.search.program.lazy:
            guard = constraint.guard
            holds = not guard or self.solved.holds(guard)
            if holds and not constraint.test(classes):
                for clause in constraint.against(classes, chosen):
                    self.model.clause(clause)
                    found = True
        return found

    # -- without the solver that proves

    def _try_greedily(self, goal: str) -> None:
        """Note a configuration that comes to little of a goal, where one is easily found."""
        costs = {slot: self._costs(goal, slot) for slot in range(len(self.model.literals))}
        kinds = self.compiled.classes.of_cell
        wanted: list[tuple[Any, int, int]] = []
        for slot, of_slot in costs.items():
            spread = max(of_slot.values()) - min(of_slot.values())
            if spread:
                wanted.append(
                    (-spread, slot, int(kinds[slot][min(of_slot, key=of_slot.__getitem__)]))
                )
        classes = greedy(
            self.compiled, self.assumptions, [(slot, kind) for _, slot, kind in sorted(wanted)]
        )
        if classes is None:
            return
        cells = [
            min(
                (cell for cell in of_slot if kinds[slot][cell] == classes[slot]),
                key=of_slot.__getitem__,
                default=None,
            )
            for slot, of_slot in costs.items()
        ]
        if None not in cells:
            self._note_settled([cell for cell in cells if cell is not None])

    def _costs(self, goal: str, slot: int) -> dict[int, Any]:
        """Return about how much each cell of a slot adds to a goal."""
        cells = self.model.cells[slot]
        if goal not in self.objectives:
            liked = self.question.likings[goal].get(slot)
            return {cell: int(liked is not None and cell != liked) for cell in cells}
        if slot in self.read.costs:
            costs = self.read.costs[slot]
            return {cell: costs.get(cell, {}).get(goal, 0) for cell in cells}
        key = self.compiled.slots.all[slot].option
        ways = [self.read.goes(number, key) for number in self.read.numbers.get(slot, ())]
        way = any(up for up, _ in ways) - any(down for _, down in ways)
        return {cell: Fraction(way * place, len(cells)) for place, cell in enumerate(cells)}

    def _note_settled(self, cells: Sequence[int]) -> None:
        """Keep what is shown for a configuration: itself, or with the defaults that come back."""
        values = self._values(cells, self._classes(cells))
        shown = self._settled(values)
        if shown.values != values:
            found = {
                slot: cell
                for option in self.compiled.model.options
                for slot, cell in self.reader.cells(option, shown.values.get(option.key)).items()
            }
            # A text that is still to be given is no value yet.
            written = {
                slot.index
                for option in self.compiled.model.options
                if kind_of(option).is_open
                for slot in self.reader.slots_of_option(option)
            }
            cells = [cell if slot in written else found[slot] for slot, cell in enumerate(cells)]
        classes = self._classes(cells)
        if not all(test(classes) for test in self.tests):
            return
        values = self._values(cells, classes)
        again = self._settled(values)
        if again.values != values or again.unsettled:
            return
        texts = self._unknown_texts(cells, values)
        totals = self.question.totals(values, texts) if self.read.is_defined(cells) else None
        if totals is not None:
            self._note(cells, values, texts, totals)

    def _forbid_refused(self, cells: Sequence[int]) -> None:
        """Forbid an answer without price or lead time, and along one of the slots that decide it
        all that have none.
        """
        read: list[int] = sorted(set().union(*self.read.reads.values()))
        if not read:
            self.model.clause([])
            return
        chosen, refused = read[0], [cells[read[0]]]
        if sum(len(self.model.cells[slot]) for slot in read) <= MOST_NEIGHBOURS:
            for slot in read:
                without = [
                    cell
                    for cell in self.model.cells[slot]
                    if self._is_refused([*cells[:slot], cell, *cells[slot + 1 :]])
                ]
                if len(without) > len(refused):
                    chosen, refused = slot, without
        literals = self.model.literals
        others = [-literals[slot][cells[slot]] for slot in read if slot != chosen]
        self.model.clause(
            [
                *others,
                *(literal for cell, literal in literals[chosen].items() if cell not in refused),
            ]
        )

    def _is_refused(self, cells: Sequence[int]) -> bool:
        if not self.read.is_defined(cells):
            return True
        values = self._values(cells, self._classes(cells))
        return self.question.totals(values, self._unknown_texts(cells, values)) is None

    # -- numbers held answer by answer

    def _sharpened(self, lazy: LazyNumber, cells: Sequence[int]) -> bool:
        """Tell whether a variable has what its number is worth in an answer; else bound it around
        the answer.

        The bound holds in a box, grown slot by slot as long as the bound is close to what the
        answer is worth.
        """
        exact = lazy.function(self.reader.values({slot: cells[slot] for slot in lazy.slots}))
        if exact is None:
            self.model.forbid(lazy.slots, cells)
            return False
        worth = lazy.held(Fraction(exact))
        told = self.solved.solution[lazy.variable - 1]
        if told == worth:
            return True
        is_low = told < worth
        target = worth - (worth - told) // 4 if is_low else worth + (told - worth) // 4
        box: dict[int, Sequence[int]] = {slot: [cells[slot]] for slot in lazy.slots}

        def fits(grown: Mapping[int, Sequence[int]]) -> bool:
            low, high = self.sums.bounds_in(lazy.number, lazy.conditions, grown)
            end = low if is_low else high
            if abs(end) == inf:
                return bool((end == inf) == is_low)
            value = lazy.held(Fraction(end))
            fits_in: bool = value >= target if is_low else value <= target
            return fits_in

        if fits(box):
            for slot in lazy.slots:
                box[slot] = self._grown(box, slot, fits)
        limit = worth if all(len(box[slot]) == 1 for slot in lazy.slots) else target
        where = [
            self.model.one_of(slot, box[slot])
            for slot in lazy.slots
            if len(box[slot]) < len(self.model.cells[slot])
        ]
        variable = Linear(0, {lazy.variable: 1}, -LARGEST, LARGEST)
        self.model.within(variable, *((limit, LARGEST) if is_low else (-LARGEST, limit)), where)
        return False

    def _grown(
        self,
        box: Mapping[int, Sequence[int]],
        slot: int,
        fits: Callable[[Mapping[int, Sequence[int]]], bool],
    ) -> Sequence[int]:
        """Return the cells that a slot may have in the box: all of them, or as long a run around
        its cell as fits.
        """
        cells = self.model.cells[slot]
        if fits({**box, slot: cells}):
            return cells
        middle = list(cells).index(box[slot][0])
        first, last = middle, middle
        for step in (1, -1):
            size = len(cells)
            while size:
                end = (last if step == 1 else first) + step * size
                if 0 <= end < len(cells):
                    low, high = (first, end) if step == 1 else (end, last)
                    if fits({**box, slot: cells[low : high + 1]}):
                        first, last = low, high
                        continue
                size //= 2
        return cells[first : last + 1]
