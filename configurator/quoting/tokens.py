"""The signed text of a quote: a JSON Web Token of one kind, signed in one way, read as strictly as
it is written.

It is a JWS in compact form (RFC 7515, 7519), signed with Ed25519 (RFC 8037). Its header has exactly
`alg` "EdDSA", `typ` "quote+jwt" and `kid`, the RFC 7638 thumbprint of the public key. What is read
is never believed about how it is to be verified: algorithm, kind and the form of the header are
fixed here, and the key comes from the caller.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

# Clocks of two servers differ; who checks a quote elsewhere is told to allow as much.
LEEWAY_SECONDS = 60
ALGORITHM = "EdDSA"
TYPE = "quote+jwt"

type Reason = Literal[
    "malformed",
    "not-a-quote",
    "unknown-key",
    "withdrawn-key",
    "another-merchant",
    "wrong-signature",
    "wrong-issuer",
    "wrong-audience",
    "not-yet-valid",
    "expired",
]

_TOLD: Mapping[Reason, str] = {
    "malformed": "This is no JSON Web Token in compact form.",
    "not-a-quote": "This token is no quote of this service.",
    "unknown-key": "There is no such signing key here.",
    "withdrawn-key": "The key that signed this was withdrawn; nothing it signed counts any more.",
    "another-merchant": "This was signed with another merchant's key.",
    "wrong-signature": "The signature does not match: the token was changed, or signed by somebody else.",
    "wrong-issuer": "This was issued by another site.",
    "wrong-audience": "This was given to another merchant's shop.",
    "not-yet-valid": "This quote does not hold yet.",
    "expired": "This quote has expired.",
}


class TokenRefused(Exception):
    """A token that is not to be believed: `reason` for machines, `sentence` for people."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        self.sentence = _TOLD[reason]
        super().__init__(self.sentence)


class Claims(BaseModel):
    """What a quote says. Amounts are exact decimal texts in `currency`, for all pieces; times are
    Unix seconds.

    `order_quantity` is how many pieces of the product the whole order has, where it has more than
    these. `total` is net or gross as `amounts_are` says; `taxes` are the parts of a tax that is
    several. What is not known is None, and left out of the token. `digest` is that of the product's
    version, `fingerprint` that of version and values; `choices` are what people chose. `buyer` is
    who asked, as far as it was said; it decided on price list and tax. `configuration` is the id of
    a stored one. `internal` are choices on options that shoppers never see, encrypted: only this
    service reads them.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    iss: str
    aud: str
    jti: str
    iat: int
    nbf: int
    exp: int
    product: str
    version: int
    digest: str
    fingerprint: str
    choices: dict[str, Any]
    quantity: int
    order_quantity: int | None = None
    currency: str
    total: str
    amounts_are: Literal["net", "gross"]
    net: str | None = None
    tax: str | None = None
    gross: str | None = None
    taxes: list[dict[str, str | None]] = Field(default_factory=list)
    price_list: str
    price_list_revision: int
    price_list_because: str
    lead_days: int | None = None
    ready_on: str | None = None
    buyer: dict[str, str] = Field(default_factory=dict)
    configuration: str | None = None
    internal: str | None = None


_REQUIRED = tuple(name for name, each in Claims.model_fields.items() if each.is_required())


@dataclass(frozen=True)
class Unverified:
    """A token as it is before anybody believes it: which key it says it was signed with."""

    token: str
    kid: str


def signed(claims: Mapping[str, Any], key: Ed25519PrivateKey, kid: str) -> str:
    """Return `claims` (those of Claims, without what is None) signed with `key`, which is known as
    `kid`.
    """
    return jwt.encode(dict(claims), key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


def unverified(token: str) -> Unverified:
    """Return which key `token` names; refuse with TokenRefused what has not the form of a quote's
    token.
    """
    parts = token.split(".")
    try:
        head, _payload, _signature = (decoded(part) for part in parts)
        header = json.loads(head)
    except ValueError:
        raise TokenRefused("malformed") from None
    if not isinstance(header, dict):
        raise TokenRefused("malformed")
    kid = header.get("kid")
    if header != {"alg": ALGORITHM, "typ": TYPE, "kid": kid} or not isinstance(kid, str):
        raise TokenRefused("not-a-quote")
    return Unverified(token, kid)


def verified(found: Unverified, key: Ed25519PublicKey, issuer: str, audience: str) -> Claims:
    """Return what a token says that `key` signed for `issuer` and `audience`; refuse with
    TokenRefused any other.

    Whether it holds at a time is told by `holding`.
    """
    try:
        claims = jwt.decode(
            found.token,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer,
            audience=audience,
            # Times are looked at by `holding`, which is handed the time.
            options={
                "require": [*_REQUIRED],
                "strict_aud": True,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        return Claims.model_validate(claims)
    except jwt.InvalidSignatureError:
        raise TokenRefused("wrong-signature") from None
    except jwt.InvalidIssuerError:
        raise TokenRefused("wrong-issuer") from None
    except jwt.InvalidAudienceError:
        raise TokenRefused("wrong-audience") from None
    except (jwt.InvalidTokenError, ValidationError):
        raise TokenRefused("not-a-quote") from None


def holding(claims: Claims, now: float) -> Reason | None:
    """Return why a quote does not hold at `now` (Unix seconds), None where it does, give or take
    LEEWAY_SECONDS.
    """
    if now - LEEWAY_SECONDS >= claims.exp:
        return "expired"
    return "not-yet-valid" if now + LEEWAY_SECONDS < claims.nbf else None


def claims_of(token: str) -> Claims:
    """Return what a token of our own keeping says; it is not verified."""
    return Claims.model_validate_json(decoded(token.split(".")[1]))


def told_reason(reason: Reason) -> str:
    """Return a reason as people read it."""
    return _TOLD[reason]


def public_jwk(public: str, kid: str) -> dict[str, str]:
    """Return a public key, its 32 bytes in base64url, as a JSON Web Key for verifying."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def public_key(public: str) -> Ed25519PublicKey:
    """Return the public key that `public` is, its 32 bytes in base64url."""
    return Ed25519PublicKey.from_public_bytes(decoded(public))


def thumbprint(public: str) -> str:
    """Return the SHA-256 thumbprint of a public key in base64url. Source: RFC 7638 and RFC 8037,
    section 2.
    """
    text = json.dumps(
        {"crv": "Ed25519", "kty": "OKP", "x": public}, separators=(",", ":"), sort_keys=True
    )
    return encoded(hashlib.sha256(text.encode()).digest())


def encoded(content: bytes) -> str:
    """Return `content` in base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes that `text` is in base64url; refuse with ValueError any but the one way to
    write them.
    """
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is no base64url") from None
    if encoded(content) != text:
        raise ValueError("this is no base64url as it is written")
    return content
