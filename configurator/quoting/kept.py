"""Quotes that were given, as rows: what becomes of each, accepted once or at its end not (ADR
0204).
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.errors import NotFound, Refusal
from catalog.jobs import clock
from catalog.models import Merchant
from configurator.models import Configuration, KeptQuote
from configurator.quoting.signing import SignedQuote, moment
from configurator.quoting.signing_keys import signer_of
from configurator.quoting.tokens import LEEWAY_SECONDS, Claims, TokenRefused, holding, told_reason
from configurator.quoting.verifying import believed
from configurator.signals import quote_accepted

type State = Literal["open", "accepted", "expired"]
STATES: tuple[State, ...] = ("open", "accepted", "expired")


class QuoteRefused(Refusal):
    """A token that is no quote to be believed; `reason` names why, as verifying does."""

    slug = "quote-refused"
    title = "This is no quote of yours"


class QuoteExpired(Refusal):
    """A quote that ended before anybody accepted it; `expired_at` is when."""

    slug = "quote-expired"
    title = "The quote has expired"
    status = 409


class QuoteNotYetValid(Refusal):
    """A quote that holds later on; `valid_from` is when it begins."""

    slug = "quote-not-yet-valid"
    title = "The quote does not hold yet"
    status = 409


def keep(signed: SignedQuote, configuration: Configuration | None = None) -> KeptQuote:
    """Keep a quote that is being given, in the transaction of who gives it."""
    claims = Claims.model_validate(dict(signed.claims))
    merchant = signer_of(claims.aud).merchant_id
    return KeptQuote.objects.create(
        merchant_id=merchant,
        public_id=claims.jti,
        **_columns(signed.token, claims),
        configuration=configuration,
    )


def _columns(token: str, claims: Claims) -> dict[str, Any]:
    return {
        "token": token,
        "product": claims.product,
        "customer": claims.buyer.get("customer", ""),
        "currency": claims.currency,
        "total": claims.total,
        "given_at": moment(claims.iat),
        "expires_at": moment(claims.exp),
    }


@transaction.atomic
def accept(merchant: Merchant, token: str) -> KeptQuote:
    """Write down that a quote of `merchant` was accepted, and tell it once. Safe to repeat, also
    after it expired.

    Refuses with NotFound another merchant's, with QuoteRefused what is not to be believed, and with
    QuoteExpired or QuoteNotYetValid one that does not hold now by the time of the database. A quote
    that was offered, or given by an earlier release, is kept from now on.
    """
    try:
        claims = believed(merchant, token).claims
    except TokenRefused as refused:
        if refused.reason == "another-merchant":
            raise NotFound("There is no such quote of yours.") from None
        raise QuoteRefused(refused.sentence, reason=refused.reason) from None
    row = _locked(merchant, token, claims)
    if row.accepted_at is not None:
        return row
    now = clock.now()
    reason = "expired" if row.expired_at is not None else holding(claims, now.timestamp())
    if reason == "expired":
        told = f"{told_reason(reason)} Verify it: the answer offers what its choices cost now."
        raise QuoteExpired(told, expired_at=row.expires_at.isoformat())
    if reason is not None:
        raise QuoteNotYetValid(told_reason(reason), valid_from=moment(claims.nbf).isoformat())
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    quote_accepted.send(KeptQuote, quote=row)
    return row


def _locked(merchant: Merchant, token: str, claims: Claims) -> KeptQuote:
    """Return the row of a quote, locked; made where it was never kept."""
    configurations = Configuration.objects.for_merchant(merchant).filter(
        public_id=claims.configuration
    )
    made: dict[str, Any] = {
        **_columns(token, claims),
        "merchant": merchant,
        "configuration": lambda: configurations.first() if claims.configuration else None,
    }
    row, _is_new = KeptQuote.objects.select_for_update().get_or_create(
        public_id=claims.jti, defaults=made
    )
    return row


def state_of(row: KeptQuote) -> State:
    """Return what has become of a quote by now; one that has ended has expired, told or not."""
    if row.accepted_at is not None:
        return "accepted"
    return "expired" if row.expired_at is not None or row.expires_at <= _last_end() else "open"


def quotes_of(merchant: Merchant, state: State | None = None) -> QuerySet[KeptQuote]:
    """Return the quotes of `merchant` in a state, the newest first."""
    rows: QuerySet[KeptQuote] = KeptQuote.objects.for_merchant(merchant).order_by("-pk")
    return rows if state is None else in_state(rows, state)


def in_state(rows: QuerySet[KeptQuote], state: State) -> QuerySet[KeptQuote]:
    """Return those of `rows` that have come to `state` by now."""
    if state == "accepted":
        return rows.filter(accepted_at__isnull=False)
    ended = Q(expired_at__isnull=False) | Q(expires_at__lte=_last_end())
    rows = rows.filter(accepted_at=None)
    return rows.filter(ended) if state == "expired" else rows.exclude(ended)


def _last_end() -> datetime:
    """Return by when a quote has to have ended for not being accepted any more, as far as this
    machine can tell.
    """
    return timezone.now() - timedelta(seconds=LEEWAY_SECONDS)


def kept_quote(merchant: Merchant, public_id: str) -> KeptQuote:
    """Return a quote of `merchant`; refuse with NotFound what is none, or was swept away."""
    row: KeptQuote = KeptQuote.objects.called(merchant, public_id, "There is no such quote.")
    return row
