"""What the answers of version 1 look like, field by field; the OpenAPI document and the tests read it from here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

type ChoiceValue = Annotated[
    str | bool | int | float | list[str],
    Field(
        json_schema_extra={"x-word": "choice"},
        description=(
            "What is chosen: a value's key (choice), true or false (boolean), a number (number), "
            "a list of values' keys (multi), a text (text), a colour such as #0b6e4f (colour), "
            "or a date such as 2026-12-24 (date)."
        ),
    ),
]
type Choices = Annotated[
    dict[str, ChoiceValue], Field(json_schema_extra={"x-word": "choices"}, description="Choices by option key.")
]
type Changes = Annotated[
    dict[str, ChoiceValue | None],
    Field(json_schema_extra={"x-word": "changes"}, description="Choices by option key; null retracts one."),
]
type Money = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="An exact amount, such as 486.00.")]


def _open(schema: dict[str, Any]) -> None:
    # Fields may be added to answers within version 1, so callers are not told that there will be none.
    schema.pop("additionalProperties", None)
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)


class Answer(BaseModel):
    """A JSON object that is answered."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, json_schema_extra=_open
    )


class Domain(Answer):
    """What an option can still have: exactly the values that still lead to a complete configuration."""

    none: bool
    """A complete configuration without a value for this option exists."""
    values: list[str | bool] | None = None
    """Choice, boolean and multi: the values that are still possible."""
    forced: list[str] | None = None
    """Multi: the values that are in whatever else is chosen."""
    runs: list[list[int | float | str]] | None = None
    """Number and date: first and last of each run of possible steps, days as 2026-12-24."""
    step: int | float | None = None
    """Number and date: the distance between two possible numbers or days of a run."""
    unit: str | None = None
    """Number: the unit, such as mm. Date: days."""
    unchecked: list[list[int | float | str]] | None = None
    """Number and date: runs of steps of which it is not checked yet whether they are possible; left out without any."""


class ValueState(Answer):
    """What choosing a value would mean now."""

    free: bool | None
    """It leads to a complete configuration with all choices so far; null while that is not checked, see `unchecked`."""
    price_difference: Money | None
    """Against the present total as shown, consequences included; null where there is no price, or where it depends."""
    price_from: Money | None = None
    """Where it depends on `price_open`: the least difference there will be, by the cheapest answer; null if unknown."""
    price_open: list[str] = []
    """Options whose answers decide what the value costs; empty where the difference is known."""
    days_difference: int | None
    """Against the present lead time."""
    ready_on: str | None
    """The day on which it would be ready; null without a calendar, or where the days are not known."""
    opens: list[str]
    """Options that would then wait for a value; the differences speak of what is decided without them."""


class OptionState(Answer):
    """An option after the choices so far."""

    active: bool
    """It takes part now; an inactive option is not asked."""
    value: ChoiceValue | None
    """Its value, null without one."""
    told: str
    """The value as people read it."""
    source: Literal["chosen", "inferred", "default", "adjusted"] | None
    """Who gave the value: a person, the rules (it is the only one left), or the product's default."""
    domain: Domain
    values: dict[str, ValueState]
    """Each listed value by key; of a boolean under "true" and "false"."""


class BreakdownLine(Answer):
    """One amount of a price with its reason."""

    key: str
    label: str
    amount: Money
    kind: Literal[
        "amount", "value", "material", "percent", "minimum", "maximum", "least", "rounding", "override", "not_charged"
    ]
    """What kind of line it is: "override" is set by hand, "not_charged" the tax that this buyer does not pay."""
    option: str | None = None
    """The option whose value the amount is for, where it is for one."""
    value: str | None = None
    cost: Money | None = None
    """What it costs the merchant, where `costs` are asked for; null where that is not known."""


