"""The signed token of a page: what a shopper may not change, and a word that makes completing safe
to repeat.
"""

import secrets
import time
from dataclasses import astuple, dataclass

from django.core import signing

from catalog.memory import MEGABYTE, Remembered

SALT = "configurator.embed"
MOST_SECONDS = 24 * 3600
RENEWED_AFTER_SECONDS = 3600
TOKEN_BYTES = 2 * MEGABYTE


@dataclass(frozen=True)
class Token:
    """A page of one product version at one price list, for a place; `once` belongs to this page
    alone.

    `prices_of` is the public id of the configuration whose price list and buyer the page is for, if
    any.
    """

    merchant: str
    product: str
    version: int
    price_list: str
    once: str
    country: str | None = None
    region: str | None = None
    prices_of: str = ""


# When each was signed.
_known: Remembered[str, tuple[float, Token]] = Remembered(
    TOKEN_BYTES, lambda text, _: 600 + 2 * len(text)
)


def new_once() -> str:
    """Return a word that no other page has."""
    return secrets.token_urlsafe(12)


def signed(token: Token) -> str:
    """Return `token` as text that nobody else can make."""
    parts = list(astuple(token))
    return signing.TimestampSigner(salt=SALT).sign_object(parts)


def read_token(text: str) -> Token | None:
    """Return the token that `text` is; None when it is none of ours, or older than MOST_SECONDS."""
    signed_at, token = _read(text)
    return token if token is not None and time.time() - signed_at <= MOST_SECONDS else None


def renewed(text: str, token: Token) -> str:
    """Return `text` while it is young, or `token` signed again, so that a page in use does not grow
    old.
    """
    signed_at, known = _read(text)
    is_young = known == token and time.time() - signed_at < RENEWED_AFTER_SECONDS
    return text if is_young else signed(token)


def _read(text: str) -> tuple[float, Token | None]:
    """Return when `text` was signed and what it says; what was verified once is remembered."""
    found = _known.get(text)
    if found is not None:
        return found
    try:
        parts = signing.TimestampSigner(salt=SALT).unsign_object(text)
        token = Token(*parts)
        signed_at = float(signing.b62_decode(text.rsplit(":", 2)[1]))
    except (signing.BadSignature, TypeError, ValueError, IndexError):
        return 0.0, None
    return _known.keep(text, (signed_at, token))
