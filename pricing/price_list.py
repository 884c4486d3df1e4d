"""The terms on which a product is priced for one market: currency, tax and rounding, for whom and
when they hold.

A list may be made from another: `Derivation` says how. What holds at a time for somebody is told by
`pricing.in_force`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from catalog.errors import Malformed
from catalog.product_model import Flag, Key, Number, TextField
from pricing.money import MoneyRefused, RoundingMode, decimals, smallest_unit

type Terms = Literal["net", "gross"]

_STRICT = ConfigDict(extra="forbid")
# ISO 8601 has offsets of up to a day, PostgreSQL of less than this; nobody on Earth has one beyond
# 14 hours.
_FAR_OFFSET = timedelta(hours=16)


def _read_currency(value: object) -> str:
    try:
        decimals(value if isinstance(value, str) else repr(value))
    except MoneyRefused as refusal:
        raise ValueError(refusal.sentence) from None
    return cast(str, value)


def read_moment(value: object) -> datetime:
    """Return the aware time that an ISO 8601 text tells; refuse with ValueError one without its
    offset from UTC.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    offset = value.utcoffset() if isinstance(value, datetime) else None
    if not isinstance(value, datetime) or offset is None:
        raise ValueError(
            "expected a time with its offset from UTC, such as 2027-01-01T00:00:00+01:00"
        )
    if abs(offset) >= _FAR_OFFSET:
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValueError("the time is before the year 1 or after 9999 in UTC") from None
    return value


def _read_country(value: object) -> str:
    if (
        isinstance(value, str)
        and len(value) == 2
        and value.isascii()
        and value.isalpha()
        and value.isupper()
    ):
        return value
    raise ValueError("expected a country as two capitals of ISO 3166, such as CA")


