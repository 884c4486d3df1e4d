"""What is found out when somebody looks at it, and says so by its type."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from functools import cached_property


class Lazy[Item](Mapping[str, Item]):
    """A mapping by key that `make` returns, called when somebody first looks into it and never
    again.

    Whoever only carries it along costs the engine nothing. Threads may share it: at worst both find
    out the same.
    """

    def __init__(self, make: Callable[[], Mapping[str, Item]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, Item]:
        return self._make()

    @property
    def is_made(self) -> bool:
        """Somebody has looked into it, so that the next look asks nothing."""
        return "_made" in self.__dict__

    def __getitem__(self, key: str) -> Item:
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def items(self) -> ItemsView[str, Item]:
        """Return the view of what was made, which is quicker than one of this."""
        return self._made.items()

    def values(self) -> ValuesView[Item]:
        """Return the view of what was made, which is quicker than one of this."""
        return self._made.values()
