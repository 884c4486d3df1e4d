"""Who calls: an API key or an OAuth token becomes a Caller, and the Caller alone tells the
merchant.

What a credential says is remembered in this process for CREDENTIAL_SECONDS at most: a revoked key
may be answered that long, and a warm request asks the database nothing.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from catalog.memory import MEGABYTE, Remembered
from catalog.models import Membership, Merchant
from catalog.roles import scopes_of
from integrations.access.addresses import Network, is_within, read_networks
from integrations.access.errors import AddressRefused, NotAuthenticated, ScopeMissing
from integrations.access.models import ApiClient, ApiKey
from integrations.access.publishable import refuse_origin
from integrations.access.scopes import SCOPES
from integrations.access.secrets import PUBLISHABLE_PREFIX, SECRET_PREFIX, digest
from integrations.access.versions import VERSIONS

CREDENTIAL_SECONDS = 15
# A caller shares nothing with another; its merchant takes most.
CALLERS_BYTES, CALLER_BYTES = 4 * MEGABYTE, 2_000
LAST_USED_EVERY = timedelta(minutes=10)
LONGEST_TOKEN = 512
KEY_PREFIXES = (SECRET_PREFIX, PUBLISHABLE_PREFIX)


@dataclass(frozen=True)
class Caller:
    """A merchant's key or client, what it may do, and where it may call from (everywhere, when
    empty).

    `credential` names it for limits, logs and repeated calls: `key:7`, `client:3`, or
    `client:3/user:5` where it acts for a person, whose user name is `person`. A publishable key has
    `origins`, the sites whose pages may use it; all others have None. `version` is that of the API
    that it is pinned to.
    """

    merchant: Merchant
    credential: str
    scopes: frozenset[str]
    networks: tuple[Network, ...] = field(default=())
    origins: frozenset[str] | None = None
    person: str = ""
    version: str = VERSIONS[-1]

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


def caller_of(authorization: str | None, address: str, origin: str | None = None) -> Caller:
    """Return who sends this `Authorization` header from `address`, on a page of `origin`.

    Refuses with NotAuthenticated, AddressRefused or OriginRefused. Writes when a key was last used, once in
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
            checksum, _key(checksum) if token.startswith(KEY_PREFIXES) else _client(checksum)
        )
    if caller.networks and not is_within(address, caller.networks):
        raise AddressRefused(
            "This key may be used from certain addresses only; this one is not among them."
        )
    if caller.origins is not None:
        refuse_origin(caller.origins, origin)
    return caller


def _remembered(checksum: str, found: tuple[Caller, datetime | None]) -> Caller:
    caller, expires_at = found
    left = (expires_at - timezone.now()).total_seconds() if expires_at else CREDENTIAL_SECONDS
    return _known.keep(checksum, (time.monotonic() + min(left, CREDENTIAL_SECONDS), caller))[1]


def _key(checksum: str) -> tuple[Caller, datetime | None]:
    now = timezone.now()
    holds = Q(digest=checksum) | Q(old_digest=checksum, old_until__gt=now)
    key = ApiKey.objects.select_related("merchant").filter(holds).first()
    if key is None or key.state != "valid":
        raise NotAuthenticated(
            "This API key is unknown, expired or revoked. Make a new one in the administration."
        )
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    is_publishable = key.kind == ApiKey.Kind.PUBLISHABLE
    caller = Caller(
        key.merchant,
        f"key:{key.pk}",
        _scopes(key.scopes),
        read_networks(key.networks),
        frozenset(site.origin for site in key.sites.all()) if is_publishable else None,
        version=key.api_version,
    )
    ends = [key.expires_at, key.old_until if key.digest != checksum else None]
    return caller, min((each for each in ends if each is not None), default=None)


def _client(checksum: str) -> tuple[Caller, datetime | None]:
    tokens = get_access_token_model().objects.select_related("application__merchant", "user")
    token = tokens.filter(token_checksum=checksum).first()
    client = None if token is None else token.application
    if client is None or token.expires <= timezone.now() or not client.is_usable(None):
        raise _unknown_token()
    scopes = _scopes(token.scope.split()) & _scopes(client.scopes)
    credential, person = f"client:{client.pk}", ""
    if client.is_for_people:
        role = role_of(token.user, client.merchant)
        if role is None:
            raise _unknown_token()
        scopes &= scopes_of(role)
        credential, person = f"{credential}/user:{token.user.pk}", token.user.get_username()
    note_use(client)
    ends = token.expires if client.expires_at is None else min(token.expires, client.expires_at)
    networks = read_networks(client.networks)
    version = client.api_version
    return Caller(client.merchant, credential, scopes, networks, None, person, version), ends


def _unknown_token() -> NotAuthenticated:
    return NotAuthenticated(
        "This token is unknown, expired or revoked. Get a new one at /oauth/token/."
    )


def role_of(user: Any, merchant: Merchant) -> str | None:
    """Return the role that an active user has for `merchant`; None without one."""
    if user is None or not user.is_active:
        return None
    return (
        Membership.objects.filter(merchant=merchant, user=user)
        .values_list("role", flat=True)
        .first()
    )


def note_use(client: ApiClient) -> None:
    """Write down that `client` was used, once in LAST_USED_EVERY."""
    now = timezone.now()
    if client.last_used_at is None or now - client.last_used_at > LAST_USED_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)


def _scopes(names: list[str]) -> frozenset[str]:
    return frozenset(names) & SCOPES.keys()
