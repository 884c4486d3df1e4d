"""Choices that were written down under another version: what still exists stays, and what does not
is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.errors import Unreadable
from catalog.kinds.register import kind_of
from catalog.kinds.words import short
from catalog.numbers import is_canonical, nearest
from catalog.product_model import Choice, Option, ProductModel
from catalog.values import is_nothing, read_value
from configurator.choices import MOST_UNKNOWN, chosen

# Farther from a written number than this many times the whole range, nothing is near it.
FAR = 10


@dataclass(frozen=True)
class Lost:
    """Something of written choices that does not exist: the key of the option, and what it was to
    be, as written.

    `now` is the nearest that stands in for it; None where nothing does.
    """

    option: str
    was: str
    now: Choice | None = None


def salvaged(
    model: ProductModel, given: Mapping[str, Any], even_internal: bool = False
) -> tuple[dict[str, Choice | None], tuple[Lost, ...]]:
    """Return the choices of `given` that shoppers may make, or with `even_internal` anybody, and
    what was lost.

    At most MOST_UNKNOWN are told.

    Of a multi-choice only the members that do not exist go, and the nearest number stands in for
    one that is none.
    """
    hidden: frozenset[str] = frozenset() if even_internal else model.internal_options
    choices: dict[str, Choice | None] = {}
    lost: list[Lost] = []
    speaking = model.options_with_a_say
    for option in model.options:
        if option.key not in given or option.key in hidden:
            continue
        raw = given[option.key]
        if raw is None:
            choices[option.key] = None
            continue
        found, gone = _read(option, raw)
        lost += gone
        if found is not None:
            choices[option.key] = chosen(option, found, speaking)
    unknown = [key for key in given if key not in model.option_by_key or key in hidden]
    lost += [Lost(short(key), _written(given[key])) for key in unknown]
    return choices, tuple(lost[:MOST_UNKNOWN])


def _read(option: Option, raw: Any) -> tuple[Choice | None, list[Lost]]:
    if kind_of(option).is_several and isinstance(raw, list):
        known = [member for member in raw if member in option.value_by_key]
        gone = [
            Lost(option.key, short(str(member)))
            for member in raw
            if member not in option.value_by_key
        ]
        return (read_value(option, known) if known or not gone else None), gone
    try:
        return read_value(option, raw), []
    except Unreadable:
        stand_in = _nearest(option, raw)
        return stand_in, [Lost(option.key, _written(raw), stand_in)]


def _nearest(option: Option, raw: Any) -> Decimal | None:
    domain, text = option.number, "" if isinstance(raw, bool) else str(raw)
    if domain is None or not is_canonical(text):
        return None
    number = Decimal(text)
    span = max(domain.last - domain.first, domain.step)
    if not domain.first - FAR * span <= number <= domain.last + FAR * span:
        return None
    near = nearest(((domain.first, domain.last),), domain.step, Fraction(number))
    return min(near, key=lambda each: (abs(each - number), each), default=None)


def _written(raw: Any) -> str:
    text = ", ".join(map(str, raw)) if isinstance(raw, list) else "" if raw is None else str(raw)
    return "" if is_nothing(text) else short(text)
