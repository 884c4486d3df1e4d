"""Of each slot the cells among which the best is found: rules and amounts cannot tell more apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node
from catalog.kinds.register import kind_of
from catalog.product_model import Option
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.slots import Slot, cell_of
from configurator.engine.optimise.objective import Question
from configurator.engine.optimise.read_objectives import ReadObjectives


def cells_worth_asking(read: ReadObjectives, question: Question) -> dict[int, Sequence[int]]:
    """Return the cells of each slot that can lead to the best rest; ValueError where the choices
    are not consistent.
    """
    return _Cells(read, question).all()


class _Cells:
    """What decides which cells of a slot are told apart."""

    def __init__(self, read: ReadObjectives, question: Question) -> None:
        self.read = read
        self.compiled = read.compiled
        self.reader = read.reader
        self.question = question
        self.liked: dict[int, set[int]] = {}
        for liking in question.likings.values():
            for slot, cell in liking.items():
                self.liked.setdefault(slot, set()).add(cell)

    def all(self) -> dict[int, Sequence[int]]:
        found: dict[int, Sequence[int]] = {}
        possible = self.compiled.components.valid(self.compiled.fixed(self.question.choices))
        if possible is None:
            raise ValueError("the choices contradict each other or the rules")
        starts = self.compiled.search.program.starts
        options = self.compiled.model.option_by_key
        for slot in self.compiled.slots.all:
            option = options[slot.option]
            kind = kind_of(option)
            if (kind.is_single or kind.is_stepped) and option.key in self.question.choices:
                cell = cell_of(option, slot, self.question.choices[option.key])
                assert cell is not None
                found[slot.index] = [cell]
                continue
            valid = possible.seen[starts[slot.index] : starts[slot.index + 1]]
            found[slot.index] = self._of_slot(slot, option, valid)
        return found

    def _of_slot(self, slot: Slot, option: Option, valid: Array) -> Sequence[int]:
        classes = self.compiled.classes.of_cell[slot.index]
        possible = np.flatnonzero(valid[classes])
        kind = kind_of(option)
        if not kind.is_single and not kind.is_stepped:
            return _listed(possible)
        if option.key in self.read.told_roughly:
            return _listed(possible)
        numbers, conditions = (
            self.read.numbers.get(slot.index, []),
            self.read.conditions.get(slot.index, []),
        )
        rates = self.read.rates.get(slot.index, [])
        liked = {cell for cell in self.liked.get(slot.index, ()) if valid[classes[cell]]}
        if kind.is_single:
            if not self.read.may_fall and slot.index in self.read.costs and not rates:
                return sorted({*self._cheapest(slot.index, possible, classes), *liked})
            if numbers or conditions or rates:
                return _listed(possible)
            _, first = np.unique(classes[possible], return_index=True)
            return sorted({*possible[first].tolist(), *liked})
        return self._of_number(
            slot, option, possible, classes, numbers, conditions, bool(rates), liked
        )

    def _of_number(
        self,
        slot: Slot,
        option: Option,
        possible: Array,
        classes: Array,
        numbers: Sequence[Node],
        conditions: Sequence[Node],
        is_rate: bool,
        liked: set[int],
    ) -> Sequence[int]:
        """Return the ends of runs within which no rule and no condition changes and all amounts go
        one way.

        All cells, where amounts may go both ways.
        """
        rises, falls = is_rate, is_rate
        columns: list[Array] = [classes[possible]]
        for condition in dict.fromkeys(conditions):
            if nodes.reads(condition) != {option.key}:
                rises = falls = True
                continue
            test = function_of(condition)
            told = [
                bool(test(self.reader.values({slot.index: cell}))) for cell in possible.tolist()
            ]
            columns.append(np.array(told))
        for number in numbers:
            up, down = self.read.goes(number, option.key)
            rises, falls = rises or up, falls or down
        if self.read.may_fall and (rises or falls):
            rises = falls = True
        if rises and falls:
            return _listed(possible)
        changes = np.zeros(len(possible), bool)
        changes[:1] = True
        for column in columns:
            changes[1:] |= column[1:] != column[:-1]
        starts = np.flatnonzero(changes)
        ends = np.append(starts[1:], len(possible)) - 1
        chosen = possible[ends if falls else starts].tolist()
        return sorted({*chosen, *liked})

    def _cheapest(self, slot: int, possible: Array, classes: Array) -> list[int]:
        """Return the cells of a choice that are not dearer in every objective than one that no rule
        tells from them.
        """
        best: dict[int, list[tuple[int, tuple[Any, ...]]]] = {}
        names = tuple(self.question.objectives)
        for cell in possible.tolist():
            costs = self.read.costs[slot].get(cell, {})
            own = tuple(costs.get(name, 0) for name in names)
            kept = best.setdefault(int(classes[cell]), [])
            if not any(all(a <= b for a, b in zip(each, own, strict=True)) for _, each in kept):
                kept[:] = [
                    (at, each)
                    for at, each in kept
                    if not all(a <= b for a, b in zip(own, each, strict=True))
                ]
                kept.append((cell, own))
        return [cell for kept in best.values() for cell, _ in kept]


def _listed(cells: Array) -> list[int]:
    return [int(cell) for cell in cells]
