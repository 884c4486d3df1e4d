"""Who calls: an API key or an OAuth token becomes a Caller, and the Caller alone tells the
merchant.

What a credential says is remembered in this process for CREDENTIAL_SECONDS at most: a revoked key
may be answered that long, and a warm request asks the database nothing.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from catalog.memory import MEGABYTE, Remembered
from catalog.models import Merchant
from integrations.access.addresses import Network, is_within, read_networks
from integrations.access.errors import AddressRefused, NotAuthenticated, ScopeMissing
from integrations.access.models import ApiKey
from integrations.access.scopes import SCOPES
from integrations.access.secrets import SECRET_PREFIX, digest

CREDENTIAL_SECONDS = 15
# A caller shares nothing with another; its merchant takes most.
CALLERS_BYTES, CALLER_BYTES = 4 * MEGABYTE, 2_000
LAST_USED_EVERY = timedelta(minutes=10)
LONGEST_TOKEN = 512


@dataclass(frozen=True)
class Caller:
    """A merchant's key or client, what it may do, and where it may call from (everywhere, when
    empty).

    `credential` names it for limits, logs and repeated calls: `key:7` or `client:3`.
    """

    merchant: Merchant
    credential: str
    scopes: frozenset[str]
    networks: tuple[Network, ...] = field(default=())

    def needs(self, scope: str) -> None:
        """Refuse with ScopeMissing unless the caller has `scope`."""
        if scope not in self.scopes:
            raise ScopeMissing(
                f"This needs the scope '{scope}'. Use a key or token that has it, or ask the merchant for one.",
                scope=scope,
            )


# Until when each holds.
_known: Remembered[str, tuple[float, Caller]] = Remembered(CALLERS_BYTES, lambda *_: CALLER_BYTES)


def forget_callers() -> None:
    """Have what a process knows of credentials hold no longer, once the transaction is kept."""
    transaction.on_commit(_known.clear)


def caller_of(authorization: str | None, address: str) -> Caller:
    """Return who sends this `Authorization` header from `address`.

    Refuses with NotAuthenticated or AddressRefused. Writes when a key was last used, once in
    LAST_USED_EVERY.
    """
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated("Send an API key or an OAuth token as 'Authorization: Bearer …'.")
    if len(token) > LONGEST_TOKEN:
        raise NotAuthenticated("This is no API key and no OAuth token.")
    checksum = digest(token)
    remembered = _known.get(checksum)
    if remembered is not None and time.monotonic() < remembered[0]:
        caller = remembered[1]
    else:
        caller = _remembered(
            checksum, _key(checksum) if token.startswith(SECRET_PREFIX) else _client(checksum)
        )
    if caller.networks and not is_within(address, caller.networks):
        raise AddressRefused(
            "This key may be used from certain addresses only; this one is not among them."
        )
    return caller


def _remembered(checksum: str, found: tuple[Caller, datetime | None]) -> Caller:
    caller, expires_at = found
    left = (expires_at - timezone.now()).total_seconds() if expires_at else CREDENTIAL_SECONDS
    return _known.keep(checksum, (time.monotonic() + min(left, CREDENTIAL_SECONDS), caller))[1]


def _key(checksum: str) -> tuple[Caller, datetime | None]:
    key = ApiKey.objects.select_related("merchant").filter(digest=checksum).first()
    now = timezone.now()
    if (
        key is None
        or key.revoked_at is not None
        or (key.expires_at is not None and key.expires_at <= now)
    ):
        raise NotAuthenticated(
            "This API key is unknown, expired or revoked. Make a new one in the administration."
        )
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    caller = Caller(key.merchant, f"key:{key.pk}", _scopes(key.scopes), read_networks(key.networks))
    return caller, key.expires_at


def _client(checksum: str) -> tuple[Caller, datetime | None]:
    tokens = get_access_token_model().objects.select_related("application__merchant")
    token = tokens.filter(token_checksum=checksum).first()
    if token is None or token.application is None or token.expires <= timezone.now():
        raise NotAuthenticated(
            "This token is unknown, expired or revoked. Get a new one at /oauth/token/."
        )
    client = token.application
    return Caller(
        client.merchant, f"client:{client.pk}", _scopes(token.scope.split())
    ), token.expires


def _scopes(names: list[str]) -> frozenset[str]:
    return frozenset(names) & SCOPES.keys()
