"""What can be done with credentials: make, rotate and revoke API keys and OAuth clients.

A secret is returned once, by what makes it. After a rotation the one before holds for as long as was
asked, so that it can be exchanged without a gap.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret

from catalog.auditing import facts_of, record
from catalog.errors import NotFound
from catalog.models import Merchant
from catalog.sites import site_of
from integrations.access.addresses import Network, read_networks
from integrations.access.authentication import forget_callers
from integrations.access.errors import GrantRefused, KeyRefused
from integrations.access.models import ApiClient, ApiKey, Site
from integrations.access.publishable import SHOPPER_SCOPES
from integrations.access.scopes import SCOPES
from integrations.access.secrets import (
    PUBLISHABLE_PREFIX,
    SECRET_PREFIX,
    digest,
    new_secret,
    shown,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST_OVERLAP = timedelta(days=7)
MOST_NETWORKS = MOST_SITES = MOST_REDIRECTS = 50
CLIENT_HASHER = "generated_sha256"
# The plain machines of a person, where a client of a desktop listens.
LOOPBACK = ("127.0.0.1", "[::1]", "localhost")


@dataclass(frozen=True)
class Holder:
    """Who makes a credential: it gets no scope that the holder lacks, and opens from no address
    that the holder's does not.
    """

    scopes: frozenset[str]
    networks: tuple[Network, ...] = ()

    def refuse_scopes(self, scopes: Iterable[str]) -> None:
        """Refuse with GrantRefused scopes that the holder lacks."""
        if missing := [each for each in SCOPES if each in set(scopes) - self.scopes]:
            raise GrantRefused(
                f"You lack {', '.join(missing)} yourself. Leave that out, or ask somebody who has it.",
                scopes=missing,
            )

    def refuse_networks(self, networks: Iterable[Network]) -> None:
        """Refuse with GrantRefused addresses beyond those that the holder's credential is for."""
        given = tuple(networks)
        if self.networks and not (given and all(self._covers(each) for each in given)):
            told = ", ".join(str(each) for each in self.networks)
            raise GrantRefused(
                f"Your own credential is for {told} only. Name addresses among these.", scopes=[]
            )

    def _covers(self, network: Network) -> bool:
        return any(
            own.version == network.version and network.subnet_of(own)  # type: ignore[arg-type]
            for own in self.networks
        )


@dataclass(frozen=True)
class ClientWish:
    """What an OAuth client is to be. With `redirect_uris` people let it in by an authorization
    code; without, it gets tokens for itself. A `public` one runs where no secret can be kept.
    """

    name: str
    scopes: Collection[str]
    redirect_uris: Collection[str] = ()
    is_public: bool = False
    networks: Collection[str] = ()
    expires_at: datetime | None = None


@transaction.atomic
def create_api_key(
    merchant: Merchant,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    networks: Collection[str] = (),
    created_by: "User | None" = None,
    holder: Holder | None = None,
) -> tuple[ApiKey, str]:
    """Make an API key and return it with its secret, which cannot be had again; refuse with
    KeyRefused, and with GrantRefused what `holder` cannot give.

    `networks` are addresses and ranges that the key may be used from; without any it may be used
    from everywhere.
    """
    named, allowed = _limits(scopes, networks, expires_at, holder)
    secret = new_secret()
    key = ApiKey.objects.create(
        merchant=merchant,
        name=name,
        prefix=shown(secret),
        digest=digest(secret),
        scopes=named,
        networks=allowed,
        expires_at=expires_at,
        created_by=created_by,
    )
    record(merchant, "api-key.made", name, after=facts_of(key))
    return key, secret


@transaction.atomic
def create_publishable_key(
    merchant: Merchant,
    name: str,
    origins: Collection[str],
    expires_at: datetime | None = None,
    created_by: "User | None" = None,
    holder: Holder | None = None,
) -> tuple[ApiKey, str]:
    """Make a key for pages of the sites `origins`, and return it with its text; refuses as
    `create_api_key` does.
    """
    sites = read_origins(origins)
    named, _ = _limits(SHOPPER_SCOPES, (), expires_at, holder)
    secret = new_secret(PUBLISHABLE_PREFIX)
    key = ApiKey.objects.create(
        merchant=merchant,
        kind=ApiKey.Kind.PUBLISHABLE,
        name=name,
        prefix=shown(secret),
        digest=digest(secret),
        scopes=named,
        expires_at=expires_at,
        created_by=created_by,
    )
    Site.objects.bulk_create(Site(key=key, origin=each) for each in sites)
    record(merchant, "api-key.made", name, after=facts_of(key) | {"sites": sites})
    return key, secret


