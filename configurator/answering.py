"""What follows from choices: their evaluation, the rest of them, their number; each remembered by
what it is of.

All faces call these. Nothing is written, and no database is asked.
"""

import json
import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any

from catalog.memory import MEGABYTE, Remembered, size_of
from catalog.product_model import Choice
from catalog.translations import spoken_locale
from configurator.answers import Answers
from configurator.choices import plain_choices, with_a_say, with_retractions
from configurator.compiled_product import CompiledProduct
from configurator.completion.completion import Completion, Wish, completion
from configurator.engine.face.choices import Count, count
from configurator.evaluation.decision import Decision, decide
from configurator.evaluation.evaluate import evaluate_settled, evaluate_state
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.ways_out import SHOWN_REPAIRS, conflict_of
from configurator.evaluation_json import evaluation_json
from configurator.figures import EVALUATION_SECONDS
from configurator.instances import InstanceAsk
from configurator.instances import with_instance as with_instance_changes
from configurator.offers import Offer
from configurator.ordering import refuse_quantity
from pricing.why import reasons, reasons_json, reasons_text

_LOG = logging.getLogger(__name__)

# What a process remembers at most, each with the models that it keeps alive.
EVALUATION_BYTES = 80 * MEGABYTE
CLASH_BYTES = 12 * MEGABYTE
DECISION_BYTES = 8 * MEGABYTE
COMPLETION_BYTES = 16 * MEGABYTE
COUNT_BYTES = 4 * MEGABYTE
# Of an evaluation, for each option.
OPTION_BYTES = 3_000


def _key_bytes(key: Any) -> int:
    """Return about how many bytes a key takes: what callers chose, and how long their texts are."""
    if isinstance(key, str):
        return 60 + 2 * len(key)
    return 60 + sum(map(_key_bytes, key)) if isinstance(key, tuple) else 60


def product_of(evaluation: Evaluation) -> tuple[Hashable, Callable[[], int]]:
    """Return what an evaluation keeps alive with all others of its product, and what weighs it; see
    Remembered.
    """
    product = evaluation.product
    return product.model.digest, lambda: size_of(product)


def _evaluation_bytes(key: Hashable, evaluation: Evaluation) -> int:
    return 2 * _key_bytes(key) + OPTION_BYTES * len(evaluation.options)


# By the state that each describes, however it was come by.
_evaluations: Answers[Hashable, Evaluation] = Answers(
    EVALUATION_BYTES, _evaluation_bytes, product_of
)
# By what was refused: each shares all but the conflict with the state it left standing.
_clashes: Answers[Hashable, Evaluation] = Answers(CLASH_BYTES, _evaluation_bytes, product_of)
# By a change: where it leads.
_decisions: Remembered[Hashable, Decision] = Remembered(
    DECISION_BYTES, lambda key, _: 2 * _key_bytes(key)
)
_counts: Answers[Hashable, Count] = Answers(COUNT_BYTES, lambda key, _: _key_bytes(key))
_completions: Answers[Hashable, Completion] = Answers(
    COMPLETION_BYTES, lambda key, found: _key_bytes(key) + OPTION_BYTES * (2 + len(found.values))
)


