"""Which class of a slot leaves all others the most room, where there is one that does so by all
that is demanded.

It is a hint for the solver and nothing more: a configuration with room is one step away from many
others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    All,
    Axis,
    Computed,
    Formula,
    Relation,
    Rows,
    SlotAxis,
    Some,
    SumAxis,
    TruthAxis,
    Within,
    slots_read,
)


class Room:
    """How well classes of the `slots` serve `constraints`; slot s has the classes from `offsets[s]`
    on.
    """

    def __init__(
        self, constraints: Iterable[Formula], slots: Collection[int], offsets: Sequence[int]
    ) -> None:
        self._offsets = offsets
        self._unknown: set[int] = set()
        served: dict[int, list[Array]] = {slot: [] for slot in slots}
        for constraint in constraints:
            self._add(served, constraint)
        # By slot: a row for each part of a constraint that reads it, a column for each class. More
        # is better.
        self._served = {
            slot: np.array(rows, float)
            for slot, rows in served.items()
            if rows and slot not in self._unknown
        }
        self._latest: tuple[bytes, Mapping[int, int]] = (b"", {})

    def most(self, out: Array) -> Mapping[int, int]:
        """Return by slot its class (by its place in the list of all) that serves all constraints
        best, if one does.

        `out` marks classes that are not to be had.
        """
        key = out.tobytes()
        if self._latest[0] != key:
            found: dict[int, int] = {}
            for slot, served in self._served.items():
                own = slice(self._offsets[slot], self._offsets[slot + 1])
                left = np.where(out[own], -np.inf, served)
                best = (left == left.max(axis=1, keepdims=True)).all(axis=0)
                if best.any() and not best.all():
                    found[slot] = own.start + int(best.argmax())
            self._latest = (key, found)
        return self._latest[1]

    def _add(self, served: Mapping[int, list[Array]], formula: Formula) -> None:
        match formula:
            case All() | Some():
                for part in formula.parts:
                    self._add(served, part)
            case Within():
                if formula.slot in served:
                    served[formula.slot].append(formula.mask)
            case Rows():
                self._unknown.update(formula.slots)
            case Relation() | Computed():
                for index, axis in enumerate(formula.axes):
                    self._add_axis(served, axis, _served_along(formula, index))

    def _add_axis(self, served: Mapping[int, list[Array]], axis: Axis, along: Array | None) -> None:
        match axis:
            case TruthAxis():
                self._unknown.update(slots_read(axis.formula))
            case SlotAxis():
                if along is None:
                    self._unknown.add(axis.slot)
                elif axis.slot in served:
                    served[axis.slot].append(along[axis.positions])
            case SumAxis():
                rises = (
                    0.0
                    if along is None
                    else float(np.sign(along[axis.positions[-1]] - along[axis.positions[0]]))
                )
                for share, amounts in axis.shares:
                    if isinstance(share, TruthAxis):
                        self._unknown.update(slots_read(share.formula))
                    elif share.slot in served:
                        served[share.slot].append(np.array(amounts, float)[share.positions] * rises)


def _served_along(leaf: Relation | Computed, index: int) -> Array | None:
    """Return how well each position along an axis serves a comparison; None where that depends on
    the others.
    """
    if isinstance(leaf, Relation):
        shares: Array = leaf.table.mean(
            axis=tuple(axis for axis in range(leaf.table.ndim) if axis != index)
        )
        return shares
    computation = leaf.computation
    way = computation.ways[index]
    if way is None:
        return None
    # Where `left - right` rises, `<` and `<=` can only turn false.
    is_worse = (computation.comparison.operator in ("<", "<=")) == leaf.holds
    return np.arange(computation.lengths[index]) * (-way if is_worse else way)