class LineReason(Answer):
    """Why a price line has its amount."""

    key: str
    value: str | None
    label: str
    amount: Money
    price_list: str
    """The list whose line or amount it is; another than the price's where that is made from it."""
    revision: int
    """Counts the changes of that list."""
    rule: str
    """The formula as it is written."""
    when: str | None
    """The condition of the line."""
    inputs: Choices
    """What the line reads, with the values it had."""
    steps: list[str]
    """What leads from the rule to the amount, one after another."""


class TaxAmount(Answer):
    """One tax of a price, rounded by itself."""

    label: str | None
    rate: str
    """In percent."""
    amount: Money
    base: Money | None = None
    """The net amount that the tax is on; left out in what was kept before it was told."""


class Price(Answer):
    """What one configuration costs. `lines` sum to `unit_total`, that times `quantity` and `order_total` to `total`.

    `net` + `tax` = `gross`, for all pieces; with `paid_rounding` where what is paid is rounded. All of it is exact.
    """

    price_list: str
    price_list_because: Literal["named", "customer", "customer_group", "channel", "default", "only", "none"]
    """Why this price list: it was named, it is that of the customer, group or channel, the default, or the only one."""
    currency: str
    lines: list[BreakdownLine]
    unit_total: Money
    quantity: int
    order_lines: list[BreakdownLine]
    """What counts once for the whole order, such as a set-up."""
    order_total: Money
    order_quantity: int | None = None
    """Pieces of the product in the whole order; left out where these are all."""
    total: Money
    amounts_are: Literal["net", "gross"]
    """Whether lines and totals are without or with tax."""
    net: Money | None
    tax: Money | None
    gross: Money | None
    paid_rounding: Money | None = None
    """By how much the list rounds what is paid, the gross total; left out where it does not."""
    tax_known: bool
    tax_from: Literal["price_list", "country", "buyer", "unknown"]
    """Where the tax is from: the list, the rates for the buyer's country, a buyer who pays none, or it is not known."""
    tax_rate: str | None
    """In percent; null also where parts of the price are taxed at different rates."""
    tax_label: str | None
    taxes: list[TaxAmount] = []
    """What `tax` is made of, for all pieces, rate by rate with what each is on; what is not taxed has the rate 0.

    Empty where the tax is not known, and in what was kept before it was told.
    """
    shows: Literal["net", "gross"]
    """Which of the two shoppers see first."""
    shown: Money
    unit_shown: Money
    shown_text: str
    """`shown` as people read it, with the currency."""
    open: list[str]
    """Options without a value that lines still wait for: until they are decided this is the price so far."""
    may_fall: bool = False
    """While options are `open`: their answers may lead to less than the total; else it is the least there will be."""
    cost: Money | None = None
    """What everything costs the merchant, where `costs` are asked for."""
    margin: Money | None = None
    """The net price without the cost, where `costs` are asked for."""
    why: list[LineReason] | None = None
    """The reason of each line, those for one piece before those of the order, where `why` is asked for."""
    why_text: str | None = None
    """The same as plain text, fit for a document."""


class LeadTimeLine(Answer):
    """Days with their reason."""

    key: str
    label: str
    days: int | float


class LeadTime(Answer):
    """How long it takes to make."""

    days: int | None
    """Working days; null for a product that tells no lead time."""
    ready_on: str | None
    """The day on which it is ready if it is ordered today, such as 2026-12-14; null without a calendar."""
    lines: list[LeadTimeLine]
    open: list[str]
    """Options without a value that lines still wait for."""


class BomItem(Answer):
    """A part that one order of this configuration needs."""

    key: str
    part: str
    """The part number."""
    label: str
    quantity: int | float
    unit: str
    """Empty for pieces."""
    measures: dict[str, int | float]
    """Measures by name, in millimetres or as the name says."""


class ConflictRule(Answer):
    """A reason why choices cannot stand together, none of them superfluous."""

    kind: Literal["rule", "table", "option_condition", "value_condition", "count", "required", "preference", "domain"]
    key: str
    """The key of the rule, preference or option, or option.value."""
    message: str
    """The reason for shoppers, in the merchant's own words where there are any."""


