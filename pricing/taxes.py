"""The taxes on an amount, or in one: several of them each rounded by itself, as invoices print
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.formats import percentage
from catalog.product_model import Text
from pricing.in_force import ClassTax
from pricing.money import PARTS, WHOLE_OF_RATIO, RoundingMode, in_parts_of, plain
from pricing.price_list import PriceList, TaxPart

type Amount = int | Fraction


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """One tax of a price: its name, its rate in percent, what it comes to, and the net amount it is
    a part of.
    """

    label: Text | None
    rate: Decimal
    amount: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class Taxing:
    """How a list makes taxes of amounts: each a part of the amount, above and below the stroke,
    rounded by itself.
    """

    parts: tuple[tuple[int, int], ...]
    mode: RoundingMode

    def of(self, units: Amount) -> tuple[Amount, ...]:
        """Return each tax on `units` smallest units, or in them where amounts are gross; of parts
        of units in parts.
        """
        if not isinstance(units, int):
            return tuple(_lowest(Fraction(each, PARTS)) for each in self.of_row(units * PARTS))
        rounded = WHOLE_OF_RATIO[self.mode]
        return tuple(rounded(units * above, below) for above, below in self.parts)

    def sum_of(self, units: Amount) -> Amount:
        """Return what the taxes on `units`, or in them, come to."""
        if type(units) is int and len(self.parts) == 1:
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
        return (
            tuple(sum(each) for each in zip(*taxes, strict=True))
            if taxes
            else (0,) * len(self.parts)
        )


def _lowest(amount: Fraction) -> Amount:
    return amount.numerator if amount.denominator == 1 else amount


@dataclass(frozen=True, slots=True)
class TaxClass:
    """What lines of one class are taxed with in a list, `rate` in percent; without `taxing` that is
    not known.

    Then `rate` is what costs bear in gross amounts all the same: the tax at home, or none.
    """

    rate: Decimal
    label: Text | None
    parts: tuple[TaxPart, ...]
    taxing: Taxing | None


@dataclass(frozen=True, slots=True)
class Taxed:
    """A part of a price that is taxed alike: its net amount, and what each tax comes to, in
    smallest units.
    """

    tax_class: TaxClass
    base: Amount
    taxes: tuple[Amount, ...]


def tax_class(
    price_list: PriceList, tax: PriceList | ClassTax, at_home: ClassTax | None = None
) -> TaxClass:
    """Return how `tax`, that of the list itself or of another class of goods, is made of amounts of
    `price_list`.

    Where it is not known, what it is `at_home` is what costs bear.
    """
    label = tax.tax_label if isinstance(tax, PriceList) else tax.label
    rate = tax.tax_rate if isinstance(tax, PriceList) else tax.rate
    parts = tax.taxes or (TaxPart(label or Text(""), rate or Decimal(0)),)
    rates = [Fraction(each.rate) / 100 for each in parts]
    below = 1 + sum(rates) if price_list.amounts_are == "gross" else Fraction(1)
    ratios = tuple((each / below).as_integer_ratio() for each in rates)
    taxing = None if rate is None else Taxing(ratios, price_list.tax_rounding_mode)
    known = at_home.rate if rate is None and at_home is not None else rate
    return TaxClass(known or Decimal(0), label, parts, taxing)


def tax_amounts(taxed: Sequence[Taxed], places: int) -> tuple[TaxAmount, ...]:
    """Return each tax of a price with what it comes to."""
    return tuple(
        TaxAmount(
            part.label if part.label.default else None,
            part.rate,
            in_parts_of(units, places),
            in_parts_of(each.base, places),
        )
        for each in taxed
        for part, units in zip(each.tax_class.parts, each.taxes, strict=True)
    )


def tax_json(tax: TaxAmount, currency: str, locale: str | None = None) -> dict[str, Any]:
    """Return `tax` as plain JSON values."""
    label = None if tax.label is None else tax.label.in_locale(locale)
    return {
        "label": label,
        "rate": format(tax.rate, "f"),
        "amount": plain(tax.amount, currency),
        "base": plain(tax.base, currency),
    }


def told_tax(tax: TaxAmount, locale: str | None = None) -> str:
    """Return name and rate of `tax`, such as "9.975% QST"."""
    return f"{percentage(tax.rate, None)} {tax.label.in_locale(locale) if tax.label is not None else 'tax'}"
