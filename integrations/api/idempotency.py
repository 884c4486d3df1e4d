"""A POST that carries an Idempotency-Key takes effect once, however often it arrives.

Effect and answer are written in one transaction: either both are there after a crash, or neither,
and the repeated call really runs. Refusals keep nothing, so what was refused may be corrected and
sent again under the same key.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from catalog.errors import Refusal
from configurator.sealing import opened, sealed
from integrations.access.authentication import Caller
from integrations.access.models import KEPT_ANSWERS, KeptAnswer
from integrations.access.scopes import COSTS, INTERNAL

KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Cache-Control")
# What not everybody of a merchant may see in an answer.
SIGHT = frozenset({COSTS, INTERNAL})
REPLAYED = "Idempotent-Replayed"


class KeyMalformed(Refusal):
    """An Idempotency-Key is 1 to 255 visible ASCII characters, quoted or not."""

    slug = "idempotency-key-malformed"
    title = "The Idempotency-Key could not be read"
    status = 400


class KeyMissing(Refusal):
    """Where money or files are made, a call needs an Idempotency-Key, so that a repeated one makes
    them once.
    """

    slug = "idempotency-key-missing"
    title = "An Idempotency-Key is needed"
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
    caller: Caller,
    key: str,
    request: HttpRequest,
    document: Any,
    work: Callable[[], HttpResponse],
    kept_for: timedelta = KEPT_ANSWERS,
) -> HttpResponse:
    """Return what `work` answers, or what it answered when somebody of the merchant first sent
    `key`.

    An answer that no cache may store tells a secret: it is kept encrypted, for callers with all the
    scopes of the first.

    Refuses with KeyReused when `key` came with another method, address or body before, with
    StillRunning while the first call with it is being answered, and with ScopeMissing where that
    was told more than `caller` may see.
    """
    fingerprint = _fingerprint(request, document)
    whose = _whose(caller)
    with transaction.atomic():
        _claim(caller, whose, key)
        answers = KeptAnswer.objects.for_merchant(caller.merchant).filter(key=key)
        # Those of before keys were the merchant's are the credential's own.
        first = answers.filter(whose__in={whose, caller.credential}).order_by("-whose").first()
        now = timezone.now()
        if first is not None and (first.until or first.created_at + KEPT_ANSWERS) <= now:
            first.delete()
            first = None
        if first is not None:
            return _replayed(first, fingerprint, caller)
        response = work()
        body = response.content
        is_secret = "no-store" in response.headers.get("Cache-Control", "")
        KeptAnswer.objects.create(
            merchant=caller.merchant,
            whose=whose,
            credential=caller.credential,
            key=key,
            fingerprint=fingerprint,
            # A secret is for those alone who may do all that its maker could.
            sight=sorted(caller.scopes if is_secret else SIGHT & caller.scopes),
            status=response.status_code,
            headers={
                name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
            },
            body=sealed(body, fingerprint) if is_secret else body,
            is_sealed=is_secret,
            until=now + kept_for,
        )
    return response


def _whose(caller: Caller) -> str:
    """Return whose a key is: the merchant's, so that a call may be repeated under a rotated
    credential.

    What shoppers send with a publishable key is that credential's own: they neither hear answers of
    others nor take the keys of the merchant's systems.
    """
    return caller.credential if caller.origins is not None else ""


def _fingerprint(request: HttpRequest, document: Any) -> str:
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    told = f"{request.method} {request.path_info}?{request.META.get('QUERY_STRING', '')}\n"
    return hashlib.sha256(told.encode() + body).hexdigest()


def _claim(caller: Caller, whose: str, key: str) -> None:
    """Be the only one at work on `key` until the transaction ends; SQLite's IMMEDIATE ones are
    alone anyway.
    """
    if connection.vendor != "postgresql":
        return
    name = f"{caller.merchant.pk}/{whose}/{key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise StillRunning(
            "Ask again in a second; then the first answer comes back.", retry_after=1
        )


def _replayed(first: KeptAnswer, fingerprint: str, caller: Caller) -> HttpResponse:
    if first.fingerprint != fingerprint:
        raise KeyReused(
            "This key came with another request before. Take a new key for a new request."
        )
    for scope in first.sight or ():
        caller.needs(scope)
    body: bytes | None = bytes(first.body)
    if first.is_sealed and (body := opened(bytes(first.body), fingerprint)) is None:
        raise KeyReused("The answer to this key can no longer be read. Read what it made instead.")
    return HttpResponse(body, status=first.status, headers={**first.headers, REPLAYED: "true"})
