"""What a rule demands of slots: small formulas whose leaves are tables over cells, denials pushed into the leaves.

A configuration is a sequence that holds one cell for each slot. `truth` makes a fast test of one configuration out of
a formula; `along` tests all cells of one slot at once, the others as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

type Cells = Sequence[int]
type Mask = npt.NDArray[np.bool_]
type Positions = npt.NDArray[np.int64]
type Truth = Callable[[Cells], Any]


@dataclass(frozen=True, eq=False)
class Within:
    """The slot's cell is one of those marked in `mask`."""

    slot: int
    mask: Mask


@dataclass(frozen=True, eq=False)
class SlotAxis:
    """An axis of a relation: a slot, with the position of each of its cells."""

    slot: int
    positions: Positions


@dataclass(frozen=True, eq=False)
class TruthAxis:
    """An axis of two positions: the formula is false, is true."""

    formula: "Formula"


@dataclass(frozen=True, eq=False)
class SumAxis:
    """An axis with a position for each sum that the amounts of true formulas can have, in ascending order."""

    terms: tuple[tuple["Formula", Fraction], ...]
    sums: tuple[Fraction, ...]


type Axis = SlotAxis | TruthAxis | SumAxis


@dataclass(frozen=True, eq=False)
class Relation:
    """The positions along all axes together are marked in `table`."""

    axes: tuple[Axis, ...]
    table: Mask


@dataclass(frozen=True, eq=False)
class Rows:
    """Some row matches: `masks[i][r]` marks the cells of slot `slots[i]` that row `r` takes."""

    slots: tuple[int, ...]
    masks: tuple[Mask, ...]


@dataclass(frozen=True, eq=False)
class All:
    parts: tuple["Formula", ...]


@dataclass(frozen=True, eq=False)
class Some:
    parts: tuple["Formula", ...]


type Formula = Within | Relation | Rows | All | Some

TRUE = All(())
FALSE = Some(())


def all_of(parts: Sequence[Formula]) -> Formula:
    """Return the conjunction, flattened."""
    flat = [below for part in parts for below in (part.parts if isinstance(part, All) else (part,))]
    if any(isinstance(part, Some) and not part.parts for part in flat):
        return FALSE
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def some_of(parts: Sequence[Formula]) -> Formula:
    """Return the disjunction, flattened."""
    flat = [below for part in parts for below in (part.parts if isinstance(part, Some) else (part,))]
    if any(isinstance(part, All) and not part.parts for part in flat):
        return TRUE
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def within(slot: int, mask: Mask) -> Formula:
    if mask.all():
        return TRUE
    return Within(slot, mask) if mask.any() else FALSE


def denied(formula: Formula) -> Formula:
    """Return the denial of a formula without Rows."""
    match formula:
        case Within():
            return Within(formula.slot, ~formula.mask)
        case Relation():
            return Relation(formula.axes, ~formula.table)
        case All():
            return some_of([denied(part) for part in formula.parts])
        case Some():
            return all_of([denied(part) for part in formula.parts])
        case Rows():
            raise TypeError("rows of a table are never denied")


def leaves(formula: Formula) -> Iterator[Within | Relation | Rows]:
    """Return all leaves, those inside the axes of relations included."""
    match formula:
        case All() | Some():
            for part in formula.parts:
                yield from leaves(part)
        case Relation():
            yield formula
            for axis in formula.axes:
                for below in _formulas_of(axis):
                    yield from leaves(below)
        case _:
            yield formula


def slots_read(formula: Formula) -> frozenset[int]:
    """Return the indexes of all slots that the formula depends on."""
    found: set[int] = set()
    for leaf in leaves(formula):
        if isinstance(leaf, Within):
            found.add(leaf.slot)
        elif isinstance(leaf, Rows):
            found.update(leaf.slots)
        else:
            found.update(axis.slot for axis in leaf.axes if isinstance(axis, SlotAxis))
    return frozenset(found)


