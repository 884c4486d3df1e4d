"""The terms on which a product is priced for one market: currency, tax and rounding. The amounts are in price lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError, WithJsonSchema

from catalog.errors import Malformed, NotFound
from catalog.product_model import Key, Number, Text, TextField
from pricing.money import MoneyRefused, RoundingMode, decimals, smallest_unit

type Terms = Literal["net", "gross"]


def _read_currency(value: object) -> str:
    try:
        decimals(value if isinstance(value, str) else repr(value))
    except MoneyRefused as refusal:
        raise ValueError(refusal.sentence) from None
    return cast(str, value)


type Currency = Annotated[
    str, BeforeValidator(_read_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]


@dataclass(frozen=True)
class PriceList:
    """Amounts in one currency for one market.

    `amounts_are` tells whether the amounts of price lines are without tax ("net") or with it ("gross"); `shows` which
    of the two a shopper sees first. `tax_rate` is in percent; None says that the tax is not known here, and then it is
    not guessed. Each line (`rounding_of` "line") or the exact sum of the lines ("total") is rounded to
    `rounding_increment`, by default the smallest unit of the currency.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

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
    is_default: bool = False

    def __post_init__(self) -> None:
        if self.tax_rate is not None and not 0 <= self.tax_rate <= 100:
            raise ValueError("a tax rate is a percentage from 0 to 100")
        if self.rounding_increment is not None:
            units = self.rounding_increment / smallest_unit(self.currency)
            if units <= 0 or units != units.to_integral_value():
                raise ValueError(
                    f"amounts in {self.currency} can be rounded to {smallest_unit(self.currency)} or a multiple of it, "
                    f"not to {self.rounding_increment}"
                )

    @cached_property
    def increment(self) -> Decimal:
        """What amounts are multiples of after rounding."""
        return self.rounding_increment or smallest_unit(self.currency)

    @cached_property
    def tax_fraction(self) -> Fraction | None:
        """The tax as a part of the net amount: 19 % is 19/100."""
        return None if self.tax_rate is None else Fraction(self.tax_rate) / 100


def price_list_among(price_lists: Sequence[PriceList], currency: str) -> PriceList:
    """Return which of `price_lists` holds for `currency` when none is named: the default in it, or the only one.

    Without any in the currency these are plain amounts whose tax is not known. Refuses with NotFound several lists of
    which none is the default.
    """
    usable = [each for each in price_lists if each.currency == currency]
    if not usable:
        return PriceList("standard", Text("Standard"), currency)
    default = next((each for each in usable if each.is_default), usable[0] if len(usable) == 1 else None)
    if default is None:
        raise NotFound(f"There are {len(usable)} price lists in {currency}, and none is the default; name one.")
    return default


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[PriceList]:
    return TypeAdapter(PriceList)


def read_price_list(document: Mapping[str, Any]) -> PriceList:
    """Return the price list that `document` (plain JSON values) tells; refuse with Malformed, every place named."""
    try:
        return _adapter().validate_python(document)
    except ValidationError as error:
        errors = [
            {"pointer": "".join(f"/{part}" for part in each["loc"]), "detail": _told(each)}
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = errors[0]
        raise Malformed(
            f"{len(errors)} place(s) of the price list could not be read; the first is "
            f"{first['pointer'] or 'the whole'}: {first['detail']}",
            errors=errors,
        ) from None


def _told(error: Any) -> str:
    if error["type"] == "unexpected_keyword_argument":
        return "there is no such field"
    if error["type"] == "missing":
        return "this field is required"
    message = cast(str, error["msg"]).removeprefix("Value error, ")
    return message if message.startswith(("'", '"')) else message[:1].lower() + message[1:]


def write_price_list(price_list: PriceList) -> dict[str, Any]:
    """Return `price_list` as plain JSON values, without whatever has its default; `read_price_list` undoes it."""
    return cast(dict[str, Any], _adapter().dump_python(price_list, mode="json", exclude_defaults=True))


def price_list_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `read_price_list` takes."""
    return _adapter().json_schema(mode="validation")
