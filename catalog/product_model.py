"""The whole definition of a product as one frozen value, and its way to and from JSON.

Everything that a version holds is here: options and their domains, rules, price lines, parts, lead
times, pictures. Expressions stay text in this value; `catalog.expressions` reads them. Numbers are
exact decimals.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from catalog.counts import told_count
from catalog.errors import Malformed

KEY_PATTERN = r"[a-z][a-z0-9_]{0,62}"
# `modules.2.width`: an option of the second instance of a sub-assembly.
PLACED_KEY_PATTERN = rf"{KEY_PATTERN}(\.[1-9][0-9]{{0,3}}\.{KEY_PATTERN})*"
_WORDS = re.compile(PLACED_KEY_PATTERN.replace("(", "(?:"))
# Numbers travel through JSON as ordinary JSON numbers; up to 15 significant digits survive a double
# unchanged.
MAX_DIGITS = 15
MAX_MAGNITUDE = Decimal(10) ** 12
MOST_TABLE_CELLS = 10_000
IMPORTANCE, LEAST_IMPORTANCE, MOST_IMPORTANCE = 5, 1, 9

type Orientation = Literal["flat", "flat_across", "side", "side_across", "front", "front_across"]
ORIENTATIONS: Mapping[Orientation, str] = {
    "flat": "xyz",
    "flat_across": "yxz",
    "side": "zyx",
    "side_across": "yzx",
    "front": "zxy",
    "front_across": "xzy",
}
"""Along which axes length, width and thickness run: a shelf is `flat`, a cabinet's side `side`, a
door `front`.

`across` says that the length lies where the width would.
"""
type Edge = Literal["L1", "L2", "W1", "W2"]

type LengthUnit = Literal["mm", "cm", "m", "in"]
LENGTH_UNITS: tuple[LengthUnit, ...] = ("mm", "cm", "m", "in")

type Choice = str | bool | Decimal | tuple[str, ...]
"""What a person gave: a value's key, yes or no, a number, a text or colour, or the wanted values of
a multi-choice.

The empty text says, of an option of any kind but these last and booleans, that it is to be left
empty.
"""
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What people read: a text in the product's own locale, and translations by locale (`de`,
    `fr-CA`).
    """

    default: str
    translations: tuple[tuple[str, str], ...] = ()

    def in_locale(self, locale: str | None) -> str:
        """Return the text for `locale`, for its language, or else in the product's own locale."""
        if locale and self.translations:
            known = {name.lower(): text for name, text in self.translations}
            wanted = locale.lower()
            return known.get(wanted) or known.get(wanted.partition("-")[0]) or self.default
        return self.default

    def __str__(self) -> str:
        return self.default


def _read_text(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, Mapping):
        texts = {str(locale): text for locale, text in value.items()}
        if "default" in texts and all(isinstance(text, str) for text in texts.values()):
            default = texts.pop("default")
            return Text(default, tuple(sorted(texts.items())))
    raise ValueError('expected a text, or a mapping such as {"default": "Oak", "de": "Eiche"}')


def _write_text(text: Text) -> str | dict[str, str]:
    return (
        {"default": text.default, **dict(text.translations)} if text.translations else text.default
    )


def _read_number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("expected a number")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) >= MAX_MAGNITUDE:
        raise ValueError("expected a number below a million millions")
    number = plain_number(number)
    if len(number.normalize().as_tuple().digits) > MAX_DIGITS:
        raise ValueError(f"expected a number of at most {MAX_DIGITS} digits")
    return number


def _read_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    meant = _MEANT.get(value.lower()) if isinstance(value, str) else None
    hint = f", found the text {value!r}; write {meant}, without quotes" if meant else ""
    raise ValueError(f"expected true or false{hint}")


# In YAML 1.2, as in JSON, these are texts; a text is no yes and no no.
_MEANT = {
    **dict.fromkeys(("true", "yes", "y", "on"), "true"),
    **dict.fromkeys(("false", "no", "n", "off"), "false"),
}


def _each_once(units: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(units)) < len(units):
        raise ValueError("name each unit once")
    return units


