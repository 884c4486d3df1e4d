"""Which tokens are to be believed: those that one of the merchant's keys signed, unless it was
withdrawn.
"""

from dataclasses import dataclass

from catalog.models import Merchant
from configurator.models import SigningKey
from configurator.quoting.signing_keys import issuer_of
from configurator.quoting.tokens import Claims, TokenRefused, public_key, unverified, verified


@dataclass(frozen=True)
class Believed:
    """What a token says, and the id of the key that signed it."""

    claims: Claims
    kid: str


def believed(merchant: Merchant, token: str) -> Believed:
    """Return what a quote of `merchant` says, whether it holds now or not; refuse with TokenRefused
    any other token.
    """
    found = unverified(token)
    key = SigningKey.objects.filter(kid=found.kid).defer("sealed").first()
    if key is None:
        raise TokenRefused("unknown-key")
    if key.merchant_id != merchant.pk:
        raise TokenRefused("another-merchant")
    if key.withdrawn_at is not None:
        raise TokenRefused("withdrawn-key")
    return Believed(
        verified(found, public_key(key.public), issuer_of(merchant.slug), merchant.slug), found.kid
    )
