"""Formulas into clauses: relations become the largest boxes they forbid, tables a selector per row, sums a chain.

Every encoding allows exactly the configurations the formula allows; new variables are defined by what they stand for.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from configurator.engine.clauses import Clauses, SlotLiterals
from configurator.engine.exact import Array
from configurator.engine.formulas import (
    All,
    Axis,
    Formula,
    Mask,
    Positions,
    Relation,
    Rows,
    SlotAxis,
    Some,
    SumAxis,
    TruthAxis,
    Within,
    denied,
)

MAX_BOXES = 50_000
_SCAN = 1 << 16


class TooScattered(Exception):
    """A relation whose forbidden combinations form so many patches that clauses about them would fill the memory."""


class Encoder:
    """Writes formulas over `slots` (their literals, by index) into `clauses`."""

    def __init__(self, clauses: Clauses, slots: Sequence[SlotLiterals]) -> None:
        self.clauses = clauses
        self.slots = slots
        self._sums: dict[int, SlotLiterals] = {}
        self._kept: list[SumAxis] = []

    def require(self, formula: Formula, otherwise: Sequence[int] = ()) -> None:
        """Add clauses that say: the formula holds, or one of the literals `otherwise`."""
        match formula:
            case All():
                for part in formula.parts:
                    self.require(part, otherwise)
            case Within():
                found = self.clauses.any_of(self.slots[formula.slot], formula.mask)
                if found is not None:
                    self.clauses.add([*otherwise, *found])
            case Relation():
                self._require_relation(formula, otherwise)
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
        owner, self.clauses.owner = self.clauses.owner, -1
        self.require(formula, [-literal])
        self.require(denied(formula), [literal])
        self.clauses.owner = owner
        return literal

    def _implied_by_new(self, formula: Formula) -> int:
        """Return a new literal that can hold only if the formula does."""
        literal = self.clauses.variable()
        owner, self.clauses.owner = self.clauses.owner, -1
        self.require(formula, [-literal])
        self.clauses.owner = owner
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
        larger.sort(key=_weight)
        for part in larger[:-1]:
            literals.append(self._implied_by_new(part))
        self.require(larger[-1], literals)

    def _require_rows(self, rows: Rows, otherwise: Sequence[int]) -> None:
        count = len(rows.masks[0])
        selectors = [self.clauses.variable() for _ in range(count)]
        self.clauses.add([*otherwise, *selectors])
        for slot, mask in zip(rows.slots, rows.masks, strict=True):
            literals = self.slots[slot]
            for selector, row in zip(selectors, mask, strict=True):
                found = self.clauses.any_of(literals, row)
                if found is not None:
                    self.clauses.add([-selector, *found], structure=True)
            for cell in range(mask.shape[1]):
                taking = np.flatnonzero(mask[:, cell])
                if len(taking) < count:
                    self.clauses.add([*otherwise, -literals.cells[cell], *(selectors[row] for row in taking.tolist())])

    def _require_relation(self, relation: Relation, otherwise: Sequence[int]) -> None:
        axes = [self._axis_literals(axis) for axis in relation.axes]
        ordered = [
            bool(literals.at_least) and (positions is None or bool((np.diff(positions) >= 0).all()))
            for literals, positions in axes
        ]
        for number, box in enumerate(forbidden_boxes(~relation.table, ordered)):
            if number == MAX_BOXES:
                raise TooScattered
            clause = list(otherwise)
            for (literals, positions), inside in zip(axes, box, strict=True):
                outside = ~inside if positions is None else ~inside[positions]
                clause.extend(self.clauses.any_of(literals, outside) or ())
            self.clauses.add(clause)

    def _axis_literals(self, axis: Axis) -> tuple[SlotLiterals, Positions | None]:
        """Return the literals of an axis, with the position of each of its cells where they are not the same."""
        match axis:
            case SlotAxis():
                return self.slots[axis.slot], axis.positions
            case TruthAxis():
                literal = self.defined(axis.formula)
                return SlotLiterals([-literal, literal]), None
            case SumAxis():
                return self._sum(axis), None

    def _sum(self, axis: SumAxis) -> SlotLiterals:
        """Return the literals of a sum: partial sums term by term, each defined by the one before."""
        found = self._sums.get(id(axis))
        if found is not None:
            return found
        owner, self.clauses.owner = self.clauses.owner, -1
        known: dict[Fraction, int | None] = {Fraction(0): None}  # None: certainly so
        for place, (term, amount) in enumerate(axis.terms):
            literal = self.defined(term)
            totals = sorted({total + extra for total in known for extra in (Fraction(0), amount)})
            after: dict[Fraction, int | None] = {total: self.clauses.variable() for total in totals}
            if place == len(axis.terms) - 1:
                slot = self.clauses.slot_variables(len(totals))
                after = dict(zip(totals, slot.cells, strict=True))
                self.clauses.exactly_one(slot, ordered=True)
                self._sums[id(axis)] = slot
                self._kept.append(axis)  # so that its id stays its own
            self._chain(known, after, literal, amount)
            known = after
        self.clauses.owner = owner
        return self._sums[id(axis)]

    def _chain(
        self, before: dict[Fraction, int | None], after: dict[Fraction, int | None], literal: int, amount: Fraction
    ) -> None:
        for total, now in after.items():
            assert now is not None
            for extra, premise in ((Fraction(0), literal), (amount, -literal)):
                # `premise` fails exactly where the term adds `extra`.
                if total - extra in before:
                    earlier = before[total - extra]
                    self.clauses.add([premise, now, *([] if earlier is None else [-earlier])])
                    if earlier is not None:
                        self.clauses.add([premise, -now, earlier])
                else:
                    self.clauses.add([premise, -now])


def _weight(formula: Formula) -> int:
    match formula:
        case Relation():
            return 2 + formula.table.size
        case Rows():
            return 2 + formula.masks[0].size
        case All() | Some():
            return sum(_weight(part) for part in formula.parts)
        case _:
            return 1


def forbidden_boxes(forbidden: Mask, ordered: Sequence[bool]) -> Iterator[tuple[Mask, ...]]:
    """Return boxes (a mask for each axis) that together cover exactly the cells marked in `forbidden`.

    Each box is grown as far as it goes from the first cell not covered yet, along the longest axis first; along an
    ordered axis it is a run.
    """
    order = sorted(range(forbidden.ndim), key=lambda axis: forbidden.shape[axis])
    table = np.ascontiguousarray(forbidden.transpose(order))
    kinds = [ordered[axis] for axis in order]
    back = [order.index(axis) for axis in range(forbidden.ndim)]
    open_cells = table.copy()
    flat = open_cells.reshape(-1)
    ends = _run_ends(table) if kinds[-1] else None
    start = 0
    while start < flat.size:
        stop = start + _SCAN
        step = int(flat[start:stop].argmax())
        if not flat[start + step]:
            start = stop
            continue
        start += step
        seed = tuple(int(place) for place in np.unravel_index(start, table.shape))
        box = _grown(table, ends, kinds, seed)
        open_cells[tuple(box) if all(isinstance(part, slice) for part in box) else _mesh(box, table.shape)] = False
        masks = [np.zeros(length, bool) for length in table.shape]
        for mask, part in zip(masks, box, strict=True):
            mask[part] = True
        yield tuple(masks[place] for place in back)


type Part = slice | Positions


def _grown(table: Mask, ends: Array | None, kinds: Sequence[bool], seed: tuple[int, ...]) -> list[Part]:
    last = table.ndim - 1
    box: list[Part] = [slice(place, place + 1) for place in seed]
    box[last] = _reach(table[seed[:-1]], seed[last], kinds[last])
    reach = box[last]
    if ends is not None and isinstance(reach, slice):
        inside = ends[..., reach.start] >= reach.stop
    else:
        inside = table[..., reach].all(axis=-1)
    for axis in range(last - 1, -1, -1):
        parts: list[Part | slice] = [*box[:axis], slice(None), *box[axis + 1 : last]]
        lines = (
            inside[tuple(parts)]
            if all(isinstance(part, slice) for part in parts)
            else inside[_mesh(parts, inside.shape)]
        )
        others = tuple(other for other in range(last) if other != axis)
        box[axis] = _reach(lines.all(axis=others), seed[axis], kinds[axis])
    return box


def _reach(line: Mask, seed: int, run: bool) -> Part:
    """Return all marked places of a line, or only the run around `seed`."""
    if not run:
        return np.flatnonzero(line)
    gaps = np.flatnonzero(~line)
    place = int(np.searchsorted(gaps, seed))
    first = int(gaps[place - 1]) + 1 if place else 0
    return slice(first, int(gaps[place]) if place < len(gaps) else len(line))


def _run_ends(table: Mask) -> Array:
    """Return for each cell where the run of marked cells along the last axis that holds it ends (0 outside of runs)."""
    length = table.shape[-1]
    stops = np.where(table, length, np.arange(length))
    return np.where(table, np.minimum.accumulate(stops[..., ::-1], axis=-1)[..., ::-1], 0).astype(np.int32)


def _mesh(parts: Sequence[Part], shape: Sequence[int]) -> tuple[Array, ...]:
    return np.ix_(*(np.arange(length)[part] for part, length in zip(parts, shape, strict=True)))
