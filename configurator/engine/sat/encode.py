"""Formulas into clauses: relations become the largest boxes they forbid, tables a selector per row,
sums a chain.

Every encoding allows exactly the configurations the formula allows; new variables are defined by
what they stand for. What would take too many clauses is held beside them
(`configurator.engine.sat.lazy_constraints`).
"""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from math import prod

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    All,
    Axis,
    Computed,
    Formula,
    Mask,
    Relation,
    Rows,
    SlotAxis,
    Some,
    SumAxis,
    TruthAxis,
    Within,
    denied,
    within,
)
from configurator.engine.constraints.sums import Step, steps_of
from configurator.engine.sat.boxes import forbidden_boxes
from configurator.engine.sat.clauses import Clauses, SlotLiterals
from configurator.engine.sat.lazy_constraints import AxisLiterals, LazyConstraint

MAX_BOXES = 2_000
MAX_ROWS = 500


class Encoder:
    """Writes formulas over `slots` (their literals, by index) into `clauses`."""

    def __init__(self, clauses: Clauses, slots: Sequence[SlotLiterals]) -> None:
        self.clauses = clauses
        self.slots = slots
        self._sums: dict[int, _SumLiterals] = {}
        self._masks: dict[tuple[int, bytes], int] = {}
        self.lazy: list[LazyConstraint] = []
        # Parts that stand in several places, kept so that an identity stays its own, and the
        # literals that imply them.
        self._shared: set[int] = set()
        self._implying: dict[int, int] = {}
        self._kept: list[Formula] = []
        self._weights: dict[int, int] = {}

    def share(self, formula: Formula) -> None:
        """Note what stands in several places of a formula: it gets a literal of its own and is said
        once.
        """
        if isinstance(formula, (All, Some)) and any(
            isinstance(part, (All, Some)) for part in formula.parts
        ):
            self._kept.append(formula)
            self._shared |= formula.shared

    def require(self, formula: Formula, otherwise: Sequence[int] = ()) -> None:
        """Add clauses that say: the formula holds, or one of the literals `otherwise`."""
        match formula:
            case All():
                for part in formula.parts:
                    if otherwise and id(part) in self._shared:
                        self.clauses.add([*otherwise, self._implied(part)])
                    else:
                        self.require(part, otherwise)
            case Within():
                found = self.clauses.any_of(self.slots[formula.slot], formula.mask)
                if found is not None:
                    self.clauses.add([*otherwise, *found])
            case Relation():
                self._require_relation(formula, otherwise)
            case Computed():
                self._hold(formula, [self._axis_literals(axis) for axis in formula.axes], otherwise)
            case Rows() if len(formula) > MAX_ROWS:
                self._hold(
                    formula, [AxisLiterals(self.slots[slot]) for slot in formula.slots], otherwise
                )
            case Rows():
                self._require_rows(formula, otherwise)
            case Some():
                self._require_some(formula, otherwise)

    def defined(self, formula: Formula) -> int:
        """Return a literal that holds exactly if the formula does."""
        if isinstance(formula, Within):
            found = self.clauses.any_of(self.slots[formula.slot], formula.mask)
            if found is not None and len(found) == 1:
                return found[0]
        literal = self.clauses.variable()
        denial = denied(formula)
        self.share(formula)
        self.share(denial)
        owner, self.clauses.owner = self.clauses.owner, -1
        self.require(formula, [-literal])
        self.require(denial, [literal])
        self.clauses.owner = owner
        return literal

    def _implied(self, formula: Formula) -> int:
        """Return a literal that can hold only if the formula does: a new one, or that of what is
        shared.
        """
        known = self._implying.get(id(formula))
        if known is not None:
            return known
        literal = self.clauses.variable()
        owner, self.clauses.owner = self.clauses.owner, -1
        self.require(formula, [-literal])
        self.clauses.owner = owner
        if id(formula) in self._shared:
            self._implying[id(formula)] = literal
        return literal

    def _require_some(self, formula: Some, otherwise: Sequence[int]) -> None:
        literals = list(otherwise)
        larger: list[Formula] = []
        for part in formula.parts:
            if isinstance(part, Within):
                found = self.clauses.any_of(self.slots[part.slot], part.mask)
                if found is None:
                    return
                literals.extend(found)
            else:
                larger.append(part)
        if not larger:
            self.clauses.add(literals)
            return
        larger.sort(key=self._weight)
        last = larger[-1]
        literals.extend(
            self._implied(part) for part in (larger if id(last) in self._shared else larger[:-1])
        )
        if id(last) in self._shared:
            self.clauses.add(literals)
        else:
            self.require(last, literals)

    def _weight(self, formula: Formula) -> int:
        if not isinstance(formula, (All, Some)):
            return _weight(formula)
        known = self._weights.get(id(formula))
        if known is None:
            self._kept.append(formula)
            known = self._weights[id(formula)] = sum(map(self._weight, formula.parts))
        return known

    def _hold(
        self,
        leaf: Relation | Computed | Rows,
        axes: Sequence[AxisLiterals],
        otherwise: Sequence[int],
    ) -> None:
        """Hold a constraint beside the clauses: it is told to the solver as far as configurations
        break it.
        """
        guard = 0
        if len(otherwise) == 1:
            guard = -otherwise[0]
        elif otherwise:
            guard = self.clauses.variable()
            self.clauses.add([*otherwise, guard])
        constraint = LazyConstraint(leaf, guard, self.clauses.owner, tuple(axes))
        self.lazy.append(constraint)
        for clause in constraint.first_clauses():
            self.clauses.add(clause)

    def _require_rows(self, rows: Rows, otherwise: Sequence[int]) -> None:
        count = len(rows)
        selectors = [self.clauses.variable() for _ in range(count)]
        self.clauses.add([*otherwise, *selectors])
        for slot, marks, kinds in zip(rows.slots, rows.marks, rows.kinds, strict=True):
            literals = self.slots[slot]
            of_kind = [self.clauses.any_of(literals, marks.of(kind)) for kind in range(len(marks))]
            for selector, kind in zip(selectors, kinds.tolist(), strict=True):
                found = of_kind[kind]
                if found is not None:
                    self.clauses.add([-selector, *found], structure=True)
            for cell in range(marks.cells):
                taking = np.flatnonzero(marks.marking(cell)[kinds])
                if len(taking) < count:
                    self.clauses.add(
                        [
                            *otherwise,
                            -literals.cells[cell],
                            *(selectors[row] for row in taking.tolist()),
                        ]
                    )

    def _require_relation(self, relation: Relation, otherwise: Sequence[int]) -> None:
        axes = [
            self._axis_literals(axis, _ways(relation.table, place))
            for place, axis in enumerate(relation.axes)
        ]
        ordered = [
            bool(axis.literals.at_least)
            and (axis.positions is None or bool((np.diff(axis.positions) >= 0).all()))
            for axis in axes
        ]
        boxes = list(islice(forbidden_boxes(~relation.table, ordered), MAX_BOXES + 1))
        if len(boxes) > MAX_BOXES:
            self._hold(relation, axes, otherwise)
            return
        for box in boxes:
            clause = list(otherwise)
            for axis, inside in zip(axes, box, strict=True):
                clause.extend(self.clauses.any_of(axis.literals, ~inside[axis.of_cell]) or ())
            self.clauses.add(clause)

    def _axis_literals(self, axis: Axis, ways: tuple[bool, bool] = (True, True)) -> AxisLiterals:
        """Return the literals of an axis, with the position of each of its cells where they are not
        the same.

        `ways` tells whether those of a sum are needed upwards, and downwards.
        """
        match axis:
            case SlotAxis():
                return AxisLiterals(self.slots[axis.slot], axis.positions)
            case TruthAxis():
                literal = self.defined(axis.formula)
                return AxisLiterals(SlotLiterals([-literal, literal]))
            case SumAxis():
                if axis.positions[-1] == 0:
                    return AxisLiterals(SlotLiterals([0]))
                return AxisLiterals(self._sum(axis, *ways))

    def _sum(self, axis: SumAxis, upward: bool, downward: bool) -> SlotLiterals:
        """Return the literals of a sum; `upward` are they certain to hold where they should,
        `downward` only there.

        With both they say exactly at which position the sum is. With one of them only "at least"
        means something, and the first and last cell by it.
        """
        found = self._sums.get(id(axis))
        if found is None:
            found = self._sums[id(axis)] = _SumLiterals(axis, self)
        owner, self.clauses.owner = self.clauses.owner, -1
        found.say(upward, downward)
        self.clauses.owner = owner
        return found.cells()

    def at_least(self, share: SlotAxis | TruthAxis, step: Step) -> list[int]:
        """Return for each level of a summand from the second a literal that says: at least this
        amount.
        """
        if isinstance(share, TruthAxis):
            literal = self.defined(share.formula)
            return [literal if step.level_of[1] else -literal] if len(step.levels) > 1 else []
        levels = step.level_of[share.positions]
        found: list[int] = []
        for level in range(1, len(step.levels)):
            mask = levels >= level
            key = (share.slot, mask.tobytes())
            if key not in self._masks:
                self._masks[key] = self.defined(within(share.slot, mask))
            found.append(self._masks[key])
        return found


