"""What choosing each listed value of an option would change: price, lead time, and what else is
asked then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.assemblies import ExpandedModel
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.engine.face.choices import (
    Budget,
    Change,
    Domain,
    Needed,
    changes_with,
    default_completion,
    needed,
)
from configurator.evaluation.decision import MOST_CONFLICTS, applied
from configurator.evaluation.evaluation import ValueState
from configurator.evaluation.least_price import LeastPrice
from configurator.evaluation.open_options import is_active, is_asked
from configurator.evaluation.present import Present, changed_options
from configurator.instances import with_fewer
from pricing.breakdown import priced_later
from pricing.lead_time import days_difference

_TRUTHS = (("true", True), ("false", False))


def value_states(now: Present, option: Option, domain: Domain) -> Mapping[str, ValueState]:
    """Return what choosing each listed value of `option` would change, by key."""
    listed = _alternatives(option, domain, now.settled.values.get(option.key))
    if not listed:
        return {}
    budget = Budget(MOST_CONFLICTS)
    change_to = _change_to(now, option, budget)
    return {
        key: _value_state(now, option, choice, free, is_now, change_to, budget)
        for key, choice, free, is_now in listed
    }


type _ChangeTo = Callable[[Choice], Change | None]


def _value_state(
    now: Present,
    option: Option,
    choice: Choice,
    free: bool | None,
    is_now: bool,
    change_to: _ChangeTo,
    budget: Budget,
) -> ValueState:
    """Return what choosing a value would change."""
    before, product = now.settled.values, now.product
    if is_now:
        return ValueState(free, Decimal(0) if now.breakdown else None, 0 if now.days else None)
    change: Change | None = None
    if free:
        change = change_to(choice)
        if change is None:
            # Not with what else is in this multi-choice now, though nobody chose that.
            free = False
        elif not change.checked:
            return ValueState(free, None, None)
    changed: Mapping[str, Choice | None] = {option.key: choice} if change is None else change.values
    # What is undecided changes only where a condition reads what changed, or where a value is lost.
    is_same = product.condition_reads.isdisjoint(changed) and None not in changed.values()
    # Where it is the same, nothing is lost, and one copy is all it takes.
    after: dict[str, Any] = {**before, **changed}
    still = now.undecided
    if not is_same:
        after = {key: value for key, value in after.items() if value is not None}
        still = _still_undecided(now, change, after)
    days = days_difference(product.lead_time, now.days, after, changed, still) if now.days else None
    opens = _opened(now, change, still) if still or (change and change.unsettled) else ()
    if now.breakdown is None or now.differences is None:
        return ValueState(free, None, days, opens)
    needs = now.needed
    if change is not None and (needs or change.unsettled or change.needed):
        needs = _needed_with(needs, change)
    # Of each value at each click, most of which leave nothing open: then nobody is asked.
    is_open = still or needs or now.breakdown.known.waiting
    if is_open and (later := priced_later(now.prices, now.breakdown, after, changed, still, needs)):
        waits = tuple(each.key for each in product.model.options if each.key in later)
        least = _least_with(now, option, choice, waits, budget) if free else None
        return ValueState(free, None, days, opens, least, waits)
    return ValueState(free, now.differences.of(after, changed, still, needs), days, opens)


def _still_undecided(
    now: Present, change: Change | None, after: Mapping[str, Choice]
) -> tuple[str, ...]:
    """Return the options that take part and have no value with the values `after` a change."""
    looked_at = now.product.model.options if change is None else change.options
    keys = {each.key for each in looked_at}
    return (
        *(key for key in now.undecided if key not in keys),
        *(
            each.key
            for each in looked_at
            if each.key not in after and is_active(now.product, each, after)
        ),
    )


def _needed_with(before: frozenset[str], change: Change) -> frozenset[str]:
    """Return the options that need an answer after `change`, where those of `before` do now."""
    kept = before.difference(each.key for each in change.options)
    return kept | change.unsettled | change.needed


def _least_with(
    now: Present, option: Option, choice: Choice, waits: Sequence[str], budget: Budget
) -> Decimal | None:
    """Return the least difference there will be with `choice`, by the cheapest answers to what the
    price `waits` for; None where a few do not tell.
    """
    changes = with_fewer(now.product.model, now.choices, {option.key: choice})
    return LeastPrice(now, budget).least(applied(now.product, now.choices, changes), waits)


def _opened(now: Present, change: Change | None, still: Sequence[str]) -> tuple[str, ...]:
    """Return the options that have to be answered after `change` and do not have to be now; `still`
    have no value.
    """
    unsettled: frozenset[str] = frozenset() if change is None else change.unsettled
    asked_for = Needed() if change is None else Needed(change.needed)
    waiting = frozenset(still)
    if now.missing >= waiting | unsettled:
        return ()
    return tuple(
        option.key
        for option in (now.product.model.options if change is None else change.options)
        if option.key not in now.missing
        and (
            option.key in unsettled
            or (option.key in waiting and is_asked(option, unsettled, asked_for))
        )
    )


def _change_to(now: Present, option: Option, budget: Budget) -> _ChangeTo:
    """Return what tells of each value of `option` what choosing it changes."""
    model = now.product.model
    change_to = changes_with(now.product.engine, now.choices, now.settled, option.key, budget)
    if not isinstance(model, ExpandedModel) or option.key not in model.instances_of:
        return change_to

    def with_lost(choice: Choice) -> Change | None:
        """Fewer instances also lose what was chosen in those that go."""
        changes = with_fewer(model, now.choices, {option.key: choice})
        return change_to(choice) if len(changes) == 1 else _change_by(now, changes, budget)

    return with_lost


def _change_by(now: Present, changes: Mapping[str, Choice | None], budget: Budget) -> Change:
    engine = now.product.engine
    after = default_completion(engine, applied(now.product, now.choices, changes), budget)
    changed = changed_options(now.settled.values, after.values)
    return Change(
        {key: after.values.get(key) for key in changed},
        after.unsettled,
        now.product.model.options,
        not after.unchecked,
        needed(engine, after, budget).options,
    )


def _alternatives(
    option: Option, domain: Domain, now: Choice | None
) -> list[tuple[str, Choice, bool | None, bool]]:
    """Return key, choice, whether it is free, and whether it is the present value, for each listed
    value.
    """

    kind = kind_of(option)
    if kind.is_single or kind.is_truth:
        named: Iterable[tuple[str, str | bool]] = _TRUTHS
        if kind.is_single:
            named = [(value.key, value.key) for value in option.values]
        possible, unchecked = {*domain.values}, {*domain.unchecked}
        return [
            (
                key,
                choice,
                True if choice in possible else None if choice in unchecked else False,
                choice == now,
            )
            for key, choice in named
        ]
    if kind.is_several:
        chosen = now if isinstance(now, tuple) else ()
        return [
            (
                value.key,
                tuple(
                    each.key
                    for each in option.values
                    if (each.key in chosen) != (each.key == value.key)
                ),
                None
                if value.key in domain.unchecked
                else value.key not in domain.forced
                if value.key in chosen
                else value.key in domain.values,
                False,
            )
            for value in option.values
        ]
    return []
