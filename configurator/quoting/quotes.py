"""Quotes: a price promised for a time, signed so that anybody can check it, and what has become of
it since.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction

from catalog.errors import Refusal
from catalog.models import Merchant
from catalog.product_model import Choice
from configurator.answering import follow_to_order
from configurator.choices import read_json_choices
from configurator.evaluation.evaluation import Evaluation
from configurator.models import Configuration
from configurator.offers import Offer, published
from configurator.ordering import NotReady, fit_to_order
from configurator.quoting.kept import keep
from configurator.quoting.signing import SignedQuote, moment, opened_choices, signed_quote
from configurator.quoting.tokens import Claims, Reason, TokenRefused, holding, told_reason
from configurator.quoting.verifying import believed
from configurator.signals import quote_given
from configurator.stored import (
    evaluation_of,
    offer_of,
    override_of,
    prices_hold_until,
    with_override,
)
from pricing.in_force import Buyer
from pricing.override import Override

type Against = Literal["kept", "now"]
type Changed = Literal["version", "price", "unavailable"]


@dataclass(frozen=True)
class Quote:
    """A signed price with the evaluation it is the price of.

    `against` tells what it will be verified against: the prices of then, or "kept", those that the
    stored configuration was kept with, as long as that is open and until `kept_until`.
    """

    offer: Offer
    evaluation: Evaluation
    signed: SignedQuote
    against: Against = "now"
    kept_until: datetime | None = None


@dataclass(frozen=True)
class Renewal:
    """What the same choices come to now: a fresh quote, or the `problem` why there is none.

    `difference` is how much more is paid: the new gross less the old one, or of totals where a
    gross is not known. It is None without a new total, and where the two are in other currencies or
    cannot be compared.
    """

    quote: Quote | None
    difference: Decimal | None
    problem: str | None


@dataclass(frozen=True)
class Verification:
    """What is to be believed of a token: `reason` is None where it is a quote that holds.

    `claims` is what it says, None unless its signature is right. `changed` tells what is no longer
    as it was when it was given, and `now` what the same choices come to, where it expired or
    anything changed. A quote that holds is a promise, whatever changed.
    """

    reason: Reason | None
    sentence: str
    claims: Claims | None = None
    changed: tuple[Changed, ...] = ()
    now: Renewal | None = None
    kid: str = field(default="", compare=False)

    @property
    def valid(self) -> bool:
        return self.reason is None


def quote(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int = 1,
    expires_in: int | None = None,
    valid_from: datetime | None = None,
    locale: str | None = None,
    override: Override | None = None,
    order_quantity: int | None = None,
) -> Quote:
    """Return the price of `choices` at `offer`, signed; keep that it was given, and tell it.

    It holds for `expires_in` seconds, by default as long as the merchant's quotes do, from
    `valid_from` on where that is later than now. `order_quantity` is how many pieces the whole
    order has, with other configurations of the product. `override` is a price by hand that was
    allowed. Refuses with ChoicesConflict, NotReady, QuantityRefused or ExpiryRefused.
    """
    found = _quote(
        offer, choices, quantity, expires_in, valid_from, locale, override, order_quantity
    )
    _given(offer, found.signed)
    return found


@transaction.atomic
def _given(offer: Offer, signed: SignedQuote, configuration: Configuration | None = None) -> None:
    keep(signed, configuration)
    quote_given.send(Quote, merchant=offer.merchant, quote=signed)


def _quote(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int,
    expires_in: int | None,
    valid_from: datetime | None,
    locale: str | None = None,
    override: Override | None = None,
    order_quantity: int | None = None,
) -> Quote:
    listed = _priced(follow_to_order(offer, choices, quantity, order_quantity), offer, locale)
    evaluation = with_override(offer, listed, override)
    return Quote(offer, evaluation, signed_quote(offer, evaluation, expires_in, valid_from))


def quote_configuration(configuration: Configuration, expires_in: int | None = None) -> Quote:
    """Return the price of a stored configuration, at the price list it was kept with, signed anew
    and kept as a quote.

    Refuses as `quote` does, and with NotReady a completed one that another release of this software
    priced otherwise.
    """
    offer = offer_of(configuration)
    evaluation = _priced(evaluation_of(configuration, offer), offer, configuration.locale)
    breakdown = evaluation.breakdown
    if configuration.is_completed and (breakdown is None or breakdown.total != configuration.total):
        raise NotReady(
            "It would no longer be priced as it was when it was completed; quote its choices anew."
        )
    signed = signed_quote(offer, evaluation, expires_in, configuration=configuration.public_id)
    _given(offer, signed, configuration)
    if configuration.is_completed:
        return Quote(offer, evaluation, signed)
    if offer.is_renewed:
        # Nothing is kept here: each who asks has the prices of the moment, until it is changed or
        # completed.
        return Quote(offer, evaluation, signed)
    return Quote(offer, evaluation, signed, "kept", prices_hold_until(configuration))


def _priced(evaluation: Evaluation, offer: Offer, locale: str | None) -> Evaluation:
    """Return `evaluation`; refuse what `fit_to_order` does, and what may be ordered without a
    price.
    """
    if fit_to_order(evaluation, locale, offer.version).breakdown is None:
        raise NotReady(
            "Its price is on request, so there is no price to be promised. Complete it without a quote."
        )
    return evaluation


def verify(merchant: Merchant, token: str) -> Verification:
    """Return whether `token` is a quote of `merchant` that holds, why not, and what has become of
    its price.
    """
    try:
        found = believed(merchant, token)
    except TokenRefused as refusal:
        return Verification(refusal.reason, refusal.sentence)
    claims = found.claims
    reason = holding(claims, time.time())
    now = _renewed(merchant, claims)
    changed = _changed(claims, now)
    sentence = told_reason(reason) if reason else "This quote holds."
    if changed and reason is None:
        sentence = "This quote holds, though things have changed since it was given."
    is_of_interest = changed or reason == "expired"
    return Verification(
        reason, sentence, claims, changed, now if is_of_interest else None, found.kid
    )


def _renewed(merchant: Merchant, claims: Claims) -> Renewal:
    """Return what the choices of a quote come to now, or when it begins to hold, for the same
    buyer.

    A quote of a stored configuration that is still open is of the prices that this has.
    """
    begins, lasts = (
        (moment(claims.nbf), claims.exp - claims.nbf) if claims.nbf > time.time() else (None, None)
    )
    named = claims.price_list if claims.price_list_because == "named" else None
    row = _configuration(merchant, claims)
    try:
        if row is not None and not row.is_completed:
            offer = offer_of(row)
        else:
            offer = published(
                merchant.slug, claims.product, None, named, Buyer(**claims.buyer), begins
            )
        read = read_json_choices(offer.product.model, opened_choices(claims))
        choices = {key: choice for key, choice in read.items() if choice is not None}
        override = None if row is None else override_of(row)
        order = claims.order_quantity
        # Only offered: nobody is told that it was given, and it is kept once it is accepted.
        fresh = _quote(
            offer, choices, claims.quantity, lasts, begins, override=override, order_quantity=order
        )
    except Refusal as refusal:
        # What the token has encrypted is not told by what has become of it.
        sentence = (
            refusal.sentence
            if claims.internal is None
            else "What it was quoted for cannot be had like this now."
        )
        return Renewal(None, None, sentence)
    return Renewal(fresh, _difference(claims, fresh.signed.claims), None)


def _difference(before: Claims, now: Mapping[str, Any]) -> Decimal | None:
    """Return how much more is paid now: of the gross where both are known, else of totals on the
    same terms.
    """
    if now["currency"] != before.currency:
        return None
    if before.gross is not None and now.get("gross") is not None:
        return Decimal(now["gross"]) - Decimal(before.gross)
    return (
        Decimal(now["total"]) - Decimal(before.total)
        if now["amounts_are"] == before.amounts_are
        else None
    )


def _configuration(merchant: Merchant, claims: Claims) -> Configuration | None:
    """Return the stored configuration that a quote is of."""
    if claims.configuration is None:
        return None
    rows = Configuration.objects.for_merchant(merchant).select_related(
        "merchant", "product", "version"
    )
    return rows.filter(public_id=claims.configuration).first()


def _changed(claims: Claims, renewal: Renewal) -> tuple[Changed, ...]:
    if renewal.quote is None:
        return ("unavailable",)
    now = renewal.quote.signed.claims
    found: list[Changed] = []
    if now["digest"] != claims.digest:
        found.append("version")
    amounts = ("currency", "amounts_are", "total", "net", "tax", "gross")
    if any(now.get(name) != getattr(claims, name) for name in amounts):
        found.append("price")
    return tuple(found)