class _SumLiterals:
    """The literals of a sum: of each row of partial sums a ladder "the state is at least this one"."""

    def __init__(self, axis: SumAxis, encoder: Encoder) -> None:
        self.axis = axis  # kept, so that its id stays its own
        self.steps = steps_of(axis)
        self.clauses = encoder.clauses
        owner, self.clauses.owner = self.clauses.owner, -1
        self.amounts = [
            encoder.at_least(share, step)
            for (share, _), step in zip(axis.shares, self.steps, strict=True)
        ]
        self.counts = [len(step.following) for step in self.steps] + [int(axis.positions[-1]) + 1]
        self.rows = [
            [0, *(self.clauses.variable() for _ in range(1, count))] for count in self.counts
        ]
        for row in self.rows:
            for lower, higher in pairwise(row[1:]):
                self.clauses.add([-higher, lower])
        self.clauses.owner = owner
        self.said: set[bool] = set()
        self.exact: SlotLiterals | None = None

    def say(self, upward: bool, downward: bool) -> None:
        """Add what is asked for and not said yet."""
        for up in {
            direction for direction, asked in ((True, upward), (False, downward)) if asked
        } - self.said:
            self.said.add(up)
            for place, step in enumerate(self.steps):
                for clause in _moves(
                    step.following, self.rows[place], self.amounts[place], self.rows[place + 1], up
                ):
                    self.clauses.add(clause)
        if upward and downward and self.exact is None:
            steps = self.rows[-1]
            cells = [-steps[1], *(self.clauses.variable() for _ in steps[2:]), steps[-1]]
            for place in range(1, len(steps) - 1):
                self.clauses.add([-cells[place], steps[place]])
                self.clauses.add([-cells[place], -steps[place + 1]])
                self.clauses.add([cells[place], -steps[place], steps[place + 1]])
            self.exact = SlotLiterals(cells, steps)

    def cells(self) -> SlotLiterals:
        steps = self.rows[-1]
        if self.exact is not None:
            return self.exact
        return SlotLiterals([-steps[1], *([0] * (len(steps) - 2)), steps[-1]], steps)


