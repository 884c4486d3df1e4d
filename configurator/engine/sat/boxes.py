"""Boxes of marked cells in a table of any number of axes: as large as they can be, and together all
that is marked.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import Mask, Positions

_SCAN = 1 << 16


def forbidden_boxes(forbidden: Mask, ordered: Sequence[bool]) -> Iterator[tuple[Mask, ...]]:
    """Return boxes (a mask for each axis) that together cover exactly the cells marked in
    `forbidden`.

    Each box is grown as far as it goes from the first cell not covered yet, along the longest axis
    first; along an ordered axis it is a run.
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
        box = grown(table, ends, kinds, seed)
        open_cells[
            tuple(box) if all(isinstance(part, slice) for part in box) else _mesh(box, table.shape)
        ] = False
        masks = [np.zeros(length, bool) for length in table.shape]
        for mask, part in zip(masks, box, strict=True):
            mask[part] = True
        yield tuple(masks[place] for place in back)


type Part = slice | Positions


def grown(
    table: Mask, ends: Array | None, kinds: Sequence[bool], seed: tuple[int, ...]
) -> list[Part]:
    """Return the box around `seed` in `table`, grown along the last axis first, where `kinds` says
    so as a run.

    `ends` may tell where runs along the last axis end.
    """
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
    """Return for each cell where the run of marked cells along the last axis that holds it ends (0
    outside of runs).
    """
    length = table.shape[-1]
    stops = np.where(table, length, np.arange(length))
    return np.where(table, np.minimum.accumulate(stops[..., ::-1], axis=-1)[..., ::-1], 0).astype(
        np.int32
    )


def _mesh(parts: Sequence[Part], shape: Sequence[int]) -> tuple[Array, ...]:
    return np.ix_(*(np.arange(length)[part] for part, length in zip(parts, shape, strict=True)))
