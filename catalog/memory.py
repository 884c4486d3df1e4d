"""What a process remembers, bounded by its size: maps that forget what was not used for longest.

Every such map is registered, so that `forget_all` empties the process's memory as a restart would.
"""

import gc
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

MEGABYTE = 1_000_000
# Shared by all of a process: none of it belongs to what is remembered.
_SHARED = (type, ModuleType, BuiltinFunctionType, MethodType)
ENTRY_BYTES = 400
"""What the map itself takes for an entry, with its key."""


def size_of(value: Any, apart: Iterable[Any] = ()) -> int:
    """Return about how many bytes `value` takes with all that it refers to, without what `apart`
    does.

    Takes a microsecond for each object. Memory of libraries that is no Python object is not seen.
    """
    seen: set[int] = set()
    seen.add(id(seen))
    _weighed(list(apart), seen)
    return _weighed([value], seen)


def _weighed(waiting: list[Any], seen: set[int]) -> int:
    """Return the bytes of what is `waiting` and all it refers to, but for what was `seen`, which it
    adds to.
    """
    total = 0
    while waiting:
        fresh: list[Any] = []
        for each in waiting:
            if id(each) in seen or isinstance(each, _SHARED):
                continue
            seen.add(id(each))
            total += sys.getsizeof(each)
            # The globals of a function are those of a module; what a compiled expression holds is
            # in the cells.
            fresh += (each.__closure__ or ()) if isinstance(each, FunctionType) else (each,)
        waiting = gc.get_referents(*fresh)
    return total


WEIGHED_AFTER = 64
_MAPS: "weakref.WeakSet[Remembered[Any, Any]]" = weakref.WeakSet()
_FORGETTING: list[Callable[[], None]] = []


def when_forgetting(forget: Callable[[], None]) -> None:
    """Have `forget` called by `forget_all`: for the little that is kept in another way than in a
    map of this module.
    """
    _FORGETTING.append(forget)


def memories() -> "list[Remembered[Any, Any]]":
    """Return all maps of this process."""
    return list(_MAPS)


def forget_all() -> None:
    """Empty all that this process remembers, as a restart would."""
    for each in memories():
        each.clear()
    for forget in _FORGETTING:
        forget()


@dataclass(slots=True)
class _Entry[Answer]:
    weight: int
    answer: Answer
    was_asked: bool = False


class Remembered[Key: Hashable, Answer]:
    """A map of at most `most` bytes, as `weight` tells those of each entry; threads may share it.

    `holds` names what many entries keep alive together, such as their model, and what weighs it:
    that counts once, as long as one of them is there. What `grows` while it is kept is weighed
    again where it is asked for often.
    """

    def __init__(
        self,
        most: int,
        weight: Callable[[Key, Answer], int],
        holds: Callable[[Answer], tuple[Hashable, Callable[[], int]]] | None = None,
        grows: bool = False,
    ) -> None:
        self.most = most
        self._weight = weight
        self._holds = holds
        self._grows = grows
        self._making: dict[Key, threading.Lock] = {}
        self._asked: dict[Key, int] = {}
        self._bytes = 0
        self._kept: OrderedDict[Key, _Entry[Answer]] = OrderedDict()
        # By name: how many entries hold it, and its bytes.
        self._held: dict[Hashable, tuple[int, int]] = {}
        self._lock = threading.Lock()
        _MAPS.add(self)

    @property
    def bytes(self) -> int:
        """How many bytes the entries take together."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Answer | None:
        """Return what is kept under `key`, None where nothing is."""
        found = self._kept.get(key)
        if found is None:
            return None
        # Not moved to the end: that would hash the key once more, and long keys are most of what an
        # answer takes.
        found.was_asked = True
        if self._grows:
            with self._lock:
                asked = self._asked[key] = self._asked.get(key, 0) + 1
            # At 64, 256, 1,024 and so on: to weigh a large product takes as long as dozens of
            # clicks.
            if asked >= WEIGHED_AFTER and asked.bit_count() == 1 and asked.bit_length() % 2:
                self._weigh(key, found.answer)
        return found.answer

    def get_or_make(
        self,
        key: Key,
        make: Callable[[], Answer],
        keep: Callable[[Answer], bool] = lambda answer: True,
    ) -> Answer:
        """Return the answer kept under `key`, or what `make` returns, kept where `keep` says so."""
        found = self.get(key)
        if found is not None:
            return found
        answer = make()
        return self.keep(key, answer) if keep(answer) else answer

    def make_once(self, key: Key, make: Callable[[], Answer]) -> Answer:
        """Return what `get_or_make` does; threads that ask for the same thing at once wait for one
        that makes it.
        """
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                return self.get_or_make(key, make)
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _weigh(self, key: Key, answer: Answer) -> None:
        weight = self._weight(key, answer) + ENTRY_BYTES
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.answer is answer:
                self._bytes += weight - found.weight
                found.weight = weight
                self._fit()

    def keep(self, key: Key, answer: Answer) -> Answer:
        """Keep `answer` and return it, and forget others until all fit; the newest stays, however
        large it is.
        """
        weight = self._weight(key, answer) + ENTRY_BYTES
        name, size = None, 0
        if self._holds is not None:
            name, sized = self._holds(answer)
            size = self._held[name][1] if name in self._held else sized()
        with self._lock:
            self._drop(key)
            self._kept[key] = _Entry(weight, answer)
            self._bytes += weight
            if self._holds is not None:
                count, before = self._held.get(name, (0, size))
                self._bytes += 0 if count else size
                self._held[name] = (count + 1, before)
            self._fit()
        return answer

    def _fit(self) -> None:
        """Forget the oldest until all fit; what was asked for since it came, or stood here last,
        has another round.
        """
        newest = next(reversed(self._kept))
        while self._bytes > self.most and len(self._kept) > 1:
            key = next(iter(self._kept))
            entry = self._kept[key]
            if entry.was_asked or key == newest:
                entry.was_asked = False
                self._kept.move_to_end(key)
            else:
                self._drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._held.clear()
            self._asked.clear()
            self._bytes = 0

    def _drop(self, key: Key) -> None:
        found = self._kept.pop(key, None)
        if found is None:
            return
        self._bytes -= found.weight
        self._asked.pop(key, None)
        if self._holds is not None:
            name, _sized = self._holds(found.answer)
            count, size = self._held.pop(name)
            if count > 1:
                self._held[name] = (count - 1, size)
            else:
                self._bytes -= size
