"""Entity tags as they come back: servers between us and the caller mark those of answers that they
packed.

Source: RFC 9110, 8.8.3 and 13.1. nginx makes `"a"` weak, `W/"a"`; Apache and caddy write
`"a-gzip"`.
"""

import re

ANY = "*"
_TAG = r'(?:W/)?"[!#-~]*"'
LIST = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_MARK = re.compile(r'(?:--?|;)(?:gzip|br|zstd|deflate)"$')


def tags_in(header: str) -> list[str]:
    """Return the tags of an `If-Match` or `If-None-Match`, strong and without the mark of a packed
    answer.
    """
    return [_MARK.sub('"', tag.removeprefix("W/")) for tag in re.findall(_TAG, header)]


def is_named(tag: str, header: str | None) -> bool:
    """Tell whether a header names `tag`, or any tag at all."""
    return header is not None and (header.strip() == ANY or tag in tags_in(header))
