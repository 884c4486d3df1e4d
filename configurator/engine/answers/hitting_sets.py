"""Hitting sets of sets that come to light on the way: all minimal ones, in a declared order, the
cheapest first.
"""

import heapq
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

MOST_WAITING = 50_000

type _Cost = tuple[int, int, tuple[int, ...]]


class HittingSets[Part: Hashable]:
    """Iterates over the minimal sets of parts that have something in common with every set there
    is.

    `missed` returns, for a set of parts, a set that has nothing in common with it, None where there
    is no such. It must return the same for the same. The order of answers is that of their costs:
    how many parts, then the sum of their weights, then their places, first by first. `ranks` tells
    weight and place of each part. Best first, as in Reiter, "A theory of diagnosis from first
    principles", 1987.

    After `most` questions to `missed`, or MOST_WAITING sets under consideration, the answers end;
    `is_complete` then tells whether they are all. With `largest` they are all with at most so many
    parts. Questions are counted, not time: the same answers come whatever the machine.
    """

    def __init__(
        self,
        missed: Callable[[Sequence[Part]], Sequence[Part] | None],
        ranks: Mapping[Part, tuple[int, int]],
        most: int,
        largest: int | None = None,
    ) -> None:
        self.is_complete = False
        self.asked = 0
        self._missed = missed
        self._ranks = ranks
        self._most = most
        self._largest = largest

    def __iter__(self) -> Iterator[tuple[Part, ...]]:
        known: list[Sequence[Part]] = []
        found: list[frozenset[Part]] = []
        waiting: list[tuple[_Cost, frozenset[Part]]] = [((0, 0, ()), frozenset())]
        seen = {waiting[0][1]}
        while waiting:
            (count, _, _), chosen = heapq.heappop(waiting)
            if self._largest is not None and count > self._largest:
                break
            if any(each <= chosen for each in found):
                continue
            gap = min((each for each in known if chosen.isdisjoint(each)), key=len, default=None)
            if gap is None:
                if self.asked >= self._most:
                    return
                self.asked += 1
                gap = self._missed(self._sorted(chosen))
                if gap is None:
                    found.append(chosen)
                    yield self._sorted(chosen)
                    continue
                known.append(gap)
            for part in gap:
                larger = chosen | {part}
                if larger not in seen:
                    seen.add(larger)
                    heapq.heappush(waiting, (self._cost(larger), larger))
            if len(seen) > MOST_WAITING:
                return
        self.is_complete = True

    def _sorted(self, parts: frozenset[Part]) -> tuple[Part, ...]:
        return tuple(sorted(parts, key=lambda part: self._ranks[part][1]))

    def _cost(self, parts: frozenset[Part]) -> _Cost:
        ranks = [self._ranks[part] for part in parts]
        return (
            len(ranks),
            sum(weight for weight, _ in ranks),
            tuple(sorted(place for _, place in ranks)),
        )
