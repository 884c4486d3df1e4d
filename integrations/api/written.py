"""Evaluations as JSON bytes: written once, answered from memory as long as they are asked for."""

import hashlib
import threading
from collections import OrderedDict
from typing import Any

import orjson

from configurator.discretion import document_for_shoppers
from configurator.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json

MOST_WRITTEN = 1_000

# The evaluation is kept beside its bytes, so that its id stays its own.
_written: OrderedDict[tuple[int, str | None, int | None, bool, bool], tuple[Evaluation, bytes]] = OrderedDict()
_lock = threading.Lock()


def written(
    evaluation: Evaluation, locale: str | None, version: int | None, costs: bool = False, internal: bool = True
) -> bytes:
    """Return `evaluation` as JSON with texts in `locale`; what it costs the merchant only with `costs`.

    Internal options are told only with `internal`.
    """
    key = (id(evaluation), locale, version, costs, internal)
    with _lock:
        found = _written.get(key)
        if found is not None:
            _written.move_to_end(key)
            return found[1]
    document = evaluation_json(evaluation, locale, version, costs)
    body = orjson.dumps(document if internal else document_for_shoppers(evaluation.model, document, locale))
    with _lock:
        _written[key] = (evaluation, body)
        while len(_written) > MOST_WRITTEN:
            _written.popitem(last=False)
    return body


def forget_written() -> None:
    """Empty this process's memory, as a restart would."""
    with _lock:
        _written.clear()


def tagged(document: Any) -> tuple[bytes, str]:
    """Return `document` as JSON, with an entity tag that changes when any of it does."""
    body = orjson.dumps(document)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