def follow(
    offer: Offer,
    choices: Mapping[str, Choice],
    changes: Mapping[str, Choice | None] | None = None,
    quantity: int = 1,
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what follows from `choices` with `changes` applied; writes nothing and asks no
    database.

    A conflict has up to `explained` explanations and up to `repaired` ways out. `order_quantity` is
    how many pieces the whole order has, with other configurations of the product; refuses with
    QuantityRefused fewer than `quantity`.
    """
    choices = with_a_say(offer.product.model, choices)
    changes = with_retractions(offer.product.model, changes or {})
    refuse_quantity(quantity, order_quantity)
    priced = (
        offer.product.model.digest,
        offer.terms.digest,
        offer.schedule and (offer.schedule.calendar, offer.schedule.today, offer.schedule.until),
        quantity,
        order_quantity,
    )
    if not changes and (found := _evaluations.get((*priced, _key_of(choices)))) is not None:
        # What was evaluated stands together, so there is nothing to decide.
        return found
    decision = _decided(offer.product, choices, changes)

    def evaluated() -> Evaluation:
        with EVALUATION_SECONDS.time():
            state = evaluate_state(
                offer.product,
                offer.prices,
                decision.choices,
                quantity,
                order_quantity,
                offer.schedule,
                decision.begun,
            )
        return _without_fault(state)

    state = _evaluations.get_or_make(
        (*priced, _key_of(decision.choices)), evaluated, keep=_is_whole
    )
    clash = decision.clash
    if clash is None:
        return replace(state, retracted=decision.retracted) if decision.retracted else state
    return _clashes.get_or_make(
        (*priced, _key_of(clash.choices), _key_of(clash.changes), explained, repaired),
        lambda: replace(
            state,
            conflict=conflict_of(offer.product, offer.prices, state, clash, explained, repaired),
        ),
        keep=_is_whole,
    )


def _decided(
    product: CompiledProduct, choices: Mapping[str, Choice], changes: Mapping[str, Choice | None]
) -> Decision:
    """Return to which state a change leads; of what was decided before, that alone."""
    key = (product.model.digest, _key_of(choices), _key_of(changes))
    found = _decisions.get(key)
    if found is None:
        found = decide(product, choices, changes)
        _decisions.keep(key, replace(found, begun=None))
    return found


def _key_of(choices: Mapping[str, Choice | None]) -> Hashable:
    return tuple(sorted(choices.items(), key=itemgetter(0)))


def _is_whole(evaluation: Evaluation) -> bool:
    return not evaluation.unchecked


def follow_to_order(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int = 1,
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what `follow` does, and at once for choices that leave nothing open: for who wants to
    know the price.
    """
    refuse_quantity(quantity, order_quantity)
    choices = with_a_say(offer.product.model, choices)
    found = evaluate_settled(
        offer.product, offer.prices, choices, quantity, order_quantity, offer.schedule
    )
    if found is None:
        return follow(offer, choices, quantity=quantity, order_quantity=order_quantity)
    return _without_fault(found)


def _without_fault(evaluation: Evaluation) -> Evaluation:
    """Return `evaluation`, and write down where it breaks a constraint that its engine said would
    hold.
    """
    if evaluation.fault:
        _LOG.error(
            "The engine called a configuration of '%s' (%s) complete that breaks %s: %s",
            evaluation.model.product,
            evaluation.model.digest,
            ", ".join(f"{reason.kind} {reason.key}" for reason in evaluation.fault),
            json.dumps(plain_choices(evaluation.choices)),
        )
    return evaluation


def with_reasons(
    offer: Offer, evaluation: Evaluation, locale: str | None = None, costs: bool = False
) -> dict[str, Any]:
    """Return `evaluation` as plain JSON values, with the reason of each price line and all of them
    as text.
    """
    locale = spoken_locale(offer.product.model, locale)
    document = evaluation_json(evaluation, locale, offer.version, costs)
    breakdown = evaluation.breakdown
    if breakdown is not None:
        found = reasons(offer.prices, breakdown, evaluation.values, costs)
        document["price"] |= {
            "why": reasons_json(found, breakdown.currency, locale),
            "why_text": reasons_text(found, breakdown, locale),
        }
    return document


def completed_by(offer: Offer, choices: Mapping[str, Choice], wish: Wish) -> Completion:
    """Return the rest of consistent `choices`, chosen as wished; writes nothing and asks no
    database.
    """
    choices = with_a_say(offer.product.model, choices)
    key = (offer.product.model.digest, offer.terms.digest, _key_of(choices), wish)
    return _completions.make_once(
        key, lambda: completion(offer.product, offer.prices, choices, wish)
    )


def configurations_of(
    product: CompiledProduct, choices: Mapping[str, Choice] | None = None
) -> Count:
    """Return how many complete configurations a product has with `choices`; counted once for each
    digest and them.
    """
    given = with_a_say(product.model, choices or {})
    key = (product.model.digest, _key_of(given))
    return _counts.make_once(key, lambda: count(product.engine, given))


def with_instance(
    offer: Offer,
    choices: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
    instance: InstanceAsk | None,
) -> Mapping[str, Choice | None]:
    """Return `changes` and then those that add, copy, move or remove an instance; None for none.

    Refuses with InstanceRefused an instance that is not there, and one more or less than there may
    be.
    """
    if instance is None:
        return changes
    before = follow(offer, choices)
    found, _rows = with_instance_changes(
        offer.product.model, before.choices, before.values, changes, instance
    )
    return found
