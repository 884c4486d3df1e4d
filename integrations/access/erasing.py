"""Kept answers of repeated calls without what was erased."""

import orjson

from configurator.erasing import Erased
from integrations.access.models import KeptAnswer

_AT_ONCE = 200


def on_erased(erased: Erased, **_: object) -> None:
    """Take personal data out of answers about the same things, so that a repeated call does not
    bring it back.

    They are found by reading all that the merchant's callers were answered within the last day.
    """
    ids = [each.encode() for each in erased.ids]
    for answer in KeptAnswer.objects.for_merchant(erased.merchant).iterator(_AT_ONCE):
        body = bytes(answer.body)
        if any(each in body for each in ids):
            answer.body = orjson.dumps(erased.without(orjson.loads(body)))
            answer.save(update_fields=["body"])
