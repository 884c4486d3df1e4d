"""The present state of a product, with which the consequences of other values are compared."""

from dataclasses import dataclass
from functools import cached_property

from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import DefaultCompletion
from pricing.breakdown import Breakdown, Differences, Prices
from pricing.lead_time import LeadTime


@dataclass(frozen=True)
class Present:
    """The state that the differences of other values are differences from."""

    product: CompiledProduct
    prices: Prices
    choices: Values
    settled: DefaultCompletion
    breakdown: Breakdown | None
    days: LeadTime | None
    undecided: tuple[str, ...]
    missing: frozenset[str]
    needed: frozenset[str]

    @cached_property
    def differences(self) -> Differences | None:
        """What tells differences of the price; None where there is none."""
        return None if self.breakdown is None else Differences(self.prices, self.breakdown)


def changed_options(before: Values, after: Values) -> tuple[str, ...]:
    """Return the options whose value is another, or is there on one side alone."""
    return tuple({key for key, _ in before.items() ^ after.items()})
