"""Pictures of scenes: drawn beside the requests, each of them once, and kept as all made pictures
are.

A request waits a moment at most. What was begun goes on, and whoever asks again finds it. Who asks
for what is being drawn waits for the same; other processes of the machine stand in line by a lock.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from math import inf
from queue import SimpleQueue

from configurator.geometry.picture_files import Wish, picture_fingerprint
from configurator.geometry.scene import Scene
from configurator.painter import MOST_SECONDS, DrawingFailed, Painter
from configurator.pictures import Image, PicturesBusy, folder, keep_made, made_before

_LOG = logging.getLogger(__name__)

MOST_SECONDS_TO_WAIT = 1.0
MOST_ASKED = 12
"""So many are drawn or stand in line in one process; more are refused."""
SECONDS_FAILED = 300.0
"""For so long what could not be drawn is not tried again."""
_LOCKS = 64

painter = Painter()
# No pool: the end of a server waits for all that stands in the line of one.
_line: SimpleQueue[tuple[Future[Image], str, Scene, Wish]] = SimpleQueue()
_hand: threading.Thread | None = None
_asked: dict[str, Future[Image]] = {}
_asking = threading.Lock()
# When each picture failed last; no more than can fail in that time.
_failed: dict[str, float] = {}


class PictureFailed(PicturesBusy):
    """A picture that could not be drawn: asking again helps only much later."""


def scene_picture(scene: Scene, wish: Wish, seconds: float | None = None) -> Image:
    """Return the picture; refuses with PicturesBusy what is not drawn after `seconds`, without them
    after MOST_SECONDS_TO_WAIT.
    """
    name = picture_fingerprint(scene, wish)
    known = made_before(name, wish.media_type)
    if known is not None:
        return known
    try:
        begun = _begun(name, scene, wish)
        return begun.result(MOST_SECONDS_TO_WAIT if seconds is None else seconds)
    except TimeoutError:
        raise PicturesBusy(
            "The picture is being drawn; ask for it again in a moment.", retry_after=1
        ) from None
    except DrawingFailed as failed:
        raise _not_drawn() from failed


def _begun(name: str, scene: Scene, wish: Wish) -> Future[Image]:
    with _asking:
        known = _asked.get(name)
        if known is not None:
            return known
        if len(_asked) >= MOST_ASKED:
            raise PicturesBusy("Please ask for this picture again in a moment.", retry_after=2)
        if time.monotonic() - _failed.get(name, -inf) < SECONDS_FAILED:
            raise _not_drawn()
        begun = _asked[name] = Future()
    begun.add_done_callback(lambda _: _asked.pop(name, None))
    _line.put((begun, name, scene, wish))
    _lend_a_hand()
    return begun


def _lend_a_hand() -> None:
    """Have a thread draw what stands in line; a process that was forked has none yet."""
    global _hand
    with _asking:
        if _hand is None or not _hand.is_alive():
            _hand = threading.Thread(target=_draw_in_turn, name="pictures", daemon=True)
            _hand.start()


def _draw_in_turn() -> None:
    while True:
        begun, name, scene, wish = _line.get()
        try:
            image = _drawn(name, scene, wish)
        except Exception as trouble:  # Whatever it is, those who asked are told.
            begun.set_exception(trouble)
        else:
            begun.set_result(image)


def _drawn(name: str, scene: Scene, wish: Wish) -> Image:
    with _alone(name):
        known = made_before(name, wish.media_type)
        if known is not None:
            # Another process drew it while this one stood in line.
            return known
        try:
            content = painter.draw(scene, wish, MOST_SECONDS)
        except DrawingFailed:
            _LOG.exception("A picture of %s could not be drawn.", scene.product)
            _remember_failed(name)
            raise
        image = Image(name, content, wish.media_type)
        keep_made(image)
        return image


def _not_drawn() -> PictureFailed:
    return PictureFailed(
        "The picture could not be drawn just now; ask for it again later.",
        retry_after=round(SECONDS_FAILED),
    )


def _remember_failed(name: str) -> None:
    """Have the picture wait before it is tried again: those of others come first."""
    with _asking:
        now = time.monotonic()
        for each in [each for each, at in _failed.items() if now - at >= SECONDS_FAILED]:
            del _failed[each]
        _failed[name] = now


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Hold the lock of `name` among the processes of this machine; one that ends lets go of it.

    Where the disk takes no lock, a picture may be drawn twice.
    """
    with ExitStack() as held:
        with suppress(OSError):
            path = folder() / f"{int(name[:8], 16) % _LOCKS}.lock"
            path.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(path.open("wb")), fcntl.LOCK_EX)
        yield