def _moves(
    following: Array, before: Sequence[int], amounts: Sequence[int], after: Sequence[int], up: bool
) -> Iterator[list[int]]:
    """Return clauses: from at least this state, at least this amount leads to at least that one; or
    so downwards.
    """
    states, levels = following.shape
    if up:
        needed = following > 0
        needed[1:] &= following[1:] != following[:-1]
        needed[:, 1:] &= following[:, 1:] != following[:, :-1]
    else:
        needed = following < len(after) - 1
        needed[:-1] &= following[1:] != following[:-1]
        needed[:, :-1] &= following[:, 1:] != following[:, :-1]
    for state, level in np.argwhere(needed).tolist():
        reached = int(following[state, level])
        if up:
            yield [
                *([-before[state]] if state else []),
                *([-amounts[level - 1]] if level else []),
                after[reached],
            ]
        else:
            yield [
                *([before[state + 1]] if state < states - 1 else []),
                *([amounts[level]] if level < levels - 1 else []),
                -after[reached + 1],
            ]


def _ways(table: Mask, axis: int) -> tuple[bool, bool]:
    """Tell whether a larger position along the axis can turn the table false, and whether a smaller
    one can.
    """
    steps = np.diff(table.astype(np.int8), axis=axis)
    return bool((steps < 0).any()), bool((steps > 0).any())


def _weight(formula: Formula) -> int:
    match formula:
        case Relation():
            return 2 + formula.table.size
        case Computed():
            return 2 + prod(formula.computation.lengths)
        case Rows():
            return 2 + len(formula)
        case _:
            return 1