@lru_cache(maxsize=10_000)
def day_of(text: str) -> date | None:
    """Return the day that `text` is as ISO 8601 writes it with hyphens; None for what is none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _read_day(value: object) -> date:
    day = value if isinstance(value, date) else day_of(value) if isinstance(value, str) else None
    if day is None:
        raise ValueError("expected a date such as 2026-12-24")
    return day


def plain_number(number: Decimal) -> Decimal:
    """Return the decimal that equals `number`, without zeros behind it and without an exponent."""
    return (
        number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    )


def write_number(number: Decimal) -> int | float:
    """Return `number` as the JSON number that reads back as the same decimal."""
    return int(number) if number == number.to_integral_value() else float(number)


def read_price_table(document: Mapping[str, Any]) -> "PriceTable":
    """Return the table of amounts that plain JSON values tell; refuse with Malformed what is none."""
    try:
        return TypeAdapter(PriceTable).validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Malformed(f"The table cannot be kept: {_told(first)}.") from None


def write_price_table(table: "PriceTable") -> dict[str, Any]:
    """Return `table` as plain JSON values, without whatever has its default."""
    return cast(
        dict[str, Any],
        TypeAdapter(PriceTable).dump_python(table, mode="json", exclude_defaults=True),
    )


def read_shape(document: Mapping[str, Any]) -> "Shape":
    """Return the shape that plain JSON values tell; refuse with Malformed what is none."""
    try:
        return TypeAdapter(Shape).validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Malformed(f"The shape cannot be kept: {_told(first)}.") from None


def write_operations(operations: Sequence["Operation"]) -> list[dict[str, Any]]:
    """Return operations as plain JSON values, without whatever has its default."""
    adapter = TypeAdapter(Operation)
    return [adapter.dump_python(each, mode="json", exclude_defaults=True) for each in operations]


def _read_choice(value: object) -> Choice:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (list, tuple)):
        if all(isinstance(key, str) for key in value):
            return tuple(dict.fromkeys(value))
        raise ValueError("expected a list of value keys")
    return _read_number(value)


def write_choice(choice: Choice | None) -> Any:
    """Return `choice` as plain JSON: text, number, true or false, or a list of keys."""
    if isinstance(choice, Decimal):
        return write_number(choice)
    return list(choice) if isinstance(choice, tuple) else choice


def _read_expression(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    return format(_read_number(value), "f")


def _write_expression(text: str) -> Any:
    # A plain number reads better as a number, and comes back as the same text.
    if (
        re.fullmatch(r"-?\d{1,12}(\.\d{1,8})?", text)
        and format(_read_number(Decimal(text)), "f") == text
    ):
        return write_number(Decimal(text))
    return text


def _read_key(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(KEY_PATTERN, value):
        return value
    raise ValueError(
        "expected a key of small letters, digits and underscores that starts with a letter"
    )


def _read_placed_key(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(PLACED_KEY_PATTERN, value):
        return value
    raise ValueError(
        "expected the key of an option, such as width, or of one in an instance, such as modules.2.width"
    )


def _read_product_key(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        return value
    raise ValueError("expected a key of small letters, digits, hyphens and underscores")


def _read_cell(value: object) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_read_cell(each) for each in value)
    if isinstance(value, (bool, str)):
        return value
    return _read_number(value)


def _write_cell(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return [_write_cell(each) for each in cell]
    return write_number(cell) if isinstance(cell, Decimal) else cell


def _read_attribute(value: object) -> Decimal | str:
    return value if isinstance(value, str) else _read_number(value)


def _read_hex(value: object) -> str:
    if isinstance(value, str) and re.fullmatch("#[0-9a-f]{6}", value):
        return value
    raise ValueError("expected a colour such as #9fb49c, in small letters")


_HEX_SCHEMA = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
_TEXT_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["default"],
            "properties": {"default": {"type": "string"}},
            "additionalProperties": {"type": "string"},
        },
    ]
}
_SCALARS = [{"type": "string"}, {"type": "boolean"}, {"type": "number"}]
_KEY_SCHEMA = {"type": "string", "pattern": f"^{KEY_PATTERN}$"}

type TextField = Annotated[
    Text, BeforeValidator(_read_text), PlainSerializer(_write_text), WithJsonSchema(_TEXT_SCHEMA)
]
type Number = Annotated[
    Decimal,
    BeforeValidator(_read_number),
    PlainSerializer(write_number),
    WithJsonSchema({"type": "number"}),
]
type Day = Annotated[
    date,
    BeforeValidator(_read_day),
    PlainSerializer(date.isoformat),
    WithJsonSchema({"type": "string", "format": "date"}),
]
type Expression = Annotated[
    str,
    BeforeValidator(_read_expression),
    PlainSerializer(_write_expression),
    WithJsonSchema(
        {
            "anyOf": _SCALARS,
            "description": "an expression in the catalog's notation, or a plain number",
        }
    ),
]
Flag = Annotated[bool, BeforeValidator(_read_flag)]
type Key = Annotated[str, BeforeValidator(_read_key), WithJsonSchema(_KEY_SCHEMA)]
type PlacedKey = Annotated[
    str,
    BeforeValidator(_read_placed_key),
    WithJsonSchema({"type": "string", "pattern": f"^{PLACED_KEY_PATTERN}$"}),
]
type ChoiceField = Annotated[
    Any,
    BeforeValidator(_read_choice),
    PlainSerializer(write_choice),
    WithJsonSchema({"anyOf": [*_SCALARS, {"type": "array", "items": {"type": "string"}}]}),
]
type Cell = Annotated[
    Any,
    BeforeValidator(_read_cell),
    PlainSerializer(_write_cell),
    WithJsonSchema(
        {
            "anyOf": [*_SCALARS, {"type": "array", "items": {"anyOf": _SCALARS}}],
            "description": 'a value\'s key, a number, true or false; "*" for any; "600..900" for a range; '
            "a list for any of them",
        }
    ),
]
type Attribute = Annotated[
    Decimal | str,
    BeforeValidator(_read_attribute),
    PlainSerializer(_write_cell),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]

_STRICT = ConfigDict(extra="forbid")


class Kind(StrEnum):
    """What sort of answer an option takes."""

    CHOICE = "choice"
    MULTI = "multi"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    COLOUR = "colour"
    DATE = "date"
    FILE = "file"


@dataclass(frozen=True)
class Value:
    """A possible answer of a choice or multi-choice; `when` switches it off where the condition is
    false.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    sku: str = ""
    description: TextField | None = None
    image: str | None = None
    swatch: (
        Annotated[str, WithJsonSchema({"type": "string", "pattern": "^#[0-9a-f]{6}$"})] | None
    ) = None
    attributes: Mapping[Key, Attribute] = field(default_factory=dict)
    when: Expression | None = None
    reason: TextField | None = None


