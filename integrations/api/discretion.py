"""What callers without the scope for internal options are told: the same answers, without these
options.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


@contextmanager
def discreet(call: Call, model: ProductModel, locale: str | None) -> Iterator[None]:
    """Let refusals through, for callers who must not see internal options without these."""
    try:
        yield
    except Refusal as refusal:
        if not sees_internal(call, model):
            _narrow(refusal, model, locale)
        raise


def _narrow(refusal: Refusal, model: ProductModel, locale: str | None) -> None:
    if isinstance(refusal, ChoicesConflict):
        refusal.document = document_for_shoppers(model, refusal.document, locale)
        refusal.sentence = " ".join(
            rule["message"] for rule in refusal.document["conflict"]["rules"]
        )
    refusal.sentence = sentence_for_shoppers(model, refusal.sentence, locale) or refusal.title
    refusal.data = document_for_shoppers(model, refusal.data, locale)
