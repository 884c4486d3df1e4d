"""What evaluations look like, field by field; the tests of the other faces read it from here, too."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from catalog.product_model import PictureView, Typeface
from catalog.schema_texts import schema_of
from integrations.api.v1.shapes.answer import Answer, Changes, Choices, ChoiceValue, Money


class Domain(Answer):
    """What an option can still have: exactly the values that still lead to a complete
    configuration.
    """

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
    """Number and date: runs of steps of which it is not checked yet whether they are possible; left
    out without any.
    """


class PrintedPicture(Answer):
    """A picture that is printed: how large it is, and where its middle is, from the lower left
    corner of its area; lengths are in millimetres.
    """

    file: str
    """Its name, as its upload told it."""
    width: float
    height: float
    x: float
    y: float
    turn: float
    """In degrees against the clock."""
    dpi: float | None
    """How many dots an inch it has; null for a drawing, which is as sharp at any size."""


class Printed(Answer):
    """A text or a picture that is printed, as large as its area lets it be; lengths are in
    millimetres.

    Where it cannot be printed, `problem` tells why, there are no sizes, and it cannot be ordered.
    """

    key: str
    label: str
    text: str
    typeface: Typeface
    colour: str
    width: float | None
    """That of its area."""
    height: float | None
    size: float | None
    """How high its capital letters are."""
    picture: PrintedPicture | None
    """The picture, where it is no text."""
    warning: str | None
    """What speaks against it, though it can be ordered: too few dots for its size."""
    problem: str | None


class EvaluatedPicture(Answer):
    """A picture of a configuration, made when it is first asked for; the address may be given to
    everybody.
    """

    view: PictureView | None
    """The side it is seen from, where there are several."""
    url: str


class ValueState(Answer):
    """What choosing a value would mean now."""

    free: bool | None
    """It leads to a complete configuration with all choices so far; null while that is not checked,
    see `unchecked`.
    """
    price_difference: Money | None
    """Against the present total as shown, consequences included; null where there is no price, or
    where it depends.
    """
    price_from: Money | None = None
    """Where it depends on `price_open`: the least difference there will be, by the cheapest answer;
    null if unknown.
    """
    price_open: list[str] = []
    """Options whose answers decide what the value costs; empty where the difference is known."""
    days_difference: int | None
    """Against the present lead time."""
    ready_on: str | None
    """The day on which it would be ready; null without a calendar, or where the days are not known.
    """
    opens: list[str]
    """Options that would then wait for a value; the differences speak of what is decided without
    them.
    """


class OptionState(Answer):
    """An option after the choices so far."""

    active: bool
    """It takes part now; an inactive option is not asked."""
    value: ChoiceValue | None
    """Its value, null without one."""
    told: str
    """The value as people read it."""
    source: Literal["chosen", "inferred", "default", "adjusted"] | None
    """Who gave the value: a person, the rules (it is the only one left), or the product's default.
    """
    domain: Domain
    values: dict[str, ValueState]
    """Each listed value by key; of a boolean under "true" and "false"."""


class BreakdownLine(Answer):
    """One amount of a price with its reason."""

    key: str
    label: str
    amount: Money
    kind: Literal[
        "amount",
        "value",
        "material",
        "percent",
        "minimum",
        "maximum",
        "least",
        "rounding",
        "override",
        "not_charged",
    ]
    """What kind of line it is: "override" is set by hand, "not_charged" the tax that this buyer
    does not pay.
    """
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
    """What one configuration costs. `lines` sum to `unit_total`, that times `quantity` and
    `order_total` to `total`.

    `net` + `tax` = `gross`, for all pieces; with `paid_rounding` where what is paid is rounded. All
    of it is exact.
    """

    price_list: str
    price_list_because: Literal[
        "named", "customer", "customer_group", "channel", "default", "only", "none"
    ]
    """Why this price list: it was named, it is that of the customer, group or channel, the default,
    or the only one.
    """
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
    """Where the tax is from: the list, the rates for the buyer's country, a buyer who pays none, or
    it is not known.
    """
    tax_rate: str | None
    """In percent; null also where parts of the price are taxed at different rates."""
    tax_label: str | None
    taxes: list[TaxAmount] = []
    """What `tax` is made of, for all pieces, rate by rate with what each is on; what is not taxed
    has the rate 0.

    Empty where the tax is not known, and in what was kept before it was told.
    """
    shows: Literal["net", "gross"]
    """Which of the two shoppers see first."""
    shown: Money
    unit_shown: Money
    shown_text: str
    """`shown` as people read it, with the currency."""
    open: list[str]
    """Options without a value that lines still wait for: until they are decided this is the price
    so far.
    """
    may_fall: bool = False
    """While options are `open`: their answers may lead to less than the total; else it is the least
    there will be.
    """
    cost: Money | None = None
    """What everything costs the merchant, where `costs` are asked for."""
    margin: Money | None = None
    """The net price without the cost, where `costs` are asked for."""
    why: list[LineReason] | None = None
    """The reason of each line, those for one piece before those of the order, where `why` is asked
    for.
    """
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
    """The day on which it is ready if it is ordered today, such as 2026-12-14; null without a
    calendar.
    """
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

    kind: Literal[
        "rule",
        "table",
        "option_condition",
        "value_condition",
        "count",
        "required",
        "preference",
        "domain",
    ]
    key: str
    """The key of the rule, preference or option, or option.value."""
    message: str
    """The reason for shoppers, in the merchant's own words where there are any."""


