"""The taxes on an amount, or in one: several of them each rounded by itself, as invoices print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.product_model import Text
from pricing.money import PARTS, WHOLE_OF_RATIO, RoundingMode, in_parts_of, plain
from pricing.price_list import PriceList, TaxPart

type Amount = int | Fraction


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """One tax of a price: its name, its rate in percent, and what it comes to."""

    label: Text | None
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Taxing:
    """How a list makes taxes of amounts: each a part of the amount, above and below the stroke, rounded by itself."""

    parts: tuple[tuple[int, int], ...]
    mode: RoundingMode

    def of(self, units: Amount) -> tuple[Amount, ...]:
        """Return each tax on `units` smallest units, or in them where amounts are gross; of parts of units in parts."""
        if isinstance(units, Fraction):
            return tuple(_lowest(Fraction(each, PARTS)) for each in self.of_row(units * PARTS))
        rounded = WHOLE_OF_RATIO[self.mode]
        return tuple(rounded(units * above, below) for above, below in self.parts)

    def sum_of(self, units: Amount) -> Amount:
        """Return what the taxes on `units`, or in them, come to."""
        if isinstance(units, int) and len(self.parts) == 1:
            above, below = self.parts[0]
            return WHOLE_OF_RATIO[self.mode](units * above, below)
        return sum(self.of(units))

    def of_row(self, units: Amount) -> tuple[int, ...]:
        """Return each tax on `units`, or in them, in whole units."""
        rounded = WHOLE_OF_RATIO[self.mode]
        over, under = units.as_integer_ratio()
        return tuple(rounded(over * above, under * below) for above, below in self.parts)

    def of_rows(self, rows: Sequence[Amount]) -> tuple[int, ...]:
        """Return each tax on amounts that are each rounded by themselves."""
        taxes = [self.of_row(units) for units in rows]
        return tuple(sum(each) for each in zip(*taxes, strict=True)) if taxes else (0,) * len(self.parts)


def _lowest(amount: Fraction) -> Amount:
    return amount.numerator if amount.denominator == 1 else amount


def taxing(price_list: PriceList) -> Taxing | None:
    """Return how `price_list` makes taxes of amounts; None where its tax is not known."""
    if price_list.tax_rate is None:
        return None
    rates = [Fraction(each.rate) / 100 for each in told_parts(price_list)]
    below = 1 + sum(rates) if price_list.amounts_are == "gross" else Fraction(1)
    return Taxing(tuple((rate / below).as_integer_ratio() for rate in rates), price_list.tax_rounding_mode)


def told_parts(price_list: PriceList) -> tuple[TaxPart, ...]:
    """Return the taxes that `price_list` names, or its one tax."""
    return price_list.taxes or (TaxPart(price_list.tax_label or Text(""), price_list.tax_rate or Decimal(0)),)


def tax_amounts(price_list: PriceList, units: Sequence[Amount], places: int) -> tuple[TaxAmount, ...]:
    """Return the taxes of `price_list` with what each comes to."""
    parts = told_parts(price_list)
    return tuple(
        TaxAmount(part.label if part.label.default else None, part.rate, in_parts_of(each, places))
        for part, each in zip(parts, units, strict=True)
    )


def tax_json(tax: TaxAmount, currency: str, locale: str | None = None) -> dict[str, Any]:
    """Return `tax` as plain JSON values."""
    label = None if tax.label is None else tax.label.in_locale(locale)
    return {"label": label, "rate": format(tax.rate, "f"), "amount": plain(tax.amount, currency)}


def told_tax(tax: TaxAmount, locale: str | None = None) -> str:
    """Return name and rate of `tax`, such as "9.975 % QST"."""
    return f"{tax.rate:f} % {tax.label.in_locale(locale) if tax.label is not None else 'tax'}"