class OpenRule(ConflictRule):
    """What has to hold before the configuration is complete, where the answer to any of several options may do."""

    options: list[str]
    """The options that take part and are not answered yet."""


class Explanation(Answer):
    """Choices and reasons that together rule something out; without any one of them they would not."""

    choices: list[str]
    """The options whose choices take part."""
    assumed: list[str]
    """The options of which nobody chose what takes part: a default, or that nothing more is in a multi-choice."""
    rules: list[ConflictRule]
    told: str
    """All of it as people read it."""


class Repair(Answer):
    """A change of choices that ends the conflict, no part of it superfluous: send `changes` to apply it."""

    changes: Changes
    told: list[str]
    """Each change as people read it."""
    also: list[str]
    """Options whose value would change with it though nobody chose them."""
    price_difference: Money | None
    days_difference: int | None
    ready_on: str | None
    """The day on which it would be ready; null without a calendar, or where the days are not known."""
    complete: bool
    """Nothing is left to choose after it."""


class Conflict(Answer):
    """Choices and rules that cannot stand together, none superfluous, and the ways out."""

    attempted: Changes
    """The changes that were refused."""
    choices: list[str]
    """The options whose choices clash, as the first explanation has it."""
    rules: list[ConflictRule]
    """The reasons of the first explanation."""
    explanations: list[Explanation]
    """Why, the smallest explanation first; one, unless all are asked for."""
    explained: bool
    """Whether these are known to be all explanations there are."""
    repairs: list[Repair]
    """The ways out, the cheapest first; empty when there is none that keeps the change."""
    more: bool
    """Whether there are more ways out than these."""


class PreferenceState(Answer):
    """Something that should hold where it can."""

    holds: bool
    """False where it had to give way to choices, rules or preferences before it."""
    message: str
    """What it says, in the merchant's own words where there are any."""


class Trace(Answer):
    """What an evaluation took, and what was in force; on request, and never part of what is kept."""

    milliseconds: float
    """CPU time; next to nothing where the answer was known."""
    solver_calls: int
    conflicts: int
    propagations: int
    answers_made: int
    answers_remembered: int
    in_force: list[ConflictRule]
    """Rules whose condition holds, tables about values there are, and conditions that switch something off."""
    narrowed: dict[str, list[ConflictRule]]
    """Options that cannot have all their values now, with the reasons against the first of those, for up to 20."""


class Completion(Answer):
    """The rest of the choices, chosen for an objective."""

    objective: Literal["cheapest", "fastest", "closest"]
    preset: str | None
    """What it is close to, where that is not what there is now."""
    changes: Choices
    """Choices to be sent as `changes`: with them the product has the `values`."""
    told: list[str]
    """The same as people read it."""
    values: Choices
    missing: list[str]
    """Options that then still need a text or colour, which nobody can invent."""
    price: Price | None
    """The price of one piece."""
    lead_time: LeadTime
    changed: int
    """How many options, and values of multi-choices, are not as they are now, or as in the preset."""
    proven: bool
    """No complete configuration is better."""
    bound: Money | int | None
    """What none can go below: a unit total, days or changes; null where nothing is known."""


