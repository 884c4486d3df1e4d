"""What can be done with credentials: make an API key, revoke one, register an OAuth client."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalog.models import Merchant
from integrations.access.addresses import read_networks
from integrations.access.authentication import forget_callers
from integrations.access.errors import KeyRefused
from integrations.access.models import ApiClient, ApiKey
from integrations.access.scopes import SCOPES
from integrations.access.secrets import digest, new_secret, shown

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def create_api_key(
    merchant: Merchant,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    networks: Collection[str] = (),
    created_by: "User | None" = None,
) -> tuple[ApiKey, str]:
    """Make an API key and return it with its secret, which cannot be had again; refuse with
    KeyRefused.

    `networks` are addresses and ranges that the key may be used from; without any it may be used
    from everywhere.
    """
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown:
        raise KeyRefused(f"There is no scope '{unknown[0]}'. Choose from {', '.join(SCOPES)}.")
    if not scopes:
        raise KeyRefused(f"A key without a scope may do nothing. Choose from {', '.join(SCOPES)}.")
    if expires_at is not None and expires_at <= timezone.now():
        raise KeyRefused("The key would be expired from the start. Choose a later time.")
    secret = new_secret()
    key = ApiKey.objects.create(
        merchant=merchant,
        name=name,
        prefix=shown(secret),
        digest=digest(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        networks=[str(network) for network in read_networks(networks)],
        expires_at=expires_at,
        created_by=created_by,
    )
    return key, secret


@transaction.atomic
def revoke_api_key(key: ApiKey) -> None:
    """Revoke `key`: at once in this process, within CREDENTIAL_SECONDS in all others. Safe to
    repeat.
    """
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    forget_callers()


@transaction.atomic
def register_client(merchant: Merchant, name: str) -> tuple[ApiClient, str]:
    """Register an OAuth client for the client-credentials grant; return it with its secret, shown
    this once.
    """
    client = ApiClient(
        merchant=merchant,
        name=name,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    secret: str = client.client_secret
    client.save()
    return client, secret
