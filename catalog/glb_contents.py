"""Where the cores find the content of a 3D model that a product names by its digest.

A product model names files and does not hold them, and a core opens none. The app says where they
lie; who has files in hand, such as a command or a process that draws, holds them for a while.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from catalog.errors import NotFound

type Source = Callable[[str], bytes]

_NOTHING: Mapping[str, bytes] = {}
_held: ContextVar[Mapping[str, bytes]] = ContextVar("glb_contents", default=_NOTHING)
_sources: list[Source] = []


def register(source: Source) -> None:
    """Have `source` asked for content by its SHA-256; it refuses with NotFound what it lacks."""
    if source not in _sources:
        _sources.append(source)


@contextmanager
def held(contents: Mapping[str, bytes]) -> Iterator[None]:
    """Have `contents`, by their SHA-256, found before all others while the block goes on."""
    token = _held.set({**_held.get(), **contents})
    try:
        yield
    finally:
        _held.reset(token)


def content_of(digest: str) -> bytes:
    """Return the content with this SHA-256; refuses with NotFound where nobody has it."""
    if (content := _held.get().get(digest)) is not None:
        return content
    for source in _sources:
        try:
            return source(digest)
        except NotFound:
            continue
    raise NotFound("The file of this 3D model is not here; upload it again.")