@dataclass(frozen=True)
class NumberDomain:
    """All numbers from `first` to `last` in steps of `step`, both ends included, in `unit`."""

    __pydantic_config__ = _STRICT

    first: Number
    last: Number
    step: Number = Decimal(1)
    unit: str = ""

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return int((self.last - self.first) / self.step) + 1

    @cached_property
    def whole_steps(self) -> tuple[int, int] | None:
        """First number and step where both are whole, so that steps are counted without dividing
        decimals.
        """
        first, step = int(self.first), int(self.step)
        return (first, step) if first == self.first and step == self.step and step > 0 else None

    def at(self, index: int) -> Decimal:
        """Return the number of step `index`, counted from 0."""
        if self.whole_steps is not None:
            first, step = self.whole_steps
            return Decimal(first + index * step)
        return plain_number(self.first + index * self.step)

    def index(self, number: Decimal) -> int | None:
        """Return which step `number` is, or None if it is none."""
        if self.whole_steps is not None:
            if not self.first <= number <= self.last or (whole := int(number)) != number:
                return None
            first, step = self.whole_steps
            index, rest = divmod(whole - first, step)
            return None if rest else index
        steps = (number - self.first) / self.step
        index = int(steps)
        return index if steps == index and 0 <= index < len(self) else None


@dataclass(frozen=True)
class DateDomain:
    """All days from `first` to `last` in steps of `step` days, both ends included.

    `working_days` leaves out Saturdays and Sundays, `closed` lists further days that are no
    answers.
    """

    __pydantic_config__ = _STRICT

    first: Day
    last: Day
    step: int = 1
    working_days: Flag = False
    closed: tuple[Day, ...] = ()


@dataclass(frozen=True)
class TextDomain:
    """Texts of `min_length` to `max_length` characters that match `pattern` (a regular expression)
    as a whole.
    """

    __pydantic_config__ = _STRICT

    min_length: int = 0
    max_length: int = 200
    pattern: str | None = None
    pattern_hint: TextField | None = None


@dataclass(frozen=True)
class Option:
    """A question the product asks.

    `values` belong to choices and multi-choices, `number`, `text` and `date` to those kinds.

    `when` switches the option off where it is false: it then has no value and takes part in
    nothing. `reason` is the merchant's own sentence for that. `at_least` and `at_most` count the
    wanted values of a multi-choice. Where choices clash, those on options of small `importance` (1
    to 9) are the first to be given up. An `internal` option is read by formulas and rules as any
    other, and shoppers never see it.
    """

    __pydantic_config__ = _STRICT

    key: Key
    kind: Kind
    label: TextField
    group: Key | None = None
    help: TextField | None = None
    required: Flag = True
    default: ChoiceField | None = None
    values: tuple[Value, ...] = ()
    number: NumberDomain | None = None
    text: TextDomain | None = None
    date: DateDomain | None = None
    at_least: int | None = None
    at_most: int | None = None
    when: Expression | None = None
    reason: TextField | None = None
    importance: int = IMPORTANCE
    internal: Flag = False

    @cached_property
    def value_by_key(self) -> Mapping[str, Value]:
        return {value.key: value for value in self.values}

    @cached_property
    def place_of_value(self) -> Mapping[str, int]:
        """Where each value stands among the values, the first being 0."""
        return {value.key: place for place, value in enumerate(self.values)}


