"""Evaluations as JSON bytes: written once, answered from memory as long as they are asked for."""

import hashlib
from datetime import datetime
from typing import Any

import orjson

from catalog.memory import MEGABYTE, Remembered
from configurator.answering import OPTION_BYTES, product_of
from configurator.discretion import document_for_shoppers
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json
from integrations.api.deltas import answer_tag

MOST_WRITTEN_BYTES = 32 * MEGABYTE

type _Asked = tuple[int, str | None, int | None, bool, bool]

# The evaluation is kept beside its bytes, so that its id stays its own.
_written: Remembered[_Asked, tuple[Evaluation, bytes, str]] = Remembered(
    MOST_WRITTEN_BYTES,
    lambda _, kept: len(kept[1]) + OPTION_BYTES * len(kept[0].options),
    lambda kept: product_of(kept[0]),
)


def written(
    evaluation: Evaluation,
    locale: str | None,
    version: int | None,
    costs: bool = False,
    internal: bool = True,
) -> tuple[bytes, str]:
    """Return `evaluation` as JSON with texts in `locale`, and its entity tag; what it costs the
    merchant only with `costs`.

    Internal options are told only with `internal`.
    """
    key = (id(evaluation), locale, version, costs, internal)
    if found := _written.get(key):
        return found[1:]
    document = evaluation_json(evaluation, locale, version, costs)
    if not internal:
        document = document_for_shoppers(evaluation.model, document, locale)
    body, tag = orjson.dumps(document), answer_tag(document)
    _written.keep(key, (evaluation, body, tag))
    return body, tag


def tagged(document: Any) -> tuple[bytes, str]:
    """Return `document` as JSON, with an entity tag that changes when any of it does.

    The order of its members does not count: PostgreSQL keeps that of a JSON column its own way.
    """
    ordered = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(document), f'"{hashlib.sha256(ordered).hexdigest()[:32]}"'


def moment_text(moment: datetime | None) -> str | None:
    """Return a time as ISO 8601 tells it; None where there is none."""
    return None if moment is None else moment.isoformat()
