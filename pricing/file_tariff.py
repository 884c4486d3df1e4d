"""What would become of a merchant's prices if what a product file says of them were taken, and how
that is told.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from catalog.differences import part_differences
from catalog.errors import Malformed
from pricing.in_force import ExchangeRate, ListAmount, Tariff, TaxRate, overlaps, write_row
from pricing.price_list import PriceList, whole_price_list
from pricing.product_file import ProductFile


def taken_in(kept: Tariff, file: ProductFile) -> Tariff:
    """Return `kept` with what `file` says of prices; what the file does not mention stays.

    A default list of the merchant that would hold beside one of the file is the default no longer.
    Refuses with Malformed a list whose currency would change, and terms that cannot stand together.
    """
    lists = {each.key: each for each in kept.price_lists}
    for index, each in enumerate(file.price_lists):
        lists[each.key] = _taken_list(
            lists.get(each.key), each, file.mentioned.get(each.key), index
        )
    named = {each.key for each in file.price_lists}
    defaults = [
        lists[key] for key in named if lists[key].is_default and not any(lists[key].audience)
    ]
    for key, each in lists.items():
        if (
            key not in named
            and each.is_default
            and any(overlaps([each, other]) for other in defaults)
        ):
            lists[key] = replace(each, is_default=False)
    return Tariff(
        tuple(lists.values()),
        _by(_place_of_amount, kept.list_amounts, file.list_amounts),
        _by(_place_of_exchange, kept.exchange_rates, file.exchange_rates),
        _by(_place_of_tax, kept.tax_rates, file.tax_rates),
        kept.revisions,
    )


def only_adds(kept: Tariff, taken: Tariff) -> bool:
    """Return whether `taken` has all that `kept` has, as it is there."""
    return all(set(_rows(kept)[name]) <= set(_rows(taken)[name]) for name in _NAMES)


def tariff_differences(kept: Tariff, taken: Tariff) -> tuple[str, ...]:
    """Return one sentence for each price list, amount and rate of `taken` that is new or other than
    in `kept`.
    """
    return tuple(_told(kept, taken))


_NAMES = ("price_lists", "list_amounts", "exchange_rates", "tax_rates")


def _rows(tariff: Tariff) -> Mapping[str, tuple[Any, ...]]:
    return {name: getattr(tariff, name) for name in _NAMES}


def _taken_list(
    known: PriceList | None, told: PriceList, mentioned: Iterable[str] | None, index: int
) -> PriceList:
    if known is None:
        return told
    if known.currency != told.currency:
        raise _misfit(
            f"/price_lists/{index}/currency",
            f"the amounts of '{told.key}' are in {known.currency}; give the list another key",
        )
    if mentioned is None:
        return told
    try:
        return replace(known, **{name: getattr(told, name) for name in mentioned})
    except ValueError as error:
        raise _misfit(
            f"/price_lists/{index}", f"with what is kept of '{told.key}': {error}"
        ) from None


def _misfit(pointer: str, detail: str) -> Malformed:
    return Malformed(f"{pointer}: {detail}.", errors=[{"pointer": pointer, "detail": detail}])


def _by[Row](place: Callable[[Row], Hashable], *tables: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows of all `tables`, of those with the same place the last one."""
    return tuple({place(row): row for table in tables for row in table}.values())


def _place_of_amount(row: ListAmount) -> Hashable:
    return row.price_list, row.line, row.value, row.valid_from


def _place_of_exchange(row: ExchangeRate) -> Hashable:
    return row.currency, row.into, row.valid_from


def _place_of_tax(row: TaxRate) -> Hashable:
    return row.tax_class, row.country, row.region, row.valid_from


def _told(kept: Tariff, taken: Tariff) -> Iterator[str]:
    known = {each.key: each for each in kept.price_lists}
    for each in taken.price_lists:
        name = f"Price list '{each.key}'"
        if each.key not in known:
            yield f"{name}: added"
        else:
            yield from part_differences(
                name, whole_price_list(known[each.key]), whole_price_list(each)
            )
    yield from _rows_told(kept.list_amounts, taken.list_amounts, _place_of_amount, _name_of_amount)
    yield from _rows_told(
        kept.exchange_rates, taken.exchange_rates, _place_of_exchange, _name_of_exchange
    )
    yield from _rows_told(kept.tax_rates, taken.tax_rates, _place_of_tax, _name_of_tax)


def _rows_told[Row](
    kept: Iterable[Row],
    taken: Iterable[Row],
    place: Callable[[Row], Hashable],
    name: Callable[[Row], str],
) -> Iterator[str]:
    known = {place(each): each for each in kept}
    for each in taken:
        before = known.get(place(each))
        if before is None:
            yield f"{name(each)}: added"
        else:
            yield from part_differences(name(each), write_row(before), write_row(each))


def _name_of_amount(row: ListAmount) -> str:
    value = f", value '{row.value}'" if row.value else ""
    return f"Amount of line '{row.line}'{value} in price list '{row.price_list}'{_since(row)}"


def _name_of_exchange(row: ExchangeRate) -> str:
    return f"Exchange rate {row.currency} to {row.into}{_since(row)}"


def _name_of_tax(row: TaxRate) -> str:
    place = f"{row.country} {row.region or ''}".strip()
    return f"Tax rate of {place}, class {row.tax_class}{_since(row)}"


def _since(row: Any) -> str:
    return f" from {row.valid_from.isoformat()}" if row.valid_from else ""
