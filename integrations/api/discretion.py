"""What callers without the scope for internal options are told: the same answers, without these
options.
"""

from collections.abc import Mapping
from typing import Any

from catalog.errors import Refusal
from catalog.product_model import ProductModel
from configurator.discretion import document_for_shoppers, sentence_for_shoppers
from configurator.ordering import ChoicesConflict
from integrations.access.scopes import INTERNAL
from integrations.api.endpoint import Call


def sees_internal(call: Call, model: ProductModel) -> bool:
    """Tell whether nothing of `model` has to be hidden from the caller."""
    return not model.internal_options or INTERNAL in call.caller.scopes


def hidden(call: Call, model: ProductModel) -> frozenset[str]:
    """Return the options of `model` that there are not for this caller."""
    return frozenset() if sees_internal(call, model) else model.internal_options


def told_to(
    call: Call, model: ProductModel, document: Mapping[str, Any], locale: str | None
) -> dict[str, Any]:
    """Return the JSON of an evaluation, or of a part of one, as the caller may see it."""
    return (
        dict(document)
        if sees_internal(call, model)
        else document_for_shoppers(model, document, locale)
    )


class discreet:
    """Let refusals through, for callers who must not see internal options without these."""

    # A class, since it stands around every evaluation: a generator takes three times the calls.
    def __init__(self, call: Call, model: ProductModel, locale: str | None) -> None:
        self._asked = (call, model, locale)

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refusal):
            call, model, locale = self._asked
            if not sees_internal(call, model):
                _narrow(error, model, locale)


def _narrow(refusal: Refusal, model: ProductModel, locale: str | None) -> None:
    if isinstance(refusal, ChoicesConflict):
        refusal.document = document_for_shoppers(model, refusal.document, locale)
        refusal.sentence = " ".join(
            rule["message"] for rule in refusal.document["conflict"]["rules"]
        )
    refusal.sentence = sentence_for_shoppers(model, refusal.sentence, locale) or refusal.title
    refusal.data = document_for_shoppers(model, refusal.data, locale)