@dataclass(frozen=True)
class Derived:
    """A number, text or yes/no that a formula gives; nobody is asked, every expression may read it."""

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    formula: Expression
    unit: str = ""
    shown: Flag = False


@dataclass(frozen=True)
class Group:
    """Options shown together."""

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    help: TextField | None = None


@dataclass(frozen=True)
class Step:
    """A page of groups."""

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Wherever `when` holds (always, without one), `then` must hold; `message` tells a shopper why."""

    __pydantic_config__ = _STRICT

    key: Key
    then: Expression
    when: Expression | None = None
    message: TextField | None = None


@dataclass(frozen=True)
class Preference:
    """A statement that should hold where it can: it outweighs defaults, and gives way to choices
    and rules.

    Wherever `when` holds (always, without one), `then` should; `message` tells a shopper why. An
    earlier preference outweighs a later one.
    """

    __pydantic_config__ = _STRICT

    key: Key
    then: Expression
    when: Expression | None = None
    message: TextField | None = None


@dataclass(frozen=True)
class TableRule:
    """Combinations of `options` listed row by row: the only ones allowed, or those forbidden.

    A cell is a value's key, a number, true or false, "*" for any, "600..900" for a range of
    numbers, or a tuple of such for any of them.
    """

    __pydantic_config__ = _STRICT

    key: Key
    options: tuple[Key, ...]
    rows: tuple[tuple[Cell, ...], ...]
    allows: Flag = True
    message: TextField | None = None


@dataclass(frozen=True)
class Preset:
    """A named set of choices to start from."""

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    choices: Mapping[PlacedKey, ChoiceField] = field(default_factory=dict)
    description: TextField | None = None
    image: str | None = None


@dataclass(frozen=True)
class QuantityBreak:
    """What a price line gives from so many pieces on: another `amount`, or a `percent` added to its
    amount.
    """

    __pydantic_config__ = _STRICT

    pieces: Annotated[int, WithJsonSchema({"type": "integer", "minimum": 2})]
    amount: Expression | None = None
    percent: Expression | None = None


@dataclass(frozen=True)
class PriceTable:
    """Amounts by two numbers, which the formulas `columns` and `rows` give: a row of `amounts` for
    each row size.

    A number between two sizes takes the next larger one; with `exact` only the sizes themselves
    have amounts. What is beyond the last size has none, and neither has a cell that is empty
    (null).
    """

    __pydantic_config__ = _STRICT

    columns: Expression
    rows: Expression
    column_sizes: tuple[Number, ...]
    row_sizes: tuple[Number, ...]
    amounts: tuple[tuple[Number | None, ...], ...]
    exact: Flag = False

    def __post_init__(self) -> None:
        for name, sizes in (("column_sizes", self.column_sizes), ("row_sizes", self.row_sizes)):
            if not sizes or any(size >= following for size, following in pairwise(sizes)):
                raise ValueError(f"{name} must be numbers that rise from one to the next")
        if len(self.column_sizes) * len(self.row_sizes) > MOST_TABLE_CELLS:
            raise ValueError(f"a table of amounts has at most {MOST_TABLE_CELLS:,} cells")
        if len(self.amounts) != len(self.row_sizes):
            raise ValueError(
                f"there must be a row of amounts for each of the {len(self.row_sizes)} row_sizes"
            )
        for size, row in zip(self.row_sizes, self.amounts, strict=True):
            if len(row) != len(self.column_sizes):
                raise ValueError(
                    f"the row of {size:f} has {told_count(len(row), 'amount')} for "
                    f"{told_count(len(self.column_sizes), 'column')}"
                )
        if all(amount is None for row in self.amounts for amount in row):
            raise ValueError("a table of amounts needs at least one amount")

    @cached_property
    def cells(self) -> Mapping[str, Decimal | None]:
        """The amounts by the keys of their cells, column before row: "600x1400"."""
        return {
            f"{column:f}x{row:f}": amount
            for row, amounts in zip(self.row_sizes, self.amounts, strict=True)
            for column, amount in zip(self.column_sizes, amounts, strict=True)
        }


@dataclass(frozen=True)
class PriceLine:
    """One amount with its reason, in one of six forms.

    `amount` is a formula; `option` with `amounts` gives a formula per value (each value must have
    one: a missing amount is an error, never zero); `percent` is a percentage `of` the named lines
    and subtotals (the key of a sub-assembly names all lines of its instances), or of all lines
    before it when `of` is empty; `minimum` and `maximum` add what those lines lack, or take off
    what they exceed; `table` gives an amount by two numbers.

    With `per`, `amount` (or each of `amounts`) is the price of one square metre, metre, cubic
    metre, kilogram or piece of a material, of which there is `quantity`, or what the BOM lines
    `parts` need; of `m_of_longest` there is the length of the longest of the `parts`. `waste` is a
    percentage added to that, and `at_least` the least that is charged. `breaks` change the amount
    from so many pieces on, of all pieces, or where `tiered` of those pieces alone. A line that
    counts `once` is for the whole order, not for each piece. Of a `whole` material the order needs
    whole units: its need for all pieces together is rounded up and charged once.

    `subtotal` names a sum that the line counts in. `cost` and `costs` are what the line costs the
    merchant. `tax_class` is that of the line where it is not the product's; "none" says that the
    line bears no tax. `price_list` limits the line to one list; without it the line holds in every
    list of the product's own currency. `when` limits it to configurations where the condition
    holds.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    amount: Expression | None = None
    option: Key | None = None
    amounts: Mapping[Key, Expression] = field(default_factory=dict)
    table: PriceTable | None = None
    percent: Expression | None = None
    of: tuple[Key, ...] = ()
    minimum: Expression | None = None
    maximum: Expression | None = None
    per: Literal["m2", "m", "m3", "kg", "piece", "m_of_longest"] | None = None
    quantity: Expression | None = None
    parts: tuple[Key, ...] = ()
    waste: Expression | None = None
    at_least: Expression | None = None
    breaks: tuple[QuantityBreak, ...] = ()
    tiered: Flag = False
    once: Flag = False
    whole: Flag = False
    subtotal: Key | None = None
    cost: Expression | None = None
    costs: Mapping[Key, Expression] = field(default_factory=dict)
    when: Expression | None = None
    price_list: str | None = None
    tax_class: Key | None = None

    @property
    def is_bound(self) -> bool:
        """Whether this is a percentage, minimum or maximum of other lines."""
        return self.percent is not None or self.minimum is not None or self.maximum is not None

    @property
    def is_for_order(self) -> bool:
        """Whether the line counts once for the whole order, not for each piece."""
        return self.once or self.tiered or self.whole


