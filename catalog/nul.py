"""The character NUL, which PostgreSQL keeps in no text: found wherever texts come in, before a
database is asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

NUL = "\0"
SENTENCE = "a text cannot hold the character NUL (U+0000)"
_ESCAPED = b"\\u0000"


def may_hold_nul(body: bytes) -> bool:
    """Tell whether a JSON text may hold the character; where this says no, it does not."""
    return _ESCAPED in body


def places_of_nul(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the JSON pointer of each text of a JSON value that holds the character, or of an object
    for its keys.
    """
    if isinstance(value, str):
        if NUL in value:
            yield pointer
    elif isinstance(value, Mapping):
        if any(NUL in key for key in value):
            yield pointer
        for key, each in value.items():
            if NUL not in key:
                yield from places_of_nul(
                    each, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
                )
    elif isinstance(value, (list, tuple)):
        for place, each in enumerate(value):
            yield from places_of_nul(each, f"{pointer}/{place}")