class Evaluation(Answer):
    """All that follows from one set of choices; with a `conflict`, the rest speaks of the choices kept before it."""

    product: str
    version: int | None
    digest: str
    """SHA-256 of the product model: equal digest, equal product."""
    fingerprint: str
    """SHA-256 of digest and values: equal fingerprint, equal configuration."""
    complete: bool
    """Every required option has a value and every rule holds."""
    ready: bool
    """Complete, with a price (or one on request) and a parts list: fit to be ordered."""
    missing: list[str]
    """Options that still need a choice: required ones, those that the rules leave no way around, and multi-choices that
    need more values than they have."""
    open_rules: list[OpenRule]
    """What does not hold yet where several options could see to it, in the merchant's own words."""
    retracted: Choices
    """Choices that went with the change, of a kept configuration the last one: on options that it switches off, and in
    instances that are gone."""
    unchecked: list[str]
    """Options of which something is not checked yet, since the rules are hard: ask the same again, soon it is told."""
    quantity: int
    choices: Choices
    """What people chose."""
    values: Choices
    """All values: chosen, inferred and default."""
    options: dict[str, OptionState]
    preferences: dict[str, PreferenceState]
    """What should hold where it can, by key."""
    derived: dict[str, str | bool | int | float | None]
    """Derived values by key."""
    price: Price | None
    price_on_request: bool
    """There is no price, and the price list lets it be ordered all the same: its price is told on request."""
    price_problem: str | None
    """Why there is no price or no lead time."""
    lead_time: LeadTime | None
    bom: list[BomItem]
    """The parts of the whole quantity."""
    parts_problem: str | None
    """Why there is no parts list."""
    layers: list[str]
    """The pictures to lay over each other, first at the bottom."""
    conflict: Conflict | None
    completion: Completion | None = None
    """How the rest would be chosen best; only where `complete` was asked."""
    trace: Trace | None = None
    """Only where it was asked for."""


def evaluation_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an Evaluation, whichever face answers it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Evaluation.model_json_schema(mode="serialization"),
    }


class Why(Answer):
    """Why an option has its value, or why it cannot have another."""

    option: str
    value: ChoiceValue | None
    """The value that was asked about."""
    source: Literal["chosen", "inferred", "default", "adjusted"] | None
    """Who gave the option its present value."""
    explanations: list[Explanation]
    """The smallest first; none for what was chosen, is a default, or is possible."""
    explained: bool
    """Whether these are known to be all explanations there are."""


class Count(Answer):
    """How many complete configurations there are."""

    version: int
    least: Annotated[str, Field(pattern=r"^\d+$")]
    """At least so many, as a text of digits: it may be larger than what a number of JSON holds."""
    most: Annotated[str, Field(pattern=r"^\d+$")]
    exact: bool
    """Whether both are the same."""
    told: str
    """The same in words."""


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
    """Shoppers never see it; there is no such option for callers without the scope configurator:internal."""


class Instance(Answer):
    """An instance of a sub-assembly that there may be; its options have keys such as `modules.2.width`."""

    place: str
    label: str