def read_origins(texts: Iterable[str]) -> list[str]:
    """Return sites as browsers name them in `Origin`; refuse with KeyRefused what is none, and
    none at all.
    """
    origins = []
    for text in texts:
        site = site_of(text)
        is_host = re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?", site)
        is_local = site.startswith(("http://localhost", "http://127.0.0.1"))
        is_fit = is_host and (is_local or site.startswith("https://"))
        if not is_fit or site != text.strip().lower().rstrip("/"):
            raise KeyRefused(
                f"'{text}' is no site; write it as https://shop.example, without a path."
            )
        origins.append(site)
    if not origins or len(origins) > MOST_SITES:
        raise KeyRefused(
            f"Name 1 to {MOST_SITES} sites whose pages use the key, such as https://shop.example."
        )
    return list(dict.fromkeys(origins))


def _limits(
    scopes: Collection[str],
    networks: Collection[str],
    expires_at: datetime | None,
    holder: Holder | None,
) -> tuple[list[str], list[str]]:
    """Return scopes in their order, and addresses as they are kept; refuse what cannot be given."""
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown:
        raise KeyRefused(f"There is no scope '{unknown[0]}'. Choose from {', '.join(SCOPES)}.")
    if not scopes:
        raise KeyRefused(f"A key without a scope may do nothing. Choose from {', '.join(SCOPES)}.")
    if expires_at is not None and expires_at <= timezone.now():
        raise KeyRefused("The key would be expired from the start. Choose a later time.")
    allowed = read_networks(networks)
    if len(allowed) > MOST_NETWORKS:
        raise KeyRefused(f"Name at most {MOST_NETWORKS} addresses or ranges.")
    if holder is not None:
        holder.refuse_scopes(scopes)
        holder.refuse_networks(allowed)
    return [scope for scope in SCOPES if scope in scopes], [str(each) for each in allowed]


def key_called(merchant: Merchant, public_id: str) -> ApiKey:
    """Return the merchant's key of that id; refuse with NotFound."""
    key = ApiKey.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if key is None:
        raise NotFound("There is no API key of this id.")
    return key


@transaction.atomic
def rotate_api_key(
    key: ApiKey, overlap: timedelta = timedelta(0), holder: Holder | None = None
) -> str:
    """Give `key` a new secret and return it; the one before holds for `overlap` yet.

    Refuses with KeyRefused a key that is no longer valid, and a longer overlap than a week; with
    GrantRefused a key that may do more than `holder`, who would have its secret then.
    """
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.state != "valid":
        raise KeyRefused(f"This key is {key.state}. Make a new one instead.")
    if holder is not None:
        holder.refuse_scopes(key.scopes)
        holder.refuse_networks(read_networks(key.networks))
    is_publishable = key.kind == ApiKey.Kind.PUBLISHABLE
    secret = new_secret(PUBLISHABLE_PREFIX if is_publishable else SECRET_PREFIX)
    until = _until(overlap)
    key.old_digest, key.old_until = (key.digest, until) if until else (None, None)
    key.digest, key.prefix = digest(secret), shown(secret)
    key.save(update_fields=["old_digest", "old_until", "digest", "prefix"])
    record(key.merchant, "api-key.rotated", key.name, after={"begins_with": key.prefix})
    forget_callers()
    return secret


def _until(overlap: timedelta) -> datetime | None:
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise KeyRefused(f"An old secret may hold for {LONGEST_OVERLAP.days} days at most.")
    return timezone.now() + overlap if overlap else None


@transaction.atomic
def revoke_api_key(key: ApiKey) -> None:
    """Revoke `key`: at once in this process, within CREDENTIAL_SECONDS in all others. Safe to
    repeat.
    """
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        record(key.merchant, "api-key.revoked", key.name, after={"begins_with": key.prefix})
    forget_callers()


