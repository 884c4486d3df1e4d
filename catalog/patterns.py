"""Merchants' regular expressions, run on shoppers' texts in time that grows only with their length.

RE2 has no backtracking, so no pattern can be made slow by a text; look-around and back-references
do not exist in it.
"""

from functools import lru_cache
from typing import Any

import re2

from catalog.errors import Refusal

MAX_LENGTH = 500
_MEMORY = 1 << 20


class PatternRefused(Refusal):
    """A regular expression that cannot be read, or that is too large."""

    slug = "pattern-refused"
    title = "The pattern cannot be used"


def fits(pattern: str, text: str) -> bool:
    """Tell whether the whole of `text` matches `pattern`; refuse with PatternRefused."""
    try:
        return compiled(pattern).fullmatch(text) is not None
    except UnicodeEncodeError:
        # Half of a surrogate pair is no character, so nothing matches it.
        return False


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return `pattern` compiled by RE2; refuse with PatternRefused what it does not take."""
    if len(pattern) > MAX_LENGTH:
        raise PatternRefused(
            f"The pattern has {len(pattern)} characters; at most {MAX_LENGTH} are taken."
        )
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        why = error.args[0] if error.args else ""
        told = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        raise PatternRefused(f"The pattern cannot be read: {told}.") from error
