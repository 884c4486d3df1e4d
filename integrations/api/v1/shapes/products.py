"""What products and versions look like, field by field."""

from typing import Annotated, Literal

from pydantic import Field

from catalog.product_model import Blend, PictureView
from integrations.api.v1.shapes.answer import Answer, Choices, ChoiceValue


class Group(Answer):
    """Options shown together, by their keys in order."""

    key: str
    label: str
    help: str | None
    options: list[str]


class Step(Answer):
    """A page of groups."""

    key: str
    label: str
    groups: list[Group]


class Value(Answer):
    """A possible answer of a choice or multi-choice."""

    key: str
    label: str
    sku: str
    description: str | None
    image: str | None
    """The address of its picture."""
    swatch: str | None
    """A colour to show where there is no picture."""
    attributes: dict[str, str | int | float]


class NumberRange(Answer):
    """All numbers from `first` to `last` in steps of `step`, both ends included."""

    first: int | float
    last: int | float
    step: int | float
    unit: str


class TextForm(Answer):
    """The texts that are taken."""

    min_length: int
    max_length: int
    pattern: str | None
    """A regular expression that the whole text must match."""
    pattern_hint: str | None


class DateRange(Answer):
    """The days that are taken."""

    first: Annotated[str, Field(json_schema_extra={"format": "date"})]
    last: Annotated[str, Field(json_schema_extra={"format": "date"})]
    step: int
    """Every how many days from the first one."""
    working_days: bool
    """Saturdays and Sundays are not taken."""
    closed: list[Annotated[str, Field(json_schema_extra={"format": "date"})]]
    """Further days that are not taken."""


class Option(Answer):
    """A question the product asks."""

    key: str
    kind: Literal["choice", "multi", "boolean", "number", "text", "colour", "date"]
    label: str
    help: str | None
    group: str | None
    required: bool
    default: ChoiceValue | None
    values: list[Value]
    number: NumberRange | None
    text: TextForm | None
    date: DateRange | None
    at_least: int | None
    at_most: int | None
    conditional: bool
    """It takes part only in some configurations; `active` of an evaluation tells in which."""
    internal: bool
    """Shoppers never see it; there is no such option for callers without the scope
    configurator:internal.
    """


class Instance(Answer):
    """An instance of a sub-assembly that there may be; its options have keys such as
    `modules.2.width`.
    """

    place: str
    label: str


class Assembly(Answer):
    """A product that is contained, once or several times; the option of the same key says how many
    there are.
    """

    key: str
    label: str
    instances: list[Instance]


class DerivedValue(Answer):
    """A value that a formula gives and shoppers are shown."""

    key: str
    label: str
    unit: str


class Preset(Answer):
    """A named set of choices to start from."""

    key: str
    label: str
    description: str | None
    image: str | None
    choices: Choices


class Layer(Answer):
    """A picture to be laid over those before it, where an evaluation lists its key.

    Where `colour` names an option, the picture is in greys and takes the colour that was chosen
    there. `mask` is a picture that cuts it out: it is seen as far as that one is bright and not
    see-through. `blend` is a mode of CSS, `opacity` is in percent. A layer with a `view` is part of
    the picture of that side alone.
    """

    key: str
    image: str
    colour: str | None
    mask: str | None
    blend: Blend
    opacity: int
    view: PictureView | None


class PriceListSummary(Answer):
    """A price list this product may be evaluated at."""

    key: str
    name: str
    currency: str
    shows: Literal["net", "gross"]
    tax_rate: str | None
    tax_label: str | None


class ProductListed(Answer):
    """A published product."""

    key: str
    name: str
    description: str | None
    image: str | None
    version: int
    """The newest version."""
    currency: str
    url: str
    """Where the whole product is read."""


class ProductPage(Answer):
    """Some of the products, in order of their keys."""

    data: list[ProductListed]
    next: str | None
    """The address of the next page, null on the last."""


class Product(Answer):
    """Everything a front end of your own needs to ask the product's questions."""

    key: str
    version: int
    versions: list[int]
    """All published versions, newest first."""
    digest: str
    name: str
    description: str | None
    image: str | None
    locale: str
    """The language of texts that are not translated."""
    locales: list[str]
    """The languages there are translations in."""
    currency: str
    steps: list[Step]
    ungrouped: list[str]
    """Options that stand in no group."""
    options: list[Option]
    assemblies: list[Assembly]
    derived: list[DerivedValue]
    presets: list[Preset]
    layers: list[Layer]
    price_lists: list[PriceListSummary]
    default_price_list: str | None
    """The list that holds when none is named; null where one has to be named."""
    retired_at: str | None
    """Since when it is not sold any more; null while it is."""


class VersionListed(Answer):
    """A published version of a product."""

    number: int
    digest: str
    published_at: str
    note: str


class VersionPage(Answer):
    """Some of a product's versions, newest first."""

    data: list[VersionListed]
    next: str | None