type Country = Annotated[
    str, BeforeValidator(_read_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})
]
type Currency = Annotated[
    str,
    BeforeValidator(_read_currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"}),
]
type Moment = Annotated[
    datetime,
    BeforeValidator(read_moment),
    PlainSerializer(datetime.isoformat),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def holds(row: Any, at: datetime) -> bool:
    """Return whether `row` holds at `at`: from its `valid_from` on, and no longer from its
    `valid_until` on.
    """
    return (row.valid_from is None or row.valid_from <= at) and (
        row.valid_until is None or at < row.valid_until
    )


def refuse_backwards(valid_from: datetime | None, valid_until: datetime | None) -> None:
    """Refuse with ValueError a time that ends before it begins."""
    if valid_from is not None and valid_until is not None and not valid_from < valid_until:
        raise ValueError(
            "what holds must begin before it ends: valid_until is not after valid_from"
        )


@dataclass(frozen=True)
class Derivation:
    """How a price list is made from another, line by line.

    Each amount of the list `of` (or with `take` "costs" each cost, of lines that have one) times
    `factor`, then `percent` added to it: -50 halves. Where the other list has another currency, the
    exchange rate of the day converts it. Amounts are then rounded as the derived list says.
    """

    __pydantic_config__ = _STRICT

    of: Key
    take: Literal["amounts", "costs"] = "amounts"
    factor: Number = Decimal(1)
    percent: Number = Decimal(0)

    def __post_init__(self) -> None:
        if self.factor <= 0 or self.percent <= -100:
            raise ValueError(
                "a list is made from another with a factor above 0 and a percentage above -100"
            )

    @property
    def exact_factor(self) -> Fraction:
        """What each amount is multiplied with."""
        return Fraction(self.factor) * (100 + Fraction(self.percent)) / 100


@dataclass(frozen=True)
class TaxPart:
    """One of several taxes on the same amount, such as GST beside QST; `rate` in percent."""

    __pydantic_config__ = _STRICT

    label: TextField
    rate: Number


def refuse_taxes(rate: Decimal | None, taxes: tuple[TaxPart, ...]) -> None:
    """Refuse with ValueError a rate outside 0 to 100, and taxes that do not come to it."""
    if rate is not None and not 0 <= rate <= 100:
        raise ValueError("a tax rate is a percentage from 0 to 100")
    if taxes and (any(each.rate < 0 for each in taxes) or sum(each.rate for each in taxes) != rate):
        told = " + ".join(f"{each.rate:f}" for each in taxes)
        raise ValueError(
            f"the taxes {told} are parts of one rate: give their sum as the rate, and none below 0"
        )


@dataclass(frozen=True)
class PriceList:
    """Amounts in one currency for one market.

    `amounts_are` tells whether the amounts of price lines are without tax ("net") or with it
    ("gross"); `shows` which of the two a shopper sees first. `tax_rate` is in percent; None says
    that the tax is not known here, and then it is not guessed; tax is rounded once for the total or
    (`tax_rounding_of` "line") line by line, by `tax_rounding_mode`. `taxes` names the taxes that
    the rate is the sum of: each is rounded and told by itself. Each line (`rounding_of` "line") or
    the exact sum of the lines ("total") is rounded to `rounding_increment`, by default the smallest
    unit of the currency; with `rounding_ending` 9.90 and an increment of 10 to 9.90, 19.90, 29.90
    and so on. Where several pieces are ordered, each piece is rounded so (`rounding_per` "piece"),
    or only the order ("order"); if that is not said, a piece is, but what is finer than the
    smallest unit of the currency is kept where much would be lost. What is paid, the gross total,
    is rounded apart to `paid_increment`.

    A list with `channel`, `customer_group` or `customer` is for those alone, and holds from
    `valid_from` until before `valid_until`. `own_lines_only` leaves out price lines that name no
    list. `derived` makes the list from another. `country` and `region` are where the merchant sells
    at home: the tax there is the one that gross amounts hold, and holds itself for buyers of whom
    nobody says where they are. A price below the cost plus `least_over_cost` percent is raised to
    that. With `on_request` what has no price in the list is sold all the same: its price is told on
    request.
    """

    __pydantic_config__ = _STRICT

    key: Key
    name: TextField
    currency: Currency
    amounts_are: Terms = "gross"
    tax_rate: Number | None = None
    tax_label: TextField | None = None
    shows: Terms = "gross"
    rounding_increment: Number | None = None
    rounding_mode: RoundingMode = "half_up"
    rounding_of: Literal["line", "total"] = "line"
    rounding_ending: Number | None = None
    rounding_per: Literal["piece", "order"] | None = None
    tax_rounding_of: Literal["line", "total"] = "total"
    paid_increment: Number | None = None
    is_default: Flag = False
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    channel: str | None = None
    customer_group: str | None = None
    customer: str | None = None
    own_lines_only: Flag = False
    derived: Derivation | None = None
    least_over_cost: Number | None = None
    on_request: Flag = False
    taxes: tuple[TaxPart, ...] = ()
    tax_rounding_mode: RoundingMode = "half_up"
    country: Country | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        refuse_taxes(self.tax_rate, self.taxes)
        if self.region is not None and self.country is None:
            raise ValueError("a region is in a country: give the list its country, too")
        if self.rounding_increment is not None:
            units = self.rounding_increment / smallest_unit(self.currency)
            if units <= 0 or units != units.to_integral_value():
                raise ValueError(
                    f"amounts in {self.currency} can be rounded to {smallest_unit(self.currency)} or a multiple of it, "
                    f"not to {self.rounding_increment}; leave it out, and let rounding_per be 'order': then what is "
                    "finer is kept, and the order alone is rounded"
                )
        if self.rounding_ending is not None:
            units = self.rounding_ending / smallest_unit(self.currency)
            if not 0 < self.rounding_ending < self.increment or units != units.to_integral_value():
                raise ValueError(
                    f"amounts that are rounded to {self.increment} can end in what is above 0 and below that, a "
                    f"multiple of {smallest_unit(self.currency)}; {self.rounding_ending} is not"
                )
        if self.paid_increment is not None:
            units = self.paid_increment / smallest_unit(self.currency)
            if units <= 0 or units != units.to_integral_value():
                raise ValueError(
                    f"what is paid in {self.currency} can be rounded to {smallest_unit(self.currency)} or a multiple "
                    f"of it, not to {self.paid_increment}"
                )
        refuse_backwards(self.valid_from, self.valid_until)
        if self.derived is not None and self.derived.of == self.key:
            raise ValueError("a list cannot be made from itself")
        if self.least_over_cost is not None and self.least_over_cost <= -100:
            raise ValueError("the least price over the cost is a percentage above -100")

    @cached_property
    def increment(self) -> Decimal:
        """What amounts are multiples of after rounding."""
        return self.rounding_increment or smallest_unit(self.currency)

    @cached_property
    def paid_step(self) -> Decimal | None:
        """What the gross total is rounded to: also where the total is rounded, and shown with tax,
        of net amounts.
        """
        if self.paid_increment is not None:
            return self.paid_increment
        rounds_shown = (
            self.rounding_of == "total" and self.amounts_are == "net" and self.shows == "gross"
        )
        is_coarser = self.increment > smallest_unit(self.currency) and self.rounding_ending is None
        return self.increment if rounds_shown and is_coarser else None

    @property
    def keeps_finer(self) -> bool:
        """Whether of several pieces amounts are kept that are finer than what can be paid."""
        if self.rounding_per is not None:
            return self.rounding_per == "order"
        return self.rounding_ending is None and self.increment <= smallest_unit(self.currency)

    @property
    def audience(self) -> tuple[str | None, str | None, str | None]:
        """For whom the list is: customer, customer group, channel; all None for everybody."""
        return self.customer, self.customer_group, self.channel


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[PriceList]:
    return TypeAdapter(PriceList)


def read_price_list(document: Mapping[str, Any]) -> PriceList:
    """Return the price list that `document` (plain JSON values) tells; refuse with Malformed, every
    place named.
    """
    try:
        return _adapter().validate_python(document)
    except ValidationError as error:
        errors = told_errors(error)
        first = errors[0]
        raise Malformed(
            f"{len(errors)} place(s) of the price list could not be read; the first is "
            f"{first['pointer'] or 'the whole'}: {first['detail']}",
            errors=errors,
        ) from None


def told_errors(error: ValidationError) -> list[dict[str, str]]:
    """Return each place that could not be read, as a pointer and what is wrong there."""
    return [
        {"pointer": "".join(f"/{part}" for part in each["loc"]), "detail": _told(each)}
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _told(error: Any) -> str:
    if error["type"] == "unexpected_keyword_argument":
        return "there is no such field"
    if error["type"] == "missing":
        return "this field is required"
    message = cast(str, error["msg"]).removeprefix("Value error, ")
    return message if message.startswith(("'", '"')) else message[:1].lower() + message[1:]


def write_price_list(price_list: PriceList) -> dict[str, Any]:
    """Return `price_list` as plain JSON values, without whatever has its default; `read_price_list`
    undoes it.
    """
    return cast(
        dict[str, Any], _adapter().dump_python(price_list, mode="json", exclude_defaults=True)
    )


def whole_price_list(price_list: PriceList) -> dict[str, Any]:
    """Return `price_list` as plain JSON values, with whatever has its default."""
    return cast(dict[str, Any], _adapter().dump_python(price_list, mode="json"))


def price_list_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `read_price_list` takes."""
    return _adapter().json_schema(mode="validation")