@dataclass(frozen=True)
class BomLine:
    """A part the configuration needs: `quantity` of it where `when` holds, with measures in
    millimetres or as named.

    The part number is `part`, or the SKU of what is chosen for `option`. Of a `whole` part, such as
    a sheet or a pack, the order takes whole ones: the quantity for all pieces together is rounded
    up.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    quantity: Expression = "1"
    part: str = ""
    option: Key | None = None
    unit: str = ""
    when: Expression | None = None
    measures: Mapping[Key, Expression] = field(default_factory=dict)
    whole: Flag = False


@dataclass(frozen=True)
class LeadTimeLine:
    """Days that are added to the lead time where `when` holds; of lines of one `stage` only the
    slowest counts.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    days: Expression
    stage: Key | None = None
    when: Expression | None = None


type Typeface = Literal["sans", "serif", "hand", "round"]
type Blend = Literal["normal", "multiply", "screen", "overlay", "soft_light", "darken", "lighten"]
type PictureView = Literal["corner", "front", "side", "back", "top", "inside", "detail"]


PRINT_LENGTHS = ("width", "height", "size", "least", "curve", "x", "y")
PRINT_NUMBERS = ("scale", "turn")
"""The fields of a print that hold a length, and those that hold another number."""


@dataclass(frozen=True)
class Print:
    """What is printed, engraved or cut in an area of `width` by `height`: what is written for the
    text option `text`, or the picture that is uploaded for the option `file`.

    Capital letters are `size` high, or as high as fits, down to `least`; a text that does not fit
    then cannot be ordered. The line is straight, or goes round a circle of the radius `curve`: over
    its top where that is positive, through its bottom where it is negative. The typeface is the
    attribute `typeface` of what is chosen for the option `typeface_of`, and `typeface` where there
    is none; the colour that of `colour_of`, and `colour`.

    A picture is as large as fits into the area (`contain`), or as covers it (`cover`), times `scale`
    percent; its middle is `x` to the right of that of the area and `y` above it, and it is turned by
    `turn` degrees against the clock. What is outside the area is not printed. Where it has fewer
    than `least_dpi` dots an inch then, shoppers are warned.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    width: Expression
    height: Expression
    text: Key | None = None
    file: Key | None = None
    size: Expression | None = None
    least: Expression = "3"
    typeface: Typeface = "sans"
    typeface_of: Key | None = None
    colour: Annotated[str, BeforeValidator(_read_hex), WithJsonSchema(_HEX_SCHEMA)] = "#202020"
    colour_of: Key | None = None
    align: Literal["left", "middle", "right"] = "middle"
    curve: Expression = "0"
    fit: Literal["contain", "cover"] = "contain"
    scale: Expression = "100"
    x: Expression = "0"
    y: Expression = "0"
    turn: Expression = "0"
    least_dpi: Annotated[int, Field(ge=1, le=1_200)] = 150
    when: Expression | None = None


type Share = Annotated[float, Field(ge=0, le=100)]


@dataclass(frozen=True)
class Layer:
    """A picture laid over those listed before it where `when` holds; all layers of a product have
    the same size.

    In place of a picture of its own it may show a `print`: its area then lies between the four
    `corners`, from the upper left one round to the lower left one, each by its distance from the
    left and from the top in percent of the picture.

    One in greys takes the colour that was chosen in the option `colour`. `mask` is a picture that
    cuts it out: it shows as far as that one is bright and not see-through. `blend` says how its
    colours meet those below, in the words of CSS, and `opacity` how much of it is seen, in percent.
    A layer of a `view` shows in the picture of that view alone, one without in all of them.
    """

    __pydantic_config__ = _STRICT

    key: Key
    image: str | None = None
    print: Key | None = None
    corners: tuple[tuple[Share, Share], ...] = ()
    when: Expression | None = None
    colour: Key | None = None
    mask: str | None = None
    blend: Blend = "normal"
    opacity: Annotated[int, Field(ge=1, le=100)] = 100
    view: PictureView | None = None


@dataclass(frozen=True)
class Material:
    """What shapes are made of: how it looks, and what a cubic metre of it weighs.

    It looks as what is chosen for the first of the options `finishes` that has a value: the colour
    of a colour option, the swatch of a choice's value, and `colour` wherever there is none.
    `density` is in kilograms per cubic metre; `roughness` and `metallic` go from 0 to 1.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    finishes: tuple[Key, ...] = ()
    colour: Annotated[str, BeforeValidator(_read_hex), WithJsonSchema(_HEX_SCHEMA)] = "#c8c8c8"
    density: Expression | None = None
    roughness: Expression = "0.7"
    metallic: Expression = "0"


