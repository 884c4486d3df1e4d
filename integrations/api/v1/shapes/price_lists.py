"""What price lists and their amounts look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer, RowError
from integrations.api.v1.shapes.rates import TaxPart


class Derived(Answer):
    """How a price list is made from another."""

    of: str
    take: Literal["amounts", "costs"]
    factor: int | float
    percent: int | float


class PriceList(Answer):
    """The terms of a price list: see the page about prices for each of them."""

    key: str
    name: str | dict[str, str]
    currency: str
    amounts_are: Literal["net", "gross"]
    tax_rate: int | float | None
    tax_label: str | dict[str, str] | None
    shows: Literal["net", "gross"]
    rounding_increment: int | float | None
    rounding_mode: Literal["half_up", "half_even", "up", "down"]
    rounding_of: Literal["line", "total"]
    rounding_ending: int | float | None
    rounding_per: Literal["piece", "order"] | None
    taxes: list[TaxPart]
    """The taxes that the rate is the sum of, each rounded and told by itself; empty where it is
    one.
    """
    tax_rounding_of: Literal["line", "total"]
    tax_rounding_mode: Literal["half_up", "half_even", "up", "down"]
    country: str | None
    """Where the merchant is at home: the tax rates there hold where nobody says where the buyer is.
    """
    region: str | None
    paid_increment: int | float | None
    is_default: bool
    valid_from: str | None
    valid_until: str | None
    channel: str | None
    customer_group: str | None
    customer: str | None
    own_lines_only: bool
    derived: Derived | None
    least_over_cost: int | float | None
    on_request: bool
    """What has no price in the list can be ordered all the same, at a price on request."""
    revision: int
    """Counts the changes of the list and of the amounts kept in it."""
    url: str


class PriceListPage(Answer):
    """Some of the price lists, in order of their keys."""

    data: list[PriceList]
    next: str | None


class ListAmount(Answer):
    """An amount that a price list keeps for a line and value of a product, in place of what its
    version says.
    """

    product: str
    line: str
    value: str
    """Empty for a line that has one amount."""
    amount: str
    """An exact number, or a formula."""
    valid_from: str | None
    valid_until: str | None
    earlier: bool
    """Kept under a key that the draft has renamed, for versions published before."""


class AmountPage(Answer):
    """Some of the amounts of a price list."""

    data: list[ListAmount]
    next: str | None


class AmountsReport(Answer):
    """What keeping amounts did, or in a dry run would do."""

    dry_run: bool
    created: int
    changed: int
    deleted: int
    unchanged: int
    refused: int
    """Rows that are wrong and were left out."""
    below_cost: int | None
    """Amounts that are below the cost and were not before; null without the scope `pricing:cost`.
    """
    median_percent: float | None
    """The median change of amounts that are plain numbers."""
    told: str
    """The same as one sentence."""
    errors: list[RowError]
