"""The public halves of the keys that sign quotes, for everybody who verifies one: RFC 7517, at
well-known addresses.
"""

import hashlib
import time

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified
from django.urls import path

from catalog.entity_tags import is_named
from catalog.errors import NotFound
from catalog.memory import MEGABYTE, Remembered
from configurator.quoting.signing_keys import KEYS_SECONDS, SIGNER_SECONDS, published_keys

MEDIA_TYPE = "application/jwk-set+json"

# The set of all merchants, which may be large: when it was made, and what it is.
_all: Remembered[str, tuple[float, bytes]] = Remembered(4 * MEGABYTE, lambda _, kept: len(kept[1]))


def keys_of_all(request: HttpRequest) -> HttpResponse:
    """Answer with the keys of all merchants; which is whose, their issuers tell."""
    known = _all.get("")
    if known is None or time.monotonic() - known[0] > SIGNER_SECONDS:
        known = _all.keep("", (time.monotonic(), orjson.dumps({"keys": published_keys()})))
    return _answer(request, known[1])


def keys_of_merchant(request: HttpRequest, merchant: str) -> HttpResponse:
    """Answer with the keys of one merchant."""
    try:
        return _answer(request, orjson.dumps({"keys": published_keys(merchant)}))
    except NotFound:
        return HttpResponse(b'{"keys":[]}', content_type=MEDIA_TYPE, status=404)


def _answer(request: HttpRequest, body: bytes) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": f"public, max-age={KEYS_SECONDS}",
        "ETag": tag,
        # Nothing here is secret, and a page may verify as well as a server.
        "Access-Control-Allow-Origin": "*",
    }
    if is_named(tag, request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=MEDIA_TYPE, headers=headers)


urlpatterns = [
    path(".well-known/jwks.json", keys_of_all, name="keys"),
    path("m/<slug:merchant>/jwks.json", keys_of_merchant, name="merchant-keys"),
]
