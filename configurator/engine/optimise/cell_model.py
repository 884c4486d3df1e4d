"""A model whose variables are the cells of a product's slots, under the engine's own clauses."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from catalog.product_model import Choice
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.slots import Slot
from configurator.engine.optimise.amounts import CellReader
from configurator.engine.optimise.linear import Linear
from configurator.engine.optimise.sat_model import SatModel
from configurator.engine.solver.compiled import Compiled


class CellModel(SatModel):
    """What configurations are made of `cells`: `literals` are those of each slot, by its cells.

    Constraints that the clauses do not say are not held here.
    """

    def __init__(
        self, compiled: Compiled, reader: CellReader, cells: Mapping[int, Sequence[int]]
    ) -> None:
        program = compiled.search.program
        super().__init__(program.variables)
        self.compiled = compiled
        self.reader = reader
        self.cells = cells
        for clause in program.clauses:
            self.clause(clause)
        self.literals: list[dict[int, int]] = [
            self._cell_literals(slot, cells[slot.index]) for slot in compiled.slots.all
        ]

    def _cell_literals(self, slot: Slot, cells: Sequence[int]) -> dict[int, int]:
        """Return the literals of the cells of a slot: its class where that has one of them, else a
        new one.
        """
        classes = self.compiled.classes.of_cell[slot.index]
        own = self.compiled.literals[slot.index].cells
        alike: dict[int, list[int]] = {}
        for cell in cells:
            alike.setdefault(int(classes[cell]), []).append(cell)
        found: dict[int, int] = {}
        for kind, literal in enumerate(own):
            members = alike.get(kind, [])
            if not members:
                self.clause([-literal])
            elif len(members) == 1:
                found[members[0]] = literal
            else:
                new = {cell: self.variable() for cell in members}
                self.exactly_one([-literal, *new.values()])
                found |= new
        return found

    def forbid(self, slots: Sequence[int], cells: Sequence[int]) -> None:
        """Forbid that all of these slots have the cells that a configuration has."""
        self.clause([-self.literals[slot][cells[slot]] for slot in slots])

    def one_of(self, slot: int, cells: Sequence[int]) -> int:
        """Return a literal that holds wherever the slot has one of the cells."""
        literals = self.literals[slot]
        if len(cells) == 1:
            return literals[cells[0]]
        either = self.variable()
        for cell in cells:
            self.clause([-literals[cell], either])
        return either

    # -- tables

    def count(self, slots: Sequence[int]) -> int:
        return prod(len(self.cells[slot]) for slot in slots)

    def table(
        self, slots: Sequence[int], function: Callable[[Mapping[str, Choice]], Any]
    ) -> list[Any]:
        """Return what `function` says of the values of all combinations of cells of `slots`, the
        last turning first.
        """
        read = self.reader.values
        return [
            function(read(dict(zip(slots, combination, strict=True))))
            for combination in product(*(self.cells[slot] for slot in slots))
        ]

    def tabulated(self, slots: Sequence[int], amounts: Sequence[int | None]) -> Linear:
        """Return the sum that has these amounts, combination by combination; None forbids one."""
        known = sorted({amount for amount in amounts if amount is not None})
        if not known:
            self.clause([])
            return Linear()
        low, high = known[0], known[-1]
        if len(known) == 1 and None not in amounts:
            return Linear(low, {}, low, low)
        found = Linear(low=low, high=high)
        if len(slots) == 1:
            for cell, amount in zip(self.cells[slots[0]], amounts, strict=True):
                if amount is None:
                    self.clause([-self.literals[slots[0]][cell]])
                elif amount:
                    found.add_literal(self.literals[slots[0]][cell], amount)
            return found
        for amount, literal in self.told_apart(slots, amounts).items():
            found.add_literal(literal, amount)
        if len(known) == 1:
            found.constant = low
        return found

    def told_apart(self, slots: Sequence[int], answers: Sequence[Any]) -> dict[Any, int]:
        """Return for each answer a literal that holds exactly where it is given; None is forbidden.

        A single answer needs no literal, and gets none.
        """
        numbers = {answer: place for place, answer in enumerate(dict.fromkeys(answers))}
        table = np.array([numbers[answer] for answer in answers]).reshape(
            [len(self.cells[slot]) for slot in slots]
        )
        kept, axes = self._merged(slots, table)
        known = [answer for answer in numbers if answer is not None]
        if len(known) == 1 or not known:
            found = {}
        elif len(known) == 2:
            literal = self.variable()
            found = {known[0]: -literal, known[1]: literal}
        else:
            found = {answer: self.variable() for answer in known}
            self.exactly_one(list(found.values()))
        names = {place: answer for answer, place in numbers.items()}
        for place, number in np.ndenumerate(kept):
            answer = names[int(number)]
            outside = [-literals[at] for literals, at in zip(axes, place, strict=True)]
            if answer is None:
                self.clause(outside)
            elif found:
                self.clause([*outside, found[answer]])
        return found

    def _merged(self, slots: Sequence[int], table: Array) -> tuple[Array, list[list[int]]]:
        """Return the table with equal slices of each axis merged, axes without a difference
        dropped, and literals.
        """
        axes: list[list[int]] = []
        for slot in slots:
            place = len(axes)
            rows = np.moveaxis(table, place, 0).reshape(table.shape[place], -1)
            _, first, groups = np.unique(rows, axis=0, return_index=True, return_inverse=True)
            groups = groups.reshape(-1)
            if len(first) == 1:
                table = np.take(table, 0, axis=place)
                continue
            table = np.take(table, first, axis=place)
            literals: list[int] = []
            for group in range(len(first)):
                own = [
                    self.literals[slot][self.cells[slot][at]]
                    for at in np.flatnonzero(groups == group).tolist()
                ]
                if len(own) > 1:
                    either = self.variable()
                    for literal in own:
                        self.clause([-literal, either])
                    own = [either]
                literals.extend(own)
            axes.append(literals)
        return table, axes
