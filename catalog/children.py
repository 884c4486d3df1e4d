"""A Python module run in a process of its own, with limits of memory and time: native code that reads
what strangers send cannot be stopped otherwise.

`answered` is the caller's end, `limited` what the module calls first.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# Some libraries begin as many threads as there are processors, each with memory of its own.
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}


class ChildEnded(Exception):
    """A process took more time or memory than it may, or broke down; `slow` says that it was time."""

    def __init__(self, slow: bool) -> None:
        super().__init__("too slow" if slow else "too much")
        self.slow = slow


def command_of(module: str) -> tuple[str, ...]:
    """Return the command that runs a module of ours."""
    return sys.executable, "-m", module


def answered(command: Sequence[str], content: bytes, seconds: float) -> bytes:
    """Return what a command writes when it reads `content`; raises ChildEnded where it writes
    nothing whole.
    """
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(  # noqa: S603 (this very Python, and a module of ours)
            command,
            input=content,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, **_ALONE, "PYTHONPATH": os.pathsep.join(paths)},
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise ChildEnded(slow=True) from slow
    if done.returncode:
        raise ChildEnded(slow=False)
    return done.stdout


def limited(memory: int, seconds: int) -> bytes:
    """Return what this process is to read, once it may take no more than `memory` bytes of addresses
    and so many seconds of the processor.
    """
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return sys.stdin.buffer.read()
