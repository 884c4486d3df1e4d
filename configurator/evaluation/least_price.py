"""The least that a value comes to where its price depends on answers that are still to be given."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from math import comb

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.compiled_product import Values
from configurator.engine.face.choices import (
    Budget,
    Domain,
    Undecided,
    default_completion,
    domain_beside,
    needed,
)
from configurator.engine.face.conflicts import stands
from configurator.evaluation.open_options import undecided_options
from configurator.evaluation.present import Present, changed_options
from pricing.breakdown import difference, priced_later

# Where more answers are open the least price is not looked for: each takes about as long as a
# click.
MOST_ANSWERS = 12


class LeastPrice:
    """Goes through the answers that are open after a choice, for the least that it comes to;
    MOST_ANSWERS of them.
    """

    def __init__(self, now: Present, budget: Budget) -> None:
        self.now = now
        self.budget = budget
        self.left = MOST_ANSWERS

    def least(self, choices: Values, waits: Sequence[str]) -> Decimal | None:
        """Return the least difference with `choices` and answers to `waits`; None where nobody
        knows without more work.

        What is open already is not answered: the present total lacks it, so that no difference
        tells what it costs.
        """
        product, breakdown = self.now.product, self.now.breakdown
        assert breakdown is not None
        if not breakdown.known.waiting.isdisjoint(waits):
            return None
        found = self._answers(choices, waits)
        if found is None:
            return None
        told: list[Decimal] = []
        for key, answer in found:
            after = {**choices, key: answer}
            try:
                # Each value of a multi-choice may be had, and not all of them together.
                if isinstance(answer, tuple) and not stands(product.engine, after, self.budget):
                    continue
            except Undecided:
                return None
            settled = default_completion(product.engine, after, self.budget)
            if settled.unchecked:
                return None
            changed, still = (
                changed_options(self.now.settled.values, settled.values),
                undecided_options(product, settled.values),
            )
            needs = settled.unsettled | needed(product.engine, settled, self.budget).options
            later = priced_later(self.now.prices, breakdown, settled.values, changed, still, needs)
            if later:
                least = self.least(
                    after, tuple(each.key for each in product.model.options if each.key in later)
                )
                if least is None:
                    return None
            else:
                least = difference(
                    self.now.prices, breakdown, settled.values, changed, still, needs
                )
            if least is not None:
                told.append(least)
        return min(told) if told else None

    def _answers(self, choices: Values, waits: Sequence[str]) -> list[tuple[str, Choice]] | None:
        """Return every answer to one of `waits`; None where they are too many, or none of these has
        to be answered.
        """
        product = self.now.product
        for key in waits:
            option = product.model.option_by_key[key]
            domain = domain_beside(product.engine, choices, key, self.budget)
            if not domain.checked:
                return None
            if domain.none and len(waits) > 1:
                # Another answer may do without it.
                continue
            answers = _all_answers(option, domain, choices.get(key), self.left)
            if not answers:
                return None
            self.left -= len(answers)
            return [(key, answer) for answer in answers]
        return None


def _all_answers(
    option: Option, domain: Domain, chosen: Choice | None, most: int
) -> list[Choice] | None:
    """Return all values of an option in its domain, of a multi-choice the sets with what is
    `chosen`; None for more.
    """
    kind = kind_of(option)
    if kind.is_open:
        return None
    if not kind.is_several:
        return domain.listed(most)
    held: set[str | bool] = {*domain.forced, *(chosen if isinstance(chosen, tuple) else ())}
    free = [value for value in domain.values if value not in held]
    at_most = len(option.values) if option.at_most is None else option.at_most
    sizes = range(
        max(0, (option.at_least or 0) - len(held)), min(len(free), at_most - len(held)) + 1
    )
    if sum(comb(len(free), size) for size in sizes) > most:
        return None
    sets = (held.union(more) for size in sizes for more in combinations(free, size))
    return [tuple(value.key for value in option.values if value.key in each) for each in sets]
