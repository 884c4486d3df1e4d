"""Which part of a price bears which tax: lines have a tax class, and what is of other lines is
spread over theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Protocol

from pricing.lines import Line, Part, Prices
from pricing.money import PARTS, whole
from pricing.rounding import Amount
from pricing.taxes import TaxClass

PRODUCTS = ""
"""The key of the product's own tax class."""

type Shares = Mapping[str, Amount]


class Summed(Protocol):
    """What the lines of a list come to, and those of the list it is made from."""

    @property
    def parts(self) -> tuple[Part, ...]: ...

    @property
    def base(self) -> "Summed | None": ...


def tax_class_of(prices: Prices, key: str) -> TaxClass:
    """Return the tax class that is called `key`."""
    return prices.line_classes.get(key, prices.tax_class)


class ByClass:
    """What the lines of a price come to by tax class, for `quantity` pieces; exact, in smallest
    units.

    A percentage is spread as the amounts are that it is of. What raises, lowers or rounds these is
    spread over those above zero, so that no class gets more than there is. Of nothing, all is of
    the product's class.
    """

    def __init__(self, prices: Prices, sums: Summed, quantity: int) -> None:
        self.prices, self.sums, self.quantity = prices, sums, quantity
        self.below = (
            None
            if prices.base is None or sums.base is None
            else ByClass(prices.base, sums.base, quantity)
        )
        self.shares: list[Shares] = []
        for index in range(len(prices.lines)):
            self.shares.append(self._of_line(index))
        self.of_added = spread(self.amounts(range(len(prices.lines))))

    def amounts(self, indexes: Iterable[int], of_piece: bool = False) -> dict[str, Amount]:
        """Return what the lines at `indexes` come to: with what counts once, or for one piece
        without it.
        """
        found: dict[str, Amount] = {}
        for index in indexes:
            is_whole = self.prices.wholes[index]
            amount = self.sums.parts[index].amount
            if not amount or (is_whole and of_piece):
                continue
            amount = amount if is_whole or of_piece else amount * self.quantity
            for key, share in self.at(index).items():
                found[key] = found.get(key, 0) + amount * share
        return found

    def total(self, of_piece: bool = False, added: int = 0) -> dict[str, Amount]:
        """Return what the whole price comes to, or one piece, with what is `added` behind all
        lines.
        """
        found = self.amounts(range(len(self.prices.wholes)), of_piece)
        for key, share in self.of_added.items() if added else ():
            found[key] = found.get(key, 0) + added * share
        return self._taxed_apart(found)

    def _taxed_apart(self, shares: Shares) -> dict[str, Amount]:
        """Return `shares` with those together that are taxed alike."""
        found: dict[str, Amount] = {}
        for key, share in shares.items():
            alike = self.prices.taxed_alike.get(key, PRODUCTS)
            found[alike] = found.get(alike, 0) + share
        return found

    def at(self, index: int) -> Shares:
        """Return which share of a line, or of what the list adds behind the lines, is of which
        class.
        """
        return self.shares[index] if index < len(self.shares) else self.of_added

    def _of_line(self, index: int) -> Shares:
        prices = self.prices
        line = prices.lines[index]
        own = line.line.tax_class
        if own is not None:
            return {PRODUCTS if own == prices.model.tax_class else own: 1}
        if line.of is not None:
            amounts = self.amounts(sorted(line.of), of_piece=not line.is_whole)
            return _as_they_are(amounts) if line.form == "percent" else spread(amounts)
        if line.below is None or self.below is None or line.has_cost:
            return {PRODUCTS: 1}
        return self.below.at(line.below)

    def rows(self, rows: Iterable[tuple[Line, Amount]]) -> Iterator[tuple[str, Amount]]:
        """Return amounts that are printed, each split by class."""
        for line, amount in rows:
            for key, share in self.of(line).items():
                yield key, amount * share

    def of(self, line: Line) -> Shares:
        """Return which share of a line is of which class."""
        index = next(
            (at for at, each in enumerate(self.prices.lines) if each is line), len(self.shares)
        )
        return self._taxed_apart(self.at(index))


def spread(amounts: Shares) -> Shares:
    """Return shares as the `amounts` above zero are."""
    return _as_they_are({key: amount for key, amount in amounts.items() if amount > 0})


def _as_they_are(amounts: Shares) -> Shares:
    total = Fraction(sum(amounts.values()))
    return (
        {key: amount / total for key, amount in amounts.items() if amount}
        if total
        else {PRODUCTS: 1}
    )


def rounded_to(total: Amount, amounts: Shares) -> dict[str, Amount]:
    """Return `amounts` rounded, halves up, to come to `total`: the greatest takes what rounding
    leaves.

    Smallest units are rounded to, or the parts of them that `total` is told in.
    """
    scale = 1 if isinstance(total, int) else PARTS
    found: dict[str, Amount] = {}
    for key, amount in amounts.items():
        units = whole(Fraction(amount * scale), "half_up")
        found[key] = units if scale == 1 else Fraction(units, scale)
    if found:
        greatest = max(amounts, key=lambda key: abs(Fraction(amounts[key])))
        found[greatest] += total - sum(found.values())
    return found


def net_share(prices: Prices, shares: Shares) -> Fraction:
    """Return what is net of each unit that is spread as `shares`: less than one where amounts are
    gross.
    """
    return sum(
        (share / prices.gross_factor(tax_class_of(prices, key)) for key, share in shares.items()),
        Fraction(0),
    )
