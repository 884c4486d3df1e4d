"""Secrets that have to be kept and used again: encrypted at rest, with a key that is not in the
database.

AES-256-GCM with a key that HKDF-SHA256 derives from a secret of the settings. What is sealed is
bound to the place it is kept in, so that it opens nowhere else.
"""

import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PURPOSE = b"configurator.sealing"
_NONCE_BYTES = 12


def sealed(secret: bytes, place: str) -> bytes:
    """Return `secret` encrypted for `place`, a text that names where it is kept, with the first of
    the secrets.
    """
    if not settings.SEALING_SECRETS:
        raise ImproperlyConfigured(
            "Set SECRET_KEY as the server has it: what is encrypted now must open there."
        )
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(settings.SEALING_SECRETS[0]).encrypt(nonce, secret, place.encode())


def opened(content: bytes, place: str) -> bytes | None:
    """Return what was sealed for `place`, with any of the secrets; None where none of them opens
    it.
    """
    nonce, text = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    for each in settings.SEALING_SECRETS:
        try:
            return _cipher(each).decrypt(nonce, text, place.encode())
        except (InvalidTag, ValueError):
            continue
    return None


@lru_cache(maxsize=16)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode()))