def projected(formula: Formula, representatives: Sequence[Positions]) -> Formula:
    """Return the formula over merged cells: cell i of slot s stands for all that are like `representatives[s][i]`."""
    match formula:
        case Within():
            return within(formula.slot, formula.mask[representatives[formula.slot]])
        case Relation():
            return Relation(tuple(_projected_axis(axis, representatives) for axis in formula.axes), formula.table)
        case Rows():
            masks = [mask[:, representatives[slot]] for slot, mask in zip(formula.slots, formula.masks, strict=True)]
            # Rows that have become equal say the same once.
            _, kept = np.unique(np.concatenate(masks, axis=1), axis=0, return_index=True)
            return Rows(formula.slots, tuple(mask[np.sort(kept)] for mask in masks))
        case All():
            return all_of([projected(part, representatives) for part in formula.parts])
        case Some():
            return some_of([projected(part, representatives) for part in formula.parts])


def truth(formula: Formula) -> Truth:
    """Return a function that tells whether a configuration satisfies the formula."""
    match formula:
        case Within():
            return _truth_within(formula.slot, tuple(formula.mask.tolist()))
        case Relation():
            return _truth_of_relation(formula)
        case Rows():
            return _truth_of_rows(formula)
        case All():
            return _truth_of_all([truth(part) for part in formula.parts])
        case Some():
            return _truth_of_some([truth(part) for part in formula.parts])


def along(formula: Formula, slot: int, cells: Cells, count: int) -> Any:
    """Return which of the `count` cells of `slot` satisfy the formula, the other slots as in `cells`.

    The answer is a mask, or a plain truth where the cell of `slot` does not matter.
    """
    match formula:
        case Within():
            return formula.mask if formula.slot == slot else bool(formula.mask[cells[formula.slot]])
        case All():
            result: Any = True
            for part in formula.parts:
                result = result & along(part, slot, cells, count)
                if result is False:
                    break
            return result
        case Some():
            result = False
            for part in formula.parts:
                result = result | along(part, slot, cells, count)
                if result is True:
                    break
            return result
        case Relation():
            return _relation_along(formula, slot, cells, count)
        case Rows():
            return _rows_along(formula, slot, cells)


def _formulas_of(axis: Axis) -> tuple[Formula, ...]:
    if isinstance(axis, TruthAxis):
        return (axis.formula,)
    return tuple(term for term, _ in axis.terms) if isinstance(axis, SumAxis) else ()


def _projected_axis(axis: Axis, representatives: Sequence[Positions]) -> Axis:
    match axis:
        case SlotAxis():
            return SlotAxis(axis.slot, axis.positions[representatives[axis.slot]])
        case TruthAxis():
            return TruthAxis(projected(axis.formula, representatives))
        case SumAxis():
            return SumAxis(tuple((projected(term, representatives), amount) for term, amount in axis.terms), axis.sums)


def _truth_within(slot: int, mask: tuple[bool, ...]) -> Truth:
    return lambda cells: mask[cells[slot]]


def _truth_of_all(tests: Sequence[Truth]) -> Truth:
    if len(tests) == 2:
        first, second = tests
        return lambda cells: first(cells) and second(cells)
    return lambda cells: all(test(cells) for test in tests)


def _truth_of_some(tests: Sequence[Truth]) -> Truth:
    if len(tests) == 2:
        first, second = tests
        return lambda cells: first(cells) or second(cells)
    return lambda cells: any(test(cells) for test in tests)


def position_of(axis: Axis) -> Callable[[Cells], int]:
    """Return a function from a configuration to its position along the axis."""
    match axis:
        case SlotAxis():
            slot, positions = axis.slot, tuple(axis.positions.tolist())
            return lambda cells: positions[cells[slot]]
        case TruthAxis():
            test = truth(axis.formula)
            return lambda cells: 1 if test(cells) else 0
        case SumAxis():
            terms = [(truth(term), amount) for term, amount in axis.terms]
            places = {total: place for place, total in enumerate(axis.sums)}
            return lambda cells: places[sum((amount for term, amount in terms if term(cells)), Fraction(0))]


