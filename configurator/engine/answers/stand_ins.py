"""What an option has instead of a default that no longer fits: the nearest number, or a value that
costs the same.

Prices are those of the version's own lines: what is shown may not depend on the price list somebody
looks at.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel
from configurator.engine.solver.compiled import Compiled


def stand_ins(compiled: Compiled, option: Option) -> tuple[tuple[int, Choice], ...]:
    """Return the class and value of each answer that may stand in for the default of `option`, the
    best first.

    Of a number the nearest, of two the lesser. Of a choice those that cost what the default does,
    the next in order first and round to the beginning; then the others, the cheapest first.
    """
    known: dict[str, tuple[tuple[int, Choice], ...]] = compiled.latest.setdefault("stand_ins", {})
    if option.key not in known:
        found = (
            _numbers(compiled, option) if kind_of(option).is_stepped else _values(compiled, option)
        )
        known[option.key] = tuple(found)
    return known[option.key]


def _numbers(compiled: Compiled, option: Option) -> Iterator[tuple[int, Choice]]:
    slot, kind = compiled.slots.of_option[option.key], kind_of(option)
    wanted = None if option.default is None else kind.cell(option, option.default)
    if wanted is None:
        return
    classes = compiled.classes
    firsts, sizes = classes.first[slot.index].tolist(), classes.sizes[slot.index].tolist()
    none = classes.none(slot)
    # The classes of a number are runs of its steps.
    nearest = (
        (cell, min(max(wanted, first), first + size - 1))
        for cell, (first, size) in enumerate(zip(firsts, sizes, strict=True))
        if cell != none
    )
    for cell, place in sorted(nearest, key=lambda each: (abs(each[1] - wanted), each[1])):
        if place != wanted:
            value = kind.value_at(option, place)
            assert value is not None
            yield cell, value


def _values(compiled: Compiled, option: Option) -> Iterator[tuple[int, Choice]]:
    keys = [value.key for value in option.values]
    if not kind_of(option).is_single or option.default not in keys:
        return
    place = keys.index(str(option.default))
    turned = [*keys[place + 1 :], *keys[:place]]
    prices = _prices(compiled.model, option)
    wanted = prices[keys[place]]
    same = [key for key in turned if prices[key] == wanted]
    others = sorted((key for key in keys if prices[key] != wanted), key=lambda key: prices[key])
    for key in (*same, *others):
        for _, cell in compiled.cells_of(option, key):
            yield cell, key


def _prices(model: ProductModel, option: Option) -> dict[str, Decimal]:
    """Return what the version's own lines say each value costs; the same for all where a formula
    says it.
    """
    prices = {value.key: Decimal(0) for value in option.values}
    for line in model.price_lines:
        if line.option == option.key and line.price_list is None:
            for key in prices:
                try:
                    prices[key] += Decimal(line.amounts.get(key, "0"))
                except InvalidOperation:
                    return dict.fromkeys(prices, Decimal(0))
    return prices
