"""The secrets of API keys: how they look, how they are made, and the digest that is kept in their
stead.
"""

import hashlib
import secrets

SECRET_PREFIX = "cfg_sk_"  # noqa: S105  (what all secrets begin with, so that scanners of leaked secrets find them)
PUBLISHABLE_PREFIX = "cfg_pk_"
SHOWN = len(SECRET_PREFIX) + 6


def new_secret(prefix: str = SECRET_PREFIX) -> str:
    """Return a new secret: the prefix and 256 random bits as 43 characters fit for a header."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a secret, in hexadecimal. Generated secrets need no slow hash: there is nothing to
    guess.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(secret: str) -> str:
    """Return the beginning of a secret, enough to tell keys apart and useless to others."""
    return secret[:SHOWN]
