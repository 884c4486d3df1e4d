"""All that follows from one set of choices: options, price, lead time, parts, and a conflict with
its ways out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from catalog.product_model import Choice, ProductModel
from configurator.compiled_product import CompiledProduct
from configurator.engine.face.choices import Domain
from configurator.engine.face.conflicts import Explanation, Explanations, Reason
from configurator.evaluation.lazy import Lazy
from configurator.prints.printed import Printed
from configurator.production.bom import BomItem
from pricing.breakdown import Breakdown
from pricing.calendar import Schedule, told_ready_on
from pricing.lead_time import LeadTime

# Whose values a shopper is told to have been set for them.
SET_FOR_THEM = ("inferred", "adjusted")


# A named tuple is made in a third of the time of a frozen dataclass, and hashed without Python: a
# page has hundreds of these at each click.
class ValueState(NamedTuple):
    """What choosing a value (or toggling a member of a multi-choice) would mean now.

    `free`: it leads to a complete configuration with all choices so far; None where that is not
    checked yet. The differences are against the present total of all pieces and the present lead
    time, consequences included; of a value that is not free they are those of the value alone,
    without the change it needs. None where there is no price to tell. `opens` names the options
    that would then have to be answered and do not have to be now: the difference speaks of what is
    decided without them.

    Where what it costs depends on answers that are still to be given, or are open now and will not
    be asked, there is no difference: `price_open` names these options, and `price_from` is the
    least difference there will be, by the cheapest of their values, where a few tell.
    """

    free: bool | None
    price_difference: Decimal | None
    days_difference: int | None
    opens: tuple[str, ...] = ()
    price_from: Decimal | None = None
    price_open: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionState:
    """An option after the choices so far.

    `active` tells whether it takes part now; `value` is None without one; `source` says who gave
    the value: "chosen", "inferred" (it is the only one left), "default", or "adjusted" (the nearest
    to a default that does not fit). `domain` is the exact valid domain: the values that lead to a
    complete configuration with all choices on other options. `values` tells more of each listed
    value, by key; of a boolean under "true" and "false". It is found out when somebody looks: a
    product may list thousands of values, and a page shows some dozens of them.
    """

    active: bool
    value: Choice | None
    source: str | None
    domain: Domain
    values: Lazy[ValueState]


@dataclass(frozen=True)
class RepairOffer:
    """A change of choices that ends the conflict, no part of it superfluous.

    Applied on the choices so far, `changes` (None retracts) is consistent. `also` are the values,
    None without one, that other options would then have in place of theirs, though nobody chose
    them. Differences are against the present state.
    """

    changes: Mapping[str, Choice | None]
    also: Mapping[str, Choice | None]
    price_difference: Decimal | None
    days_difference: int | None
    complete: bool


@dataclass(frozen=True)
class Conflict:
    """Choices and rules that cannot stand together, and the ways out.

    `attempted` are the changes that were refused. `explanations` tell why, none with anything
    superfluous, the smallest first; `explained` whether these are all. `repairs` are the ways out,
    the cheapest first; `more` tells whether there are others.
    """

    attempted: Mapping[str, Choice | None]
    explanations: tuple[Explanation, ...]
    explained: bool
    repairs: tuple[RepairOffer, ...]
    more: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The options whose choices clash, as the first explanation has it."""
        return self.explanations[0].choices

    @property
    def rules(self) -> tuple[Reason, ...]:
        """The reasons of the first explanation."""
        return self.explanations[0].rules


@dataclass(frozen=True)
class Why:
    """Why an option has its value, or why it cannot have another: nothing explains what was chosen
    or is possible.

    `value` is the one that was asked about; `source` tells who gave the present one.
    """

    option: str
    value: Choice | None
    source: str | None
    explanations: Explanations


@dataclass(frozen=True)
class OpenRule:
    """A constraint that does not hold until one of `options` is answered: which of them, the
    shopper says.
    """

    reason: Reason
    options: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """All that follows from one set of choices; with a `conflict`, the rest speaks of the choices
    kept before it.

    Faces print it and ask nothing else. Only what is Lazy asks the engine, once, when somebody
    first looks: the `values` of each option, and all `options` of an evaluation by
    `evaluate_settled`, which found nothing left open.

    `missing` are the options that have to be answered: those that are required, and those that the
    rules leave no way around. Where several would do, `open_rules` tells what has to hold.
    `retracted` are choices that went with a change. `fault` are constraints that break though the
    engine calls the values complete. That is a fault of ours, and nothing is sold by it.

    `preferred` are the preferences that hold; the others had to give way. `unchecked` are the
    options of which something is not known yet, since it is hard to tell: asking again goes on
    where this answer stopped. `schedule` is the merchant's calendar as seen today, where there is
    one. `price_on_request` says that there is no price and the price list lets it be ordered all
    the same.
    """

    product: CompiledProduct
    choices: Mapping[str, Choice]
    values: Mapping[str, Choice]
    options: Mapping[str, OptionState] | Lazy[OptionState]
    preferred: tuple[str, ...]
    derived: Mapping[str, Fraction | bool | str | None]
    missing: tuple[str, ...]
    conflict: Conflict | None
    quantity: int
    breakdown: Breakdown | None
    price_problem: str | None
    lead_time: LeadTime | None
    bom: tuple[BomItem, ...]
    parts_problem: str | None
    layers: tuple[str, ...]
    prints: tuple[Printed, ...]
    fingerprint: str
    schedule: Schedule | None = None
    unchecked: tuple[str, ...] = ()
    price_on_request: bool = False
    open_rules: tuple[OpenRule, ...] = ()
    retracted: Mapping[str, Choice] = field(default_factory=dict)
    fault: tuple[Reason, ...] = ()

    @property
    def model(self) -> ProductModel:
        return self.product.model

    @property
    def ready_on(self) -> date | None:
        """The day on which it is ready if it is ordered now; None where that is not known."""
        days = self.lead_time.days if self.lead_time is not None and self.lead_time.told else None
        return told_ready_on(self.schedule, days)

    def ready_with(self, days_difference: int | None) -> date | None:
        """Return the day on which it would be ready with so many days more; None where that is not
        known.
        """
        if self.lead_time is None or not self.lead_time.told or days_difference is None:
            return None
        return told_ready_on(self.schedule, self.lead_time.days + days_difference)

    @property
    def complete(self) -> bool:
        """Every required option has a value and every rule holds."""
        return not (self.missing or self.open_rules or self.fault or self.is_value_open)

    @property
    def is_value_open(self) -> bool:
        """Some option has no value only because it is not checked yet whether it has one."""
        return any(
            self.options[key].value is None and self.options[key].active for key in self.unchecked
        )

    @property
    def ready(self) -> bool:
        """Complete, with a price (or one on request) and a parts list: fit to be ordered."""
        return (
            self.complete
            and (self.breakdown is not None or self.price_on_request)
            and self.lead_time is not None
            and self.parts_problem is None
            and self.print_problem is None
        )

    @property
    def print_problem(self) -> str | None:
        """Why one of the texts cannot be printed, in English; None where all can."""
        return next(
            (
                f"{each.print.label}: {each.problem.sentence}"
                for each in self.prints
                if each.problem is not None
            ),
            None,
        )
