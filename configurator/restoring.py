"""A state that was written down some time ago, perhaps under another version, brought back: what
still goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.kinds.register import kind_of
from catalog.product_model import Choice
from configurator.answering import follow
from configurator.evaluation.evaluation import Evaluation
from configurator.offers import Offer


@dataclass(frozen=True)
class Restored:
    """What follows from a state that was brought back; `clashed` are the choices that no longer go
    together with it.
    """

    evaluation: Evaluation
    clashed: Mapping[str, Choice]


def restored(offer: Offer, choices: Mapping[str, Choice], quantity: int) -> Restored:
    """Return what follows from `choices` as far as they go together; the nearest number or members
    stand in.

    What stands in for a number or a multi-choice is what the first way out of the clash would set.
    """
    evaluation = follow(offer, choices, quantity=quantity)
    conflict = evaluation.conflict
    if conflict is not None:
        evaluation = follow(offer, evaluation.choices, quantity=quantity)
        options = offer.product.model.option_by_key
        offered = conflict.repairs[0].changes if conflict.repairs else {}
        kinds = {key: kind_of(options[key]) for key in offered}
        near = {
            key: each
            for key, each in offered.items()
            if each is not None and (kinds[key].is_stepped or kinds[key].is_several)
        }
        if near:
            nearer = follow(offer, evaluation.choices, near, quantity)
            if nearer.conflict is None:
                evaluation = follow(offer, nearer.choices, quantity=quantity)
    kept = evaluation.choices
    return Restored(
        evaluation, {key: each for key, each in choices.items() if kept.get(key) != each}
    )
