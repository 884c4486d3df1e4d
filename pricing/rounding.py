"""How a price list rounds: what a line adds to the sum, what is printed, and what is paid."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pricing.money import PARTS, WHOLE_OF_RATIO, whole
from pricing.price_list import PriceList

type Amount = int | Fraction
"""An amount in smallest units of a currency, exactly."""

# What comes to so many smallest units for a piece is rounded by half a percent at most.
_MUCH = 100


class Rounding:
    """How one list rounds an amount: to what a line adds to the sum, and to what is printed.

    With `keeps`, for several pieces, amounts finer than a smallest unit of the currency are kept:
    all of them ("all"), or ("small") those that rounding would change much and those of lines that
    are written so finely.
    """

    def __init__(
        self, price_list: PriceList, places: int, keeps: Literal["all", "small"] | None = None
    ) -> None:
        self.scale: int = 10**places
        self.increment = int(price_list.increment * self.scale)
        self.ending = int((price_list.rounding_ending or 0) * self.scale)
        self.mode = price_list.rounding_mode
        self.by_line = price_list.rounding_of == "line"
        self.keeps = keeps
        self._whole = WHOLE_OF_RATIO[self.mode]
        self._is_plain = self.by_line and keeps is None and not self.ending

    def amount(self, exact: Fraction | int | Decimal, is_fine: bool = False) -> Amount:
        """Return an amount of the currency in smallest units, rounded where the list rounds each
        line.
        """
        above, below = exact.as_integer_ratio()
        if self._is_plain:
            return self._whole(above * self.scale, below * self.increment) * self.increment
        return self.amount_of_ratio(above * self.scale, below, is_fine)

    def amount_of_units(self, units: Amount, is_fine: bool = False) -> Amount:
        """Return an amount in smallest units, rounded where the list rounds each line."""
        return self.amount_of_ratio(*units.as_integer_ratio(), is_fine) if self.by_line else units

    def amount_of_ratio(self, above: int, below: int, is_fine: bool = False) -> Amount:
        """Return above / below smallest units, rounded where the list rounds each line."""
        if self._is_plain:
            return self._whole(above, below * self.increment) * self.increment
        if not self.by_line:
            return ratio(above, below)
        return self._kept_or_rounded(above, below, is_fine)

    def total(self, exact: Amount, is_fine: bool = False) -> Amount:
        """Return the sum of all lines in smallest units, rounded if that has not happened line by
        line.
        """
        return exact if self.by_line else self._kept_or_rounded(*exact.as_integer_ratio(), is_fine)

    def at_least(self, exact: Amount) -> int:
        """Return the least amount, rounded as the list rounds, that is not below `exact`, which is
        above zero.
        """
        above, below = exact.as_integer_ratio()
        steps = -(-(above - self.ending * below) // (below * self.increment))
        return max(steps * self.increment + self.ending, self.ending)

    def not_below(self, exact: Amount) -> int:
        """Return the least amount, rounded as the list rounds, that is not below `exact`; below
        zero in whole steps.
        """
        if exact > 0:
            return self.at_least(exact)
        above, below = exact.as_integer_ratio()
        return -((-above) // (below * self.increment)) * self.increment

    def floor(self, exact: Fraction | int | Decimal) -> Amount:
        """Return what `amount` does, and never less than `exact`."""
        units = Fraction(exact) * self.scale
        found = self.amount(exact)
        return found if found >= units or units <= 0 else self.at_least(units)

    def paid(self, exact: Amount) -> int:
        """Return what is paid of an amount: whole smallest units."""
        return exact if isinstance(exact, int) else whole(exact, self.mode)

    def printed(self, amount: Amount, is_fine: bool = False) -> Amount:
        """Return what is printed of an amount, in smallest units; with parts of them where
        `is_fine`.
        """
        if isinstance(amount, int):
            return amount
        return self._in_parts(*amount.as_integer_ratio()) if is_fine else whole(amount, self.mode)

    def rounded(self, units: Amount) -> int:
        """Return an amount in smallest units, rounded as the list rounds."""
        return self._rounded(*units.as_integer_ratio())

    def is_kept(self, exact: Amount, is_fine: bool) -> bool:
        """Tell whether parts of a smallest unit are kept of an amount for a piece."""
        return self.keeps is not None and (is_fine or self.keeps == "all" or -_MUCH < exact < _MUCH)

    def _kept_or_rounded(self, above: int, below: int, is_fine: bool) -> Amount:
        if self.keeps is not None and (
            is_fine or self.keeps == "all" or abs(above) < _MUCH * below
        ):
            return self._in_parts(above, below)
        return self._rounded(above, below)

    def _in_parts(self, above: int, below: int) -> Amount:
        return ratio(self._whole(above * PARTS, below), PARTS)

    def _rounded(self, above: int, below: int) -> int:
        increment = self.increment
        if not self.ending or not above:
            return self._whole(above, below * increment) * increment
        nearest = (
            self._whole(abs(above) - self.ending * below, below * increment) * increment
            + self.ending
        )
        # What is below the first ending takes it: an amount never becomes nothing, nor changes its
        # sign.
        nearest = max(nearest, self.ending)
        return nearest if above > 0 else -nearest


def ratio(above: int, below: int) -> Amount:
    """Return above / below exactly, as an int where it is one."""
    quotient, rest = divmod(above, below)
    return Fraction(above, below) if rest else quotient