type Face = Literal["A", "B", "x0", "x1", "y0", "y1"]
OPERATION_LENGTHS = ("x", "y", "diameter", "length", "width", "depth", "px", "py")
OPERATION_COUNTS = ("nx", "ny")
"""The fields of an operation that hold a length, and those that hold how many there are."""


@dataclass(frozen=True)
class Operation:
    """What a machine takes out of a board: a `hole`, a `pocket`, a `groove` or a `cut_out`.

    `face` says where the tool comes from: A and B are the two large faces, A where the thickness
    ends; x0 and x1 are the ends of the length, y0 and y1 those of the width. `x` and `y` are
    measured from the lower corner of the board, whichever face it is: along length and width on A
    and B, width and thickness on x0 and x1, length and thickness on y0 and y1. They are the centre
    of a hole, and the lower corner of whatever has `length` and `width`.

    Without a `depth` it goes through. It is repeated `nx` times by `px`, and `ny` times by `py`.
    `when` leaves it out; `sku` is a piece that each one takes, such as a dowel. Formulas read the
    counters and values of the shape.
    """

    __pydantic_config__ = _STRICT

    key: Key
    kind: Literal["hole", "pocket", "groove", "cut_out"] = "hole"
    face: Face = "A"
    x: Expression = "0"
    y: Expression = "0"
    diameter: Expression | None = None
    length: Expression | None = None
    width: Expression | None = None
    depth: Expression | None = None
    nx: Expression = "1"
    px: Expression = "0"
    ny: Expression = "1"
    py: Expression = "0"
    when: Expression | None = None
    sku: str = ""


SIZES = ("length", "width", "thickness")
SHAPE_LENGTHS = (*SIZES, "x", "y", "z")
"""The fields of a shape that hold a length."""