class Assembly(Answer):
    """A product that is contained, once or several times; the option of the same key says how many there are."""

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

    Where `colour` names an option, the picture is in greys and takes the colour that was chosen there.
    """

    key: str
    image: str
    colour: str | None


class PriceListSummary(Answer):
    """A price list this product may be evaluated at."""

    key: str
    name: str
    currency: str
    shows: Literal["net", "gross"]
    tax_rate: str | None
    tax_label: str | None


class Derived(Answer):
    """How a price list is made from another."""

    of: str
    take: Literal["amounts", "costs"]
    factor: int | float
    percent: int | float


class TaxPart(Answer):
    """One of several taxes on the same amount."""

    label: str | dict[str, str]
    rate: int | float
    """In percent."""


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
    """The taxes that the rate is the sum of, each rounded and told by itself; empty where it is one."""
    tax_rounding_of: Literal["line", "total"]
    tax_rounding_mode: Literal["half_up", "half_even", "up", "down"]
    country: str | None
    """Where the merchant is at home: the tax rates there hold where nobody says where the buyer is."""
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
    """An amount that a price list keeps for a line and value of a product, in place of what its version says."""

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


class RowError(Answer):
    """What is wrong in one row; rows count from 1."""

    row: int
    column: str
    detail: str


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
    """Amounts that are below the cost and were not before; null without the scope `pricing:cost`."""
    median_percent: float | None
    """The median change of amounts that are plain numbers."""
    told: str
    """The same as one sentence."""
    errors: list[RowError]


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


class PriceThreshold(Answer):
    """A price at which the merchant is told."""

    key: str
    name: str
    measure: Literal["total_over", "total_under", "margin_below", "margin_percent_below"]
    limit: Money
    """An amount for all pieces together, or a percentage of the net price."""
    currency: str | None
    """Only prices in this currency are compared; null where the limit is a percentage."""
    product: str | None
    """For this product alone; null: for all."""
    price_list: str | None
    """For this price list alone; null: for all."""
    url: str


class PriceThresholdPage(Answer):
    """Some of the price thresholds, in order of their keys."""

    data: list[PriceThreshold]
    next: str | None


class PriceLimits(Answer):
    """How far prices may be changed by hand, in percent; null sets no limit."""

    greatest_discount: Money | None
    greatest_surcharge: Money | None
    least_over_cost: Money | None
    """A lowered net price is at least the cost and so many percent."""


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


class AcceptedReason(Answer):
    """That a finding may stay, and why."""

    reason: str
    by: str = ""
    at: str = ""


class Finding(Answer):
    """One remark of the checks about a draft."""

    severity: Literal["error", "warning", "note"]
    """An error stops publishing, a warning should be looked at, a note may be read."""
    code: str
    """The kind of remark, such as value-dead."""
    path: str
    """The place in the product file, such as options/top/values/glass; empty for the whole."""
    sentence: str
    """What is wrong and what to do."""
    identity: str
    """Stays the same from check to check while the matter does."""
    also: list[str] | None = None
    """Further places of which the same is said."""
    example: dict[str, Any] | None = None
    """The choices that show it."""
    accepted: AcceptedReason | None = None
    """Where somebody accepted the finding."""


class Check(Answer):
    """One check of a draft."""

    id: str
    product: str
    state: Literal["running", "done", "stopped"]
    stage: str
    """What is being looked at."""
    done: int
    """How much of the stage is done, of `total`."""
    total: int
    started_at: str
    findings: list[Finding]
    """Errors first; empty until the check is done."""


class AcceptedFinding(Answer):
    """A finding that may stay, and why."""

    identity: str
    code: str
    path: str
    reason: str
    by: str
    at: str


class AcceptedFindings(Answer):
    """All that is accepted of the findings about a product."""

    data: list[AcceptedFinding]


class RenamedPlace(Answer):
    """A place that names a renamed key, before and after."""

    path: str
    before: str
    after: str


class RenameDoubt(Answer):
    """A place that may name a renamed key and is left as it is; `why` says why."""

    path: str
    text: str
    why: str


class Renaming(Answer):
    """What a key's new name changes in a draft; `doubts` are for somebody to look at."""

    product: str
    places: list[RenamedPlace]
    doubts: list[RenameDoubt]


class DraftLink(Answer):
    """A link that shows a draft to whoever has it; `draft` is the beginning of the draft's digest."""

    product: str
    url: str
    expires_at: str
    draft: str


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


class ConfigurationListed(Answer):
    """A stored configuration in a list."""

    id: str
    product: str
    version: int
    state: Literal["open", "completed"]
    revision: int
    """Counts changes; also in the header ETag."""
    quantity: int
    locale: str
    price_list: str
    currency: str
    total: Money | None
    repriced_from: Money | None
    """The total before its prices, too old, were renewed by another; null where they were not."""
    fingerprint: str
    created_at: str
    priced_at: str
    """Of when its prices are. Open, it has them for 30 days or as the merchant has set, then those of the day."""
    changed_at: str
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
    """Who revoked or replaced it; empty where it ended since other choices or pieces were chosen."""


class ReachedThreshold(Answer):
    """A threshold that the price passed when the configuration was completed, as the threshold was then."""

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
    """The signed price that was given when it was completed: a token, see quotes; null before that."""
    overrides: list[Override]
    """Prices set by hand, the last one last; one stands at most."""
    reached_thresholds: list[ReachedThreshold]
    """Those of a margin only with the scope `pricing:cost`."""
    evaluation: Evaluation


