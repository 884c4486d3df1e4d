"""Tokens by which events are let in at receivers: OAuth 2 client credentials (RFC 6749, section
4.4).

A token is fetched through the one door that leads out, and remembered by this process until shortly
before it ends.
"""

import base64
import hashlib
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

import orjson

from integrations.egress.client import Unreachable, post
from integrations.webhooks.schedule import is_taken

MOST_ANSWER = 16 * 1024
MOST_KEPT = 1_000
UNTOLD_SECONDS = 300
"""So long a token counts where its issuer does not say."""
MARGIN_SECONDS = 30
_TOKEN = re.compile(r"[!-~]{1,8000}")

_kept: OrderedDict[str, tuple[str, float]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Credentials:
    """How tokens are had: where, as whom, by which secret, and for what."""

    token_url: str
    client_id: str
    secret: str
    scope: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(
            orjson.dumps([self.token_url, self.client_id, self.secret, self.scope])
        ).hexdigest()


def token_of(credentials: Credentials, seconds: float) -> str:
    """Return a token that holds now; refuse with Unreachable or UrlRefused where none is had within
    `seconds`.
    """
    with _lock:
        token, until = _kept.get(credentials.digest, ("", 0.0))
    if token and time.monotonic() < until:
        return token
    token, lasts = _fetched(credentials, seconds)
    with _lock:
        _kept[credentials.digest] = token, time.monotonic() + lasts - min(MARGIN_SECONDS, lasts / 2)
        _kept.move_to_end(credentials.digest)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return token


def forget(credentials: Credentials) -> None:
    """Fetch another token next time: the receiver did not take this one."""
    with _lock:
        _kept.pop(credentials.digest, None)


def _fetched(credentials: Credentials, seconds: float) -> tuple[str, float]:
    """Return a new token, and how many seconds it lasts."""
    # Names and secrets are encoded as in forms before they are joined: RFC 6749, section 2.3.1.
    named = f"{quote_plus(credentials.client_id)}:{quote_plus(credentials.secret)}"
    headers = {
        "Authorization": f"Basic {base64.b64encode(named.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    wish = {
        "grant_type": "client_credentials",
        **({"scope": credentials.scope} if credentials.scope else {}),
    }
    try:
        answer = post(
            credentials.token_url, urlencode(wish).encode(), headers, seconds, most_kept=MOST_ANSWER
        )
    except Unreachable as error:
        raise Unreachable(f"No token was had: {error}") from error
    if not is_taken(answer.status):
        raise Unreachable(f"No token was had: its issuer answered {answer.status}.")
    return _read(answer.body)


def _read(body: bytes) -> tuple[str, float]:
    try:
        told = orjson.loads(body)
        token, kind = told["access_token"], told.get("token_type", "bearer")
        lasts = float(told.get("expires_in", UNTOLD_SECONDS))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
        raise Unreachable("No token was had: its issuer's answer is none of OAuth.") from None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
        raise Unreachable("No token was had: its issuer answered one that is no bearer token.")
    return token, min(max(lasts, 0.0), 86_400.0)
