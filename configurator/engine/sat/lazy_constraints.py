"""Constraints too wide to be written out as clauses: the solver learns of them what its
configurations break.

A clause learnt is a consequence of the constraint alone, so it stays right for ever, whatever was
asked; what the solver finds counts only once it breaks none of the constraints. So answers are as
exact as with all clauses written out.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    Axis,
    Cells,
    Computed,
    Mask,
    Positions,
    Relation,
    Rows,
    SlotAxis,
    Truth,
    position_of,
    renumbered,
    slots_read,
    truth,
)
from configurator.engine.sat.boxes import grown
from configurator.engine.sat.clauses import STRUCTURE, SlotLiterals

MOST_LEARNT = 100_000
MOST_CORNERS = 50_000
FEW_CORNERS = 2_000
MOST_COMPARED = 5_000


@dataclass(frozen=True, eq=False)
class AxisLiterals:
    """The literals of an axis; `positions` tells the position of each of their cells, None where it
    is its number.
    """

    literals: SlotLiterals
    positions: Positions | None = None

    @cached_property
    def of_cell(self) -> Positions:
        return np.arange(len(self.literals.cells)) if self.positions is None else self.positions

    @cached_property
    def _stairs(self) -> int:
        """How many of the first cells have ascending positions, where literals "at least" may be
        used at all.
        """
        if not self.literals.at_least:
            return 0
        falls = np.flatnonzero(np.diff(self.of_cell) < 0)
        return int(falls[0]) + 1 if len(falls) else len(self.of_cell)

    def outside(self, inside: Array | slice, length: int) -> list[int] | None:
        """Return literals of which one holds exactly if the axis is not `inside`; None where that
        is always so.
        """
        of_cell, stairs = self.of_cell, self._stairs
        if isinstance(inside, slice) and stairs and not (of_cell[stairs:] < inside.stop).any():
            first, stop = np.searchsorted(of_cell[:stairs], [inside.start, inside.stop]).tolist()
            if first == stop:
                return None
            return [
                *([-self.literals.at_least[first]] if first else []),
                *([self.literals.at_least[stop]] if stop < len(of_cell) else []),
            ]
        mask = np.ones(length, bool)
        mask[inside] = False
        return self.one_of(mask[of_cell])

    def one_of(self, mask: Mask) -> list[int] | None:
        """Return literals of which one holds exactly if the cell is marked; None where that is
        always so.
        """
        if mask.all():
            return None
        cells, steps = self.literals.cells, self.literals.at_least
        if not steps:
            return [cells[place] for place in np.flatnonzero(mask).tolist()]
        ends = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).tolist()
        found: list[int] = []
        for first, stop in zip(ends[::2], ends[1::2], strict=True):
            if first == 0:
                found.append(-steps[stop])
            elif stop == len(cells):
                found.append(steps[first])
            else:
                found.extend(cells[first:stop])
        return found


@dataclass(frozen=True, eq=False)
class LazyConstraint:
    """A constraint that holds wherever the literal `guard` does (0: always), about axes with their
    literals.

    `owner` is the constraint it belongs to.
    """

    leaf: Relation | Computed | Rows
    guard: int
    owner: int
    axes: tuple[AxisLiterals, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return LazyConstraint, (self.leaf, self.guard, self.owner, self.axes)

    @cached_property
    def test(self) -> Truth:
        return truth(self.leaf)

    @cached_property
    def slots(self) -> frozenset[int]:
        return slots_read(self.leaf)

    @cached_property
    def variables(self) -> frozenset[int]:
        """The variables of the guard and of all literals of the axes."""
        found = {abs(self.guard)} if self.guard else set()
        for axis in self.axes:
            found.update(
                abs(literal)
                for literal in (*axis.literals.cells, *axis.literals.at_least)
                if literal
            )
        return frozenset(found)

    def renamed(self, literal: Callable[[int], int], slots: Mapping[int, int]) -> "LazyConstraint":
        """Return the constraint over other literals, and other numbers of the same slots."""
        axes = tuple(
            AxisLiterals(axis.literals.renamed(literal), axis.positions) for axis in self.axes
        )
        leaf = renumbered(self.leaf, slots)
        assert isinstance(leaf, Relation | Computed | Rows)
        return LazyConstraint(leaf, literal(self.guard) if self.guard else 0, self.owner, axes)

    def against(self, cells: Cells, fixed: Collection[int]) -> list[list[int]]:
        """Return clauses of which `cells`, that break the constraint, break at least one.

        They say most about the slots that are not `fixed`.
        """
        if isinstance(self.leaf, Rows):
            return [self._guarded(clause) for clause in self._missing(self.leaf, cells, fixed)]
        point = [place(cells) for place in self._places]
        free = [index for index, axis in enumerate(self.leaf.axes) if not _is_fixed(axis, fixed)]
        rest = [index for index in range(len(point)) if index not in free]
        if isinstance(self.leaf, Relation):
            return [self._denial(self._around(self.leaf, point, [*free, *rest]))]
        found: list[list[int]] = []
        # One box for each side: with a single one, the solver would go down the stairs step by
        # step.
        for place in range(max(1, len(free))):
            order = [*free[place:], *free[:place], *rest]
            clause = self._denial(self.leaf.computation.box(point, self.leaf.holds, order))
            if clause not in found:
                found.append(clause)
        return found

    def first_clauses(self) -> Iterator[list[int]]:
        """Return clauses worth knowing from the start: of few combinations all, of many some."""
        if isinstance(self.leaf, Computed):
            yield from self._corners(self.leaf)

    def nearest(self, cells: Cells, fixed: Collection[int]) -> list[int]:
        """Return literals of a row that agrees with all that is `fixed` and with most of `cells`;
        else none.
        """
        if not isinstance(self.leaf, Rows):
            return []
        rows = self.leaf
        chosen = [column for column, slot in enumerate(rows.slots) if slot in fixed]
        matching = rows.matching(cells, chosen)
        if not matching:
            return []
        if len(rows) > MOST_COMPARED:
            for column, slot in enumerate(rows.slots):
                matching = matching & rows.taking(column, cells[slot]) or matching
        left = rows.numbers(matching)
        agreeing = np.zeros(len(left), np.int64)
        for slot, marks, kinds in zip(rows.slots, rows.marks, rows.kinds, strict=True):
            agreeing += marks.marking(cells[slot])[kinds[left]]
        row = left[int(agreeing.argmax())]
        found: list[int] = []
        for axis, slot, marks, kinds in zip(
            self.axes, rows.slots, rows.marks, rows.kinds, strict=True
        ):
            taken = marks.of(int(kinds[row]))
            cell = cells[slot] if taken[cells[slot]] else int(taken.argmax())
            found += axis.literals.hints(cell)
        return found

    # -- comparisons

    @cached_property
    def _places(self) -> list[Any]:
        assert not isinstance(self.leaf, Rows)
        return [position_of(axis) for axis in self.leaf.axes]

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        if isinstance(self.leaf, Computed):
            return self.leaf.computation.lengths
        assert isinstance(self.leaf, Relation)
        return self.leaf.table.shape

    def _denial(self, box: Sequence[Array | slice]) -> list[int]:
        """Return a clause that says: not in the box."""
        clause: list[int] = []
        for axis, inside, length in zip(self.axes, box, self._lengths, strict=True):
            clause.extend(axis.outside(inside, length) or ())
        return self._guarded(clause)

    def _guarded(self, clause: list[int]) -> list[int]:
        return [-self.guard, *clause] if self.guard else clause

    def _around(
        self, relation: Relation, point: Sequence[int], order: Sequence[int]
    ) -> list[Array | slice]:
        turned = order[::-1]
        ordered = [
            bool(axis.literals.at_least) and bool((np.diff(axis.of_cell) >= 0).all())
            for axis in self.axes
        ]
        found = grown(
            ~relation.table.transpose(turned),
            None,
            [ordered[axis] for axis in turned],
            tuple(point[axis] for axis in turned),
        )
        return [found[turned.index(axis)] for axis in range(len(point))]

    def _corners(self, leaf: Computed) -> Iterator[list[int]]:
        """Return clauses "from these corners of all other axes on, the longest axis is on this
        side".
        """
        computation = leaf.computation
        known = [
            axis
            for axis, way in enumerate(computation.ways)
            if way and computation.regular[axis] > 1
        ]
        if not known:
            return
        last = max(known, key=lambda axis: len(np.unique(self.axes[axis].of_cell)))
        used = [
            np.unique(axis.of_cell) if index != last else np.zeros(1, np.int64)
            for index, axis in enumerate(self.axes)
        ]
        if prod(len(each) for each in used) > MOST_CORNERS:
            many = [index for index, each in enumerate(used) if len(each) > 3]
            few = prod(len(each) for each in used if len(each) <= 3)
            most = max(2, int((FEW_CORNERS / few) ** (1 / max(1, len(many)))))
            for index in many:
                used[index] = _spread(used[index], computation.regular[index], most)
        mesh = np.ix_(*used)
        rising = computation.comparison.operator in ("<", "<=")
        way = computation.ways[last] or 0
        worse = way if rising == leaf.holds else -way
        regular = computation.regular[last]
        before = computation.at(mesh) == leaf.holds  # at the first position
        turn = np.where(before | (worse < 0), computation.tipping(mesh, last), 0)
        # Along the last axis broken: from `turn` on (worse > 0), or before it.
        if worse > 0:
            empty = turn >= regular
        else:
            turn = np.where(before, 0, turn)
            empty = turn <= 0
        needed = ~empty
        for index, each in enumerate(used):
            tips = computation.ways[index]
            if index == last or tips is None or not tips or len(each) < 2:
                continue
            # A combination whose neighbour on the better side is told the same says nothing new.
            towards = tips if rising == leaf.holds else -tips
            own, better = (
                (slice(1, None), slice(None, -1))
                if towards > 0
                else (slice(None, -1), slice(1, None))
            )
            plain = each < computation.regular[index]
            both = _along(plain[own] & plain[better], index, turn.ndim)
            here, there = _cut(turn, index, own), _cut(turn, index, better)
            same = both & (there <= here if worse > 0 else there >= here)
            _cut(needed, index, own)[same] = False
        for place in np.argwhere(needed):
            box: list[Array | slice] = []
            for index, each in enumerate(used):
                position = int(each[place[index]])
                tips = computation.ways[index]
                if index == last:
                    at = int(turn[tuple(place)])
                    box.append(slice(at, regular) if worse > 0 else slice(0, at))
                elif tips is None or position >= computation.regular[index]:
                    box.append(slice(position, position + 1))
                elif tips == 0:
                    box.append(slice(0, computation.regular[index]))
                elif (tips if rising == leaf.holds else -tips) > 0:
                    box.append(slice(position, computation.regular[index]))
                else:
                    box.append(slice(0, position + 1))
            yield self._denial(box)

    # -- rows of a table

    def _missing(self, rows: Rows, cells: Cells, fixed: Collection[int]) -> Iterator[list[int]]:
        """Return what follows for columns that no row allows: from the choices alone, or at the
        first without a row.
        """
        chosen = [column for column, slot in enumerate(rows.slots) if slot in fixed]
        free = [column for column in range(len(rows.slots)) if column not in chosen]
        left = rows.matching(cells, chosen)
        if left:
            alone = [
                column
                for column in free
                if not left & rows.taking(column, cells[rows.slots[column]])
            ]
            if alone:
                for column in alone:
                    yield from self._support(rows, cells, chosen, column)
                return
        left = rows.matching(cells, ())
        before: list[int] = []
        for column in [*chosen, *free]:
            own = rows.taking(column, cells[rows.slots[column]])
            if not left & own:
                yield from self._support(rows, cells, before, column)
                return
            left &= own
            before = [*before, column]

    def _support(
        self, rows: Rows, cells: Cells, before: list[int], column: int
    ) -> Iterator[list[int]]:
        """Return which cells a column can have where those `before` are as in `cells`, of whom as
        few as suffice.
        """
        own = rows.taking(column, cells[rows.slots[column]])
        for other in reversed(before):
            fewer = [each for each in before if each != other]
            if not rows.matching(cells, fewer) & own:
                before = fewer
        premise = [-self.axes[each].literals.cells[cells[rows.slots[each]]] for each in before]
        allowed = rows.taken(column, rows.numbers(rows.matching(cells, before)))
        for part in _runs(allowed) if self.axes[column].literals.at_least else [allowed]:
            found = self.axes[column].one_of(part)
            if found is not None:
                yield [*premise, *found]


class Learnt:
    """What has been learnt of the lazy constraints of a product with `variables`: clauses, also
    with selectors.

    Selectors are the variables above: constraint number n is selected by `variables + 1 + n`.
    """

    def __init__(self, variables: int, constraints: Sequence[LazyConstraint]) -> None:
        self._variables = variables
        self._constraints = constraints
        self.clauses: list[list[int]] = []
        self.with_selector: list[list[int]] = []
        self.hints: list[int] = []

    def against(
        self, model: Sequence[int], cells: Cells, fixed: Collection[int], selectors: bool
    ) -> list[tuple[list[int], list[int]]]:
        """Return clauses that a solver's `model` breaks, each plain and with its selector; `cells`
        are its classes.

        With `selectors`, only constraints are looked at that are selected in the model. Afterwards
        `hints` holds literals that are likely to mend it.
        """
        found: list[tuple[list[int], list[int]]] = []
        self.hints = []
        for constraint in self._constraints:
            selector = (
                self._variables + 1 + constraint.owner if constraint.owner != STRUCTURE else 0
            )
            if not _true(model, constraint.guard) or (selectors and not _true(model, selector)):
                continue
            if not constraint.test(cells):
                self.hints += constraint.nearest(cells, fixed)
                for clause in constraint.against(cells, fixed):
                    found.append((clause, [*clause, -selector] if selector else clause))
        self.clauses.extend(clause for clause, _ in found)
        self.with_selector.extend(clause for _, clause in found)
        return found

    def forget_some(self) -> None:
        """Forget the older half where there is much: the next solvers begin without."""
        if len(self.clauses) > MOST_LEARNT:
            del self.clauses[: MOST_LEARNT // 2], self.with_selector[: MOST_LEARNT // 2]


def _true(model: Sequence[int], literal: int) -> bool:
    """Tell whether a literal holds in a model; 0 always does, and a variable that no clause is
    about is false.
    """
    if not literal:
        return True
    return model[abs(literal) - 1] == literal if abs(literal) <= len(model) else literal < 0


def _runs(mask: Mask) -> list[Mask]:
    """Return masks that say together what `mask` does; where it is one run, one for either end."""
    marked = np.flatnonzero(mask)
    if not len(marked) or marked[-1] - marked[0] >= len(marked):
        return [mask]
    places = np.arange(len(mask))
    return [places >= marked[0], places <= marked[-1]]


def _is_fixed(axis: Axis, fixed: Collection[int]) -> bool:
    return isinstance(axis, SlotAxis) and axis.slot in fixed


def _spread(positions: Positions, regular: int, most: int) -> Positions:
    """Return about `most` of the positions, from end to end; those that are not regular stay."""
    plain = positions[positions < regular]
    taken = np.unique(
        np.linspace(0, len(plain) - 1, min(most, len(plain))).round().astype(np.int64)
    )
    return np.concatenate([plain[taken], positions[positions >= regular]])


def _along(line: Array, axis: int, axes: int) -> Array:
    return line.reshape([-1 if place == axis else 1 for place in range(axes)])


def _cut(array: Array, axis: int, part: slice) -> Array:
    return array[(slice(None),) * axis + (part,)]
