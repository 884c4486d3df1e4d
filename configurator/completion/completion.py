"""The rest of a product's choices, made for somebody: the cheapest, the fastest, or the closest to
what there is.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from catalog.errors import NotFound, Refusal
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option
from configurator.choices import sort_choices
from configurator.compiled_product import CompiledProduct, Values
from configurator.completion.objectives import lead_time_objective, price_objective
from configurator.engine.face.choices import (
    ChoiceUnknown,
    Compiled,
    DefaultCompletion,
    deduce,
    default_completion,
    needed,
)
from configurator.engine.face.rest import MOST_WORK, CellReader, Objective, Question, Rest, rest
from pricing.breakdown import Breakdown, Prices, charged, price
from pricing.lead_time import LeadTime, lead_time
from pricing.money import in_units

type ObjectiveName = Literal["cheapest", "fastest", "closest"]

OBJECTIVES: tuple[ObjectiveName, ...] = ("cheapest", "fastest", "closest")


@dataclass(frozen=True)
class Wish:
    """What the rest is to be chosen for; `preset` names what "closest" is to be close to."""

    objective: ObjectiveName
    preset: str | None = None


def read_wish(raw: object) -> Wish | None:
    """Return a wish from plain JSON: one of the words, or {"preset": key}; ValueError with a
    sentence otherwise.
    """
    if raw is None:
        return None
    for objective in OBJECTIVES:
        if raw == objective:
            return Wish(objective)
    if isinstance(raw, Mapping) and raw.keys() == {"preset"} and isinstance(raw["preset"], str):
        return Wish("closest", raw["preset"])
    raise ValueError(f'expected {", ".join(OBJECTIVES)} or {{"preset": key}}')


class NoCompletion(Refusal):
    """No complete configuration with these choices is one that could be ordered."""

    slug = "no-completion"
    title = "The rest cannot be chosen"
    status = 409


@dataclass(frozen=True)
class Completion:
    """The rest of some choices, chosen as wished.

    `changes` are the choices to add: with them the product has the `values`, and is complete but
    for the options in `missing`, which need a text or colour that nobody can invent. `proven` tells
    that no complete configuration is better; `bound` is what none can go below: the total of one
    piece ("cheapest"), days ("fastest"), or changes ("closest"), None where nothing is known.
    `changed` counts what is not as it was, or as in the preset: options, and each value of a
    multi-choice.
    """

    wish: Wish
    changes: Mapping[str, Choice]
    values: Mapping[str, Choice]
    missing: tuple[str, ...]
    breakdown: Breakdown | None
    lead_time: LeadTime
    changed: int
    proven: bool
    bound: Decimal | int | None


def completion(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    wish: Wish,
    most_work: float = MOST_WORK,
) -> Completion:
    """Return the best way to choose the rest of `choices`, which must be consistent (ValueError
    otherwise).

    Among equals the one that changes least of what is shown now counts, and for "closest" first the
    cheapest. What nobody asked for stays away: an option that needs no value has one only where
    that is better, demanded by a rule, or its default. Internal options keep the values they have.

    Refuses with NoCompletion where nothing complete has a price and a lead time, with NotFound a
    preset there is none of, and with EngineExhausted where `most_work` did not suffice to find
    anything.
    """
    objective, preset = wish.objective, wish.preset
    if objective == "cheapest" and prices.refusal is not None:
        raise NoCompletion(f"There is no cheapest one without prices: {prices.refusal.sentence}")
    if objective == "fastest" and not product.lead_time.lines:
        raise NoCompletion(
            "This product tells no lead time, so that no configuration is faster than another."
        )
    engine = product.engine
    if not deduce(engine, choices).consistent:
        raise ValueError("the choices contradict each other or the rules")
    now = default_completion(engine, choices).values
    choices = {**choices, **_held(engine, choices, now)}
    likings = {"changes": _liked(engine, now)}
    if preset is not None:
        likings["preset"] = _liked_of_preset(engine, preset)
    found = rest(
        engine,
        Question(
            choices=choices,
            goals=_goals(wish, prices),
            objectives=_objectives(product, prices),
            likings=likings,
            totals=_totals(product, prices),
        ),
        most_work,
    )
    if found is None:
        raise NoCompletion(
            "No complete configuration with these choices has a price and a lead time. Take one of them back."
        )
    return _completion(product, prices, choices, wish, found)


def _held(engine: Compiled, choices: Values, now: Values) -> dict[str, Choice]:
    """Return the values that internal options have now: nobody becomes a dealer since that is
    cheaper.
    """
    options = [
        option for option in engine.model.options if option.internal and option.key not in choices
    ]
    held = {option.key: now[option.key] for option in options if option.key in now}
    empty = dict.fromkeys(
        (each.key for each in options if _may_be_left_empty(each) and each.key not in held), NOTHING
    )
    return (
        {**held, **empty}
        if empty and deduce(engine, {**choices, **held, **empty}).consistent
        else held
    )


def _may_be_left_empty(option: Option) -> bool:
    return not option.required and option.when is None and kind_of(option).may_be_left_open


def _goals(wish: Wish, prices: Prices) -> tuple[str, ...]:
    objective, preset = wish.objective, wish.preset
    price_goal = () if prices.refusal is not None else ("price",)
    if objective == "cheapest":
        return (*price_goal, "changes")
    if objective == "fastest":
        return ("days", *price_goal, "changes")
    if preset is not None:
        return ("preset", *price_goal, "changes")
    # Changes are counted, then the cheapest of those that change as little; of them again any,
    # since all change alike.
    return ("changes", *price_goal, "changes") if price_goal else ("changes",)


def _completion(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    wish: Wish,
    found: Rest,
) -> Completion:
    breakdown = None if prices.refusal is not None else price(prices, found.values, 1, found.texts)
    bound: Decimal | int | None = found.bound
    if wish.objective == "cheapest" and found.bound is not None:
        bound = in_units(charged(prices, found.bound), prices.places)
    return Completion(
        wish=wish,
        changes=_changes(product.engine, choices, found.values, found.texts),
        values=found.values,
        missing=found.texts,
        breakdown=breakdown,
        lead_time=lead_time(product.lead_time, found.values, found.texts),
        changed=found.reached["preset" if wish.preset is not None else "changes"],
        proven=found.proven,
        bound=bound,
    )


def _changes(
    compiled: Compiled, choices: Values, wanted: Values, texts: Collection[str]
) -> dict[str, Choice]:
    """Return choices to add to `choices` so that `wanted` are the values that hold, and nothing
    but the `texts` has to be answered: few, so that most stay free.
    """
    added: dict[str, Choice] = {}
    while True:
        settled = default_completion(compiled, {**choices, **added})
        more = _differing(choices, added, settled.values, wanted) or _left_out(
            compiled, settled, added, wanted, texts
        )
        if not more or not deduce(compiled, {**choices, **added, **more}).consistent:
            break
        added |= more
    return {
        option.key: added[option.key]
        for option in compiled.model.options
        if option.key in added and not option.internal
    }


def _differing(choices: Values, added: Values, shown: Values, wanted: Values) -> dict[str, Choice]:
    """Return what is `wanted` and not `shown`, or else all of it; nothing where nothing helps."""
    if shown == wanted:
        return {}
    open_ones = {key: value for key, value in wanted.items() if choices.get(key) != value}
    differing = {key: value for key, value in open_ones.items() if shown.get(key) != value}
    for more in (differing, open_ones):
        if more.keys() - added.keys():
            return more
    return {}


def _left_out(
    compiled: Compiled,
    settled: DefaultCompletion,
    added: Values,
    wanted: Values,
    texts: Collection[str],
) -> dict[str, Choice]:
    """Return the choice of no value for each option that a preference asks for, and that `wanted`
    does without.

    A condition that reads its own option lets it stay away, and lets it be asked as well.
    """
    lacking = needed(compiled, settled).lacking.difference(wanted, texts, added)
    options = [compiled.model.option_by_key[key] for key in lacking]
    return {each.key: () if kind_of(each).is_several else NOTHING for each in options}


# ---- what it is to be close to -------------------------------------------------------------------


def _liked(compiled: Compiled, values: Values) -> dict[int, int]:
    """Return the cell of every slot in a configuration with these values."""
    reader = CellReader(compiled, {})
    found: dict[int, int] = {}
    for option in compiled.model.options:
        found |= reader.cells(option, values.get(option.key))
    return found


def _liked_of_preset(compiled: Compiled, key: str) -> dict[int, int]:
    """Return the cells of what a preset shows; of one whose choices clash, the cells of its choices
    alone.
    """
    preset = next((each for each in compiled.model.presets if each.key == key), None)
    if preset is None:
        raise NotFound(f"There is no preset '{key}'.")
    given, _misread = sort_choices(compiled.model, preset.choices)
    choices = {option: choice for option, choice in given.items() if choice is not None}
    try:
        if deduce(compiled, choices).consistent:
            return _liked(compiled, default_completion(compiled, choices).values)
    except ChoiceUnknown:
        pass
    found: dict[int, int] = {}
    for option, choice in choices.items():
        found |= CellReader(compiled, {}).cells(compiled.model.option_by_key[option], choice)
    return found


# ---- what it costs and how long it takes ---------------------------------------------------------


def _totals(
    product: CompiledProduct, prices: Prices
) -> Callable[[Values, tuple[str, ...]], Mapping[str, int] | None]:
    def totals(values: Values, texts: tuple[str, ...]) -> Mapping[str, int] | None:
        try:
            found = {"days": lead_time(product.lead_time, values, texts).days}
            if prices.refusal is None:
                total = price(prices, values, 1, texts).listed_total
                found["price"] = int(total.scaleb(prices.places))
        except Refusal:
            return None
        return found

    return totals


def _objectives(product: CompiledProduct, prices: Prices) -> dict[str, Objective]:
    """Return the lead time and, where there are prices, the price as objectives."""
    objectives = {"days": lead_time_objective(product.model)}
    if prices.refusal is None:
        objectives["price"] = price_objective(prices)
    return objectives
