"""What an endpoint is let in by at its receiver, beside the signature: headers, tokens and a
certificate.

Their secret parts are sealed, and opened only to be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalog.errors import Malformed
from catalog.jobs import clock
from configurator.sealing import opened, sealed
from integrations.egress.client import Certificate, Unreachable, is_in_house, refuse_closed
from integrations.egress.targets import read_target
from integrations.webhooks.certificates import MOST_PEM, refuse_certificate
from integrations.webhooks.headers import refuse_headers
from integrations.webhooks.models import Endpoint
from integrations.webhooks.tokens import Credentials

COLUMNS = (
    "header_names",
    "header_values",
    "oauth",
    "oauth_secret",
    "certificate",
    "certificate_key",
)


@dataclass(frozen=True)
class OAuthWish:
    """Where tokens are fetched and as whom; a secret of None stands for the one that is kept."""

    token_url: str
    client_id: str
    client_secret: str | None = None
    scope: str = ""


@dataclass(frozen=True)
class CertificateWish:
    """A chain of certificates in PEM, the client's first; a key of None stands for the one that is
    kept.
    """

    chain: str
    key: str | None = None


@dataclass(frozen=True)
class LetIn:
    """What a receiver lets events in by; a header's value of None stands for the one that is kept."""

    headers: Mapping[str, str | None] = field(default_factory=dict)
    oauth: OAuthWish | None = None
    certificate: CertificateWish | None = None


def refuse_let_in(wish: LetIn, url: str, held: Endpoint | None) -> None:
    """Refuse with Malformed or UrlRefused what an endpoint cannot be let in by; `held` is the
    endpoint as it is.
    """
    refuse_headers(wish.headers, held.header_names if held else (), wish.oauth is not None)
    try:
        _refuse_lost(wish, held)
    except Unreachable as error:
        raise Malformed(str(error), errors=[{"pointer": "", "detail": str(error)}]) from None
    if wish.oauth is not None:
        target = read_target(wish.oauth.token_url)
        refuse_closed(target)
        if not target.is_secure and not is_in_house(target):
            raise _malformed("A secret is sent over https:// alone.", "/oauth/token_url")
        if wish.oauth.client_secret is None and not (held and held.oauth_secret):
            raise _malformed("Give the secret of the client, too.", "/oauth/client_secret")
    if wish.certificate is not None:
        key = _key(wish.certificate, held)
        refuse_certificate(wish.certificate.chain, key, read_target(url).is_secure, clock.now())


def _refuse_lost(wish: LetIn, held: Endpoint | None) -> None:
    """Refuse with Unreachable to keep what cannot be opened any more."""
    if held is not None:
        if None in wish.headers.values():
            _values(held)
        if wish.oauth is not None and wish.oauth.client_secret is None and held.oauth is not None:
            credentials_of(held)
        if wish.certificate is not None and wish.certificate.key is None:
            certificate_of(held)


def apply_let_in(endpoint: Endpoint, wish: LetIn) -> None:
    """Write into an unsaved row what `refuse_let_in` lets pass; what is kept stays."""
    before = _values(endpoint) if None in wish.headers.values() else {}
    values = {
        name: before[name] if value is None else value for name, value in wish.headers.items()
    }
    endpoint.header_names = list(values)
    endpoint.header_values = (
        sealed(orjson.dumps(values), _place(endpoint, "headers")) if values else None
    )
    oauth, certificate = wish.oauth, wish.certificate
    if oauth is None:
        endpoint.oauth = endpoint.oauth_secret = None
    else:
        endpoint.oauth = {
            "token_url": oauth.token_url,
            "client_id": oauth.client_id,
            "scope": oauth.scope,
        }
        if oauth.client_secret is not None:
            endpoint.oauth_secret = sealed(oauth.client_secret.encode(), _place(endpoint, "oauth"))
    if certificate is None:
        endpoint.certificate, endpoint.certificate_key = "", None
    else:
        endpoint.certificate = certificate.chain
        if certificate.key is not None:
            endpoint.certificate_key = sealed(
                certificate.key.encode(), _place(endpoint, "certificate")
            )


def headers_of(endpoint: Endpoint) -> Mapping[str, str]:
    """Return the headers of its own that an endpoint is sent; refuse with Unreachable where they
    cannot be opened.
    """
    return _values(endpoint) if endpoint.header_values is not None else {}


def credentials_of(endpoint: Endpoint) -> Credentials | None:
    """Return how tokens for an endpoint are had, None where it needs none; refuse with Unreachable."""
    if endpoint.oauth is None:
        return None
    secret = _opened(endpoint, endpoint.oauth_secret, "oauth").decode()
    return Credentials(
        endpoint.oauth["token_url"], endpoint.oauth["client_id"], secret, endpoint.oauth["scope"]
    )


def certificate_of(endpoint: Endpoint) -> Certificate | None:
    """Return what is shown to the receiver of an endpoint, None where it asks for none; refuse with
    Unreachable.
    """
    if not endpoint.certificate:
        return None
    return Certificate(
        endpoint.certificate.encode(), _opened(endpoint, endpoint.certificate_key, "certificate")
    )


def _values(endpoint: Endpoint) -> dict[str, str]:
    if endpoint.header_values is None:
        return {}
    values: dict[str, str] = orjson.loads(_opened(endpoint, endpoint.header_values, "headers"))
    return values


def _key(wish: CertificateWish, held: Endpoint | None) -> bytes | None:
    if len(wish.chain) > MOST_PEM or len(wish.key or "") > MOST_PEM:
        raise _malformed(f"Give at most {MOST_PEM:,} characters.", "/certificate")
    if wish.key is not None:
        return wish.key.encode()
    return (
        _opened(held, held.certificate_key, "certificate")
        if held and held.certificate_key is not None
        else None
    )


def _opened(endpoint: Endpoint, content: Any, what: str) -> bytes:
    found = None if content is None else opened(bytes(content), _place(endpoint, what))
    if found is None:
        raise Unreachable(
            "What lets it in was sealed with one of the site's secrets that is gone. Give it anew."
        )
    return found


def _place(endpoint: Endpoint, what: str) -> str:
    return f"webhooks {endpoint.public_id} {what}"


def _malformed(told: str, pointer: str) -> Malformed:
    return Malformed(told, errors=[{"pointer": pointer, "detail": told}])