def _truth_of_relation(relation: Relation) -> Truth:
    table = relation.table.tobytes()
    if len(relation.axes) == 2 and all(isinstance(axis, SlotAxis) for axis in relation.axes):
        first, second = relation.axes
        assert isinstance(first, SlotAxis) and isinstance(second, SlotAxis)
        width = relation.table.shape[1]
        rows = tuple((first.positions * width).tolist())
        columns = tuple(second.positions.tolist())
        slot, other = first.slot, second.slot
        return lambda cells: table[rows[cells[slot]] + columns[cells[other]]]
    strides = [int(np.prod(relation.table.shape[index + 1 :])) for index in range(len(relation.axes))]
    places = [(position_of(axis), stride) for axis, stride in zip(relation.axes, strides, strict=True)]
    return lambda cells: table[sum(place(cells) * stride for place, stride in places)]


def _truth_of_rows(rows: Rows) -> Truth:
    columns = [(slot, row_sets(mask)) for slot, mask in zip(rows.slots, rows.masks, strict=True)]

    def matches(cells: Cells) -> bool:
        left = -1
        for slot, sets in columns:
            left &= sets[cells[slot]]
        return left != 0

    return matches


def row_sets(mask: Mask) -> tuple[int, ...]:
    """Return for each cell the set of rows that take it, row r as bit r."""
    return tuple(
        int.from_bytes(np.packbits(mask[:, cell], bitorder="little").tobytes(), "little")
        for cell in range(mask.shape[1])
    )


def _relation_along(relation: Relation, slot: int, cells: Cells, count: int) -> Any:
    moving = [index for index, axis in enumerate(relation.axes) if slot in _slots_of(axis)]
    if len(moving) == 1 and isinstance(moved := relation.axes[moving[0]], SlotAxis):
        places: list[Any] = [
            moved.positions if index == moving[0] else position_of(axis)(cells)
            for index, axis in enumerate(relation.axes)
        ]
        return relation.table[tuple(places)]
    test = truth(relation)
    if not moving:
        return bool(test(cells))
    changed = list(cells)
    answers = np.empty(count, bool)
    for cell in range(count):
        changed[slot] = cell
        answers[cell] = test(changed)
    return answers


def _slots_of(axis: Axis) -> frozenset[int]:
    if isinstance(axis, SlotAxis):
        return frozenset((axis.slot,))
    return frozenset[int]().union(*(slots_read(formula) for formula in _formulas_of(axis)))


def _rows_along(rows: Rows, slot: int, cells: Cells) -> Any:
    left = np.ones(len(rows.masks[0]), bool) if rows.masks else np.ones(1, bool)
    moving: list[Mask] = []
    for other, mask in zip(rows.slots, rows.masks, strict=True):
        if other == slot:
            moving.append(mask)
        else:
            left &= mask[:, cells[other]]
    if not moving:
        return bool(left.any())
    possible = np.logical_and.reduce(moving)
    return possible[left].any(axis=0)


def renumbered(formula: Formula, slots: Mapping[int, int]) -> Formula:
    """Return the formula over other numbers of the same slots: slot s has become `slots[s]`."""
    match formula:
        case Within():
            return Within(slots[formula.slot], formula.mask)
        case Relation():
            return Relation(tuple(_renumbered_axis(axis, slots) for axis in formula.axes), formula.table)
        case Rows():
            return Rows(tuple(slots[slot] for slot in formula.slots), formula.masks)
        case All():
            return All(tuple(renumbered(part, slots) for part in formula.parts))
        case Some():
            return Some(tuple(renumbered(part, slots) for part in formula.parts))


def _renumbered_axis(axis: Axis, slots: Mapping[int, int]) -> Axis:
    match axis:
        case SlotAxis():
            return SlotAxis(slots[axis.slot], axis.positions)
        case TruthAxis():
            return TruthAxis(renumbered(axis.formula, slots))
        case SumAxis():
            return SumAxis(tuple((renumbered(term, slots), amount) for term, amount in axis.terms), axis.sums)
