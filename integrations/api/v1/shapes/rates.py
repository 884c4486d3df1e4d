"""What exchange rates, tax rates and the calendar look like, field by field."""

from integrations.api.v1.shapes.answer import Answer, Money, RowError


class TaxPart(Answer):
    """One of several taxes on the same amount."""

    label: str | dict[str, str]
    rate: int | float
    """In percent."""


class RatesReport(Answer):
    """What keeping rates did, or in a dry run would do."""

    dry_run: bool
    created: int
    changed: int
    deleted: int
    unchanged: int
    refused: int
    """Rows that are wrong and were left out."""
    errors: list[RowError]


class ExchangeRate(Answer):
    """What one of a currency is in another, from a time until the next one begins."""

    currency: str
    into: str
    rate: Money
    """Exact."""
    valid_from: str


class ExchangeRatePage(Answer):
    """Some of the exchange rates."""

    data: list[ExchangeRate]
    next: str | None


class TaxRate(Answer):
    """The tax on goods of a class in a country, or in one region of it."""

    country: str
    region: str | None
    """Null: for the regions that have no rate of their own."""
    tax_class: str
    rate: Money
    """In percent, exact."""
    label: str | dict[str, str] | None
    taxes: list[TaxPart]
    """The taxes that the rate is the sum of; empty where it is one."""
    valid_from: str | None
    valid_until: str | None


class TaxRatePage(Answer):
    """Some of the tax rates."""

    data: list[TaxRate]
    next: str | None


class ClosedDays(Answer):
    """Days on which no work is done, both ends included."""

    first: str
    last: str
    name: str


class Calendar(Answer):
    """On which days the merchant works."""

    time_zone: str
    order_until: str | None
    """Until when on a day an order counts for it; null: all day."""
    working_days: list[str]
    closed: list[ClosedDays]
    """In order of their first days."""
