"""Boxes cover what they should and nothing else; clauses about slots mean what they say."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.solvers import Minisat22

from configurator.engine.sat.boxes import forbidden_boxes
from configurator.engine.sat.clauses import Clauses


@st.composite
def tables(draw):
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)))
    cells = draw(
        st.lists(st.booleans(), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))
    )
    return np.array(cells, bool).reshape(shape), draw(
        st.lists(st.booleans(), min_size=len(shape), max_size=len(shape))
    )


@given(tables())
def test_boxes_cover_exactly_the_forbidden_cells(case):
    table, ordered = case
    covered = np.zeros_like(table)
    for box in forbidden_boxes(table, ordered):
        covered[np.ix_(*(np.flatnonzero(mask) for mask in box))] = True
        for mask, run in zip(box, ordered, strict=True):
            assert not run or np.abs(np.diff(mask.astype(int), prepend=0, append=0)).sum() == 2
    assert (covered == table).all()


def test_a_staircase_takes_one_box_a_stair():
    table = np.add.outer(np.arange(50), np.arange(60)) > 70
    stairs = sum(1 for _ in forbidden_boxes(table, [True, True]))
    assert stairs == 38


@given(st.integers(1, 9), st.booleans(), st.data())
@settings(max_examples=60)
def test_literals_of_a_mask_hold_exactly_for_its_cells(count, ordered, data):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), bool)
    clauses = Clauses()
    slot = clauses.slot_variables(count)
    clauses.exactly_one(slot, ordered)
    literals = clauses.any_of(slot, mask)
    with Minisat22(bootstrap_with=clauses.clauses) as solver:
        for cell in range(count):
            assert solver.solve([slot.cells[cell]])
            model = set(solver.get_model())
            assert {each for each in range(count) if slot.cells[each] in model} == {cell}
            holds = literals is None or any(literal in model for literal in literals)
            assert holds == bool(mask[cell])


@pytest.mark.parametrize("count", [2, 3, 6, 7, 12])
@pytest.mark.parametrize("ordered", [False, True])
def test_two_cells_of_a_slot_never_hold_together(count, ordered):
    clauses = Clauses()
    slot = clauses.slot_variables(count)
    clauses.exactly_one(slot, ordered)
    with Minisat22(bootstrap_with=clauses.clauses) as solver:
        for one, other in itertools.combinations(slot.cells, 2):
            assert not solver.solve([one, other])
        assert not solver.solve([-cell for cell in slot.cells])
