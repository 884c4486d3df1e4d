"""Signatures of Standard Webhooks 1.0.0: `v1`, HMAC-SHA256 over id, time and body, by one secret or by two.

Source: the specification at standardwebhooks.com. While a secret is replaced both sign, so a receiver may change over
whenever it likes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)


def new_secret() -> bytes:
    """Return a secret that nobody has."""
    return secrets.token_bytes(SECRET_BYTES)


def told_secret(secret: bytes) -> str:
    """Return a secret as receivers are given it; standard base64, for some of their libraries read no other."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signature(secret: bytes, id: str, seconds: int, body: bytes) -> str:
    """Return the signature of a message that is sent at a time in Unix seconds."""
    digest = hmac.digest(secret, f"{id}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode('ascii')}"


def signed_headers(signers: Sequence[bytes], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that say who sent `body`, and that it was sent `at` this time."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(each, id, seconds, body) for each in signers),
    }


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Tell, as a receiver would, whether a message was signed with `secret` and sent about `now`."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX))
        seconds = int(headers["webhook-timestamp"])
        mine = signature(key, headers["webhook-id"], seconds, body)
        told = headers["webhook-signature"].split()
    except (KeyError, ValueError):
        return False
    is_now = abs(now.timestamp() - seconds) <= TOLERANCE.total_seconds()
    return is_now and any(hmac.compare_digest(mine, each) for each in told)
