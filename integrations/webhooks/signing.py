"""Signatures of Standard Webhooks 1.0.0 over id, time and body: `v1` by a secret, and `v1a` by a
key pair.

`v1` is HMAC-SHA256 and always there. `v1a` is Ed25519: whoever has the public key verifies it and
can sign nothing. Source: the specification at standardwebhooks.com. While secrets are replaced both
sign, so a receiver may change over whenever it likes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "whsec_"
PUBLIC_PREFIX = "whpk_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)


def new_secret() -> bytes:
    """Return a secret that nobody has."""
    return secrets.token_bytes(SECRET_BYTES)


def told_secret(secret: bytes) -> str:
    """Return a secret as receivers are given it; standard base64, for some of their libraries read
    no other.
    """
    return PREFIX + base64.b64encode(secret).decode("ascii")


def new_key() -> bytes:
    """Return the private half, 32 bytes, of a key pair that nobody has."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def told_public_key(key: bytes) -> str:
    """Return the public half of a key pair as receivers are given it."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return PUBLIC_PREFIX + base64.b64encode(public).decode("ascii")


def signature(secret: bytes, id: str, seconds: int, body: bytes) -> str:
    """Return the signature `v1` of a message that is sent at a time in Unix seconds."""
    digest = hmac.digest(secret, _signed_text(id, seconds, body), hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode('ascii')}"


def public_signature(key: bytes, id: str, seconds: int, body: bytes) -> str:
    """Return the signature `v1a` of a message that is sent at a time in Unix seconds."""
    signed = Ed25519PrivateKey.from_private_bytes(key).sign(_signed_text(id, seconds, body))
    return f"v1a,{base64.b64encode(signed).decode('ascii')}"


def _signed_text(id: str, seconds: int, body: bytes) -> bytes:
    return f"{id}.{seconds}.".encode() + body


def signed_headers(
    signers: Sequence[bytes], id: str, at: datetime, body: bytes, keys: Sequence[bytes] = ()
) -> dict[str, str]:
    """Return the headers that say who sent `body`, and that it was sent `at` this time.

    `signers` are the secrets that sign, `keys` the private keys that do so beside them.
    """
    seconds = int(at.timestamp())
    told = [signature(each, id, seconds, body) for each in signers]
    told += [public_signature(each, id, seconds, body) for each in keys]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(told),
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
