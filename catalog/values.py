"""What an option takes: a value as somebody typed or sent it, made plain; the same at every door.

An empty text, a text of blanks and an empty list are nothing: the option is left empty.
"""

from typing import Any

from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option


def read_value(
    option: Option, raw: Any, locale: str | None = None, typed: bool = False, wanted: str = ""
) -> Choice:
    """Return `raw`, JSON or text from a form, as a choice for `option`; refuse with Unreadable.

    Nothing is NOTHING, or the empty tuple. A text is read as a number as machines write it, or with
    `typed` as people who read `locale` type it, to whom lengths are shown in the unit `wanted`.
    """
    return kind_of(option).read(option, raw, locale, typed, wanted)


def is_nothing(choice: Choice | None) -> bool:
    """Tell whether a choice says that an option is left empty."""
    return choice is None or choice == NOTHING or choice == ()
