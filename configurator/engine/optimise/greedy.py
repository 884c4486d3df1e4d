"""A configuration that is likely to be good, found without proving anything: what is wanted is
taken one by one.
"""

from collections.abc import Sequence

from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Budget, Search, Undecided

MOST_CONFLICTS = 20_000
MOST_TRIED = 400


def greedy(
    compiled: Compiled, assumptions: Sequence[int], wanted: Sequence[tuple[int, int]]
) -> list[int] | None:
    """Return the class of each slot in a configuration with the literals `assumptions`; None where
    none was found.

    Of the `wanted` (slot, class), the first are had where that is possible, then the next beside
    them, as far as MOST_TRIED and MOST_CONFLICTS reach. A solver of its own makes the answer the
    same in every process.
    """
    search = Search(compiled.search.program)
    taken = list(assumptions)
    found: list[int] | None = None
    with search.asking(Budget(MOST_CONFLICTS)):
        try:
            if not search.solvable(taken):
                return None
            found = search.witness().tolist()
            for slot, kind in wanted[:MOST_TRIED]:
                literal = compiled.literal(slot, kind)
                if found[slot] != kind:
                    if not search.solvable([*taken, literal]):
                        continue
                    found = search.witness().tolist()
                taken.append(literal)
        except Undecided:
            pass
    return found
