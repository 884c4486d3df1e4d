"""Which list everybody gets in a currency, and whether a change would leave them without one."""

from collections.abc import Sequence
from datetime import datetime

from catalog.errors import NotFound
from pricing.in_force import Tariff, in_force
from pricing.price_list import PriceList


def lost(
    before: Sequence[PriceList], after: Sequence[PriceList], at: datetime
) -> list[tuple[str, str]]:
    """Return each currency in which everybody gets a list `before` and none follows `after`, with a
    sentence.

    That is so at the time `at`, and when a default begins that is planned and would be one no
    longer. A default is followed by a default alone: an only list serves until there is another.
    """
    found = []
    for currency in sorted({each.currency for each in before}):
        kept = {each.key for each in after if _is_default(each, currency)}
        planned = {
            each.valid_from
            for each in before
            if _is_default(each, currency)
            and each.key not in kept
            and each.valid_from
            and each.valid_from > at
        }
        for moment in (at, *sorted(planned)):
            old, new = _served(before, currency, moment), _served(after, currency, moment)
            if old is not None and (new is None or (old.is_default and not new.is_default)):
                found.append((currency, _told(old, currency, moment if moment > at else None)))
                break
    return found


def _is_default(price_list: PriceList, currency: str) -> bool:
    return (
        price_list.is_default and price_list.currency == currency and not any(price_list.audience)
    )


def _served(lists: Sequence[PriceList], currency: str, at: datetime) -> PriceList | None:
    """Return the list that everybody gets in a currency, None where there is none or it is not
    clear which.
    """
    try:
        found = in_force(Tariff(tuple(lists)), currency, at)
    except NotFound:
        return None
    return None if found.because == "none" else found.price_list


def _told(price_list: PriceList, currency: str, moment: datetime | None) -> str:
    when = f" from {moment.isoformat()} on" if moment else ""
    return (
        f"'{price_list.key}' is the list that everybody gets in {currency}{when}, and products are sold at it. "
        "Make another list the default in its place first, or plan both: this one until a time, the other from then on."
    )
