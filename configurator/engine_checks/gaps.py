"""Gaps in prices over numbers: lines for ranges of a number that leave some numbers between them
without any.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from catalog.expressions.evaluate import Function, function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope
from catalog.findings import Finding
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, PriceLine
from configurator.engine.face.choices import Domain
from configurator.engine.face.examination import Array
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.grids import grids_of
from configurator.engine_checks.words import example_of, joined
from pricing.breakdown import lines_in
from pricing.price_forms import PriceRefused, Reading
from pricing.price_list import PriceList

MOST_NUMBERS = 100_000


def price_gaps(product: Examined, price_lists: Sequence[PriceList]) -> Iterator[Finding]:
    """Return the numbers without a price line between numbers that have one.

    Looked at are the lines whose condition reads one number and nothing else, where no number has
    two of them: such lines are meant as a scale. A number below or above the whole scale may well
    be free.
    """
    scope = Scope.of(product.model)
    told: set[tuple[str, str]] = set()
    for price_list in price_lists:
        by_option: dict[str, list[PriceLine]] = {}
        for line in lines_in(product.model, price_list):
            if (key := _scale_of(product, line, scope)) is not None:
                by_option.setdefault(key, []).append(line)
        for key, scale in by_option.items():
            option = product.model.option_by_key[key]
            numbers = kind_of(option).scale(option)
            if len(scale) > 1 and numbers is not None and len(numbers) > MOST_NUMBERS:
                yield _not_examined(option, scale)
                continue
            holds = [
                function_of(when)
                for line in scale
                for when in Reading(line, product.model, scope).conditions
            ]
            runs = _gaps(option, product.deduction.domains[key], holds) if len(scale) > 1 else []
            sentence = _sentence(option, scale, runs)
            if runs and (key, sentence) not in told:
                told.add((key, sentence))
                yield Finding(
                    "warning",
                    "price-gap",
                    f"price_lines/{scale[0].key}/when",
                    sentence,
                    example_of({key: runs[0][0]}),
                    also=tuple(f"price_lines/{line.key}/when" for line in scale[1:]),
                    about=tuple(f"{_plain(first)}..{_plain(last)}" for first, last in runs),
                )


def grids_not_examined(product: Examined, price_lists: Sequence[PriceList]) -> Iterator[Finding]:
    """Return a note for each set of lines over two numbers that has too many combinations to look
    for gaps in it.
    """
    scope = Scope.of(product.model)
    told: set[tuple[str, ...]] = set()
    for price_list in price_lists:
        for grid in grids_of(product.model, lines_in(product.model, price_list), scope):
            keys = tuple(line.key for line in grid.lines)
            if grid.is_too_large and keys not in told:
                told.add(keys)
                yield _not_examined(grid.options[0], grid.lines, grid.options[1])


def _not_examined(
    option: Option, lines: Sequence[PriceLine], other: Option | None = None
) -> Finding:
    named = f"'{option.label}'" if other is None else f"'{option.label}' and '{other.label}'"
    return Finding(
        "note",
        "not-examined",
        f"price_lines/{lines[0].key}/when",
        f"Whether {joined([line.key for line in lines])} leave a gap between them was not looked at: there are too "
        f"many numbers of {named}.",
        about=("gaps", *(line.key for line in lines)),
    )


def _scale_of(product: Examined, line: PriceLine, scope: Scope) -> str | None:
    """Return the number option that the condition of the line reads, if it reads nothing else."""
    if line.when is None or line.is_bound:
        return None
    reading = Reading(line, product.model, scope)
    try:
        read = frozenset[str]().union(*map(reads, reading.conditions))
    except PriceRefused:
        return None
    keys = [key for key in read if kind_of(product.model.option_by_key[key]).is_stepped]
    return keys[0] if len(read) == 1 and keys else None


def _gaps(option: Option, domain: Domain, tests: Sequence[Function]) -> list[tuple[Choice, Choice]]:
    """Return the runs of possible values between the first and the last covered one that no test
    covers.
    """
    kind = kind_of(option)
    declared = kind.scale(option)
    assert declared is not None
    count = len(declared)
    numbers = [kind.at_number(declared.at(place)) for place in range(count)]
    covered: Array = np.zeros(count, np.int64)
    for holds in tests:
        covered += np.array([bool(holds({option.key: number})) for number in numbers])
    if (covered > 1).any() or not covered.any():
        return []
    first, last = np.flatnonzero(covered)[[0, -1]].tolist()
    open_here = [
        first <= place <= last and not covered[place] and domain.allows(number)
        for place, number in enumerate(numbers)
    ]
    ends = np.flatnonzero(np.diff(np.array(open_here, np.int8), prepend=0, append=0)).tolist()
    return [
        (numbers[start], numbers[stop - 1])
        for start, stop in zip(ends[::2], ends[1::2], strict=True)
    ]


def _plain(value: Choice) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _sentence(
    option: Option, scale: Sequence[PriceLine], runs: Sequence[tuple[Choice, Choice]]
) -> str:
    unit = f" {option.number.unit}" if option.number and option.number.unit else ""
    ends = [(_plain(first), _plain(last)) for first, last in runs]
    told = joined(
        [f"{first}{unit}" if first == last else f"{first} to {last}{unit}" for first, last in ends]
    )
    return (
        f"No price line of {joined([line.key for line in scale])} holds for '{option.label}' at {told}, though they do "
        "below and above. Let the ranges touch, or say with a rule that these are not sold."
    )
