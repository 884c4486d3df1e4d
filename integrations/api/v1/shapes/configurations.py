"""What stored configurations look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer, Choices, ChoiceValue, Money
from integrations.api.v1.shapes.evaluations import (
    BomItem,
    Completion,
    Evaluation,
    LeadTime,
    Price,
)


class Buyer(Answer):
    """Who buys, as far as it was said; null where it was not."""

    channel: str | None
    customer_group: str | None
    customer: str | None
    country: str | None
    region: str | None
    tax_status: Literal["exempt", "reverse_charge"] | None


class ConfigurationListed(Answer):
    """A stored configuration in a list."""

    id: str
    reference: str | None
    """What the caller's own system calls it; no two have the same."""
    metadata: dict[str, str]
    """Words of the caller's own system, by key."""
    product: str
    version: int
    state: Literal["open", "completed"]
    revision: int
    """Counts changes; also in the header ETag."""
    quantity: int
    locale: str
    buyer: Buyer
    price_list: str
    currency: str
    total: Money | None
    repriced_from: Money | None
    """The total before its prices, too old, were renewed by another; null where they were not."""
    fingerprint: str
    created_at: str
    priced_at: str
    """Of when its prices are. Open, it has them for 30 days or as the merchant has set, then those
    of the day.
    """
    changed_at: str
    updated_at: str
    """The same as `changed_at`: when anything that is told here was changed last."""
    completed_at: str | None
    url: str


class ConfigurationPage(Answer):
    """Some of the configurations, newest first."""

    data: list[ConfigurationListed]
    next: str | None


class Override(Answer):
    """A price that somebody set by hand; the one whose `ended_at` is null stands."""

    kind: Literal["discount", "surcharge", "final"]
    """Taken off, added, or what the total comes to."""
    percent: Money | None
    """Of the total of all pieces, without sign."""
    amount: Money | None
    """For all pieces together, without sign."""
    reason: str
    by: str
    at: str
    beyond_limits: bool
    """It may leave the merchant's limits, and whoever set it said so."""
    ended_at: str | None
    ended_by: str
    """Who revoked or replaced it; empty where it ended since other choices or pieces were chosen.
    """


class ReachedThreshold(Answer):
    """A threshold that the price passed when the configuration was completed, as the threshold was
    then.
    """

    key: str
    name: str
    measure: Literal["total_over", "total_under", "margin_below", "margin_percent_below"]
    limit: Money
    currency: str | None
    """Null where the limit is a percentage of the net price."""
    measured: Money
    at: str


class Configuration(ConfigurationListed):
    """A stored configuration with its choices and the evaluation it had when it was last kept."""

    choices: Choices
    can_undo: bool
    can_redo: bool
    quote: str | None
    """The signed price that was given when it was completed: a token, see quotes; null before that.
    """
    overrides: list[Override]
    """Prices set by hand, the last one last; one stands at most."""
    reached_thresholds: list[ReachedThreshold]
    """Those of a margin only with the scope `pricing:cost`."""
    evaluation: Evaluation


class ConfigurationFilled(Configuration):
    """A stored configuration of which the rest was chosen."""

    completion: Completion


class ComparedState(Answer):
    """An option that takes part: its value, in words too, and who gave it."""

    value: ChoiceValue | None
    told: str
    source: Literal["chosen", "inferred", "default", "adjusted"] | None


class ComparedOption(Answer):
    """An option that is otherwise in the other one; null where it takes no part or is not there."""

    option: str
    label: str
    before: ComparedState | None
    after: ComparedState | None


class ComparedPart(Answer):
    """A part of which there are more or fewer; null where there is none."""

    part: str
    label: str
    unit: str
    measures: dict[str, int | float]
    before: int | float | None
    after: int | float | None


class ComparedLine(Answer):
    """What a price line is called, and its amount."""

    label: str
    amount: Money


class ComparedPriceLine(Answer):
    """A price line that is otherwise in the other one; null where there is none."""

    key: str
    before: ComparedLine | None
    after: ComparedLine | None


class ComparedPrice(Answer):
    """Currency and total of both, and the lines that differ."""

    currency: list[str | None]
    total: list[Money | None]
    difference: Money | None
    """By how much the second costs more; null where one has no price, or another currency."""
    lines: list[ComparedPriceLine]


class Comparison(Answer):
    """What differs between two configurations of a product. Lists of two tell the first and the
    second.
    """

    same: bool
    """They are the same product in the same quantity: the same version and values."""
    version: list[int]
    quantity: list[int]
    options: list[ComparedOption]
    parts: list[ComparedPart]
    price: ComparedPrice
    lead_time: list[int | None]


class LostChoice(Answer):
    """A choice that the newest version does not have."""

    option: str
    was: str
    now: ChoiceValue | None
    """The nearest that stands in for it."""


class ConfigurationMoved(Answer):
    """What became of a configuration under the newest version of its product."""

    from_version: int
    to_version: int
    moved: bool
    """Whether it was kept so: not with `dry_run`, and not where it had that version already."""
    lost: list[LostChoice]
    """What does not exist any more."""
    clashed: Choices
    """Choices that exist and do not go together with the rest any more, as they were."""
    comparison: Comparison
    configuration: Configuration
    """As it is kept now."""


class Bom(Answer):
    """The parts of a configuration, for the whole quantity."""

    configuration: str
    product: str
    version: int
    fingerprint: str
    quantity: int
    complete: bool
    items: list[BomItem]
    parts_problem: str | None


class ConfigurationPrice(Answer):
    """The price of a configuration as it was when it was last kept."""

    configuration: str
    product: str
    version: int
    fingerprint: str
    complete: bool
    price: Price | None
    price_on_request: bool
    price_problem: str | None
    lead_time: LeadTime | None
