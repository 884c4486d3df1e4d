"""How much a question may take: each time it is asked again more, since it then waits for an
answer.

A solver that is stopped throws away most of what it learnt, so the same small allowance over and
over leads nowhere.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from catalog.product_model import Choice
from configurator.engine.solver.search import MOST_TO_BEGIN, Budget

TIMES = 4
MOST_KEPT = 1_000

type _Asked = frozenset[tuple[str, Choice]]


class Patience:
    """The budgets of one product's questions, by choices; threads may share it.

    The first time a question has what its caller says, after each time that left something open
    TIMES as much, up to MOST_TO_BEGIN. So it is settled within a total that is known, or never.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left_open: OrderedDict[_Asked, int] = OrderedDict()

    def __reduce__(self) -> tuple[type["Patience"], tuple[()]]:
        return Patience, ()

    def budget(self, choices: Mapping[str, Choice], first: int) -> Budget:
        """Return what a question about `choices` may take, `first` conflicts where it is new."""
        with self._lock:
            tries = self._left_open.get(frozenset(choices.items()), 0)
        return Budget(min(first * TIMES**tries, max(first, MOST_TO_BEGIN)))

    def left_open(self, choices: Mapping[str, Choice]) -> None:
        """Note that a question about `choices` left something open: the next time it may take more."""
        key = frozenset(choices.items())
        with self._lock:
            self._left_open[key] = self._left_open.pop(key, 0) + 1
            if len(self._left_open) > MOST_KEPT:
                self._left_open.popitem(last=False)
