"""What a rule demands of slots: small formulas whose leaves are tables over cells, denials pushed
into the leaves.

A configuration is a sequence that holds one cell for each slot. `truth` makes a fast test of one
configuration out of a formula; `along` tests all cells of one slot at once, the others as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from configurator.engine.constraints.computed import Computation
from configurator.engine.constraints.marks import Marks

type Cells = Sequence[int]
type Mask = npt.NDArray[np.bool_]
type Positions = npt.NDArray[np.int64]
type Truth = Callable[[Cells], Any]
type Array = npt.NDArray[Any]

FEW_KINDS = 16
# How many bits the sets of rows may have that are kept, all together.
MOST_TAKING = 1 << 28


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
    """An axis of sums of amounts, one of each share: a share is an axis with the amount at each of
    its positions.

    `totals` are all sums there can be, ascending, `positions` tells the position of each. Amounts
    and totals are whole: a total stands for itself divided by `scale`.
    """

    shares: tuple[tuple[SlotAxis | TruthAxis, tuple[int, ...]], ...]
    totals: Positions
    positions: Positions
    scale: int = 1


type Axis = SlotAxis | TruthAxis | SumAxis


@dataclass(frozen=True, eq=False)
class Relation:
    """The positions along all axes together are marked in `table`."""

    axes: tuple[Axis, ...]
    table: Mask

    def __reduce__(self) -> tuple[Any, ...]:
        return Relation, (self.axes, self.table)

    @cached_property
    def places(self) -> list[Callable[[Cells], int]]:
        """For each axis: a function from a configuration to its position along it."""
        return [position_of(axis) for axis in self.axes]

    @cached_property
    def slots_along(self) -> list[frozenset[int]]:
        """For each axis: the slots that it depends on."""
        return [_slots_of(axis) for axis in self.axes]

    @cached_property
    def _sums(self) -> dict[tuple[int, int], tuple[Callable[[Cells], int], Positions]]:
        return {}

    def sums_along(self, index: int, slot: int, cells: Cells) -> Positions:
        """Return the positions along a sum for all cells of a slot that is a share of it, the
        others as in `cells`.
        """
        axis = self.axes[index]
        assert isinstance(axis, SumAxis)
        found = self._sums.get((index, slot))
        if found is None:
            own = [
                np.array(amounts, np.int64)[share.positions]
                for share, amounts in axis.shares
                if isinstance(share, SlotAxis) and share.slot == slot
            ]
            found = self._sums[index, slot] = (_total_of(axis, slot), np.sum(own, axis=0))
        total, moved = found
        return axis.positions[np.searchsorted(axis.totals, moved + total(cells))]


@dataclass(frozen=True, eq=False)
class Computed:
    """The positions along all axes together satisfy (without `holds`: do not satisfy) what is
    computed from them.
    """

    axes: tuple[Axis, ...]
    computation: Computation
    holds: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        return Computed, (self.axes, self.computation, self.holds)

    @cached_property
    def places(self) -> list[Callable[[Cells], int]]:
        """For each axis: a function from a configuration to its position along it."""
        return [position_of(axis) for axis in self.axes]

    @cached_property
    def slots_along(self) -> list[frozenset[int]]:
        """For each axis: the slots that it depends on."""
        return [_slots_of(axis) for axis in self.axes]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some row matches: of slot `slots[i]`, row `r` takes the cells that `marks[i]` tells of entry
    `kinds[i][r]`.
    """

    slots: tuple[int, ...]
    marks: tuple[Marks, ...]
    kinds: tuple[Positions, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return Rows, (self.slots, self.marks, self.kinds)

    def __len__(self) -> int:
        return len(self.kinds[0])

    @cached_property
    def _taking(self) -> dict[tuple[int, int], int]:
        return {}

    def taking(self, column: int, cell: int) -> int:
        """Return the set of rows that take the cell in a column, row r as bit r."""
        found = self._taking.get((column, cell))
        if found is None:
            if len(self._taking) * len(self) > MOST_TAKING:
                self._taking.clear()
            marked = np.packbits(
                self.marks[column].marking(cell)[self.kinds[column]], bitorder="little"
            )
            found = self._taking[column, cell] = int.from_bytes(marked.tobytes(), "little")
        return found

    def matching(self, cells: Cells, columns: Sequence[int]) -> int:
        """Return the set of rows that take what `cells` has in the `columns`."""
        left = (1 << len(self)) - 1
        for column in columns:
            left &= self.taking(column, cells[self.slots[column]])
        return left

    def numbers(self, rows: int) -> Positions:
        """Return the numbers of the rows in a set."""
        packed = np.frombuffer(rows.to_bytes((len(self) + 7) // 8, "little"), np.uint8)
        return np.flatnonzero(np.unpackbits(packed, bitorder="little"))

    def taken(self, column: int, rows: Positions) -> Mask:
        """Return the cells of a column that some of the rows, given by their numbers, takes."""
        own = np.zeros(len(self.marks[column]), bool)
        own[self.kinds[column][rows]] = True
        return self.marks[column].of_any(own)

    def taking_any(self, allowed: Sequence[Mask]) -> Positions:
        """Return the numbers of the rows that take in each column one of the cells marked in
        `allowed`, ascending.
        """
        fits = [marks.marking_any(mask) for marks, mask in zip(self.marks, allowed, strict=True)]
        sizes = [
            int(counts[fit].sum()) for (_, counts, _), fit in zip(self._by_kind, fits, strict=True)
        ]
        first = min(range(len(fits)), key=sizes.__getitem__)
        rows = self._of_kinds(first, fits[first])
        for column in sorted(range(len(fits)), key=sizes.__getitem__):
            if column != first and sizes[column] < len(self):
                rows = rows[fits[column][self.kinds[column][rows]]]
        return rows

    @cached_property
    def _by_kind(self) -> list[tuple[Positions, Positions, Positions]]:
        """For each column: the numbers of all rows kind by kind, how many there are of each, and
        where they begin.
        """
        found: list[tuple[Positions, Positions, Positions]] = []
        for marks, kinds in zip(self.marks, self.kinds, strict=True):
            counts = np.bincount(kinds, minlength=len(marks))
            found.append(
                (
                    np.argsort(kinds, kind="stable").astype(np.int32),
                    counts,
                    np.cumsum(counts) - counts,
                )
            )
        return found

    def _of_kinds(self, column: int, wanted: Mask) -> Positions:
        """Return the numbers of the rows of the kinds `wanted` in a column."""
        if wanted.all():
            return np.arange(len(self))
        rows, counts, starts = self._by_kind[column]
        if np.count_nonzero(wanted) > FEW_KINDS:
            return np.flatnonzero(wanted[self.kinds[column]])
        parts = [
            rows[starts[kind] : starts[kind] + counts[kind]]
            for kind in np.flatnonzero(wanted).tolist()
        ]
        return np.sort(np.concatenate([rows[:0], *parts])).astype(np.int64)


@dataclass(frozen=True, eq=False)
class All:
    """All parts hold. A part may stand in several places (a derived value does): formulas are
    graphs, not trees.
    """

    parts: tuple["Formula", ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return All, (self.parts,)

    @cached_property
    def shared(self) -> frozenset[int]:
        """The identities of parts, below this one, that stand in several places."""
        return _shared(self)

    @cached_property
    def denial(self) -> "Formula":
        """The denial, made once, so that what is shared stays so."""
        return _linked(self, some_of([denied(part) for part in self.parts]))


@dataclass(frozen=True, eq=False)
class Some:
    """Some part holds. A part may stand in several places, as in `All`."""

    parts: tuple["Formula", ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return Some, (self.parts,)

    @cached_property
    def shared(self) -> frozenset[int]:
        """The identities of parts, below this one, that stand in several places."""
        return _shared(self)

    @cached_property
    def denial(self) -> "Formula":
        """The denial, made once, so that what is shared stays so."""
        return _linked(self, all_of([denied(part) for part in self.parts]))


def _shared(formula: All | Some) -> frozenset[int]:
    seen: set[int] = set()
    found: set[int] = set()
    waiting: list[All | Some] = [formula]
    while waiting:
        for part in waiting.pop().parts:
            if isinstance(part, (All, Some)) and part.parts:
                if id(part) in seen:
                    found.add(id(part))
                else:
                    seen.add(id(part))
                    waiting.append(part)
    return frozenset(found)


def _linked(formula: All | Some, denial: "Formula") -> "Formula":
    """Return the denial of a formula, having noted that the formula is the denial of that."""
    if isinstance(denial, (All, Some)) and denial.parts:
        denial.__dict__.setdefault("denial", formula)
    return denial


type Formula = Within | Relation | Computed | Rows | All | Some

TRUE = All(())
FALSE = Some(())


def all_of(parts: Sequence[Formula]) -> Formula:
    """Return the conjunction, flattened."""
    flat = [below for part in parts for below in (part.parts if isinstance(part, All) else (part,))]
    if any(isinstance(part, Some) and not part.parts for part in flat):
        return FALSE
    flat = list(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def some_of(parts: Sequence[Formula]) -> Formula:
    """Return the disjunction, flattened."""
    flat = [
        below for part in parts for below in (part.parts if isinstance(part, Some) else (part,))
    ]
    if any(isinstance(part, All) and not part.parts for part in flat):
        return TRUE
    flat = list(dict.fromkeys(flat))
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
        case Computed():
            return Computed(formula.axes, formula.computation, not formula.holds)
        case All() | Some():
            return formula.denial
        case Rows():
            raise TypeError("rows of a table are never denied")


def leaves(formula: Formula) -> Iterator[Within | Relation | Computed | Rows]:
    """Return all leaves, those inside the axes of relations included; of what is shared only once."""
    return _leaves(formula, set())


def _leaves(formula: Formula, seen: set[int]) -> Iterator[Within | Relation | Computed | Rows]:
    match formula:
        case All() | Some():
            if id(formula) not in seen:
                seen.add(id(formula))
                for part in formula.parts:
                    yield from _leaves(part, seen)
        case Relation() | Computed():
            yield formula
            for axis in formula.axes:
                for below in _formulas_of(axis):
                    yield from _leaves(below, seen)
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
            found.update(axis.slot for axis in _plain_axes(leaf.axes) if isinstance(axis, SlotAxis))
    return frozenset(found)


type Known = dict[int, Formula]
"""What a formula, known by its identity, has become: what is shared is made once."""


def projected(
    formula: Formula, representatives: Sequence[Positions], known: Known | None = None
) -> Formula:
    """Return the formula over merged cells: cell i of slot s stands for all that are like
    `representatives[s][i]`.

    What several formulas share stays shared where they are handed the same `known`.
    """
    known = {} if known is None else known
    match formula:
        case Within():
            return within(formula.slot, formula.mask[representatives[formula.slot]])
        case Relation():
            axes = tuple(_projected_axis(axis, representatives, known) for axis in formula.axes)
            return Relation(axes, formula.table)
        case Computed():
            axes = tuple(_projected_axis(axis, representatives, known) for axis in formula.axes)
            return Computed(axes, formula.computation, formula.holds)
        case Rows():
            marks = [
                own.projected(representatives[slot])
                for slot, own in zip(formula.slots, formula.marks, strict=True)
            ]
            return without_repeats(formula.slots, marks, formula.kinds)
    found = known.get(id(formula))
    if found is None:
        parts = [projected(part, representatives, known) for part in formula.parts]
        found = known[id(formula)] = all_of(parts) if isinstance(formula, All) else some_of(parts)
    return found


def without_repeats(
    slots: tuple[int, ...], marks: Sequence[Marks], kinds: Sequence[Positions]
) -> Rows:
    """Return rows as given, of those that say the same only the first; likewise entries of columns."""
    kept: list[Marks] = []
    merged: list[Positions] = []
    for own, kind in zip(marks, kinds, strict=True):
        different, numbers = own.without_repeats()
        kept.append(different)
        merged.append(numbers[kind])
    order = np.lexsort(merged)
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for kind in merged:
        changes[1:] |= kind[order[1:]] != kind[order[:-1]]
    # lexsort is stable: the first of equal rows is the first in the table.
    rows = np.sort(order[changes])
    return Rows(slots, tuple(kept), tuple(kind[rows] for kind in merged))


def truth(formula: Formula) -> Truth:
    """Return a function that tells whether a configuration satisfies the formula."""
    match formula:
        case Within():
            return _truth_within(formula.slot, tuple(formula.mask.tolist()))
        case Relation():
            return _truth_of_relation(formula)
        case Computed():
            return _truth_of_computed(formula)
        case Rows():
            return _truth_of_rows(formula)
        case All() | Some() if formula.shared:
            return _truth_of_graph(formula)
        case All():
            return _truth_of_all([truth(part) for part in formula.parts])
        case Some():
            return _truth_of_some([truth(part) for part in formula.parts])


def along(formula: Formula, slot: int, cells: Cells, count: int) -> Any:
    """Return which of the `count` cells of `slot` satisfy the formula, the other slots as in
    `cells`.

    The answer is a mask, or a plain truth where the cell of `slot` does not matter.
    """
    match formula:
        case Within():
            return formula.mask if formula.slot == slot else bool(formula.mask[cells[formula.slot]])
        case All() | Some() if formula.shared:
            return _in_graph(
                formula, formula.shared, {}, lambda leaf: along(leaf, slot, cells, count)
            )
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
        case Computed():
            return _computed_along(formula, slot, cells, count)
        case Rows():
            return _rows_along(formula, slot, cells)


def _in_graph(
    formula: Formula,
    shared: frozenset[int],
    known: dict[int, Any],
    of_leaf: Callable[[Formula], Any],
) -> Any:
    """Return what `of_leaf` tells of all leaves put together (a mask, or a plain truth), of shared
    parts once.
    """
    if not isinstance(formula, (All, Some)):
        return of_leaf(formula)
    if id(formula) in known:
        return known[id(formula)]
    is_all = isinstance(formula, All)
    result: Any = is_all
    for part in formula.parts:
        own = _in_graph(part, shared, known, of_leaf)
        result = result & own if is_all else result | own
        if result is not is_all and isinstance(result, bool):
            break
    if id(formula) in shared:
        known[id(formula)] = result
    return result


def across(formula: Formula, moved: Mapping[int, Positions], cells: Cells) -> Any:
    """Return where the formula holds with the cells `moved` of some slots, broadcast together,
    others as in `cells`.

    A table's rows may read only one of these slots. The answer is a mask, or a plain truth.
    """
    match formula:
        case Within():
            return formula.mask[
                moved[formula.slot] if formula.slot in moved else cells[formula.slot]
            ]
        case All() | Some() if formula.shared:
            return _in_graph(formula, formula.shared, {}, lambda leaf: across(leaf, moved, cells))
        case All():
            result: Any = True
            for part in formula.parts:
                result = result & across(part, moved, cells)
            return result
        case Some():
            result = False
            for part in formula.parts:
                result = result | across(part, moved, cells)
            return result
        case Relation():
            return formula.table[tuple(_places_across(axis, moved, cells) for axis in formula.axes)]
        case Computed():
            places = [np.asarray(_places_across(axis, moved, cells)) for axis in formula.axes]
            return (
                formula.computation.at([np.atleast_1d(place) for place in places]) == formula.holds
            )
        case Rows():
            slot = next((slot for slot in formula.slots if slot in moved), None)
            if slot is None:
                return formula.matching(cells, range(len(formula.slots))) != 0
            return _rows_along(formula, slot, cells)[moved[slot]]


def _places_across(axis: Axis, moved: Mapping[int, Positions], cells: Cells) -> Any:
    match axis:
        case SlotAxis():
            return axis.positions[moved[axis.slot] if axis.slot in moved else cells[axis.slot]]
        case TruthAxis():
            return np.asarray(across(axis.formula, moved, cells)).astype(np.int64)
        case SumAxis():
            total: Any = 0
            for share, amounts in axis.shares:
                total = total + np.array(amounts, np.int64)[_places_across(share, moved, cells)]
            return axis.positions[np.searchsorted(axis.totals, total)]


def _formulas_of(axis: Axis) -> tuple[Formula, ...]:
    if isinstance(axis, TruthAxis):
        return (axis.formula,)
    if isinstance(axis, SumAxis):
        return tuple(share.formula for share, _ in axis.shares if isinstance(share, TruthAxis))
    return ()


def _plain_axes(axes: Sequence[Axis]) -> Iterator[SlotAxis | TruthAxis]:
    """Return the axes, of sums those of their shares."""
    for axis in axes:
        if isinstance(axis, SumAxis):
            yield from (share for share, _ in axis.shares)
        else:
            yield axis


def slot_positions(axes: Sequence[Axis]) -> Iterator[tuple[int, Array]]:
    """Return the slots that the axes read directly, each with something that tells apart what
    matters of its cells.
    """
    for axis in axes:
        if isinstance(axis, SlotAxis):
            yield axis.slot, axis.positions
        elif isinstance(axis, SumAxis):
            for share, amounts in axis.shares:
                if isinstance(share, SlotAxis):
                    yield share.slot, np.array(amounts, np.int64)[share.positions]


def _projected_axis(axis: Axis, representatives: Sequence[Positions], known: Known) -> Axis:
    match axis:
        case SlotAxis():
            return SlotAxis(axis.slot, axis.positions[representatives[axis.slot]])
        case TruthAxis():
            return TruthAxis(projected(axis.formula, representatives, known))
        case SumAxis():
            shares = tuple(
                (_projected_share(share, representatives, known), amounts)
                for share, amounts in axis.shares
            )
            return SumAxis(shares, axis.totals, axis.positions, axis.scale)


def _projected_share(
    axis: SlotAxis | TruthAxis, representatives: Sequence[Positions], known: Known
) -> SlotAxis | TruthAxis:
    found = _projected_axis(axis, representatives, known)
    assert not isinstance(found, SumAxis)
    return found


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


def _truth_of_graph(formula: All | Some) -> Truth:
    """Return a test that looks at what is shared once for each configuration."""
    places = {part: place for place, part in enumerate(formula.shared)}
    test = _test_in_graph(formula, places, {})
    nothing = (None,) * len(places)
    return lambda cells: test(cells, list(nothing))


type _GraphTest = Callable[[Cells, list[bool | None]], bool]


def _test_in_graph(
    formula: Formula, places: Mapping[int, int], made: dict[int, _GraphTest]
) -> _GraphTest:
    """Return a test of a part; it notes what it finds of shared parts, at their `places`, for
    others to read.
    """
    if not isinstance(formula, (All, Some)):
        plain = truth(formula)
        return lambda cells, found: bool(plain(cells))
    known = made.get(id(formula))
    if known is not None:
        return known
    tests = [_test_in_graph(part, places, made) for part in formula.parts]
    otherwise = isinstance(formula, All)

    def test(cells: Cells, found: list[bool | None]) -> bool:
        for each in tests:
            if each(cells, found) is not otherwise:
                return not otherwise
        return otherwise

    place = places.get(id(formula))
    if place is None:
        made[id(formula)] = test
        return test

    def noted(cells: Cells, found: list[bool | None]) -> bool:
        answer = found[place]
        if answer is None:
            answer = found[place] = test(cells, found)
        return answer

    made[id(formula)] = noted
    return noted


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
            total = _total_of(axis, None)
            places = dict(zip(axis.totals.tolist(), axis.positions.tolist(), strict=True))
            return lambda cells: places[total(cells)]


def _total_of(axis: SumAxis, without: int | None) -> Callable[[Cells], int]:
    """Return a function from a configuration to the sum, the shares of the slot `without` left out."""
    of_slots: list[tuple[int, tuple[int, ...]]] = []
    others: list[tuple[Truth, int, int]] = []
    for share, amounts in axis.shares:
        if isinstance(share, TruthAxis):
            others.append((truth(share.formula), amounts[0], amounts[1]))
        elif share.slot != without:
            of_slots.append(
                (share.slot, tuple(amounts[place] for place in share.positions.tolist()))
            )
    if not others:
        return lambda cells: sum([amounts[cells[slot]] for slot, amounts in of_slots])
    return lambda cells: (
        sum([amounts[cells[slot]] for slot, amounts in of_slots])
        + sum([yes if test(cells) else no for test, no, yes in others])
    )


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
    strides = [
        int(np.prod(relation.table.shape[index + 1 :])) for index in range(len(relation.axes))
    ]
    places = [
        (position_of(axis), stride) for axis, stride in zip(relation.axes, strides, strict=True)
    ]
    return lambda cells: table[sum(place(cells) * stride for place, stride in places)]


def _truth_of_computed(formula: Computed) -> Truth:
    places, test, holds = formula.places, formula.computation.test, formula.holds
    return lambda cells: test([place(cells) for place in places]) == holds


def _truth_of_rows(rows: Rows) -> Truth:
    columns = list(enumerate(rows.slots))
    taking, everything = rows.taking, (1 << len(rows)) - 1

    def matches(cells: Cells) -> bool:
        left = everything
        for column, slot in columns:
            left &= taking(column, cells[slot])
        return left != 0

    return matches


def _relation_along(relation: Relation, slot: int, cells: Cells, count: int) -> Any:
    moving = [index for index, slots in enumerate(relation.slots_along) if slot in slots]
    if len(moving) == 1 and isinstance(moved := relation.axes[moving[0]], SlotAxis):
        places: list[Any] = [
            moved.positions if index == moving[0] else place(cells)
            for index, place in enumerate(relation.places)
        ]
        return relation.table[tuple(places)]
    if (
        len(moving) == 1
        and isinstance(moved, SumAxis)
        and not any(slot in slots_read(f) for f in _formulas_of(moved))
    ):
        places = [
            relation.sums_along(index, slot, cells) if index == moving[0] else place(cells)
            for index, place in enumerate(relation.places)
        ]
        return relation.table[tuple(places)]
    return _one_by_one(truth(relation), slot if moving else None, cells, count)


def _computed_along(formula: Computed, slot: int, cells: Cells, count: int) -> Any:
    moving = [index for index, slots in enumerate(formula.slots_along) if slot in slots]
    if len(moving) == 1 and isinstance(moved := formula.axes[moving[0]], SlotAxis):
        point = [
            0 if index == moving[0] else place(cells) for index, place in enumerate(formula.places)
        ]
        line = formula.computation.line(point, moving[0], moved.positions)
        return line if formula.holds else ~line
    return _one_by_one(truth(formula), slot if moving else None, cells, count)


def _one_by_one(test: Truth, slot: int | None, cells: Cells, count: int) -> Any:
    """Return what `test` says of each of the `count` cells of `slot`; without a slot, what it says
    of `cells`.
    """
    if slot is None:
        return bool(test(cells))
    changed = list(cells)
    answers = np.empty(count, bool)
    for cell in range(count):
        changed[slot] = cell
        answers[cell] = test(changed)
    return answers


def _slots_of(axis: Axis) -> frozenset[int]:
    direct = frozenset(each.slot for each in _plain_axes([axis]) if isinstance(each, SlotAxis))
    return direct.union(*(slots_read(formula) for formula in _formulas_of(axis)))


def _rows_along(rows: Rows, slot: int, cells: Cells) -> Any:
    still = [column for column, other in enumerate(rows.slots) if other != slot]
    moving = [column for column, other in enumerate(rows.slots) if other == slot]
    left = rows.matching(cells, still)
    if len(moving) == 1:
        return rows.taken(moving[0], rows.numbers(left))
    if not moving:
        return left != 0
    found = rows.numbers(left)
    marked = np.zeros(rows.marks[moving[0]].cells, bool)
    for own in set(zip(*(rows.kinds[column][found].tolist() for column in moving), strict=True)):
        marked |= np.logical_and.reduce(
            [rows.marks[column].of(kind) for column, kind in zip(moving, own, strict=True)]
        )
    return marked


def renumbered(formula: Formula, slots: Mapping[int, int], known: Known | None = None) -> Formula:
    """Return the formula over other numbers of the same slots: slot s has become `slots[s]`.

    What several formulas share stays shared where they are handed the same `known`.
    """
    known = {} if known is None else known
    match formula:
        case Within():
            return Within(slots[formula.slot], formula.mask)
        case Relation():
            return Relation(
                tuple(_renumbered_axis(axis, slots, known) for axis in formula.axes), formula.table
            )
        case Computed():
            axes = tuple(_renumbered_axis(axis, slots, known) for axis in formula.axes)
            return Computed(axes, formula.computation, formula.holds)
        case Rows():
            return Rows(tuple(slots[slot] for slot in formula.slots), formula.marks, formula.kinds)
    found = known.get(id(formula))
    if found is None:
        parts = tuple(renumbered(part, slots, known) for part in formula.parts)
        found = known[id(formula)] = All(parts) if isinstance(formula, All) else Some(parts)
    return found


def _renumbered_axis(axis: Axis, slots: Mapping[int, int], known: Known) -> Axis:
    if isinstance(axis, SumAxis):
        shares = tuple(
            (_renumbered_share(share, slots, known), amounts) for share, amounts in axis.shares
        )
        return SumAxis(shares, axis.totals, axis.positions, axis.scale)
    return _renumbered_share(axis, slots, known)


def _renumbered_share(
    axis: SlotAxis | TruthAxis, slots: Mapping[int, int], known: Known
) -> SlotAxis | TruthAxis:
    if isinstance(axis, SlotAxis):
        return SlotAxis(slots[axis.slot], axis.positions)
    return TruthAxis(renumbered(axis.formula, slots, known))