@transaction.atomic
def register_client(
    merchant: Merchant, wish: ClientWish, holder: Holder | None = None
) -> tuple[ApiClient, str]:
    """Register an OAuth client; return it with its secret, shown this once, which is empty for a
    public one. Refuses as `create_api_key` does.
    """
    client = ApiClient(merchant=merchant)
    _set_client(client, wish, holder)
    client.client_type = (
        ApiClient.CLIENT_PUBLIC if wish.is_public else ApiClient.CLIENT_CONFIDENTIAL
    )
    client.authorization_grant_type = (
        ApiClient.GRANT_AUTHORIZATION_CODE
        if wish.redirect_uris
        else ApiClient.GRANT_CLIENT_CREDENTIALS
    )
    if wish.is_public and not wish.redirect_uris:
        raise KeyRefused(
            "A public client has no secret, so people let it in: name where they are sent back to."
        )
    secret: str = client.client_secret
    client.save()
    record(merchant, "oauth-client.registered", client.name, after=facts_of(client))
    return client, "" if wish.is_public else secret


@transaction.atomic
def change_client(client: ApiClient, wish: ClientWish, holder: Holder | None = None) -> None:
    """Set what `client` may do, from where and until when; what kind of client it is stays.

    Tokens that are out have no more from then on. Refuses as `create_api_key` does.
    """
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if holder is not None:
        holder.refuse_scopes(client.scopes)
    if bool(wish.redirect_uris) != client.is_for_people:
        raise KeyRefused(
            "Whether people let a client in stays as it was registered; register another one."
        )
    before = facts_of(client)
    _set_client(client, wish, holder)
    client.save(update_fields=["name", "scopes", "networks", "expires_at", "redirect_uris"])
    record(
        client.merchant,
        "oauth-client.changed",
        client.name,
        before=before,
        after=facts_of(client),
    )
    forget_callers()


def _set_client(client: ApiClient, wish: ClientWish, holder: Holder | None) -> None:
    client.name = wish.name
    client.scopes, client.networks = _limits(wish.scopes, wish.networks, wish.expires_at, holder)
    client.expires_at = wish.expires_at
    client.redirect_uris = " ".join(read_redirects(wish.redirect_uris))


def read_redirects(texts: Iterable[str]) -> list[str]:
    """Return addresses that people may be sent back to; refuse with KeyRefused what is not https
    (http on one's own machine), or has a fragment, user or blank.
    """
    found = []
    for text in texts:
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
            named = f"[{host}]" if ":" in host else host
            is_fit = parts.scheme == "https" or (parts.scheme == "http" and named in LOOPBACK)
            is_fit = is_fit and bool(host) and not parts.username and not parts.fragment
        except ValueError:
            is_fit = False
        if not is_fit or text.split() != [text] or "*" in text or len(text) > 500:
            raise KeyRefused(
                f"'{text}' is nowhere to send people back to; write https://erp.example/callback."
            )
        found.append(text)
    if len(found) > MOST_REDIRECTS:
        raise KeyRefused(f"Name at most {MOST_REDIRECTS} addresses to send people back to.")
    return list(dict.fromkeys(found))


def client_called(merchant: Merchant, public_id: str) -> ApiClient:
    """Return the merchant's OAuth client of that id; refuse with NotFound."""
    client: ApiClient | None = ApiClient.objects.filter(
        merchant=merchant, public_id=public_id
    ).first()
    if client is None:
        raise NotFound("There is no OAuth client of this id.")
    return client


@transaction.atomic
def rotate_client(
    client: ApiClient, overlap: timedelta = timedelta(0), holder: Holder | None = None
) -> str:
    """Give `client` a new secret and return it; the one before holds for `overlap` yet. Tokens that
    are out stay valid. Refuses as `rotate_api_key` does.
    """
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.client_type == ApiClient.CLIENT_PUBLIC:
        raise KeyRefused("A public client has no secret.")
    if holder is not None:
        holder.refuse_scopes(client.scopes)
        holder.refuse_networks(read_networks(client.networks))
    secret: str = generate_client_secret()
    until = _until(overlap)
    client.old_secret, client.old_until = (client.client_secret, until) if until else ("", None)
    client.client_secret = make_password(secret, hasher=CLIENT_HASHER)
    client.save(update_fields=["old_secret", "old_until", "client_secret"])
    record(client.merchant, "oauth-client.rotated", client.name)
    return secret


@transaction.atomic
def remove_client(client: ApiClient) -> None:
    """Take an OAuth client away with all its tokens. Safe to repeat."""
    if client.pk is not None:
        record(client.merchant, "oauth-client.removed", client.name, before=facts_of(client))
    client.delete()
    forget_callers()
