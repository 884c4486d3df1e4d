"""Sums over many options, step by step: which partial sums are alike, since all that can follow
leads to the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import Positions, SumAxis

MAX_TOTALS = 20_000
MAX_STEPS = 4_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One summand of a sum, between two rows of states.

    `levels` are the different amounts it may add, ascending, `level_of` the level of each position
    of its axis. From state `s` the amount at level `k` leads to state `following[s, k]` of the next
    row; both states and what follows ascend with the partial sum.
    """

    levels: Array
    level_of: Positions
    following: Array


def totals_of(amounts: Sequence[Sequence[int]]) -> Array | None:
    """Return all sums of one amount of each list, ascending; None where they, or the way to them,
    are too many.
    """
    totals = np.zeros(1, np.int64)
    steps = 0
    for each in amounts:
        levels = np.unique(np.array(each, np.int64))
        steps += len(totals) * len(levels)
        if steps > MAX_STEPS:
            return None
        totals = np.unique(np.add.outer(totals, levels))
        if len(totals) > MAX_TOTALS:
            return None
    return totals


def steps_of(axis: SumAxis) -> list[Step]:
    """Return the steps of a sum from its first summand to its last; the states after that are the
    axis's positions.

    Partial sums are merged from the end: two are one state where every amount leads both to the
    same next state. Source of the idea: Abío, Nieuwenhuis, Oliveras, Rodríguez-Carbonell, "BDDs for
    pseudo-Boolean constraints - revisited", SAT 2011.
    """
    rows = [np.zeros(1, np.int64)]
    levels: list[Array] = []
    level_of: list[Positions] = []
    for _, amounts in axis.shares:
        found, of_position = np.unique(np.array(amounts, np.int64), return_inverse=True)
        levels.append(found)
        level_of.append(of_position.reshape(-1))
        rows.append(np.unique(np.add.outer(rows[-1], found)))
    steps: list[Step] = []
    states = axis.positions[np.searchsorted(axis.totals, rows[-1])]
    for place in reversed(range(len(levels))):
        reached = np.add.outer(rows[place], levels[place])
        following = states[np.searchsorted(rows[place + 1], reached)]
        changes = np.ones(len(following), bool)
        changes[1:] = (following[1:] != following[:-1]).any(axis=1)
        steps.append(Step(levels[place], level_of[place], following[changes]))
        states = np.cumsum(changes) - 1
    return steps[::-1]
