"""From an evaluation that is fit to be ordered to its signed price. All who complete or quote end
up here.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from catalog.errors import NotFound, Refusal
from catalog.product_model import Choice
from configurator.choices import plain_choices
from configurator.discretion import internal_choices, without_internal
from configurator.evaluation.evaluation import Evaluation
from configurator.offers import Offer
from configurator.quoting.signing_keys import issuer_of, signer_of
from configurator.quoting.tokens import Claims, decoded, encoded, signed
from configurator.sealing import opened, sealed
from pricing.in_force import Buyer
from pricing.lead_time import told_day
from pricing.money import plain
from pricing.taxes import tax_json

DAY_SECONDS = 24 * 3600
LEAST_SECONDS = 60


class ExpiryRefused(Refusal):
    """A quote that would hold shorter or longer than the merchant gives quotes; `most` is the
    longest, in seconds.
    """

    slug = "expiry-refused"
    title = "A quote cannot hold that long"


@dataclass(frozen=True)
class SignedQuote:
    """A signed price: the token, what it says (the claims of `tokens.Claims`), and the key that
    signed it.
    """

    token: str
    claims: Mapping[str, Any]
    kid: str

    @property
    def issued_at(self) -> datetime:
        return moment(self.claims["iat"])

    @property
    def valid_from(self) -> datetime:
        return moment(self.claims["nbf"])

    @property
    def expires_at(self) -> datetime:
        return moment(self.claims["exp"])


def moment(seconds: int) -> datetime:
    """Return a time that a token tells."""
    return datetime.fromtimestamp(seconds, UTC)


def signed_quote(
    offer: Offer,
    evaluation: Evaluation,
    expires_in: int | None = None,
    valid_from: datetime | None = None,
    configuration: str | None = None,
) -> SignedQuote:
    """Return the price of an evaluation that is ready, signed for the merchant of `offer`.

    It holds from `valid_from`, or now where that is past, for `expires_in` seconds, or as long as
    the merchant's quotes do. Refuses with ExpiryRefused a time outside the merchant's limits.
    `configuration` is the id of a stored one.
    """
    breakdown = evaluation.breakdown
    if breakdown is None:
        raise ValueError("an evaluation without a price is not ready")
    signer = signer_of(offer.merchant)
    now = int(time.time())
    begins = now if valid_from is None else max(now, ceil(valid_from.timestamp()))
    most = signer.terms.most_days * DAY_SECONDS
    lasts = signer.terms.valid_days * DAY_SECONDS if expires_in is None else expires_in
    # What is signed ahead is within the limit as a whole: keys are published that long, and no
    # longer.
    if lasts < LEAST_SECONDS or begins + lasts - now > most:
        raise ExpiryRefused(
            f"Ask for {LEAST_SECONDS} to {most} seconds, counted from now where the quote holds from later on.",
            most=most,
        )
    currency = breakdown.currency
    lead_time, ready_on = evaluation.lead_time, evaluation.ready_on
    jti = secrets.token_urlsafe(16)
    model, choices = evaluation.model, evaluation.choices
    known = {
        "iss": issuer_of(offer.merchant),
        "aud": offer.merchant,
        "jti": jti,
        "iat": now,
        "nbf": begins,
        "exp": begins + lasts,
        "product": offer.key,
        "version": offer.version,
        "digest": evaluation.model.digest,
        "fingerprint": evaluation.fingerprint,
        "choices": plain_choices(without_internal(model, choices)),
        "internal": _sealed_choices(internal_choices(model, choices), jti),
        "quantity": evaluation.quantity,
        "order_quantity": breakdown.order_quantity
        if breakdown.order_quantity != evaluation.quantity
        else None,
        "currency": currency,
        "total": plain(breakdown.total, currency),
        "amounts_are": breakdown.amounts_are,
        "net": None if breakdown.net is None else plain(breakdown.net, currency),
        "tax": None if breakdown.tax is None else plain(breakdown.tax, currency),
        "taxes": [tax_json(each, currency) for each in breakdown.taxes]
        if len(breakdown.taxes) > 1
        else None,
        "gross": None if breakdown.gross is None else plain(breakdown.gross, currency),
        "price_list": breakdown.price_list,
        "price_list_revision": offer.terms.revision,
        "price_list_because": breakdown.because,
        "lead_days": lead_time.days if lead_time is not None and lead_time.told else None,
        "ready_on": told_day(ready_on),
        "buyer": buyer_json(offer.buyer) or None,
        "configuration": configuration,
    }
    claims = {name: value for name, value in known.items() if value is not None}
    return SignedQuote(signed(claims, signer.private, signer.kid), claims, signer.kid)


def _sealed_choices(choices: Mapping[str, Choice], jti: str) -> str | None:
    """Return choices as text that only this service reads, bound to the token with this id; None
    without any.
    """
    if not choices:
        return None
    return encoded(sealed(json.dumps(plain_choices(choices)).encode(), f"quote {jti}"))


def opened_choices(claims: Claims) -> dict[str, Any]:
    """Return all choices of a quote as plain JSON values, those included that its token only has
    encrypted.
    """
    if claims.internal is None:
        return claims.choices
    text = opened(decoded(claims.internal), f"quote {claims.jti}")
    if text is None:
        raise NotFound(
            "What this was quoted for was encrypted with a secret that is gone. Quote it anew."
        )
    return {**claims.choices, **json.loads(text)}


def buyer_json(buyer: Buyer) -> dict[str, str]:
    """Return what is known of a buyer; `Buyer(**…)` undoes it."""
    return {name: value for name, value in vars(buyer).items() if value is not None}
