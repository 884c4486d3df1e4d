"""What may be ordered: choices that stand together, with nothing missing and a price, in quantities
that there are.
"""

from collections.abc import Mapping
from typing import Any

from catalog.errors import Refusal
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json, open_rules_json
from configurator.reasons import missing_text, reason_text

MOST_QUANTITY = 1_000_000


class ChoicesConflict(Refusal):
    """Choices that cannot stand together; the `evaluation` (and `document`, its JSON) holds the
    ways out.
    """

    slug = "choices-conflict"
    title = "These choices cannot be combined"
    status = 409

    def __init__(
        self,
        evaluation: Evaluation,
        locale: str | None = None,
        version: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.evaluation = evaluation
        self.document = {**evaluation_json(evaluation, locale, version), **(more or {})}
        sentence = " ".join(rule["message"] for rule in self.document["conflict"]["rules"])
        super().__init__(sentence or "These choices cannot stand together.")

    def members(self) -> dict[str, Any]:
        """Return the choices that clash, the changes that end it, and the whole evaluation."""
        conflict = self.document["conflict"]
        return {
            **super().members(),
            "conflict": conflict["choices"],
            "repairs": [repair["changes"] for repair in conflict["repairs"]],
            "evaluation": self.document,
        }


class NotReady(Refusal):
    """A configuration that cannot be completed yet: choices are missing, or it has no price."""

    slug = "configuration-not-ready"
    title = "The configuration is not ready"
    status = 409


class QuantityRefused(Refusal):
    """A quantity outside what may be ordered."""

    slug = "quantity-refused"
    title = "This quantity cannot be ordered"


def consistent(
    evaluation: Evaluation,
    locale: str | None = None,
    version: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Return `evaluation`; refuse with ChoicesConflict, told in `locale` and with `more`, if it
    holds a conflict.
    """
    if evaluation.conflict is None:
        return evaluation
    raise ChoicesConflict(evaluation, locale or None, version, more)


def fit_to_order(
    evaluation: Evaluation, locale: str | None = None, version: int | None = None
) -> Evaluation:
    """Return `evaluation`; refuse what `consistent` does, and with NotReady when choices or the
    price are missing.
    """
    if not consistent(evaluation, locale, version).ready:
        raise NotReady(
            _not_ready(evaluation, locale or ""),
            missing=list(evaluation.missing),
            open_rules=open_rules_json(evaluation, locale or None),
        )
    return evaluation


def _not_ready(evaluation: Evaluation, locale: str) -> str:
    model = evaluation.model
    if evaluation.missing:
        return missing_text(model, evaluation.missing, locale or None)
    if evaluation.open_rules:
        return " ".join(
            reason_text(model, each.reason, locale or None) for each in evaluation.open_rules
        )
    if evaluation.fault:
        sentences = " ".join(reason_text(model, each, locale or None) for each in evaluation.fault)
        return f"By a fault of ours this breaks what the product demands, and it was written down: {sentences}"
    return (
        evaluation.price_problem
        or evaluation.parts_problem
        or evaluation.print_problem
        or "There is no price for this configuration."
    )


def refuse_quantity(quantity: int, order_quantity: int | None = None) -> None:
    """Refuse with QuantityRefused what may not be ordered, and an order of fewer pieces than these."""
    if not 1 <= quantity <= MOST_QUANTITY:
        raise QuantityRefused(f"Order 1 to {MOST_QUANTITY} pieces.")
    if order_quantity is not None and not quantity <= order_quantity <= MOST_QUANTITY:
        raise QuantityRefused(
            f"The whole order has from {quantity} pieces, those of this configuration, to {MOST_QUANTITY}."
        )
