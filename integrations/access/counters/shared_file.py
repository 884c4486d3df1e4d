"""Counts in a file that all processes of one machine hold in memory; a lock lets one of them count
at a time.

In an SQLite database every call would wait for the disk, and for everybody else who writes.
"""

import fcntl
import mmap
import os
import threading
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from struct import Struct

from django.conf import settings

from catalog.limits import Charge

FILE = "limits.bin"
# Digest of the name, when the window began and ends, what is used. Of several counts that want the
# same slot, that which ends first goes once all of a row are taken.
SLOT = Struct("<16sQQq")
SLOTS, ROW = 32_768, 8


class FileCounters:
    """Counts in `DATA_DIR/limits.bin`; what it takes on the disk is fixed, and it outlives nothing
    that is worth keeping.
    """

    away = (OSError,)

    def __init__(self, path: Path | None = None, slots: int = SLOTS) -> None:
        self._path = path or settings.DATA_DIR / FILE
        self._rows = slots // ROW
        self._lock = threading.Lock()
        self._file, self._of = -1, 0
        self._bytes: mmap.mmap | None = None

    def add(self, charges: Sequence[Charge]) -> Mapping[str, int]:
        """Return what each comes to."""
        with self._lock:
            # A lock of the file is one of a process: a forked one opens the file anew.
            if self._of != os.getpid():
                self._open()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                return {each.name: self._added(each) for each in charges}
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _open(self) -> None:
        size = self._rows * ROW * SLOT.size
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size != size:
            os.ftruncate(self._file, size)
        self._bytes = mmap.mmap(self._file, size)
        self._of = os.getpid()

    def _added(self, charge: Charge) -> int:
        digest = blake2b(charge.name.encode(), digest_size=16).digest()
        first = int.from_bytes(digest[:4]) % self._rows * ROW * SLOT.size
        assert self._bytes is not None
        oldest, at = 2**64, first
        for place in range(first, first + ROW * SLOT.size, SLOT.size):
            found, began, ends, used = SLOT.unpack_from(self._bytes, place)
            if found == digest:
                at = place
                break
            if ends < oldest:
                oldest, at = ends, place
        else:
            began, used = 0, 0
        if charge.began > began:
            began, used = charge.began, max(charge.more, 0)
        elif charge.began == began or charge.more > 0:
            used += charge.more
        SLOT.pack_into(self._bytes, at, digest, began, began + charge.window, used)
        return int(used)