@dataclass(frozen=True)
class Shape:
    """A parametric solid, placed by its lower corner: `x` to the right, `y` to the back, `z` up, in
    millimetres.

    A `box` has `length`, `width` and `thickness`. A `profile` is its `outline` (points across width
    and thickness) drawn out over `length`. A `turned` shape is its `outline` (points of radius and
    height) turned about an axis along its length. `orientation` says where length, width and
    thickness point; see ORIENTATIONS.

    A `model` is one of the merchant's 3D models, called `model`, as large as it is: with one of the
    three lengths it is scaled as a whole, with all of them along each. `turn` turns it in degrees
    about a vertical axis, seen from above against the clock, by quarters. `variant` tells the name
    of one of its looks, or that name as a key. `slots` gives materials of its file, by their names,
    the looks of materials of the product. `weight` is in kilograms.

    `repeat` names counters, each with how often it counts from 1: every combination places one
    solid. `each` holds values by name that are worked out anew for each solid; they may read
    counters and values before them. `when` leaves out the solids of which it is false.

    `edges` are the edges of a board that are banded where the condition holds: L1, L2 along its
    length, W1, W2 across. `operations` are what is taken out of a board.

    The form `letters` is a `print`, drawn out by `thickness`: its lines run along the length, its
    letters stand up along the width, and the corner is that of its area. There is nothing of it where
    nothing is written.

    A shape `of` a sub-assembly stands in each of its instances, and is measured from where that
    stands. Its formulas read the names of the instance first, then those of the product.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    form: Literal["box", "profile", "turned", "model", "letters"] = "box"
    orientation: Orientation = "flat"
    length: Expression | None = None
    width: Expression | None = None
    thickness: Expression | None = None
    outline: tuple[tuple[Expression, Expression], ...] = ()
    x: Expression = "0"
    y: Expression = "0"
    z: Expression = "0"
    repeat: Mapping[Key, Expression] = field(default_factory=dict)
    each: Mapping[Key, Expression] = field(default_factory=dict)
    when: Expression | None = None
    material: Key | None = None
    edges: Mapping[Edge, Expression] = field(default_factory=dict)
    grain: Literal["length", "width"] | None = None
    sku: str = ""
    operations: tuple[Operation, ...] = ()
    of: Key | None = None
    model: str | None = None
    variant: Expression | None = None
    slots: Mapping[str, Key] = field(default_factory=dict)
    weight: Expression | None = None
    turn: Expression | None = None
    print: Key | None = None


FITTING_KINDS = ("dowel", "confirmat", "cam", "hinge", "hinge_cup", "runner")
"""What joins two boards; what each drills stands in `configurator/geometry/fitting_library.py`."""


@dataclass(frozen=True)
class Fitting:
    """What joins boards wherever they meet, with the holes that it takes in both of them.

    Each part of `shape` meets parts of the shapes `to`: a dowel, a confirmat screw or a cam joins its
    end or edge to their face, a hinge its face to their edge, a runner its face to theirs. `edge` leaves
    only one end or edge of it: of a hinge that by which it hangs. `face` is the large face where a cam
    is turned, or a hinge's plate is screwed on; without one that which looks to the other board.

    Along the joint the first is `at` from its begin, and `count` are spread to the same distance from
    its end, or `pitch` apart. `sku` is the piece that each takes. `when` leaves it out; formulas read
    the counters and values of `shape`.
    """

    __pydantic_config__ = _STRICT

    key: Key
    kind: Literal["dowel", "confirmat", "cam", "hinge", "hinge_cup", "runner"]
    shape: Key
    to: tuple[Key, ...]
    edge: Literal["x0", "x1", "y0", "y1"] | None = None
    face: Literal["A", "B"] | None = None
    at: Expression = "50"
    count: Expression = "2"
    pitch: Expression | None = None
    when: Expression | None = None
    sku: str = ""


@dataclass(frozen=True)
class ShapeCheck:
    """What must hold for the shapes to be built: `then`, wherever `when` holds; `message` tells why
    they are not.
    """

    __pydantic_config__ = _STRICT

    key: Key
    then: Expression
    when: Expression | None = None
    message: TextField | None = None


@dataclass(frozen=True)
class SubAssembly:
    """A configured product inside this one, `at_least` to `at_most` times; `default` is how many to
    start with.

    `definition` is the contained product as it was published: its options, rules, tables, derived
    values, price lines, parts and lead times hold in each instance by themselves. `version` is the
    number of that version where it is one of the merchant's own. `label` names one instance
    (`Module`), `count_label` asks how many. Instances are made at the same time (`longest`: the
    slowest counts for the lead time) or one after the other (`added`).

    `spacing` says how far the shapes of the next instance stand from those of this one, along x, y
    and z; its formulas read the names of this instance first, then those of the product.
    """

    __pydantic_config__ = _STRICT

    key: Key
    label: TextField
    definition: "ProductModel"
    at_least: int = 0
    at_most: int = 1
    default: int | None = None
    count_label: TextField | None = None
    group: Key | None = None
    help: TextField | None = None
    when: Expression | None = None
    reason: TextField | None = None
    lead_time: Literal["longest", "added"] = "longest"
    version: int | None = None
    spacing: Mapping[Literal["x", "y", "z"], Expression] = field(default_factory=dict)


KEYED_LISTS = (
    "derived",
    "rules",
    "tables",
    "preferences",
    "presets",
    "price_lines",
    "bom_lines",
    "lead_time_lines",
    "layers",
    "prints",
    "assemblies",
    "materials",
    "shapes",
    "fittings",
    "shape_checks",
)
"""The fields of a product model, beside its options and steps, whose members have a key of their
own.
"""


@dataclass(frozen=True)
class ProductModel:
    """A whole product. `assets` names each picture's content by its SHA-256, so that a version pins
    what it shows.

    `units` are those that shoppers may see lengths in, the first one until they switch; without
    any, each length is shown in its own unit.
    """

    __pydantic_config__ = _STRICT

    product: Annotated[
        str,
        BeforeValidator(_read_product_key),
        WithJsonSchema({"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"}),
    ]
    name: TextField
    options: tuple[Option, ...]
    description: TextField | None = None
    image: str | None = None
    locale: str = "en"
    currency: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})] = "EUR"
    tax_class: Key = "standard"
    units: Annotated[tuple[LengthUnit, ...], AfterValidator(_each_once)] = ()
    steps: tuple[Step, ...] = ()
    derived: tuple[Derived, ...] = ()
    rules: tuple[Rule, ...] = ()
    tables: tuple[TableRule, ...] = ()
    preferences: tuple[Preference, ...] = ()
    presets: tuple[Preset, ...] = ()
    price_lines: tuple[PriceLine, ...] = ()
    lead_time_lines: tuple[LeadTimeLine, ...] = ()
    bom_lines: tuple[BomLine, ...] = ()
    layers: tuple[Layer, ...] = ()
    prints: tuple[Print, ...] = ()
    assemblies: tuple[SubAssembly, ...] = ()
    materials: tuple[Material, ...] = ()
    shapes: tuple[Shape, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    shape_checks: tuple[ShapeCheck, ...] = ()
    assets: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def option_by_key(self) -> Mapping[str, Option]:
        return {option.key: option for option in self.options}

    @cached_property
    def derived_by_key(self) -> Mapping[str, Derived]:
        return {derived.key: derived for derived in self.derived}

    @cached_property
    def assembly_by_key(self) -> Mapping[str, SubAssembly]:
        return {assembly.key: assembly for assembly in self.assemblies}

    @cached_property
    def internal_options(self) -> frozenset[str]:
        """The options that shoppers never see."""
        return frozenset(option.key for option in self.options if option.internal)

    @cached_property
    def options_with_a_say(self) -> frozenset[str]:
        """The options that may have a value nobody chose: leaving one of them empty is a choice.

        Those with a default, and those that a preference may speak of. To leave any other empty is
        to choose nothing.
        """
        found = {option.key for option in self.options if option.default not in (None, NOTHING, ())}
        # What a preference speaks of under a condition may be had by what the condition reads, too.
        formulas = [
            formula
            for preference in self.preferences
            for formula in (preference.then, preference.when)
            if formula is not None
        ]
        words = set[str]()
        while formulas:
            read_anew = set(_WORDS.findall(formulas.pop())) - words
            words |= read_anew
            formulas += [
                self.derived_by_key[word].formula
                for word in read_anew
                if word in self.derived_by_key
            ]
        return frozenset(found | (words & self.option_by_key.keys()))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal digest, equal product."""
        text = json.dumps(write(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def options_of(self, group: str | None) -> Iterator[Option]:
        return (option for option in self.options if option.group == group)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[ProductModel]:
    return TypeAdapter(ProductModel)


def read(document: Mapping[str, Any]) -> ProductModel:
    """Return the product model that `document` (plain JSON values) tells; refuse with Malformed,
    every place named.

    Only the shape is checked here: references and expressions are the business of the publish
    checks, so that a draft may be unfinished.
    """
    try:
        return _adapter().validate_python(document)
    except ValidationError as error:
        errors = [
            {"pointer": "/" + "/".join(str(part) for part in each["loc"]), "detail": _told(each)}
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = errors[0]
        raise Malformed(
            f"{len(errors)} place(s) could not be read; the first is {first['pointer']}: {first['detail']}",
            errors=errors,
        ) from None


def _told(error: Any) -> str:
    message = cast(str, error["msg"]).removeprefix("Value error, ")
    if error["type"] == "unexpected_keyword_argument":
        return "there is no such field"
    if error["type"] == "missing":
        return "this field is required"
    return message[:1].lower() + message[1:]


def write(model: ProductModel) -> dict[str, Any]:
    """Return `model` as plain JSON values, leaving out whatever has its default; `read` undoes it
    exactly.
    """
    return cast(dict[str, Any], _adapter().dump_python(model, mode="json", exclude_defaults=True))


def canonical(model: ProductModel) -> str:
    """Return `model` as the one text that is kept of it: equal models, equal texts."""
    return json.dumps(write(model), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_whole(model: ProductModel) -> dict[str, Any]:
    """Return `model` as plain JSON values with whatever has its default, for comparing and
    explaining.
    """
    return cast(dict[str, Any], _adapter().dump_python(model, mode="json"))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `read` takes."""
    schema = _adapter().json_schema(mode="validation")
    definitions = schema["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **definitions["ProductModel"],
        "$defs": definitions,
    }