class OpenRule(ConflictRule):
    """What has to hold before the configuration is complete, where the answer to any of several
    options may do.
    """

    options: list[str]
    """The options that take part and are not answered yet."""


class Explanation(Answer):
    """Choices and reasons that together rule something out; without any one of them they would not."""

    choices: list[str]
    """The options whose choices take part."""
    assumed: list[str]
    """The options of which nobody chose what takes part: a default, or that nothing more is in a
    multi-choice.
    """
    rules: list[ConflictRule]
    told: str
    """All of it as people read it."""


class Repair(Answer):
    """A change of choices that ends the conflict, no part of it superfluous: send `changes` to
    apply it.
    """

    changes: Changes
    told: list[str]
    """Each change as people read it."""
    also: list[str]
    """Options whose value would change with it though nobody chose them."""
    price_difference: Money | None
    days_difference: int | None
    ready_on: str | None
    """The day on which it would be ready; null without a calendar, or where the days are not known.
    """
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
    """Rules whose condition holds, tables about values there are, and conditions that switch
    something off.
    """
    narrowed: dict[str, list[ConflictRule]]
    """Options that cannot have all their values now, with the reasons against the first of those,
    for up to 20.
    """


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
    """How many options, and values of multi-choices, are not as they are now, or as in the preset.
    """
    proven: bool
    """No complete configuration is better."""
    bound: Money | int | None
    """What none can go below: a unit total, days or changes; null where nothing is known."""


class Evaluation(Answer):
    """All that follows from one set of choices; with a `conflict`, the rest speaks of the choices
    kept before it.
    """

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
    """Options that still need a choice: required ones, those that the rules leave no way around,
    and multi-choices that need more values than they have.
    """
    open_rules: list[OpenRule]
    """What does not hold yet where several options could see to it, in the merchant's own words."""
    retracted: Choices
    """Choices that went with the change, of a kept configuration the last one: on options that it
    switches off, and in instances that are gone.
    """
    unchecked: list[str]
    """Options of which something is not checked yet, since the rules are hard: ask the same again,
    soon it is told.
    """
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
    """There is no price, and the price list lets it be ordered all the same: its price is told on
    request.
    """
    price_problem: str | None
    """Why there is no price or no lead time."""
    lead_time: LeadTime | None
    bom: list[BomItem]
    """The parts of the whole quantity."""
    parts_problem: str | None
    """Why there is no parts list."""
    layers: list[str]
    """The pictures to lay over each other, first at the bottom."""
    prints: list[Printed] = []
    """The texts that are printed, engraved or cut."""
    conflict: Conflict | None
    completion: Completion | None = None
    """How the rest would be chosen best; only where `complete` was asked."""
    pictures: list[EvaluatedPicture] | None = None
    """What the widget shows, one for each side the product is seen from; only where it was asked
    for.
    """
    trace: Trace | None = None
    """Only where it was asked for."""


def _left_out(schema: dict[str, Any]) -> None:
    # Left out is not null.
    for each in schema["properties"].values():
        each.pop("default", None)
        each.pop("title", None)
    schema.pop("additionalProperties", None)
    schema.pop("title", None)


def _members() -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (each.annotation, None)
        for name, each in Evaluation.model_fields.items()
        if name not in {"options", "completion", "pictures", "trace"}
    }
    return create_model(
        "EvaluationMembers",
        __config__=ConfigDict(extra="forbid", strict=True, json_schema_extra=_left_out),
        __doc__="Members of an Evaluation but its options; those that did not change are left out.",
        **fields,
    )


EvaluationMembers = _members()


class EvaluationDelta(Answer):
    """What has changed since an answer that the caller has: to be put over it member by member."""

    since: str
    """The ETag of the answer that it is to be put over."""
    changed: list[str]
    """The keys of the options that are otherwise now: in domain, value or differences in price."""
    members: EvaluationMembers  # type: ignore[valid-type]
    """Each whole, in place of the one before."""
    options: dict[str, OptionState]
    """These options, each whole."""


def evaluation_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an Evaluation, whichever face answers it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema_of(Evaluation, mode="serialization"),
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