class QuoteClaims(Answer):
    """What a quote says, under the names it has in the token."""

    iss: str
    """Who gives it: the address below which the merchant's keys are, at jwks.json."""
    aud: str
    """Whose shop it is for: the merchant's key."""
    jti: str
    """Names this quote, no other has it."""
    iat: int
    """When it was given, in Unix seconds."""
    nbf: int
    """From when it holds."""
    exp: int
    """From then on it no longer holds."""
    product: str
    version: int
    digest: str
    """SHA-256 of the product model."""
    fingerprint: str
    """SHA-256 of digest and values."""
    choices: Choices
    quantity: int
    order_quantity: int | None = None
    """How many pieces of the product the whole order has; left out where it is `quantity`."""
    currency: str
    total: Money
    """For all pieces, net or gross as `amounts_are` says."""
    amounts_are: Literal["net", "gross"]
    net: Money | None = None
    """Left out, like `tax` or `gross`, where it is not known."""
    tax: Money | None = None
    gross: Money | None = None
    taxes: list[dict[str, str | None]] | None = None
    """Where the tax is several: `label`, `rate` in percent and `amount` of each."""
    price_list: str
    price_list_revision: int
    price_list_because: Literal["named", "customer", "customer_group", "channel", "default", "only", "none"]
    lead_days: int | None = None
    """Working days; left out where the product tells no lead time."""
    ready_on: str | None = None
    """The day on which it is ready if it is ordered at once; left out without a calendar."""
    buyer: dict[str, str] | None = None
    """Who asked, as far as it was said."""
    configuration: str | None = None
    """The id of a stored configuration, of which it is the price."""
    internal: str | None = None
    """Choices on options that shoppers never see, encrypted: this service alone reads them."""


class Quote(Answer):
    """A price that is promised for a time, and the token that proves it."""

    token: str
    """A JSON Web Token, signed with Ed25519: hand it on as it is."""
    key: str
    """The id of the key that signed it, as in jwks.json."""
    issued_at: str
    valid_from: str
    expires_at: str
    claims: QuoteClaims
    verified_against: Literal["kept", "now"]
    """The prices that verify compares it with: those its open configuration was kept with, or those of then."""
    kept_until: str | None
    """With "kept": until when, unless the configuration is completed before; null otherwise."""
    price: Price
    """The same price with its lines."""
    lead_time: LeadTime | None


class Renewal(Answer):
    """What the choices of a quote come to now."""

    total: Money | None
    currency: str | None
    difference: Money | None
    """How much more is paid: the new gross less the old one, or the totals where no gross is known; null where one is
    missing or they cannot be compared."""
    problem: str | None
    """Why there is no price now: the product is gone, the choices clash, or no price is known."""
    quote: Quote | None
    """A fresh quote at that price, to be shown before it is taken."""


class Verification(Answer):
    """Whether a token is a quote of yours that holds."""

    valid: bool
    reason: (
        Literal[
            "malformed",
            "not-a-quote",
            "unknown-key",
            "withdrawn-key",
            "another-merchant",
            "wrong-signature",
            "wrong-issuer",
            "wrong-audience",
            "not-yet-valid",
            "expired",
        ]
        | None
    )
    """Why it does not hold; null where it does."""
    detail: str
    """The same as a sentence."""
    claims: QuoteClaims | None
    """What it says; null unless its signature is right."""
    changed: list[Literal["version", "price", "unavailable"]]
    """What is no longer as it was when the quote was given; a quote that is valid holds all the same."""
    old_total: Money | None
    now: Renewal | None
    """Where it expired, or anything changed."""


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


class ProblemPlace(Answer):
    """One place that is wrong."""

    detail: str
    pointer: str | None = None
    """JSON pointer into the body."""
    parameter: str | None = None
    """Name of the query parameter."""


