"""A POST that carries an Idempotency-Key takes effect once, however often it arrives.

Effect and answer are written in one transaction: either both are there after a crash, or neither,
and the repeated call really runs. Refusals keep nothing, so what was refused may be corrected and
sent again under the same key.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from catalog.errors import Refusal
from integrations.access.authentication import Caller
from integrations.access.models import KEPT_ANSWERS, KeptAnswer

KEPT_HEADERS = ("Content-Type", "ETag", "Location")
REPLAYED = "Idempotent-Replayed"


class KeyMalformed(Refusal):
    """An Idempotency-Key is 1 to 255 visible ASCII characters, quoted or not."""

    slug = "idempotency-key-malformed"
    title = "The Idempotency-Key could not be read"
    status = 400


class KeyReused(Refusal):
    """The Idempotency-Key was used for another request; take a new one for each new request."""

    slug = "idempotency-key-reused"
    title = "The Idempotency-Key was used for something else"
    status = 422


class StillRunning(Refusal):
    """The first request with this Idempotency-Key is still being answered; ask again in a second."""

    slug = "idempotency-in-flight"
    title = "The first request is still being answered"
    status = 409


def key_of(request: HttpRequest) -> str | None:
    """Return the request's Idempotency-Key, None without one; refuse with KeyMalformed."""
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    key = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise KeyMalformed("Send 1 to 255 visible ASCII characters, such as a UUID.")
    return key


def answer_once(
    caller: Caller, key: str, request: HttpRequest, document: Any, work: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return what `work` answers, or what it answered when `caller` first sent `key`.

    Refuses with KeyReused when `key` came with another method, path or body before, and with
    StillRunning while the first call with it is being answered.
    """
    fingerprint = _fingerprint(request, document)
    with transaction.atomic():
        _claim(caller, key)
        answers = KeptAnswer.objects.for_merchant(caller.merchant).filter(
            credential=caller.credential, key=key
        )
        first = answers.first()
        if first is not None and timezone.now() - first.created_at > KEPT_ANSWERS:
            first.delete()
            first = None
        if first is not None:
            return _replayed(first, fingerprint)
        response = work()
        KeptAnswer.objects.create(
            merchant=caller.merchant,
            credential=caller.credential,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers={
                name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
            },
            body=response.content,
        )
    return response


def _fingerprint(request: HttpRequest, document: Any) -> str:
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(f"{request.method} {request.path_info}\n".encode() + body).hexdigest()


def _claim(caller: Caller, key: str) -> None:
    """Be the only one at work on `key` until the transaction ends; SQLite's IMMEDIATE ones are
    alone anyway.
    """
    if connection.vendor != "postgresql":
        return
    name = f"{caller.merchant.pk}/{caller.credential}/{key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise StillRunning(
            "Ask again in a second; then the first answer comes back.", retry_after=1
        )


def _replayed(first: KeptAnswer, fingerprint: str) -> HttpResponse:
    if first.fingerprint != fingerprint:
        raise KeyReused(
            "This key came with another request before. Take a new key for a new request."
        )
    return HttpResponse(
        bytes(first.body), status=first.status, headers={**first.headers, REPLAYED: "true"}
    )
