"""What stored configurations look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer, Choices, Money
from integrations.api.v1.shapes.evaluations import BomItem, Evaluation, LeadTime, Price


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
    quote: str | None
    """The signed price that was given when it was completed: a token, see quotes; null before that.
    """
    overrides: list[Override]
    """Prices set by hand, the last one last; one stands at most."""
    reached_thresholds: list[ReachedThreshold]
    """Those of a margin only with the scope `pricing:cost`."""
    evaluation: Evaluation


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