class Problem(Answer):
    """RFC 9457. Compare `code`; tell people `detail`."""

    type: str
    title: str
    status: int
    detail: str
    """What is wrong and what to do next."""
    code: str
    request_id: str
    """Also in the header Request-Id; name it when you ask for help."""
    errors: list[ProblemPlace] | None = None
    """Every place that could not be read."""


class ConflictProblem(Problem):
    """The problem `choices-conflict`, with the ways out and the whole evaluation before the clash."""

    conflict: list[str]
    """The options whose choices clash."""
    repairs: list[Changes]
    """Changes that end the conflict, the cheapest first; each may be sent as it is."""
    evaluation: Evaluation


class WebhookEndpoint(Answer):
    """A URL that is told of events."""

    id: str
    name: str
    address: str
    """Where events are sent to."""
    events: list[str]
    """The kinds of events it is told of; all, where there are none."""
    products: list[str]
    """The products it is told of; all, where there are none."""
    payload: Literal["thin", "full"]
    costs: bool
    """Whether it is told of thresholds on margins."""
    state: Literal["active", "disabled"]
    disabled_because: str
    disabled_at: str | None
    created_at: str
    url: str


class WebhookEndpointMade(WebhookEndpoint):
    """A new endpoint with its secret, which is told this once."""

    secret: str


class WebhookEndpointPage(Answer):
    """Some of the endpoints."""

    data: list[WebhookEndpoint]
    next: str | None


class WebhookSecret(Answer):
    """A new secret of an endpoint, told this once."""

    secret: str
    before_until: str | None
    """So long the one before signs beside it."""


class WebhookHealth(Answer):
    """How an endpoint does."""

    state: Literal["active", "disabled"]
    failing_since: str | None
    """Since when it has taken nothing; null while it takes what it is sent."""
    pending: int
    """Deliveries that wait for it."""
    oldest_at: str | None
    """When the oldest of their events happened."""
    taken: int
    """Attempts of the last 24 hours that it took."""
    failed: int
    last_at: str | None
    last_status: int | None
    last_error: str


class WebhookDelivery(Answer):
    """An event on its way to an endpoint."""

    id: str
    event: str
    """The event's id, which is sent as `webhook-id`."""
    type: str
    endpoint: str
    state: Literal["pending", "delivered", "dead", "skipped"]
    """`dead` is given up after the last attempt, `skipped` was not sent since the endpoint was disabled."""
    tried: int
    """How many attempts were begun."""
    next_at: str | None
    ended_at: str | None
    url: str


class WebhookAttempt(Answer):
    """One try to bring an event to an endpoint."""

    number: int
    at: str
    status: int | None
    """The status it answered; null where no answer came."""
    error: str
    milliseconds: int
    answer: str
    """The first kilobyte of it."""


class WebhookDeliveryWhole(WebhookDelivery):
    """A delivery with all its attempts."""

    attempts: list[WebhookAttempt]


class WebhookDeliveryPage(Answer):
    """Some of the deliveries, the newest first."""

    data: list[WebhookDelivery]
    next: str | None


class WebhookRecovery(Answer):
    """How many events are sent that were missed."""

    events: int


class EventObject(Answer):
    """What an event is about."""

    type: str
    id: str
    sequence: int
    """Counts the events of this object: drop what has a lower number than you know."""


class Event(Answer):
    """A fact that happened, as it is sent to endpoints."""

    id: str
    type: str
    version: int
    timestamp: str
    merchant: str
    object: EventObject
    data: dict[str, Any]
    """What happened, as the schema of its kind says; empty without the scope `pricing:cost` where it tells margins."""


class EventPage(Answer):
    """Some of the events, the newest first."""

    data: list[Event]
    next: str | None


class EventType(Answer):
    """A kind of event."""

    name: str
    version: int
    told: str
    """When it is sent."""
    can_be_chosen: bool
    """Whether endpoints choose it; others are sent on demand."""
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    """The JSON Schema of what is sent."""
    example: dict[str, Any]


class EventTypes(Answer):
    """All kinds of events."""

    data: list[EventType]
