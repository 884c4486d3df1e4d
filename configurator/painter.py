"""A process beside the server's that draws pictures: it has a lower priority, a limit of memory, and
is ended where it takes too long.

`Painter` is the server's end, `main` the other. A picture is asked for as a scene and a wish; what
passes between both is what Python keeps its objects as, and nobody else can write there. The process
ends by itself when the server does, or when nobody asked for a while.
"""

import atexit
import contextlib
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from catalog.errors import NotFound
from catalog.glb_contents import held
from configurator.geometry.foreign import models_of
from configurator.geometry.picture_files import Wish, picture_file
from configurator.geometry.scene import Scene

MOST_SECONDS = 20.0
LAST_SECONDS = 30
"""After so many it is ended even where the one that asked is not there any more."""
IDLE_SECONDS = 120.0
MOST_MEMORY = 4 * 1024**3
"""Addresses, not pages: libraries set aside far more than they use."""
NICENESS = 10
_LENGTH = struct.Struct(">?Q")
_ROOT = Path(__file__).resolve().parent.parent


class DrawingFailed(Exception):
    """The process ended, took too long or could not draw; the message says which."""


class Painter:
    """Draws one picture at a time in a process that is started when it is first needed.

    It is handed the files of 3D models with the scene, and opens none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        atexit.register(self.close)

    def draw(self, scene: Scene, wish: Wish, seconds: float = MOST_SECONDS) -> bytes:
        """Return the picture that `wish` asks for; refuses with DrawingFailed."""
        try:
            asked = pickle.dumps((scene, wish, models_of(scene)))
        except NotFound as missing:
            raise DrawingFailed(missing.sentence) from missing
        with self._lock:
            try:
                return self._answer(asked, seconds)
            except (BrokenPipeError, EOFError):
                # It ended since it was last asked, as it does when nobody asks for a while.
                self._end()
            try:
                return self._answer(asked, seconds)
            except (BrokenPipeError, EOFError) as ended:
                self._end()
                raise DrawingFailed("The process that draws ended.") from ended

    def close(self) -> None:
        """End the process, if there is one, whatever it draws; nothing more is drawn."""
        self._is_closed = True
        if (drawing := self._process) is not None:
            drawing.kill()
        with self._lock:
            self._end()

    def _answer(self, asked: bytes, seconds: float) -> bytes:
        if self._is_closed:
            raise DrawingFailed("The server ends.")
        try:
            process = self._process = self._process or _started()
        except OSError as refused:
            raise DrawingFailed(f"No process could be started: {refused}.") from refused
        assert process.stdin is not None and process.stdout is not None
        # It is ended from outside: nothing else stops a library that counts.
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            _write(process.stdin, True, asked)
            is_drawn, content = _read(process.stdout)
        except (BrokenPipeError, EOFError):
            if not timer.is_alive():
                self._end()
                raise DrawingFailed(f"It took more than {seconds:g} seconds.") from None
            raise
        finally:
            timer.cancel()
        if not is_drawn:
            raise DrawingFailed(content.decode())
        return content

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # What was not sent yet is of no use to anybody.
                with contextlib.suppress(OSError):
                    pipe.close()


def _started() -> subprocess.Popen[bytes]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603 (this very Python, and this module)
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Some libraries begin as many threads as there are processors.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )


def _write(pipe: IO[bytes], flag: bool, content: bytes) -> None:
    pipe.write(_LENGTH.pack(flag, len(content)))
    pipe.write(content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> tuple[bool, bytes]:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    flag, length = _LENGTH.unpack(head)
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return flag, content


def main() -> None:
    """Draw what is asked for on the standard input, until it ends or nobody asks for a while."""
    import resource

    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # Nobody asks for the next before the answer, so no more than one is ever read ahead.
    asked, told = os.fdopen(0, "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between.
    os.dup2(2, 1)
    while select.select([asked], [], [], IDLE_SECONDS)[0]:
        try:
            _, content = _read(asked)
        except EOFError:
            return
        # Whoever asked ends it earlier; if nobody is left who would, the system does.
        signal.alarm(LAST_SECONDS)
        try:
            scene, wish, models = pickle.loads(content)  # noqa: S301 (written by the process that started this one)
            with held(models):
                drawn = True, picture_file(scene, wish)
        except Exception as trouble:  # Whatever it is, the other end waits for an answer.
            drawn = False, f"{type(trouble).__name__}: {trouble}".encode()
        signal.alarm(0)
        _write(told, *drawn)


if __name__ == "__main__":
    main()
